/*
 * stat/mode.c - permissions and times of files, and making nodes that are no plain files
 */
#include "internal/syscall.h"
#include <utime.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>

int chmod(const char *path, mode_t mode)
{
    return (int)syscall_ret(__NR_chmod, path, mode);
}

int fchmod(int fd, mode_t mode)
{
    return (int)syscall_ret(__NR_fchmod, fd, mode);
}

int fchmodat(int dir, const char *path, mode_t mode, int flags)
{
    /* The system call has no flags, and changing a symbolic link's own mode is not supported. */
    if (flags != 0) {
        errno = flags == AT_SYMLINK_NOFOLLOW ? EOPNOTSUPP : EINVAL;
        return -1;
    }
    return (int)syscall_ret(__NR_fchmodat, dir, path, mode);
}

mode_t umask(mode_t mask)
{
    return (mode_t)syscall_ret(__NR_umask, mask);
}

int mkdir(const char *path, mode_t mode)
{
    return (int)syscall_ret(__NR_mkdir, path, mode);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
    return (int)syscall_ret(__NR_mkdirat, dir, path, mode);
}

int mknod(const char *path, mode_t mode, dev_t dev)
{
    return (int)syscall_ret(__NR_mknod, path, mode, dev);
}

int mknodat(int dir, const char *path, mode_t mode, dev_t dev)
{
    return (int)syscall_ret(__NR_mknodat, dir, path, mode, dev);
}

int mkfifo(const char *path, mode_t mode)
{
    return mknod(path, mode | S_IFIFO, 0);
}

int mkfifoat(int dir, const char *path, mode_t mode)
{
    return mknodat(dir, path, mode | S_IFIFO, 0);
}

int utimensat(int dir, const char *path, const struct timespec times[2], int flags)
{
    return (int)syscall_ret(__NR_utimensat, dir, path, times, flags);
}

int futimens(int fd, const struct timespec times[2])
{
    return utimensat(fd, NULL, times, 0);
}

static int set_times(int dir, const char *path, const struct timeval times[2], int flags)
{
    struct timespec ts[2];

    if (!times)
        return utimensat(dir, path, NULL, flags);
    for (int i = 0; i < 2; i++) {
        if (times[i].tv_usec < 0 || times[i].tv_usec >= 1000000) {
            errno = EINVAL;
            return -1;
        }
        ts[i].tv_sec = times[i].tv_sec;
        ts[i].tv_nsec = times[i].tv_usec * 1000;
    }
    return utimensat(dir, path, ts, flags);
}

int utimes(const char *path, const struct timeval times[2])
{
    return set_times(AT_FDCWD, path, times, 0);
}

int futimes(int fd, const struct timeval times[2])
{
    return set_times(fd, NULL, times, 0);
}

int lutimes(const char *path, const struct timeval times[2])
{
    return set_times(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

int utime(const char *path, const struct utimbuf *times)
{
    if (!times)
        return utimensat(AT_FDCWD, path, NULL, 0);
    const struct timespec both[2] = {{.tv_sec = times->actime}, {.tv_sec = times->modtime}};
    return utimensat(AT_FDCWD, path, both, 0);
}
