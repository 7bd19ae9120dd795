/*
 * malloc/heap_guard.h - the short way of a hardened heap's allocations
 *
 * Inline, as heap_fast.h is. Blocks of up to 1 KiB leave 8 to 32 spare bytes, so their size class is exact.
 */

#ifndef MALLOC_HEAP_GUARD_H
#define MALLOC_HEAP_GUARD_H

#include "heap_fast.h"

/* Sizes that have the short way. */
#define HARDENED_MAX (EXACT_MAX - 8)

static inline uint64_t load_word(const void *from)
{
    uint64_t word;

    __builtin_memcpy(&word, from, sizeof(word));
    return word;
}

static inline void store_word(void *to, uint64_t word)
{
    __builtin_memcpy(to, &word, sizeof(word));
}

/* A value of one byte in each of eight. */
static inline uint64_t word_of(size_t value)
{
    return value * UINT64_C(0x0101010101010101);
}

/* Sixteen bytes at once, where the compiler has registers for them; else two words. */
typedef uint64_t vector __attribute__((vector_size(16), aligned(1), may_alias));

/* Whether len bytes are a word again and again, and make them so; len is a multiple of 16, at least 32. */
static inline int words_are(const unsigned char *bytes, uint64_t word, size_t len)
{
    const unsigned char *last = bytes + len - 16;
    vector want = {word, word}, wrong = *(const vector *)last ^ want;

    do {
        vector more = *(const vector *)bytes ^ want;
        wrong |= more | (*(const vector *)(bytes + 16) ^ want);
    } while ((bytes += 32) < last);
    return (wrong[0] | wrong[1]) == 0;
}

static inline void words_set(unsigned char *bytes, uint64_t word, size_t len)
{
    unsigned char *last = bytes + len - 16;
    vector value = {word, word};

    *(vector *)last = value;
    do
        *(vector *)bytes = *(vector *)(bytes + 16) = value;
    while ((bytes += 32) < last);
}

/* A write after free was found in a block that is given out now. Returns it. */
__attribute__((returns_nonnull)) void *stale_written(struct heap *heap, void *block);

/* Bytes that a block takes. */
static inline size_t hardened_room(size_t size)
{
    size_t room = (size + 23) & ~(size_t)15;

    return room < 32 ? 32 : room;
}

/* Make a free slot of room bytes a block of size bytes. */
static ALWAYS_INLINE void *hardened_give(struct heap *heap, unsigned char *block, size_t size,
                                         size_t room)
{
    int intact = words_are(block, heap->stale, room);
    uint64_t word = heap->guard ^ word_of(room - size);

    store_word(block + size, word);
    store_word(block + room - 8, word);
    if (room - size > 16) {
        store_word(block + size + 8, word);
        store_word(block + room - 16, word);
    }
    return LIKELY(intact) ? block : stale_written(heap, block);
}

/*
 * A block of size bytes. A write after free to what it was before is reported.
 *
 * Returns     the block; NULL: there is no memory, or it is no such size or heap. The first does not look
 * further than at what the current slab has drawn.
 */
static ALWAYS_INLINE void *hardened_alloc(struct heap *heap, size_t size)
{
    if (UNLIKELY(!heap->hardened || size - 1 >= HARDENED_MAX))
        return NULL;
    size_t room = hardened_room(size);
    unsigned char *block = slot_take(heap->current[GUARDED][room / 16]);
    return LIKELY(block != NULL) ? hardened_give(heap, block, size, room) : NULL;
}

void *hardened_alloc_slow(struct heap *heap, size_t size);

#endif
