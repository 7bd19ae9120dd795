/*
 * fcntl.h - opening and controlling files
 */
#ifndef _FCNTL_H
#define _FCNTL_H

#include <bits/posix_types.h>
#include <linux/fcntl.h>
#include <linux/fadvise.h>
#include <linux/falloc.h>
#include <linux/stat.h>

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

#define O_ASYNC FASYNC
#define O_RSYNC O_SYNC

int open(const char *path, int flags, ...);
int openat(int dir, const char *path, int flags, ...);
int creat(const char *path, mode_t mode);
int fcntl(int fd, int command, ...);
int fallocate(int fd, int mode, off_t offset, off_t length);
/* These two return the error number instead of setting errno. */
int posix_fadvise(int fd, off_t offset, off_t length, int advice);
int posix_fallocate(int fd, off_t offset, off_t length);
ssize_t readahead(int fd, off_t offset, size_t n);

#endif
