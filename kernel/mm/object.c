/*
 * mm/object.c - memory objects: what a file's pages are
 *
 * Pages of an object that has holes are kept in chunks of CHUNK_PAGES, in a tree keyed by place, so
 * that a hole costs nothing and a page is found in O(log n).
 *
 * Invariant: a chunk holds a page at least; nr_pages is the sum over them; what lies past size is a
 * hole or zero.
 */
#include "mm/object.h"

#include <asm/errno.h>
#include <string.h>

#include "lib/assert.h"
#include "mm/kheap.h"

#define CHUNK_PAGES 64
#define NO_PAGE     ((uint32_t)NO_FRAME)

static unsigned nr_made;
size_t object_nr_all, object_nr_all_pages;

struct chunk {
    struct tree_node node;
    uint64_t place;              /* its first page is place * CHUNK_PAGES */
    uint32_t pages[CHUNK_PAGES]; /* frames; NO_PAGE: a hole */
};

static struct chunk *chunk_of(const struct tree_node *node)
{
    return container_of(node, struct chunk, node);
}

/* Sizes are those of loff_t: none is so large that this wraps. */
static size_t pages_of(uint64_t size)
{
    return (size + PAGE_SIZE - 1) / PAGE_SIZE;
}

/* The first chunk at place or behind it, NULL if there is none. */
static struct chunk *chunk_from(const struct object *object, uint64_t place)
{
    struct chunk *found = NULL;

    for (const struct tree_node *node = object->chunks.root; node;) {
        struct chunk *chunk = chunk_of(node);
        if (chunk->place >= place)
            found = chunk;
        if (chunk->place == place)
            break;
        node = place < chunk->place ? node->left : node->right;
    }
    return found;
}

static struct chunk *next_chunk(const struct chunk *chunk)
{
    struct tree_node *next = tree_next(&chunk->node);

    return next ? chunk_of(next) : NULL;
}

/* Where the frame of page index is kept in chunks, NULL if its chunk is all hole. */
static uint32_t *find_slot(const struct object *object, uint64_t index)
{
    struct chunk *chunk = chunk_from(object, index / CHUNK_PAGES);

    return chunk && chunk->place == index / CHUNK_PAGES ? &chunk->pages[index % CHUNK_PAGES] : NULL;
}

/* The frame in chunks of page index, NO_FRAME for a hole. */
static pfn_t find_page(const struct object *object, uint64_t index)
{
    const uint32_t *slot = find_slot(object, index);

    return slot ? *slot : NO_FRAME;
}

/* A new chunk of holes, linked at a place where there is none. NULL if out of memory. */
static struct chunk *add_chunk(struct object *object, uint64_t place)
{
    struct tree_node **link = &object->chunks.root, *parent = NULL;
    struct chunk *chunk = kmalloc(sizeof(*chunk));

    if (!chunk)
        return NULL;
    chunk->place = place;
    for (size_t i = 0; i < CHUNK_PAGES; i++)
        chunk->pages[i] = NO_PAGE;
    while (*link) {
        parent = *link;
        link = place < chunk_of(parent)->place ? &parent->left : &parent->right;
    }
    tree_insert(&object->chunks, &chunk->node, parent, link);
    return chunk;
}

static bool has_room(const struct quota *quota, size_t nr)
{
    return !quota || !quota->max_pages || quota->nr_pages + nr <= quota->max_pages;
}

/* It is promised nr pages from now on. 0, or -ENOMEM: refused. */
static int settle(struct object *object, size_t nr)
{
    size_t before = object->promise.nr_pages;
    int error = commit_settle(&object->promise, nr, 0);

    if (!error && object->quota)
        object->quota->nr_pages += nr - before;
    return error;
}

/* nr pages come (or go: -nr), if they are promised one by one. 0, or -ENOMEM: refused. */
static int charge(struct object *object, ssize_t nr)
{
    if (object->flags & (OBJECT_PROMISED | OBJECT_EARLY))
        return 0;
    if (nr > 0 && ((size_t)nr > commit_left_to_files() || !has_room(object->quota, (size_t)nr)))
        return -ENOMEM;
    /* Pages that it had early were never charged. */
    if (nr < 0)
        nr = -(ssize_t)MIN((size_t)-nr, object->promise.nr_pages);
    return settle(object, object->promise.nr_pages + (size_t)nr);
}

static struct object *create(uint64_t size, unsigned flags)
{
    struct object *object = kzalloc(sizeof(*object));

