/*
 * sys/statfs.h - what a file system is, and how full
 */
#ifndef _SYS_STATFS_H
#define _SYS_STATFS_H

#include <asm/statfs.h>

/* 0, or -1 with errno. f_bsize: bytes of a block; f_blocks, f_bfree, f_bavail: blocks. */
int statfs(const char *path, struct statfs *buffer);
int fstatfs(int fd, struct statfs *buffer);

#endif
