/*
 * tests/guest/mincore_all.c - mincore: every errno, and which pages are resident
 */
#include "memory.h"

static unsigned char vector[4 * PAGE];

static long core(const volatile void *address, unsigned long len, const volatile void *bytes)
{
    return raw(SYS_mincore, address, len, bytes);
}

static void check_arguments(void)
{
    char *p = fixed(FREE, 8, RW);

    is_long(core(p + 1, PAGE, vector), -EINVAL, "an unaligned address");
    is_long(core(p + 1, -PAGE, NULL), -EINVAL, "... before all else");
    is_long(core(p, ~0UL, vector), -ENOMEM, "a length that rounds up to 0");
    is_long(core(p, -PAGE, vector), -ENOMEM, "a length that wraps");
    is_long(core(p, 1UL << 47, vector), -ENOMEM, "a length past user space");
    is_long(core((void *)0xffff800000000000, PAGE, vector), -ENOMEM, "an address in the kernel");
    is_long(core((void *)0xffff800000000000, PAGE, NULL), -ENOMEM, "... before the vector");
    is_long(core(p, PAGE, (void *)0xffff800000000000), -EFAULT, "a vector in the kernel");
    is_long(core(p, 8 * PAGE, (void *)0x7fffffffeffc), -EFAULT,
            "a vector across the end of user space");
    is_long(core(FREE - PAGE, PAGE, (void *)0xffff800000000000), -EFAULT,
            "a vector in the kernel before a hole");
    is_long(core(FREE - PAGE, PAGE, (void *)8), -ENOMEM, "a hole before a bad vector");
    is_long(core(p, PAGE, (void *)8), -EFAULT, "a bad vector");
    is_long(core(p, 0, (void *)8), 0, "... for nothing");
    is_long(core(FREE - PAGE, 0, vector), 0, "length 0 in a hole");
    is_long(core(p, 8 * PAGE, "readonly"), -EFAULT, "a vector that cannot be written");
    memset(vector, 7, 16);
    is_long(core(p, 2 * PAGE + 1, vector), 0, "a length is rounded up");
    is_long(vector[0] + vector[2], 0, "... no page is resident");
    is_long(vector[3], 7, "... one byte a page");
    unmap(p, 8);
}

static void check_holes(void)
{
    char *p = fixed(FREE, 8, RW);

    mark(p, 8, 'a');
    unmap(p + 3 * PAGE, 2);
    mprotect(p + PAGE, PAGE, PROT_READ);
    memset(vector, 7, 16);
    is_long(core(p, 8 * PAGE, vector), -ENOMEM, "over a hole");
    is_long(vector[0] + vector[1] + vector[2], 3, "... the areas before it are answered");
    is_long(vector[3] + vector[5], 14, "... nothing behind");
    is_long(core(p + 4 * PAGE, 2 * PAGE, vector), -ENOMEM, "out of a hole");
    is_long(core(p - PAGE, 2 * PAGE, vector), -ENOMEM, "from before the first area");
    is_long(core(p + 5 * PAGE, 4 * PAGE, vector), -ENOMEM, "past the last");
    unmap(p, 8);
}

static void check_private(void)
{
    char *p = fixed(FREE, 6, RW);

    is_str(resident(p, 7), "......-", "untouched memory is not resident");
    p[PAGE] = 1;
    (void)*(volatile char *)(p + 2 * PAGE);
    is_str(resident(p, 6), ".xx...", "what was written or read is");
    mprotect(p, 6 * PAGE, PROT_NONE);
    is_str(resident(p, 6), ".xx...", "... also without access");
    mprotect(p, 6 * PAGE, RW);
    madvise(p, 6 * PAGE, MADV_DONTNEED);
    is_str(resident(p, 6), "......", "... not after MADV_DONTNEED");
    is_long(core(p, 4 * PAGE, p), 0, "a vector in the range itself");
    is_str(resident(p, 6), "x.....", "... is resident after it");
    unmap(p, 6);
}

static void check_object(int fd, int flags, const char *what, const char *before)
{
    char *p = map_at(FREE, 4, RW, flags, fd, 0), *q;

    is_str(resident(p, 4), before, "%s: before a touch", what);
    (void)*(volatile char *)(p + PAGE);
    p[3 * PAGE] = 1;
    is_str(resident(p, 4), fd < 0 ? ".x.x" : "xx.x", "... after a read and a write");
    if (flags & MAP_SHARED) {
        madvise(p, 4 * PAGE, MADV_DONTNEED);
        is_str(resident(p, 4), fd < 0 ? ".x.x" : "xx.x", "... and in the object");
    }
    q = (char *)raw(SYS_mremap, p, 0, 4 * PAGE, MREMAP_MAYMOVE);
    if (flags & MAP_SHARED) {
        is_str(resident(q, 4), fd < 0 ? ".x.x" : "xx.x", "... also where nobody looked");
        unmap(q, 4);
    }
    unmap(p, 4);
}

/* A file of four pages: one written, the rest hole. */
static int make_sparse(void)
{
    int fd = make_file(1, 'a');

    if (ftruncate(fd, 4 * (off_t)PAGE) != 0)
        bail_out("ftruncate: %s", strerror(errno));
    return fd;
}

static void check_past_end(void)
{
    int fd = make_file(1, 'a');
    char *p = map_at(FREE, 3, PROT_READ, MAP_SHARED, fd, 0);

    is_str(resident(p, 3), "x..", "nothing behind the end of a file is resident");
    unmap(p, 3);
    close(fd);
}

/* More pages than one page of bytes holds, over several areas. */
static void check_long(void)
{
    char *p = fixed(FREE, 3 * PAGE, RW);
    long sum = 0;

    for (size_t i = 0; i < 3 * PAGE; i += 3)
        p[i * PAGE] = 1;
    mprotect(p + 4095 * PAGE, 2 * PAGE, PROT_READ);
    memset(vector, 7, sizeof(vector));
    is_long(core(p, 3 * PAGE * PAGE, vector), 0, "12288 pages in three areas");
    for (size_t i = 0; i < 3 * PAGE; i++)
        sum += vector[i] != (i % 3 == 0);
    is_long(sum, 0, "... each third resident");
    is_long(vector[3 * PAGE], 7, "... and not a byte more");
    unmap(p + 9000 * PAGE, 1);
    memset(vector, 7, sizeof(vector));
    is_long(core(p, 3 * PAGE * PAGE, vector), -ENOMEM, "with a hole");
    is_long(vector[8999] * 256 + vector[9000], 256 * 0 + 7, "... up to it");
    unmap(p, 3 * PAGE);
}

int main(void)
{
    int fd;

    check_arguments();
    check_holes();
    check_private();
    check_object(-1, SHARED, "shared anonymous memory", "....");
    fd = make_sparse();
    check_object(fd, MAP_SHARED, "a file, shared", "x...");
    close(fd);
    fd = make_sparse();
    check_object(fd, MAP_PRIVATE, "a file, private", "x...");
    close(fd);
    check_past_end();
    check_long();
    return done_testing();
}
