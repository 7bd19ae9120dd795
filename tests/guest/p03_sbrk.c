/*
 * tests/guest/p03_sbrk.c - P3: sbrk returns the previous break, and the current one for 0
 */
#include <stdint.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

extern char end;

static char *base; /* the break at the start of the test, page aligned */

static void refused(intptr_t increment, const char *what)
{
    char *before = sbrk(0);

    errno = 0;
    is_ptr(sbrk(increment), -1, "sbrk(%s) fails", what);
    is_errno(ENOMEM, "... with ENOMEM");
    is_ptr(sbrk(0), before, "... and changes nothing");
    is_long(raw(SYS_brk, 0), (long)before, "... in the kernel neither");
}

static void check_growth(void)
{
    is_ptr(sbrk(0), base, "sbrk(0) asks");
    is_ptr(sbrk(0), base, "... and changes nothing");
    is_ptr(sbrk(10), base, "sbrk returns the previous break");
    is_ptr(sbrk(0), base + 10, "the break has moved by the bytes asked for");
    is_ptr(sbrk(-4), base + 10, "a negative increment too returns the previous break");
    is_ptr(sbrk(0), base + 6, "... and moves it down");
    is_ptr(sbrk((intptr_t)PAGE), base + 6, "more than a page");
    ok(can_write(base + PAGE), "... is there");
    is_ptr(sbrk(-(intptr_t)PAGE - 6), base + PAGE + 6, "all of it can be given back");
    ok(!can_read(base), "... and is gone");
}

static void check_many(void)
{
    size_t wrong = 0;

    for (int i = 0; i < 1000; i++) {
        char *p = sbrk(1000);

        wrong += p != base + 1000 * i;
        *p = (char)i;
    }
    is_long(wrong, 0, "1000 small steps follow one another");
    for (int i = 0; i < 1000; i++)
        wrong += base[1000 * i] != (char)i;
    is_long(wrong, 0, "... and keep their contents");
    is_ptr(sbrk(-1000 * 1000), base + 1000 * 1000, "one step goes back");
    is_ptr(sbrk(0), base, "... to the start");
}

static void check_refusals(void)
{
    intptr_t heap_start = (intptr_t)(((unsigned long)&end + PAGE - 1) & ~(PAGE - 1));

    sbrk(100);
    refused(heap_start - 1 - (intptr_t)sbrk(0), "one byte below the start of the heap");
    refused(-(intptr_t)base, "-break");
    refused(-(intptr_t)base - 200, "below address 0");
    refused(INTPTR_MIN, "INTPTR_MIN");
    refused(INTPTR_MIN + 1, "-INTPTR_MAX");
    refused(INTPTR_MAX, "INTPTR_MAX");
    refused(INTPTR_MAX - (intptr_t)base, "up to the middle of all addresses");
    refused((intptr_t)1 << 47, "128 TiB");
    is_ptr(sbrk(-100), base + 100, "the heap still works");
}

int main(void)
{
    diag("what stdio takes from the heap, it has taken now");
    sbrk((intptr_t)(-(unsigned long)sbrk(0) % PAGE));
    base = sbrk(0);
    check_growth();
    check_many();
    check_refusals();
    is_ptr(sbrk(0), base, "the heap ends as it began");
    return done_testing();
}
