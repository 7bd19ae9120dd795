/*
 * tests/host/object_model.h - memory objects beside arrays of bytes
 *
 * The model of an object is its size and, for each page it may have, a copy of what the page must
 * hold, or that there is none. Pages are those of the first chunks and a few far behind them. Frames
 * come from a pool here, where a frame that is given back is poisoned for AddressSanitizer and its
 * references are compared with those that the model knows. Any allocation can be made to fail: then
 * the call must say so, and the model stays as it is.
 */
#ifndef TESTS_OBJECT_MODEL_H
#define TESTS_OBJECT_MODEL_H

#include <asm/errno.h>
#include <sanitizer/asan_interface.h>

#include "mm/commit.h"
#include "mm/kheap.h"
#include "mm/object.h"
#include "unit.h"

/* link: kernel/mm/object.c kernel/lib/tree.c */
/* cflags: -include tests/host/kernel_memory.h -iquote kernel */

#define NR_NEAR    150 /* pages from the start of an object on: more than two chunks */
#define NR_FAR     3   /* pages from FAR on, across the start of a chunk */
#define FAR        ((1UL << 50) - 1)
#define NR_SLOTS   (NR_NEAR + NR_FAR)
#define NR_OBJECTS 3
#define NR_HELD    4
#define MAX_COPY   5 /* pages of an object that is made with its content */

/* ---- the machine ------------------------------------------------------------------------------ */

#define NR_FRAMES   (NR_OBJECTS * NR_SLOTS + NR_HELD + 1)
#define FIRST_FRAME 1000 /* its number; frame i of the pool has FIRST_FRAME + i */

static struct {
    _Alignas(4096) unsigned char pages[NR_FRAMES][PAGE_SIZE];
    struct frame frames[FIRST_FRAME + NR_FRAMES];
    size_t nr_promised, nr_blocks;
    unsigned fails_in; /* allocations to the one that fails; 0: none shall */
    bool failed;       /* it has */
} machine;

pfn_t zero_frame = FIRST_FRAME; /* the first of the pool */
struct frame *frame_table = machine.frames;

void *host_phys_to_virt(paddr_t pa)
{
    pfn_t pfn = pa >> PAGE_SHIFT;

    ASSERT(pfn >= FIRST_FRAME && pfn < FIRST_FRAME + NR_FRAMES);
    return machine.pages[pfn - FIRST_FRAME];
}

struct thread *host_thread_current(void)
{
    static struct thread only;

    return &only;
}

void mutex_init(struct mutex *mutex, enum lock_rank rank)
{
    *mutex = (struct mutex){.rank_bit = 1UL << rank};
    list_init(&mutex->waiters.waiters);
}

void mutex_wait(struct mutex *mutex)
{
    (void)mutex;
    ASSERT(!"the mutex is held");
}

void mutex_wake(struct mutex *mutex)
{
    (void)mutex;
    ASSERT(!"somebody waits");
}

static bool fails_now(void)
{
    bool fails = machine.fails_in == 1;

    machine.fails_in -= machine.fails_in > 0;
    machine.failed |= fails;
    return fails;
}

/* nr contiguous frames with a reference each. */
static pfn_t take_frames(size_t nr)
{
    for (size_t i = 1, run = 0; i < NR_FRAMES; i++) {
        run = frame_of(FIRST_FRAME + i)->refs ? 0 : run + 1;
        if (run < nr)
            continue;
        for (size_t k = i + 1 - nr; k <= i; k++) {
            frame_of(FIRST_FRAME + k)->refs = 1;
            ASAN_UNPOISON_MEMORY_REGION(machine.pages[k], PAGE_SIZE);
        }
        return FIRST_FRAME + i + 1 - nr;
    }
    return NO_FRAME;
}

pfn_t frame_alloc(unsigned order)
{
    return fails_now() ? NO_FRAME : take_frames(1UL << order);
}

pfn_t frame_alloc_zeroed(void)
{
    pfn_t pfn = frame_alloc(0);

    if (pfn != NO_FRAME)
        memset(frame_address(pfn), 0, PAGE_SIZE);
    return pfn;
}

