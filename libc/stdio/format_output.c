/*
 * stdio/format_output.c - what leaves the format engine: counted bytes, padding, the frame of a
 * field
 *
 * All output passes through __format_put() and __format_pad(), so the count can overflow in two places
 * only. Part of libk.
 */
#include "internal/stdio_format.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define PAD_CHUNK 256

/* Count n more bytes. Returns 0 if they must not be put. */
static int count_bytes(struct format *f, size_t n)
{
    if (f->error)
        return 0;
    if (n > (size_t)(INT_MAX - f->count)) {
        f->error = EOVERFLOW;
        return 0;
    }
    f->count += (int)n;
    return 1;
}

void __format_put(struct format *f, const char *bytes, size_t len)
{
    if (len != 0 && count_bytes(f, len))
        f->sink->put(f->sink, bytes, len);
}

void __format_pad(struct format *f, char c, long n)
{
    char chunk[PAD_CHUNK];

    if (n <= 0 || !count_bytes(f, (size_t)n))
        return;
    memset(chunk, c, n < PAD_CHUNK ? (size_t)n : PAD_CHUNK);
    for (; n > PAD_CHUNK; n -= PAD_CHUNK)
        f->sink->put(f->sink, chunk, PAD_CHUNK);
    f->sink->put(f->sink, chunk, (size_t)n);
}

void __format_field_begin(struct format *f, const struct format_spec *spec, const char *prefix,
                          long body)
{
    size_t prefix_len = strlen(prefix);
    long padding = spec->width - (long)prefix_len - body;
    unsigned where = spec->flags & (FORMAT_LEFT | FORMAT_ZERO);

    if (where == 0)
        __format_pad(f, ' ', padding);
    __format_put(f, prefix, prefix_len);
    if (where == FORMAT_ZERO)
        __format_pad(f, '0', padding);
}

void __format_field_end(struct format *f, const struct format_spec *spec, const char *prefix,
                        long body)
{
    if (spec->flags & FORMAT_LEFT)
        __format_pad(f, ' ', spec->width - (long)strlen(prefix) - body);
}
