/* stdio/fseek.c - move in a stream */
#include "internal/stdio_file.h"

#include <errno.h>

int fseeko(FILE *file, off_t offset, int whence)
{
    off_t result = -EINVAL;

    if ((file->flags & STDIO_WRITING) && __stdio_sync(file) == EOF)
        return -1;
    /* SEEK_CUR counts from where the program is, which has not used all that was read. */
    if (whence == SEEK_CUR && __builtin_sub_overflow(offset, file->rend - file->rpos, &offset))
        result = -EOVERFLOW;
    else if (whence == SEEK_SET || whence == SEEK_CUR || whence == SEEK_END)
        result = file->ops->seek ? file->ops->seek(file, offset, whence) : -ESPIPE;
    if (result < 0) {
        errno = (int)-result;
        return -1;
    }
    __stdio_discard(file);
    file->flags &= ~(unsigned)STDIO_EOF;
    return 0;
}

int fseek(FILE *file, long offset, int whence)
{
    return fseeko(file, offset, whence);
}

void rewind(FILE *file)
{
    fseeko(file, 0, SEEK_SET);
    file->flags &= ~(unsigned)STDIO_ERROR;
}

int fsetpos(FILE *file, const fpos_t *pos)
{
    return fseeko(file, pos->__offset, SEEK_SET);
}
