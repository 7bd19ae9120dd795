/*
 * internal/copy.h - copies of up to 64 bytes, for memcpy and memmove
 *
 * Every length is covered by loads from both ends that overlap in the middle, all done before the
 * first store: so source and destination may overlap in any way.
 */
#ifndef INTERNAL_COPY_H
#define INTERNAL_COPY_H

#include "internal/word.h"

#ifdef LIBK
typedef struct {
    uint64_t low, high;
} vec16_t;

static inline vec16_t load_vec(const char *p)
{
    return (vec16_t){load64(p), load64(p + 8)};
}

static inline void store_vec(char *p, vec16_t v)
{
    store64(p, v.low);
    store64(p + 8, v.high);
}
#else
typedef long long vec16_t __attribute__((vector_size(16)));
typedef long long any_vec16_t __attribute__((vector_size(16), may_alias, aligned(1)));

static inline vec16_t load_vec(const char *p)
{
    return *(const any_vec16_t *)p;
}

static inline void store_vec(char *p, vec16_t v)
{
    *(any_vec16_t *)p = v;
}
#endif

static inline void copy_up_to_16(char *d, const char *s, size_t n)
{
    if (n >= 8) {
        uint64_t first = load64(s), last = load64(s + n - 8);
        store64(d, first);
        store64(d + n - 8, last);
    } else if (n >= 4) {
        uint32_t first = load32(s), last = load32(s + n - 4);
        store32(d, first);
        store32(d + n - 4, last);
    } else if (n >= 2) {
        uint16_t first = load16(s), last = load16(s + n - 2);
        store16(d, first);
        store16(d + n - 2, last);
    } else if (n == 1) {
        *d = *s;
    }
}

/* n is 17 to 64. */
static inline void copy_up_to_64(char *d, const char *s, size_t n)
{
    vec16_t first = load_vec(s), last = load_vec(s + n - 16);

    if (n > 32) {
        vec16_t second = load_vec(s + 16), third = load_vec(s + n - 32);
        store_vec(d + 16, second);
        store_vec(d + n - 32, third);
    }
    store_vec(d, first);
    store_vec(d + n - 16, last);
}

#endif
