/*
 * tests/host/malloc_sizes.c - every size from 0 to 64 KiB, every alignment to 1 MiB
 *
 * Each block is used from its first to its last usable byte; small sizes have to come from the
 * region, large ones from map.
 */
#include "malloc_source.h"

#define SIZE_END ((size_t)65536 + 1)

static int in_window(const void *block)
{
    return (size_t)((const char *)block - source_state.window) < WINDOW_LEN;
}

static int use(struct heap *heap, unsigned char *block, size_t size, size_t align)
{
    size_t usable = heap_usable_size(heap, block);

    if (block == NULL || (uintptr_t)block % align != 0 || usable < size)
        return printf("# size %zu align %zu: %p, usable %zu\n", size, align, (void *)block, usable),
               0;
    if (usable != 0)
        block[0] = block[usable - 1] = 0x77;
    return 1;
}

static void test_alloc(struct heap *heap)
{
    static unsigned char *blocks[SIZE_END];
    int good = 1, waste = 1;

    for (size_t size = 0; size < SIZE_END; size++) {
        blocks[size] = heap_alloc(heap, size);
        good = good && use(heap, blocks[size], size, HEAP_ALIGN) && in_window(blocks[size]);
        size_t usable = heap_usable_size(heap, blocks[size]);
        if (size >= 128 && size <= 16384 && usable > size + size / 4)
            waste = 0;
    }
    test_ok(good, "every size from 0 to 65536 at one time, all from the region");
    test_ok(waste,
            "from 128 bytes to 16 KiB no block is more than a quarter larger than asked for");
    test_ok(test_intact(heap), "the heap is intact");
    for (size_t size = 0; size < SIZE_END; size++)
        memset(blocks[size], (int)(size & 0xff), size);
    for (size_t size = 0; good && size < SIZE_END; size++)
        for (size_t i = 0; i < size; i += 61)
            good = good && blocks[size][i] == (size & 0xff);
    test_ok(good, "no two of them share a byte");
    for (size_t size = 0; size < SIZE_END; size += 2)
        heap_free(heap, blocks[size]);
    test_ok(test_intact(heap), "every other one freed, the heap is intact");
    for (size_t size = 1; size < SIZE_END; size += 2)
        heap_free(heap, blocks[size]);
    heap_trim(heap, 0);
    test_ok(source_state.len == 0, "all freed, the region is empty");
}

static void test_zeroed(struct heap *heap)
{
    int good = 1;

    for (size_t size = 0; size < SIZE_END; size++) {
        unsigned char *block = heap_alloc_zeroed(heap, size);
        for (size_t i = 0; i < size; i++)
            good = good && block[i] == 0;
        memset(block, 0xff, heap_usable_size(heap, block));
        heap_free(heap, block);
    }
    test_ok(good, "every size zeroed, in memory that was dirty");
}

static void test_aligned(struct heap *heap)
{
    static const size_t sizes[] = {0,    1,     15,    16,    17,     100,    1000,   4096,
                                   4097, 16384, 16385, 50000, 131071, 131072, 300000, 1048576};
    enum { NR = sizeof(sizes) / sizeof(*sizes) };
    int good = 1;

    for (size_t align = 1; align <= (size_t)1 << 20; align *= 2) {
        unsigned char *blocks[NR];
        for (size_t i = 0; i < NR; i++) {
            blocks[i] = heap_alloc_aligned(heap, align, sizes[i]);
            good = good && use(heap, blocks[i], sizes[i], align);
        }
        good = good && test_intact(heap);
        for (size_t i = 0; i < NR; i++)
            heap_free(heap, blocks[i]);
    }
    test_ok(good, "every alignment from 1 to 1 MiB, with sizes from 0 to 1 MiB");
    good = 1;
    for (size_t align = 32; align <= HEAP_PAGE; align *= 2)
        for (size_t size = 0; size < 20000; size += 7) {
            unsigned char *block = heap_alloc_aligned(heap, align, size);
            good = good && use(heap, block, size, align);
            heap_free(heap, block);
        }
    test_ok(good, "every alignment to a page, with many small sizes");
    heap_trim(heap, 0);
    test_ok(source_state.len == 0 && test_intact(heap), "all freed, the region is empty");
}

static void test_limits(struct heap *heap)
{
    void *block = heap_alloc(heap, 1000);
    void *zero = heap_alloc(heap, 0), *other = heap_alloc(heap, 0);

    test_ok(zero != NULL && other != NULL && zero != other, "size 0 gives different blocks");
    test_ok(heap_alloc(heap, SIZE_MAX) == NULL && heap_alloc(heap, SIZE_MAX - 10) == NULL &&
                heap_alloc(heap, (size_t)PTRDIFF_MAX + 1) == NULL &&
                heap_alloc(heap, PTRDIFF_MAX) == NULL && heap_alloc_zeroed(heap, SIZE_MAX) == NULL,
            "sizes near the end of the address space are refused");
    test_ok(heap_alloc_aligned(heap, (size_t)1 << 63, 1) == NULL &&
                heap_alloc_aligned(heap, 4096, SIZE_MAX) == NULL &&
                heap_alloc_aligned(heap, (size_t)1 << 62, PTRDIFF_MAX - 1) == NULL,
            "so are alignments");
    test_ok(heap_resize(heap, block, SIZE_MAX - 10) == NULL &&
                heap_resize(heap, block, PTRDIFF_MAX) == NULL &&
                heap_usable_size(heap, block) >= 1000,
            "resize to such a size is refused, the block stays");
    heap_free(heap, block);
    heap_free(heap, zero);
    heap_free(heap, other);
    test_ok(heap_usable_size(heap, NULL) == 0, "usable size of NULL is 0");
    heap_free(heap, NULL);
    test_ok(source_state.nr_misuse == 0 && test_intact(heap), "no misuse, the heap is intact");
}

int main(void)
{
    struct heap_source functions = source_init();
    struct heap *heap = source_heap(NULL, &functions);

    test_alloc(heap);
    test_zeroed(heap);
    test_aligned(heap);
    test_limits(heap);
    source_destroy(heap);
    test_ok(source_state.map_len == 0 && source_state.len == 0, "all memory is back");
    return test_end();
}
