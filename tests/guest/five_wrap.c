/*
 * tests/guest/five_wrap.c - DESIGN section 5, wrap and limits: sums that pass the end of user space
 * or of the integers, and lengths that round up to 0
 *
 * One table: every call that takes a range, with every hostile range. What Linux answers stands in
 * it; the mappings around must be as before.
 */
#include "memory.h"

#define TASK_SIZE 0x7ffffffff000UL
#define KERNEL    0xffff800000000000UL
#define LAST      (~0UL - PAGE + 1)

/* FREE is where two pages are mapped. */
#define HERE ((unsigned long)FREE)

enum { UNMAP, PROTECT, MAP_FIX, MAP_NEW, ADVISE, CORE, LOCK, UNLOCK, SYNC, NR_CALLS };

static const char *const names[] = {"munmap",  "mprotect", "mmap fixed", "mmap", "madvise",
                                    "mincore", "mlock",    "munlock",    "msync"};

static unsigned char bytes[16];

static long call(int which, unsigned long address, unsigned long len)
{
    switch (which) {
    case UNMAP:
        return raw(SYS_munmap, address, len);
    case PROTECT:
        return raw(SYS_mprotect, address, len, PROT_READ);
    case MAP_FIX:
        return map(launder(address), len, RW, ANON | MAP_FIXED, -1, 0);
    case MAP_NEW:
        return map(NULL, len, PROT_NONE, ANON, -1, 0);
    case ADVISE:
        return raw(SYS_madvise, address, len, MADV_WILLNEED);
    case CORE:
        return raw(SYS_mincore, address, len, bytes);
    case LOCK:
        return raw(SYS_mlock, address, len);
    case UNLOCK:
        return raw(SYS_munlock, address, len);
    default:
        return raw(SYS_msync, address, len, MS_SYNC);
    }
}

#define ANY 1 /* success, or not the same for address and length alone: not looked at */

static const struct {
    unsigned long address, len;
    const char *what;
    long want[NR_CALLS];
} ranges[] = {
    {HERE, ~0UL, "2^64 - 1 bytes", {-EINVAL, -ENOMEM, -ENOMEM, -ENOMEM, -EINVAL, -ENOMEM, 0, 0, 0}},
    {HERE,
     LAST,
     "2^64 - 4096 bytes",
     {-EINVAL, -ENOMEM, -ENOMEM, -ENOMEM, -EINVAL, -ENOMEM, -EINVAL, -EINVAL, -ENOMEM}},
    {HERE,
     LAST - HERE,
     "up to the last page",
     {-EINVAL, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM}},
    {HERE,
     0 - HERE,
     "up to 2^64",
     {-EINVAL, -ENOMEM, -ENOMEM, -ENOMEM, -EINVAL, -ENOMEM, -EINVAL, -EINVAL, -ENOMEM}},
    {HERE,
     1UL << 63,
     "2^63 bytes",
     {-EINVAL, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM}},
    {HERE,
     1UL << 47,
     "2^47 bytes",
     {-EINVAL, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM}},
    {TASK_SIZE,
     PAGE,
     "a page where user space ends",
     {-EINVAL, -ENOMEM, -ENOMEM, ANY, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM}},
    {TASK_SIZE, 0, "nothing where user space ends", {-EINVAL, 0, -EINVAL, -EINVAL, 0, 0, 0, 0, 0}},
    {TASK_SIZE + PAGE,
     PAGE,
     "a page behind it",
     {-EINVAL, -ENOMEM, -ENOMEM, ANY, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM}},
    {0x800000000000,
     PAGE,
     "the first page that has no address",
     {-EINVAL, -ENOMEM, -ENOMEM, ANY, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM}},
    {KERNEL,
     PAGE,
     "a page of the kernel",
     {-EINVAL, -ENOMEM, -ENOMEM, ANY, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM}},
    {KERNEL, 0, "nothing in the kernel", {-EINVAL, 0, -EINVAL, -EINVAL, 0, -ENOMEM, 0, 0, 0}},
    {LAST,
     PAGE,
     "the last page",
     {-EINVAL, -ENOMEM, -ENOMEM, ANY, -EINVAL, -ENOMEM, -EINVAL, -EINVAL, -ENOMEM}},
    {LAST,
     2 * PAGE,
     "the last page and the first",
     {-EINVAL, -ENOMEM, -ENOMEM, ANY, -EINVAL, -ENOMEM, -EINVAL, -EINVAL, -ENOMEM}},
    {HERE + 1,
     PAGE,
     "an unaligned page",
     {-EINVAL, -EINVAL, -EINVAL, ANY, -EINVAL, -EINVAL, 0, 0, -EINVAL}},
    {HERE + PAGE - 1,
     ~0UL,
     "an unaligned page that rounds up to 0",
     {-EINVAL, -EINVAL, -ENOMEM, -ENOMEM, -EINVAL, -EINVAL, ANY, ANY, -EINVAL}},
};

