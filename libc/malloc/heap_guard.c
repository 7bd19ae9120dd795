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

#define NR_QUARANTINE (HEAP_PAGE / sizeof(uintptr_t))

/*
 * What a free slot is filled with. A guard has its high bit set, and keeps it when a number of up to
 * SHORT_MAX spare bytes is put into it: this is no guard, and not 0 as the guard is odd.
 */
static inline unsigned char stale_value(unsigned char guard)
{
    return guard ^ 0x80;
}

static inline uint64_t load_word(const void *from)
{
    uint64_t word;

    __builtin_memcpy(&word, from, sizeof(word));
    return word;
}

/* A value in each of eight bytes. */
static inline uint64_t word_of(unsigned char value)
{
    return value * UINT64_C(0x0101010101010101);
}

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

/* Sixteen bytes at once, where the compiler has registers for them; else two words. */
typedef uint64_t vector __attribute__((vector_size(16), aligned(1), may_alias));

/* Whether len bytes are a value, and make them so. At least 16; the last two vectors may overlap. */
static inline int vectors_are(const unsigned char *bytes, uint64_t word, size_t len)
{
    vector want = {word, word}, wrong = *(const vector *)(bytes + len - 16) ^ want;

    for (size_t i = 0; i < len - 16; i += 32) {
        size_t next = i + 32 <= len ? i + 16 : i;
        wrong |= (*(const vector *)(bytes + i) ^ want) | (*(const vector *)(bytes + next) ^ want);
    }
    return (wrong[0] | wrong[1]) == 0;
}

static inline void vectors_set(unsigned char *bytes, uint64_t word, size_t len)
{
    vector value = {word, word};

    for (size_t i = 0; i < len - 16; i += 16)
        *(vector *)(bytes + i) = value;
    *(vector *)(bytes + len - 16) = value;
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
    for (size_t i = 0, len = filled(arena, spare); i < len; i++)
        bytes[size + i] = value;
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

void stale_fill(const struct arena *arena, void *slot, size_t room)
{
    vectors_set(slot, word_of(stale_value(arena->guard)), room);
}

int stale_intact(const struct arena *arena, const void *slot, size_t room, size_t len)
{
    return all_are((const unsigned char *)slot + room - len, stale_value(arena->guard), len);
}

int below_intact(const struct arena *arena, struct page *slab, unsigned slot)
{
    const void *below = (void *)(slab->start + (slot - 1) * slab->size);

    if (bit_test(vacant_of(slab), slot - 1))
        return stale_intact(arena, below, slab->size, 16);
    return guard_read(arena, below, slab->size) != SIZE_MAX;
}

/* Let a slot be reused. What was written to it is found then, or when its slab is given up. */
static inline void let_out(struct heap *heap, uintptr_t address)
{
    struct arena *arena = heap->arena;
    struct range *range = &arena->region;
    size_t index = page_index(range, address), slot;

    if (UNLIKELY(index >= load(&range->nr_pages))) {
        arena_lock(arena);
        range = standin_find(arena, address);
        arena_unlock(arena);
        index = page_index(range, address);
    }
    struct page *slab = range->slab[index];
    slot_of(&arena->classes[slab->class].inverse, address - slab->start, &slot);
    unsigned long *held = held_of(arena, slab) + slot / WORD_BITS;
    store(held, *held & ~(1ul << slot % WORD_BITS));
    slab->count--;
    if (UNLIKELY(count_is_low(slab)))
        slab_is_low(heap, slab);
}

/* Put a filled slot into quarantine, and let another one out. */
static inline void put(struct heap *heap, struct page *slab, size_t slot, uintptr_t address)
{
    unsigned long *held = held_of(heap->arena, slab) + slot / WORD_BITS;
    uintptr_t other = address;

    store(held, *held | 1ul << slot % WORD_BITS);
    if (LIKELY(heap->quarantine != NULL)) {
        uintptr_t *place = &heap->quarantine[(random_next(&heap->random) >> 32) % NR_QUARANTINE];
        other = *place;
        *place = address;
    }
    if (LIKELY(other != 0))
        let_out(heap, other);
}

void quarantine_put(struct heap *heap, struct page *slab, unsigned slot)
{
    uintptr_t address = slab->start + slot * slab->size;

    stale_fill(heap->arena, (void *)address, slab->size);
    put(heap, slab, slot, address);
}

void quarantine_flush(struct heap *heap)
{
    for (size_t i = 0; heap->quarantine != NULL && i < NR_QUARANTINE; i++) {
        uintptr_t address = heap->quarantine[i];
        heap->quarantine[i] = 0;
        if (address != 0)
            let_out(heap, address);
    }
}

static inline void store_word(void *to, uint64_t word)
{
    __builtin_memcpy(to, &word, sizeof(word));
}

void *hardened_alloc(struct heap *heap, size_t size)
{
    size_t class = size <= 24 ? 2 : (size + 23) / 16, room = class * 16;
    unsigned char *block = slot_take(heap->current[GUARDED][class]);

    if (UNLIKELY(block == NULL))
        block = slab_alloc(heap, GUARDED, (unsigned)class);
    if (UNLIKELY(block == NULL))
        return NULL;
    if (UNLIKELY(!vectors_are(block, word_of(stale_value(heap->guard)), room)))
        note_misuse(heap->arena, HEAP_STALE_WRITE, (uintptr_t)block);
    uint64_t word = word_of((unsigned char)(heap->guard ^ (room - size)));
    store_word(block + size, word);
    store_word(block + room - 8, word);
    if (room - size > 16) {
        store_word(block + size + 8, word);
        store_word(block + room - 16, word);
    }
    report_pending(heap->arena);
    return block;
}

void hardened_free(struct heap *heap, struct page *slab, size_t slot, unsigned char *block)
{
    size_t room = slab->size, spare = block[room - 1] ^ heap->guard;
    uint64_t word = word_of(block[room - 1]), below = load_word(block - 8);
    uint64_t stale = word_of(stale_value(heap->guard));

    /* The same for what lies below, of which the last word shows enough. */
    if (UNLIKELY(spare - 8 > 24 || load_word(block + room - 8) != word ||
                 load_word(block + room - spare) != word ||
                 (spare > 16 && (load_word(block + room - 16) != word ||
                                 load_word(block + room - spare + 8) != word)) ||
                 below != word_of((unsigned char)below) ||
                 (below != stale && ((unsigned char)below ^ heap->guard) > SHORT_MAX) ||
                 (below == stale && load_word(block - 16) != stale))) {
        heap_free_again(heap, block, slab, slot);
        return;
    }
    vectors_set(block, stale, room);
    slab->count++;
    put(heap, slab, slot, (uintptr_t)block);
    report_pending(heap->arena);
}
