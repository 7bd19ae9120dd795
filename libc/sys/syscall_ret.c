/*
 * sys/syscall_ret.c - the one place where the kernel's -errno becomes errno
 */
#include "internal/syscall.h"
#include <errno.h>

#define MAX_ERRNO 4095

long __syscall_ret(long result)
{
    if ((unsigned long)result < -(unsigned long)MAX_ERRNO)
        return result;
    errno = (int)-result;
    return -1;
}
