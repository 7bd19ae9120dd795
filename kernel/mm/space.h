/*
 * mm/space.h - an address space: areas, page tables and the promises made for them
 *
 * Every call works on the space it is given and never asks which process runs.
 */
#ifndef MM_SPACE_H
#define MM_SPACE_H

#include <asm/mman.h>

#include "lib/list.h"
#include "mm/area.h"
#include "mm/object.h"
#include "mm/pagetable.h"
#include "sched/mutex.h"

#define STACK_SIZE_MAX MIB(8) /* how far a stack grows */

/* How many areas one space may have: vm.max_map_count, 65530 at first. */
extern unsigned space_max_areas;

struct space {
    struct list all; /* in the list of spaces, see space_next() */
    unsigned refs;   /* processes that run in it */
    struct mutex lock;

    /* Protected by lock */
    struct area_tree areas;
    struct area *spares; /* memory for areas to come, linked by node.next */
    size_t nr_spares;
    struct pagetable pagetable;
    size_t nr_promised; /* pages counted in commit.c */
    size_t nr_tables;   /* tables counted there: the root, and areas.nr_tables */
    vaddr_t brk;        /* the program break, any byte; the heap is [brk_start, align_up(brk)) */

    /* Constant once a program is loaded */
    vaddr_t brk_start; /* page aligned */
    vaddr_t stack_top;
    vaddr_t mmap_top; /* mappings are placed below, top-down */
};

/* An empty space with one reference, NULL if out of memory. */
MUST_CHECK struct space *space_create(void);

/*
 * fork(2): a twin with the same areas, one reference, and promises of its own. Private pages are
 * shared until one side writes (fault.c). NULL if memory or the promise is refused; `from` is
 * as it was then.
 *
 * Locking  takes from->lock
 */
MUST_CHECK struct space *space_clone(struct space *from);

/* Into the list that space_next() walks; space_create() does it for a space of its own. */
void space_publish(struct space *space);

void space_get(struct space *space);

/* One user less; the last one frees everything. The space must not be the running one then. */
void space_put(struct space *space);

/*
 * Add the area [start, end), in free space, and join it with its neighbours where they are alike.
 *
 * prot, flags     as in struct area; AREA_ACCOUNTED is set here as prot and flags ask for
 * object, offset  backing; an area's reference to object is taken here. NULL: anonymous
 * Returns         0, -ENOMEM (memory for the area, or the promise is refused): nothing changed
 * Locking         the caller holds space->lock, as for all functions below
 */
MUST_CHECK int space_map(struct space *space, vaddr_t start, vaddr_t end, unsigned prot,
                         unsigned flags, struct object *object, uint64_t offset);

/*
 * Put an area in place of whatever lies in [start, end), as space_map(). On -ENOMEM what was there
 * is still there.
 */
MUST_CHECK int space_replace(struct space *space, vaddr_t start, vaddr_t end, unsigned prot,
                             unsigned flags, struct object *object, uint64_t offset);

/* Remove whatever lies in [start, end). 0, or -ENOMEM (a split needs memory): nothing changed. */
MUST_CHECK int space_unmap(struct space *space, vaddr_t start, vaddr_t end);

/*
 * Give every area in [start, end), which has no hole, other rights or flags.
 *
 * Returns  0, or -ENOMEM (splits need memory, or a promise is refused): nothing changed
 */
struct change {
    bool keeps_prot;     /* else prot is what all get */
    unsigned prot;       /* PROT_READ | PROT_WRITE | PROT_EXEC */
    unsigned set, clear; /* enum area_flags */
};
MUST_CHECK int space_change(struct space *space, vaddr_t start, vaddr_t end,
                            const struct change *change);

/*
 * Have memory for nr more areas, nr <= SPACE_SPARES, so that space_split() cannot fail as many times.
 * 0 or -ENOMEM.
 */
#define SPACE_SPARES 16
MUST_CHECK int space_reserve_areas(struct space *space, size_t nr);

/*
 * Cut area in two at `at`, start < at < end, in memory reserved before; AREA_SPLIT_TABLES are charged.
 * Returns the upper part.
 */
struct area *space_split(struct space *space, struct area *area, vaddr_t at);

/* Join area with the neighbours it could be one with. Returns the area that holds it now. */
struct area *space_merge(struct space *space, struct area *area);

/*
 * Whether pages of such an area are promised: private and writable, unless NORESERVE is honoured.
 */
bool space_accounts(unsigned prot, unsigned flags);

/*
 * Promise nr_pages for this space, and ahead of a change that may need them nr_tables page tables. 0,
 * or -ENOMEM with nothing promised.
 */
