/*
 * stdio/format_float.c - the floating-point conversions of the printf family
 *
 * Output is exact at any precision: the number is expanded to all of its decimal digits
 * (format_decimal.c) and rounded there, ties to even. A double is widened to long double, which
 * loses nothing. Programs only: the kernel has no floating point.
 */
#include "internal/stdio_format.h"

#include <string.h>

#define DIGIT_CHUNK      64
#define EXPONENT_MAX_LEN 8 /* "e+4932" and the end */

/* The bits of an x87 number (Intel SDM vol. 1, 4.2.2). */
union ldbl_bits {
    long double f;
    struct {
        uint64_t mantissa;
        uint16_t sign_exponent;
    } bits;
};

/* A field "PREFIX digits . digits EXPONENT" that is about to be put. */
struct layout {
    const char *prefix;
    long high;            /* power of ten of the first digit, at least 0 if there is no exponent */
    long precision;       /* digits behind the point */
    const char *exponent; /* "e+05", or "" */
};

/* Put the digits of 10^power and below. Those below the last one that is not 0 are padding. */
static void put_digits(struct format *f, const struct decimal *d, long power, long nr)
{
    char chunk[DIGIT_CHUNK];
    long exact = power + d->fraction + 1;
    long len;

    if (exact > nr)
        exact = nr;
    if (exact < 0)
        exact = 0;
    nr -= exact;
    for (; exact > 0; exact -= len, power -= len) {
        len = exact < DIGIT_CHUNK ? exact : DIGIT_CHUNK;
        __decimal_digits(d, power, chunk, (int)len);
        __format_put(f, chunk, (size_t)len);
    }
    __format_pad(f, '0', nr);
}

static void put_layout(struct format *f, const struct format_spec *spec, const struct decimal *d,
                       const struct layout *layout)
{
    long before = *layout->exponent ? 1 : layout->high + 1;
    int point = layout->precision > 0 || (spec->flags & FORMAT_ALT);
    long body = before + point + layout->precision + (long)strlen(layout->exponent);

    __format_field_begin(f, spec, layout->prefix, body);
    put_digits(f, d, layout->high, before);
    if (point)
        __format_put(f, ".", 1);
    put_digits(f, d, layout->high - before, layout->precision);
    __format_put(f, layout->exponent, strlen(layout->exponent));
    __format_field_end(f, spec, layout->prefix, body);
}

/* Write "e+05" with at least two digits. */
static void write_exponent(char out[EXPONENT_MAX_LEN], char letter, long exponent)
{
    char digits[EXPONENT_MAX_LEN];
    int nr = 0;
    long n = exponent < 0 ? -exponent : exponent;

    for (; n != 0 || nr < 2; n /= 10)
        digits[nr++] = (char)('0' + n % 10);
    *out++ = letter;
    *out++ = exponent < 0 ? '-' : '+';
    while (nr > 0)
        *out++ = digits[--nr];
    *out = '\0';
}

static void put_scientific(struct format *f, const struct format_spec *spec, const char *prefix,
                           const struct decimal *d, long precision)
{
    char exponent[EXPONENT_MAX_LEN];
    struct layout layout = {prefix, __decimal_high(d), precision, exponent};

    /* e of e, g and so on: the letters lie in the same distance in both cases */
    write_exponent(exponent, spec->conversion >= 'a' ? 'e' : 'E', layout.high);
    put_layout(f, spec, d, &layout);
}

static void put_fixed(struct format *f, const struct format_spec *spec, const char *prefix,
                      const struct decimal *d, long precision)
{
    struct layout layout = {prefix, __decimal_high(d), precision, ""};

    if (layout.high < 0)
        layout.high = 0;
    put_layout(f, spec, d, &layout);
}

/* The conversion g: P significant digits, in the shorter of both notations (C11 7.21.6.1p8). */
static void put_general(struct format *f, const struct format_spec *spec, const char *prefix,
                        struct decimal *d, long precision)
{
    int strip = !(spec->flags & FORMAT_ALT);
    long significant = precision == 0 ? 1 : precision;
    long high;
    long low;

    __decimal_round(d, __decimal_high(d) - significant + 1);
    high = __decimal_high(d);
    low = __decimal_low(d);
    if (high < -4 || high >= significant) {
        precision = significant - 1;
        if (strip && precision > high - low)
            precision = high - low;
        put_scientific(f, spec, prefix, d, precision);
        return;
    }
    precision = significant - 1 - high;
    if (strip && precision > -low)
        precision = low < 0 ? -low : 0;
    put_fixed(f, spec, prefix, d, precision);
}

static void put_finite(struct format *f, const struct format_spec *spec, const char *prefix,
                       const union ldbl_bits *value)
{
    int exponent = value->bits.sign_exponent & 0x7fff;
    long precision = spec->precision < 0 ? 6 : spec->precision;
    struct decimal d;

    /* The mantissa has its point behind the first of 64 bits; exponent 0 means the same as 1. */
    __decimal_set(&d, value->bits.mantissa, (exponent == 0 ? 1 : exponent) - 16383 - 63);
    switch (spec->conversion) {
    case 'e':
    case 'E':
        __decimal_round(&d, __decimal_high(&d) - precision);
        put_scientific(f, spec, prefix, &d, precision);
        break;
    case 'f':
    case 'F':
        __decimal_round(&d, -precision);
        put_fixed(f, spec, prefix, &d, precision);
        break;
    default:
        put_general(f, spec, prefix, &d, precision);
        break;
    }
}

/* Put "inf" or "nan", which zeros never pad. */
static void put_special(struct format *f, const struct format_spec *spec, const char *prefix,
                        const char *name)
{
    struct format_spec field = *spec;

    field.flags &= ~(unsigned)FORMAT_ZERO;
    __format_field_begin(f, &field, prefix, 3);
    __format_put(f, name, 3);
    __format_field_end(f, &field, prefix, 3);
}

void __format_float(struct format *f, const struct format_spec *spec, long double value)
{
    union ldbl_bits u = {.f = value};
    int upper = spec->conversion < 'a';
    const char *prefix = spec->flags & FORMAT_PLUS ? "+" : spec->flags & FORMAT_SPACE ? " " : "";

    if (u.bits.sign_exponent & 0x8000)
        prefix = "-";
    if ((u.bits.sign_exponent & 0x7fff) == 0x7fff) {
        if (u.bits.mantissa << 1 == 0)
            put_special(f, spec, prefix, upper ? "INF" : "inf");
        else
            put_special(f, spec, prefix, upper ? "NAN" : "nan");
        return;
    }
    if (spec->conversion == 'a' || spec->conversion == 'A')
        __format_hexfloat(f, spec, prefix, value);
    else
        put_finite(f, spec, prefix, &u);
}
