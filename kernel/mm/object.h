/*
 * mm/object.h - memory objects: what a file's pages are
 *
 * A counted sequence of pages. read(), write() and every mapping of a file see the same frames. An
 * object lies over frames that are there already (a file of the initrd), or it is made of holes that
 * become pages one by one (shared anonymous memory, files that are written).
 */
#ifndef MM_OBJECT_H
#define MM_OBJECT_H

#include "lib/list.h"
#include "lib/tree.h"
#include "mm/commit.h"
#include "mm/frame.h"
#include "sched/mutex.h"

/* How its pages are promised (commit.h); with neither, each is charged when it is made. */
enum object_flags {
    OBJECT_PROMISED = 1 << 0, /* all when the object is made */
    OBJECT_EARLY = 1 << 1,    /* not yet: it is being made for the boot archive */
};

/* How many pages objects may have together that are promised one by one. */
struct quota {
    size_t nr_pages, max_pages; /* max: 0: no limit */
};

struct object {
    struct mutex lock;
    unsigned refs;                 /* owners: the file, each area */
    unsigned flags;                /* enum object_flags */
    unsigned number;               /* Constant: no two have the same, and none has 0 */
    void *owner;                   /* Constant: who gave it a name; NULL: nobody */
    void (*released)(void *owner); /* Constant: called when the object is gone; NULL: nothing */
    struct quota *quota; /* Constant once it has a page: what they count against; NULL: nothing */

    /* Protected by lock */
    uint64_t size;   /* bytes; the rest of the last page is zero */
    size_t nr_pages; /* frames it holds; holes have none */
    struct promise promise;
    struct tree chunks;
    struct list areas; /* that map it, by in_object */
};

/*
 * An object over frames [first, first + pages of size), which are not charged. Their one reference each
 * passes to the object, or is given up if there is too little memory: NULL.
 */
MUST_CHECK struct object *object_create(pfn_t first, uint64_t size);

/* The same, of frames with a copy of len bytes. */
MUST_CHECK struct object *object_create_copy(const void *data, uint64_t len);

/* An object that is all hole. NULL if out of memory, or if the promise is refused. */
MUST_CHECK struct object *object_create_empty(uint64_t size, unsigned flags);

/* Copy [offset, offset + len), which lies within size, to kernel memory. */
void object_read(const struct object *object, uint64_t offset, void *to, size_t len);

/* Objects there are, and their pages. */
extern size_t object_nr_all, object_nr_all_pages;

void object_get(struct object *object);

/* One owner less; the last one frees object and frames. */
void object_put(struct object *object);

/*
 * The frame of page `index`, NO_FRAME for a hole and past the end. The reference stays the object's:
 * it is good while the object holds the page.
 */
pfn_t object_page(const struct object *object, uint64_t index);

/*
 * The same, where a hole within size becomes a page of zeros. In *pfn, whose reference stays the
 * object's.
 *
 * Returns  0, -EFAULT (past the end), -ENOSPC (the promise is refused), -ENOMEM
 * Locking  takes object->lock
 */
MUST_CHECK int object_make_page(struct object *object, uint64_t index, pfn_t *pfn);

/*
 * The content of page `index`: a frame with a reference for the caller (frame_put() it), zero_frame
 * for a hole, NO_FRAME at and past the end.
 *
 * Locking  takes object->lock
 */
MUST_CHECK pfn_t object_get_page(struct object *object, uint64_t index);

/*
 * The same for writing, where a hole becomes a page, also past the end.
 *
 * Returns  0, -ENOSPC (the promise is refused), -ENOMEM
 * Locking  takes object->lock
 */
MUST_CHECK int object_prepare_page(struct object *object, uint64_t index, pfn_t *pfn);

/* size = max(size, new). Locking: takes object->lock. */
void object_grow(struct object *object, uint64_t size);

/*
 * Cut off or extend; pages past the end go, also in every space, private copies of them as well.
 *
 * Locking  takes object->lock, and those of the spaces that map it
 */
void object_resize(struct object *object, uint64_t size);

/*
 * [start, end), bytes, becomes a hole; parts of pages are cleared. Private copies stay. Locking: as
 * object_resize().
 */
void object_punch(struct object *object, uint64_t start, uint64_t end);

/*
 * rmap.c: take the object's pages [first, last) out of every space that maps them, and with `copies`
 * what private areas made of them too.
 *
 * Locking  the caller holds object->lock, which others may have had in between
 */
void object_unmap(struct object *object, uint64_t first, uint64_t last, bool copies);

/*
 * The first page from index on that is there, or that is a hole; UINT64_MAX if there is none.
 *
 * Locking  takes object->lock
 */
uint64_t object_next_page(struct object *object, uint64_t index);
uint64_t object_next_hole(struct object *object, uint64_t index);

#endif
