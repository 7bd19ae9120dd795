/*
 * mm/kheap.c - kmalloc: the allocator core over a window of mapped frames
 *
 * The same code that is malloc() in programs. Here its page source is one window of kernel
 * addresses that grows and shrinks at its end, a frame mapped below each page while it is part of
 * the heap.
 */
#include "mm/kheap.h"

#include <malloc/heap.h>

#include "arch/spinlock.h"
#include "lib/panic.h"
#include "sched/fail.h"
#include "mm/kernel_map.h"

#define HEAP_MAX    (64UL << 30)
#define HEAP_TABLES (KERNEL_HEAP + HEAP_MAX + (1UL << 30)) /* the heap's own tables, and guards */
#define TABLES_MAX  (4UL << 30)
#define TOP_PAD     (16UL << 10)

static _Alignas(HEAP_STORAGE_ALIGN) unsigned char storage[HEAP_STORAGE];
static struct heap *heap;
static vaddr_t heap_end = KERNEL_HEAP; /* guarded by lock */
static struct spinlock lock;           /* one user of the heap at a time */

/* Put zeroed frames below pages that have none. */
static int expose(void *ctx, void *start, size_t len)
{
    vaddr_t va = (vaddr_t)start, end = va + len;

    (void)ctx;
    if (kernel_map_pages(va, end) < 0)
        return -1;
    for (; va < end; va += PAGE_SIZE)
        page_clear((void *)va);
    return 0;
}

static void *extend(void *ctx, size_t len)
{
    vaddr_t start = heap_end;

    if (len > HEAP_MAX - (heap_end - KERNEL_HEAP) || expose(ctx, (void *)start, len) < 0)
        return NULL;
    heap_end += len;
    return (void *)start;
}

static int shrink(void *ctx, void *end, size_t len)
{
    (void)ctx;
    if ((vaddr_t)end != heap_end)
        return -1;
    heap_end -= len;
    kernel_unmap_pages(heap_end, heap_end + len);
    return 0;
}

/* Free pages between used ones: their frames go back, their addresses stay. */
static void discard(void *ctx, void *start, size_t len)
{
    (void)ctx;
    kernel_unmap_pages((vaddr_t)start, (vaddr_t)start + len);
}

static int commit(void *ctx, void *start, size_t len)
{
    (void)ctx;
    return kernel_map_missing_pages((vaddr_t)start, (vaddr_t)start + len);
}

/* Addresses without frames: there is one reservation at a time, that of the tables. */
static bool reserved;

static void *reserve(void *ctx, size_t len, size_t align)
{
    (void)ctx;
    if (reserved || len > TABLES_MAX || align > PAGE_SIZE)
        return NULL;
    reserved = true;
    return (void *)HEAP_TABLES;
}

static int hide(void *ctx, void *start, size_t len)
{
    discard(ctx, start, len);
    return 0;
}

static void unmap(void *ctx, void *range, size_t len)
{
    discard(ctx, range, len);
    reserved = false;
}

NORETURN static void misuse(void *ctx, enum heap_misuse what, const void *address)
{
    (void)ctx;
    panic("kmalloc: %s %p", heap_misuse_text(what), address);
}

INIT_ONCE void kheap_init(void)
{
    static const struct heap_source source = {
        .extend = extend,
        .shrink = shrink,
        .discard = discard,
        .commit = commit,
        .reserve = reserve,
        .expose = expose,
        .hide = hide,
        .unmap = unmap,
        .misuse = misuse,
    };

    heap = heap_create(storage, &source);
    if (!heap || heap_set_option(heap, HEAP_TOP_PAD, TOP_PAD) < 0)
        panic("too little memory for the kernel heap");
}

void *kmalloc(size_t len)
{
    if (fail_injected(FAIL_KMALLOC))
        return NULL;
    uint64_t flags = spin_lock(&lock);
    void *block = heap_alloc(heap, len);
    spin_unlock(&lock, flags);
    return block;
}

void *kzalloc(size_t len)
{
    if (fail_injected(FAIL_KMALLOC))
        return NULL;
    uint64_t flags = spin_lock(&lock);
    void *block = heap_alloc_zeroed(heap, len);
    spin_unlock(&lock, flags);
    return block;
}

void *kmalloc_aligned(size_t len, size_t align)
{
    if (fail_injected(FAIL_KMALLOC))
        return NULL;
    uint64_t flags = spin_lock(&lock);
    void *block = heap_alloc_aligned(heap, align, len);
    spin_unlock(&lock, flags);
    return block;
}

void kfree(void *block)
{
    uint64_t flags = spin_lock(&lock);
    heap_free(heap, block);
    spin_unlock(&lock, flags);
}

void kheap_count(size_t *nr_blocks, size_t *nr_bytes)
{
    struct heap_stats stats;
    uint64_t flags = spin_lock(&lock);

    heap_get_stats(heap, &stats);
    spin_unlock(&lock, flags);
    *nr_blocks = stats.nr_small + stats.nr_run + stats.nr_mapped;
    *nr_bytes = stats.small_len + stats.run_len + stats.mapped_len;
}

void kheap_trim(void)
{
    uint64_t flags = spin_lock(&lock);

    heap_trim(heap, 0);
    spin_unlock(&lock, flags);
}