static void check_ranges(void)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        for (int which = 0; which < NR_CALLS; which++) {
            long result;

            if (ranges[i].want[which] == ANY)
                continue;
            result = call(which, ranges[i].address, ranges[i].len);
            is_long(result, ranges[i].want[which], "%s of %s", names[which], ranges[i].what);
            raw(SYS_munlock, FREE, 2 * PAGE);
            raw(SYS_mprotect, FREE, 2 * PAGE, RW); /* goes as far as the first hole */
        }
}

static void check_brk(void)
{
    unsigned long start = (unsigned long)sbrk(0);
    static const unsigned long bad[] = {0,           1,         0x10000,   0x400000,  TASK_SIZE - 1,
                                        TASK_SIZE,   1UL << 47, 1UL << 62, 1UL << 63, KERNEL,
                                        0 - 0x10000, LAST,      ~0UL - 1,  ~0UL};
    long wrong = 0;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        wrong += raw(SYS_brk, bad[i]) != (long)start;
    is_long(wrong, 0, "brk to where no break can be answers the break");
    is_long(raw(SYS_brk, start - PAGE * 1024), (long)start, "... also below the start");
    is_ptr(sbrk(-0x7fffffffffffffff - 1), -1, "sbrk of -2^63");
    is_errno(ENOMEM, "... ENOMEM");
    is_ptr(sbrk(0x7fffffffffffffff), -1, "sbrk of 2^63 - 1");
    is_ptr(sbrk(-(intptr_t)start), -1, "sbrk down to 0");
    is_ptr(sbrk(-(intptr_t)start - 1), -1, "sbrk past 0");
    is_ptr(sbrk(0), start, "... the break is where it was");
    is_long(raw(SYS_brk, start + 5), (long)start + 5, "brk works still");
    raw(SYS_brk, start);
}

static void check_libc(void)
{
    static const size_t sizes[] = {SIZE_MAX,        SIZE_MAX - 1,   SIZE_MAX - 10,
                                   SIZE_MAX - 15,   SIZE_MAX - 16,  SIZE_MAX - 4095,
                                   SIZE_MAX - 4096, SIZE_MAX / 2,   SIZE_MAX / 2 + 1,
                                   (size_t)1 << 47, (size_t)1 << 62};
    void *volatile small = malloc(10);
    long given = 0;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        given += malloc((size_t)launder(sizes[i])) != NULL;
        given += realloc(launder((uintptr_t)small), (size_t)launder(sizes[i])) != NULL;
        given += calloc((size_t)launder(sizes[i]), 1) != NULL;
        given += aligned_alloc(4096, (size_t)launder(sizes[i])) != NULL;
    }
    is_long(given, 0, "malloc, realloc, calloc, aligned_alloc of nearly all there is");
    is_ptr(calloc((size_t)launder(SIZE_MAX / 2), 3), 0, "calloc of a product that wraps");
    is_ptr(calloc((size_t)launder(1UL << 32), 1UL << 32), 0, "... to 0");
    is_ptr(calloc((size_t)launder((1UL << 32) + 1), 1UL << 32), 0, "... to a little");
    free(small);
}

static void check_hints(void)
{
    static const unsigned long hints[] = {
        1, PAGE, TASK_SIZE - PAGE, TASK_SIZE, KERNEL, 1UL << 47, 1UL << 63, LAST, ~0UL};
    long wrong = 0;

    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        long at = map(launder(hints[i]), 2 * PAGE, RW, ANON, -1, 0);

        wrong += at < 0x10000 || at + 2 * PAGE > TASK_SIZE || at % (long)PAGE;
        if (at > 0)
            wrong += !can_write(launder((unsigned long)at + PAGE)), raw(SYS_munmap, at, 2 * PAGE);
    }
    is_long(wrong, 0, "hints outside user space, or at its ends, give a place inside");
}

int main(void)
{
    fixed(FREE, 2, RW);
    mark(FREE, 2, 'a');
    check_ranges();
    is_str(contents(FREE - PAGE, 4), "-ab-", "the mapping is as before");
    is_str(rights(FREE, 2), "ww", "... with its rights");
    check_brk();
    check_hints();
    check_libc();
    return done_testing();
}
