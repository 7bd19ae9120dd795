/*
 * mm/object.h - memory objects: what a file's pages are
 *
 * A counted sequence of pages. read() and every mapping of a file see the same frames.
 */
#ifndef MM_OBJECT_H
#define MM_OBJECT_H

#include "mm/frame.h"

struct object {
    unsigned refs; /* owners: the file, each area */
    /* Constant after creation */
    uint64_t size; /* bytes; the rest of the last page is zero */
    size_t nr_pages;
    pfn_t first;  /* of contiguous frames, where pages is NULL */
    pfn_t *pages; /* frame of each page, or NULL */
};

/*
 * An object over frames [first, first + pages of size), whose one reference each passes to the
 * object. NULL if out of memory.
 */
MUST_CHECK struct object *object_create(pfn_t first, uint64_t size);

/* An object that holds a copy of len bytes in frames of its own. NULL if out of memory. */
MUST_CHECK struct object *object_create_copy(const void *data, uint64_t len);

/* Copy [offset, offset + len), which lies within size, to kernel memory. */
void object_read(const struct object *object, uint64_t offset, void *to, size_t len);

void object_get(struct object *object);

/* One owner less; the last one frees object and frames. */
void object_put(struct object *object);

/* The frame of page `index`, NO_FRAME past the object's end. The reference stays the object's. */
pfn_t object_page(const struct object *object, uint64_t index);

#endif
