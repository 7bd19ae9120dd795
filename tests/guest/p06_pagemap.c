/*
 * tests/guest/p06_pagemap.c - P6: neighbours in virtual memory need not be neighbours in physical
 * memory
 *
 * Reads /proc/self/pagemap (Linux's Documentation/admin-guide/mm/pagemap.rst): 8 bytes a page; bit
 * 63 present, bits 0 to 54 the frame's number.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define NR      64UL
#define PRESENT (1UL << 63)
#define SWAPPED (1UL << 62)
#define FRAME   ((1UL << 55) - 1)

static int pagemap;
static uint64_t entries[NR];

static void look(const volatile char *pages)
{
    ssize_t n = pread(pagemap, entries, sizeof(entries), (off_t)((uintptr_t)pages / PAGE * 8));

    if (n != (ssize_t)sizeof(entries))
        bail_out("pread of pagemap: %zd, %s", n, strerror(errno));
}

static size_t count(uint64_t mask)
{
    size_t nr = 0;

    for (size_t i = 0; i < NR; i++)
        nr += (entries[i] & mask) != 0;
    return nr;
}

/* Pairs of pages that share a frame. */
static size_t count_shared(void)
{
    size_t nr = 0;

    for (size_t i = 0; i < NR; i++)
        for (size_t j = 0; j < i; j++)
            nr += (entries[i] & FRAME) == (entries[j] & FRAME);
    return nr;
}

static size_t count_discontiguous(void)
{
    size_t nr = 0;

    for (size_t i = 1; i < NR; i++)
        nr += (entries[i] & FRAME) != (entries[i - 1] & FRAME) + 1;
    return nr;
}

static void check_frames(volatile char *pages)
{
    uint64_t frame;

    look(pages);
    is_long(count(PRESENT), 0, "no untouched page is present");
    is_long(count(FRAME), 0, "... or has a frame");
    for (size_t i = 0; i < NR; i += 2)
        pages[((i * 37 + 11) % NR) * PAGE] = 1; /* 37 is prime to NR: odd pages, out of order */
    look(pages);
    is_long(count(PRESENT), NR / 2, "every touched page is present");
    is_long((entries[0] | entries[2]) & (PRESENT | FRAME), 0, "... and no other");
    for (size_t i = 1; i < NR; i += 2)
        pages[((i * 37 + 11) % NR) * PAGE] = 1;
    look(pages);
    is_long(count(PRESENT), NR, "all pages are present");
    is_long(count(SWAPPED), 0, "none is swapped out");
    is_long(count(FRAME), NR, "each has a frame");
    is_long(count_shared(), 0, "... of its own");
    ok(count_discontiguous() > 0, "neighbouring pages lie in frames that are no neighbours");

    frame = entries[5] & FRAME;
    pages[5 * PAGE + 1] = 1;
    look(pages);
    is_long(entries[5] & FRAME, (long)frame, "a page keeps its frame");
}

static void check_zero_page(const volatile char *pages)
{
    size_t sum = 0;

    for (size_t i = 0; i < NR; i++)
        sum += (size_t)pages[i * PAGE];
    look(pages);
    is_long(sum, 0, "pages that are only read are zero");
    is_long(count(PRESENT), NR, "... and present");
    is_long(count_shared(), NR * (NR - 1) / 2, "... and share one frame");
}

static void check_file(const volatile char *pages)
{
    off_t at = (off_t)((uintptr_t)pages / PAGE * 8);
    uint64_t entry;

    is_long(pread(pagemap, &entry, 8, at + 4), -1, "an offset within an entry is refused");
    is_errno(EINVAL, "... with EINVAL");
    is_long(pread(pagemap, &entry, 7, at), -1, "a length that is no multiple of 8 is refused");
    is_errno(EINVAL, "... with EINVAL");
    is_long(pread(pagemap, &entry, 8, (off_t)(0x7ffffffff000 / PAGE * 8)), 0,
            "user space's end is the file's end");
    is_long(lseek(pagemap, at, SEEK_SET), at, "lseek finds a page");
    is_long(read(pagemap, &entry, 8), 8, "read reads it");
    is_long(entry & FRAME, (long)(entries[0] & FRAME), "... and agrees with pread");
}

int main(void)
{
    volatile char *written =
        mmap(NULL, NR * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char *only_read =
        mmap(NULL, NR * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    pagemap = open("/proc/self/pagemap", O_RDONLY);
    if (pagemap < 0)
        bail_out("/proc/self/pagemap: %s", strerror(errno));
    check_frames(written);
    check_zero_page(only_read);
    look(written);
    check_file(written);
    close(pagemap);
    return done_testing();
}