    if (!object)
        return NULL;
    if (flags & OBJECT_PROMISED && commit_settle(&object->promise, pages_of(size), 0) < 0) {
        kfree(object);
        return NULL;
    }
    mutex_init(&object->lock, RANK_OBJECT);
    list_init(&object->areas);
    object->refs = 1;
    object->flags = flags;
    object->size = size;
    object->number = ++nr_made;
    object_nr_all++;
    return object;
}

/* Put a frame where there is a hole, and maybe no chunk yet. False: out of memory. */
static bool add_page(struct object *object, uint64_t index, pfn_t pfn)
{
    uint32_t *slot = find_slot(object, index);

    if (!slot) {
        struct chunk *chunk = add_chunk(object, index / CHUNK_PAGES);
        if (!chunk)
            return false;
        slot = &chunk->pages[index % CHUNK_PAGES];
    }
    *slot = (uint32_t)pfn;
    object->nr_pages++;
    object_nr_all_pages++;
    return true;
}

struct object *object_create(pfn_t first, uint64_t size)
{
    struct object *object = create(size, 0);
    uint64_t index = 0, end = pages_of(size);

    while (object && index < end && add_page(object, index, first + index))
        index++;
    if (object && index == end)
        return object;
    if (object)
        object_put(object);
    for (; index < end; index++)
        frame_put(first + index);
    return NULL;
}

struct object *object_create_empty(uint64_t size, unsigned flags)
{
    return create(size, flags);
}

struct object *object_create_copy(const void *data, uint64_t len)
{
    struct object *object = create(len, OBJECT_EARLY);

    for (uint64_t done = 0; object && done < len; done += PAGE_SIZE) {
        pfn_t pfn;
        if (object_make_page(object, done >> PAGE_SHIFT, &pfn) < 0) {
            object_put(object);
            return NULL;
        }
        memcpy(frame_address(pfn), (const char *)data + done, MIN(len - done, PAGE_SIZE));
    }
    if (object)
        object->flags = 0;
    return object;
}

void object_read(const struct object *object, uint64_t offset, void *to, size_t len)
{
    ASSERT(offset <= object->size && len <= object->size - offset);
    for (size_t done = 0; done < len;) {
        size_t piece = MIN(len - done, PAGE_SIZE - (offset + done) % PAGE_SIZE);
        pfn_t pfn = object_page(object, (offset + done) >> PAGE_SHIFT);
        const char *page = frame_address(pfn == NO_FRAME ? zero_frame : pfn);
        memcpy((char *)to + done, page + (offset + done) % PAGE_SIZE, piece);
        done += piece;
    }
}

void object_get(struct object *object)
{
    object->refs++;
}

/* Pages [first, last) become holes. Returns how many; they are promised still. */
static ssize_t drop_pages(struct object *object, uint64_t first, uint64_t last)
{
    struct chunk *chunk = chunk_from(object, first / CHUNK_PAGES), *next;
    size_t nr_before = object->nr_pages;

    for (; chunk && chunk->place * CHUNK_PAGES < last; chunk = next) {
        size_t nr_left = 0;
        next = next_chunk(chunk);
        for (size_t i = 0; i < CHUNK_PAGES; i++) {
            uint64_t index = chunk->place * CHUNK_PAGES + i;
            bool is_hole = chunk->pages[i] == NO_PAGE, stays = index < first || index >= last;
            nr_left += stays && !is_hole;
            if (stays || is_hole)
                continue;
            frame_put(chunk->pages[i]);
            chunk->pages[i] = NO_PAGE;
            object->nr_pages--;
            object_nr_all_pages--;
        }
        if (!nr_left) {
            tree_remove(&object->chunks, &chunk->node);
            kfree(chunk);
        }
    }
    return (ssize_t)(nr_before - object->nr_pages);
}

void object_put(struct object *object)
{
    ASSERT(object->refs > 0);
    if (--object->refs)
        return;
    drop_pages(object, 0, UINT64_MAX);
    (void)!settle(object, 0);
    void (*released)(void *) = object->released;
    void *owner = object->owner;
    object_nr_all--;
    kfree(object);
    if (released)
        released(owner);
}

pfn_t object_page(const struct object *object, uint64_t index)
{
    if (index >= pages_of(object->size))
        return NO_FRAME;
    return find_page(object, index);
}

