/* stdio/fread.c - read items from a stream; large ones go straight to where the program wants them
 */
#include "internal/stdio_file.h"

#include <stdint.h>
#include <string.h>

/* Read past the buffer, which is empty. Returns the number of bytes, 0 at the end or at an error.
 */
static size_t read_direct(FILE *file, unsigned char *to, size_t len)
{
    ssize_t n;

    if ((file->flags & STDIO_EOF) || !file->ops->read)
        return 0;
    n = file->ops->read(file, (char *)to, len);
    if (n > 0) {
        /* Nothing read is left in the buffer, so nothing can be pushed back but into its room. */
        file->rpos = file->rend = file->buf;
        return (size_t)n;
    }
    if (n < 0)
        __stdio_fail(file, n);
    else
        file->flags |= STDIO_EOF;
    return 0;
}

static size_t read_bytes(FILE *file, unsigned char *to, size_t len)
{
    size_t done = 0;
    size_t n;

    while (done < len) {
        n = (size_t)(file->rend - file->rpos);
        if (n > len - done)
            n = len - done;
        memcpy(to + done, file->rpos, n);
        file->rpos += n;
        done += n;
        if (done == len)
            break;
        /* Only __stdio_fill() enters the reading state, and flushes stdout before a terminal is
         * read. */
        if (len - done >= file->size && (file->flags & STDIO_READING) &&
            !(file->flags & (STDIO_LINE_BUFFERED | STDIO_UNBUFFERED))) {
            n = read_direct(file, to + done, len - done);
            if (n == 0)
                break;
            done += n;
        } else if (__stdio_fill(file) == EOF) {
            break;
        }
    }
    return done;
}

size_t fread(void *restrict buf, size_t size, size_t nr, FILE *restrict file)
{
    size_t len;

    if (size == 0 || nr == 0)
        return 0;
    /* No object is that large: reading as much as there is comes to the same. */
    if (__builtin_mul_overflow(size, nr, &len))
        len = SIZE_MAX;
    len = read_bytes(file, buf, len);
    return len / size;
}

size_t fread_unlocked(void *restrict buf, size_t size, size_t nr, FILE *restrict file)
    __attribute__((__alias__("fread")));
