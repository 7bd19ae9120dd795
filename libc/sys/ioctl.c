/*
 * sys/ioctl.c - requests to devices
 */
#include "internal/syscall.h"
#include <sys/ioctl.h>
#include <stdarg.h>

int ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    long arg;

    /* int or pointer: either fills a register. */
    va_start(args, request);
    arg = va_arg(args, long);
    va_end(args);
    return (int)syscall_ret(__NR_ioctl, fd, request, arg);
}
