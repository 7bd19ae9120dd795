/*
 * malloc/heap_guard.c - spare bytes that show a write past a block, and quarantine
 *
 * A guarded block has at least one byte behind it. The last byte of its slot is a value that is never 0,
 * and says how many bytes are spare; the first of them is the same, and, hardened, all are. So the block's
 * exact size is known, and a write past it, of one byte, NUL included, changes what must be there. Where
 * more than 127 are spare, the four bytes before the last say how many.
 *
 * Hardened: a freed slot is filled with another such value and kept from reuse in a table of slots, from
 * which a place drawn at random takes it and lets out who was there before. What was written to in the
 * meantime is not as it was filled. Slots that were never used are filled as well, so that each slot's
 * neighbour below can tell of writes before it.
 */

#include "heap_guard.h"

#include <string.h>

static int all_are(const unsigned char *bytes, unsigned char value, size_t len)
{
    uint64_t word = word_of(value);

    for (; len >= 8; len -= 8, bytes += 8)
        if (load_word(bytes) != word)
            return 0;
    while (len-- != 0)
        if (*bytes++ != value)
            return 0;
    return 1;
}

/* How many of so many spare bytes are filled. */
static size_t filled(const struct arena *arena, size_t spare)
{
    if (!arena->harden)
        return 1;
    return spare <= SHORT_MAX ? spare : spare - 5;
}

void guard_write(const struct arena *arena, void *block, size_t size, size_t room)
{
    unsigned char value = arena->guard, *bytes = block;
    size_t spare = room - size;
    uint32_t count = (uint32_t)spare;

    if (spare <= SHORT_MAX)
        value ^= (unsigned char)spare;
    else
        memcpy(bytes + room - 5, &count, sizeof(count));
    bytes[room - 1] = value;
    memset(bytes + size, value, filled(arena, spare));
}

size_t guard_read(const struct arena *arena, const void *block, size_t room)
{
    const unsigned char *end = (const unsigned char *)block + room;
    uint32_t spare = end[-1] ^ arena->guard;

    if (spare > SHORT_MAX)
        return SIZE_MAX;
    if (spare == 0) {
        memcpy(&spare, end - 5, sizeof(spare));
        if (spare <= SHORT_MAX)
            return SIZE_MAX;
    }
    if (spare > room || !all_are(end - spare, end[-1], filled(arena, spare)))
        return SIZE_MAX;
    return room - spare;
}

int guard_intact(const struct arena *arena, const void *block, size_t size, size_t room)
{
    return guard_read(arena, block, room) == size;
}

uint64_t stale_word(uint64_t random)
{
    return (random | 1) & ~((uint64_t)0x80 << 56);
}

void stale_fill(const struct arena *arena, void *slot, size_t room)
{
    words_set(slot, arena->stale, room);
}

int stale_intact(const struct arena *arena, const void *slot, size_t room)
{
    return words_are(slot, arena->stale, room);
}

int below_intact(const struct arena *arena, struct page *slab, unsigned slot)
{
    const unsigned char *start = (void *)(slab->start + slot * slab->size);

    if (bit_test(vacant_of(slab), slot - 1))
        return load_word(start - 8) == arena->stale && load_word(start - 16) == arena->stale;
    return guard_read(arena, start - slab->size, slab->size) != SIZE_MAX;
}

static NOINLINE void slab_is_low_now(struct heap *heap, struct page *slab)
{
    slab_is_low(heap, slab);
    report_pending(heap->arena);
}

/* Let a slot be reused. What was written to it is found then, or when its slab is given up. */
static ALWAYS_INLINE void let_out(struct heap *heap, struct page *slab, size_t slot)
{
    bit_clear(held_of(heap->arena, slab), slot);
    count_down(slab);
    if (UNLIKELY(count_is_low(slab)))
        slab_is_low_now(heap, slab);
}

static NOINLINE void let_out_now(struct heap *heap, struct page *slab, size_t slot)
{
    let_out(heap, slab, slot);
}

/* Put a filled slot into quarantine, and let another one out. */
static ALWAYS_INLINE void put(struct heap *heap, struct page *slab, size_t slot)
{
    bit_test_and_set(held_of(heap->arena, slab), slot);
    if (UNLIKELY(heap->quarantine == NULL)) {
        let_out_now(heap, slab, slot);
        return;
    }
    struct quarantined *place =
        &heap->quarantine[random_next(&heap->random) >> 32 & (NR_QUARANTINE - 1)];
    struct quarantined other = *place;
    *place = (struct quarantined){slab, slot};
    if (LIKELY(other.slab != NULL))
        let_out(heap, other.slab, other.slot);
}

void quarantine_put(struct heap *heap, struct page *slab, unsigned slot)
{
    stale_fill(heap->arena, (void *)(slab->start + slot * slab->size), slab->size);
    put(heap, slab, slot);
}

void quarantine_flush(struct heap *heap)
{
    for (size_t i = 0; heap->quarantine != NULL && i < NR_QUARANTINE; i++) {
        struct quarantined other = heap->quarantine[i];
        heap->quarantine[i].slab = NULL;
        if (other.slab != NULL)
            let_out(heap, other.slab, other.slot);
    }
}

void *stale_written(struct heap *heap, void *block)
{
    note_misuse(heap->arena, HEAP_STALE_WRITE, (uintptr_t)block);
    report_pending(heap->arena);
    return block;
}

void *hardened_alloc_slow(struct heap *heap, size_t size)
{
    size_t room = hardened_room(size);

    if (!heap->hardened || size - 1 >= HARDENED_MAX)
        return NULL;
    unsigned char *block = slab_alloc(heap, GUARDED, (unsigned)(room / 16));
    if (block == NULL)
        return NULL;
    report_pending(heap->arena);
    return hardened_give(heap, block, size, room);
}

/* Whether all bytes of a word are the same. */
static inline int is_uniform(uint64_t word)
{
    return word == (word << 8 | word >> 56);
}

void hardened_free(unsigned char *block, struct page *slab, size_t slot)
{
    const struct heap *heap = slab->owner;
    size_t room = slab->size;
    const unsigned char *end = block + room;
    uint64_t word = load_word(end - 8), below = load_word(block - 8);
    size_t spare = (unsigned char)(word ^ heap->guard);

    /* What lies below is a guard or a free slot, of which the last words show enough. */
    if (UNLIKELY(
            !is_uniform(word) || spare - 8 > 24 || load_word(end - spare) != word ||
            (spare > 16 && (load_word(end - 16) != word || load_word(end - spare + 8) != word)) ||
            (below == heap->stale ? load_word(block - 16) != below
                                  : !is_uniform(below) || below >> 63 == 0))) {
        heap_free_again(block, slab, slot);
        return;
    }
    words_set(block, heap->stale, room);
    slab->count++;
    put(slab->owner, slab, slot);
}
