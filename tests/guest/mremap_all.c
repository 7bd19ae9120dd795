/*
 * tests/guest/mremap_all.c - mremap: every errno, and where pages, rights and offsets are after it
 *
 * How many areas there may be is max_map_count.c's, locked memory mlock_all.c's, what fork shares
 * five_cow.c's.
 */
#include "memory.h"

#define FIXED_MOVE (MREMAP_MAYMOVE | MREMAP_FIXED)
#define LEAVE      (MREMAP_MAYMOVE | MREMAP_DONTUNMAP)
#define TO         (FREE + 256 * PAGE)
#define TASK_SIZE  0x7ffffffff000

static long remap(const char *from, size_t old_pages, size_t new_pages, int flags, const char *to)
{
    return raw(SYS_mremap, from, old_pages * PAGE, new_pages * PAGE, flags, to);
}

static char *marked(size_t nr_pages)
{
    char *p = fixed(FREE, nr_pages, RW);

    mark(p, nr_pages, 'a');
    return p;
}

static void clear(void)
{
    unmap(FREE - 16 * PAGE, 1024);
}

static void check_arguments(void)
{
    char *p = marked(4);

    is_long(remap(p, 2, 2, 0x80, NULL), -EINVAL, "an unknown flag");
    is_long(remap(p, 2, 2, MREMAP_FIXED, TO), -EINVAL, "MREMAP_FIXED without MREMAP_MAYMOVE");
    is_long(remap(p, 2, 2, MREMAP_DONTUNMAP, TO), -EINVAL, "so MREMAP_DONTUNMAP");
    is_long(remap(p, 2, 3, LEAVE, TO), -EINVAL, "MREMAP_DONTUNMAP with another length");
    is_long(remap(p + 1, 2, 3, MREMAP_MAYMOVE, NULL), -EINVAL, "an unaligned address");
    is_long(remap(p, 2, 0, MREMAP_MAYMOVE, NULL), -EINVAL, "new length 0");
    is_long(raw(SYS_mremap, p, PAGE, ~0UL, MREMAP_MAYMOVE), -EINVAL,
            "a new length that rounds up to 0");
    is_long(remap(p - PAGE, 1, 2, MREMAP_MAYMOVE, NULL), -EFAULT, "no area there");
    is_long(remap(p - PAGE, 2, 1, 0, NULL), -EFAULT, "... nor at the start, to shrink");
    is_long(remap((char *)0xffff800000000000, 1, 2, MREMAP_MAYMOVE, NULL), -EFAULT,
            "an address in the kernel");
    is_long(remap(p, 5, 6, MREMAP_MAYMOVE, NULL), -EFAULT, "growing more than the area has");
    is_long(remap(p, 0, 2, MREMAP_MAYMOVE, NULL), -EINVAL, "old length 0 of private memory");
    is_long(remap(p, 2, 2, FIXED_MOVE, TO + 1), -EINVAL, "an unaligned target");
    is_long(remap(p, 2, 2, FIXED_MOVE, (char *)TASK_SIZE - PAGE), -EINVAL,
            "a target across the end of user space");
    is_long(remap(p, 2, 2, FIXED_MOVE, (char *)0xffff800000000000), -EINVAL,
            "a target in the kernel");
    is_long(remap(p, 2, 2, FIXED_MOVE, (char *)-PAGE), -EINVAL, "a target at the last page");
    is_long(remap(p, 2, 2, FIXED_MOVE, p + PAGE), -EINVAL, "a target that overlaps");
    is_long(remap(p + PAGE, 2, 2, FIXED_MOVE, p), -EINVAL, "... from below");
    is_long(remap(p, 2, 2, FIXED_MOVE, p), -EINVAL, "the same place");
    is_long(remap(p, 2, 2, FIXED_MOVE | 0x80, TO), -EINVAL, "an unknown flag with a target");
    is_str(contents(p - PAGE, 6), "-abcd-", "nothing has changed by all that");
    clear();
}

