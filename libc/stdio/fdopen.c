/*
 * stdio/fdopen.c - a stream on an open file descriptor
 *
 * fcntl() tells what the descriptor allows; where the kernel has no fcntl() the mode is taken on
 * trust, and reading or writing reports what is wrong.
 */
#include "internal/stdio_file.h"
#include "internal/syscall.h"

#include <errno.h>
#include <fcntl.h>

/* The errno value of why a descriptor cannot serve a stream opened with open_flags, or 0. */
static int conflict(int fd, long status, int open_flags)
{
    int have = (int)status & O_ACCMODE;
    int want = open_flags & O_ACCMODE;

    if (syscall_raw(__NR_lseek, fd, 0, SEEK_CUR) == -EBADF)
        return EBADF;
    return status >= 0 && have != O_RDWR && have != want ? EINVAL : 0;
}

FILE *fdopen(int fd, const char *mode)
{
    unsigned flags;
    int open_flags = __stdio_parse_mode(mode, &flags);
    long status;
    int error;

    if (open_flags == -1)
        return NULL;
    status = syscall_raw(__NR_fcntl, fd, F_GETFL);
    error = conflict(fd, status, open_flags);
    if (error) {
        errno = error;
        return NULL;
    }
    if (status >= 0 && (open_flags & O_APPEND) && !(status & O_APPEND))
        syscall_raw(__NR_fcntl, fd, F_SETFL, status | O_APPEND);
    if (open_flags & O_CLOEXEC)
        syscall_raw(__NR_fcntl, fd, F_SETFD, FD_CLOEXEC);
    return __stdio_new(&__stdio_fd_ops, fd, flags | STDIO_UNDECIDED, BUFSIZ, 0);
}