void frame_free(pfn_t pfn)
{
    ASSERT(pfn > FIRST_FRAME && pfn < FIRST_FRAME + NR_FRAMES && !frame_of(pfn)->refs);
    memset(frame_address(pfn), 0xa5, PAGE_SIZE);
    ASAN_POISON_MEMORY_REGION(frame_address(pfn), PAGE_SIZE);
}

void *kmalloc(size_t len)
{
    void *block = fails_now() ? NULL : malloc(len);

    if (block)
        memset(block, 0xa5, len);
    machine.nr_blocks += block != NULL;
    return block;
}

void *kzalloc(size_t len)
{
    void *block = kmalloc(len);

    return block ? memset(block, 0, len) : NULL;
}

void kfree(void *block)
{
    machine.nr_blocks -= block != NULL;
    free(block);
}

size_t commit_left_to_files(void)
{
    return fails_now() ? 0 : SIZE_MAX;
}

int commit_settle(struct promise *promise, size_t nr_pages, size_t nr_tables)
{
    ASSERT(nr_tables == 0 && promise->nr_pages <= machine.nr_promised + nr_pages);
    if (nr_pages > promise->nr_pages && fails_now())
        return -ENOMEM;
    machine.nr_promised += nr_pages - promise->nr_pages;
    promise->nr_pages = nr_pages;
    return 0;
}

/* No area maps an object here. */
void object_unmap(struct object *object, uint64_t first, uint64_t last, bool copies)
{
    ASSERT(list_empty(&object->areas) && first <= last);
    (void)copies;
}

/* ---- the model -------------------------------------------------------------------------------- */

struct model {
    struct object *object; /* NULL: none in this place */
    unsigned refs, flags;
    size_t nr_seen, nr_charged; /* pages after the last step, and those of them that are charged */
    uint64_t size;
    unsigned char *pages[NR_SLOTS]; /* NULL: a hole */
    pfn_t frames[NR_SLOTS];
};

/* A page that somebody uses while its object goes on. */
struct held {
    pfn_t frame; /* 0: none */
};

static struct {
    struct model objects[NR_OBJECTS];
    struct held held[NR_HELD];
    unsigned nr_owned, nr_released;
} m;

static uint64_t index_of(size_t slot)
{
    return slot < NR_NEAR ? slot : FAR + (slot - NR_NEAR);
}

static uint64_t pages_of(uint64_t size)
{
    return size / PAGE_SIZE + (size % PAGE_SIZE != 0);
}

static bool is_inside(const struct model *o, size_t slot)
{
    return index_of(slot) < pages_of(o->size);
}

static size_t count_pages(const struct model *o)
{
    size_t nr = 0;

    for (size_t slot = 0; slot < NR_SLOTS; slot++)
        nr += o->pages[slot] != NULL;
    return nr;
}

static size_t pick_slot(void)
{
    return pick(8) ? pick(NR_NEAR) : NR_NEAR + pick(NR_FAR);
}

/* A byte in a page that the model knows, or one right at a page's end. */
static uint64_t pick_offset(void)
{
    uint64_t start = index_of(pick_slot()) << PAGE_SHIFT;

    return start + (pick(3) ? pick(PAGE_SIZE) : 0);
}

/* The next allocations but a few may be the one that fails. */
static void begin(bool may_fail)
{
    machine.failed = false;
    machine.fails_in = may_fail && pick(4) == 0 ? 1 + (unsigned)pick(4) : 0;
}

static void finish(void)
{
    machine.fails_in = 0;
    ASSERT(host_thread_current()->held_locks == 0);
}

static void model_drop_page(struct model *o, size_t slot)
{
    free(o->pages[slot]);
    o->pages[slot] = NULL;
}

static void model_add_page(struct model *o, size_t slot, pfn_t frame)
{
    if (o->pages[slot]) {
        ASSERT(frame == o->frames[slot]);
        return;
    }
    ASSERT(frame != zero_frame);
    o->pages[slot] = calloc(1, PAGE_SIZE);
    o->frames[slot] = frame;
}

