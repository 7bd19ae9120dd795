/* stdio/ungetc.c - push a byte back in front of what is read next */
#include "internal/stdio_file.h"

int ungetc(int c, FILE *file)
{
    if (c == EOF || !(file->flags & STDIO_CAN_READ))
        return EOF;
    if (!(file->flags & STDIO_READING)) {
        if (__stdio_sync(file) == EOF)
            return EOF;
        __stdio_discard(file);
        file->flags |= STDIO_READING;
    }
    if (file->rpos == file->buf - STDIO_UNGET)
        return EOF;
    file->flags &= ~(unsigned)STDIO_EOF;
    *--file->rpos = (unsigned char)c;
    return (unsigned char)c;
}
