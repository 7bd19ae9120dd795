/*
 * math/long_double.c - parts of the 80-bit numbers
 */
#include <math.h>
#include <stdint.h>

/* Bit 63 of the significand is the whole one; exponent and sign lie behind it (Intel SDM 1, 4.2.2).
 */
union extended {
    long double value;
    struct {
        uint64_t significand;
        uint16_t sign_exponent;
    } bits;
};

#define SIGN 0x8000
#define BIAS 16383

long double fabsl(long double x)
{
    union extended u = {.value = x};

    u.bits.sign_exponent &= (uint16_t)~SIGN;
    return u.value;
}

long double copysignl(long double x, long double y)
{
    union extended u = {.value = fabsl(x)}, v = {.value = y};

    u.bits.sign_exponent |= v.bits.sign_exponent & SIGN;
    return u.value;
}

long double frexpl(long double x, int *exponent)
{
    union extended u = {.value = x};
    int e = u.bits.sign_exponent & (SIGN - 1);

    *exponent = 0;
    if (x == 0 || e == SIGN - 1)
        return x;
    if (e == 0) {
        x = frexpl(x * 0x1p64L, exponent);
        *exponent -= 64;
        return x;
    }
    *exponent = e - (BIAS - 1);
    u.bits.sign_exponent = (u.bits.sign_exponent & SIGN) | (BIAS - 1);
    return u.value;
}

/* The processor rounds once; beyond these exponents nothing changes any more. */
long double scalbnl(long double x, int exponent)
{
    long double n = exponent > 40000 ? 40000 : exponent < -40000 ? -40000 : exponent;

    __asm__("fscale" : "+t"(x) : "u"(n));
    return x;
}

long double ldexpl(long double x, int exponent)
{
    return scalbnl(x, exponent);
}
