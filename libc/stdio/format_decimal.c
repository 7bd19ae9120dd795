/*
 * stdio/format_decimal.c - the exact decimal expansion of a binary floating-point number
 *
 * m * 2^e is an integer if e >= 0; otherwise it is m * 5^-e divided by 10^-e. Either way the
 * expansion is one big integer and a place for the point. It is held in limbs of nine digits, least
 * significant first, so that multiplying is one pass and every digit is at hand for exact rounding.
 *
 * Invariant: no leading limb is 0.
 */
#include "internal/stdio_format.h"

#define LIMB_BASE   1000000000u
#define LIMB_DIGITS 9

static const uint32_t pow10[LIMB_DIGITS] = {1,      10,      100,      1000,     10000,
                                            100000, 1000000, 10000000, 100000000};

/* Multiply by a factor of at most 2^32. */
static void multiply(struct decimal *d, uint64_t factor)
{
    uint64_t carry = 0;
    int i;

    for (i = 0; i < d->nr_limbs; ++i) {
        carry += d->limb[i] * factor;
        d->limb[i] = (uint32_t)(carry % LIMB_BASE);
        carry /= LIMB_BASE;
    }
    for (; carry != 0; carry /= LIMB_BASE)
        d->limb[d->nr_limbs++] = (uint32_t)(carry % LIMB_BASE);
}

void __decimal_set(struct decimal *d, uint64_t mantissa, int exponent)
{
    const uint64_t five_to_13 = 1220703125;
    int zeros;

    d->nr_limbs = 0;
    d->fraction = 0;
    if (mantissa == 0)
        return;
    zeros = __builtin_ctzl(mantissa);
    exponent += zeros;
    mantissa >>= zeros;
    for (; mantissa != 0; mantissa /= LIMB_BASE)
        d->limb[d->nr_limbs++] = (uint32_t)(mantissa % LIMB_BASE);
    for (; exponent >= 32; exponent -= 32)
        multiply(d, (uint64_t)1 << 32);
    if (exponent > 0)
        multiply(d, (uint64_t)1 << exponent);
    if (exponent < 0)
        d->fraction = -exponent;
    for (; exponent <= -13; exponent += 13)
        multiply(d, five_to_13);
    for (; exponent < 0; ++exponent)
        multiply(d, 5);
}

int __decimal_high(const struct decimal *d)
{
    int digit = LIMB_DIGITS - 1;

    if (d->nr_limbs == 0)
        return 0;
    while (d->limb[d->nr_limbs - 1] < pow10[digit])
        --digit;
    return (d->nr_limbs - 1) * LIMB_DIGITS + digit - d->fraction;
}

int __decimal_low(const struct decimal *d)
{
    int i = 0;
    int digit = 0;

    if (d->nr_limbs == 0)
        return 0;
    while (d->limb[i] == 0)
        ++i;
    while (digit < LIMB_DIGITS - 1 && d->limb[i] % pow10[digit + 1] == 0)
        ++digit;
    return i * LIMB_DIGITS + digit - d->fraction;
}

/*
 * Compare the part below digit `place` (counted from the last one, at least 1) with half a unit
 * there. Returns <0, 0, >0.
 */
static int compare_half(const struct decimal *d, long place)
{
    long i = (place - 1) / LIMB_DIGITS;
    uint32_t unit = pow10[(place - 1) % LIMB_DIGITS];
    uint32_t part = i < d->nr_limbs ? d->limb[i] : 0;

    if (unit != LIMB_BASE / 10)
        part %= unit * 10;
    if (part != unit * 5)
        return part < unit * 5 ? -1 : 1;
    while (i > 0) {
        if (d->limb[--i] != 0)
            return 1;
    }
    return 0;
}

/* Add one unit at digit `place`, in whose limb all lower digits are 0. */
static void add_unit(struct decimal *d, long place)
{
    long i = place / LIMB_DIGITS;
    uint32_t unit = pow10[place % LIMB_DIGITS];

    for (;; ++i, unit = 1) {
        if (i == d->nr_limbs)
            d->limb[d->nr_limbs++] = 0;
        d->limb[i] += unit;
        if (d->limb[i] < LIMB_BASE)
            return;
        d->limb[i] -= LIMB_BASE;
    }
}

void __decimal_round(struct decimal *d, long power)
{
    long place = power + d->fraction;
    long i = place / LIMB_DIGITS;
    uint32_t unit;
    int half;
    int odd = 0;

    if (place <= 0)
        return;
    if (place > (long)d->nr_limbs * LIMB_DIGITS) { /* less than a tenth of a unit */
        d->nr_limbs = 0;
        return;
    }
    half = compare_half(d, place);
    unit = pow10[place % LIMB_DIGITS];
    if (i < d->nr_limbs) {
        odd = d->limb[i] / unit % 2 != 0;
        d->limb[i] -= d->limb[i] % unit;
    }
    while (i > 0)
        d->limb[--i] = 0;
    if (half > 0 || (half == 0 && odd))
        add_unit(d, place);
    while (d->nr_limbs > 0 && d->limb[d->nr_limbs - 1] == 0)
        --d->nr_limbs;
}

void __decimal_digits(const struct decimal *d, long power, char *out, int len)
{
    long place = power + d->fraction;
    long limb_at = -1;
    uint32_t limb = 0;
    int digit;

    for (; len > 0; --len, --place) {
        if (place < 0 || place / LIMB_DIGITS >= d->nr_limbs) {
            *out++ = '0';
            continue;
        }
        digit = (int)(place % LIMB_DIGITS);
        if (place / LIMB_DIGITS != limb_at) {
            limb_at = place / LIMB_DIGITS;
            limb = d->limb[limb_at];
            if (digit < LIMB_DIGITS - 1)
                limb %= pow10[digit + 1];
        }
        /* limb keeps only the digits not written yet */
        *out++ = (char)('0' + limb / pow10[digit]);
        limb %= pow10[digit];
    }
}
