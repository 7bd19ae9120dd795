/*
 * tests/host/malloc_failure.c - the n-th call of the page source fails, for every n
 *
 * A scenario that uses every function of the core runs again and again; the first time its first
 * call of the source fails, then the second, until it passes without one failing. Whatever fails,
 * the answer is NULL, the heap stays intact, blocks keep their content, and in the end the source
 * has all back. Then the same with every call failing from the n-th on.
 */
#include "malloc_source.h"

#define NR_BLOCKS 48

static unsigned char *blocks[NR_BLOCKS];
static size_t sizes[NR_BLOCKS];

static int content_ok(void)
{
    for (int i = 0; i < NR_BLOCKS; i++)
        for (size_t k = 0; blocks[i] != NULL && k < sizes[i]; k += 97)
            if (blocks[i][k] != i + 1)
                return 0;
    return 1;
}

static void keep(int i, unsigned char *block, size_t size)
{
    blocks[i] = block;
    sizes[i] = size;
    if (block != NULL)
        memset(block, i + 1, size);
}

static void resize(struct heap *heap, int i, size_t size)
{
    unsigned char *block = heap_resize(heap, blocks[i], size);

    if (block != NULL)
        keep(i, block, size);
}

static int scenario(struct heap *heap)
{
    int good = 1;

    for (int i = 0; i < 24; i++)
        keep(i, heap_alloc(heap, (size_t)1 << (i % 20)), (size_t)1 << (i % 20));
    good = good && test_intact(heap);
    for (int i = 24; i < 36; i++)
        keep(i, heap_alloc_zeroed(heap, (size_t)i * 5000), (size_t)i * 5000);
    for (int i = 36; i < NR_BLOCKS; i++)
        keep(i, heap_alloc_aligned(heap, (size_t)64 << (i - 36), 20000), 20000);
    good = good && test_intact(heap) && content_ok();
    for (int i = 0; i < NR_BLOCKS; i++)
        resize(heap, i, sizes[i] * 3 / 2 + 100);
    good = good && test_intact(heap) && content_ok();
    for (int i = 0; i < NR_BLOCKS; i += 3) {
        heap_free(heap, blocks[i]);
        blocks[i] = NULL;
    }
    heap_trim(heap, 4096);
    good = good && test_intact(heap) && content_ok();
    for (int i = 0; i < NR_BLOCKS; i++)
        resize(heap, i, i % 2 ? 10 : 100000);
    good = good && test_intact(heap) && content_ok();
    for (int i = 0; i < NR_BLOCKS; i++) {
        heap_free(heap, blocks[i]);
        blocks[i] = NULL;
    }
    heap_trim(heap, 0);
    return good && test_intact(heap);
}

/* Runs the scenario with failures; returns whether all is well. */
static int run(int shape, long fail_at, long fail_from, int *done)
{
    static _Alignas(HEAP_STORAGE_ALIGN) unsigned char storage[HEAP_STORAGE];
    struct heap_source functions = source_init();
    int good;

    source_shape(&functions, shape);
    source_state.fail_at = fail_at;
    source_state.fail_from = fail_from;
    struct heap *heap = source_heap(shape == 0 ? storage : NULL, &functions);
    if (heap == NULL) {
        *done = 0;
        /* The heap's own pages are reserved, then exposed. */
        return (fail_from >= 0 || fail_at <= (functions.reserve != NULL)) &&
               source_state.map_len == 0;
    }
    good = scenario(heap);
    *done = source_state.nr_calls <= (fail_at >= 0 ? fail_at : fail_from);
    source_state.fail_at = source_state.fail_from = -1;
    source_state.locked = 0;
    heap_trim(heap, 0);
    good = good && test_intact(heap);
    source_destroy(heap);
    return good && source_state.map_len == 0 && source_state.nr_misuse == 0 &&
           (functions.shrink == NULL || source_state.len == 0);
}

static void sweep(int shape, int from)
{
    struct heap_source functions = source_init();
    const char *name = source_shape(&functions, shape);
    int done = 0, good = 1;
    long n = 0;

    while (good && !done && n < 100000) {
        good = run(shape, from ? -1 : n, from ? n : -1, &done);
        n++;
    }
    if (!good)
        printf("# at n = %ld\n", n - 1);
    test_ok(good && done && n > 10, "%s: %s fails, for every n", name,
            from ? "every source call from the n-th on" : "the n-th source call");
}

int main(void)
{
    for (int shape = 0; shape < NR_SHAPES; shape++) {
        sweep(shape, 0);
        sweep(shape, 1);
    }
    return test_end();
}