static void check_wrap(void)
{
    char *p = marked(2);

    is_long(raw(SYS_mremap, p, PAGE, -PAGE, MREMAP_MAYMOVE), -ENOMEM, "a new length near 2^64");
    is_long(raw(SYS_mremap, p, PAGE, 1UL << 63, MREMAP_MAYMOVE), -ENOMEM, "... of 2^63");
    is_long(raw(SYS_mremap, p, PAGE, TASK_SIZE, MREMAP_MAYMOVE), -ENOMEM, "... of user space");
    is_long(raw(SYS_mremap, p, PAGE, -PAGE, FIXED_MOVE, TO), -EINVAL, "... with a target");
    is_long(raw(SYS_mremap, p, -PAGE, PAGE, 0), -EINVAL, "an old length near 2^64");
    is_long(raw(SYS_mremap, p, -PAGE, -PAGE, 0), (long)p, "... unless it is the new one");
    is_long(raw(SYS_mremap, p, 1UL << 48, PAGE, 0), -EINVAL, "an old length past user space");
    is_long(raw(SYS_mremap, p, -PAGE, -PAGE, FIXED_MOVE, TO), -EINVAL, "both, with a target");
    is_str(contents(p - PAGE, 4), "-ab-", "nothing has changed by all that");
    clear();
}

static void check_shrink(void)
{
    char *p = marked(8);

    is_long(remap(p, 8, 8, 0, NULL), (long)p, "the same length");
    is_long(raw(SYS_mremap, p, 8 * PAGE, 7 * PAGE + 1, 0), (long)p, "a length is rounded up");
    is_str(contents(p, 9), "abcdefgh-", "... nothing goes");
    is_long(remap(p, 8, 6, 0, NULL), (long)p, "shrinking");
    is_str(contents(p, 9), "abcdef---", "... takes the end away");
    is_long(remap(p, 3, 1, 0, NULL), (long)p, "shrinking in the middle");
    is_str(contents(p, 9), "a--def---", "... makes a hole");
    is_long(remap(p, 6, 1, 0, NULL), (long)p, "shrinking over a hole");
    is_str(contents(p, 9), "a--------", "... takes away what lies behind");
    fixed(p + PAGE, 2, PROT_READ);
    fixed(p + 3 * PAGE, 1, RW);
    is_long(remap(p, 4, 2, 0, NULL), (long)p, "shrinking over several areas");
    is_str(rights(p, 5), "wr---", "... takes away parts of them");
    is_long(remap(p, 4, 4, 0, NULL), (long)p, "the same length looks at the first page only");
    clear();
}

static void check_grow(void)
{
    char *p = marked(2);

    is_long(remap(p, 2, 4, 0, NULL), (long)p, "growing in place");
    is_str(contents(p, 5), "ab00-", "... adds zeros");
    mark(p, 4, 'a');
    is_long(remap(p, 2, 6, 0, NULL), -ENOMEM, "growing from the middle, not to move");
    fixed(p + 6 * PAGE, 1, PROT_READ);
    is_long(remap(p, 4, 7, 0, NULL), -ENOMEM, "growing into another area, not to move");
    is_long(remap(p, 4, 6, 0, NULL), (long)p, "growing up to it");
    is_str(rights(p, 8), "wwwwwwr-", "... closes the gap");
    is_long(remap(p, 7, 8, MREMAP_MAYMOVE, NULL), -EFAULT, "growing two areas");
    is_str(contents(p, 8), "abcd000-", "nothing has changed by that");
    is_long(remap(p + 2 * PAGE, 4, 4, 0, NULL), (long)(p + 2 * PAGE), "part of an area may stay");
    clear();

    p = marked(1);
    is_long(remap(p, 1, 3, MREMAP_MAYMOVE, NULL), (long)p, "what can grow in place does not move");
    is_str(areas(p, 4), "0-3 rw-p", "... and is one area");
    clear();
}

static void check_move(void)
{
    char *p = marked(4), *q;
    long at;

    fixed(p + 4 * PAGE, 1, PROT_READ);
    at = remap(p, 4, 6, MREMAP_MAYMOVE, NULL);
    ok(at > 0 && at != (long)p, "growing moves where there is no room");
    q = (char *)at;
    is_str(contents(q, 6), "abcd00", "... with its contents");
    is_str(contents(p, 5), "----0", "... away from the old place");
    unmap(q, 6);
    clear();

    p = marked(6);
    at = remap(p + 2 * PAGE, 2, 3, MREMAP_MAYMOVE, NULL);
    ok(at > 0, "the middle of an area can move");
    q = (char *)at;
    is_str(contents(q, 3), "cd0", "... to where it can grow");
    is_str(contents(p, 6), "ab--ef", "... the rest stays");
    unmap(q, 3);
    clear();

    p = marked(4);
    mprotect(p, 4 * PAGE, PROT_READ);
    fixed(p + 4 * PAGE, 1, PROT_NONE);
    q = (char *)remap(p, 4, 5, MREMAP_MAYMOVE, NULL);
    is_str(rights(q, 5), "rrrrr", "rights move along");
    unmap(q, 5);
    clear();
}

