/*
 * tests/helper/fails.c - a test program one of whose tests fails, for tests/harness.t
 */
#include "tap.h"

int main(void)
{
    ok(1, "a test that passes");
    ok(0, "a test that fails");
    return done_testing();
}
