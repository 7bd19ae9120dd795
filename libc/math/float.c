/*
 * math/float.c - the float forms: computed in double, which holds every float and rounds the same
 * result
 */
#include <math.h>

float fabsf(float x)
{
    return (float)fabs((double)x);
}

float copysignf(float x, float y)
{
    return (float)copysign((double)x, (double)y);
}

float ceilf(float x)
{
    return (float)ceil((double)x);
}

float floorf(float x)
{
    return (float)floor((double)x);
}

float truncf(float x)
{
    return (float)trunc((double)x);
}

float roundf(float x)
{
    return (float)round((double)x);
}

float rintf(float x)
{
    return (float)rint((double)x);
}

long lroundf(float x)
{
    return lround((double)x);
}

float fmaxf(float x, float y)
{
    return (float)fmax((double)x, (double)y);
}

float fminf(float x, float y)
{
    return (float)fmin((double)x, (double)y);
}

float frexpf(float x, int *exponent)
{
    return (float)frexp((double)x, exponent);
}

float modff(float x, float *integral)
{
    double whole;
    double fraction = modf((double)x, &whole);

    *integral = (float)whole;
    return (float)fraction;
}

float scalbnf(float x, int exponent)
{
    /* Below double's subnormals, where a second rounding could do harm, the result is 0 anyway. */
    return (float)scalbn((double)x, exponent);
}

float ldexpf(float x, int exponent)
{
    return scalbnf(x, exponent);
}
