/*
 * bench/malloc/worst.c - what the dearest single malloc or free of a small block takes, its page source aside
 *
 * The source is a window of memory that has been touched before, and does next to nothing. Calls are timed
 * by the time stamp counter, which under QEMU's -icount shift=0 counts instructions.
 */
#include "../../../libc/malloc/heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define WINDOW    ((size_t)64 << 20)
#define NR_BLOCKS 40000

static char *window, *tables;
static size_t len;
static void *blocks[NR_BLOCKS];
static unsigned long state = 1;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005ul + 1442695040888963407ul;
    return (unsigned)((state >> 32) * below >> 32);
}

static void *extend(void *ctx, size_t by)
{
    (void)ctx;
    if (by > WINDOW - len)
        return NULL;
    len += by;
    return window + len - by;
}

static int shrink(void *ctx, void *end, size_t by)
{
    (void)ctx;
    (void)end;
    len -= by;
    return 0;
}

static void *map(void *ctx, size_t size, size_t align)
{
    (void)ctx;
    (void)size;
    (void)align;
    return NULL;
}

/* Once, for the region's tables. */
static void *reserve(void *ctx, size_t size, size_t align)
{
    char *place = size <= 2 * WINDOW ? tables : NULL;

    (void)ctx;
    (void)align;
    if (place != NULL)
        tables = NULL;
    return place;
}

static int nothing(void *ctx, void *start, size_t size)
{
    (void)ctx;
    (void)start;
    (void)size;
    return 0;
}

static void discard(void *ctx, void *start, size_t size)
{
    nothing(ctx, start, size);
}

static unsigned long now(void)
{
    return (unsigned long)__builtin_ia32_rdtsc();
}

static char *touched(size_t size)
{
    char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (start == MAP_FAILED)
        exit(1);
    for (size_t i = 0; i < size; i += HEAP_PAGE)
        start[i] = 0;
    return start;
}

int main(void)
{
    static _Alignas(HEAP_STORAGE_ALIGN) char storage[HEAP_STORAGE];
    static const unsigned least[] = {16, 16, 1024}, range[] = {1009, 113, 15000};
    struct heap_source source = {.extend = extend,
                                 .shrink = shrink,
                                 .map = map,
                                 .unmap = discard,
                                 .discard = discard,
                                 .reserve = reserve,
                                 .expose = nothing,
                                 .hide = nothing};
    unsigned long worst[2] = {0}, overhead = ~0ul;

    window = touched(WINDOW);
    tables = touched(2 * WINDOW);
    memset(blocks, 0, sizeof(blocks));
    for (unsigned i = 0; i < 100; i++) {
        unsigned long start = now(), end = now();
        if (end - start < overhead)
            overhead = end - start;
    }
    struct heap *heap = heap_create(storage, &source);
    for (unsigned i = 0; i < 3000000; i++) {
        unsigned phase = i / 250000, kind = phase % 3,
                 place = draw(NR_BLOCKS / (kind == 2 ? 40 : 1));
        int used = blocks[place] != NULL;
        size_t size = least[kind] + draw(range[kind]);
        /* Every other phase ends with nearly nothing. */
        if (!used && phase % 2 && i % 250000 > 125000)
            continue;
        unsigned long start = now();
        if (used)
            heap_free(heap, blocks[place]);
        else
            blocks[place] = heap_alloc(heap, size);
        unsigned long cost = now() - start - overhead;
        if (used)
            blocks[place] = NULL;
        if (cost > worst[used])
            worst[used] = cost;
    }
    printf("worst\t%lu\t%lu\n", worst[0], worst[1]);
    return 0;
}
