/*
 * tests/guest/libc_malloc.c - the malloc family: C's and POSIX's rules, and a long random run
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

/* A size that the compiler knows nothing of. */
static size_t opaque(size_t size)
{
    __asm__ volatile("" : "+r"(size));
    return size;
}

/* A block that the compiler must not leave out. */
static void *keep(void *block)
{
    __asm__ volatile("" : "+r"(block));
    return block;
}

static int is_aligned(const void *block, size_t align)
{
    return block != NULL && (uintptr_t)block % align == 0;
}

static void test_zero(void)
{
    void *a = malloc(opaque(0)), *b = malloc(opaque(0)), *c = calloc(opaque(0), 8);
    void *d = realloc(NULL, opaque(0)), *e = aligned_alloc(64, opaque(0));

    ok(a && b && c && d && e && a != b && b != c && c != d && d != e && a != e,
       "size 0 gives different pointers");
    void *f = realloc(a, opaque(0));
    ok(f != NULL && f != b, "realloc to size 0 gives a block too");
    free(f);
    free(b);
    free(c);
    free(d);
    free(e);
    free(NULL);
    is_long(malloc_usable_size(NULL), 0, "malloc_usable_size(NULL) is 0");
}

static void test_alignment(void)
{
    void *block = NULL;
    int good = 1;

    errno = 0;
    ok(keep(aligned_alloc(opaque(24), 100)) == NULL, "aligned_alloc with an alignment of 24");
    is_errno(EINVAL, "... is EINVAL");
    errno = 0;
    ok(keep(aligned_alloc(opaque(0), 100)) == NULL, "aligned_alloc with an alignment of 0");
    is_errno(EINVAL, "... is EINVAL");
    errno = 0;
    is_long(posix_memalign(&block, opaque(4), 100), EINVAL,
            "posix_memalign wants a pointer's size");
    is_long(posix_memalign(&block, opaque(48), 100), EINVAL, "and a power of two");
    is_long(posix_memalign(&block, 64, opaque(SIZE_MAX - 10)), ENOMEM, "and memory");
    ok(block == NULL && errno == 0, "failing, it touches neither the pointer nor errno");
    for (size_t align = 8; align <= (size_t)1 << 20; align *= 2) {
        void *first = NULL, *second = aligned_alloc(align, 100), *third = memalign(align, 5000);
        good = good && posix_memalign(&first, align, 1000) == 0 && is_aligned(first, align) &&
               is_aligned(second, align) && is_aligned(third, align);
        memset(first, 1, 1000);
        memset(second, 2, 100);
        memset(third, 3, 5000);
        free(first);
        free(second);
        free(third);
    }
    ok(good, "alignments from 8 bytes to 1 MiB");
    void *v = valloc(10), *p = pvalloc(4097);
    ok(is_aligned(v, 4096) && is_aligned(p, 4096) && malloc_usable_size(p) >= 8192,
       "valloc and pvalloc give pages");
    free(v);
    free(p);
    good = 1;
    for (size_t size = 0; size < 5000; size += 3) {
        void *small = malloc(size);
        good = good && is_aligned(small, 16) && malloc_usable_size(small) >= size;
        free(small);
    }
    ok(good, "every block of malloc is aligned to 16");
}

static void test_calloc(void)
{
    int good = 1;

    for (size_t size = 1; size < 1000000; size = size * 3 + 1) {
        char *dirty = malloc(size);
        memset(dirty, 0xee, size);
        free(dirty);
        char *block = calloc(1, size);
        for (size_t i = 0; i < size; i++)
            good = good && block[i] == 0;
        free(block);
    }
    ok(good, "calloc clears, also what was used before");
}

