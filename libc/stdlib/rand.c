/*
 * stdlib/rand.c - rand(): 31 bits of a 64-bit linear congruential generator
 *
 * Multiplier and increment are Knuth's for MMIX (TAOCP 2, 3.3.4); the high bits are the good ones.
 * The same seed gives the same numbers on every run.
 */
#include <stdint.h>
#include <stdlib.h>

static uint64_t state = 1;

static int next(uint64_t *s)
{
    *s = *s * 6364136223846793005UL + 1442695040888963407UL;
    return (int)(*s >> 33);
}

void srand(unsigned int seed)
{
    state = seed;
}

int rand(void)
{
    return next(&state);
}

int rand_r(unsigned int *seed)
{
    /* 32 bits of state only: mixed before use, so that successive seeds do not show. */
    uint32_t x = *seed = *seed * 1664525 + 1013904223;

    x ^= x >> 16;
    x *= 0x45d9f3b;
    x ^= x >> 16;
    return (int)(x >> 1);
}
