/*
 * string/memmove.c - copying memory that may overlap
 */
#include "internal/copy.h"
#include <string.h>

/* Upwards: right when dst lies below src, or not within it. */
static void move_up(char *d, const char *s, size_t n)
{
    size_t words = (n - 1) / 8;
    uint64_t last = load64(s + n - 8);
    char *end = d + n;

    __asm__ volatile("rep movsq" : "+D"(d), "+S"(s), "+c"(words) : : "memory");
    store64(end - 8, last);
}

/* Downwards, 64 bytes a round; `rep movsq` backwards is slow on real processors. n is more than 64.
 */
static void move_down(char *d, const char *s, size_t n)
{
    vec16_t head[4];

    for (int i = 0; i < 4; i++)
        head[i] = load_vec(s + 16 * i);
    for (; n > 64; n -= 64) {
        vec16_t a = load_vec(s + n - 16), b = load_vec(s + n - 32);
        vec16_t c = load_vec(s + n - 48), e = load_vec(s + n - 64);
        store_vec(d + n - 16, a);
        store_vec(d + n - 32, b);
        store_vec(d + n - 48, c);
        store_vec(d + n - 64, e);
    }
    for (int i = 0; i < 4; i++)
        store_vec(d + 16 * i, head[i]);
}

void *memmove(void *dst, const void *src, size_t n)
{
    char *d = dst;
    const char *s = src;

    if (n <= 16)
        copy_up_to_16(d, s, n);
    else if (n <= 64)
        copy_up_to_64(d, s, n);
    else if ((uintptr_t)d - (uintptr_t)s >= n)
        move_up(d, s, n);
    else
        move_down(d, s, n);
    return dst;
}
