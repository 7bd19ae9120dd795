/*
 * mm/area.h - the areas of one address space
 *
 * An area is a range of pages with one set of rights and one backing. Page tables are never touched
 * here, nothing is allocated and no lock is taken: the callers (space.c and the files of the calls)
 * own the memory and hold the space's lock. Built for host tests as it is.
 */
#ifndef MM_AREA_H
#define MM_AREA_H

#include <asm/mman.h>

#include "arch/pte.h"
#include "lib/list.h"
#include "lib/tree.h"
#include "lib/types.h"

struct object;
struct space;

#define STACK_GUARD_GAP (256 * PAGE_SIZE) /* kept free below an area that grows down */

enum area_flags {
    AREA_ACCOUNTED = 1 << 0, /* its pages are promised: counted in commit.c */
    AREA_GROWSDOWN = 1 << 1, /* a stack: grows when the page below is touched */
    AREA_SHARED = 1 << 2,
    AREA_NORESERVE = 1 << 3,  /* never becomes AREA_ACCOUNTED */
    AREA_LOCKED = 1 << 5,     /* mlock(2): its pages stay */
    AREA_ONFAULT = 1 << 6,    /* of a locked area: only those that were touched are brought */
    AREA_DONTFORK = 1 << 7,   /* not in a child */
    AREA_WIPEONFORK = 1 << 8, /* all zeros in a child */
    AREA_RANDOM = 1 << 9,     /* madvise(2): these three are kept, and shown in /proc */
    AREA_SEQUENTIAL = 1 << 10,
    AREA_DONTDUMP = 1 << 11,
    /* What mprotect(2) may not allow: see area_forbids(). */
    AREA_NOWRITE = PROT_WRITE << 12, /* of a file opened for reading */
    AREA_NOEXEC = PROT_EXEC << 12,   /* of a file that is mounted so */
};

#define LOCK_FLAGS ((unsigned)(AREA_LOCKED | AREA_ONFAULT))

struct area {
    struct tree_node node;
    vaddr_t start, end;    /* page aligned, start < end */
    size_t max_gap;        /* no gap below an area of the subtree is larger */
    unsigned prot;         /* PROT_READ | PROT_WRITE | PROT_EXEC of <asm/mman.h> */
    unsigned flags;        /* enum area_flags */
    struct object *object; /* NULL: anonymous memory */
    uint64_t offset;       /* of start in object, bytes, a multiple of PAGE_SIZE */
    struct space *space;   /* Constant: whose it is */
    struct list in_object; /* in object->areas, under the lock of the object */
};

struct area_tree {
    struct tree tree;
    struct area bottom, top; /* empty ones, at 0 and past all pages: areas lie between */
    struct area *last;       /* the one area_find() found last, or one beside it */
    size_t nr_areas;         /* but for those two */
    size_t nr_pages;         /* of all areas */
    size_t nr_data;          /* those of private writable areas but stacks */
    size_t nr_locked;        /* those of locked areas */
    size_t nr_accounted;     /* those of accounted areas */
    size_t nr_tables;        /* the sum of range_nr_tables() over accounted areas */
};

/* How many tables there are, of all levels but the top, before the one of each that maps va. */
static inline size_t tables_before(vaddr_t va)
{
    size_t nr = 0;

    /* A table of level n covers what an entry of level n + 1 does. */
    for (int level = 1; level < PT_LEVELS; level++)
        nr += va >> PT_SHIFT(level);
    return nr;
}

/* How many more of them there are before `to` than before `from`. */
static inline size_t tables_between(vaddr_t from, vaddr_t to)
{
    bool same_table = (from ^ to) < PT_SPAN(1); /* nearly always */

    return same_table ? 0 : tables_before(to) - tables_before(from);
}

/*
 * Page tables that touching every page of a range can need, if nothing else is there. Where a range is
 * cut in two they are AREA_SPLIT_TABLES more at most.
 */
#define AREA_SPLIT_TABLES 3UL
static inline size_t range_nr_tables(vaddr_t start, vaddr_t end)
{
    return tables_between(start, end - 1) + PT_LEVELS - 1;
}

