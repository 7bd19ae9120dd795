/*
 * tests/guest/brk_limits.c - brk: what refuses it (RLIMIT_DATA, RLIMIT_AS, other mappings and their
 * guard gaps), and a heap with holes in it; and what else the two limits refuse
 *
 * The limits are set to what the process has (VmData, VmSize) and some pages more, so that the
 * tests know to the page where they lie.
 */
#include <sys/resource.h>

#include "memory.h"

static char *start; /* page aligned; the break's place before each check */

/* The raw call with a number of pages above start; returns the pages it then has. */
static long brk_to(long nr_pages)
{
    return (raw(SYS_brk, start + nr_pages * (long)PAGE) - (long)start) / (long)PAGE;
}

static void set_soft(int resource, unsigned long soft)
{
    struct rlimit limit;

    getrlimit(resource, &limit);
    limit.rlim_cur = soft;
    if (setrlimit(resource, &limit) != 0)
        bail_out("setrlimit: %s", strerror(errno));
}

/* A limit of what there is and room pages. name: of the line in /proc/self/status. */
static void set_room(int resource, const char *name, unsigned long room)
{
    long kb = proc_number("/proc/self/status", name);

    if (kb < 0)
        bail_out("no %s in /proc/self/status", name);
    set_soft(resource, (unsigned long)kb * 1024 + room * PAGE);
}