/* Bytes [from, to) become zero, and what page lies in them whole is gone. */
static void model_clear(struct model *o, uint64_t from, uint64_t to)
{
    for (size_t slot = 0; slot < NR_SLOTS; slot++) {
        uint64_t start = index_of(slot) << PAGE_SHIFT, end = start + PAGE_SIZE;
        if (!o->pages[slot] || end <= from || start >= to)
            continue;
        if (from <= start && end <= to)
            model_drop_page(o, slot);
        else
            memset(o->pages[slot] + (MAX(from, start) - start), 0, MIN(to, end) - MAX(from, start));
    }
}

static void released(void *owner)
{
    ASSERT(owner == &m);
    m.nr_released++;
}

/* ---- steps ------------------------------------------------------------------------------------ */

static void fill(unsigned char *bytes, size_t len)
{
    unsigned char first = (unsigned char)pick(256);

    for (size_t i = 0; i < len; i++)
        bytes[i] = (unsigned char)(first + i * 7);
}

static void create_whole(struct model *o, bool copied)
{
    static unsigned char data[MAX_COPY * PAGE_SIZE];
    size_t size = pick(MAX_COPY * PAGE_SIZE + 1), nr = pages_of(size);
    pfn_t first = copied || !nr ? NO_FRAME : take_frames(nr);

    memset(data, 0, sizeof(data));
    fill(data, size);
    if (!copied && nr) {
        memcpy(frame_address(first), data, nr * PAGE_SIZE);
        o->object = object_create(first, size);
    } else {
        o->object = object_create_copy(data, size);
    }
    if (!o->object)
        return;
    o->size = size;
    o->nr_seen = nr;
    for (size_t slot = 0; slot < nr; slot++) {
        pfn_t frame = object_page(o->object, slot);
        ASSERT(copied || frame == first + slot);
        model_add_page(o, slot, frame);
        memcpy(o->pages[slot], data + slot * PAGE_SIZE, PAGE_SIZE);
    }
}

static void step_create(struct model *o)
{
    size_t kind = pick(8);

    *o = (struct model){.refs = 1};
    begin(true);
    if (kind < 2) {
        create_whole(o, kind == 0);
    } else {
        o->flags = kind < 4 ? OBJECT_PROMISED : 0;
        o->size = kind < 4 ? 1 + pick(NR_NEAR * PAGE_SIZE) : pick(2) * pick_offset();
        o->object = object_create_empty(o->size, o->flags);
    }
    ASSERT(machine.failed == !o->object);
    finish();
    if (o->object && pick(2)) {
        o->object->owner = &m;
        o->object->released = released;
        m.nr_owned++;
    }
}

static void step_put(struct model *o)
{
    bool owned = o->object->owner;
    unsigned before = m.nr_released;

    object_put(o->object);
    if (--o->refs) {
        ASSERT(m.nr_released == before);
        return;
    }
    ASSERT(m.nr_released == before + owned);
    for (size_t slot = 0; slot < NR_SLOTS; slot++)
        model_drop_page(o, slot);
    o->object = NULL;
}

static void step_get(struct model *o)
{
    object_get(o->object);
    o->refs++;
}

/* Whether a call that makes a page said what it must. */
static bool is_made(const struct model *o, size_t slot, int error)
{
    ASSERT(!machine.failed || !o->pages[slot]);
    if (!machine.failed)
        ASSERT(error == 0);
    else
        ASSERT(error == -ENOMEM || (error == -ENOSPC && o->flags == 0));
    return error == 0;
}

/* A store through a mapping, inside the object. */
static void step_make(struct model *o)
{
    size_t slot = pick_slot();
    pfn_t frame;

    begin(true);
    int error = object_make_page(o->object, index_of(slot), &frame);
    finish();
    if (!is_inside(o, slot)) {
        ASSERT(error == -EFAULT);
        return;
    }
    if (!is_made(o, slot, error))
        return;
    model_add_page(o, slot, frame);
    size_t at = pick(MIN(PAGE_SIZE, o->size - (index_of(slot) << PAGE_SHIFT)));
    unsigned char byte = (unsigned char)pick(256);
    ((unsigned char *)frame_address(frame))[at] = o->pages[slot][at] = byte;
}

