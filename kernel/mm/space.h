/*
 * mm/space.h - an address space: areas, page tables and the promises made for them
 *
 * Every call works on the space it is given and never asks which process runs.
 */
#ifndef MM_SPACE_H
#define MM_SPACE_H

#include <asm/errno.h>

#include "lib/list.h"
#include "mm/area.h"
#include "mm/commit.h"
#include "mm/object.h"
#include "mm/pagetable.h"
#include "sched/mutex.h"

/* How many areas one space may have: vm.max_map_count, 65530 at first. */
extern unsigned space_max_areas;

/* setrlimit(2), in bytes; SIZE_MAX: none. */
struct memory_limits {
    size_t as;      /* all areas */
    size_t data;    /* private writable ones, but stacks; while RLIMIT_DATA is 0, its hard limit */
    size_t brk;     /* the heap and initialised data: RLIMIT_DATA as it is */
    size_t stack;   /* each area that grows down */
    size_t memlock; /* locked ones; none for root */
};

struct space {
    struct list all; /* in the list of spaces, see space_next() */
    unsigned refs;   /* processes that run in it */
    struct mutex lock;

    /* Protected by lock */
    struct area_tree areas;
    struct area *spares; /* memory for areas to come, linked by node.next */
    size_t nr_spares;
    struct pagetable pagetable;
    struct promise promise; /* areas.nr_accounted pages; the root table and areas.nr_tables */
    size_t peak_pages;      /* the most areas.nr_pages was before areas went: see space_peak() */
    vaddr_t brk;         /* the program break, any byte; the heap is [brk_start, align_up(brk)) */
    unsigned lock_flags; /* AREA_LOCKED, AREA_ONFAULT: of areas to come, see mlockall(2) */
    struct memory_limits limits;

