/*
 * sys/statvfs.h - how full a file system is
 */
#ifndef _SYS_STATVFS_H
#define _SYS_STATVFS_H

#include <bits/posix_types.h>

#define ST_RDONLY 1
#define ST_NOSUID 2

struct statvfs {
    unsigned long f_bsize;
    unsigned long f_frsize; /* bytes of a block, as counted here */
    fsblkcnt_t f_blocks;
    fsblkcnt_t f_bfree;
    fsblkcnt_t f_bavail; /* to others than root */
    fsfilcnt_t f_files;
    fsfilcnt_t f_ffree;
    fsfilcnt_t f_favail;
    unsigned long f_fsid;
    unsigned long f_flag; /* ST_* */
    unsigned long f_namemax;
};

/* 0, or -1 with errno. */
int statvfs(const char *path, struct statvfs *buffer);
int fstatvfs(int fd, struct statvfs *buffer);

#endif
