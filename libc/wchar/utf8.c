/*
 * wchar/utf8.c - one wide character to and from UTF-8 (RFC 3629)
 *
 * What is not shortest, a surrogate or beyond U+10FFFF is EILSEQ, as soon as the byte that makes it
 * so is seen: an unfinished state can always still become a character.
 */
#include <errno.h>
#include <stdlib.h>
#include <wchar.h>

#define INVALID    ((size_t)-1)
#define INCOMPLETE ((size_t)-2)

/* How many bytes follow this first one; -1 if it is none. */
static int length_of(unsigned char c)
{
    if (c < 0x80)
        return 0;
    if (c >= 0xc2 && c <= 0xdf)
        return 1;
    if (c >= 0xe0 && c <= 0xef)
        return 2;
    if (c >= 0xf0 && c <= 0xf4)
        return 3;
    return -1;
}

/* Whether value, with `left` bytes still to come, can become a character; all is the whole number.
 */
static int possible(unsigned value, unsigned left)
{
    unsigned low = value << (6 * left), high = low | ((1U << (6 * left)) - 1);

    return !(low >= 0xd800 && high <= 0xdfff) && low <= 0x10ffff;
}

/* The second byte decides whether the sequence is the shortest. */
static int too_long(unsigned first_bits, unsigned value, unsigned left)
{
    return first_bits == 0 && ((left == 1 && value < 0x20) || (left == 2 && value < 0x10));
}

static size_t fail(mbstate_t *state)
{
    state->__value = state->__left = 0;
    errno = EILSEQ;
    return INVALID;
}

size_t mbrtowc(wchar_t *restrict wc, const char *restrict s, size_t n, mbstate_t *restrict state)
{
    static mbstate_t own;
    mbstate_t *st = state ? state : &own;
    const unsigned char *p = (const unsigned char *)s;
    size_t used = 0;

    if (!s)
        return mbrtowc(NULL, "", 1, st);
    if (n == 0)
        return INCOMPLETE;
    if (st->__left == 0) {
        int left = length_of(*p);

        if (left < 0)
            return fail(st);
        st->__left = (unsigned)left;
        st->__value = left == 0 ? *p : *p & (0x3fU >> left);
        used = 1;
        if (left > 0 && n > 1 && (p[1] & 0xc0) == 0x80 &&
            too_long(st->__value, p[1] & 0x3f, (unsigned)left - 1))
            return fail(st);
    }
    while (st->__left > 0) {
        unsigned before = st->__value;

        if (used == n)
            return INCOMPLETE;
        if ((p[used] & 0xc0) != 0x80)
            return fail(st);
        st->__value = before << 6 | (p[used++] & 0x3f);
        st->__left--;
        if (too_long(before, st->__value, st->__left) || !possible(st->__value, st->__left))
            return fail(st);
    }
    if (wc)
        *wc = (wchar_t)st->__value;
    used = st->__value != 0 ? used : 0;
    st->__value = 0;
    return used;
}

size_t mbrlen(const char *restrict s, size_t n, mbstate_t *restrict state)
{
    static mbstate_t own;

    return mbrtowc(NULL, s, n, state ? state : &own);
}

int mbsinit(const mbstate_t *state)
{
    return !state || state->__left == 0;
}

size_t wcrtomb(char *restrict s, wchar_t wc, mbstate_t *restrict state)
{
    unsigned value = (unsigned)wc;
    size_t len = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;

    (void)state;
    if (!s)
        return 1;
    if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        errno = EILSEQ;
        return INVALID;
    }
    if (len == 1) {
        *s = (char)value;
        return 1;
    }
    for (size_t i = len; --i > 0; value >>= 6)
        s[i] = (char)(0x80 | (value & 0x3f));
    /* As many ones as there are bytes, then a zero. */
    s[0] = (char)(value | (0xf00U >> len & 0xf0));
    return len;
}

int mbtowc(wchar_t *restrict wc, const char *restrict s, size_t n)
{
    mbstate_t state = {0};
    size_t used;

    /* UTF-8 has no shift states. */
    if (!s)
        return 0;
    used = mbrtowc(wc, s, n, &state);
    if (used == INCOMPLETE)
        errno = EILSEQ;
    return used == INCOMPLETE ? -1 : (int)used;
}

int mblen(const char *s, size_t n)
{
    return mbtowc(NULL, s, n);
}

int wctomb(char *s, wchar_t wc)
{
    return s ? (int)wcrtomb(s, wc, NULL) : 0;
}

wint_t btowc(int c)
{
    return c >= 0 && c < 0x80 ? (wint_t)c : WEOF;
}

int wctob(wint_t wc)
{
    return wc < 0x80 ? (int)wc : -1;
}
