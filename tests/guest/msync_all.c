/*
 * tests/guest/msync_all.c - msync: every errno, in Linux's order, and holes
 *
 * Shared pages are the file's own, so there is nothing to write back; what msync says about its
 * arguments is all there is to see.
 */
#include <sys/resource.h>

#include "memory.h"

static long sync_range(const volatile void *address, unsigned long len, int flags)
{
    return raw(SYS_msync, address, len, flags);
}

static void check_arguments(char *p)
{
    is_long(sync_range(p, PAGE, 0), 0, "no flag at all");
    is_long(sync_range(p, PAGE, MS_ASYNC), 0, "MS_ASYNC");
    is_long(sync_range(p, PAGE, MS_SYNC), 0, "MS_SYNC");
    is_long(sync_range(p, PAGE, MS_SYNC | MS_INVALIDATE), 0, "MS_SYNC and MS_INVALIDATE");
    is_long(sync_range(p, PAGE, MS_SYNC | MS_ASYNC), -EINVAL, "both MS_SYNC and MS_ASYNC");
    is_long(sync_range(p, PAGE, 8), -EINVAL, "an unknown flag");
    is_long(sync_range(p + 1, PAGE, MS_SYNC), -EINVAL, "an unaligned address");
    is_long(sync_range(p + 1, 0, MS_SYNC), -EINVAL, "... with length 0");
    is_long(sync_range(FREE - PAGE, 0, MS_SYNC), 0, "length 0 in a hole");
    is_long(sync_range((void *)0xffff800000000000, 0, MS_SYNC), 0, "... in the kernel");
    is_long(sync_range(p, 100, MS_SYNC), 0, "a length that is no multiple of a page");
    is_long(sync_range(p + 7 * PAGE, 1, MS_SYNC), 0, "... in the last page");
    is_long(sync_range(p + 7 * PAGE, PAGE + 1, MS_SYNC), -ENOMEM, "... and a byte more");
    is_long(sync_range(p, ~0UL, MS_SYNC), 0, "a length that rounds up to 0");
    is_long(sync_range(p, -PAGE, MS_SYNC), -ENOMEM, "a length that wraps");
    is_long(sync_range(p, 1UL << 63, MS_SYNC), -ENOMEM, "a length past user space");
    is_long(sync_range((void *)0xffff800000000000, PAGE, MS_SYNC), -ENOMEM, "in the kernel");
    is_long(sync_range((void *)-PAGE, PAGE, MS_SYNC), -ENOMEM, "the last page");
}

static void check_holes(char *p)
{
    unmap(p + 2 * PAGE, 2);
    is_long(sync_range(p, 2 * PAGE, MS_SYNC), 0, "up to a hole");
    is_long(sync_range(p, 3 * PAGE, MS_SYNC), -ENOMEM, "into a hole");
    is_long(sync_range(p + 2 * PAGE, 2 * PAGE, MS_SYNC), -ENOMEM, "in a hole");
    is_long(sync_range(p + 3 * PAGE, 2 * PAGE, MS_SYNC), -ENOMEM, "out of a hole");
    is_long(sync_range(p, 8 * PAGE, MS_ASYNC), -ENOMEM, "over a hole");
    is_long(sync_range(p - PAGE, 3 * PAGE, 0), -ENOMEM, "from before the first area");
}

static void check_locked(char *p)
{
    is_long(mlock(p + PAGE, PAGE), 0, "a locked page");
    is_long(sync_range(p, 2 * PAGE, MS_INVALIDATE), -EBUSY, "... cannot be invalidated");
    is_long(sync_range(p, 2 * PAGE, MS_SYNC), 0, "... but written back");
    is_long(sync_range(p, PAGE, MS_INVALIDATE), 0, "its neighbour can");
    is_long(sync_range(p - PAGE, 4 * PAGE, MS_INVALIDATE), -EBUSY, "EBUSY before ENOMEM");
    munlock(p, 2 * PAGE);
}

int main(void)
{
    int fd = make_file(8, 'a');
    char *p = map_at(FREE, 8, RW, MAP_SHARED, fd, 0);

    check_arguments(p);
    p[PAGE] = 'X';
    is_long(sync_range(p, 8 * PAGE, MS_SYNC), 0, "what was written");
    is_long(file_byte(fd, 1), 'X', "... is in the file");
    is_long(sync_range(p, 8 * PAGE, MS_SYNC | MS_INVALIDATE), 0, "... and after MS_INVALIDATE");
    is_str(contents(p, 8), "aXcdefgh", "... in the mapping");
    check_locked(p);
    check_holes(p);
    unmap(FREE, 8);

    p = fixed(FREE, 8, PROT_NONE);
    is_long(sync_range(p, 8 * PAGE, MS_SYNC), 0, "private memory without access");
    check_holes(p);
    unmap(FREE, 8);
    close(fd);
    return done_testing();
}
