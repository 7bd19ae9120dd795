/*
 * tests/guest/p05_malloc.c - P5: small requests come from the break, large ones from mmap
 *
 * A block below the threshold lies between where the break was when the program began and where it
 * is now; one at the threshold or above does not, and is unmapped by free at once. Whether memory
 * is mapped is seen without touching it: open() of an address that is not mapped fails with EFAULT.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

#define THRESHOLD ((size_t)128 * 1024)

/* A size, a block that the compiler knows nothing of: it would leave out what seems to have no
 * effect. */
static size_t opaque(size_t size)
{
    __asm__ volatile("" : "+r"(size));
    return size;
}

static void *keep(void *block)
{
    __asm__ volatile("" : "+r"(block));
    return block;
}

static uintptr_t heap_start;

static int in_heap(const void *block)
{
    return (uintptr_t)block >= heap_start && (uintptr_t)block < (uintptr_t)sbrk(0);
}

static size_t heap_len(void)
{
    return (uintptr_t)sbrk(0) - heap_start;
}

/* Whether a byte, which holds 0 if it is mapped, is mapped. */
static int is_mapped(const char *byte)
{
    int fd = open(byte, O_RDONLY);

    if (fd >= 0)
        close(fd);
    return fd >= 0 || errno != EFAULT;
}

static void test_sides(void)
{
    static const size_t sizes[] = {1, 16, 100, 1000, 4096, 10000, 65536, 100000, THRESHOLD - 1};
    void *blocks[sizeof(sizes) / sizeof(*sizes)];
    int inside = 1;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        blocks[i] = malloc(sizes[i]);
        inside = inside && in_heap(blocks[i]);
        memset(blocks[i], 0x11, sizes[i]);
    }
    ok(inside, "blocks of 1 to 128 KiB - 1 lie in the heap");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        free(blocks[i]);
    size_t len = heap_len();
    char *block = malloc(THRESHOLD);
    ok(block && !in_heap(block) && heap_len() == len,
       "a block of 128 KiB does not, the break stays");
    char *large = malloc((size_t)4 << 20);
    ok(large && !in_heap(large), "nor does one of 4 MiB");
    if (!block || !large)
        bail_out("no memory");
    memset(block, 0, THRESHOLD);
    ok(is_mapped(block) && is_mapped(block + THRESHOLD - 1) && is_mapped(large), "both are mapped");
    free(keep(large));
    ok(!is_mapped(large) && !is_mapped(large + (2 << 20)), "free unmaps a large block at once");
    free(keep(block));
    ok(!is_mapped(block), "and the block of 128 KiB");
}

static void test_adapt(void)
{
    char *block = malloc((size_t)1 << 20);

    ok(in_heap(block), "the threshold has risen above 1 MiB: 4 MiB were freed");
    free(block);
    block = malloc((size_t)5 << 20);
    ok(block && !in_heap(block), "5 MiB are still mapped");
    free(block);
    block = malloc((size_t)40 << 20);
    free(keep(block));
    char *again = malloc((size_t)33 << 20);
    ok(again && !in_heap(again), "it does not rise above 32 MiB");
    free(again);
}

static void test_mallopt(void)
{
    is_long(mallopt(M_MMAP_THRESHOLD, (int)THRESHOLD), 1, "mallopt sets the threshold");
    for (int i = 0; i < 3; i++) {
        char *block = malloc(THRESHOLD);
        char *below = malloc(THRESHOLD - 1);
        ok(block && !in_heap(block) && in_heap(below), "it stays as set (%d)", i);
        free(block);
        free(below);
    }
    is_long(mallopt(M_MMAP_THRESHOLD, 64 << 20), 0, "a threshold of 64 MiB is refused");
    is_long(mallopt(12345, 1), 0, "an unknown option is refused");
    is_long(mallopt(M_MMAP_MAX, 0), 1, "mallopt sets the number of mapped blocks");
    char *block = malloc((size_t)1 << 20);
    ok(in_heap(block), "with 0 of them 1 MiB comes from the heap");
    free(block);
    is_long(mallopt(M_MMAP_MAX, 65536), 1, "and it is set back");
}

static void test_trim(void)
{
    enum { NR = 3000 };
    static char *blocks[NR];

    mallopt(M_TRIM_THRESHOLD, (int)THRESHOLD);
    malloc_trim(0);
    size_t before = heap_len();
    for (int i = 0; i < NR; i++) {
        blocks[i] = malloc(1000);
        memset(blocks[i], i, 1000);
    }
    ok(heap_len() >= before + 2900000, "3,000 blocks of 1,000 bytes raise the break");
    for (int i = 0; i < NR; i += 2)
        free(blocks[i]);
    size_t len = heap_len();
    char *reused = malloc(1000);
    ok(heap_len() == len && in_heap(reused), "what was freed is used again");
    free(reused);
    for (int i = 1; i < NR; i += 2)
        free(blocks[i]);
    ok(heap_len() <= before + 2 * THRESHOLD, "free lowers the break again");
    malloc_trim(0);
    ok(heap_len() <= before + 65536, "malloc_trim(0) lowers it to where it was, but for 64 KiB");
    is_long(malloc_trim(0), 0, "a second malloc_trim has nothing to give back");
}

static void test_refused(void)
{
    errno = 0;
    ok(keep(malloc(opaque(SIZE_MAX))) == NULL, "malloc(SIZE_MAX) is NULL");
    is_errno(ENOMEM, "... with ENOMEM");
    errno = 0;
    ok(keep(malloc(opaque(SIZE_MAX - 10))) == NULL, "malloc(SIZE_MAX - 10) is NULL");
    is_errno(ENOMEM, "... with ENOMEM");
    errno = 0;
    ok(keep(malloc(opaque((size_t)PTRDIFF_MAX + 1))) == NULL, "malloc(PTRDIFF_MAX + 1) is NULL");
    is_errno(ENOMEM, "... with ENOMEM");
    errno = 0;
    ok(keep(calloc(opaque(SIZE_MAX / 2), 3)) == NULL, "calloc(SIZE_MAX / 2, 3) is NULL");
    is_errno(ENOMEM, "... with ENOMEM");
    errno = 0;
    ok(keep(calloc(opaque((size_t)1 << 32), opaque((size_t)1 << 32))) == NULL,
       "calloc(1 << 32, 1 << 32) is NULL");
    is_errno(ENOMEM, "... with ENOMEM");
    char *block = malloc(100);
    memset(block, 7, 100);
    errno = 0;
    ok(realloc(keep(block), opaque(SIZE_MAX - 10)) == NULL, "realloc to SIZE_MAX - 10 is NULL");
    is_errno(ENOMEM, "... with ENOMEM");
    block = keep(block);
    ok(block[0] == 7 && block[99] == 7, "and the block is as it was");
    free(block);
}

int main(void)
{
    heap_start = (uintptr_t)sbrk(0);
    test_sides();
    test_adapt();
    test_mallopt();
    test_trim();
    test_refused();
    return done_testing();
}
