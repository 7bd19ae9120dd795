/*
 * assert/assert.c - the end of a program whose assertion failed
 */
#include "internal/libc.h"
#include <assert.h>
#include <stdlib.h>

void __assert_fail(const char *expression, const char *file, int line, const char *function)
{
    char digits[24];

    __write_error(file, ":", __utoa((unsigned)line, digits + sizeof(digits)), ": ", function,
                  ": Assertion '", expression, "' failed.\n", NULL);
    abort();
}
