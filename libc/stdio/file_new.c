/*
 * stdio/file_new.c - making a stream: its mode, its memory
 *
 * A FILE, its buffer and what a special kind of stream needs besides are one block of memory.
 */
#include "internal/stdio_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

int __stdio_parse_mode(const char *mode, unsigned *flags)
{
    int open_flags;
    int both = 0;

    switch (*mode) {
    case 'r':
        open_flags = 0;
        *flags = STDIO_CAN_READ;
        break;
    case 'w':
        open_flags = O_CREAT | O_TRUNC;
        *flags = STDIO_CAN_WRITE;
        break;
    case 'a':
        open_flags = O_CREAT | O_APPEND;
        *flags = STDIO_CAN_WRITE | STDIO_APPEND;
        break;
    default:
        errno = EINVAL;
        return -1;
    }
    /* "b" means nothing here; unknown letters are passed over, and after a comma they are glibc's
     * charset. */
    for (++mode; *mode != '\0' && *mode != ','; ++mode) {
        if (*mode == '+')
            both = 1;
        else if (*mode == 'x')
            open_flags |= O_EXCL;
        else if (*mode == 'e')
            open_flags |= O_CLOEXEC;
    }
    if (both)
        *flags |= STDIO_CAN_READ | STDIO_CAN_WRITE;
    return open_flags | (both ? O_RDWR : *flags & STDIO_CAN_READ ? O_RDONLY : O_WRONLY);
}

FILE *__stdio_new(const struct stdio_ops *ops, int fd, unsigned flags, size_t size, size_t extra)
{
    /* extra comes right after the FILE, where alignment is right for anything */
    size_t head = (sizeof(FILE) + extra + 15) & ~(size_t)15;
    FILE *file = malloc(head + STDIO_UNGET + size);

    if (!file)
        return NULL;
    memset(file, 0, head);
    file->ops = ops;
    file->fd = fd;
    file->flags = flags;
    file->newline = -1;
    file->buf = (unsigned char *)file + head + STDIO_UNGET;
    file->size = size;
    file->cookie = extra ? file + 1 : NULL;
    file->rpos = file->rend = file->buf;
    __stdio_list_add(file);
    return file;
}
