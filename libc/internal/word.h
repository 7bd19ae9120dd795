/*
 * internal/word.h - memory a word at a time
 *
 * The string functions read and write words at any address and of any type underneath; these types
 * tell the compiler so. A read of an aligned word never crosses into another page, so that bytes
 * before or behind a string may be read along with it.
 */
#ifndef INTERNAL_WORD_H
#define INTERNAL_WORD_H

#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) word_t;
typedef uint64_t __attribute__((may_alias, aligned(1))) any64_t;
typedef uint32_t __attribute__((may_alias, aligned(1))) any32_t;
typedef uint16_t __attribute__((may_alias, aligned(1))) any16_t;

#define WORD_SIZE sizeof(word_t)
#define ONES      0x0101010101010101UL
#define HIGHS     0x8080808080808080UL

/* The byte c in every byte of a word. */
static inline uint64_t word_repeat(int c)
{
    return (unsigned char)c * ONES;
}

/*
 * Not 0 when a byte of word is 0. The lowest bit set then belongs to the first such byte in memory;
 * bits above it may be false (a borrow that runs through 0x01 bytes).
 */
static inline uint64_t word_zeros(uint64_t word)
{
    return (word - ONES) & ~word & HIGHS;
}

/* The same without false bits, for those who look for the last byte. */
static inline uint64_t word_zeros_exact(uint64_t word)
{
    return ~(((word & ~HIGHS) + ~HIGHS) | word | ~HIGHS);
}

/* Index in memory of the first byte that word_zeros found. */
static inline size_t word_first(uint64_t zeros)
{
    return (size_t)__builtin_ctzl(zeros) / 8;
}

static inline uint64_t load64(const void *p)
{
    return *(const any64_t *)p;
}

static inline uint32_t load32(const void *p)
{
    return *(const any32_t *)p;
}

static inline uint16_t load16(const void *p)
{
    return *(const any16_t *)p;
}

static inline void store64(void *p, uint64_t value)
{
    *(any64_t *)p = value;
}

static inline void store32(void *p, uint32_t value)
{
    *(any32_t *)p = value;
}

static inline void store16(void *p, uint16_t value)
{
    *(any16_t *)p = value;
}

#endif
