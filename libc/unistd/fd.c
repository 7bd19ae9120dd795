/*
 * unistd/fd.c - file descriptors: copies, pipes, length and storage of the file behind one
 */
#include "internal/syscall.h"
#include <unistd.h>
#include <errno.h>
#include <fcntl.h>

int dup(int fd)
{
    return (int)syscall_ret(__NR_dup, fd);
}

int dup2(int fd, int new_fd)
{
    return (int)syscall_ret(__NR_dup2, fd, new_fd);
}

int dup3(int fd, int new_fd, int flags)
{
    return (int)syscall_ret(__NR_dup3, fd, new_fd, flags);
}

int pipe(int fds[2])
{
    return (int)syscall_ret(__NR_pipe, fds);
}

int pipe2(int fds[2], int flags)
{
    return (int)syscall_ret(__NR_pipe2, fds, flags);
}

int ftruncate(int fd, off_t length)
{
    return (int)syscall_ret(__NR_ftruncate, fd, length);
}

int truncate(const char *path, off_t length)
{
    return (int)syscall_ret(__NR_truncate, path, length);
}

int fsync(int fd)
{
    return (int)syscall_ret(__NR_fsync, fd);
}

int fdatasync(int fd)
{
    return (int)syscall_ret(__NR_fdatasync, fd);
}

void sync(void)
{
    syscall_raw(__NR_sync);
}

int syncfs(int fd)
{
    return (int)syscall_ret(__NR_syncfs, fd);
}

int lockf(int fd, int command, off_t length)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_len = length};

    switch (command) {
    case F_ULOCK:
        lock.l_type = F_UNLCK;
        return fcntl(fd, F_SETLK, &lock);
    case F_LOCK:
        return fcntl(fd, F_SETLKW, &lock);
    case F_TLOCK:
        return fcntl(fd, F_SETLK, &lock);
    case F_TEST:
        lock.l_type = F_RDLCK;
        if (fcntl(fd, F_GETLK, &lock) < 0)
            return -1;
        if (lock.l_type == F_UNLCK || lock.l_pid == getpid())
            return 0;
        errno = EACCES;
        return -1;
    default:
        errno = EINVAL;
        return -1;
    }
}
