/*
 * sys/mman.h - memory mappings
 *
 * The calls of Linux as they are (man pages, section 2); flags come from the kernel's headers.
 */
#ifndef _SYS_MMAN_H
#define _SYS_MMAN_H

#include <bits/posix_types.h>
#include <linux/memfd.h>
#include <linux/mman.h>

#define MAP_FAILED ((void *)-1)
#ifndef MAP_ANON
#define MAP_ANON MAP_ANONYMOUS
#endif

#define POSIX_MADV_NORMAL     MADV_NORMAL
#define POSIX_MADV_RANDOM     MADV_RANDOM
#define POSIX_MADV_SEQUENTIAL MADV_SEQUENTIAL
#define POSIX_MADV_WILLNEED   MADV_WILLNEED
#define POSIX_MADV_DONTNEED   MADV_DONTNEED

void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
int munmap(void *addr, size_t length);
int mprotect(void *addr, size_t length, int prot);
/* The fifth argument, void *new_addr, is looked at with MREMAP_FIXED or MREMAP_DONTUNMAP only. */
void *mremap(void *addr, size_t old_length, size_t new_length, int flags, ...);
int madvise(void *addr, size_t length, int advice);
/* Returns the error number; POSIX_MADV_DONTNEED does nothing, because it must not lose data. */
int posix_madvise(void *addr, size_t length, int advice);
int mincore(void *addr, size_t length, unsigned char *resident);
int mlock(const void *addr, size_t length);
int mlock2(const void *addr, size_t length, unsigned flags);
int munlock(const void *addr, size_t length);
int mlockall(int flags);
int munlockall(void);
int msync(void *addr, size_t length, int flags);
int remap_file_pages(void *addr, size_t size, int prot, size_t page, int flags);
int memfd_create(const char *name, unsigned flags);
int shm_open(const char *name, int flags, mode_t mode);
int shm_unlink(const char *name);

#endif
