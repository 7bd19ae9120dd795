/*
 * malloc/heap_fast.h - the short way of heap_alloc() and heap_free()
 *
 * Inline, so that a C library's malloc() is nothing but this. Both give up where anything is out of
 * the ordinary, and heap.c does it the long way then. Blocks of every multiple of 16 bytes up to 1 KiB
 * begin here, and blocks of all slot sizes end here; others have a guard to be looked at.
 *
 * A slab's bits are the slots that it gives out next, drawn from the vacant ones of one word in advance.
 * A slot freed meanwhile becomes vacant, and not one of them: it is not given out at once again.
 */

#ifndef MALLOC_HEAP_FAST_H
#define MALLOC_HEAP_FAST_H

#include "heap_internal.h"

/* Set or clear a bit of a bitmap, and say whether it was set. One instruction on x86. */
static inline int bit_test_and_set(unsigned long *words, size_t bit)
{
#if defined(__x86_64__) && defined(__GCC_ASM_FLAG_OUTPUTS__)
    int old;
    __asm__("btsq %2, %1" : "=@ccc"(old), "+m"(*(unsigned long(*)[SMALL_MAX])words) : "r"(bit));
    return old;
#else
    int old = bit_test(words, bit);
    words[bit / WORD_BITS] |= 1ul << bit % WORD_BITS;
    return old;
#endif
}

static inline void bit_clear(unsigned long *word, size_t bit)
{
#if defined(__x86_64__)
    __asm__("btrq %1, %0" : "+m"(*word) : "r"(bit) : "cc");
#else
    *word &= ~(1ul << bit);
#endif
}

/*
 * Which slot starts at an offset: offset / size, by multiplying with 2^n / size, rounded up. The
 * division has no remainder if and only if what is left below 2^n is less than the factor (Lemire, Kaser,
 * Kurz 2019, "Faster remainder by direct computation").
 *
 * Returns     1; 0: none starts there, or inverse is 0
 */
static inline int slot_of(uint64_t inverse, uintptr_t offset, size_t *slot)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)inverse * offset;
    *slot = (size_t)(product >> 64);
    return (uint64_t)product < inverse;
#else
    /* 2^32: offsets are below 2^18, sizes at most 2^14. */
    uint64_t product = inverse * (uint32_t)offset;
    *slot = (size_t)(product >> 32);
    return (uint32_t)product < inverse;
#endif
}

static inline uint64_t inverse_of(uint32_t size)
{
#ifdef __SIZEOF_INT128__
    return UINT64_MAX / size + 1;
#else
    return UINT32_MAX / size + 1;
#endif
}

/* The lowest of a slab's bits, of which there is one. */
static inline void *slot_take(struct page *slab)
{
    unsigned long bits = slab->bits;
    size_t slot = (size_t)__builtin_ctzl(bits);

    slab->bits = bits & (bits - 1);
    bit_clear(slab->word, slot);
    uintptr_t address = *words_of(slab) + slot * slab->size;
    if (address == 0)
        __builtin_unreachable();
    return (void *)address;
}

/* The long ways: every request, every address. */
void *heap_alloc_slow(struct heap *heap, size_t align, size_t size);
void heap_free_slow(struct heap *heap, void *block);

/* A block of size bytes, or NULL: take the long way. */
static inline void *fast_alloc(struct heap *heap, size_t size)
{
    /* What is no multiple of 16 is a large number once the low bits are on top. */
    size_t class = size >> 4 | size << (8 * sizeof(size_t) - 4);

    if (UNLIKELY(class >= heap->nr_fast))
        return NULL;
    struct page *slab = heap->current[PLAIN][class];
    if (UNLIKELY(slab->bits == 0))
        return NULL;
    return slot_take(slab);
}

/* Take a block back. 1, or 0: take the long way. */
static inline int fast_free(const struct range *region, struct heap *heap, void *block)
{
    uintptr_t offset = (uintptr_t)block - region->start;
    size_t index = offset / HEAP_PAGE, slot;

    if (UNLIKELY(index >= load(&region->nr_pages)))
        return 0;
    struct page *slab = region->slab[index];
    if (HEAP_THREADS && UNLIKELY(load(&slab->owner) != heap))
        return 0;
    if (UNLIKELY(!slot_of(load(&slab->inverse), (uintptr_t)block - slab->start, &slot)))
        return 0;
    if (UNLIKELY(bit_test_and_set(vacant_of(slab), slot)))
        return 0;
    if (UNLIKELY(--slab->nr_used == 0))
        slab_emptied(heap, slab);
    return 1;
}

#endif
