/*
 * fcntl/fcntl.c - properties of open files
 */
#include "internal/syscall.h"
#include <fcntl.h>
#include <sys/file.h>
#include <stdarg.h>

int fcntl(int fd, int command, ...)
{
    va_list args;
    long arg;

    /* int or pointer: either fills a register, and the kernel reads of it what the command needs.
     */
    va_start(args, command);
    arg = va_arg(args, long);
    va_end(args);
    return (int)syscall_ret(__NR_fcntl, fd, command, arg);
}

int flock(int fd, int operation)
{
    return (int)syscall_ret(__NR_flock, fd, operation);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    return (int)syscall_ret(__NR_fallocate, fd, mode, offset, length);
}

int posix_fadvise(int fd, off_t offset, off_t length, int advice)
{
    return (int)-syscall_raw(__NR_fadvise64, fd, offset, length, advice);
}

int posix_fallocate(int fd, off_t offset, off_t length)
{
    return (int)-syscall_raw(__NR_fallocate, fd, 0, offset, length);
}

ssize_t readahead(int fd, off_t offset, size_t n)
{
    return syscall_ret(__NR_readahead, fd, offset, n);
}
