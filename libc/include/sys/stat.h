/*
 * sys/stat.h - what is known of a file
 *
 * struct stat is laid out as the kernel's, with POSIX's names for the times.
 */
#ifndef _SYS_STAT_H
#define _SYS_STAT_H

#include <bits/time_types.h>
#include <linux/stat.h>

struct stat {
    dev_t st_dev;
    ino_t st_ino;
    nlink_t st_nlink;
    mode_t st_mode;
    uid_t st_uid;
    gid_t st_gid;
    unsigned __padding;
    dev_t st_rdev;
    off_t st_size;
    blksize_t st_blksize;
    blkcnt_t st_blocks;
    struct timespec st_atim;
    struct timespec st_mtim;
    struct timespec st_ctim;
    long __unused[3];
};

#define st_atime st_atim.tv_sec
#define st_mtime st_mtim.tv_sec
#define st_ctime st_ctim.tv_sec

#define S_IREAD  S_IRUSR
#define S_IWRITE S_IWUSR
#define S_IEXEC  S_IXUSR

#define UTIME_NOW  0x3fffffff
#define UTIME_OMIT 0x3ffffffe

int stat(const char *__restrict path, struct stat *__restrict buf);
int fstat(int fd, struct stat *buf);
int lstat(const char *__restrict path, struct stat *__restrict buf);
int fstatat(int dir, const char *__restrict path, struct stat *__restrict buf, int flags);
int statx(int dir, const char *__restrict path, int flags, unsigned mask,
          struct statx *__restrict buf);
int chmod(const char *path, mode_t mode);
int fchmod(int fd, mode_t mode);
int fchmodat(int dir, const char *path, mode_t mode, int flags);
mode_t umask(mode_t mask);
int mkdir(const char *path, mode_t mode);
int mkdirat(int dir, const char *path, mode_t mode);
int mkfifo(const char *path, mode_t mode);
int mkfifoat(int dir, const char *path, mode_t mode);
int mknod(const char *path, mode_t mode, dev_t dev);
int mknodat(int dir, const char *path, mode_t mode, dev_t dev);
int utimensat(int dir, const char *path, const struct timespec times[2], int flags);
int futimens(int fd, const struct timespec times[2]);

#endif
