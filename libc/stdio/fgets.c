/* stdio/fgets.c - read a line into an array */
#include "internal/stdio_file.h"

#include <string.h>

char *fgets(char *restrict s, int size, FILE *restrict file)
{
    size_t room = size > 0 ? (size_t)size - 1 : 0;
    size_t len = 0;
    unsigned char *newline = NULL;
    size_t n;

    if (size <= 0)
        return NULL;
    while (len < room && !newline) {
        if (file->rpos == file->rend && __stdio_fill(file) == EOF) {
            /* What was read before an error is lost to the caller (C11 7.21.7.2p3). */
            if (len == 0 || !(file->flags & STDIO_EOF))
                return NULL;
            break;
        }
        n = (size_t)(file->rend - file->rpos);
        if (n > room - len)
            n = room - len;
        newline = memchr(file->rpos, '\n', n);
        if (newline)
            n = (size_t)(newline + 1 - file->rpos);
        memcpy(s + len, file->rpos, n);
        file->rpos += n;
        len += n;
    }
    s[len] = '\0';
    return s;
}

char *fgets_unlocked(char *restrict s, int size, FILE *restrict file)
    __attribute__((__alias__("fgets")));
