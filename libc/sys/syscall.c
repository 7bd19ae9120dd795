/*
 * sys/syscall.c - syscall(): any system call by its number
 */
#include "internal/syscall.h"
#include <unistd.h>
#include <stdarg.h>

long syscall(long number, ...)
{
    va_list args;
    long a, b, c, d, e, f;

    /* Arguments that were not passed are read too: whatever is found there, the call ignores it. */
    va_start(args, number);
    a = va_arg(args, long);
    b = va_arg(args, long);
    c = va_arg(args, long);
    d = va_arg(args, long);
    e = va_arg(args, long);
    f = va_arg(args, long);
    va_end(args);
    return syscall_ret(number, a, b, c, d, e, f);
}
