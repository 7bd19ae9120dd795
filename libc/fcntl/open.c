/*
 * fcntl/open.c - opening files
 */
#include "internal/syscall.h"
#include <fcntl.h>
#include <stdarg.h>

/* The mode is only passed when a file may be made. */
#define NEEDS_MODE(flags) (((flags)&O_CREAT) != 0 || ((flags)&O_TMPFILE) == O_TMPFILE)

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list args;

    if (NEEDS_MODE(flags)) {
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    return (int)syscall_ret(__NR_open, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list args;

    if (NEEDS_MODE(flags)) {
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    return (int)syscall_ret(__NR_openat, dir, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
    return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
