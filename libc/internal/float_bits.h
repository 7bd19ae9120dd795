/*
 * internal/float_bits.h - the parts of an IEEE 754 double
 *
 *      63   62      52 51              0
 *     | sign | exponent | fraction      |   value = 1.fraction * 2^(exponent - 1023)
 */
#ifndef INTERNAL_FLOAT_BITS_H
#define INTERNAL_FLOAT_BITS_H

#include <stdint.h>

#define DOUBLE_SIGN     (1UL << 63)
#define DOUBLE_FRACTION ((1UL << 52) - 1)
#define DOUBLE_BIAS     1023

static inline uint64_t double_bits(double x)
{
    union {
        double value;
        uint64_t bits;
    } u = {.value = x};

    return u.bits;
}

static inline double double_of(uint64_t bits)
{
    union {
        uint64_t bits;
        double value;
    } u = {.bits = bits};

    return u.value;
}

/* The exponent without bias: -1023 for zeros and subnormals, 1024 for infinities and NaNs. */
static inline int double_exponent(double x)
{
    return (int)(double_bits(x) >> 52 & 0x7ff) - DOUBLE_BIAS;
}

#endif
