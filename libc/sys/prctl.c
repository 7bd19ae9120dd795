/*
 * sys/prctl.c - properties of a process
 */
#include "internal/syscall.h"
#include <sys/prctl.h>
#include <stdarg.h>

int prctl(int option, ...)
{
    va_list args;
    long a, b, c, d;

    va_start(args, option);
    a = va_arg(args, long);
    b = va_arg(args, long);
    c = va_arg(args, long);
    d = va_arg(args, long);
    va_end(args);
    return (int)syscall_ret(__NR_prctl, option, a, b, c, d);
}
