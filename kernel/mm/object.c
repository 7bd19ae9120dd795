/*
 * mm/object.c - memory objects: what a file's pages are
 */
#include "mm/object.h"

#include <string.h>

#include "lib/assert.h"
#include "mm/kheap.h"

struct object *object_create(pfn_t first, uint64_t size)
{
    struct object *object = kmalloc(sizeof(*object));

    if (!object)
        return NULL;
    *object = (struct object){
        .refs = 1,
        .first = first,
        .nr_pages = align_up(size, PAGE_SIZE) >> PAGE_SHIFT,
        .size = size,
    };
    return object;
}

/* A frame with up to a page of data, the rest zero. NO_FRAME if out of memory. */
static pfn_t frame_with(const char *data, uint64_t len)
{
    pfn_t pfn = frame_alloc_zeroed();

    if (pfn != NO_FRAME)
        memcpy(frame_address(pfn), data, MIN(len, PAGE_SIZE));
    return pfn;
}

struct object *object_create_copy(const void *data, uint64_t len)
{
    struct object *object = object_create(0, len);
    if (!object)
        return NULL;

    size_t nr_pages = object->nr_pages;
    object->nr_pages = 0;
    object->pages = kmalloc(nr_pages * sizeof(pfn_t));
    if (!object->pages)
        goto undo;
    for (size_t i = 0; i < nr_pages; i++) {
        object->pages[i] = frame_with((const char *)data + i * PAGE_SIZE, len - i * PAGE_SIZE);
        if (object->pages[i] == NO_FRAME)
            goto undo;
        object->nr_pages++;
    }
    return object;

undo:
    object_put(object);
    return NULL;
}

void object_read(const struct object *object, uint64_t offset, void *to, size_t len)
{
    ASSERT(offset <= object->size && len <= object->size - offset);
    for (size_t done = 0; done < len;) {
        size_t piece = MIN(len - done, PAGE_SIZE - (offset + done) % PAGE_SIZE);
        const char *page = frame_address(object_page(object, (offset + done) >> PAGE_SHIFT));
        memcpy((char *)to + done, page + (offset + done) % PAGE_SIZE, piece);
        done += piece;
    }
}

void object_get(struct object *object)
{
    object->refs++;
}

void object_put(struct object *object)
{
    ASSERT(object->refs > 0);
    if (--object->refs)
        return;
    for (size_t i = 0; i < object->nr_pages; i++)
        frame_put(object_page(object, i));
    kfree(object->pages);
    kfree(object);
}

pfn_t object_page(const struct object *object, uint64_t index)
{
    if (index >= object->nr_pages)
        return NO_FRAME;
    return object->pages ? object->pages[index] : object->first + index;
}
