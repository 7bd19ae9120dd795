/*
 * stdio/open_memstream.c - a stream that writes a string of any length
 *
 * The program's pointer and size are kept right at every flush, with a null byte behind the
 * contents.
 */
#include "internal/stdio_file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 128

struct memstream {
    char **buf;   /* the program's */
    size_t *size; /* the program's: the lesser of len and pos */
    size_t room;  /* allocated, less the null byte */
    size_t len;
    size_t pos;
};

static void publish(const struct memstream *stream)
{
    *stream->size = stream->pos < stream->len ? stream->pos : stream->len;
}

/* Make room for `need` bytes. Returns 0 or -errno. */
static int reserve(struct memstream *stream, size_t need)
{
    size_t room = stream->room;
    char *buf;

    if (need <= room)
        return 0;
    if (need >= SSIZE_MAX)
        return -EOVERFLOW;
    while (room < need)
        room = room > SSIZE_MAX / 2 ? need : room * 2;
    buf = realloc(*stream->buf, room + 1);
    if (!buf)
        return -ENOMEM;
    memset(buf + stream->room, 0, room + 1 - stream->room);
    *stream->buf = buf;
    stream->room = room;
    return 0;
}

static ssize_t memstream_write(FILE *file, const char *from, size_t n)
{
    struct memstream *stream = file->cookie;
    size_t end;
    int result;

    if (__builtin_add_overflow(stream->pos, n, &end))
        return -EOVERFLOW;
    result = reserve(stream, end);
    if (result < 0)
        return result;
    memcpy(*stream->buf + stream->pos, from, n);
    stream->pos = end;
    if (end > stream->len)
        stream->len = end;
    publish(stream);
    return (ssize_t)n;
}

static off_t memstream_seek(FILE *file, off_t offset, int whence)
{
    struct memstream *stream = file->cookie;
    size_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? stream->pos : stream->len;

    if (__builtin_add_overflow((off_t)base, offset, &offset))
        return -EOVERFLOW;
    if (offset < 0)
        return -EINVAL;
    stream->pos = (size_t)offset;
    publish(stream);
    return offset;
}

static const struct stdio_ops memstream_ops = {NULL, memstream_write, memstream_seek, NULL};

FILE *open_memstream(char **buf, size_t *size)
{
    struct memstream *stream;
    FILE *file;
    char *first;

    if (!buf || !size) {
        errno = EINVAL;
        return NULL;
    }
    first = calloc(1, FIRST_ROOM + 1);
    if (!first)
        return NULL;
    file = __stdio_new(&memstream_ops, -1, STDIO_CAN_WRITE, BUFSIZ, sizeof *stream);
    if (!file) {
        free(first);
        return NULL;
    }
    stream = file->cookie;
    *stream = (struct memstream){buf, size, FIRST_ROOM, 0, 0};
    *buf = first;
    *size = 0;
    return file;
}
