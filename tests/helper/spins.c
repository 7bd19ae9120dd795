/*
 * tests/helper/spins.c - a test program that never ends, for tests/harness.t
 */
#include "tap.h"

int main(void)
{
    ok(1, "the last word before the loop");
    tap_flush();
    for (volatile int always = 1; always;)
        ;
    return done_testing();
}