/* A write as of write(2): the page, the bytes, then the size. At times there is nothing to write. */
static void step_write(struct model *o)
{
    size_t slot = pick_slot(), at = pick(PAGE_SIZE), len = pick(4) ? pick(PAGE_SIZE - at + 1) : 0;
    pfn_t frame;

    if (o->flags)
        return;
    begin(true);
    int error = object_prepare_page(o->object, index_of(slot), &frame);
    finish();
    if (!is_made(o, slot, error))
        return;
    model_add_page(o, slot, frame);
    if (len) {
        fill(o->pages[slot] + at, len);
        memcpy((unsigned char *)frame_address(frame) + at, o->pages[slot] + at, len);
        uint64_t end = (index_of(slot) << PAGE_SHIFT) + at + len;
        object_grow(o->object, end);
        o->size = MAX(o->size, end);
    }
    frame_put(frame);
}

static void step_resize(struct model *o)
{
    uint64_t size = pick(8) ? pick_offset() : 0;

    if (o->flags)
        return;
    begin(false);
    object_resize(o->object, size);
    finish();
    /* What a page had past the old end was zero. */
    model_clear(o, size, pages_of(size) << PAGE_SHIFT);
    model_clear(o, pages_of(size) << PAGE_SHIFT, UINT64_MAX);
    o->size = size;
}

static void step_punch(struct model *o)
{
    uint64_t start = pick_offset(), end = pick(3) ? start + pick(9 * PAGE_SIZE) : pick_offset();

    if (start >= end)
        return;
    begin(false);
    object_punch(o->object, start, end);
    finish();
    model_clear(o, start, end);
}

/* Look at a page, and keep it for a while. */
static void step_hold(struct model *o)
{
    size_t slot = pick_slot();
    struct held *held = &m.held[pick(NR_HELD)];
    pfn_t expected = o->pages[slot] ? o->frames[slot] : zero_frame;

    begin(false);
    pfn_t frame = object_get_page(o->object, index_of(slot));
    finish();
    ASSERT(frame == (is_inside(o, slot) ? expected : NO_FRAME));
    if (frame == NO_FRAME)
        return;
    if (held->frame)
        frame_put(held->frame);
    held->frame = frame;
}

static void step_let_go(void)
{
    struct held *held = &m.held[pick(NR_HELD)];

    if (held->frame)
        frame_put(held->frame);
    held->frame = 0;
}

/* The slot that holds a byte of the object; NR_SLOTS: none, it is a hole. */
static size_t slot_at(uint64_t offset)
{
    uint64_t index = offset >> PAGE_SHIFT;

    if (index < NR_NEAR)
        return index;
    return index >= FAR && index < FAR + NR_FAR ? NR_NEAR + (index - FAR) : NR_SLOTS;
}

static void step_read(struct model *o)
{
    static unsigned char bytes[3 * PAGE_SIZE];
    uint64_t offset = pick_offset();
    size_t len = pick(sizeof(bytes));

    offset = MIN(offset, o->size);
    len = MIN(len, o->size - offset);
    object_read(o->object, offset, bytes, len);
    for (size_t i = 0; i < len; i++) {
        size_t slot = slot_at(offset + i);
        bool hole = slot == NR_SLOTS || !o->pages[slot];
        ASSERT(bytes[i] == (hole ? 0 : o->pages[slot][(offset + i) % PAGE_SIZE]));
    }
}

/* What SEEK_DATA and SEEK_HOLE ask for. */
static void step_seek(struct model *o)
{
    uint64_t from = index_of(pick_slot()), page = UINT64_MAX, hole = from;

    for (size_t slot = 0; slot < NR_SLOTS; slot++) {
        if (o->pages[slot] && index_of(slot) >= from)
            page = MIN(page, index_of(slot));
        if (o->pages[slot] && index_of(slot) == hole)
            hole++;
    }
    ASSERT(object_next_page(o->object, from) == page);
    ASSERT(object_next_hole(o->object, from) == hole);
    finish();
}

