/*
 * tests/host/malloc_region.c - where memory comes from and where it goes
 *
 * The threshold, the break that grows and is trimmed, a break that somebody else moves or that
 * is refused, fresh zeros that are not cleared, growing in place: what the core does with its
 * source.
 */
#include "malloc_source.h"

static struct heap *heap;
static struct test_source *const state = &source_state;

static int in_region(const void *block)
{
    return (size_t)((const char *)block - state->window) < state->len;
}

static struct heap_source begin(int shape)
{
    struct heap_source functions = source_init();

    source_shape(&functions, shape);
    heap = source_heap(NULL, &functions);
    return functions;
}

static void end(const char *name)
{
    int intact = test_intact(heap) && state->nr_misuse == 0;

    source_destroy(heap);
    test_ok(intact && state->map_len == 0 && state->len == state->alien_len,
            "%s: intact, and all memory is back", name);
}

static void test_threshold(void)
{
    begin(0);
    size_t threshold = heap_get_option(heap, HEAP_MMAP_THRESHOLD);
    void *below = heap_alloc(heap, threshold - 1), *at = heap_alloc(heap, threshold);

    test_ok(threshold == 128 * 1024, "the mmap threshold is 128 KiB");
    test_ok(in_region(below) && !in_region(at), "below it: region; from it on: mapped");
    heap_free(heap, at);
    test_ok(heap_get_option(heap, HEAP_MMAP_THRESHOLD) > threshold,
            "freeing a mapped block raises the threshold above its size");
    test_ok(heap_get_option(heap, HEAP_TRIM_THRESHOLD) ==
                2 * heap_get_option(heap, HEAP_MMAP_THRESHOLD),
            "and the trim threshold to twice that");
    at = heap_alloc(heap, threshold);
    test_ok(in_region(at), "the next one of its size comes from the region");
    heap_free(heap, at);
    heap_free(heap, heap_alloc(heap, (size_t)33 << 20));
    test_ok(heap_get_option(heap, HEAP_MMAP_THRESHOLD) < (size_t)1 << 20,
            "a block of more than 32 MiB does not raise it");
    test_ok(heap_set_option(heap, HEAP_MMAP_THRESHOLD, 64 << 10) == 0 &&
                heap_set_option(heap, HEAP_MMAP_THRESHOLD, (33u << 20)) == -1 &&
                heap_get_option(heap, HEAP_MMAP_THRESHOLD) == 64 << 10,
            "it can be set, to 32 MiB at most");
    at = heap_alloc(heap, 64 << 10);
    test_ok(!in_region(at), "a block of that size is mapped");
    heap_free(heap, at);
    at = heap_alloc(heap, 64 << 10);
    test_ok(!in_region(at), "and still is after one was freed");
    heap_free(heap, at);
    heap_set_option(heap, HEAP_MMAP_THRESHOLD, 0);
    at = heap_alloc(heap, 0);
    test_ok(at != NULL && !in_region(at), "threshold 0: every block is mapped");
    heap_free(heap, at);
    heap_set_option(heap, HEAP_MMAP_MAX, 0);
    at = heap_alloc(heap, (size_t)1 << 20);
    test_ok(in_region(at), "HEAP_MMAP_MAX 0: none is");
    heap_free(heap, at);
    heap_free(heap, below);
    end("threshold");
}

static void test_trim(void)
{
    enum { NR = 4000 };
    static void *blocks[NR];

    begin(0);
    for (int i = 0; i < NR; i++)
        blocks[i] = heap_alloc(heap, 1000 + (size_t)i % 50 * 16);
    size_t high = state->len;
    for (int i = 0; i < NR; i++)
        heap_free(heap, blocks[i]);
    test_ok(high > (size_t)NR * 1000 && state->len <= heap_get_option(heap, HEAP_TRIM_THRESHOLD),
            "all freed, the region is shorter than the trim threshold");
    test_ok(heap_trim(heap, 0) == 1 && state->len == 0 && heap_trim(heap, 0) == 0,
            "heap_trim() empties it, once");
    heap_set_option(heap, HEAP_TRIM_THRESHOLD, SIZE_MAX);
    for (int i = 0; i < NR; i++)
        blocks[i] = heap_alloc(heap, 1000);
    high = state->len;
    for (int i = 0; i < NR; i++)
        heap_free(heap, blocks[i]);
    test_ok(state->len == high, "trim threshold SIZE_MAX: it stays");
    heap_trim(heap, 100000);
    test_ok(state->len >= 96 * 1024 && state->len <= 104 * 1024, "heap_trim() leaves the pad");
    void *small = heap_alloc(heap, 10);
    for (int i = 0; i < 100; i++)
        blocks[i] = heap_alloc(heap, 20000);
    for (int i = 0; i < 99; i++)
        heap_free(heap, blocks[i]);
    heap_free(heap, small);
    size_t calls = 0;
    test_ok(heap_trim(heap, 0) == 1 && in_region(blocks[99]), "free pages inside are dropped");
    (void)calls;
    heap_free(heap, blocks[99]);
    end("trim");
}

