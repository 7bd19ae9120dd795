/* loam-only: MemFree is exact here; Linux counts in batches and caches */
/*
 * tests/guest/p04_lazy.c - P4: the break grows without a frame, reading costs none, writing costs
 * one
 */
#include <sys/mman.h>

#include "meminfo.h"
#include "raw.h"
#include "tap.h"

#define NR 64UL

/* The frames that doing something to each of NR pages costs; negative: what it gives back. */
#define COST(...)                                                                                  \
    __extension__({                                                                                \
        long before = free_frames();                                                               \
        __VA_ARGS__;                                                                               \
        before - free_frames();                                                                    \
    })

static volatile char sum;

static void read_pages(const volatile char *pages)
{
    for (size_t i = 0; i < NR; i++)
        sum += pages[i * PAGE];
}

static void write_pages(volatile char *pages)
{
    for (size_t i = 0; i < NR; i++)
        pages[i * PAGE + i] = 1;
}

/* pages: untouched, private, below a page table that exists */
static void check_touches(volatile char *pages, const char *what)
{
    is_long(COST(read_pages(pages)), 0, "%s: reading %lu pages costs no frame", what, NR);
    is_long(COST(read_pages(pages)), 0, "%s: nor does reading them again", what);
    is_long(COST(write_pages(pages)), NR, "%s: writing them costs %lu frames", what, NR);
    is_long(COST(write_pages(pages)), 0, "%s: writing them again costs none", what);
}

static void check_heap(void)
{
    char *heap;

    sbrk((intptr_t)(-(unsigned long)sbrk(0) % PAGE));
    heap = sbrk(0);
    if ((unsigned long)heap % (2UL << 20) + (2 * NR + 1) * PAGE > 2UL << 20)
        sbrk((intptr_t)(2UL << 20)); /* all of it below one page table */
    heap = sbrk(PAGE);
    *heap = 1; /* the page table exists from here on */
    heap += PAGE;
    sbrk((intptr_t)PAGE);
    sbrk(-(intptr_t)PAGE);
    is_long(COST(sbrk((intptr_t)(NR * PAGE))), 0, "growing the break by %lu pages costs no frame",
            NR);
    check_touches(heap, "heap");
    is_long(COST(sbrk(-(intptr_t)(NR * PAGE))), -(long)NR, "shrinking gives the frames back");
    is_long(COST(sbrk((intptr_t)(NR * PAGE))), 0, "growing again costs nothing");
    is_long(COST(for (size_t i = 0; i < NR; i++) heap[i * PAGE] = 1), NR,
            "a page that is written without being read costs one frame too");
    sbrk(-(intptr_t)(NR * PAGE));
}

static void check_mapping(void)
{
    /* All within 2 MiB, and a touched page before it, so that the page table exists. */
    unsigned long base = 0x100000000000;
    char *neighbour = mmap((void *)base, PAGE, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    char *pages = (char *)base + 2 * PAGE;
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;

    if (neighbour == MAP_FAILED)
        bail_out("mmap: %s", strerror(errno));
    *neighbour = 1;
    munmap(mmap(pages, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0), PAGE); /* warm up */
    is_long(COST(mmap(pages, NR * PAGE, PROT_READ | PROT_WRITE, flags, -1, 0)), 0,
            "mmap of %lu pages costs no frame", NR);
    check_touches(pages, "mapping");
    is_long(COST(munmap(pages + NR / 2 * PAGE, NR / 4 * PAGE)), -(long)(NR / 4),
            "munmap of a quarter gives its frames back");
    is_long(COST(munmap(pages, NR * PAGE)), -(long)(NR - NR / 4),
            "munmap of all gives back the rest");
}

static void check_replacement(void)
{
    char *pages = mmap(NULL, NR * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    write_pages(pages);
    is_long(COST(mmap(pages, NR * PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)) <= -(long)NR,
            1, "MAP_FIXED over touched pages gives their frames back");
    is_long(pages[0], 0, "... and reads as zero");
    munmap(pages, NR * PAGE);
}

int main(void)
{
    if (free_frames() <= 0)
        bail_out("no MemFree in /proc/meminfo");
    is_long(COST((void)0), 0, "looking costs nothing");
    check_heap();
    check_mapping();
    check_replacement();
    return done_testing();
}
