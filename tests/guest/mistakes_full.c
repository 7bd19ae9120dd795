/* loam-only: fills all memory and counts frames by MemFree, which is exact here */
/* mem: 64M */
/* kargs: overcommit=always */
/*
 * tests/guest/mistakes_full.c - running out of frames on a touch ends the toucher and nobody else;
 * shared memory that is unmapped in parts gives its frames back
 */
#include "meminfo.h"
#include "memory.h"

/* Touch more than there is, page by page. */
static int touch_all(char *p, size_t nr_pages)
{
    for (size_t i = 0; i < nr_pages; i++)
        ((volatile char *)p)[i * PAGE] = 1;
    return 0;
}

static void check_out_of_frames(void)
{
    size_t nr_pages = (size_t)free_frames() + 1000;
    char *mine = fixed(FREE, 16, RW);
    long before = 0, after = 0;

    mark(mine, 16, 'a');
    for (int i = 0; i < 2; i++) {
        before =
            after; /* the first round does not count: the kernel keeps some of what it needed */
        is_long(in_child(touch_all(map_any(nr_pages, RW, ANON), nr_pages)), KILLED(SIGKILL),
                "a child touches more private memory than there is");
        is_long(in_child(touch_all(map_any(nr_pages, RW, SHARED), nr_pages)) != EXITED(0), 1,
                "... more shared memory");
        is_long(in_child(brk((char *)sbrk(0) + nr_pages * PAGE) ||
                         touch_all((char *)sbrk(0) - nr_pages * PAGE, nr_pages)),
                KILLED(SIGKILL), "... more heap");
        is_str(contents(mine, 16), "abcdefghijklmnop", "the parent has its memory");
        after = free_frames();
    }
    is_long(after, before, "... and all frames are free again");
    is_long(in_child(0), EXITED(0), "... there can be children");
    unmap(mine, 16);
}

/* The parts of a shared mapping keep the object; the last part's end frees all it has. */
static void check_shared_parts(void)
{
    long before = 0, all;
    char *p = NULL;

    /* Once before, so that the kernel's heap has what it keeps. */
    for (int round = 0; round < 2; round++) {
        if (round != 0)
            unmap(p, 512);
        before = free_frames();
        p = map_at(FREE, 512, RW, SHARED, -1, 0);
        for (size_t i = 0; i < 512; i++)
            p[i * PAGE] = 1;
    }
    all = free_frames();
    ok(before - all >= 512, "512 pages of shared memory take frames");
    is_long(madvise(p + 100 * PAGE, 100 * PAGE, MADV_REMOVE), 0, "100 of them removed");
    is_long(free_frames() - all, 100, "... are free at once");
    unmap(p + 100 * PAGE, 300);
    unmap(p, 100);
    is_str(resident(p + 400 * PAGE, 2), "xx", "unmapped in part, the rest is there");
    unmap(p + 400 * PAGE, 112);
    is_long(free_frames(), before, "with the last part all frames are free");
}

int main(void)
{
    is_long(in_child(0), EXITED(0), "a child");
    check_shared_parts();
    check_out_of_frames();
    return done_testing();
}
