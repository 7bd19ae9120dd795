/* loam-only: Linux promises by a ratio, not by what is free, and kills for lack of memory */
/* mem: 64M */
/* kargs: overcommit=never */
/*
 * tests/guest/p08_tables.c - P8: what the kernel needs beside the pages does not break a promise
 *
 * Page tables of promised pages are promised with them; those of memory that is only read, and the
 * kernel's own records of many small mappings, must not take what was promised to others.
 */
#include <sys/mman.h>

#include "raw.h"
#include "tap.h"

#define STEP       (2UL << 20) /* what one page table covers */
#define SCATTERED  0x100000000UL
#define PROMISE    (16UL << 20)
#define READ_ONLY  (64UL << 30) /* its page tables are larger than the machine */
#define MANY       2000000UL
#define FIXED_ANON (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

static void touch(volatile char *start, size_t len, size_t step)
{
    for (size_t at = 0; at < len; at += step)
        start[at] = 1;
}

/* One page in every 2 MiB, each with a table of its own. */
static void test_scattered(void)
{
    size_t nr = 0;

    while (nr < MANY && raw(SYS_mmap, SCATTERED + nr * STEP, PAGE, PROT_READ | PROT_WRITE,
                            FIXED_ANON, -1, 0) > 0)
        nr++;
    ok(nr > 100 && nr < MANY, "pages far from each other are promised, and refused at some point");
    touch((volatile char *)SCATTERED, nr * STEP, STEP);
    ok(1, "each of them can be touched");
    is_long(munmap((void *)SCATTERED, nr * STEP), 0, "they are given back");
}

static void test_read_only(void)
{
    char *promised =
        mmap(NULL, PROMISE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *shown =
        mmap(NULL, READ_ONLY, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

    ok(promised != MAP_FAILED && shown != MAP_FAILED, "16 MiB are promised, 64 GiB only shown");
    touch(promised, PROMISE, PAGE);
    ok(1, "the tables of what is only shown make way for the promise");
    ok(shown[0] == 0 && shown[READ_ONLY - 1] == 0, "what was shown still reads as zero");
    munmap(promised, PROMISE);
    munmap(shown, READ_ONLY);
}

/* Neighbours of different rights cannot be one area. */
static void test_many_areas(void)
{
    char *promised =
        mmap(NULL, PROMISE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t nr = 0;

    while (nr < MANY && raw(SYS_mmap, SCATTERED + nr * PAGE, PAGE, nr % 2 ? PROT_READ : PROT_NONE,
                            FIXED_ANON, -1, 0) > 0)
        nr++;
    ok(nr > 1000 && nr < MANY, "very many mappings are refused at some point");
    touch(promised, PROMISE, PAGE);
    ok(1, "the kernel's records of them took nothing that was promised");
    is_long(munmap((void *)SCATTERED, nr * PAGE), 0, "they are given back");
    munmap(promised, PROMISE);
}

int main(void)
{
    test_scattered();
    test_read_only();
    test_many_areas();
    return done_testing();
}
