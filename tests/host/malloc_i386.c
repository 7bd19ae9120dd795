/*
 * tests/host/malloc_i386.c - the allocator core as a freestanding 32-bit program
 *
 * Built without any library, as a kernel would: gcc -m32 -ffreestanding -nostdlib -static, with the
 * core's files beside it. The region is a static array; there is nothing else. What is printed goes
 * through int 0x80.
 */
#include "../../libc/malloc/heap.h"

#define REGION_LEN (16u << 20)
#define NR_BLOCKS  500

static _Alignas(4096) unsigned char region[REGION_LEN];
static size_t region_used;
static unsigned nr_misuse;
static unsigned char *blocks[NR_BLOCKS];
static size_t sizes[NR_BLOCKS];

void *memset(void *to, int byte, size_t len);
void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void start(void);

void *memset(void *to, int byte, size_t len)
{
    void *at = to;

    __asm__ volatile("rep stosb" : "+D"(at), "+c"(len) : "a"(byte) : "memory");
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    void *at = to;

    __asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(len) : : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t len)
{
    unsigned char *target = to;
    const unsigned char *source = from;

    if (target <= source)
        return memcpy(to, from, len);
    while (len-- > 0)
        target[len] = source[len];
    return to;
}

static int system_call(int nr, int a, const void *b, size_t c)
{
    int result;

    __asm__ volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

static int nr_failed;

static void test_ok(int ok, const char *line)
{
    size_t len = 0;

    while (line[len] != 0)
        len++;
    if (!ok) {
        system_call(4, 1, "not ", 4);
        nr_failed++;
    }
    system_call(4, 1, line, len);
}

static void *extend(void *ctx, size_t len)
{
    (void)ctx;
    if (len > REGION_LEN - region_used)
        return NULL;
    region_used += len;
    return region + region_used - len;
}

static int shrink(void *ctx, void *end, size_t len)
{
    (void)ctx;
    if ((unsigned char *)end != region + region_used)
        return -1;
    region_used -= len;
    memset(region + region_used, 0, len);
    return 0;
}

static void misuse(void *ctx, enum heap_misuse what, const void *address)
{
    (void)ctx;
    (void)what;
    (void)address;
    nr_misuse++;
}

static uint32_t random_next(void)
{
    static uint32_t state = 2463534242u;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static int random_run(struct heap *heap)
{
    for (unsigned step = 0; step < 100000; step++) {
        unsigned i = random_next() % NR_BLOCKS;
        size_t size = random_next() % (1u << (random_next() % 17));
        for (size_t k = 0; blocks[i] != NULL && k < sizes[i]; k += 31)
            if (blocks[i][k] != (unsigned char)i)
                return 0;
        if (blocks[i] != NULL && random_next() % 3 != 0) {
            heap_free(heap, blocks[i]);
            blocks[i] = NULL;
            continue;
        }
        unsigned char *block = heap_resize(heap, blocks[i], size);
        if (block == NULL)
            continue;
        blocks[i] = block;
        sizes[i] = size;
        memset(block, (int)i, size);
        if (step % 500 == 0 && heap_check(heap) != NULL)
            return 0;
    }
    return 1;
}

__attribute__((force_align_arg_pointer)) void start(void)
{
    struct heap_source source = {.extend = extend, .shrink = shrink, .misuse = misuse};
    struct heap *heap = heap_create(NULL, &source);

    system_call(4, 1, "1..5\n", 5);
    test_ok(heap != NULL && random_run(heap), "ok 1 - 100000 random operations\n");
    test_ok(heap_check(heap) == NULL, "ok 2 - the heap is intact\n");
    test_ok(heap_alloc(heap, SIZE_MAX - 10) == NULL && heap_alloc(heap, PTRDIFF_MAX) == NULL &&
                heap_alloc(heap, REGION_LEN) == NULL && nr_misuse == 0,
            "ok 3 - sizes near the end of the address space are refused\n");
    heap_free(heap, (void *)16);
    heap_free(heap, (void *)0xfffffff0u);
    heap_free(heap, &source);
    test_ok(nr_misuse == 3, "ok 4 - wild pointers are reported\n");
    for (unsigned i = 0; i < NR_BLOCKS; i++)
        heap_free(heap, blocks[i]);
    heap_trim(heap, 0);
    test_ok(region_used == HEAP_STORAGE && heap_check(heap) == NULL,
            "ok 5 - all freed and trimmed, the heap's own pages are left\n");
    system_call(1, nr_failed != 0, NULL, 0);
    __builtin_unreachable();
}
