/*
 * math/parts.c - sign, exponent and fraction of doubles
 */
#include "internal/float_bits.h"
#include <limits.h>
#include <math.h>

double fabs(double x)
{
    return double_of(double_bits(x) & ~DOUBLE_SIGN);
}

double copysign(double x, double y)
{
    return double_of((double_bits(x) & ~DOUBLE_SIGN) | (double_bits(y) & DOUBLE_SIGN));
}

double frexp(double x, int *exponent)
{
    int e = double_exponent(x);

    *exponent = 0;
    if (x == 0 || e == 1024)
        return x;
    if (e == -1023) {
        /* Subnormal: made normal first. */
        x = frexp(x * 0x1p64, exponent);
        *exponent -= 64;
        return x;
    }
    *exponent = e + 1;
    return double_of((double_bits(x) & (DOUBLE_SIGN | DOUBLE_FRACTION)) |
                     (uint64_t)(DOUBLE_BIAS - 1) << 52);
}

/* By at most three factors, the last of which rounds, once. */
double scalbn(double x, int n)
{
    for (int i = 0; i < 2 && n > 1023; i++) {
        x *= 0x1p1023;
        n -= 1023;
    }
    /* 53 bits are kept in hand, so that the steps before the last one stay normal. */
    for (int i = 0; i < 2 && n < -1022; i++) {
        x *= 0x1p-1022 * 0x1p53;
        n += 1022 - 53;
    }
    if (n > 1023)
        n = 1023;
    if (n < -1022)
        n = -1022;
    return x * double_of((uint64_t)(n + DOUBLE_BIAS) << 52);
}

double scalbln(double x, long n)
{
    return scalbn(x, n > INT_MAX ? INT_MAX : n < INT_MIN ? INT_MIN : (int)n);
}

double ldexp(double x, int exponent)
{
    return scalbn(x, exponent);
}

int ilogb(double x)
{
    int e;

    if (x == 0)
        return FP_ILOGB0;
    if (isnan(x))
        return FP_ILOGBNAN;
    if (isinf(x))
        return INT_MAX;
    frexp(x, &e);
    return e - 1;
}

double logb(double x)
{
    if (x == 0)
        return -1 / fabs(x);
    if (isnan(x) || isinf(x))
        return x * x;
    return ilogb(x);
}

double nan(const char *tag)
{
    (void)tag;
    return NAN;
}

double nextafter(double x, double y)
{
    uint64_t bits = double_bits(x);

    if (isnan(x) || isnan(y))
        return x + y;
    if (x == y)
        return y;
    if (x == 0)
        return copysign(0x1p-1074, y);
    /* Away from zero is up in the bits, whatever the sign. */
    bits += (x < y) == (x > 0) ? 1 : -1UL;
    return double_of(bits);
}