static void test_alien(void)
{
    begin(0);
    char *before = heap_alloc(heap, 50000);
    source_alien(state, 10 * 4096);
    char *alien = state->window + state->len - state->alien_len;
    char *blocks[200];
    int apart = 1;

    for (int i = 0; i < 200; i++) {
        blocks[i] = heap_alloc(heap, 5000);
        memset(blocks[i], i, 5000);
        apart = apart && (blocks[i] + 5000 <= alien || blocks[i] >= alien + state->alien_len);
    }
    test_ok(apart && alien[0] == 0x5a && alien[40959] == 0x5a, "alien pages are never handed out");
    heap_free(heap, alien);
    test_ok(state->nr_misuse == 1 && state->misuse == HEAP_FREE_UNKNOWN, "nor accepted by free");
    state->nr_misuse = 0;
    struct heap_stats stats;
    heap_get_stats(heap, &stats);
    test_ok(stats.hole_len == 40960 && test_intact(heap), "they are a hole in the region");
    for (int i = 0; i < 200; i++)
        heap_free(heap, blocks[i]);
    heap_trim(heap, 0);
    test_ok(state->window + state->len == alien + 40960, "the region is trimmed down to the hole");
    void *again = heap_alloc(heap, 100000);
    test_ok((char *)again >= alien + 40960 && test_intact(heap), "and grows again above it");
    heap_free(heap, again);
    heap_trim(heap, 0);
    source_alien(state, -40960);
    again = heap_alloc(heap, 100000);
    test_ok(again != NULL && state->nr_misuse == 0 && test_intact(heap),
            "once the alien has gone, the hole is used");
    source_alien(state, 4096);
    for (int i = 0; i < 50; i++) {
        blocks[i] = heap_alloc(heap, 30000);
        source_alien(state, 4096);
    }
    test_ok(test_intact(heap) && blocks[49] != NULL, "an alien after every allocation");
    size_t calls = (size_t)state->nr_calls;
    for (int i = 0; i < 50; i++)
        heap_free(heap, blocks[i]);
    test_ok((size_t)state->nr_calls <= calls + 4, "a refused shrink is not tried at every free");
    heap_free(heap, again);
    heap_free(heap, before);
    test_ok(test_intact(heap) && state->nr_misuse == 0, "intact in the end");
    source_destroy(heap);
}

static void test_refused(void)
{
    begin(0);
    void *blocks[100];
    int good = 1;

    heap_free(heap, heap_alloc(heap, 100));
    state->limit = state->len;
    for (int i = 0; i < 100; i++) {
        blocks[i] = heap_alloc(heap, 20000);
        good = good && blocks[i] != NULL;
        if (blocks[i] != NULL)
            memset(blocks[i], i, 20000);
    }
    struct heap_stats stats;
    heap_get_stats(heap, &stats);
    test_ok(good && stats.standin_len >= (size_t)1 << 20 && test_intact(heap),
            "extend refused: mapped ranges stand in");
    for (int i = 0; i < 100; i++)
        heap_free(heap, blocks[i]);
    heap_get_stats(heap, &stats);
    test_ok(stats.standin_len == 0, "and are unmapped when they are all free");
    state->map_limit = state->map_len;
    test_ok(heap_alloc(heap, 100000) == NULL && heap_alloc(heap, 1000000) == NULL &&
                test_intact(heap),
            "map refused too: no memory, and the heap is intact");
    blocks[0] = heap_alloc(heap, 3000);
    test_ok(blocks[0] != NULL, "what is there is still handed out");
    heap_free(heap, blocks[0]);
    end("refused");
}

/* Tables cannot be mapped: they lie in the region, which grows all the same. */
static void test_no_tables(void)
{
    struct heap_source functions = source_init();
    char *blocks[64];
    int good = 1;

    source_state.map_limit = 0;
    heap = source_heap(NULL, &functions);
    for (int i = 0; i < 64; i++) {
        blocks[i] = heap_alloc(heap, 100000);
        good = good && blocks[i] != NULL;
    }
    test_ok(good && test_intact(heap), "where mapping is refused the region grows to 6 MB");
    for (int i = 0; i < 64; i++)
        heap_free(heap, blocks[i]);
    end("no tables");
}

/* A source whose fresh pages have a mark in them shows whether the core clears what it need not. */
static void *marked_map(void *ctx, size_t len, size_t align)
{
    char *start = source_map(ctx, len, align);

    if (start != NULL && len >= 100000)
        start[5000] = 1;
    return start;
}

