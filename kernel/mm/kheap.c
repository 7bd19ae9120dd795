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

#define HEAP_MAX (64UL << 30)
#define TOP_PAD  (16UL << 10)

static struct heap *heap;
static vaddr_t heap_end = KERNEL_HEAP; /* guarded by lock */
static struct spinlock lock;
static uint64_t lock_flags; /* of the lock's holder */

static void *extend(void *ctx, size_t len)
{
    vaddr_t start = heap_end;

    (void)ctx;
    if (len > HEAP_MAX - (heap_end - KERNEL_HEAP) || kernel_map_pages(start, start + len) < 0)
        return NULL;
    for (vaddr_t va = start; va < start + len; va += PAGE_SIZE)
        page_clear((void *)va);
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

static void take_lock(void *ctx)
{
    (void)ctx;
    lock_flags = spin_lock(&lock);
}

static void release_lock(void *ctx)
{
    (void)ctx;
    spin_unlock(&lock, lock_flags);
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
        .misuse = misuse,
        .lock = take_lock,
        .unlock = release_lock,
    };

    heap = heap_create(NULL, &source);
    if (!heap || heap_set_option(heap, HEAP_TOP_PAD, TOP_PAD) < 0)
        panic("too little memory for the kernel heap");
}

void *kmalloc(size_t len)
{
    return fail_injected(FAIL_KMALLOC) ? NULL : heap_alloc(heap, len);
}

void *kzalloc(size_t len)
{
    return fail_injected(FAIL_KMALLOC) ? NULL : heap_alloc_zeroed(heap, len);
}

void *kmalloc_aligned(size_t len, size_t align)
{
    return fail_injected(FAIL_KMALLOC) ? NULL : heap_alloc_aligned(heap, align, len);
}

void kfree(void *block)
{
    heap_free(heap, block);
}

void kheap_count(size_t *nr_blocks, size_t *nr_bytes)
{
    struct heap_stats stats;

    heap_get_stats(heap, &stats);
    *nr_blocks = stats.nr_small + stats.nr_run + stats.nr_mapped;
    *nr_bytes = stats.small_len + stats.run_len + stats.mapped_len;
}

void kheap_trim(void)
{
    heap_trim(heap, 0);
}
