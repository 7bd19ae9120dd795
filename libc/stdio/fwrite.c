/* stdio/fwrite.c - write items to a stream */
#include "internal/stdio_file.h"

#include <errno.h>

size_t fwrite(const void *restrict buf, size_t size, size_t nr, FILE *restrict file)
{
    size_t len;
    size_t done;

    if (size == 0 || nr == 0)
        return 0;
    if (__builtin_mul_overflow(size, nr, &len)) {
        __stdio_fail(file, -EOVERFLOW);
        return 0;
    }
    done = __stdio_write(file, buf, len);
    return done == len ? nr : done / size;
}

size_t fwrite_unlocked(const void *restrict buf, size_t size, size_t nr, FILE *restrict file)
    __attribute__((__alias__("fwrite")));
