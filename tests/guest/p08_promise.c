/* mem: 64M */
/* kargs: overcommit=never */
/*
 * tests/guest/p08_promise.c - P8: what cannot be kept is refused up front, and changes nothing
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define GIB (1UL << 30)

static void check_too_much(void)
{
    char *before = sbrk(0);

    errno = 0;
    is_ptr(malloc(GIB), 0, "malloc of 1 GiB is NULL");
    is_errno(ENOMEM, "... with ENOMEM");
    errno = 0;
    is_ptr(calloc(1024, GIB / 1024), 0, "calloc of 1 GiB is NULL");
    is_errno(ENOMEM, "... with ENOMEM");
    is_ptr(mmap(NULL, GIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), MAP_FAILED,
           "mmap of 1 GiB fails");
    is_errno(ENOMEM, "... with ENOMEM");
    is_ptr(sbrk((intptr_t)GIB), -1, "sbrk of 1 GiB fails");
    is_errno(ENOMEM, "... with ENOMEM");
    is_ptr(sbrk(0), before, "... and the break is where it was");
    is_ptr(malloc((size_t)launder(SIZE_MAX - 10)), 0, "malloc near SIZE_MAX is NULL");
    is_ptr(calloc((size_t)launder(SIZE_MAX / 2), 3), 0, "calloc that overflows is NULL");
}

/* A reservation promises nothing; making it writable does. */
static void check_reservation(void)
{
    char *map = mmap(NULL, GIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ok(map != MAP_FAILED, "1 GiB without access can be had");
    is_long(mprotect(map, GIB, PROT_READ | PROT_WRITE), -1, "but not be made writable");
    is_errno(ENOMEM, "... ENOMEM");
    ok(!can_read(map), "... and is as it was");
    is_long(mprotect(map, PAGE, PROT_READ | PROT_WRITE), 0, "a page of it can");
    ok(can_write(map), "... and is there");
    munmap(map, GIB);
}

int main(void)
{
    check_too_much();
    check_reservation();
    return done_testing();
}
