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

#include "heap_fast.h"

#include <string.h>

#define NR_QUARANTINE (HEAP_PAGE / sizeof(void *))

/* The high bit is set, and stays so when a number of up to SHORT_MAX spare bytes is put into it. */
static inline unsigned char guard_value(const struct arena *arena, uintptr_t slot)
{
    return arena->guard ^ (arena->harden ? slot >> 4 & 0x7f : 0);
}

/* What a free slot is filled with: another value. */
static inline unsigned char stale_value(const struct arena *arena, uintptr_t slot)
{
    return guard_value(arena, slot) ^ 0x55;
}

static inline uint64_t load_word(const void *from)
{
    uint64_t word;

    memcpy(&word, from, sizeof(word));
    return word;
}

static int all_are(const unsigned char *bytes, unsigned char value, size_t len)
{
    uint64_t word = value * UINT64_C(0x0101010101010101);

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
    unsigned char value = guard_value(arena, (uintptr_t)block), *bytes = block;
    size_t spare = room - size;
    uint32_t count = (uint32_t)spare;

    if (spare <= SHORT_MAX)
        value ^= (unsigned char)spare;
    else
        memcpy(bytes + room - 5, &count, sizeof(count));
    bytes[room - 1] = value;
    for (size_t i = 0, len = filled(arena, spare); i < len; i++)
        bytes[size + i] = value;
}

size_t guard_read(const struct arena *arena, const void *block, size_t room)
{
    const unsigned char *end = (const unsigned char *)block + room;
    uint32_t spare = end[-1] ^ guard_value(arena, (uintptr_t)block);

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

void stale_fill(const struct arena *arena, void *slot, size_t room)
{
    memset(slot, stale_value(arena, (uintptr_t)slot), room);
}

int stale_intact(const struct arena *arena, const void *slot, size_t room, size_t len)
{
    return all_are((const unsigned char *)slot + room - len, stale_value(arena, (uintptr_t)slot),
                   len);
}

int below_intact(const struct arena *arena, struct page *slab, unsigned slot)
{
    const void *below = (void *)(slab->start + (slot - 1) * slab->size);

    /* Slot 0 is never a block. */
    if (slot == 1 || bit_test(vacant_of(slab), slot - 1) ||
        bit_test(held_of(arena, slab), slot - 1))
        return stale_intact(arena, below, slab->size, 16);
    return guard_read(arena, below, slab->size) != SIZE_MAX;
}

/* Let a slot be reused. */
static void let_out(struct heap *heap, void *address)
{
    struct arena *arena = heap->arena;
    struct range *range = &arena->region;
    int outside = (uintptr_t)address - range->start >= load(&range->nr_pages) * HEAP_PAGE;

    if (outside) {
        arena_lock(arena);
        range = standin_find(arena, (uintptr_t)address);
        arena_unlock(arena);
    }
    struct page *slab = range->slab[page_index(range, (uintptr_t)address)];
    unsigned slot = (unsigned)(((uintptr_t)address - slab->start) / slab->size);

    if (!stale_intact(arena, address, slab->size, slab->size)) {
        note_misuse(arena, HEAP_STALE_WRITE, (uintptr_t)address);
        stale_fill(arena, address, slab->size);
    }
    unsigned long *held = held_of(arena, slab) + slot / WORD_BITS;
    store(held, *held & ~(1ul << slot % WORD_BITS));
    slab_free(heap, slab, slot);
}

void quarantine_put(struct heap *heap, struct page *slab, unsigned slot)
{
    void *address = (void *)(slab->start + slot * slab->size);
    unsigned long *held = held_of(heap->arena, slab) + slot / WORD_BITS;

    stale_fill(heap->arena, address, slab->size);
    store(held, *held | 1ul << slot % WORD_BITS);
    if (heap->quarantine != NULL) {
        void **place = &heap->quarantine[(random_next(&heap->random) >> 32) % NR_QUARANTINE];
        void *other = *place;
        *place = address;
        address = other;
    }
    if (address != NULL)
        let_out(heap, address);
}

void quarantine_flush(struct heap *heap)
{
    for (size_t i = 0; heap->quarantine != NULL && i < NR_QUARANTINE; i++) {
        void *address = heap->quarantine[i];
        heap->quarantine[i] = NULL;
        if (address != NULL)
            let_out(heap, address);
    }
}
