/*
 * stdio/format_hexfloat.c - the conversion %a
 *
 * C leaves the first digit open. As in glibc it is 1 for a double (0 for a subnormal one), and the
 * top four bits of the mantissa for a long double; so the output is the same on every Linux x86-64
 * system.
 */
#include "internal/stdio_format.h"

#include <string.h>

/* A number as digits: one before the point, `nr` behind it, times 2^exponent. */
struct hexfloat {
    int leading;
    uint64_t fraction; /* nr digits, the first in the highest place used */
    int nr;
    int exponent;
};

static struct hexfloat split_double(double value)
{
    union {
        double f;
        uint64_t bits;
    } u = {.f = value};
    int exponent = (int)(u.bits >> 52 & 0x7ff);
    struct hexfloat h = {exponent != 0, u.bits & (((uint64_t)1 << 52) - 1), 13, exponent - 1023};

    if (exponent == 0)
        h.exponent = h.fraction == 0 ? 0 : -1022;
    return h;
}

static struct hexfloat split_long_double(long double value)
{
    union {
        long double f;
        struct {
            uint64_t mantissa;
            uint16_t sign_exponent;
        } bits;
    } u = {.f = value};
    int exponent = u.bits.sign_exponent & 0x7fff;
    struct hexfloat h = {(int)(u.bits.mantissa >> 60), u.bits.mantissa & (UINT64_MAX >> 4), 15,
                         exponent - 16383 - 3};

    if (exponent == 0)
        h.exponent = u.bits.mantissa == 0 ? 0 : -16385;
    return h;
}

/* Keep `precision` digits behind the point (at most h->nr), ties to even. */
static void round_digits(struct hexfloat *h, int precision)
{
    int drop = 4 * (h->nr - precision);
    unsigned __int128 all = (unsigned __int128)h->leading << 4 * h->nr | h->fraction;
    unsigned __int128 unit = (unsigned __int128)1 << drop;
    unsigned __int128 rest = all & (unit - 1);

    all >>= drop;
    if (drop > 0 && (rest > unit / 2 || (rest == unit / 2 && (all & 1))))
        ++all;
    h->nr = precision;
    h->leading = (int)(all >> 4 * precision);
    h->fraction = (uint64_t)(all & (((unsigned __int128)1 << 4 * precision) - 1));
    if (h->leading > 15) { /* was f.fff: the digits behind it are zeros now */
        h->leading = 1;
        h->exponent += 4;
    }
}

static void strip_zeros(struct hexfloat *h)
{
    while (h->nr > 0 && (h->fraction & 15) == 0) {
        h->fraction >>= 4;
        --h->nr;
    }
}

/* Write "p-1074" so that it ends before end. Returns where it starts. */
static char *write_exponent(char *end, int exponent, char letter)
{
    int n = exponent < 0 ? -exponent : exponent;

    do
        *--end = (char)('0' + n % 10);
    while ((n /= 10) != 0);
    *--end = exponent < 0 ? '-' : '+';
    *--end = letter;
    return end;
}

void __format_hexfloat(struct format *f, const struct format_spec *spec, const char *sign,
                       long double magnitude)
{
    int upper = spec->conversion == 'A';
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    struct hexfloat h = spec->length == FORMAT_LEN_LDBL ? split_long_double(magnitude)
                                                        : split_double((double)magnitude);
    char text[16];
    char prefix[4] = "";
    char exponent[8];
    char *exp_end = exponent + sizeof exponent;
    char *exp_start;
    long zeros;
    long body;
    int point;
    int i;

    if (spec->precision < 0)
        strip_zeros(&h);
    else if (spec->precision < h.nr)
        round_digits(&h, spec->precision);
    zeros = spec->precision > h.nr ? spec->precision - h.nr : 0;
    point = h.nr > 0 || zeros > 0 || (spec->flags & FORMAT_ALT);
    for (i = h.nr; i > 0; --i, h.fraction >>= 4)
        text[i] = digits[h.fraction & 15];
    text[0] = digits[h.leading];
    strcat(strcpy(prefix, sign), upper ? "0X" : "0x");
    exp_start = write_exponent(exp_end, h.exponent, upper ? 'P' : 'p');
    body = 1 + point + h.nr + zeros + (exp_end - exp_start);
    __format_field_begin(f, spec, prefix, body);
    __format_put(f, text, 1);
    if (point)
        __format_put(f, ".", 1);
    __format_put(f, text + 1, (size_t)h.nr);
    __format_pad(f, '0', zeros);
    __format_put(f, exp_start, (size_t)(exp_end - exp_start));
    __format_field_end(f, spec, prefix, body);
}
