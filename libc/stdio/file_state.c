/* stdio/file_state.c - asking and setting the state of a stream */
#include "internal/stdio_file.h"

#include <errno.h>

int feof(FILE *file)
{
    return (file->flags & STDIO_EOF) != 0;
}

int ferror(FILE *file)
{
    return (file->flags & STDIO_ERROR) != 0;
}

void clearerr(FILE *file)
{
    file->flags &= ~(unsigned)(STDIO_EOF | STDIO_ERROR);
}

int fileno(FILE *file)
{
    if (file->fd < 0) {
        errno = EBADF;
        return -1;
    }
    return file->fd;
}

int feof_unlocked(FILE *file) __attribute__((__alias__("feof")));
int ferror_unlocked(FILE *file) __attribute__((__alias__("ferror")));
void clearerr_unlocked(FILE *file) __attribute__((__alias__("clearerr")));
int fileno_unlocked(FILE *file) __attribute__((__alias__("fileno")));
