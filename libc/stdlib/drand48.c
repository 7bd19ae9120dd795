/*
 * stdlib/drand48.c - the 48-bit linear congruential generator of System V (POSIX drand48)
 */
#include <stdint.h>
#include <stdlib.h>

#define MASK48       0xffffffffffffUL
#define DEFAULT_A    0x5deece66dUL
#define DEFAULT_C    0xb
#define DEFAULT_SEED 0x330e

static uint64_t multiplier = DEFAULT_A;
static uint64_t increment = DEFAULT_C;
static unsigned short own[3];

static uint64_t join(const unsigned short x[3])
{
    return x[0] | (uint64_t)x[1] << 16 | (uint64_t)x[2] << 32;
}

static void split(unsigned short x[3], uint64_t value)
{
    x[0] = (unsigned short)value;
    x[1] = (unsigned short)(value >> 16);
    x[2] = (unsigned short)(value >> 32);
}

static uint64_t step(unsigned short x[3])
{
    uint64_t value = (join(x) * multiplier + increment) & MASK48;

    split(x, value);
    return value;
}

double erand48(unsigned short state[3])
{
    return (double)step(state) / (double)(MASK48 + 1);
}

double drand48(void)
{
    return erand48(own);
}

long nrand48(unsigned short state[3])
{
    return (long)(step(state) >> 17);
}

long lrand48(void)
{
    return nrand48(own);
}

long jrand48(unsigned short state[3])
{
    return (int32_t)(step(state) >> 16);
}

long mrand48(void)
{
    return jrand48(own);
}

void srand48(long seed)
{
    split(own, (uint64_t)(uint32_t)seed << 16 | DEFAULT_SEED);
    multiplier = DEFAULT_A;
    increment = DEFAULT_C;
}

unsigned short *seed48(unsigned short seed[3])
{
    static unsigned short old[3];

    split(old, join(own));
    split(own, join(seed));
    multiplier = DEFAULT_A;
    increment = DEFAULT_C;
    return old;
}

void lcong48(unsigned short param[7])
{
    split(own, join(param));
    multiplier = join(param + 3);
    increment = param[6];
}
