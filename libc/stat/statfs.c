/*
 * stat/statfs.c - what a file system is, and how full
 */
#include "internal/syscall.h"
#include <sys/statfs.h>
#include <sys/statvfs.h>

#define ST_VALID 32 /* of the kernel's f_flags: they mean something */

int statfs(const char *path, struct statfs *buffer)
{
    return (int)syscall_ret(__NR_statfs, path, buffer);
}

int fstatfs(int fd, struct statfs *buffer)
{
    return (int)syscall_ret(__NR_fstatfs, fd, buffer);
}

/* The same in POSIX's words. Returns result, which the call above has given. */
static int translate(int result, const struct statfs *from, struct statvfs *to)
{
    if (result < 0)
        return result;
    *to = (struct statvfs){
        .f_bsize = (unsigned long)from->f_bsize,
        .f_frsize = (unsigned long)(from->f_frsize ? from->f_frsize : from->f_bsize),
        .f_blocks = (fsblkcnt_t)from->f_blocks,
        .f_bfree = (fsblkcnt_t)from->f_bfree,
        .f_bavail = (fsblkcnt_t)from->f_bavail,
        .f_files = (fsfilcnt_t)from->f_files,
        .f_ffree = (fsfilcnt_t)from->f_ffree,
        .f_favail = (fsfilcnt_t)from->f_ffree,
        .f_fsid = (unsigned)from->f_fsid.val[0] | (unsigned long)(unsigned)from->f_fsid.val[1]
                                                      << 32,
        .f_flag = (unsigned long)from->f_flags & ~(unsigned long)ST_VALID,
        .f_namemax = (unsigned long)from->f_namelen,
    };
    return 0;
}

int statvfs(const char *path, struct statvfs *buffer)
{
    struct statfs fs;

    return translate(statfs(path, &fs), &fs, buffer);
}

int fstatvfs(int fd, struct statvfs *buffer)
{
    struct statfs fs;

    return translate(fstatfs(fd, &fs), &fs, buffer);
}
