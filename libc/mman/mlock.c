/*
 * mman/mlock.c - keeping pages resident
 */
#include "internal/syscall.h"
#include <sys/mman.h>

int mlock(const void *addr, size_t length)
{
    return (int)syscall_ret(__NR_mlock, addr, length);
}

int mlock2(const void *addr, size_t length, unsigned flags)
{
    return (int)syscall_ret(__NR_mlock2, addr, length, flags);
}

int munlock(const void *addr, size_t length)
{
    return (int)syscall_ret(__NR_munlock, addr, length);
}

int mlockall(int flags)
{
    return (int)syscall_ret(__NR_mlockall, flags);
}

int munlockall(void)
{
    return (int)syscall_ret(__NR_munlockall);
}
