/*
 * stdio/format_wide.c - wide characters in formatted output
 *
 * wchar_t holds a Unicode code point; what comes out is UTF-8, whatever the locale. Part of libk.
 *
 * Source: RFC 3629
 */
#include "internal/stdio_format.h"

#include <errno.h>
#include <limits.h>

#define UTF8_MAX 4

/* Encode wc. Returns the number of bytes, or 0 if it is no character. */
static size_t utf8_encode(char out[UTF8_MAX], wchar_t wc)
{
    uint32_t c = (uint32_t)wc;
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    size_t i;

    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    if (len == 1) {
        out[0] = (char)c;
        return 1;
    }
    for (i = len - 1; i > 0; --i) {
        out[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    out[0] = (char)((0xf00 >> len) | c); /* as many ones on top as bytes, then a zero */
    return len;
}

void __format_wide_char(struct format *f, const struct format_spec *spec, wchar_t wc)
{
    char bytes[UTF8_MAX];
    size_t len = utf8_encode(bytes, wc);
    struct format_spec field = *spec;

    field.flags &= ~(unsigned)FORMAT_ZERO;
    if (len == 0) {
        f->error = EILSEQ;
        return;
    }
    __format_field_begin(f, &field, "", (long)len);
    __format_put(f, bytes, len);
    __format_field_end(f, &field, "", (long)len);
}

/* The bytes that the whole characters of s within limit take, or -1 if one is no character. */
static long wide_length(const wchar_t *s, long limit)
{
    char bytes[UTF8_MAX];
    long total = 0;
    size_t len;

    /* Once the limit is reached the rest is not looked at: it need not end in a null. */
    for (; total < limit && *s != L'\0'; ++s) {
        len = utf8_encode(bytes, *s);
        if (len == 0)
            return -1;
        if ((long)len > limit - total)
            break;
        total += (long)len;
    }
    return total;
}

void __format_wide_string(struct format *f, const struct format_spec *spec, const wchar_t *s)
{
    char bytes[UTF8_MAX];
    long total = wide_length(s, spec->precision < 0 ? LONG_MAX : spec->precision);
    struct format_spec field = *spec;
    long done;
    size_t len;

    field.flags &= ~(unsigned)FORMAT_ZERO;
    if (total < 0) {
        f->error = EILSEQ;
        return;
    }
    __format_field_begin(f, &field, "", total);
    for (done = 0; done < total; done += (long)len) {
        len = utf8_encode(bytes, *s++);
        __format_put(f, bytes, len);
    }
    __format_field_end(f, &field, "", total);
}
