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

/* One fprem reduces the exponent by at most 63; bit 10 of the status says that it is not done. */
long double fmodl(long double x, long double y)
{
    unsigned short status;

    do
        __asm__ volatile("fprem\n\tfnstsw %1" : "+t"(x), "=a"(status) : "u"(y));
    while (status & 0x400);
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
    unsigned short status;

    do
        __asm__ volatile("fprem1\n\tfnstsw %1" : "+t"(r), "=a"(status) : "u"((long double)y));
    while (status & 0x400);
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