static void check_fixed(void)
{
    char *p = marked(4);

    is_long(remap(p, 2, 2, FIXED_MOVE, TO), (long)TO, "a move to a place");
    is_str(contents(TO - PAGE, 4), "-ab-", "... contents are there");
    is_str(contents(p, 4), "--cd", "... and gone here");
    is_long(remap(p + 2 * PAGE, 2, 1, FIXED_MOVE, TO + 2 * PAGE), (long)(TO + 2 * PAGE),
            "a move that shrinks");
    is_str(contents(TO - PAGE, 5), "-abc-", "... the end is gone");
    is_str(contents(p, 4), "----", "... here too");
    is_long(remap(TO, 1, 3, FIXED_MOVE, p), (long)p, "a move that grows");
    is_str(contents(p, 4), "a00-", "... what is new is zero");
    is_str(contents(TO, 3), "-bc", "... the rest stays");
    mark(p, 3, 'A');
    is_long(remap(TO + PAGE, 2, 2, FIXED_MOVE, p + PAGE), (long)(p + PAGE),
            "a move onto another area");
    is_str(contents(p, 4), "Abc-", "... replaces it");
    is_long(remap(p, 1, 1, FIXED_MOVE, p + PAGE), (long)(p + PAGE), "a move by a page");
    is_str(contents(p, 4), "-Ac-", "... replaces one");
    clear();

    p = marked(4);
    is_long(remap(p, 9, 9, FIXED_MOVE, TO), -EFAULT, "a move past the end of the area");
    is_long(remap(p - PAGE, 2, 2, FIXED_MOVE, TO), -EFAULT, "... and from a hole");
    is_str(contents(p, 5), "abcd-", "nothing has changed by that");
    fixed(TO, 2, RW);
    is_long(remap(p, 5, 5, FIXED_MOVE, TO), -EFAULT, "one that fails late");
    is_str(rights(TO, 2), "--", "... has already unmapped the target");
    is_long(remap(p, 6, 2, FIXED_MOVE, TO), (long)TO, "a move that shrinks over a hole");
    is_str(contents(TO, 3), "ab-", "... is none");
    is_str(contents(p, 5), "-----", "... the end is gone");
    clear();
}

static void check_dontunmap(void)
{
    char *p = marked(4), *q;
    long at = remap(p + PAGE, 2, 2, LEAVE, NULL);

    ok(at > 0 && at != (long)(p + PAGE), "MREMAP_DONTUNMAP finds a place");
    q = (char *)at;
    is_str(contents(q, 2), "bc", "... the contents go there");
    is_str(contents(p, 5), "a00d-", "... and leave zeros");
    is_str(rights(p, 5), "wwww-", "... that can be written");
    unmap(q, 2);
    mark(p, 4, 'a');
    is_long(remap(p, 2, 2, LEAVE | MREMAP_FIXED, TO), (long)TO, "MREMAP_DONTUNMAP to a place");
    is_str(contents(TO, 3), "ab-", "... contents are there");
    is_str(contents(p, 4), "00cd", "... and zeros here");
    is_long(remap(p, 2, 2, LEAVE | MREMAP_FIXED, p + PAGE), -EINVAL, "... that overlaps");
    is_long(remap(p, 5, 5, LEAVE, NULL), -EFAULT, "... past the end of the area");
    is_long(remap(p, 0, 0, LEAVE, NULL), -EINVAL, "... of nothing");
    clear();

    p = map_at(FREE, 2, RW, SHARED, -1, 0);
    mark(p, 2, 'a');
    is_long(remap(p, 2, 2, LEAVE | MREMAP_FIXED, TO), (long)TO,
            "MREMAP_DONTUNMAP of shared memory");
    is_str(contents(TO, 2), "ab", "... contents are there");
    is_str(contents(p, 2), "ab", "... and here: it is the same");
    clear();
}

