/*
 * math/arith.c - square roots, remainders, the larger and the smaller
 *
 * Roots and remainders are the processor's, exact to the last bit.
 */
#include <math.h>

double sqrt(double x)
{
    __asm__("sqrtsd %0, %0" : "+x"(x));
    return x;
}

float sqrtf(float x)
{
    __asm__("sqrtss %0, %0" : "+x"(x));
    return x;
}

long double sqrtl(long double x)
{
    __asm__("fsqrt" : "+t"(x));
    return x;
}

/* Bit 10 of the status: one step reduces the exponent by at most 63, and was not enough. */
#define INCOMPLETE 0x400

static unsigned short step_fprem(long double *x, long double y)
{
    unsigned short status;

    __asm__("fprem\n\tfnstsw %1" : "+t"(*x), "=a"(status) : "u"(y));
    return status;
}

static unsigned short step_fprem1(long double *x, long double y)
{
    unsigned short status;

    __asm__("fprem1\n\tfnstsw %1" : "+t"(*x), "=a"(status) : "u"(y));
    return status;
}

long double fmodl(long double x, long double y)
{
    while (step_fprem(&x, y) & INCOMPLETE)
        ;
    return x;
}

double fmod(double x, double y)
{
    return (double)fmodl(x, y);
}

float fmodf(float x, float y)
{
    return (float)fmodl(x, y);
}

double remainder(double x, double y)
{
    long double r = x;

    while (step_fprem1(&r, y) & INCOMPLETE)
        ;
    return (double)r;
}

double fmax(double x, double y)
{
    if (isnan(x))
        return y;
    if (isnan(y))
        return x;
    if (x == y)
        return signbit(x) ? y : x;
    return x > y ? x : y;
}

double fmin(double x, double y)
{
    if (isnan(x))
        return y;
    if (isnan(y))
        return x;
    if (x == y)
        return signbit(x) ? x : y;
    return x < y ? x : y;
}

double fdim(double x, double y)
{
    if (isnan(x) || isnan(y))
        return x + y;
    return x > y ? x - y : 0;
}
