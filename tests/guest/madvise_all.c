/*
 * tests/guest/madvise_all.c - madvise: every advice, every errno, and what holes and locks do
 *
 * Advice that needs an option of the kernel (huge pages, merging, poisoned pages) is
 * linux_options.c's; fork and advice fork_memory.c's.
 */
#include "memory.h"

static long advise(const volatile void *address, unsigned long len, int advice)
{
    return raw(SYS_madvise, address, len, advice);
}

static void check_arguments(void)
{
    static const int unknown[] = {-1, 5, 6, 7, 26, 27, 99, 102, 1000, 1 << 30};
    char *p = fixed(FREE, 4, RW);

    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
        is_long(advise(p, PAGE, unknown[i]), -EINVAL, "advice %d does not exist", unknown[i]);
    is_long(advise(p, 0, 99), -EINVAL, "... with length 0");
    is_long(advise(p + 1, PAGE, MADV_DONTNEED), -EINVAL, "an unaligned address");
    is_long(advise(p + 1, 0, MADV_DONTNEED), -EINVAL, "... with length 0");
    is_long(advise(p, 0, MADV_DONTNEED), 0, "length 0");
    is_long(advise(FREE - PAGE, 0, MADV_DONTNEED), 0, "... in a hole");
    is_long(advise(p, ~0UL, MADV_DONTNEED), -EINVAL, "a length that rounds up to 0");
    is_long(advise(p, -PAGE, MADV_DONTNEED), -EINVAL, "a length that wraps");
    is_long(advise(p, 1UL << 63, MADV_NORMAL), -ENOMEM, "a length past user space");
    is_long(advise((void *)0xffff800000000000, PAGE, MADV_DONTNEED), -ENOMEM, "in the kernel");
    is_long(advise((void *)-PAGE, PAGE, MADV_DONTNEED), -EINVAL, "the last page wraps");
    mark(p, 2, 'a');
    is_long(advise(p, 1, MADV_DONTNEED), 0, "length 1");
    is_str(contents(p, 2), "0b", "... is a page");
    unmap(p, 4);
}

/* Advice that changes nothing to be seen is taken for any memory; holes are passed over. */
static void check_hints(void)
{
    static const struct {
        int advice;
        const char *name;
    } hints[] = {
        {MADV_NORMAL, "NORMAL"},     {MADV_RANDOM, "RANDOM"}, {MADV_SEQUENTIAL, "SEQUENTIAL"},
        {MADV_WILLNEED, "WILLNEED"}, {MADV_COLD, "COLD"},     {MADV_PAGEOUT, "PAGEOUT"},
        {MADV_DONTDUMP, "DONTDUMP"}, {MADV_DODUMP, "DODUMP"}, {MADV_DOFORK, "DOFORK"},
        {MADV_DONTFORK, "DONTFORK"}};
    int fd = make_file(4, 'A');

    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        char *p = fixed(FREE, 8, RW), *q = map_at(FREE + 8 * PAGE, 4, RW, MAP_SHARED, fd, 0);

        mark(p, 8, 'a');
        is_long(advise(p, 12 * PAGE, hints[i].advice), 0, "MADV_%s", hints[i].name);
        is_str(contents(p, 12), "abcdefghABCD", "... changes no contents");
        unmap(p + 2 * PAGE, 2);
        is_long(advise(p, 8 * PAGE, hints[i].advice), -ENOMEM, "... over a hole is ENOMEM");
        mprotect(q, PAGE, PROT_NONE);
        is_long(advise(q, 4 * PAGE, hints[i].advice), 0, "... does not need access");
        unmap(FREE, 12);
    }
    close(fd);
}

static void check_discard(int advice, const char *name)
{
    char *p = fixed(FREE, 8, RW);
    int fd;

    mark(p, 8, 'a');
    is_long(advise(p + PAGE, 2 * PAGE, advice), 0, "%s", name);
    is_str(contents(p, 8), "a00defgh", "... leaves zeros");
    mark(p, 8, 'a');
    unmap(p + 3 * PAGE, 2);
    is_long(advise(p + PAGE, 5 * PAGE, advice), -ENOMEM, "... over a hole is ENOMEM");
    is_str(contents(p, 8), "a00--0gh", "... but done on both sides");
    mark(p, 3, 'a');
    is_long(advise(p - PAGE, 2 * PAGE, advice), -ENOMEM, "... from before the first area");
    is_str(contents(p, 2), "0b", "... is done behind");
    mprotect(p, 3 * PAGE, PROT_NONE);
    is_long(advise(p, 3 * PAGE, advice), 0, "... does not need access");
    mprotect(p, 3 * PAGE, PROT_READ);
    is_str(contents(p, 3), "000", "... and discards");
    unmap(p, 8);

    p = map_at(FREE, 4, RW, SHARED, -1, 0);
    mark(p, 4, 'a');
    is_long(advise(p, 4 * PAGE, advice), 0, "... of shared memory");
    is_str(contents(p, 4), "abcd", "... keeps it");
    unmap(p, 4);

    fd = make_file(4, 'A');
    p = map_at(FREE, 4, RW, MAP_PRIVATE, fd, 0);
    mark(p, 2, 'a');
    is_long(advise(p, 4 * PAGE, advice), 0, "... of a private file mapping");
    is_str(contents(p, 4), "ABCD", "... gives the file's contents back");
    unmap(p, 4);
    close(fd);
}

