/*
 * tests/guest/p02_brk.c - P2: brk moves the break, in whole pages of memory; a refusal changes
 * nothing
 */
#include <sys/mman.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

extern char end;

static char *base; /* the break at the start of the test, page aligned */

static char *raw_brk(const volatile void *address)
{
    return (char *)raw(SYS_brk, address);
}

/* The raw call answers a refusal with the break as it is. */
static void refused(unsigned long address, const char *what)
{
    char *before = sbrk(0);

    is_ptr(raw_brk((void *)address), before, "brk %s answers the present break", what);
    is_long(brk((void *)address), -1, "brk %s fails", what);
    is_errno(ENOMEM, "... with ENOMEM");
    is_ptr(raw_brk(NULL), before, "... and changes nothing");
}

static void check_moves(void)
{
    is_ptr(raw_brk(NULL), base, "brk(0) asks");
    is_ptr(raw_brk(base + 1), base + 1, "the break need not be page aligned");
    ok(can_write(base + PAGE - 8), "the whole page can be used");
    ok(!can_read(base + PAGE), "the next one cannot");
    is_ptr(raw_brk(base + PAGE), base + PAGE, "the break goes to the end of the page");
    ok(!can_read(base + PAGE), "... which gives no further page");
    is_long(brk(base + PAGE + 1), 0, "libc's brk answers 0");
    is_ptr(sbrk(0), base + PAGE + 1, "... and sbrk(0) sees it");
    ok(can_write(base + PAGE), "one byte more gives a page more");
    is_ptr(raw_brk(base + 100 * PAGE), base + 100 * PAGE, "many pages at once");
    ok(can_write(base + 99 * PAGE) && can_write(base + 50 * PAGE), "... all of them there");
    is_ptr(raw_brk(base), base, "the break goes back to the start");
    ok(!can_read(base) && !can_read(base + 99 * PAGE), "no page is left");
}

static void check_contents(void)
{
    raw_brk(base + 3 * PAGE);
    memset(base, 'x', 3 * PAGE);
    raw_brk(base + PAGE + 100);
    raw_brk(base + 3 * PAGE);
    is_long(base[0], 'x', "what lies below the break stays");
    is_long(base[PAGE + 50], 'x', "... in the break's own page too");
    is_long(base[PAGE + 200], 'x', "the rest of the break's page is not cleared");
    is_long(base[2 * PAGE], 0, "a page given back and taken again is zero");
    is_long(base[3 * PAGE - 1], 0, "... to its end");
    raw_brk(base);
    raw_brk(base + PAGE);
    is_long(base[0], 0, "so is the first page");
    raw_brk(base);
}

static void check_refusals(void)
{
    unsigned long start = ((unsigned long)&end + PAGE - 1) & ~(PAGE - 1);

    raw_brk(base + PAGE + 5);
    refused(start - 1, "one byte below the start of the heap");
    refused(1, "near 0");
    refused(~0UL, "-1");
    refused(~0UL - PAGE, "near -1");
    refused(~0UL - (unsigned long)base, "-base");
    refused(0x7ffffffff000, "at the end of user space");
    refused(0x800000000000, "beyond user space");
    refused(0xffff800000000000, "in the kernel");
    refused(0x8000000000000000, "not canonical");
    ok(can_write(base), "the heap is still there");
    raw_brk(base);
}

/* Linux keeps one page free between the heap and what follows. */
static void check_neighbour(void)
{
    char *wall = base + 64 * PAGE;
    char *map = mmap(wall, PAGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    is_ptr(map, wall, "a mapping can be placed above the heap");
    map[0] = 'm';
    refused((unsigned long)wall + 1, "into a mapping");
    refused((unsigned long)wall + 10 * PAGE, "over a mapping");
    refused((unsigned long)wall, "up to a mapping");
    is_ptr(raw_brk(wall - PAGE), wall - PAGE, "up to one page before it the heap grows");
    is_long(map[0], 'm', "the mapping is untouched");
    munmap(map, PAGE);
    is_ptr(raw_brk(wall + PAGE), wall + PAGE, "without the mapping the heap goes on");
    is_long(wall[0], 0, "... with zeros where the mapping was");
    raw_brk(base);
}

/* Others may unmap a part of the heap; the break is only a number. */
static void check_hole(void)
{
    raw_brk(base + 4 * PAGE);
    is_long(munmap(base + PAGE, PAGE), 0, "a page of the heap can be unmapped");
    ok(can_write(base) && !can_read(base + PAGE) && can_write(base + 2 * PAGE), "... and no other");
    is_ptr(raw_brk(NULL), base + 4 * PAGE, "the break does not move");
    is_ptr(raw_brk(base + 5 * PAGE), base + 5 * PAGE, "and can grow");
    is_ptr(raw_brk(base), base, "shrinking over the hole works");
    ok(!can_read(base) && !can_read(base + 4 * PAGE), "... and leaves nothing");
}

int main(void)
{
    diag("the heap's first move is stdio's own, if it makes one");
    sbrk((intptr_t)(-(unsigned long)sbrk(0) % PAGE));
    base = sbrk(0);
    check_moves();
    check_contents();
    check_refusals();
    check_neighbour();
    check_hole();
    is_ptr(sbrk(0), base, "the heap ends as it began");
    return done_testing();
}
