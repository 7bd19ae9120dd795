/* stdio/fopen.c - open a file as a stream */
#include "internal/stdio_file.h"
#include "internal/syscall.h"

#include <errno.h>
#include <fcntl.h>

FILE *fopen(const char *restrict path, const char *restrict mode)
{
    unsigned flags;
    int open_flags = __stdio_parse_mode(mode, &flags);
    long fd;
    FILE *file;

    if (open_flags == -1)
        return NULL;
    fd = syscall_ret(__NR_openat, AT_FDCWD, path, open_flags, 0666);
    if (fd < 0)
        return NULL;
    file = __stdio_new(&__stdio_fd_ops, (int)fd, flags | STDIO_UNDECIDED, BUFSIZ, 0);
    if (!file) {
        syscall_raw(__NR_close, fd);
        errno = ENOMEM;
        return NULL;
    }
    /* So that ftell() before the first write tells the end; with "a+" reading starts at 0. */
    if ((flags & STDIO_APPEND) && !(flags & STDIO_CAN_READ))
        syscall_raw(__NR_lseek, fd, 0, SEEK_END);
    return file;
}
