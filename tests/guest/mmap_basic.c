/*
 * tests/guest/mmap_basic.c - mmap, munmap and mprotect: placement, holes, splits, and every refusal
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define RW      (PROT_READ | PROT_WRITE)
#define PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS)

/* A place where nothing else is. */
#define FREE ((char *)0x200000000000)

/* The raw call, so that nothing is sorted out on the way. */
static long map(const volatile void *address, unsigned long len, int prot, int flags, int fd,
                long offset)
{
    return raw(SYS_mmap, address, len, prot, flags, fd, offset);
}

static char *fixed(char *address, size_t nr_pages, int prot)
{
    long at = map(address, nr_pages * PAGE, prot, PRIVATE | MAP_FIXED, -1, 0);

    if (at != (long)address)
        bail_out("mmap at a fixed address: %ld", at);
    return address;
}

static void unmap(char *address, size_t nr_pages)
{
    if (raw(SYS_munmap, address, nr_pages * PAGE) != 0)
        bail_out("munmap");
}

/* A picture of nr pages: '-' no access, 'r' readable, 'w' writable. Writable pages must be
 * expendable. */
static const char *picture(char *address, size_t nr)
{
    static char text[64];

    for (size_t i = 0; i < nr; i++) {
        char *page = address + i * PAGE + PAGE - 8;

        text[i] = !can_read(page) ? '-' : can_write(page) ? 'w' : 'r';
    }
    text[nr] = '\0';
    return text;
}