static void model_step(void)
{
    struct model *o = &m.objects[pick(NR_OBJECTS)];
    size_t what = pick(32);

    if (!o->object)
        step_create(o);
    else if (what < 8)
        step_write(o);
    else if (what < 14)
        step_make(o);
    else if (what < 18)
        step_punch(o);
    else if (what < 20)
        step_resize(o);
    else if (what < 23)
        step_hold(o);
    else if (what < 25)
        step_let_go();
    else if (what < 27)
        step_read(o);
    else if (what < 29)
        step_seek(o);
    else if (what < 30)
        step_get(o);
    else if (o->refs > 1 || pick(4) == 0)
        step_put(o);
}

/* ---- the comparison --------------------------------------------------------------------------- */

/* Pages that come are charged; of those that go, as many are taken off as there are charged ones. */
static size_t expected_promise(struct model *o)
{
    size_t nr = count_pages(o);

    o->nr_charged = nr >= o->nr_seen ? o->nr_charged + nr - o->nr_seen
                                     : o->nr_charged - MIN(o->nr_charged, o->nr_seen - nr);
    o->nr_seen = nr;
    return o->flags & OBJECT_PROMISED ? pages_of(o->size) : o->nr_charged;
}

/* Notes in refs who has which frame. */
static void check_object(const struct model *o, unsigned *refs)
{
    ASSERT(o->object->size == o->size && o->object->refs == o->refs);
    ASSERT(o->object->nr_pages == count_pages(o));
    for (size_t slot = 0; slot < NR_SLOTS; slot++) {
        pfn_t frame = o->pages[slot] ? o->frames[slot] : NO_FRAME;
        ASSERT(object_page(o->object, index_of(slot)) == (is_inside(o, slot) ? frame : NO_FRAME));
        if (!o->pages[slot])
            continue;
        ASSERT(memcmp(frame_address(frame), o->pages[slot], PAGE_SIZE) == 0);
        refs[frame - FIRST_FRAME]++;
    }
}

static void model_check(void)
{
    unsigned refs[NR_FRAMES] = {0};
    size_t nr_promised = 0, nr_objects = 0, nr_pages = 0;

    for (size_t i = 0; i < NR_OBJECTS; i++) {
        struct model *o = &m.objects[i];
        if (!o->object)
            continue;
        nr_objects++;
        nr_promised += expected_promise(o);
        nr_pages += count_pages(o);
        check_object(o, refs);
    }
    for (size_t i = 0; i < NR_HELD; i++)
        refs[m.held[i].frame ? m.held[i].frame - FIRST_FRAME : 0]++;
    for (size_t i = 1; i < NR_FRAMES; i++)
        ASSERT(frame_of(FIRST_FRAME + i)->refs == refs[i]);
    for (size_t i = 0; i < PAGE_SIZE; i++)
        ASSERT(machine.pages[0][i] == 0);
    ASSERT(machine.nr_promised == nr_promised && object_nr_all == nr_objects);
    ASSERT(machine.nr_blocks <= nr_objects + nr_pages); /* a hole costs nothing */
}

/* The end: no object, and nothing left of them. */
static void model_drain(void)
{
    for (size_t i = 0; i < NR_OBJECTS; i++)
        while (m.objects[i].object)
            step_put(&m.objects[i]);
    for (size_t i = 0; i < NR_HELD; i++) {
        if (m.held[i].frame)
            frame_put(m.held[i].frame);
        m.held[i].frame = 0;
    }
    model_check();
    ASSERT(machine.nr_blocks == 0 && m.nr_released == m.nr_owned);
}

static void model_init(void)
{
    ASAN_POISON_MEMORY_REGION(machine.pages[1], (NR_FRAMES - 1) * PAGE_SIZE);
}

#endif