static void check_duplicate(void)
{
    char *p = map_at(FREE, 4, RW, SHARED, -1, 0), *q;
    long at;

    mark(p, 4, 'a');
    is_long(remap(p + PAGE, 0, 2, 0, NULL), -ENOMEM, "old length 0 needs MREMAP_MAYMOVE");
    at = remap(p + PAGE, 0, 2, MREMAP_MAYMOVE, NULL);
    ok(at > 0, "old length 0 of shared memory");
    q = (char *)at;
    is_str(contents(q, 2), "bc", "... shows it a second time");
    q[0] = '!';
    is_str(contents(p, 4), "a!cd", "... it is the same");
    unmap(q, 2);
    is_long(remap(p + 3 * PAGE, 0, 2, FIXED_MOVE, TO), (long)TO, "... at a place");
    is_long(*TO, 'd', "... shows it");
    is_str(touch(TO + PAGE, PROT_READ), "SIGBUS ADRERR", "... and nothing behind the object");
    is_long(remap(p, 0, 1, FIXED_MOVE, p), -EFAULT, "onto itself: unmapped first");
    is_str(contents(p, 4), "-!cd", "... then there is nothing to show");
    clear();
}

static void check_file(void)
{
    int fd = make_file(6, 'A');
    char *p = map_at(FREE, 3, RW, MAP_SHARED, fd, 1);

    is_long(remap(p + PAGE, 2, 4, FIXED_MOVE, TO), (long)TO, "part of a file mapping moves");
    is_str(contents(TO, 4), "CDEF", "... and shows more of the file");
    is_str(areas(TO, 5), "0-4 rw-s+2", "... from the right offset");
    is_long(remap(TO, 4, 6, 0, NULL), (long)TO, "it grows past the end of the file");
    is_str(touch(TO + 3 * PAGE, PROT_READ), "ok", "... the last page is there");
    is_str(touch(TO + 4 * PAGE, PROT_READ), "SIGBUS ADRERR", "... what lies behind is not");
    is_long(raw(SYS_mremap, TO, 6 * PAGE, 1UL << 46, 0), (long)TO, "... far past it");
    clear();

    p = map_at(FREE, 3, RW, MAP_PRIVATE, fd, 1);
    p[PAGE] = 'x';
    is_long(remap(p, 3, 3, FIXED_MOVE, TO), (long)TO, "a private file mapping moves");
    is_str(contents(TO, 3), "BxD", "... with its copies");
    is_long(file_byte(fd, 2), 'C', "... the file does not change");
    raw(SYS_munmap, FREE, 1UL << 46);
    close(fd);
}

/* What was never touched need not be there, what is protected keeps its pages, neighbours merge. */
static void check_pages(void)
{
    char *p = fixed(FREE, 600, RW);

    p[0] = 'a';
    p[511 * PAGE] = 'b';
    p[599 * PAGE] = 'c';
    mprotect(p, 600 * PAGE, PROT_NONE);
    is_long(remap(p, 600, 600, FIXED_MOVE, FREE + 1024 * PAGE + 7 * PAGE),
            (long)(FREE + 1031 * PAGE), "600 pages, three of them touched, none accessible");
    p = FREE + 1031 * PAGE;
    is_str(resident(p + 509 * PAGE, 4), "..x.", "residency moves along");
    mprotect(p, 600 * PAGE, PROT_READ);
    is_long(p[0] + p[511 * PAGE] + p[599 * PAGE], 'a' + 'b' + 'c', "... and contents");
    is_long(p[1 * PAGE] + p[598 * PAGE], 0, "... and zeros");
    unmap(p, 600);

    p = map_at(FREE, 6, RW, SHARED, -1, 0);
    is_long(remap(p + 2 * PAGE, 2, 2, FIXED_MOVE, TO), (long)TO, "out of the middle");
    is_str(areas(p, 6), "0-2 rw-s, 4-6 rw-s+4", "... three areas");
    is_long(remap(TO, 2, 2, FIXED_MOVE, p + 2 * PAGE), (long)(p + 2 * PAGE), "and back");
    is_str(areas(p, 6), "0-6 rw-s", "... is one again");
    clear();
}

int main(void)
{
    check_arguments();
    check_wrap();
    check_shrink();
    check_grow();
    check_move();
    check_fixed();
    check_dontunmap();
    check_duplicate();
    check_file();
    check_pages();
    return done_testing();
}