    /* Constant once a program is loaded */
    vaddr_t brk_start; /* page aligned */
    size_t data_size;  /* bytes of initialised data */
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

void space_get(struct space *space);

/* One user less; the last one frees everything. The space must not be the running one then. */
void space_put(struct space *space);

/* Whether pages of such an area are promised: private and writable, and not NORESERVE. */
static inline bool space_accounts(unsigned prot, unsigned flags)
{
    return prot & PROT_WRITE && !(flags & (AREA_SHARED | AREA_NORESERVE));
}

/* Say what an area is that is in no space yet. AREA_ACCOUNTED is set as prot and flags ask for. */
static inline void space_describe(struct area *area, vaddr_t start, vaddr_t end, unsigned prot,
                                  unsigned flags, struct object *object, uint64_t offset)
{
    area->start = start;
    area->end = end;
    area->prot = prot;
    area->flags = flags | (space_accounts(prot, flags) ? AREA_ACCOUNTED : 0);
    area->object = object;
    area->offset = offset;
}

/*
 * Have memory for nr more areas, nr <= SPACE_SPARES, so that space_split() and space_place() cannot
 * fail. 0 or -ENOMEM.
 *
 * Locking  the caller holds space->lock, as for all functions below
 */
#define SPACE_SPARES 16
MUST_CHECK int space_reserve_areas(struct space *space, size_t nr);

/*
 * Add what space->spares was described as, in free space, and join it with its neighbours where they are
 * alike. 0, -ENOMEM (the promise is refused): nothing changed.
 */
MUST_CHECK int space_add_spare(struct space *space);

/*
 * Add the area [start, end), in free space, and join it with its neighbours where they are alike.
 *
 * prot, flags     as in struct area
 * object, offset  backing; an area's reference to object is taken here. NULL: anonymous
 * Returns         0, -ENOMEM (memory for the area, or the promise is refused): nothing changed
 */
MUST_CHECK static inline int space_map(struct space *space, vaddr_t start, vaddr_t end,
                                       unsigned prot, unsigned flags, struct object *object,
                                       uint64_t offset)
{
    int error = likely(space->spares) ? 0 : space_reserve_areas(space, 1);

    if (error)
        return error;
    space_describe(space->spares, start, end, prot, flags, object, offset);
    return space_add_spare(space);
}

/*
 * Put an area in place of whatever lies in [start, end), as space_map(). On -ENOMEM what was there
 * is still there.
 */
MUST_CHECK int space_replace(struct space *space, vaddr_t start, vaddr_t end, unsigned prot,
                             unsigned flags, struct object *object, uint64_t offset);

/*
 * Remove whatever lies in [start, end).
 *
 * Returns  0, -ENOMEM (a split needs memory, or there are too many areas): nothing changed
 */
MUST_CHECK int space_unmap(struct space *space, vaddr_t start, vaddr_t end);

/*
 * Pages of [start, end) that lie in areas with all of these flags, and where `data` in areas of
 * data. O(areas there)
 */
size_t space_count(struct space *space, vaddr_t start, vaddr_t end, unsigned flags, bool data);

/*
 * What setrlimit(2) allows. Whether nr_more pages of such areas may come, where nr_less go, nr_data of
 * them data: RLIMIT_AS and RLIMIT_DATA, RLIMIT_MEMLOCK. And whether so many that are there may become
 * data, after nr_before others.
 *
 * Source  getrlimit(2); Linux 6.1, may_expand_vm() and mlock_future_check() of mm/mmap.c
 */
static inline bool within_limit(size_t nr_pages, size_t limit)
{
    return nr_pages <= limit >> PAGE_SHIFT || limit == SIZE_MAX;
}

static inline bool space_may_grow(const struct space *space, unsigned prot, unsigned flags,
                                  size_t nr_more, size_t nr_less, size_t nr_data)
{
    return within_limit(space->areas.nr_pages - nr_less + nr_more, space->limits.as) &&
           (within_limit(space->areas.nr_data - nr_data + nr_more, space->limits.data) ||
            !area_is_data(prot, flags));
}

static inline bool space_may_lock(const struct space *space, unsigned flags, size_t nr_more,
                                  size_t nr_less)
{
    return !(flags & AREA_LOCKED) ||
           within_limit(space->areas.nr_locked - nr_less + nr_more, space->limits.memlock);
}

static inline bool space_may_write(const struct space *space, size_t nr_before, size_t nr_more)
{
    /* The second clause is Linux's: who is at RLIMIT_AS is not asked for RLIMIT_DATA. */
    return within_limit(space->areas.nr_data + nr_before + nr_more, space->limits.data) ||
           !within_limit(space->areas.nr_pages + nr_more, space->limits.as);
}

/*
 * Give every area in [start, end) other rights or flags.
 *
 * Returns  0, or -ENOMEM: nothing changed (memory or a promise is refused), or there would be too many
 *          areas, and what lies before is changed
 */
struct change {
    unsigned kept_prot;  /* of the old rights: all (~0U) or none */
    unsigned prot;       /* PROT_READ | PROT_WRITE | PROT_EXEC: what is added */
    unsigned set, clear; /* enum area_flags */
};
MUST_CHECK int space_change(struct space *space, vaddr_t start, vaddr_t end,
                            const struct change *change);

/*
 * The areas of space_unmap(), where no page is in [start, end): the caller has what a cut needs, and
 * settles.
 */
void space_remove_areas(struct space *space, vaddr_t start, vaddr_t end);

/*
 * Put an area in place of what lies in its range, in three parts, of which the second cannot fail: get
 * all it needs, place, settle. nr_moved promised pages are in it that the caller removes elsewhere before
 * it settles, and nr_areas more are cut or added.
 */
MUST_CHECK int space_prepare_place(struct space *space, const struct area *wanted, size_t nr_areas,
                                   size_t nr_moved);
void space_place(struct space *space, const struct area *wanted);

/* Cut area in two at `at`, start < at < end: area keeps the lower part; the upper part. */
void space_split(struct space *space, struct area *area, vaddr_t at);
void space_split_below(struct space *space, struct area *area, vaddr_t at);

/* Join area with the neighbours it could be one with. Returns the area that holds it now. */
struct area *space_merge(struct space *space, struct area *area);

/* Promise ahead of a change what it may need more at most. 0, or -ENOMEM with nothing promised. */
MUST_CHECK static inline int space_charge(struct space *space, size_t nr_pages, size_t nr_tables)
{
    return commit_settle(&space->promise, space->promise.nr_pages + nr_pages,
                         space->promise.nr_tables + nr_tables);
}

/*
 * After a change: promise what the areas need now, neither more nor less. 0, or -ENOMEM (more than
 * before, and not charged ahead): the caller takes its change back.
 */
static inline int space_settle(struct space *space)
{
    return commit_settle(&space->promise, space->areas.nr_accounted, 1 + space->areas.nr_tables);
}

/* The most pages all areas ever had. */
static inline size_t space_peak(const struct space *space)
{
    return MAX(space->peak_pages, space->areas.nr_pages);
}

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

/*
 * The object that is mapped shared at va, with a reference, and where va lies in it; NULL if none is. Takes
 * space->lock.
 */
struct object *space_shared_object(struct space *space, vaddr_t va, uint64_t *offset);

/* Make the page at va fit for the access. Takes space->lock. */
enum fault_result space_fault(struct space *space, vaddr_t va, enum access access);

/*
 * space_fault() for each page of [start, end), and for the first that cannot be had what became of it.
 */
enum fault_result space_touch(struct space *space, vaddr_t start, vaddr_t end, enum access access);

/*
 * Bring the pages of [start, end) as mlock(2) and MAP_POPULATE do: to be written where a private area
 * can be, none of holes and of areas that are locked on fault. At the first page that cannot be had
 * the area is left, and with it the range unless it goes_on. Takes space->lock.
 *
 * mask, wanted  areas where flags & mask is something else are left out
 * Returns       FAULT_HANDLED, or what became of that page
 */
enum fault_result space_populate(struct space *space, vaddr_t start, vaddr_t end, unsigned mask,
                                 unsigned wanted, bool goes_on);

/*
 * Read or write memory of a space that need not be the running one, as its program would.
 * 0 or -EFAULT. Locking: takes space->lock.
 */
MUST_CHECK int space_read(struct space *space, vaddr_t va, void *to, size_t len);
MUST_CHECK int space_write(struct space *space, vaddr_t va, const void *from, size_t len);

/*
 * Make the page at va fit for writing. It stays as long as nobody runs in the space.
 *
 * Returns  where the kernel has the page, NULL if it cannot be had
 * Locking  takes space->lock
 */
MUST_CHECK char *space_own_page(struct space *space, vaddr_t va);

/*
 * brk(2): move the program break to addr if that is possible. Returns the break after the call.
 * Locking: takes space->lock.
 */
vaddr_t space_brk(struct space *space, vaddr_t addr);

/* What mmap(2) maps, as the caller found it. */
struct backing {
    struct object *object; /* NULL: anonymous memory */
    uint64_t offset;       /* bytes, a multiple of PAGE_SIZE */
    unsigned flags;        /* AREA_NOWRITE, AREA_NOEXEC */
    int refusal; /* 0 or an errno: on Linux errors of length and place come before those of files */
};

/*
 * mmap(2) after the file was looked up.
 *
 * flags    MAP_* of <asm/mman.h>
 * Returns  the address, or -EINVAL, -ENOMEM, -EEXIST, -EPERM, -EAGAIN, backing->refusal
 * Locking  takes space->lock
 */
MUST_CHECK int64_t space_mmap(struct space *space, vaddr_t addr, size_t len, unsigned prot,
                              unsigned flags, struct backing *backing);

/*
 * A place for len bytes, whole pages: at hint (page aligned, 0: none) if that is free, else where mmap(2)
 * would put them. 0 if there is none.
 */
vaddr_t space_find_place(struct space *space, vaddr_t hint, size_t len);

/*
 * mremap(2).
 *
 * flags    MREMAP_* of <linux/mman.h>; new_addr counts with FIXED and DONTUNMAP only
 * Returns  the address, or -EINVAL, -EFAULT, -EAGAIN, -ENOMEM, -EPERM
 * Locking  takes space->lock
 */
MUST_CHECK int64_t space_mremap(struct space *space, vaddr_t addr, size_t old_len, size_t new_len,
                                unsigned flags, vaddr_t new_addr);

/*
 * mlock2(2) with flags MLOCK_ONFAULT or 0; munlock(2); mlockall(2) with MCL_*; munlockall(2), which
 * cannot fail but for want of memory. 0, -EINVAL, -ENOMEM, -EAGAIN, -EPERM. They take space->lock.
 */
MUST_CHECK int space_mlock(struct space *space, vaddr_t addr, size_t len, unsigned flags);
MUST_CHECK int space_munlock(struct space *space, vaddr_t addr, size_t len);
MUST_CHECK int space_mlockall(struct space *space, unsigned flags);
MUST_CHECK int space_munlockall(struct space *space);

/* munmap(2). 0, -EINVAL, -ENOMEM. Takes space->lock. */
MUST_CHECK int space_munmap(struct space *space, vaddr_t addr, size_t len);

/*
 * shmdt(2): the object, of those that are wanted, that is mapped from addr on, or would be if its start had not
 * been unmapped; with a reference. NULL if there is none. And to unmap what is left of it there. Both
 * take space->lock.
 */
struct object *space_find_attached(struct space *space, vaddr_t addr,
                                   bool (*is_wanted)(const struct object *object));
void space_unmap_object(struct space *space, vaddr_t addr, const struct object *object);

/* madvise(2). 0, -EINVAL, -ENOMEM, -EBADF, -EACCES, -EFAULT. Takes space->lock. */
MUST_CHECK int space_madvise(struct space *space, vaddr_t addr, size_t len, int advice);

/* msync(2). 0, -EINVAL, -ENOMEM (a hole), -EBUSY (locked). Takes space->lock. */
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
