/*
 * string/strspn.c - runs of characters in, or not in, a set
 *
 * The set becomes 256 bits, so that its size does not matter for each character.
 */
#include "internal/word.h"
#include <string.h>

struct set {
    uint64_t bits[4];
};

static void add(struct set *set, unsigned char c)
{
    set->bits[c / 64] |= 1UL << (c % 64);
}

static int has(const struct set *set, unsigned char c)
{
    return (int)((set->bits[c / 64] >> (c % 64)) & 1);
}

static void fill(struct set *set, const char *chars)
{
    *set = (struct set){{0}};
    for (; *chars; chars++)
        add(set, (unsigned char)*chars);
}

size_t strspn(const char *s, const char *accept)
{
    const char *p = s;
    struct set set;

    fill(&set, accept);
    /* The terminating 0 is in no set. */
    while (has(&set, (unsigned char)*p))
        p++;
    return (size_t)(p - s);
}

size_t strcspn(const char *s, const char *reject)
{
    const char *p = s;
    struct set set;

    if (!reject[0] || !reject[1])
        return (size_t)(strchrnul(s, reject[0]) - s);
    fill(&set, reject);
    add(&set, 0);
    while (!has(&set, (unsigned char)*p))
        p++;
    return (size_t)(p - s);
}

char *strpbrk(const char *s, const char *accept)
{
    s += strcspn(s, accept);
    return *s ? (char *)(uintptr_t)s : NULL;
}
