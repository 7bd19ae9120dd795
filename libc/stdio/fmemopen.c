/*
 * stdio/fmemopen.c - a stream on an array
 *
 * The contents end at `len`, which writing moves on; a null byte follows where there is room. A
 * write that does not fit is cut short, and then fails with ENOSPC.
 */
#include "internal/stdio_file.h"

#include <errno.h>
#include <string.h>

struct memory {
    char *buf;
    size_t size;
    size_t len;
    size_t pos;
    char own[]; /* the array, if the program gave none */
};

static ssize_t memory_read(FILE *file, char *to, size_t size)
{
    struct memory *memory = file->cookie;
    size_t n = memory->pos < memory->len ? memory->len - memory->pos : 0;

    if (n > size)
        n = size;
    memcpy(to, memory->buf + memory->pos, n);
    memory->pos += n;
    return (ssize_t)n;
}

static ssize_t memory_write(FILE *file, const char *from, size_t size)
{
    struct memory *memory = file->cookie;
    size_t n;

    if (file->flags & STDIO_APPEND)
        memory->pos = memory->len;
    n = memory->size - memory->pos < size ? memory->size - memory->pos : size;
    if (n == 0)
        return -ENOSPC;
    memcpy(memory->buf + memory->pos, from, n);
    memory->pos += n;
    if (memory->pos > memory->len) {
        memory->len = memory->pos;
        if (memory->len < memory->size)
            memory->buf[memory->len] = '\0';
    }
    return (ssize_t)n;
}

static off_t memory_seek(FILE *file, off_t offset, int whence)
{
    struct memory *memory = file->cookie;
    size_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? memory->pos : memory->len;

    if (__builtin_add_overflow((off_t)base, offset, &offset))
        return -EOVERFLOW;
    if (offset < 0 || (size_t)offset > memory->size)
        return -EINVAL;
    memory->pos = (size_t)offset;
    return offset;
}

static const struct stdio_ops memory_ops = {memory_read, memory_write, memory_seek, NULL};

FILE *fmemopen(void *restrict buf, size_t size, const char *restrict mode)
{
    unsigned flags;
    size_t extra = sizeof(struct memory);
    struct memory *memory;
    FILE *file;

    if (__stdio_parse_mode(mode, &flags) == -1)
        return NULL;
    if (!buf && __builtin_add_overflow(extra, size, &extra)) {
        errno = ENOMEM;
        return NULL;
    }
    file = __stdio_new(&memory_ops, -1, flags, BUFSIZ, extra);
    if (!file)
        return NULL;
    memory = file->cookie;
    memory->buf = buf ? buf : memory->own;
    memory->size = size;
    if (!buf)
        memset(memory->own, 0, size);
    /* r: all of it is there; a: up to the first null; w: nothing yet. */
    if (*mode == 'r')
        memory->len = size;
    else if (*mode == 'a')
        memory->len = strnlen(memory->buf, size);
    else if (size > 0)
        memory->buf[0] = '\0';
    memory->pos = *mode == 'a' ? memory->len : 0;
    return file;
}
