/*
 * mman/mmap.c - making, ending and moving mappings
 */
#include "internal/syscall.h"
#include <sys/mman.h>
#include <stdarg.h>
#include <stddef.h>

void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
{
    return (void *)syscall_ret(__NR_mmap, addr, length, prot, flags, fd, offset);
}

int munmap(void *addr, size_t length)
{
    return (int)syscall_ret(__NR_munmap, addr, length);
}

void *mremap(void *addr, size_t old_length, size_t new_length, int flags, ...)
{
    void *new_addr = NULL;
    va_list args;

    if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) {
        va_start(args, flags);
        new_addr = va_arg(args, void *);
        va_end(args);
    }
    return (void *)syscall_ret(__NR_mremap, addr, old_length, new_length, flags, new_addr);
}

int remap_file_pages(void *addr, size_t size, int prot, size_t page, int flags)
{
    return (int)syscall_ret(__NR_remap_file_pages, addr, size, prot, page, flags);
}
