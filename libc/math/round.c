/*
 * math/round.c - whole numbers next to a double
 *
 * From 2^52 on every double is whole.
 */
#include "internal/float_bits.h"
#include <math.h>

double trunc(double x)
{
    int e = double_exponent(x);

    if (e >= 52)
        return e == 1024 ? x + 0 : x;
    if (e < 0)
        return copysign(0, x);
    return double_of(double_bits(x) & ~(DOUBLE_FRACTION >> e));
}

double floor(double x)
{
    double t = trunc(x);

    /* Zero keeps its sign. */
    return t > x ? t - 1 : t;
}

double ceil(double x)
{
    double t = trunc(x);

    return t < x ? copysign(t + 1, x) : t;
}

double round(double x)
{
    double t = trunc(x);

    /* The difference is exact. */
    return fabs(x - t) >= 0.5 ? t + copysign(1, x) : t;
}

/* In the current rounding mode: adding 2^52 leaves no bits for a fraction. */
double rint(double x)
{
    volatile double sum;

    if (double_exponent(x) >= 52)
        return x + 0;
    sum = fabs(x) + 0x1p52;
    if (x < 0) {
        sum = x - 0x1p52;
        return copysign(sum + 0x1p52, x);
    }
    return copysign(sum - 0x1p52, x);
}

double nearbyint(double x)
{
    /* As rint, but without leaving the mark of an inexact result. */
    unsigned before, after;
    double result;

    __asm__ volatile("stmxcsr %0" : "=m"(before));
    result = rint(x);
    __asm__ volatile("stmxcsr %0" : "=m"(after));
    if (after != before)
        __asm__ volatile("ldmxcsr %0" : : "m"(before));
    return result;
}

double modf(double x, double *integral)
{
    *integral = trunc(x);
    return copysign(isinf(x) ? 0 : x - *integral, x);
}

long lround(double x)
{
    return (long)round(x);
}

long long llround(double x)
{
    return (long long)round(x);
}

long lrint(double x)
{
    return (long)rint(x);
}

long long llrint(double x)
{
    return (long long)rint(x);
}