/* Object locked: the frame of page index, where a hole becomes a page. 0, -ENOSPC, -ENOMEM. */
static int bring(struct object *object, uint64_t index, pfn_t *pfn)
{
    uint32_t *slot = find_slot(object, index);
    struct chunk *chunk = NULL;

    *pfn = slot ? *slot : NO_FRAME;
    if (*pfn != NO_FRAME)
        return 0;
    if (charge(object, 1) < 0)
        return -ENOSPC;
    if (!slot)
        chunk = add_chunk(object, index / CHUNK_PAGES);
    *pfn = slot || chunk ? frame_alloc_zeroed() : NO_FRAME;
    if (*pfn == NO_FRAME)
        goto undo;
    if (chunk)
        slot = &chunk->pages[index % CHUNK_PAGES];
    *slot = (uint32_t)*pfn;
    object->nr_pages++;
    object_nr_all_pages++;
    return 0;

undo:
    if (chunk) {
        tree_remove(&object->chunks, &chunk->node);
        kfree(chunk);
    }
    charge(object, -1);
    return -ENOMEM;
}

int object_make_page(struct object *object, uint64_t index, pfn_t *pfn)
{
    int error = 0;

    mutex_lock(&object->lock);
    if (index >= pages_of(object->size))
        error = -EFAULT;
    else
        error = bring(object, index, pfn);
    mutex_unlock(&object->lock);
    return error;
}

pfn_t object_get_page(struct object *object, uint64_t index)
{
    mutex_lock(&object->lock);
    pfn_t pfn = object_page(object, index);
    if (pfn != NO_FRAME)
        frame_get(pfn);
    else if (index < pages_of(object->size))
        pfn = zero_frame;
    mutex_unlock(&object->lock);
    return pfn;
}

int object_prepare_page(struct object *object, uint64_t index, pfn_t *pfn)
{
    mutex_lock(&object->lock);
    int error = bring(object, index, pfn);
    if (!error)
        frame_get(*pfn);
    mutex_unlock(&object->lock);
    return error;
}

void object_grow(struct object *object, uint64_t size)
{
    mutex_lock(&object->lock);
    object->size = MAX(object->size, size);
    mutex_unlock(&object->lock);
}

/* Object locked: clear [from, to) of the page at index. */
static void clear_part(struct object *object, uint64_t index, size_t from, size_t to)
{
    pfn_t pfn = find_page(object, index);

    if (pfn != NO_FRAME && from < to)
        memset((char *)frame_address(pfn) + from, 0, to - from);
}

/*
 * A mapped page has a reference of its own: it may go from here first, and is brought anew by who
 * touches it in between. Its promise ends when it is gone everywhere.
 */
void object_resize(struct object *object, uint64_t size)
{
    mutex_lock(&object->lock);
    object->size = size;
    ssize_t nr_dropped = drop_pages(object, pages_of(size), UINT64_MAX);
    if (size % PAGE_SIZE)
        clear_part(object, size / PAGE_SIZE, size % PAGE_SIZE, PAGE_SIZE);
    object_unmap(object, pages_of(size), UINT64_MAX, true);
    charge(object, -nr_dropped);
    mutex_unlock(&object->lock);
}

void object_punch(struct object *object, uint64_t start, uint64_t end)
{
    uint64_t first = pages_of(start), last = end / PAGE_SIZE;

    mutex_lock(&object->lock);
    if (first > last) {
        clear_part(object, last, start % PAGE_SIZE, end % PAGE_SIZE);
    } else {
        if (start % PAGE_SIZE)
            clear_part(object, first - 1, start % PAGE_SIZE, PAGE_SIZE);
        clear_part(object, last, 0, end % PAGE_SIZE);
        ssize_t nr_dropped = drop_pages(object, first, last);
        object_unmap(object, first, last, false);
        charge(object, -nr_dropped);
    }
    mutex_unlock(&object->lock);
}

uint64_t object_next_page(struct object *object, uint64_t index)
{
    uint64_t found = UINT64_MAX;

    mutex_lock(&object->lock);
    for (const struct chunk *chunk = chunk_from(object, index / CHUNK_PAGES);
         chunk && found == UINT64_MAX; chunk = next_chunk(chunk)) {
        uint64_t start = chunk->place * CHUNK_PAGES;
        for (uint64_t at = MAX(index, start); at < start + CHUNK_PAGES && found == UINT64_MAX; at++)
            found = chunk->pages[at - start] == NO_PAGE ? UINT64_MAX : at;
    }
    mutex_unlock(&object->lock);
    return found;
}

uint64_t object_next_hole(struct object *object, uint64_t index)
{
    mutex_lock(&object->lock);
    while (find_page(object, index) != NO_FRAME)
        index++;
    mutex_unlock(&object->lock);
    return index;
}
