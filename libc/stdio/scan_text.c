/*
 * stdio/scan_text.c - characters, words and sets of characters in formatted input
 *
 * One loop serves %c, %s and %[, narrow and wide, into an array of the program's or (with "m") into
 * one from malloc that grows. A width counts characters: bytes, or wide characters, which are read
 * as UTF-8.
 */
#include "internal/stdio_scan.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define FIRST_SIZE 32

/* Where characters go. */
struct output {
    unsigned char *bytes; /* NULL: nowhere */
    size_t unit;          /* bytes per character: 1, or sizeof(wchar_t) */
    size_t nr;            /* characters so far */
    size_t room;          /* characters; only if allocated */
    int allocated;
};

/* Add a character. Returns 0, or -1 with errno. */
static int output_add(struct output *out, uint32_t c)
{
    void *bytes;

    if (out->allocated && out->nr == out->room) {
        bytes = reallocarray(out->bytes, out->room ? out->room * 2 : FIRST_SIZE, out->unit);
        if (!bytes)
            return -1;
        out->bytes = bytes;
        out->room = out->room ? out->room * 2 : FIRST_SIZE;
    }
    if (out->bytes && out->unit == 1)
        out->bytes[out->nr] = (unsigned char)c;
    else if (out->bytes)
        ((wchar_t *)(void *)out->bytes)[out->nr] = (wchar_t)c;
    ++out->nr;
    return 0;
}

/* Whether a byte may stand in what the directive reads. Bytes of multibyte characters are no space.
 */
static int matches(const struct scan_directive *directive, int c)
{
    switch (directive->conversion) {
    case '[':
        return directive->set[c];
    case 's':
    case 'S':
        return !isspace(c);
    default:
        return 1;
    }
}

/*
 * Consume a character in UTF-8 whose first byte is looked at (RFC 3629).
 * Returns 0, or -1 with EILSEQ; the bytes up to the one that is wrong are consumed then.
 */
static int take_wide(struct scan *scan, uint32_t *wc)
{
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    int c = __scan_peek(scan);
    int more = c < 0x80 ? 0 : c < 0xc2 ? -1 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf5 ? 3 : -1;
    int i;

    if (more >= 0) {
        *wc = more ? (uint32_t)c & (0x3fu >> more) : (uint32_t)c;
        __scan_take(scan);
        for (i = 0; i < more; ++i) {
            c = __scan_peek(scan);
            if (c < 0 || (c & 0xc0) != 0x80)
                break;
            *wc = *wc << 6 | ((uint32_t)c & 0x3f);
            __scan_take(scan);
        }
        if (i == more && *wc >= smallest[more] && *wc <= 0x10ffff && *wc >> 11 != 0x1b)
            return 0;
    }
    errno = EILSEQ;
    return -1;
}

/* Read up to `width` characters. */
static enum scan_status take_text(struct scan *scan, const struct scan_directive *directive,
                                  struct output *out, long width)
{
    uint32_t wc;
    int c;

    for (; width > 0; --width) {
        c = __scan_peek(scan);
        if (c < 0 || !matches(directive, c))
            break;
        if (out->unit == 1) {
            wc = (uint32_t)c;
            __scan_take(scan);
        } else if (take_wide(scan, &wc) < 0) {
            return SCAN_INPUT_FAILURE; /* what an encoding error counts as (C11 7.21.6.2p9) */
        }
        if (output_add(out, wc) < 0)
            return SCAN_ERROR;
    }
    return SCAN_OK;
}

enum scan_status __scan_text(struct scan *scan, const struct scan_directive *directive, void *to)
{
    char conversion = directive->conversion;
    int is_char = conversion == 'c' || conversion == 'C';
    int wide = conversion == 'C' || conversion == 'S' || directive->length >= SCAN_LEN_LONG;
    struct output out = {.unit = wide ? sizeof(wchar_t) : 1,
                         .allocated = to && directive->allocate};
    enum scan_status status;

    if (__scan_peek(scan) < 0)
        return SCAN_INPUT_FAILURE;
    if (!out.allocated)
        out.bytes = to;
    status = take_text(scan, directive, &out, is_char && !directive->width ? 1 : scan->limit);
    if (status == SCAN_OK && out.nr == 0)
        status = SCAN_MATCHING_FAILURE;
    if (status == SCAN_OK && !is_char && output_add(&out, 0) < 0)
        status = SCAN_ERROR;
    if (out.allocated && status != SCAN_OK) {
        free(out.bytes);
        out.bytes = NULL;
    }
    if (out.allocated)
        *(void **)to = out.bytes;
    return status;
}
