/* loam-only: counts frames by MemFree, which is exact here */
/* mem: 64M */
/* kargs: overcommit=always */
/*
 * tests/guest/p08_always.c - P8: with overcommit=always 1 GiB can be had of 64 MiB, page by page
 */
#include "meminfo.h"
#include "raw.h"
#include "tap.h"

#define GIB (1UL << 30)

/* A page far from all others needs a page table and a page directory of its own, at most. */
#define MAX_TABLES 2

int main(void)
{
    long before, after;
    volatile char *p;

    free_frames();
    before = free_frames();
    p = launder((unsigned long)malloc(GIB));
    ok(p != NULL, "malloc of 1 GiB succeeds with 64 MiB of memory");
    if (!p)
        return done_testing();
    after = free_frames();
    ok(before - after <= 1 + 2 * MAX_TABLES, "and costs a header at most");

    p[GIB / 2] = 1;
    before = free_frames();
    ok(after - before >= 1 && after - before <= 1 + MAX_TABLES,
       "touching one page costs one frame, and page tables");
    p[GIB / 2 + PAGE] = 1;
    is_long(before - free_frames(), 1, "touching its neighbour costs one frame");
    p[GIB / 2 + PAGE + 1] = 1;
    is_long(before - free_frames(), 1, "touching it again costs none");
    is_long(p[GIB / 4], 0, "what is not touched reads as zero");
    free(launder((unsigned long)p));
    return done_testing();
}
