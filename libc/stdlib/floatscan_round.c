/*
 * stdlib/floatscan_round.c - from a wide binary number to float, double or long double
 *
 * All three are made as a long double, which holds the other two exactly, subnormal ones included.
 */
#include "internal/floatscan.h"

struct format {
    int precision; /* bits of the mantissa */
    int min;       /* exponents of 1.xxx * 2^e of normal numbers */
    int max;
};

static const struct format formats[] = {
    [FLOATSCAN_FLOAT] = {24, -126, 127},
    [FLOATSCAN_DOUBLE] = {53, -1022, 1023},
    [FLOATSCAN_LDBL] = {64, -16382, 16383},
};

/* mantissa * 2^exponent, which a long double can hold (Intel SDM vol. 1, 4.2.2). */
static long double assemble(uint64_t mantissa, long exponent)
{
    union {
        long double f;
        struct {
            uint64_t mantissa;
            uint16_t sign_exponent;
        } bits;
    } u = {.f = 0};
    int shift;
    long biased;

    if (mantissa == 0)
        return 0;
    shift = __builtin_clzl(mantissa);
    mantissa <<= shift;
    biased = exponent + 16383 + 63 - shift;
    if (biased <= 0) {
        mantissa >>= 1 - biased;
        biased = 0;
    }
    u.bits.mantissa = mantissa;
    u.bits.sign_exponent = (uint16_t)biased;
    return u.f;
}

/* bits / 2^drop to nearest, ties to even. *lossy is set if that is not exact. */
static unsigned __int128 round_shift(unsigned __int128 bits, int inexact, long drop, int *lossy)
{
    unsigned __int128 rest;
    unsigned __int128 half;
    unsigned __int128 kept;

    *lossy = inexact;
    if (drop <= 0)
        return bits << -drop;
    if (drop > 128) { /* less than half */
        *lossy = 1;
        return 0;
    }
    half = (unsigned __int128)1 << (drop - 1);
    rest = bits & (half | (half - 1));
    kept = drop == 128 ? 0 : bits >> drop;
    *lossy = inexact || rest != 0;
    if (rest > half || (rest == half && (inexact || (kept & 1))))
        ++kept;
    return kept;
}

static int bit_length(unsigned __int128 bits)
{
    uint64_t high = (uint64_t)(bits >> 64);

    if (bits == 0)
        return 0;
    return high ? 128 - __builtin_clzl(high) : 64 - __builtin_clzl((uint64_t)bits);
}

long double __floatscan_round(unsigned __int128 bits, int inexact, long exponent,
                              enum floatscan_type type, int *out_of_range)
{
    const struct format *format = &formats[type];
    unsigned __int128 mantissa;
    long top;  /* the number is 1.xxx * 2^top */
    long drop; /* bits to be rounded away */
    int lossy;

    if (bits == 0)
        return 0;
    top = exponent + bit_length(bits) - 1;
    drop = bit_length(bits) - format->precision;
    mantissa = round_shift(bits, inexact, drop, &lossy);
    if (bit_length(mantissa) > format->precision)
        ++top;
    if (top > format->max) {
        *out_of_range = 1;
        return __builtin_infl();
    }
    /* Too small even after rounding with all bits: fewer bits are left, and losing any is
     * underflow. */
    if (top < format->min) {
        drop = format->min - (format->precision - 1) - exponent;
        mantissa = round_shift(bits, inexact, drop, &lossy);
        *out_of_range |= lossy;
    } else if (exponent + drop < format->min - (format->precision - 1)) {
        /* Rounding made it the smallest normal number. */
        return assemble(1, format->min);
    }
    if (bit_length(mantissa) > 64) /* 2^64, from rounding up */
        return assemble(1, exponent + drop + 64);
    return assemble((uint64_t)mantissa, exponent + drop);
}
