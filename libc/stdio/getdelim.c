/* stdio/getdelim.c - read up to a delimiter into a buffer that grows as needed */
#include "internal/stdio_file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 120

/* Make room for `need` bytes, doubling. Returns 0, or -1 with errno. */
static int reserve(char **line, size_t *size, size_t need)
{
    size_t new_size = *size < FIRST_SIZE ? FIRST_SIZE : *size;
    char *new_line;

    if (*line && need <= *size)
        return 0;
    if (need > SSIZE_MAX) {
        errno = EOVERFLOW;
        return -1;
    }
    while (new_size < need)
        new_size = new_size > SSIZE_MAX / 2 ? need : new_size * 2;
    new_line = realloc(*line, new_size);
    if (!new_line)
        return -1;
    *line = new_line;
    *size = new_size;
    return 0;
}

ssize_t getdelim(char **restrict line, size_t *restrict size, int delimiter, FILE *restrict file)
{
    unsigned char *found = NULL;
    size_t len = 0;
    size_t n;

    if (!line || !size) {
        __stdio_fail(file, -EINVAL);
        return -1;
    }
    if (!*line)
        *size = 0;
    while (!found) {
        if (file->rpos == file->rend && __stdio_fill(file) == EOF) {
            if (len == 0 || !(file->flags & STDIO_EOF))
                return -1;
            break;
        }
        n = (size_t)(file->rend - file->rpos);
        found = memchr(file->rpos, delimiter, n);
        if (found)
            n = (size_t)(found + 1 - file->rpos);
        if (reserve(line, size, len + n + 1) < 0) {
            file->flags |= STDIO_ERROR;
            return -1;
        }
        memcpy(*line + len, file->rpos, n);
        file->rpos += n;
        len += n;
    }
    (*line)[len] = '\0';
    return (ssize_t)len;
}

ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict file)
{
    return getdelim(line, size, '\n', file);
}
