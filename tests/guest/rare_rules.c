/*
 * tests/guest/rare_rules.c - rules of Linux that few programs meet, each found by a random sequence of
 * calls in which Loam did something else
 */
#include "memory.h"

static sigjmp_buf landing;

static void land(int sig)
{
    (void)sig;
    siglongjmp(landing, 1);
}

/* A jump to address, where nothing can be run, ends in SIGSEGV. */
static void run_at(char *address)
{
    signal(SIGSEGV, land);
    if (sigsetjmp(landing, 1) == 0) {
        void (*function)(void);

        memcpy(&function, &address, sizeof(function));
        function();
    }
    signal(SIGSEGV, SIG_DFL);
}

static void check_populating_protect(void)
{
    char *p = map_at(FREE, 4, PROT_READ, ANON, -1, 0);

    is_long(raw(SYS_mlock2, p, 4 * PAGE, MLOCK_ONFAULT), 0, "pages are locked on fault");
    is_long(raw(SYS_mprotect, p, 2 * PAGE, RW), 0, "mprotect lets them be written");
    is_str(resident(p, 4), "....", "... and brings none");
    unmap(p, 4);

    p = map_at(FREE, 4, PROT_READ, ANON, -1, 0);
    is_long(raw(SYS_mlock, p, 4 * PAGE), 0, "pages are locked");
    is_long(raw(SYS_madvise, p, 4 * PAGE, MADV_DONTNEED_LOCKED), 0, "... and dropped");
    is_long(raw(SYS_mprotect, p + PAGE, 2 * PAGE, RW), 0, "mprotect lets two of them be written");
    is_str(resident(p, 4), ".xx.", "... and brings these");
    unmap(p, 4);

    p = map_at(FREE, 4, PROT_NONE, ANON | MAP_GROWSDOWN, -1, 0);
    is_long(raw(SYS_mlock, p, 4 * PAGE), -ENOMEM, "a stack without rights is locked");
    is_long(raw(SYS_mprotect, p + 2 * PAGE, 2 * PAGE, RW), 0, "mprotect lets it be written");
    is_str(resident(p, 4), "..xx", "... and brings it");
    unmap(p, 4);

    p = map_at(FREE, 4, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    is_long(raw(SYS_mlock, p, 4 * PAGE), -ENOMEM, "shared pages without rights are locked");
    is_long(raw(SYS_mprotect, p, 4 * PAGE, RW), 0, "mprotect lets them be written");
    is_str(resident(p, 4), "....", "... and brings none");
    unmap(p, 4);
}

static void check_locked_break(void)
{
    char *start = (char *)raw(SYS_brk, 0), *page;

    raw(SYS_brk, start + 3 * PAGE / 2);
    page = (char *)((raw(SYS_brk, 0) - 1) & -(long)PAGE);
    is_long(raw(SYS_madvise, page, PAGE, MADV_DONTNEED), 0, "the page of the break is dropped");
    is_long(raw(SYS_mlockall, MCL_FUTURE), 0, "MCL_FUTURE");
    raw(SYS_brk, page + 3 * PAGE);
    is_str(resident(page, 3), ".xx", "a break that moves up brings the pages it adds, no other");
    raw(SYS_munlockall);
    is_long(raw(SYS_munmap, page, 3 * PAGE), 0, "the top of the heap is unmapped");
    is_long(raw(SYS_brk, page + PAGE), (long)page + 3 * (long)PAGE,
            "the break does not move down over nothing");
    is_long(raw(SYS_brk, page - PAGE), (long)page - (long)PAGE, "... but down to what is there");
    raw(SYS_brk, start);
}

static void check_low_places(void)
{
    char *first = (char *)map(NULL, PAGE, PROT_NONE, ANON | MAP_32BIT, -1, 0);
    char *second = (char *)map(NULL, 2 * PAGE, PROT_NONE, ANON | MAP_32BIT, -1, 0);

    is_long((long)first, 0x40000000, "MAP_32BIT starts at 1 GiB");
    is_long((long)second, (long)first + (long)PAGE, "... and goes upwards");
    unmap(first, 3);
}

static void check_stacks_side_by_side(void)
{
    char *high = FREE + 8 * PAGE;

    map_at(FREE, 1, RW, ANON | MAP_GROWSDOWN, -1, 0);
    map_at(high, 1, RW, ANON | MAP_GROWSDOWN, -1, 0);
    *(volatile char *)(high - PAGE) = 1;
    is_str(resident(high - 2 * PAGE, 3), "-x.", "a stack grows near another stack");
    unmap(FREE, 9);
    map_at(FREE, 1, RW, ANON, -1, 0);
    map_at(high, 1, RW, ANON | MAP_GROWSDOWN, -1, 0);
    ok(!can_write(launder((uintptr_t)high - PAGE)), "... but not near other memory");
    unmap(FREE, 9);
}

static void check_bringing(void)
{
    char *p = fixed(FREE, 3, PROT_WRITE);

    is_long(raw(SYS_madvise, p, PAGE, MADV_POPULATE_READ), -EINVAL,
            "MADV_POPULATE_READ of memory to be written only");
    is_long(raw(SYS_madvise, p, PAGE, MADV_POPULATE_WRITE), 0, "... MADV_POPULATE_WRITE");
    is_str(resident(p, 3), "x..", "... brings the page");
    run_at(p + PAGE);
    is_str(resident(p, 3), "xx.", "a page that cannot be run is there after the attempt");
    unmap(p, 3);
}

int main(void)
{
    check_populating_protect();
    check_locked_break();
    check_low_places();
    check_stacks_side_by_side();
    check_bringing();
    return done_testing();
}
