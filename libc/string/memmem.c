/*
 * string/memmem.c - finding a string in another in linear time, without memory
 *
 * The two-way algorithm (Crochemore and Perrin, "Two-way string-matching", JACM 38, 1991). The
 * needle is cut at its critical position: its right part is compared left to right, and a mismatch
 * there moves on by as much as matched; then the left part, and a mismatch there moves on by the
 * period. Where the whole needle has that period, what is known to match after a move is
 * remembered.
 *
 * strstr does not know the end of its haystack; it is looked for only as far as the search has got,
 * since a caller may search on and on in one long string.
 */
#include "internal/word.h"
#include <string.h>

/* How far beyond the needle's length the end of a string is looked for at a time. */
#define LOOKAHEAD 512

struct needle {
    const unsigned char *text;
    size_t len;
    size_t cut; /* The right part starts here. */
    size_t
        period; /* Of the right part; a lower bound for the needle's where that is not periodic. */
    size_t memory; /* How much still matches after a move by the period; 0 where not periodic. */
};

struct haystack {
    const unsigned char *text;
    size_t known;   /* Bytes that are there for sure. */
    int terminated; /* More may follow, up to a 0. */
};

/*
 * The start of the largest suffix of the needle, in the order of bytes or, with reversed, in the
 * opposite order; its period goes into *period.
 */
static size_t maximal_suffix(const unsigned char *x, size_t n, int reversed, size_t *period)
{
    size_t start = 0, candidate = 1, k = 0;

    *period = 1;
    while (candidate + k < n) {
        unsigned char a = x[candidate + k], b = x[start + k];

        if (a == b) {
            if (++k == *period) {
                candidate += *period;
                k = 0;
            }
        } else if ((a < b) != (reversed != 0)) {
            candidate += k + 1;
            k = 0;
            *period = candidate - start;
        } else {
            start = candidate++;
            k = 0;
            *period = 1;
        }
    }
    return start;
}

/* The later of the two maximal suffixes is a critical position. */
static void prepare(struct needle *needle, const void *text, size_t len)
{
    size_t period, reversed_period;
    size_t cut = maximal_suffix(text, len, 0, &period);
    size_t reversed_cut = maximal_suffix(text, len, 1, &reversed_period);

    needle->text = text;
    needle->len = len;
    needle->cut = cut;
    needle->period = period;
    if (reversed_cut > cut) {
        needle->cut = reversed_cut;
        needle->period = reversed_period;
    }
    if (needle->period + needle->cut <= len &&
        memcmp(needle->text, needle->text + needle->period, needle->cut) == 0) {
        needle->memory = len - needle->period;
    } else {
        size_t right = len - needle->cut;
        needle->period = (needle->cut > right ? needle->cut : right) + 1;
        needle->memory = 0;
    }
}

/* Whether the haystack has n bytes; looks on if its end was not seen yet. */
static int reaches(struct haystack *hay, size_t n)
{
    size_t more;

    if (n <= hay->known)
        return 1;
    if (!hay->terminated)
        return 0;
    more = n - hay->known + LOOKAHEAD;
    hay->terminated = strnlen((const char *)hay->text + hay->known, more) == more;
    if (hay->terminated)
        hay->known += more;
    else
        hay->known += strlen((const char *)hay->text + hay->known);
    return n <= hay->known;
}

static const void *search(struct haystack *hay, const struct needle *needle)
{
    const unsigned char *x = needle->text;
    size_t pos = 0, memory = 0;

    while (reaches(hay, pos + needle->len)) {
        const unsigned char *y = hay->text + pos;
        size_t i = needle->cut > memory ? needle->cut : memory;

        while (i < needle->len && x[i] == y[i])
            i++;
        if (i < needle->len) {
            pos += i - needle->cut + 1;
            memory = 0;
            continue;
        }
        for (i = needle->cut; i > memory && x[i - 1] == y[i - 1]; i--)
            ;
        if (i <= memory)
            return y;
        pos += needle->period;
        memory = needle->memory;
    }
    return NULL;
}

void *memmem(const void *haystack, size_t hlen, const void *needle, size_t nlen)
{
    struct haystack hay = {.terminated = 0};
    const unsigned char *first;
    struct needle prepared;

    if (nlen == 0)
        return (void *)(uintptr_t)haystack;
    if (nlen > hlen)
        return NULL;
    first = memchr(haystack, *(const unsigned char *)needle, hlen);
    if (!first || nlen == 1)
        return (void *)(uintptr_t)first;
    hay.text = first;
    hay.known = hlen - (size_t)(first - (const unsigned char *)haystack);
    if (nlen > hay.known)
        return NULL;
    prepare(&prepared, needle, nlen);
    return (void *)(uintptr_t)search(&hay, &prepared);
}

char *strstr(const char *haystack, const char *needle)
{
    struct haystack hay = {.terminated = 1};
    struct needle prepared;

    if (!needle[0])
        return (char *)(uintptr_t)haystack;
    haystack = strchr(haystack, needle[0]);
    if (!haystack || !needle[1])
        return (char *)(uintptr_t)haystack;
    hay.text = (const unsigned char *)haystack;
    prepare(&prepared, needle, strlen(needle));
    return (char *)(uintptr_t)search(&hay, &prepared);
}