static void test_realloc(void)
{
    unsigned char *block = NULL;
    size_t old = 0;
    int good = 1;

    for (size_t size = 1; size < 3000000; size = size * 4 / 3 + 1) {
        block = realloc(block, size);
        for (size_t i = 0; good && i < old; i++)
            good = block[i] == (unsigned char)i;
        for (size_t i = old; i < size; i++)
            block[i] = (unsigned char)i;
        old = size;
    }
    ok(good, "realloc keeps the content while a block grows to 3 MB");
    for (size_t size = old; size > 0; size = size * 2 / 3) {
        block = realloc(block, size);
        for (size_t i = 0; good && i < size; i++)
            good = block[i] == (unsigned char)i;
    }
    ok(good, "and while it shrinks");
    free(block);
    block = reallocarray(NULL, 100, 10);
    ok(block && malloc_usable_size(block) >= 1000, "reallocarray multiplies");
    errno = 0;
    ok(reallocarray(block, opaque(SIZE_MAX / 2), 3) == NULL, "reallocarray that overflows is NULL");
    is_errno(ENOMEM, "... with ENOMEM");
    free(block);
}

static void test_errno(void)
{
    void *small = keep(malloc(10)), *mapped = keep(malloc(1 << 20)), *pages = keep(malloc(50000));

    errno = 4711;
    free(small);
    free(mapped);
    free(pages);
    free(NULL);
    is_errno(4711, "free leaves errno alone");
    small = keep(malloc(10));
    mapped = keep(malloc(1 << 20));
    mapped = keep(realloc(mapped, 3 << 20));
    is_errno(4711, "so do malloc and realloc that succeed");
    free(small);
    free(mapped);
}

static void test_figures(void)
{
    struct mallinfo2 before = mallinfo2();
    void *small = keep(malloc(1000)), *mapped = keep(malloc((size_t)40 << 20));
    struct mallinfo2 with = mallinfo2();

    ok(with.uordblks >= before.uordblks + 1000 && with.hblks == before.hblks + 1 &&
           with.hblkhd >= before.hblkhd + (40 << 20) && with.arena >= with.uordblks,
       "mallinfo2 counts what is in use");
    free(small);
    free(mapped);
    struct mallinfo2 after = mallinfo2();
    ok(after.uordblks == before.uordblks && after.hblkhd == before.hblkhd, "and what is not");
    errno = 0;
    is_long(malloc_info(1, stdout), -1, "malloc_info with an option fails");
    is_errno(EINVAL, "... with EINVAL");
}

static void test_alien_break(void)
{
    char *blocks[100], *alien[10];
    int good = 1;

    for (int i = 0; i < 100; i++) {
        if (i % 10 == 0) {
            alien[i / 10] = sbrk(100);
            memset(alien[i / 10], 0x5a, 100);
        }
        blocks[i] = malloc(20000);
        memset(blocks[i], i, 20000);
    }
    for (int i = 0; i < 10; i++)
        for (int k = 0; k < 100; k++)
            good = good && alien[i][k] == 0x5a;
    for (int i = 0; i < 100; i++)
        good = good && blocks[i][0] == i && blocks[i][19999] == i;
    ok(good, "a program that calls sbrk itself keeps its bytes, and malloc its own");
    for (int i = 0; i < 100; i++)
        free(blocks[i]);
}

static unsigned next_random(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 32);
}

static void test_random(void)
{
    enum { NR = 1000, STEPS = 200000 };
    static unsigned char *blocks[NR];
    static size_t sizes[NR];
    int good = 1;

    for (int step = 0; step < STEPS && good; step++) {
        unsigned i = next_random() % NR;
        size_t size = next_random() % (1u << (4 + next_random() % 14));
        if (blocks[i] && sizes[i])
            good = blocks[i][0] == (unsigned char)i && blocks[i][sizes[i] - 1] == (unsigned char)i;
        if (blocks[i] && next_random() % 4) {
            free(blocks[i]);
            blocks[i] = NULL;
            continue;
        }
        blocks[i] = realloc(blocks[i], size);
        sizes[i] = size;
        if (size) {
            blocks[i][0] = (unsigned char)i;
            blocks[i][size - 1] = (unsigned char)i;
        }
    }
    ok(good, "%d random operations on %d blocks", STEPS, NR);
    for (int i = 0; i < NR; i++)
        free(blocks[i]);
}

int main(void)
{
    test_zero();
    test_alignment();
    test_calloc();
    test_realloc();
    test_errno();
    test_figures();
    test_random();
    test_alien_break();
    return done_testing();
}