static void check_discard_locked(void)
{
    char *p = fixed(FREE, 6, RW);

    mark(p, 6, 'a');
    raw(SYS_mlock, p + 2 * PAGE, 2 * PAGE);
    is_long(advise(p, 6 * PAGE, MADV_DONTNEED), -EINVAL, "MADV_DONTNEED up to locked pages");
    is_str(contents(p, 6), "00cdef", "... stops there");
    mark(p, 6, 'a');
    is_long(advise(p, 6 * PAGE, MADV_FREE), -EINVAL, "MADV_FREE up to locked pages");
    is_str(contents(p + 2 * PAGE, 4), "cdef", "... stops there");
    is_long(advise(p, 6 * PAGE, MADV_COLD), -EINVAL, "MADV_COLD of locked pages");
    is_long(advise(p, 6 * PAGE, MADV_PAGEOUT), -EINVAL, "MADV_PAGEOUT of locked pages");
    mark(p, 6, 'a');
    is_long(advise(p + PAGE, 2 * PAGE, 24), 0, "MADV_DONTNEED_LOCKED");
    is_str(contents(p, 6), "a00def", "... discards them all the same");
    is_long(advise(p - PAGE, 6 * PAGE, MADV_DONTNEED), -EINVAL, "EINVAL before ENOMEM");
    unmap(p, 6);
}

static void check_free(void)
{
    char *p = fixed(FREE, 8, RW);
    int fd = make_file(2, 'A');

    mark(p, 8, 'a');
    is_long(advise(p, 4 * PAGE, MADV_FREE), 0, "MADV_FREE");
    mark(p, 2, 'A');
    is_str(contents(p, 2), "AB", "... what is written afterwards stays");
    is_str(contents(p + 4 * PAGE, 4), "efgh", "... and what lies beside");
    ok((p[2 * PAGE] == 'c' || p[2 * PAGE] == 0), "... the rest is as it was, or zero");
    unmap(p + 6 * PAGE, 1);
    is_long(advise(p + 5 * PAGE, 3 * PAGE, MADV_FREE), -ENOMEM, "... over a hole is ENOMEM");
    mprotect(p, 2 * PAGE, PROT_NONE);
    is_long(advise(p, 2 * PAGE, MADV_FREE), 0, "... does not need access");
    unmap(p, 8);
    p = map_at(FREE, 2, RW, SHARED, -1, 0);
    is_long(advise(p, PAGE, MADV_FREE), -EINVAL, "MADV_FREE of shared memory");
    unmap(p, 2);
    p = map_at(FREE, 2, RW, MAP_PRIVATE, fd, 0);
    p[0] = 'x';
    is_long(advise(p, PAGE, MADV_FREE), -EINVAL, "... of a private file mapping");
    is_str(contents(p, 2), "xB", "... keeps it");
    unmap(p, 2);
    close(fd);
}

static void check_populate(int advice, int write, const char *name)
{
    char *p = fixed(FREE, 8, RW);
    int fd;

    is_long(advise(p + PAGE, 3 * PAGE, advice), 0, "%s", name);
    is_str(resident(p, 6), ".xxx..", "... makes resident");
    is_str(contents(p, 6), "000000", "... zeros");
    mark(p, 8, 'a');
    is_long(advise(p, 8 * PAGE, advice), 0, "... again");
    is_str(contents(p, 8), "abcdefgh", "... changes no contents");
    unmap(p, 8);
    fixed(p, 8, RW);
    unmap(p + 3 * PAGE, 2);
    is_long(advise(p, 8 * PAGE, advice), -ENOMEM, "... over a hole");
    is_str(resident(p, 8), "xxx--xxx", "... is done on both sides");
    fixed(p, 8, RW);
    mprotect(p + 2 * PAGE, PAGE, PROT_NONE);
    is_long(advise(p, 8 * PAGE, advice), -EINVAL, "... over pages without access");
    is_str(resident(p, 8), "xx......", "... up to them");
    fixed(p, 4, PROT_READ);
    is_long(advise(p, 4 * PAGE, advice), write ? -EINVAL : 0, "... of read-only pages");
    is_str(resident(p, 4), write ? "...." : "xxxx", "... accordingly");
    unmap(p, 8);

    fd = make_file(2, 'A');
    p = map_at(FREE, 4, RW, MAP_PRIVATE, fd, 0);
    is_long(advise(p, 2 * PAGE, advice), 0, "... of a private file mapping");
    is_long(file_byte(fd, 0), 'A', "... the file stays");
    is_long(advise(p, 4 * PAGE, advice), -EFAULT, "... past the end of a file is EFAULT");
    is_long(advise(p + 2 * PAGE, 3 * PAGE, advice), -EFAULT, "... which comes before the hole");
    unmap(p, 4);
    close(fd);
    p = map_at(FREE, 4, RW, SHARED, -1, 0);
    is_long(advise(p, 4 * PAGE, advice), 0, "... of shared memory");
    is_str(resident(p, 4), "xxxx", "... makes resident");
    unmap(p, 4);
}

