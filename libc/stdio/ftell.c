/* stdio/ftell.c - where a stream is */
#include "internal/stdio_file.h"

#include <errno.h>

off_t ftello(FILE *file)
{
    /* What waits to be written to an appending stream will be at the end. */
    int at_end = (file->flags & STDIO_APPEND) && file->wpos != NULL && file->wpos != file->buf;
    off_t offset =
        file->ops->seek ? file->ops->seek(file, 0, at_end ? SEEK_END : SEEK_CUR) : -ESPIPE;

    if (offset < 0) {
        errno = (int)-offset;
        return -1;
    }
    if (file->flags & STDIO_WRITING)
        return offset + (file->wpos - file->buf);
    return offset - (file->rend - file->rpos);
}

long ftell(FILE *file)
{
    return ftello(file);
}

int fgetpos(FILE *restrict file, fpos_t *restrict pos)
{
    off_t offset = ftello(file);

    if (offset < 0)
        return -1;
    pos->__offset = offset;
    return 0;
}
