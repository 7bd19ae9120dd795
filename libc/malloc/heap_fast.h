/*
 * malloc/heap_fast.h - the short way of heap_alloc() and heap_free()
 *
 * Inline, so that a C library's malloc() is nothing but this. Both give up where anything is out of
 * the ordinary, and heap.c does it the long way then. Blocks of up to 1 KiB begin here, and larger ones that
 * fill their slot; all blocks in slots end here.
 *
 * A slab's bits are the slots that it gives out next, drawn from the vacant ones of one word in advance.
 * A slot freed meanwhile becomes vacant, and not one of them: it is not given out at once again.
 */

#ifndef MALLOC_HEAP_FAST_H
#define MALLOC_HEAP_FAST_H

#include "heap_internal.h"

/* What was read is better read again than kept in a register: it can be an operand. */
#define READ_AGAIN(field) __asm__("" : "+m"(field))

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

static inline void bit_clear(unsigned long *words, size_t bit)
{
#if defined(__x86_64__)
    __asm__("btrq %1, %0" : "+m"(*(unsigned long(*)[SMALL_MAX])words) : "r"(bit) : "cc");
#else
    words[bit / WORD_BITS] &= ~(1ul << bit % WORD_BITS);
#endif
}

/*
 * Which slot starts at an offset: offset / size, by multiplying with 2^n / size, rounded up. The
 * division has no remainder if and only if what is left below 2^n is less than the factor (Lemire, Kaser,
 * Kurz 2019, "Faster remainder by direct computation").
 *
 * Returns     1; 0: none starts there, or inverse is 0
 */
static inline int slot_of(uint64_t *inverse, uintptr_t offset, size_t *slot)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)load(inverse) * offset;
    *slot = (size_t)(product >> 64);
    READ_AGAIN(*inverse);
    return (uint64_t)product < load(inverse);
#else
    /* 2^32: offsets are below 2^18, sizes at most 2^14. */
    uint64_t product = *inverse * (uint32_t)offset;
    *slot = (size_t)(product >> 32);
    return (uint32_t)product < *inverse;
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

/* Take the lowest bit of a word. 1, or 0: none is set. */
static inline int bit_take(unsigned long *word, size_t *bit)
{
#if defined(__x86_64__) && defined(__GCC_ASM_FLAG_OUTPUTS__)
    int none;

    __asm__("bsfq %2, %1" : "=@ccz"(none), "=r"(*bit) : "m"(*word));
    if (UNLIKELY(none))
        return 0;
#else
    if (UNLIKELY(*word == 0))
        return 0;
    *bit = (size_t)__builtin_ctzl(*word);
#endif
    bit_clear(word, *bit);
    return 1;
}

/* One slot fewer is in use. Whether the count is above 0. */
static inline int count_down(struct page *slab)
{
#if defined(__x86_64__) && defined(__GCC_ASM_FLAG_OUTPUTS__)
    int above;

    __asm__("decw %1" : "=@ccg"(above), "+m"(slab->count));
    return above;
#else
    return --slab->count > 0;
#endif
}

/* The next of the slots that a slab has drawn. NULL: there is none. */
static inline void *slot_take(struct page *slab)
{
    size_t slot;

    if (!bit_take(&slab->bits, &slot))
        return NULL;
    bit_clear(slab->word, slot);
    uintptr_t address = *words_of(slab) + (uint32_t)slot * slab->size;
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

    if (LIKELY(class < heap->nr_fast))
        return slot_take(heap->current[PLAIN][class]);
    if (LIKELY(size < heap->exact_end)) {
        struct page *slab = heap->current[GUARDED][(size + 15) / 16];
        unsigned char *block = slot_take(slab);
        size_t room = slab->size;
        if (LIKELY(block != NULL))
            block[size] = block[room - 1] = (unsigned char)(heap->guard ^ (room - size));
        return block;
    }
    if (size >= heap->fast_end)
        return NULL;
    struct page *slab =
        heap->current[PLAIN][heap->class_above[(size + STEP_ABOVE - 1) / STEP_ABOVE]];
    return slab->size == size ? slot_take(slab) : NULL;
}

/* The rest of fast_free() where the slab is a guarded one or its count is 0. */
void heap_free_counted(unsigned char *block, struct page *slab, size_t slot);

/* Take a block back. 1, or 0: take the long way. */
static inline int fast_free(const struct range *region, struct heap *heap, void *block)
{
    uintptr_t offset = (uintptr_t)block - load(&region->start);
    size_t index = offset / HEAP_PAGE, slot;

    if (UNLIKELY(index >= load(&region->nr_pages)))
        return 0;
    struct page *slab = region->slab[index];
    if (HEAP_THREADS && UNLIKELY(load(&slab->owner) != heap))
        return 0;
    if (UNLIKELY(!slot_of(&slab->inverse, (uintptr_t)block - slab->start, &slot)))
        return 0;
    if (UNLIKELY(bit_test_and_set(vacant_of(slab), slot)))
        return 0;
    if (LIKELY(count_down(slab)))
        return 1;
    heap_free_counted(block, slab, slot);
    return 1;
}

#endif