/* Whether a right among prot is one that the area may not get. */
static inline bool area_forbids(const struct area *area, unsigned prot)
{
    return unlikely(area->flags & (AREA_NOWRITE | AREA_NOEXEC)) && area->flags >> 12 & prot;
}

/* What RLIMIT_DATA counts. */
static inline bool area_is_data(unsigned prot, unsigned flags)
{
    return prot & PROT_WRITE && !(flags & (AREA_SHARED | AREA_GROWSDOWN));
}

static inline size_t area_nr_pages(const struct area *area)
{
    return (area->end - area->start) >> PAGE_SHIFT;
}

/* Where mappings below area must end: at its start, or a guard gap below one that grows. */
vaddr_t area_guard_start(const struct area *area);

static inline vaddr_t area_gap_end(const struct area *area)
{
    return likely(!(area->flags & AREA_GROWSDOWN)) ? area->start : area_guard_start(area);
}

void area_tree_init(struct area_tree *areas);

/* Neighbours in address order: those at the ends are areas->bottom and areas->top. O(1) */
static inline struct area *area_next(const struct area *area)
{
    return container_of(tree_next(&area->node), struct area, node);
}

static inline struct area *area_prev(const struct area *area)
{
    return container_of(tree_prev(&area->node), struct area, node);
}

/* All areas, from the lowest to the highest; and those that have a page in [from, to). */
#define area_for_each(area, areas)                                                                 \
    for (struct area *area = area_next(&(areas)->bottom); area != &(areas)->top;                   \
         area = area_next(area))
#define area_for_each_in(area, areas, from, to)                                                    \
    for (struct area *area = area_find(areas, from); area->start < (to); area = area_next(area))

/* area_find() from the root. */
struct area *area_search(struct area_tree *areas, vaddr_t addr);

/*
 * The lowest area that ends above addr: it holds addr, or is the next one up, areas->top at last.
 * O(log n), O(1) if it was found last: a call asks for the same place again and again.
 */
static inline struct area *area_find(struct area_tree *areas, vaddr_t addr)
{
    struct area *last = areas->last;

    if (likely(addr < last->end && (addr >= last->start || addr >= area_prev(last)->end)))
        return last;
    return area_search(areas, addr);
}

/* Whether [start, end) lies inside area and leaves something of it on both sides. */
static inline bool area_is_cut(const struct area *area, vaddr_t start, vaddr_t end)
{
    return area->start < start && end < area->end;
}

/* Add an area whose range is free, in front of above, which is area_find() of its start. O(1) */
void area_insert(struct area_tree *areas, struct area *area, struct area *above);

void area_remove(struct area_tree *areas, struct area *area);

/*
 * Move the start of an area down or up, or its end, within free space; the offset follows the
 * start.
 */
void area_set_start(struct area_tree *areas, struct area *area, vaddr_t start);
void area_set_end(struct area_tree *areas, struct area *area, vaddr_t end);

/* Give an area other rights and flags. */
void area_set_rights(struct area_tree *areas, struct area *area, unsigned prot, unsigned flags);

/*
 * Cut area in two at `at`, start < at < end: area keeps the lower part, upper, which has its rights, flags
 * and object, becomes the rest; or the other way round. Two cuts of one area turn no tree if they leave
 * it the middle.
 */
void area_split(struct area_tree *areas, struct area *area, vaddr_t at, struct area *upper);
void area_split_below(struct area_tree *areas, struct area *area, vaddr_t at, struct area *lower);

/* Whether b could be the continuation of a: adjacent, same rights, same backing. */
static inline bool area_can_merge(const struct area *a, const struct area *b)
{
    return a->end == b->start && a->prot == b->prot && a->flags == b->flags &&
           a->object == b->object && (!a->object || a->offset + (a->end - a->start) == b->offset);
}

/* Make b, the area after a that could be its continuation, part of a. */
void area_join(struct area_tree *areas, struct area *a, struct area *b);

/*
 * The highest place for len bytes in [low, high), all page aligned, len > 0.
 *
 * Returns  the start, or 0 if no gap is large enough. O(log n) over all calls
 */
vaddr_t area_find_gap(struct area_tree *areas, size_t len, vaddr_t low, vaddr_t high);

/* Assert the invariant of area.c. O(n) */
void area_check(const struct area_tree *areas);

#endif
