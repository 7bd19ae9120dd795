/*
 * tests/host/malloc_random.c - random operations on the allocator core against a plain model
 *
 * The model knows each block's address, size and fill byte. After each step some block's content is
 * compared in full, and now and then the whole heap checked; no two blocks may overlap, which
 * shows as a changed content. Repeated for every shape of source. argv[1]: seed; argv[2]: steps per
 * shape.
 */
#include "malloc_source.h"

#define NR_BLOCKS 1500

struct model {
    unsigned char *block;
    size_t size, align;
    unsigned char fill;
};

static struct model models[NR_BLOCKS];

static size_t random_size(void)
{
    switch (random_below(16)) {
    case 0:
        return random_below(8);
    case 1:
        return random_below(600000);
    case 2:
    case 3:
        return random_below(70000);
    case 4:
    case 5:
    case 6:
        return random_below(5000);
    default:
        return random_below(300);
    }
}

static int holds(const struct model *model)
{
    for (size_t i = 0; i < model->size; i++)
        if (model->block[i] != model->fill)
            return 0;
    return 1;
}

static int step_alloc(struct heap *heap, struct model *model)
{
    size_t size = random_size(), align = 1;
    unsigned how = (unsigned)random_below(4);
    void *block;

    if (how == 0) {
        block = heap_alloc_zeroed(heap, size);
    } else if (how == 1) {
        align = (size_t)1 << random_below(random_below(8) == 0 ? 18 : 13);
        block = heap_alloc_aligned(heap, align, size);
    } else {
        block = heap_alloc(heap, size);
    }
    if (block == NULL)
        return 1;
    model->block = block;
    model->size = size;
    model->fill = (unsigned char)random_next();
    if ((uintptr_t)block % (align < HEAP_ALIGN ? HEAP_ALIGN : align) != 0)
        return printf("# %p is not aligned to %zu\n", block, align), 0;
    if (heap_usable_size(heap, block) < size)
        return printf("# block of %zu is too small\n", size), 0;
    for (size_t i = 0; how == 0 && i < size; i++)
        if (model->block[i] != 0)
            return printf("# zeroed block of %zu is not zero at %zu\n", size, i), 0;
    memset(block, model->fill, heap_usable_size(heap, block));
    return 1;
}

static int step_resize(struct heap *heap, struct model *model)
{
    size_t size = random_below(3) == 0 ? model->size + random_below(5000) : random_size();
    unsigned char *block = heap_resize(heap, model->block, size);

    if (block == NULL)
        return size > model->size; /* getting smaller cannot fail */
    model->block = block;
    model->size = size < model->size ? size : model->size;
    if (!holds(model))
        return printf("# resize to %zu lost content\n", size), 0;
    model->size = size;
    memset(block, model->fill, size);
    return 1;
}

static int step(struct heap *heap)
{
    struct model *model = &models[random_below(NR_BLOCKS)];

    if (random_below(3000) == 0)
        heap_trim(heap, random_below(2) ? 0 : random_below(200000));
    if (random_below(2000) == 0 && heap_resize(heap, NULL, 0) == NULL)
        return 0;
    if (model->block == NULL)
        return step_alloc(heap, model);
    if (!holds(model))
        return printf("# block %p of %zu has changed\n", (void *)model->block, model->size), 0;
    if (random_below(3) == 0)
        return step_resize(heap, model);
    heap_free(heap, model->block);
    model->block = NULL;
    return 1;
}

/* Frees whatever a walk still shows; the blocks that no model knows are among them. */
static void *last_seen;

static void remember(void *arg, const struct heap_piece *piece)
{
    (void)arg;
    if (piece->kind == HEAP_PIECE_SMALL || piece->kind == HEAP_PIECE_RUN ||
        piece->kind == HEAP_PIECE_MAPPED)
        last_seen = (void *)(uintptr_t)piece->start;
}

static void free_all(struct heap *heap)
{
    for (size_t i = 0; i < NR_BLOCKS; i++) {
        heap_free(heap, models[i].block);
        models[i].block = NULL;
    }
    for (;;) {
        last_seen = NULL;
        heap_walk(heap, remember, NULL);
        if (last_seen == NULL)
            return;
        heap_free(heap, last_seen);
    }
}

static void run(int shape, long nr_steps, long nr_check)
{
    static _Alignas(HEAP_STORAGE_ALIGN) unsigned char storage[HEAP_STORAGE];
    struct heap_source functions = source_init();
    const char *name = source_shape(&functions, shape);
    struct heap *heap = source_heap(shape % 2 ? storage : NULL, &functions);
    int good = heap != NULL, intact = 1;
    size_t base_len = source_state.len, base_map = source_state.map_len;

    for (long i = 0; good && i < nr_steps; i++) {
        good = step(heap);
        if (i % nr_check == 0)
            intact = intact && test_intact(heap);
    }
    test_ok(good, "%s: %ld random steps agree with the model", name, nr_steps);
    test_ok(intact && test_intact(heap), "%s: the heap's invariants hold", name);
    free_all(heap);
    heap_trim(heap, 0);
    intact = test_intact(heap);
    int drained = functions.shrink == NULL ||
                  (source_state.len == base_len && source_state.map_len == base_map);
    test_ok(intact && drained, "%s: all freed and trimmed, the source has all back", name);
    test_ok(source_state.nr_misuse == 0, "%s: no misuse was reported", name);
    source_destroy(heap);
    test_ok(source_state.map_len == 0 && (functions.shrink == NULL || source_state.len == 0),
            "%s: after heap_destroy nothing is left", name);
}

int main(int argc, char **argv)
{
    long nr_steps = argc > 2 ? atol(argv[2]) : 40000;

    random_seed(argc, argv);
    for (int shape = 0; shape < NR_SHAPES; shape++)
        run(shape, nr_steps, nr_steps < 10000 ? 1 : 97);
    return test_end();
}
