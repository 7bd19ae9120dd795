/*
 * stdio/scan_number.c - numbers in formatted input
 *
 * A number that does not fit is converted as strtol(), strtoul() and strtod() do it, with ERANGE;
 * then it is cut to the size asked for.
 */
#include "internal/stdio_scan.h"
#include "internal/floatscan.h"

#include <errno.h>
#include <limits.h>

void __scan_store(void *to, enum scan_length length, unsigned long n)
{
    union {
        void *given;
        unsigned char *c;
        unsigned short *s;
        unsigned *i;
        unsigned long *l;
    } u = {.given = to};

    if (!to)
        return;
    switch (length) {
    case SCAN_LEN_CHAR:
        *u.c = (unsigned char)n;
        break;
    case SCAN_LEN_SHORT:
        *u.s = (unsigned short)n;
        break;
    case SCAN_LEN_NONE:
        *u.i = (unsigned)n;
        break;
    default:
        *u.l = n;
        break;
    }
}

/* The value of a digit in bases up to 16, or 16. */
static unsigned digit_value(int c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 16;
}

/*
 * Consume a prefix "0", "0x" or "0b" that suits the base; 0 is the base of %i, which becomes what
 * the prefix says. Returns 1 if what was consumed is a number already.
 */
static int take_prefix(struct scan *scan, unsigned *base)
{
    int c;

    if (__scan_peek(scan) != '0') {
        *base = *base ? *base : 10;
        return 0;
    }
    __scan_take(scan);
    c = __scan_peek(scan);
    if ((c == 'x' || c == 'X') && (*base == 0 || *base == 16)) {
        __scan_take(scan);
        *base = 16;
        return 0;
    }
    if ((c == 'b' || c == 'B') && *base == 2) {
        __scan_take(scan);
        return 0;
    }
    *base = *base ? *base : 8;
    return 1;
}

/* Consume digits into *n, which becomes ULONG_MAX if they are too many. Returns whether there were
 * any. */
static int take_digits(struct scan *scan, unsigned base, unsigned long *n, int *overflow)
{
    int any = 0;
    unsigned digit;

    for (; (digit = digit_value(__scan_peek(scan))) < base; __scan_take(scan)) {
        any = 1;
        if (__builtin_mul_overflow(*n, (unsigned long)base, n) ||
            __builtin_add_overflow(*n, (unsigned long)digit, n))
            *overflow = 1;
    }
    return any;
}

/* The result of strtol() or strtoul(), given magnitude and sign. */
static unsigned long apply_sign(unsigned long n, int negative, int is_signed, int overflow)
{
    if (is_signed && !overflow)
        overflow = n > (unsigned long)LONG_MAX + (unsigned)negative;
    if (overflow) {
        errno = ERANGE;
        return !is_signed ? ULONG_MAX : negative ? (unsigned long)LONG_MIN : LONG_MAX;
    }
    return negative ? -n : n;
}

/* What glibc prints a null pointer as. Returns whether there was one. */
static int take_nil(struct scan *scan)
{
    const char *p;

    for (p = "(nil)"; *p != '\0'; ++p) {
        if (__scan_peek(scan) != *p)
            return 0;
        __scan_take(scan);
    }
    return 1;
}

static unsigned base_of(char conversion)
{
    switch (conversion) {
    case 'i':
        return 0;
    case 'o':
        return 8;
    case 'x':
    case 'X':
    case 'p':
        return 16;
    case 'b':
        return 2;
    default:
        return 10;
    }
}

enum scan_status __scan_integer(struct scan *scan, const struct scan_directive *directive, void *to)
{
    char conversion = directive->conversion;
    unsigned base = base_of(conversion);
    enum scan_length length = conversion == 'p' ? SCAN_LEN_LONG : directive->length;
    unsigned long n = 0;
    int overflow = 0;
    int negative;
    int any;

    if (__scan_peek(scan) < 0)
        return SCAN_INPUT_FAILURE;
    if (conversion == 'p' && __scan_peek(scan) == '(') {
        if (!take_nil(scan))
            return SCAN_MATCHING_FAILURE;
        __scan_store(to, length, 0);
        return SCAN_OK;
    }
    negative = __scan_peek(scan) == '-';
    if (negative || __scan_peek(scan) == '+')
        __scan_take(scan);
    any = take_prefix(scan, &base);
    any |= take_digits(scan, base, &n, &overflow);
    if (!any)
        return SCAN_MATCHING_FAILURE;
    n = apply_sign(n, negative, conversion == 'd' || conversion == 'i', overflow);
    __scan_store(to, length, n);
    return SCAN_OK;
}

/* The engine of strtod() reads from a scan through this. */
struct scan_source {
    struct floatscan_source source;
    struct scan *scan;
};

static void advance(struct floatscan_source *source)
{
    struct scan *scan = ((struct scan_source *)source)->scan;

    __scan_take(scan);
    source->c = __scan_peek(scan);
}

enum scan_status __scan_float(struct scan *scan, const struct scan_directive *directive, void *to)
{
    struct scan_source source = {{__scan_peek(scan), advance}, scan};
    struct floatscan_number number;
    enum floatscan_type type = FLOATSCAN_FLOAT;

    if (source.source.c < 0)
        return SCAN_INPUT_FAILURE;
    if (directive->length == SCAN_LEN_LONG)
        type = FLOATSCAN_DOUBLE;
    if (directive->length == SCAN_LEN_LDBL)
        type = FLOATSCAN_LDBL;
    number = __floatscan(&source.source, type);
    if (number.accepted == 0 || number.accepted != number.consumed)
        return SCAN_MATCHING_FAILURE;
    if (number.out_of_range)
        errno = ERANGE;
    if (to && type == FLOATSCAN_FLOAT)
        *(float *)to = (float)number.value;
    if (to && type == FLOATSCAN_DOUBLE)
        *(double *)to = (double)number.value;
    if (to && type == FLOATSCAN_LDBL)
        *(long double *)to = number.value;
    return SCAN_OK;
}
