/*
 * tests/guest/p04_zero.c - P4: a page appears on its first touch, filled with zeros
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define NR 256UL

static uint64_t bss[NR * PAGE / 8];

/* Returns how many 8-byte words are not zero. */
static size_t dirty(const uint64_t *words, size_t len)
{
    size_t nr = 0;

    for (size_t i = 0; i < len / 8; i++)
        nr += words[i] != 0;
    return nr;
}

/* Read everything, write every second page, read again; the other pages stay zero. */
static void check_pages(uint64_t *words, const char *what)
{
    size_t wrong = 0;

    is_long(dirty(words, NR * PAGE), 0, "%s: zero when read first", what);
    for (size_t i = 0; i < NR; i += 2)
        words[i * PAGE / 8 + i] = ~i;
    for (size_t i = 0; i < NR; i++) {
        const uint64_t *page = words + i * PAGE / 8;

        wrong += dirty(page, PAGE) != (i % 2 == 0) || (i % 2 == 0 && page[i] != ~i);
    }
    is_long(wrong, 0, "%s: writing a page changes that page alone", what);
    for (size_t i = 1; i < NR; i += 2)
        words[i * PAGE / 8] = i;
    for (size_t i = 1; i < NR; i += 2)
        wrong += words[i * PAGE / 8] != i || dirty(words + i * PAGE / 8, PAGE) != 1;
    is_long(wrong, 0, "%s: a page that was read first can be written", what);
}

static void check_dirty_frames_are_cleared(void)
{
    size_t wrong = 0;

    for (int round = 0; round < 4; round++) {
        uint64_t *map =
            mmap(NULL, NR * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (map == MAP_FAILED)
            bail_out("mmap: %s", strerror(errno));
        for (size_t i = 0; i < NR; i++) {
            map[i * PAGE / 8 + 1] = 1; /* write first: no zero page in between */
            wrong += dirty(map + i * PAGE / 8, PAGE) != 1;
        }
        memset(map, 0xff, NR * PAGE);
        munmap(map, NR * PAGE);
    }
    is_long(wrong, 0, "frames that were used before are zero again");
}

int main(void)
{
    uint64_t *heap = sbrk(NR * PAGE + PAGE);
    uint64_t *aligned = (uint64_t *)(((uintptr_t)heap + PAGE - 1) & ~(PAGE - 1));
    uint64_t *map =
        mmap(NULL, NR * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    check_pages(aligned, "heap");
    check_pages(map, "mapping");
    check_pages(bss, "bss");
    check_dirty_frames_are_cleared();
    return done_testing();
}