static void check_remove(void)
{
    int fd = make_file(6, 'A'), reading;
    char *p = map_at(FREE, 6, RW, MAP_SHARED, fd, 0),
         *q = map_at(FREE + 8 * PAGE, 6, RW, MAP_PRIVATE, fd, 0);

    q[3 * PAGE] = 'x';
    is_long(advise(p + 2 * PAGE, 2 * PAGE, MADV_REMOVE), 0, "MADV_REMOVE");
    is_str(contents(p, 6), "AB00EF", "... makes a hole");
    is_long(file_byte(fd, 2) + file_byte(fd, 4), 'E', "... in the file");
    is_str(contents(q, 6), "AB0xEF", "... copies stay");
    p[2 * PAGE] = 'y';
    is_long(file_byte(fd, 2), 'y', "... which can be filled again");
    is_long(advise(q, PAGE, MADV_REMOVE), -EACCES, "... of a private file mapping");
    mprotect(p, 2 * PAGE, PROT_READ);
    is_long(advise(p, PAGE, MADV_REMOVE), 0, "... of a mapping made read-only");
    is_str(contents(p, 2), "0B", "... that could be writable");
    mprotect(p, 2 * PAGE, RW);
    raw(SYS_mlock, p, PAGE);
    is_long(advise(p, PAGE, MADV_REMOVE), -EINVAL, "... of a locked mapping");
    raw(SYS_munlock, p, PAGE);
    unmap(p + PAGE, 1);
    is_long(advise(p, 3 * PAGE, MADV_REMOVE), -ENOMEM, "... over a hole is ENOMEM");
    is_str(contents(p, 6), "0-00EF", "... but done on both sides");
    unmap(FREE, 16);

    reading = open("/proc/self/exe", O_RDONLY);
    p = map_at(FREE, 1, PROT_READ, MAP_SHARED, reading, 0);
    is_long(advise(p, PAGE, MADV_REMOVE), -EACCES, "... of a file opened for reading");
    unmap(p, 1);
    close(reading);
    p = fixed(FREE, 1, RW);
    is_long(advise(p, PAGE, MADV_REMOVE), -EINVAL, "... of private memory");
    unmap(p, 1);
    p = map_at(FREE, 4, RW, SHARED, -1, 0);
    mark(p, 4, 'a');
    is_long(advise(p + PAGE, 2 * PAGE, MADV_REMOVE), 0, "... of shared anonymous memory");
    is_str(resident(p, 4), "x..x", "... takes the pages away");
    is_str(contents(p, 4), "a00d", "... for zeros");
    unmap(p, 4);
    close(fd);
}

static void check_fork_advice(void)
{
    int fd = make_file(2, 'A');
    char *p = fixed(FREE, 4, RW);

    is_long(advise(p, 2 * PAGE, MADV_WIPEONFORK), 0, "MADV_WIPEONFORK");
    is_long(advise(p, 4 * PAGE, MADV_KEEPONFORK), 0, "MADV_KEEPONFORK");
    is_str(areas(p, 4), "0-4 rw-p", "... makes one area of two");
    is_long(advise(p + PAGE, 2 * PAGE, MADV_DONTFORK), 0, "MADV_DONTFORK in the middle");
    is_str(areas(p, 4), "0-1 rw-p, 1-3 rw-p, 3-4 rw-p", "... makes three");
    is_long(advise(p, 4 * PAGE, MADV_DOFORK), 0, "MADV_DOFORK");
    is_str(areas(p, 4), "0-4 rw-p", "... makes one");
    unmap(p, 4);
    p = map_at(FREE, 2, RW, SHARED, -1, 0);
    is_long(advise(p, PAGE, MADV_WIPEONFORK), -EINVAL, "MADV_WIPEONFORK of shared memory");
    is_long(advise(p, PAGE, MADV_KEEPONFORK), 0, "... MADV_KEEPONFORK is not refused");
    unmap(p, 2);
    p = map_at(FREE, 2, RW, MAP_PRIVATE, fd, 0);
    is_long(advise(p, PAGE, MADV_WIPEONFORK), -EINVAL, "... of a file mapping");
    unmap(p, 2);
    close(fd);
}

int main(void)
{
    check_arguments();
    check_hints();
    check_discard(MADV_DONTNEED, "MADV_DONTNEED");
    check_discard_locked();
    check_free();
    check_populate(MADV_POPULATE_READ, 0, "MADV_POPULATE_READ");
    check_populate(MADV_POPULATE_WRITE, 1, "MADV_POPULATE_WRITE");
    check_remove();
    check_fork_advice();
    return done_testing();
}
