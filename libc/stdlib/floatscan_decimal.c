/*
 * stdlib/floatscan_decimal.c - from decimal digits to binary, exactly
 *
 * Short numbers take the short way: a mantissa and a power of ten that are both exact give a
 * correctly rounded product or quotient (W. D. Clinger, "How to Read Floating Point Numbers
 * Accurately", 1990). All others are a row of base 10^9 limbs with a point in it. Multiplying by
 * 2^32 moves digits over the point from the right, dividing by 2^32 moves them off; it is done
 * until four or five limbs are in front of the point. These are the leading bits, and whether
 * anything is behind them is all that has to be known.
 */
#include "internal/floatscan.h"

#include <string.h>

#define LIMB_BASE   1000000000u
#define LIMB_DIGITS 9

/* Limbs wanted in front of the point: at least 10^27, more than 2^66; five of them less than 2^128.
 */
#define TOP_LIMBS 4

/* No number of this many digits before, or zeros after, the point is in the range of long double.
 */
#define POINT_MAX 4934
#define POINT_MIN (-4951)

/* Room for growing in front of the point, and for all zeros between the point and the first digit.
 */
#define ROW_FRONT 8
#define ROW_LIMBS (ROW_FRONT + FLOATSCAN_LIMBS + 4960 / LIMB_DIGITS)

/* A number as limbs, most significant first: [first, point) is in front of the point, [point, end)
 * behind. */
struct row {
    int first;
    int point;
    int end;
    uint32_t limb[ROW_LIMBS];
};

static const uint32_t pow10[LIMB_DIGITS] = {1,      10,      100,      1000,     10000,
                                            100000, 1000000, 10000000, 100000000};

/* Powers of ten that are exact: all of them in a long double, up to 22 in a double, up to 10 in a
 * float. */
static const long double exact_pow10[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,
                                          1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
                                          1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L,
                                          1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};

/* mantissa * 10^exponent with one rounding. Returns 0 if that cannot be had so simply. */
static int convert_short(uint64_t mantissa, long exponent, enum floatscan_type type,
                         long double *value)
{
    static const struct {
        uint64_t mantissa_max;
        int exponent_max;
    } limits[] = {
        [FLOATSCAN_FLOAT] = {(uint64_t)1 << 24, 10},
        [FLOATSCAN_DOUBLE] = {(uint64_t)1 << 53, 22},
        [FLOATSCAN_LDBL] = {UINT64_MAX, 27},
    };
    long size = exponent < 0 ? -exponent : exponent;
    long double power;

    if (mantissa > limits[type].mantissa_max || size > limits[type].exponent_max)
        return 0;
    power = exact_pow10[size];
    if (type == FLOATSCAN_FLOAT)
        *value = exponent < 0 ? (float)mantissa / (float)power : (float)mantissa * (float)power;
    else if (type == FLOATSCAN_DOUBLE)
        *value = exponent < 0 ? (double)mantissa / (double)power : (double)mantissa * (double)power;
    else
        *value = exponent < 0 ? (long double)mantissa / power : (long double)mantissa * power;
    return 1;
}

/* row *= factor, which is at most 2^32. */
static void multiply(struct row *row, uint64_t factor)
{
    uint64_t carry = 0;
    int i;

    for (i = row->end - 1; i >= row->first; --i) {
        carry += row->limb[i] * factor;
        row->limb[i] = (uint32_t)(carry % LIMB_BASE);
        carry /= LIMB_BASE;
    }
    for (; carry != 0; carry /= LIMB_BASE)
        row->limb[--row->first] = (uint32_t)(carry % LIMB_BASE);
    while (row->end > row->first && row->limb[row->end - 1] == 0)
        --row->end;
}

/* The part in front of the point /= 2^32. Returns not 0 if anything fell behind the point. */
static int divide(struct row *row)
{
    uint64_t rest = 0;
    int i;

    for (i = row->first; i < row->point; ++i) {
        rest = rest * LIMB_BASE + row->limb[i];
        row->limb[i] = (uint32_t)(rest >> 32);
        rest &= UINT32_MAX;
    }
    while (row->limb[row->first] == 0)
        ++row->first;
    return rest != 0;
}

/* Lay the digits out so that the point is between two limbs. Digits do not begin with a 0. */
static void lay_out(struct row *row, const struct floatscan_digits *digits)
{
    /* The last limb counts 10^unit. */
    long unit = digits->point - (long)LIMB_DIGITS * digits->nr_limbs;
    int scale = (int)((unit % LIMB_DIGITS + LIMB_DIGITS) % LIMB_DIGITS);
    long limbs_behind = -(unit - scale) / LIMB_DIGITS;
    int zeros;

    zeros = limbs_behind > digits->nr_limbs ? (int)limbs_behind - digits->nr_limbs : 0;
    row->first = ROW_FRONT + zeros;
    row->end = row->first + digits->nr_limbs;
    row->point = row->end - (int)limbs_behind;
    memcpy(row->limb + row->first, digits->limb, (size_t)digits->nr_limbs * sizeof row->limb[0]);
    for (; row->end < row->point; ++row->end)
        row->limb[row->end] = 0;
    if (scale != 0)
        multiply(row, pow10[scale]);
}

/* Shift the row until its leading bits are in front of the point. Returns the exponent that makes
 * up for it. */
static long shift_to_top(struct row *row, int *inexact)
{
    long exponent = 0;

    while (row->first + TOP_LIMBS > row->point) {
        /* multiply() strips zeros at the end, even those in front of the point */
        multiply(row, (uint64_t)1 << 32);
        exponent -= 32;
    }
    while (row->end < row->point)
        row->limb[row->end++] = 0;
    while (row->first + TOP_LIMBS < row->point) {
        *inexact |= divide(row);
        exponent += 32;
    }
    return exponent;
}

long double __floatscan_decimal(struct floatscan_digits *digits, enum floatscan_type type,
                                int *out_of_range)
{
    struct row row;
    unsigned __int128 bits = 0;
    int inexact = digits->inexact;
    long exponent;
    long double value;
    int i;

    if (digits->nr_limbs == 0 && digits->used == 0)
        return 0;
    if (digits->point > POINT_MAX)
        return __floatscan_round(1, 0, POINT_MAX * 4, type, out_of_range);
    if (digits->point < POINT_MIN)
        return __floatscan_round(1, 0, POINT_MIN * 4L, type, out_of_range);
    if (digits->nr_limbs < 2 || (digits->nr_limbs == 2 && digits->used <= 1)) {
        uint64_t mantissa = 0;
        int nr = digits->nr_limbs * LIMB_DIGITS + digits->used;

        for (i = 0; i < digits->nr_limbs; ++i)
            mantissa = mantissa * LIMB_BASE + digits->limb[i];
        if (digits->used)
            mantissa = mantissa * pow10[digits->used] + digits->limb[digits->nr_limbs];
        if (convert_short(mantissa, digits->point - nr, type, &value))
            return value;
    }
    if (digits->used) {
        digits->limb[digits->nr_limbs++] *= pow10[LIMB_DIGITS - digits->used];
        digits->used = 0;
    }
    lay_out(&row, digits);
    exponent = shift_to_top(&row, &inexact);
    for (i = row.first; i < row.point; ++i)
        bits = bits * LIMB_BASE + row.limb[i];
    for (; i < row.end; ++i)
        inexact |= row.limb[i] != 0;
    return __floatscan_round(bits, inexact, exponent, type, out_of_range);
}
