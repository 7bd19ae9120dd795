/*
 * string/bzero.c - BSD's names for clearing and moving memory
 */
#include <string.h>

void bzero(void *mem, size_t n)
{
    memset(mem, 0, n);
}

void bcopy(const void *src, void *dst, size_t n)
{
    memmove(dst, src, n);
}

void explicit_bzero(void *mem, size_t n)
{
    memset(mem, 0, n);
    /* The compiler must believe that somebody reads it. */
    __asm__ volatile("" : : "r"(mem) : "memory");
}
