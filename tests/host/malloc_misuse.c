/*
 * tests/host/malloc_misuse.c - every misuse is reported, once, by name and address
 *
 * The callback returns here, so that the test can also see that the heap is as before.
 */
#include "malloc_source.h"

static struct heap *heap;
static int good;

/* The last call must have reported exactly this. */
static void expect_report(enum heap_misuse what, const void *address)
{
    struct test_source *source = &source_state;

    if (source->nr_misuse != 1 || source->misuse != what || source->misuse_address != address) {
        printf("# %d reports, last: %s %p; expected: %s %p\n", source->nr_misuse,
               heap_misuse_text(source->misuse), source->misuse_address, heap_misuse_text(what),
               address);
        good = 0;
    }
    source->nr_misuse = 0;
}

static void expect(enum heap_misuse what, const void *address)
{
    expect_report(what, address);
    if (!test_intact(heap))
        good = 0;
}

static void bad_free(enum heap_misuse what, void *address)
{
    heap_free(heap, address);
    expect(what, address);
}

/* free, resize and usable_size of an address that was never given, or of one that was freed. */
static void bad_pointer(enum heap_misuse what, void *address)
{
    int freed = what == HEAP_DOUBLE_FREE;

    bad_free(what, address);
    if (heap_resize(heap, address, 10) != NULL)
        good = 0;
    expect(freed ? HEAP_RESIZE_FREED : HEAP_RESIZE_UNKNOWN, address);
    if (heap_usable_size(heap, address) != 0)
        good = 0;
    expect(freed ? HEAP_USABLE_FREED : HEAP_USABLE_UNKNOWN, address);
}

static void verdict(const char *name)
{
    test_ok(good && source_state.nr_misuse == 0, "%s", name);
    good = 1;
}

/* Sizes of each kind: slab of one page, of several, run of pages, mapped. */
static const size_t kinds[] = {0, 16, 100, 3000, 5000, 16384, 20000, 100000, 131072, 1000000};
enum { NR_KINDS = sizeof(kinds) / sizeof(*kinds) };

static void test_double_free(void)
{
    for (int i = 0; i < NR_KINDS; i++) {
        char *block = heap_alloc(heap, kinds[i]);
        heap_free(heap, block);
        bad_pointer(HEAP_DOUBLE_FREE, block);
        bad_free(HEAP_DOUBLE_FREE, block);
    }
    verdict("double free at once, of every kind of block");
    for (int i = 0; i < NR_KINDS; i++) {
        char *blocks[20];
        for (int k = 0; k < 20; k++)
            blocks[k] = heap_alloc(heap, kinds[i]);
        heap_free(heap, blocks[10]);
        heap_free(heap, blocks[3]);
        heap_free(heap, blocks[11]);
        bad_free(HEAP_DOUBLE_FREE, blocks[10]);
        bad_free(HEAP_DOUBLE_FREE, blocks[11]);
        for (int k = 0; k < 20; k++)
            if (k != 10 && k != 3 && k != 11)
                heap_free(heap, blocks[k]);
        for (int k = kinds[i] >= 131072 ? 16 : 0; k < 20; k++)
            if (k != 10 && k != 3 && k != 11)
                bad_free(HEAP_DOUBLE_FREE, blocks[k]);
    }
    verdict("double free after other frees, of every kind of block");
    for (int i = 0; i < NR_KINDS - 2; i++) {
        char *block = heap_alloc(heap, kinds[i]);
        heap_free(heap, block);
        heap_trim(heap, 0);
        bad_free(HEAP_DOUBLE_FREE, block);
    }
    verdict("double free after the memory went back to the source");
}

static void test_reuse(void)
{
    char *blocks[256], *anchor = heap_alloc(heap, 60000);

    for (int i = 0; i < 256; i++)
        blocks[i] = heap_alloc(heap, 64);
    for (int i = 0; i < 256; i++)
        heap_free(heap, blocks[i]);
    heap_trim(heap, 0);
    char *larger = heap_alloc(heap, 120000);
    for (int i = 0; i < 256; i++)
        if (blocks[i] > larger && blocks[i] < larger + 120000)
            bad_free(HEAP_DOUBLE_FREE, blocks[i]);
    heap_free(heap, larger);
    heap_free(heap, anchor);
    verdict("double free after reuse by another size");
}

static int kind;

static void test_interior(void)
{
    static const size_t offsets[] = {1, 7, 8, 15, 16, 24, 64, 4095, 4096, 8192};
    char *block = heap_alloc(heap, kinds[kind]);
    size_t usable = heap_usable_size(heap, block);

    for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++)
        if (offsets[i] < usable)
            bad_pointer(HEAP_FREE_UNKNOWN, block + offsets[i]);
    bad_pointer(HEAP_FREE_UNKNOWN, block + usable - 1);
    heap_free(heap, block);
    char name[80];
    snprintf(name, sizeof(name), "interior and unaligned pointers, block of %zu", kinds[kind]);
    verdict(name);
}

static void test_never_given(void)
{
    char *first = heap_alloc(heap, 48);

    bad_pointer(HEAP_FREE_UNKNOWN, first + 4096);
    heap_free(heap, first);
    verdict("a page that was never given");
}

