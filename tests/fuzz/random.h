/*
 * tests/fuzz/random.h - numbers drawn from a seed
 */
#pragma once

#include <stdint.h>

static uint64_t random_state = 1;

/* Another stream for each index of the same seed. */
static inline void random_seed(uint64_t seed, uint64_t index)
{
    random_state = (seed * 0x9e3779b97f4a7c15 + index + 1) * 0xbf58476d1ce4e5b9 | 1;
}

/* Any 64-bit number (xorshift64*). */
static inline uint64_t random_word(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1d;
}

/* One of 0 to n - 1. */
static inline uint64_t random_below(uint64_t n)
{
    return (random_word() >> 16) % n;
}

/* True once in n. */
static inline int one_in(uint64_t n)
{
    return random_below(n) == 0;
}

#define pick(array) ((array)[random_below(sizeof(array) / sizeof((array)[0]))])
