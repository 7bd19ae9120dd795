/*
 * stat/stat.c - what is known of a file
 */
#include "internal/syscall.h"
#include <sys/stat.h>

int stat(const char *restrict path, struct stat *restrict buf)
{
    return (int)syscall_ret(__NR_stat, path, buf);
}

int fstat(int fd, struct stat *buf)
{
    return (int)syscall_ret(__NR_fstat, fd, buf);
}

int lstat(const char *restrict path, struct stat *restrict buf)
{
    return (int)syscall_ret(__NR_lstat, path, buf);
}

int fstatat(int dir, const char *restrict path, struct stat *restrict buf, int flags)
{
    return (int)syscall_ret(__NR_newfstatat, dir, path, buf, flags);
}

int statx(int dir, const char *restrict path, int flags, unsigned mask, struct statx *restrict buf)
{
    return (int)syscall_ret(__NR_statx, dir, path, flags, mask, buf);
}