static void check_data(void)
{
    char *p = fixed(FREE, 20, PROT_READ);

    set_room(RLIMIT_DATA, "VmData:", 10);
    is_long(brk_to(11), 0, "RLIMIT_DATA with room for 10 pages: brk by 11 is refused");
    is_long(brk_to(10), 10, "... by 10 it is not");
    is_long(map(NULL, PAGE, RW, ANON, -1, 0), -ENOMEM, "... then no private memory can be had");
    is_long(map(NULL, PAGE, RW, ANON | MAP_NORESERVE, -1, 0), -ENOMEM, "... unreserved neither");
    is_long(raw(SYS_mprotect, p, PAGE, RW), -ENOMEM, "... nor made writable");
    is_str(rights(p, 2), "rr", "... it is as it was");
    is_long(map(p + 32 * PAGE, PAGE, PROT_READ, ANON, -1, 0), (long)(p + 32 * PAGE),
            "... read-only can be had");
    is_long(map(p + 40 * PAGE, PAGE, RW, SHARED, -1, 0), (long)(p + 40 * PAGE), "... and shared");
    is_long(map(p + 48 * PAGE, PAGE, RW, ANON | MAP_GROWSDOWN, -1, 0), (long)(p + 48 * PAGE),
            "... and a stack");
    is_long(brk_to(4), 4, "shrinking gives room back");
    is_long(raw(SYS_mprotect, p, 7 * PAGE, RW), -ENOMEM, "... 7 pages made writable are too many");
    is_long(raw(SYS_mprotect, p, 6 * PAGE, RW), 0, "... 6 are not");
    is_long(brk_to(5), 4, "... then the break cannot grow");
    is_long(raw(SYS_mremap, p, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE), -ENOMEM, "... nor mremap");
    is_long(raw(SYS_mprotect, p, 6 * PAGE, PROT_READ), 0, "made read-only");
    is_long(brk_to(10), 10, "... they count no more");
    is_long(brk_to(2), 2, "the break shrinks");
    is_long(map(FREE + 64 * PAGE, 8 * PAGE, RW, ANON | MAP_FIXED, -1, 0), (long)(FREE + 64 * PAGE),
            "8 pages are mapped");
    is_long(map(FREE + 64 * PAGE, 8 * PAGE, RW, ANON | MAP_FIXED, -1, 0), (long)(FREE + 64 * PAGE),
            "... and again in their place");
    is_long(map(FREE + 64 * PAGE, 9 * PAGE, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM,
            "... not one more");
    is_str(rights(FREE + 64 * PAGE, 8), "wwwwwwww", "... they stay");
    set_soft(RLIMIT_DATA, 0);
    is_long(brk_to(3), 2, "with a limit of 0 nothing grows");
    is_long(brk_to(1), 2, "... nor shrinks: the heap would still be too large");
    set_soft(RLIMIT_DATA, RLIM_INFINITY);
    raw(SYS_munmap, FREE, 80 * PAGE);
    brk_to(0);
}

static void check_address_space(void)
{
    char *p = fixed(FREE, 4, RW);

    set_room(RLIMIT_AS, "VmSize:", 10);
    is_long(brk_to(11), 0, "RLIMIT_AS with room for 10 pages: brk by 11 is refused");
    is_long(brk_to(10), 10, "... by 10 it is not");
    is_long(map(NULL, PAGE, PROT_NONE, ANON, -1, 0), -ENOMEM, "... then nothing can be mapped");
    is_long(map(NULL, PAGE, PROT_NONE, ANON | MAP_NORESERVE, -1, 0), -ENOMEM, "... unreserved");
    is_long(map(p, 4 * PAGE, PROT_NONE, ANON | MAP_FIXED, -1, 0), (long)p,
            "... but in place of something else");
    is_long(map(p, 5 * PAGE, PROT_NONE, ANON | MAP_FIXED, -1, 0), -ENOMEM, "... not a page more");
    is_long(raw(SYS_mremap, p, 4 * PAGE, 5 * PAGE, MREMAP_MAYMOVE), -ENOMEM, "... nor mremap");
    is_long(raw(SYS_mremap, p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, FREE + 64 * PAGE),
            (long)(FREE + 64 * PAGE), "... which can move");
    is_long(
        raw(SYS_mremap, FREE + 64 * PAGE, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP),
        -ENOMEM, "... but not leave anything");
    is_long(brk_to(6), 6, "shrinking gives room back");
    is_long(map(NULL, 5 * PAGE, PROT_READ, ANON, -1, 0), -ENOMEM, "... 5 pages are too many");
    is_long(map(p, 4 * PAGE, PROT_READ, SHARED, -1, 0), (long)p, "... 4 are not");
    is_long(brk_to(7), 6, "... then the break cannot grow");
    unmap(p, 4);
    is_long(in_child(0), EXITED(0), "a fork needs no room in it");
    set_soft(RLIMIT_AS, 0);
    is_long(brk_to(7), 6, "with a limit of 0 nothing grows");
    is_long(brk_to(0), 0, "... but shrinks");
    set_soft(RLIMIT_AS, RLIM_INFINITY);
    raw(SYS_munmap, FREE, 80 * PAGE);
}

static void check_neighbours(void)
{
    char *wall = fixed(start + 20 * PAGE, 1, PROT_NONE);

    is_long(brk_to(20), 0, "up to a mapping the break is refused");
    is_long(brk_to(21), 0, "... and into it");
    is_long(brk_to(30), 0, "... and past it");
    is_long(raw(SYS_brk, start + 19 * PAGE + 1), (long)start, "... by a byte");
    is_long(brk_to(19), 19, "... a page before it, it is not");
    is_str(rights(start, 21), "wwwwwwwwwwwwwwwwwww--", "... all of it is there");
    unmap(wall, 1);
    is_long(brk_to(21), 21, "the mapping gone, it grows");
    brk_to(0);

    map_at(start + 300 * PAGE, 1, RW, ANON | MAP_GROWSDOWN, -1, 0);
    is_long(brk_to(44), 0, "below what grows down the guard gap of 256 pages stays free");
    is_long(brk_to(43), 43, "... and a page");
    unmap(start + 300 * PAGE, 1);
    brk_to(0);

    fixed(start, 1, RW);
    is_long(brk_to(1), 0, "a mapping where the heap would begin");
    is_long(raw(SYS_brk, start + 1), (long)start, "... refuses a byte");
    unmap(start, 1);
    is_long(raw(SYS_brk, start + 1), (long)start + 1, "... and gone, does not");
    brk_to(0);
}

static void check_bytes(void)
{
    is_long(raw(SYS_brk, start + 1), (long)start + 1, "a byte");
    is_str(rights(start, 2), "w-", "... is a page");
    start[PAGE - 1] = 'x';
    is_long(raw(SYS_brk, start + PAGE), (long)(start + PAGE), "to its end");
    is_str(rights(start, 2), "w-", "... is the same");
    is_long(raw(SYS_brk, start + 10), (long)start + 10, "back to a part");
    is_long(start[PAGE - 1], 'x', "... nothing goes");
    is_long(raw(SYS_brk, start), (long)start, "back to nothing");
    is_str(rights(start, 2), "--", "... it is gone");
    is_long(raw(SYS_brk, start + 2 * PAGE), (long)(start + 2 * PAGE), "two pages");
    is_str(contents(start, 3), "00-", "... are zero");
    brk_to(0);
}

static void check_holes(void)
{
    brk_to(8);
    mark(start, 8, 'a');
    unmap(start + 3 * PAGE, 2);
    is_long(brk_to(9), 9, "a heap with a hole grows");
    is_str(contents(start, 10), "abc--fgh0-", "... at its end");
    is_long(brk_to(7), 7, "... and shrinks");
    is_str(contents(start, 10), "abc--fg---", "... at its end");
    is_long(brk_to(1), 1, "... over the hole");
    is_str(contents(start, 10), "a---------", "... takes what lies behind");
    is_long(brk_to(6), 6, "... grows again");
    is_str(contents(start, 7), "a00000-", "... whole");
    unmap(start, 6);
    is_long(brk_to(8), 8, "a heap that was unmapped grows");
    is_str(rights(start, 9), "------ww-", "... by what is new");
    brk_to(0);
    is_str(rights(start, 9), "---------", "... and is gone");
}

static void check_rights(void)
{
    brk_to(4);
    mark(start, 4, 'a');
    mprotect(start + 2 * PAGE, 2 * PAGE, PROT_READ);
    is_long(brk_to(6), 6, "a heap whose end is read-only grows");
    is_str(rights(start, 7), "wwrrww-", "... writable");
    is_long(brk_to(3), 3, "... shrinks over different rights");
    is_str(rights(start, 7), "wwr----", "... and keeps them");
    is_str(contents(start, 4), "abc-", "... and contents");
    brk_to(0);
}

static void check_map_fixed(void)
{
    brk_to(6);
    mark(start, 6, 'a');
    map_at(start + 2 * PAGE, 1, RW, SHARED, -1, 0);
    is_str(contents(start, 7), "ab0def-", "a mapping placed in the heap");
    is_long(brk_to(7), 7, "... the break can grow");
    is_long(brk_to(1), 1, "... and shrinks over it");
    is_str(contents(start, 7), "a------", "... it goes as well");
    brk_to(0);
}

int main(void)
{
    tap_flush();
    start = sbrk(0);
    start += -(uintptr_t)start % PAGE;
    if (brk(start) != 0)
        bail_out("brk: %s", strerror(errno));
    check_bytes();
    check_neighbours();
    check_holes();
    check_rights();
    check_map_fixed();
    check_data();
    check_address_space();
    return done_testing();
}