MUST_CHECK int space_charge(struct space *space, size_t nr_pages, size_t nr_tables);

/* Take nr_pages back. */
void space_uncharge(struct space *space, size_t nr_pages);

/* After the change: give back tables that it did not need. Between two calls nr_tables is exact. */
void space_settle_tables(struct space *space);

/*
 * Make area larger: the range becomes [start, end), what is new of it is free. Then join it with its
 * neighbours. 0, or -ENOMEM (the promise is refused): nothing changed.
 */
MUST_CHECK int space_grow(struct space *space, struct area *area, vaddr_t start, vaddr_t end);

/* Visit all spaces: start with NULL, ends with NULL. */
struct space *space_next(const struct space *space);

/*
 * Take back the tables of areas that were promised nothing, in every space: what such an area shows
 * comes back when it is touched. Returns whether a frame was freed. No space is locked by the
 * caller.
 */
bool reclaim_tables(void);

/* Assert that areas, promises and tables agree. For PARANOID. */
void space_check(const struct space *space);

static inline size_t area_nr_pages(const struct area *area)
{
    return (area->end - area->start) >> PAGE_SHIFT;
}

/*
 * What is asked of a page: the rights of which its area must have one. The processor cannot forbid to
 * read what may be written or run.
 */
enum access {
    ACCESS_READ = PROT_READ | PROT_WRITE | PROT_EXEC,
    ACCESS_WRITE = PROT_WRITE,
    ACCESS_EXECUTE = PROT_EXEC,
};

/* What became of a fault. proc/ makes a signal of all but the first. */
enum fault_result {
    FAULT_HANDLED,
    FAULT_MAPERR,    /* nothing is mapped there */
    FAULT_ACCERR,    /* the area does not allow it */
    FAULT_BEYOND,    /* past the end of the file that is mapped */
    FAULT_NO_MEMORY, /* no frame is left */
};

/* Make the page at va fit for the access. Takes space->lock. */
enum fault_result space_fault(struct space *space, vaddr_t va, enum access access);

/*
 * Read or write memory of a space that need not be the running one, as its program would.
 * 0 or -EFAULT. Locking: takes space->lock.
 */
MUST_CHECK int space_read(struct space *space, vaddr_t va, void *to, size_t len);
MUST_CHECK int space_write(struct space *space, vaddr_t va, const void *from, size_t len);

/* Write len zeros. As space_write(). */
MUST_CHECK int space_clear(struct space *space, vaddr_t va, size_t len);

/*
 * brk(2): move the program break to addr if that is possible. Returns the break after the call.
 * Locking: takes space->lock.
 */
vaddr_t space_brk(struct space *space, vaddr_t addr);

/*
 * mmap(2) after the file was looked up.
 *
 * flags    MAP_* of <asm/mman.h>
 * object   NULL for MAP_ANONYMOUS
 * refusal  0, or the errno that the caller found for the file: on Linux, errors of length and place
 *          come before it, so it is returned in the mapping's stead
 * Returns  the address, or -EINVAL, -ENOMEM, -EEXIST, -EPERM
 * Locking  takes space->lock
 */
MUST_CHECK int64_t space_mmap(struct space *space, vaddr_t addr, size_t len, unsigned prot,
                              unsigned flags, struct object *object, uint64_t offset, int refusal);

/* munmap(2). 0, -EINVAL, -ENOMEM. Takes space->lock. */
MUST_CHECK int space_munmap(struct space *space, vaddr_t addr, size_t len);

/* madvise(2). 0, -EINVAL, -ENOMEM, -EBADF, -EACCES, -EFAULT. Takes space->lock. */
MUST_CHECK int space_madvise(struct space *space, vaddr_t addr, size_t len, int advice);

/* msync(2). 0, -EINVAL, -ENOMEM (a hole). Takes space->lock. */
MUST_CHECK int space_msync(struct space *space, vaddr_t addr, size_t len, unsigned flags);

/*
 * mincore(2) for pages from addr on, which is page aligned: resident[i] becomes 0 or 1.
 *
 * Returns  how many pages there are before the first hole, at most nr_pages
 * Locking  takes space->lock
 */
size_t space_mincore(struct space *space, vaddr_t addr, size_t nr_pages, uint8_t *resident);

/* mprotect(2). 0, -EINVAL, -ENOMEM, -EACCES. Takes space->lock. */
MUST_CHECK int space_mprotect(struct space *space, vaddr_t addr, size_t len, unsigned prot);

#endif