static void check_refusals(void)
{
    char *page = fixed(FREE, 1, RW);

    is_long(map(NULL, 0, RW, PRIVATE, -1, 0), -EINVAL, "length 0");
    is_long(map(NULL, ~0UL, RW, PRIVATE, -1, 0), -ENOMEM, "a length that rounds up to 0");
    is_long(map(NULL, -PAGE, RW, PRIVATE, -1, 0), -ENOMEM, "a length near 2^64");
    is_long(map(NULL, 1UL << 63, PROT_NONE, PRIVATE | MAP_NORESERVE, -1, 0), -ENOMEM,
            "length 2^63");
    is_long(map(NULL, 1UL << 47, PROT_NONE, PRIVATE | MAP_NORESERVE, -1, 0), -ENOMEM,
            "all of user space");
    is_long(map(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), -EINVAL, "neither private nor shared");
    is_long(map(NULL, PAGE, RW, MAP_ANONYMOUS | 0x4, -1, 0), -EINVAL, "an unknown type");
    is_long(map(NULL, PAGE, RW, PRIVATE, -1, 1), -EINVAL, "an unaligned offset");
    is_long(map(NULL, PAGE, RW, MAP_PRIVATE, -1, 0), -EBADF, "no file");
    is_long(map(NULL, PAGE, RW, MAP_PRIVATE, 1000, 0), -EBADF, "a closed descriptor");
    is_long(map(FREE + 1, PAGE, RW, PRIVATE | MAP_FIXED, -1, 0), -EINVAL, "fixed and unaligned");
    is_long(map((void *)0x7ffffffff000, PAGE, RW, PRIVATE | MAP_FIXED, -1, 0), -ENOMEM,
            "fixed at the end of user space");
    is_long(map((void *)0x7fffffffe000, 2 * PAGE, RW, PRIVATE | MAP_FIXED, -1, 0), -ENOMEM,
            "fixed across the end of user space");
    is_long(map((void *)0xffff800000000000, PAGE, RW, PRIVATE | MAP_FIXED, -1, 0), -ENOMEM,
            "fixed in the kernel");
    is_long(map((void *)-PAGE, PAGE, RW, PRIVATE | MAP_FIXED, -1, 0), -ENOMEM,
            "fixed at the last page");
    is_long(map((void *)(1UL << 60), PAGE, RW, PRIVATE | MAP_FIXED, -1, 0), -ENOMEM,
            "fixed where no address can be");
    is_long(map(page, PAGE, RW, PRIVATE | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST,
            "fixed without replacing, but occupied");
    is_long(map(page - PAGE, 2 * PAGE, RW, PRIVATE | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST,
            "... in part");
    is_str(picture(page - PAGE, 3), "-w-", "nothing has changed by all that");
    unmap(page, 1);
}

static void check_placement(void)
{
    char *page = fixed(FREE, 1, RW);
    long other, low;

    is_long(map(FREE + 8 * PAGE, PAGE, RW, PRIVATE, -1, 0), (long)(FREE + 8 * PAGE),
            "a free hint is taken");
    is_long(map(FREE + 16 * PAGE + 0x123, PAGE, RW, PRIVATE, -1, 0), (long)(FREE + 16 * PAGE),
            "an unaligned hint is rounded down");
    other = map(page, PAGE, RW, PRIVATE, -1, 0);
    ok(other > 0 && other != (long)page, "an occupied hint gives another place");
    raw(SYS_munmap, other, PAGE);
    other = map((void *)0xffff800000000000, PAGE, RW, PRIVATE, -1, 0);
    ok(other > 0 && other < 0x7ffffffff000, "a hint in the kernel gives a place in user space");
    raw(SYS_munmap, other, PAGE);
    other = map((void *)0x7fffffffe000, 4 * PAGE, RW, PRIVATE, -1, 0);
    ok(other > 0 && other < 0x7ffffffff000, "so does one at the very end");
    raw(SYS_munmap, other, 4 * PAGE);
    low = map((void *)1, PAGE, RW, PRIVATE, -1, 0);
    ok(low >= 0x10000, "a hint near 0 is moved up");
    raw(SYS_munmap, low, PAGE);
    is_long(map(FREE + 32 * PAGE, PAGE, RW, PRIVATE | MAP_FIXED_NOREPLACE, -1, 0),
            (long)(FREE + 32 * PAGE), "a fixed free place is taken");
    is_long(map(FREE + 33 * PAGE, 100, RW, PRIVATE, 12345, 0), (long)(FREE + 33 * PAGE),
            "without a file the descriptor does not matter");
    is_str(picture(FREE + 31 * PAGE, 4), "-ww-", "a length of 100 gives one page");
    raw(SYS_munmap, FREE, 64 * PAGE);
    is_str(picture(FREE, 40), "----------------------------------------",
           "munmap over all and the holes");
}

static void check_replace(void)
{
    char *p = fixed(FREE, 5, RW);

    memset(p, 'o', 5 * PAGE);
    fixed(p + PAGE, 3, RW);
    is_long(p[PAGE], 0, "a mapping replaced by MAP_FIXED is zero");
    is_long(p[4 * PAGE - 1], 0, "... to its end");
    is_long(p[PAGE - 1], 'o', "the page before it stays");
    is_long(p[4 * PAGE], 'o', "the page after it stays");
    fixed(p + 2 * PAGE, 1, PROT_READ);
    is_str(picture(p - PAGE, 7), "-wwrww-", "a page in the middle with other rights");
    fixed(p - PAGE, 7, PROT_NONE);
    is_str(picture(p - PAGE, 7), "-------", "over several mappings and holes");
    fixed(p, 2, RW);
    is_str(picture(p - PAGE, 7), "-ww----", "and again");
    unmap(p - PAGE, 7);
}

static void check_munmap(void)
{
    char *p = fixed(FREE, 8, RW);

    is_long(raw(SYS_munmap, p + 1, PAGE), -EINVAL, "munmap of an unaligned address");
    is_long(raw(SYS_munmap, p, 0), -EINVAL, "munmap of length 0");
    is_long(raw(SYS_munmap, p, ~0UL), -EINVAL, "munmap of a length that rounds up to 0");
    is_long(raw(SYS_munmap, p, -PAGE), -EINVAL, "munmap of a length that wraps");
    is_long(raw(SYS_munmap, p, 1UL << 47), -EINVAL, "munmap across the end of user space");
    is_long(raw(SYS_munmap, 0x7ffffffff000, PAGE), -EINVAL, "munmap beyond user space");
    is_long(raw(SYS_munmap, 0xffff800000000000, PAGE), -EINVAL, "munmap in the kernel");
    is_str(picture(p - PAGE, 10), "-wwwwwwww-", "nothing has changed by all that");
    memset(p, 'm', 8 * PAGE);
    unmap(p + 3 * PAGE, 2);
    is_str(picture(p - PAGE, 10), "-www--www-", "munmap in the middle splits");
    is_long(p[3 * PAGE - 9] + p[5 * PAGE], 2 * 'm', "both sides keep their contents");
    is_long(raw(SYS_munmap, p + 3 * PAGE, 2 * PAGE), 0, "munmap of a hole is no mistake");
    is_long(raw(SYS_munmap, p + 2 * PAGE, PAGE + 1), 0, "a length is rounded up");
    is_str(picture(p - PAGE, 10), "-ww---www-", "... a page");
    is_long(raw(SYS_munmap, p + PAGE, 5 * PAGE), 0,
            "from within one mapping over a hole into another");
    is_str(picture(p - PAGE, 10), "-w-----ww-", "... cuts both");
    unmap(p - PAGE, 10);
    fixed(p, 1, RW);
    is_long(p[0], 0, "what is mapped anew is zero");
    unmap(p, 1);
}

static void check_mprotect(void)
{
    char *p = fixed(FREE, 8, RW);

    memset(p, 'p', 8 * PAGE);
    is_long(raw(SYS_mprotect, p + 1, PAGE, PROT_READ), -EINVAL, "mprotect of an unaligned address");
    is_long(raw(SYS_mprotect, p, 0, PROT_READ), 0, "mprotect of length 0 does nothing");
    is_long(raw(SYS_mprotect, FREE - PAGE, 0, PROT_READ), 0, "... not even look");
    is_long(raw(SYS_mprotect, p, -PAGE, PROT_READ), -ENOMEM, "mprotect of a length that wraps");
    is_long(raw(SYS_mprotect, p, PAGE, 0x40), -EINVAL, "mprotect with an unknown bit");
    is_long(raw(SYS_mprotect, p, PAGE, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP), -EINVAL,
            "mprotect growing both ways");
    is_long(raw(SYS_mprotect, FREE - PAGE, 2 * PAGE, PROT_READ), -ENOMEM,
            "mprotect that begins in a hole");
    is_long(raw(SYS_mprotect, 0xffff800000000000, PAGE, PROT_READ), -ENOMEM,
            "mprotect in the kernel");
    is_str(picture(p - PAGE, 10), "-wwwwwwww-", "nothing has changed by all that");

    memset(p, 'p', 8 * PAGE);
    is_long(raw(SYS_mprotect, p + 2 * PAGE, 3 * PAGE, PROT_READ), 0,
            "mprotect to read-only in the middle");
    is_str(picture(p, 8), "wwrrrwww", "... splits");
    is_long(p[2 * PAGE] + p[5 * PAGE - 1], 2 * 'p', "... and keeps the contents");
    is_long(raw(SYS_mprotect, p + 3 * PAGE, 1, PROT_NONE), 0, "a length is rounded up");
    is_str(picture(p, 8), "wwr-rwww", "no access to one page");
    is_long(raw(SYS_mprotect, p, 8 * PAGE, RW), 0, "mprotect over all of them");
    is_str(picture(p, 8), "wwwwwwww", "... makes all writable again");
    is_long(p[3 * PAGE], 'p', "what had no access kept its contents");
    unmap(p + 5 * PAGE, 1);
    is_long(raw(SYS_mprotect, p + 3 * PAGE, 5 * PAGE, PROT_READ), -ENOMEM, "mprotect into a hole");
    is_str(picture(p, 8), "wwwrr-ww", "... changes what lies before it, and nothing behind");
    is_long(raw(SYS_mprotect, p, PAGE, PROT_WRITE), 0, "write-only");
    is_str(picture(p, 1), "w", "... can be read on this processor");
    unmap(p, 8);
}

static void check_untouched(void)
{
    char *p = fixed(FREE, 4, PROT_NONE);

    is_str(picture(p, 4), "----", "PROT_NONE gives no access");
    is_long(raw(SYS_mprotect, p, 2 * PAGE, PROT_READ), 0, "made readable");
    is_long(p[0] + p[2 * PAGE - 1], 0, "... it reads as zero");
    is_long(raw(SYS_mprotect, p, 4 * PAGE, RW), 0, "made writable");
    p[0] = p[3 * PAGE] = 'u';
    is_long(raw(SYS_mprotect, p, 4 * PAGE, PROT_READ), 0, "made read-only");
    is_str(picture(p, 4), "rrrr", "... no page can be written");
    is_long(p[0] + p[PAGE] + p[3 * PAGE], 2 * 'u', "... and all is as written");
    unmap(p, 4);
}

/* Many small mappings, every second taken away, then the rest: the order of areas is put to the
 * test. */
static void check_many(void)
{
    size_t wrong = 0, nr = 512;

    for (size_t i = 0; i < nr; i++)
        fixed(FREE + (i * 197 % nr) * PAGE, 1, i % 3 ? RW : PROT_READ);
    for (size_t i = 0; i < nr; i++)
        wrong += !can_read(FREE + i * PAGE);
    is_long(wrong, 0, "512 mappings in mixed order are all there");
    for (size_t i = 1; i < nr; i += 2)
        unmap(FREE + i * PAGE, 1);
    for (size_t i = 0; i < nr; i++)
        wrong += can_read(FREE + i * PAGE) != (i % 2 == 0);
    is_long(wrong, 0, "every second is gone, and no other");
    is_long(raw(SYS_mprotect, FREE, nr * PAGE, PROT_NONE), -ENOMEM,
            "mprotect stops at the first hole");
    is_str(picture(FREE, 4), "--w-", "... after the first page");
    unmap(FREE, nr);
    for (size_t i = 0; i < nr; i++)
        wrong += can_read(FREE + i * PAGE);
    is_long(wrong, 0, "one munmap takes all the rest");
}

static void check_large(void)
{
    unsigned long len = 1UL << 44;
    char *p = mmap(NULL, len, PROT_NONE, PRIVATE | MAP_NORESERVE, -1, 0);

    ok(p != MAP_FAILED, "16 TiB can be reserved");
    is_long(raw(SYS_mprotect, p + len / 2, PAGE, RW), 0, "a page in the middle made writable");
    ok(can_write(p + len / 2), "... is there");
    is_long(raw(SYS_munmap, p, len), 0, "and all of it unmapped");
}

int main(void)
{
    check_refusals();
    check_placement();
    check_replace();
    check_munmap();
    check_mprotect();
    check_untouched();
    check_many();
    check_large();
    return done_testing();
}
