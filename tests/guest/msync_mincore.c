/*
 * tests/guest/msync_mincore.c - msync and mincore: every refusal, holes, and what is resident
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define RW   (PROT_READ | PROT_WRITE)
#define BASE ((char *)0x200000000000)
#define HUGE (~0UL)

static long msync_(const char *address, unsigned long len, long flags)
{
    return raw(SYS_msync, address, len, flags);
}

static void map(char *at, size_t nr_pages, int flags)
{
    void *p = mmap(at, nr_pages * PAGE, RW, flags | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    if (p != at)
        bail_out("mmap");
}

static void check_msync(void)
{
    /* Pages 0 and 1, a hole, pages 3 and 4. */
    map(BASE, 2, MAP_PRIVATE);
    map(BASE + 3 * PAGE, 2, MAP_SHARED);
    is_long(msync_(BASE, 2 * PAGE, MS_SYNC), 0, "two pages, MS_SYNC");
    is_long(msync_(BASE, 2 * PAGE, MS_ASYNC), 0, "MS_ASYNC");
    is_long(msync_(BASE, 2 * PAGE, MS_INVALIDATE), 0, "MS_INVALIDATE");
    is_long(msync_(BASE, 2 * PAGE, 0), 0, "no flag");
    is_long(msync_(BASE, 5000, MS_SYNC), 0, "a length that is no page multiple");
    is_long(msync_(BASE, 0, MS_SYNC), 0, "length 0");
    is_long(msync_(BASE + 2 * PAGE, 0, MS_SYNC), 0, "length 0 in a hole");
    is_long(msync_(BASE + 1, PAGE, MS_SYNC), -EINVAL, "an address that is not aligned");
    is_long(msync_(BASE, PAGE, MS_SYNC | MS_ASYNC), -EINVAL, "both kinds at once");
    is_long(msync_(BASE, PAGE, 8), -EINVAL, "a flag that is not there");
    is_long(msync_(BASE, HUGE, MS_SYNC), 0, "a length that rounds up to 0");
    is_long(msync_(BASE, -2 * PAGE, MS_SYNC), -ENOMEM, "a range that wraps");
    is_long(msync_(BASE, 5 * PAGE, MS_SYNC), -ENOMEM, "a hole inside");
    is_long(msync_(BASE, 5 * PAGE, MS_ASYNC), -ENOMEM, "a hole inside, MS_ASYNC");
    is_long(msync_(BASE + 2 * PAGE, 2 * PAGE, MS_SYNC), -ENOMEM, "a hole at the start");
    is_long(msync_(BASE + 4 * PAGE, 2 * PAGE, MS_SYNC), -ENOMEM, "a hole at the end");
    is_long(msync_(BASE + 2 * PAGE, PAGE, MS_SYNC), -ENOMEM, "only a hole");
    is_long(msync_((char *)0xffff800000000000, PAGE, MS_SYNC), -ENOMEM, "the kernel's half");
    munmap(BASE, 5 * PAGE);
}

/* What mincore says of nr pages, as a string of 0 and 1. */
static const char *residency(const char *address, size_t nr)
{
    static char text[600];
    unsigned char pages[600];

    if (raw(SYS_mincore, address, nr * PAGE, pages) != 0)
        return "refused";
    for (size_t i = 0; i < nr; i++)
        text[i] = (char)('0' + pages[i]);
    text[nr] = '\0';
    return text;
}

static void check_residency(void)
{
    map(BASE, 8, MAP_PRIVATE);
    map(BASE + 8 * PAGE, 4, MAP_SHARED);
    is_str(residency(BASE, 12), "000000000000", "untouched");
    BASE[1 * PAGE] = 1;
    (void)*(volatile char *)(BASE + 3 * PAGE);
    BASE[9 * PAGE] = 1;
    (void)*(volatile char *)(BASE + 10 * PAGE);
    is_str(residency(BASE, 12), "010100000110", "written, read, the same in shared memory");
    mprotect(BASE, 2 * PAGE, PROT_NONE);
    is_str(residency(BASE, 12), "010100000110", "a page without access is still there");
    munmap(BASE, 12 * PAGE);
}

static void check_mincore_refusals(void)
{
    unsigned char *pages = (unsigned char *)BASE + 100 * PAGE, *end = pages + PAGE;

    map(BASE, 2, MAP_PRIVATE);
    map(BASE + 100 * PAGE, 1, MAP_PRIVATE);
    is_long(raw(SYS_mincore, BASE + 1, PAGE, pages), -EINVAL, "an address that is not aligned");
    is_long(raw(SYS_mincore, BASE, 0, pages), 0, "length 0");
    is_long(raw(SYS_mincore, BASE, 5000, end - 2), 0, "5000 bytes are two pages");
    is_long(raw(SYS_mincore, BASE, 5000, end - 1), -EFAULT, "and two bytes of answer");
    is_long(raw(SYS_mincore, BASE, HUGE, pages), -ENOMEM, "a huge length");
    is_long(raw(SYS_mincore, BASE, PAGE, 0xffff800000000000), -EFAULT, "an answer to the kernel");
    memset(pages, 7, 4);
    is_long(raw(SYS_mincore, BASE, 3 * PAGE, pages), -ENOMEM, "a hole at the end");
    is_long(raw(SYS_mincore, BASE + 2 * PAGE, PAGE, pages), -ENOMEM, "a hole");
    munmap(BASE, 2 * PAGE);
    munmap(pages, PAGE);
}

/* More pages than the kernel asks for at a time. */
static void check_many(void)
{
    map(BASE, 600, MAP_PRIVATE);
    BASE[599 * PAGE] = BASE[255 * PAGE] = BASE[256 * PAGE] = 1;
    const char *text = residency(BASE, 600);
    long nr = 0;
    for (size_t i = 0; i < 600; i++)
        nr += text[i] == '1';
    ok(nr == 3 && text[255] == '1' && text[256] == '1' && text[599] == '1', "600 pages");
    munmap(BASE, 600 * PAGE);
}

int main(void)
{
    check_msync();
    check_residency();
    check_mincore_refusals();
    check_many();
    return done_testing();
}
