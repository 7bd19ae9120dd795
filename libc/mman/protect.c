/*
 * mman/protect.c - what may be done with mapped pages, and what is going to be
 */
#include "internal/syscall.h"
#include <sys/mman.h>

int mprotect(void *addr, size_t length, int prot)
{
    return (int)syscall_ret(__NR_mprotect, addr, length, prot);
}

int madvise(void *addr, size_t length, int advice)
{
    return (int)syscall_ret(__NR_madvise, addr, length, advice);
}

int posix_madvise(void *addr, size_t length, int advice)
{
    /* Linux's MADV_DONTNEED throws data away, POSIX's only says that it is not needed soon. */
    if (advice == POSIX_MADV_DONTNEED)
        return 0;
    return (int)-syscall_raw(__NR_madvise, addr, length, advice);
}

int msync(void *addr, size_t length, int flags)
{
    return (int)syscall_ret(__NR_msync, addr, length, flags);
}

int mincore(void *addr, size_t length, unsigned char *resident)
{
    return (int)syscall_ret(__NR_mincore, addr, length, resident);
}
