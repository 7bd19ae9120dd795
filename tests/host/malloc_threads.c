/*
 * tests/host/malloc_threads.c - joined heaps: each thread frees what others have allocated
 *
 * Under ThreadSanitizer. Threads come and go in rounds, so that heaps are left and joined again and full
 * slabs of threads that have ended are adopted. Blocks are checked for their owner's bytes.
 */
/* sanitize: thread */
/* cflags: -DHEAP_THREADS=1 */

#define _GNU_SOURCE
#include "../../libc/malloc/heap.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define NR_THREADS 4
#define NR_ROUNDS  3
#define NR_SLOTS   512
#define NR_STEPS   30000
#define WINDOW_LEN ((size_t)1 << 32)

struct slot {
    pthread_mutex_t mutex;
    unsigned char *block;
    size_t size;
};

static struct slot slots[NR_SLOTS];
static struct heap *root;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char *window;
static size_t window_used; /* guarded by mutex */
static int nr_bad;

static void *extend(void *ctx, size_t len)
{
    (void)ctx;
    if (mprotect(window + window_used, len, PROT_READ | PROT_WRITE) != 0)
        return NULL;
    window_used += len;
    return window + window_used - len;
}

static int shrink(void *ctx, void *end, size_t len)
{
    (void)ctx;
    (void)end;
    window_used -= len;
    return mmap(window + window_used, len, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED
               ? -1
               : 0;
}

static void *map_any(size_t len, size_t align, int prot)
{
    char *range = mmap(NULL, len + align, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *start = (char *)(((uintptr_t)range + align - 1) & ~(align - 1));

    if (range == MAP_FAILED)
        return NULL;
    if (start != range)
        munmap(range, (size_t)(start - range));
    munmap(start + len, align - (size_t)(start - range));
    return start;
}

static void *map(void *ctx, size_t len, size_t align)
{
    (void)ctx;
    return map_any(len, align, PROT_READ | PROT_WRITE);
}

static void *reserve(void *ctx, size_t len, size_t align)
{
    (void)ctx;
    return map_any(len, align, PROT_NONE);
}

static void unmap(void *ctx, void *range, size_t len)
{
    (void)ctx;
    munmap(range, len);
}

static int expose(void *ctx, void *start, size_t len)
{
    (void)ctx;
    return mprotect(start, len, PROT_READ | PROT_WRITE);
}

static int hide(void *ctx, void *start, size_t len)
{
    (void)ctx;
    return mmap(start, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
                0) == MAP_FAILED
               ? -1
               : 0;
}

static void misuse(void *ctx, enum heap_misuse what, const void *address)
{
    (void)ctx;
    printf("# %s %p\n", heap_misuse_text(what), address);
    __atomic_fetch_add(&nr_bad, 1, __ATOMIC_RELAXED);
}

static void lock(void *ctx)
{
    (void)ctx;
    pthread_mutex_lock(&mutex);
}

static void unlock(void *ctx)
{
    (void)ctx;
    pthread_mutex_unlock(&mutex);
}

static int intact(const struct slot *slot)
{
    for (size_t i = 0; i < slot->size; i += 37)
        if (slot->block[i] != (unsigned char)(slot->size + i))
            return 0;
    return 1;
}

static void fill(struct slot *slot)
{
    for (size_t i = 0; i < slot->size; i++)
        slot->block[i] = (unsigned char)(slot->size + i);
}

static void step(struct heap *heap, uint64_t random)
{
    struct slot *slot = &slots[random % NR_SLOTS];
    size_t max = random >> 20 & 63 ? 700 : random >> 26 & 7 ? 20000 : 300000;

    pthread_mutex_lock(&slot->mutex);
    if (slot->block != NULL && !intact(slot))
        __atomic_fetch_add(&nr_bad, 1, __ATOMIC_RELAXED);
    if (random >> 40 & 3) {
        heap_free(heap, slot->block);
        slot->block = NULL;
    }
    slot->size = (random >> 42) % max;
    unsigned char *block = heap_resize(heap, slot->block, slot->size);
    if (block == NULL)
        __atomic_fetch_add(&nr_bad, 1, __ATOMIC_RELAXED);
    slot->block = block;
    fill(slot);
    pthread_mutex_unlock(&slot->mutex);
}

static void *work(void *arg)
{
    uint64_t random = 88172645463325252u + (uintptr_t)arg;
    struct heap *heap = heap_join(root);

    for (int i = 0; heap != NULL && i < NR_STEPS; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        step(heap, random);
    }
    if (heap == NULL || heap_check(heap) != NULL)
        __atomic_fetch_add(&nr_bad, 1, __ATOMIC_RELAXED);
    heap_leave(heap);
    return NULL;
}

static void run(int hardened)
{
    struct heap_source source = {.extend = extend,
                                 .shrink = shrink,
                                 .map = map,
                                 .unmap = unmap,
                                 .reserve = reserve,
                                 .expose = expose,
                                 .hide = hide,
                                 .misuse = misuse,
                                 .lock = lock,
                                 .unlock = unlock};
    pthread_t threads[NR_THREADS];

    nr_bad = 0;
    root = heap_create(NULL, &source);
    if (hardened && heap_set_option(root, HEAP_HARDEN, 1) != 0)
        nr_bad++;
    for (uintptr_t round = 0; round < NR_ROUNDS; round++) {
        for (uintptr_t i = 0; i < NR_THREADS; i++)
            pthread_create(&threads[i], NULL, work, (void *)(round * NR_THREADS + i));
        for (int i = 0; i < NR_THREADS; i++)
            pthread_join(threads[i], NULL);
    }
    const char *error = heap_check(root);
    for (int i = 0; i < NR_SLOTS; i++) {
        heap_free(root, slots[i].block);
        slots[i].block = NULL;
    }
    if (error == NULL)
        error = heap_check(root);
    if (error != NULL)
        printf("# heap_check: %s\n", error);
    printf("%sok %d - %d threads in %d rounds%s\n", nr_bad || error ? "not " : "", hardened + 1,
           NR_THREADS, NR_ROUNDS, hardened ? ", hardened" : "");
    heap_destroy(root);
}

int main(void)
{
    setbuf(stdout, NULL);
    window = mmap(NULL, WINDOW_LEN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    for (int i = 0; i < NR_SLOTS; i++)
        pthread_mutex_init(&slots[i].mutex, NULL);
    puts("1..2");
    run(0);
    run(1);
    return 0;
}