static void test_foreign(void)
{
    static int global;
    static const char literal[] = "literal";
    int local;
    char *other = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uintptr_t wild[] = {1,
                        8,
                        4096,
                        0x123456789abcull,
                        UINTPTR_MAX,
                        UINTPTR_MAX - 15,
                        ~(~0ul >> 1),
                        0xffff800000000000ul,
                        0x00007ffffffff000ul};

    bad_pointer(HEAP_FREE_UNKNOWN, &local);
    bad_pointer(HEAP_FREE_UNKNOWN, &global);
    bad_pointer(HEAP_FREE_UNKNOWN, (void *)(uintptr_t)literal);
    bad_pointer(HEAP_FREE_UNKNOWN, (void *)(uintptr_t)&test_foreign);
    verdict("stack, global, literal, function");
    bad_pointer(HEAP_FREE_UNKNOWN, other);
    bad_pointer(HEAP_FREE_UNKNOWN, other + 16);
    verdict("foreign, inaccessible memory is not touched");
    for (size_t i = 0; i < sizeof(wild) / sizeof(*wild); i++)
        bad_pointer(HEAP_FREE_UNKNOWN, (void *)wild[i]);
    verdict("wild addresses");
    bad_pointer(HEAP_FREE_UNKNOWN, heap);
    bad_pointer(HEAP_FREE_UNKNOWN, source_state.window + source_state.len + (1 << 30));
    verdict("the heap itself, and memory it does not have yet");
    munmap(other, 8192);
}

static void test_overflow(void)
{
    char *blocks[600];

    for (int i = 0; i < 600; i++)
        blocks[i] = heap_alloc(heap, (size_t)(i % 60 + 1) * 16);
    /* All that is mapped of the region is overwritten: the heap must not notice. */
    memset(source_state.window, 0xff, source_state.len);
    good = good && test_intact(heap);
    for (int i = 0; i < 600; i++)
        heap_free(heap, blocks[i]);
    memset(source_state.window, 0x01, source_state.len);
    good = good && test_intact(heap);
    for (int i = 0; i < 600; i++)
        heap_free(heap, heap_alloc(heap, (size_t)(i % 60 + 1) * 16));
    verdict("writes anywhere in the region, past blocks or after free, harm no metadata");
}

/* One byte behind a block, NUL as well, wherever its slot has a spare one. */
static void test_guard(void)
{
    for (size_t size = 1; size < 16000; size = size * 5 / 4 + 1) {
        for (int value = 0; value < 256; value += 51) {
            unsigned char *block = heap_alloc(heap, size);
            unsigned char old = block[size];
            if (heap_usable_size(heap, block) != size || old == value)
                continue;
            block[size] = (unsigned char)value;
            heap_free(heap, block);
            expect_report(HEAP_OVERFLOW, block);
            heap_resize(heap, block, 2 * size);
            expect_report(HEAP_OVERFLOW, block);
            good = good && heap_check(heap) != NULL;
            expect_report(HEAP_OVERFLOW, block);
            block[size] = old;
            heap_free(heap, block);
        }
    }
    verdict("a byte written behind a block is found by free, resize and heap_check()");
}

static void test_region_lost(void)
{
    heap_alloc(heap, 60000);
    source_alien(&source_state, -4096);
    char *lost = source_state.window + source_state.len;
    void *next = heap_alloc(heap, 120000);
    expect(HEAP_REGION_LOST, lost);
    good = good && next != NULL && (size_t)((char *)next - source_state.window) >= WINDOW_LEN;
    heap_free(heap, next);
    verdict("a break below the heap's end is reported, and another range used");
}

static void test_texts(void)
{
    static const char *const texts[] = {
        "double free of",
        "free of a pointer malloc never gave:",
        "realloc of a freed block:",
        "realloc of a pointer malloc never gave:",
        "malloc_usable_size of a freed block:",
        "malloc_usable_size of a pointer malloc never gave:",
        "the break was moved below blocks in use, to",
        "write outside of",
        "write after free of",
    };

    for (int i = 0; i < 9; i++)
        if (strcmp(heap_misuse_text((enum heap_misuse)i), texts[i]) != 0)
            good = 0;
    verdict("the exact texts");
}

/* One test with a heap of its own: what happened before shows in the words of a report. */
static void run(int shape, void (*test)(void))
{
    struct heap_source functions = source_init();

    source_shape(&functions, shape);
    heap = source_heap(NULL, &functions);
    test();
    source_destroy(heap);
}

int main(void)
{
    static const char *const names[] = {"region and mapped ranges", "region only",
                                        "mapped ranges only"};

    good = 1;
    test_texts();
    for (int shape = 0; shape < 3; shape++) {
        printf("# %s\n", names[shape]);
        run(shape, test_double_free);
        run(shape, test_reuse);
        for (kind = 1; kind < NR_KINDS; kind++)
            run(shape, test_interior);
        run(shape, test_never_given);
        run(shape, test_foreign);
    }
    run(0, test_overflow);
    run(0, test_guard);
    run(0, test_region_lost);
    return test_end();
}
