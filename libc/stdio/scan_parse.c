/*
 * stdio/scan_parse.c - one directive of a scanf format
 *
 *     % [n$] [*] [m] [width] [length] conversion          [ is followed by a set of characters and
 * ]
 */
#include "internal/stdio_scan.h"

#include <limits.h>
#include <string.h>

/* Read a decimal number at *s; one that does not fit counts as INT_MAX. */
static int parse_number(const char **s)
{
    int n = 0;

    for (; **s >= '0' && **s <= '9'; ++*s) {
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, **s - '0', &n))
            n = INT_MAX;
    }
    return n;
}

static enum scan_length parse_length(const char **s)
{
    switch (**s) {
    case 'h':
        ++*s;
        if (**s != 'h')
            return SCAN_LEN_SHORT;
        ++*s;
        return SCAN_LEN_CHAR;
    case 'l':
        ++*s;
        if (**s != 'l')
            return SCAN_LEN_LONG;
        ++*s;
        return SCAN_LEN_LDBL;
    case 'L':
    case 'q':
        ++*s;
        return SCAN_LEN_LDBL;
    case 'j':
    case 'z':
    case 't':
        ++*s;
        return SCAN_LEN_LONG;
    default:
        return SCAN_LEN_NONE;
    }
}

/*
 * Read the set behind "[". A ']' that comes first is a member, a '-' between two others makes a
 * range (either way round). Returns what follows the set, or NULL if it is not ended.
 */
static const char *parse_set(const char *s, unsigned char set[256])
{
    int exclude = *s == '^';
    const unsigned char *p = (const unsigned char *)s + exclude;
    const unsigned char *first = p;
    int low;
    int high;
    int c;

    memset(set, exclude, 256);
    for (; *p != '\0' && (*p != ']' || p == first); ++p) {
        low = high = *p;
        if (p[1] == '-' && p[2] != ']' && p[2] != '\0') {
            high = p[2];
            p += 2;
        }
        if (low > high) {
            c = low;
            low = high;
            high = c;
        }
        for (c = low; c <= high; ++c)
            set[c] = !exclude;
    }
    return *p == ']' ? (const char *)p + 1 : NULL;
}

const char *__scan_parse(const char *s, struct scan_directive *directive)
{
    const char *p = s;
    int number = parse_number(&p);

    directive->arg = SCAN_NEXT;
    if (p != s && *p == '$') {
        directive->arg = number;
        s = p + 1;
    }
    directive->suppress = *s == '*';
    s += directive->suppress;
    directive->allocate = *s == 'm';
    s += directive->allocate;
    directive->width = parse_number(&s);
    if (*s == 'm') { /* glibc takes it here, too */
        directive->allocate = 1;
        ++s;
    }
    directive->length = parse_length(&s);
    directive->conversion = *s;
    if (*s == '\0')
        return s;
    ++s;
    if (directive->conversion != '[')
        return s;
    p = parse_set(s, directive->set);
    if (p)
        return p;
    directive->conversion = '\0';
    return "";
}
