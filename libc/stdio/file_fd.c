/*
 * stdio/file_fd.c - streams on file descriptors
 *
 * System calls are made directly: an ISO C program may have a function of its own called read or
 * open.
 */
#include "internal/stdio_file.h"
#include "internal/syscall.h"

static ssize_t fd_read(FILE *file, char *buf, size_t size)
{
    return syscall_raw(__NR_read, file->fd, buf, size);
}

static ssize_t fd_write(FILE *file, const char *buf, size_t size)
{
    return syscall_raw(__NR_write, file->fd, buf, size);
}

static off_t fd_seek(FILE *file, off_t offset, int whence)
{
    return syscall_raw(__NR_lseek, file->fd, offset, whence);
}

static int fd_close(FILE *file)
{
    return (int)syscall_raw(__NR_close, file->fd);
}

const struct stdio_ops __stdio_fd_ops = {fd_read, fd_write, fd_seek, fd_close};
