/*
 * tests/helper/lies.c - a test program that ends well but ran less than it planned, for
 * tests/harness.t
 */
#include "tap.h"

int main(void)
{
    plan(2);
    ok(1, "the only test that runs");
    tap_flush();
    return 0;
}
