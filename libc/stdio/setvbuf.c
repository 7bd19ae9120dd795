/*
 * stdio/setvbuf.c - setvbuf and its shorter forms
 *
 * A buffer given by the program serves with room for pushed back bytes taken from its front; one
 * too small for that is not used, which C allows. The mode is honoured in any case.
 */
#include "internal/stdio_file.h"

#include <errno.h>

int setvbuf(FILE *restrict file, char *restrict buf, int mode, size_t size)
{
    if (mode != _IOFBF && mode != _IOLBF && mode != _IONBF) {
        errno = EINVAL;
        return -1;
    }
    if (__stdio_sync(file) == EOF)
        return -1;
    __stdio_set_mode(file, mode);
    /* Bytes read from what cannot seek are still in the old buffer, which then has to stay. */
    if (file->rpos != file->rend)
        return 0;
    if (mode != _IONBF && buf && size > 2 * STDIO_UNGET) {
        file->buf = (unsigned char *)buf + STDIO_UNGET;
        file->size = size - STDIO_UNGET;
    } else if (mode != _IONBF && size > 0 && size <= STDIO_SMALL) {
        file->buf = file->small + STDIO_UNGET;
        file->size = size;
    }
    __stdio_discard(file);
    return 0;
}

void setbuf(FILE *restrict file, char *restrict buf)
{
    setvbuf(file, buf, buf ? _IOFBF : _IONBF, BUFSIZ);
}

void setbuffer(FILE *file, char *buf, size_t size)
{
    setvbuf(file, buf, buf ? _IOFBF : _IONBF, size);
}

void setlinebuf(FILE *file)
{
    setvbuf(file, NULL, _IOLBF, 0);
}