static void test_zeroed(void)
{
    struct heap_source functions = source_init();

    functions.map = marked_map;
    heap = source_heap(NULL, &functions);
    char *block = heap_alloc_zeroed(heap, 200000);
    test_ok(block[5000] == 1, "a fresh mapped block is not cleared again");
    heap_free(heap, block);
    heap_set_option(heap, HEAP_MMAP_MAX, 0);
    char *filler = heap_alloc(heap, 100000);
    /* The pad above the break's last block is fresh: put a mark there, through the window. */
    heap_set_option(heap, HEAP_TOP_PAD, 1 << 20);
    char *more = heap_alloc(heap, 200000);
    more[300000] = 1;
    char *fresh = heap_alloc_zeroed(heap, 200000);
    test_ok(fresh > more && fresh < more + 300000 && more[300000] == 1,
            "nor are fresh pages of the region");
    memset(fresh, 0xff, 200000);
    heap_free(heap, fresh);
    fresh = heap_alloc_zeroed(heap, 300000);
    int zero = 1;
    for (size_t i = 0; i < 300000; i++)
        zero = zero && fresh[i] == 0;
    test_ok(zero, "used pages are cleared");
    heap_free(heap, fresh);
    heap_free(heap, more);
    heap_free(heap, filler);
    end("zeroed");
}

static void test_resize(void)
{
    begin(0);
    heap_set_option(heap, HEAP_MMAP_THRESHOLD, 32 << 20);
    char *block = heap_alloc(heap, 20000), *first = block;
    int moved = 0;

    for (size_t size = 24000; size < 2000000; size += 4096) {
        block = heap_resize(heap, block, size);
        moved += block != first;
    }
    test_ok(moved == 0, "the topmost block grows in place");
    void *above = heap_alloc(heap, 20000);
    block = heap_resize(heap, block, 1000000);
    test_ok(block == first, "a large block shrinks in place");
    block = heap_resize(heap, block, 1500000);
    test_ok(block == first, "and grows into the free pages behind it");
    block = heap_resize(heap, block, 100);
    test_ok(block != NULL && heap_usable_size(heap, block) < 256, "made small, it moves to a slab");
    heap_free(heap, block);
    heap_free(heap, above);
    end("resize");

    struct heap_source functions = begin(3);
    test_ok(functions.remap == NULL, "without remap");
    block = NULL;
    size_t copies = 0;
    for (size_t size = 131072; size <= (size_t)4 << 20; size += 4096) {
        char *grown = heap_resize(heap, block, size);
        copies += grown != block;
        block = grown;
    }
    test_ok(copies < 40, "growing a mapped block by small steps copies seldom");
    heap_free(heap, block);
    end("resize without remap");
}

static void count_blocks(void *arg, const struct heap_piece *piece)
{
    size_t *nr = arg;

    nr[piece->kind]++;
}

static void test_walk(void)
{
    begin(0);
    void *blocks[100];
    size_t nr[7] = {0};
    struct heap_stats stats;

    for (int i = 0; i < 100; i++)
        blocks[i] = heap_alloc(heap, i < 80 ? (size_t)i : i < 95 ? 20000 : 200000);
    heap_walk(heap, count_blocks, nr);
    heap_get_stats(heap, &stats);
    test_ok(nr[HEAP_PIECE_SMALL] == 80 && nr[HEAP_PIECE_RUN] == 15 && nr[HEAP_PIECE_MAPPED] == 5,
            "heap_walk() shows every block");
    test_ok(stats.nr_small == 80 && stats.nr_run == 15 && stats.nr_mapped == 5 &&
                stats.run_len == 15 * 20480 && stats.mapped_len == 5 * 200704 &&
                stats.region_len == state->len && stats.nr_slabs == nr[HEAP_PIECE_SLAB],
            "and the statistics agree");
    for (int i = 0; i < 100; i++)
        heap_free(heap, blocks[i]);
    end("walk");
}

static void test_perturb(void)
{
    begin(0);
    heap_set_option(heap, HEAP_PERTURB, 0xaa);
    unsigned char *block = heap_alloc(heap, 100), *other = heap_alloc(heap, 100);

    test_ok(block[0] == 0x55 && block[99] == 0x55, "HEAP_PERTURB: fresh blocks are filled");
    heap_free(heap, block);
    test_ok(block[0] == 0xaa && block[99] == 0xaa, "freed ones too");
    block = heap_alloc_zeroed(heap, 100);
    test_ok(block[0] == 0 && block[99] == 0, "zeroed ones are zero");
    heap_free(heap, block);
    heap_free(heap, other);
    end("perturb");
}

static void test_many(void)
{
    enum { NR = 1000 };
    static char *blocks[NR];
    int good = 1;

    begin(0);
    for (int i = 0; i < NR; i++) {
        blocks[i] = heap_alloc(heap, 200000);
        good = good && blocks[i] != NULL && !in_region(blocks[i]);
    }
    for (int i = 0; i < NR; i++)
        heap_free(heap, blocks[(i * 617) % NR]);
    test_ok(good && test_intact(heap), "1000 mapped blocks, freed in another order");
    heap_trim(heap, 0);
    test_ok(state->nr_maps == 1, "trimmed, nothing is mapped but the heap itself");
    end("many mapped");
}

static void test_nothing(void)
{
    struct heap_source functions = source_init();

    functions.extend = NULL;
    functions.map = NULL;
    test_ok(heap_create(NULL, &functions) == NULL, "a source without extend and map is none");
}

int main(void)
{
    test_threshold();
    test_trim();
    test_alien();
    test_refused();
    test_no_tables();
    test_zeroed();
    test_resize();
    test_walk();
    test_perturb();
    test_many();
    test_nothing();
    return test_end();
}
