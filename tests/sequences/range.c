/*
 * tests/sequences/range.c - the steps that ask for something over a range: madvise, the mlock family,
 * msync, mincore
 */
#include "steps.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "draw.h"
#include "model.h"
#include "raw.h"
#include "report.h"

/* ---- madvise ------------------------------------------------------------------------------------- */

/*
 * MADV_HUGEPAGE, NOHUGEPAGE, COLLAPSE, MERGEABLE, UNMERGEABLE, HWPOISON and SOFT_OFFLINE are not among
 * them: the oracle is built with what they ask for.
 */
static const struct choice advices[] = {{MADV_DONTNEED, 24},
                                        {MADV_FREE, 10},
                                        {MADV_REMOVE, 9},
                                        {MADV_POPULATE_READ, 6},
                                        {MADV_POPULATE_WRITE, 6},
                                        {MADV_DONTFORK, 6},
                                        {MADV_DOFORK, 4},
                                        {MADV_WIPEONFORK, 6},
                                        {MADV_KEEPONFORK, 4},
                                        {MADV_WILLNEED, 3},
                                        {MADV_NORMAL, 2},
                                        {MADV_RANDOM, 3},
                                        {MADV_SEQUENTIAL, 3},
                                        {MADV_COLD, 3},
                                        {MADV_PAGEOUT, 3},
                                        {MADV_DONTDUMP, 2},
                                        {MADV_DODUMP, 2},
                                        {MADV_DONTNEED_LOCKED, 2},
                                        {5, 1},
                                        {99, 1},
                                        {-1, 1}};

/* The advice stops at such a page, with what came before it done. (Holes it passes over.) */
static int refuses(const struct page *p, long advice)
{
    switch (advice) {
    case MADV_DONTNEED:
    case MADV_COLD:
    case MADV_PAGEOUT:
        return p->lock != LOCK_NONE;
    case MADV_FREE:
        return p->lock != LOCK_NONE || p->object != NO_OBJECT;
    case MADV_REMOVE:
        return p->lock != LOCK_NONE || p->object == NO_OBJECT || !p->shared || !p->maywrite;
    case MADV_WIPEONFORK:
        return p->object != NO_OBJECT;
    case MADV_POPULATE_READ:
        return !(p->prot & PROT_READ) || !page_content((int)(p - page));
    case MADV_POPULATE_WRITE:
        return !(p->prot & PROT_WRITE) || !page_content((int)(p - page));
    default:
        return 0;
    }
}

static void follow_advice(int index, long advice)
{
    struct page *p = &page[index];

    switch (advice) {
    case MADV_DONTNEED:
    case MADV_DONTNEED_LOCKED:
        p->own = p->lazy = p->vague = 0;
        break;
    case MADV_FREE:
        /* The kernel takes such pages when it likes. */
        p->lazy = p->own;
        p->vague = 1;
        break;
    case MADV_REMOVE:
        if (p->offset < object_nr_pages(p->object))
            *object_content(p->object, p->offset) = (struct content){0};
        break;
    case MADV_DONTFORK:
    case MADV_DOFORK:
        p->dontfork = advice == MADV_DONTFORK;
        break;
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
        p->wipeonfork = advice == MADV_WIPEONFORK;
        break;
    case MADV_POPULATE_WRITE:
        page_content_for_write(index);
        break;
    case MADV_POPULATE_READ:
        if (!p->lazy)
            p->vague = 0;
        break;
    default:
        break;
    }
}

/* Advices that make areas of their own. */
static int splits(long advice)
{
    return advice == MADV_NORMAL || advice == MADV_RANDOM || advice == MADV_SEQUENTIAL ||
           (advice >= MADV_DONTFORK && advice <= MADV_KEEPONFORK);
}

void step_madvise(void)
{
    struct range range = draw_range(RANGE_WRAPS);
    long advice = DRAW_CHOICE(advices);

    /* Of a file in memory Linux frees the pages that were read and never written, if it likes. */
    for (int i = range.first; i < range.first + range.nr; i++)
        if (advice == MADV_PAGEOUT && page[i].mapped && page[i].object != NO_OBJECT)
            advice = MADV_COLD;
    long r = raw(SYS_madvise, range.address, range.len, advice);

    note("madvise %lx + %lx, %ld = %ld", place(range.address), range.len, advice, r);
    /* Nothing is done where the range itself is wrong. */
    if (range.nr == 0 || range.address % PAGE || advice < 0)
        return;
    if (splits(advice))
        model_split(range.first, range.nr);
    for (int i = range.first; i < range.first + range.nr; i++) {
        if (!page[i].mapped)
            continue;
        if (refuses(&page[i], advice))
            break;
        follow_advice(i, advice);
    }
}

/* ---- mlock, munlock, mlock2, mlockall, munlockall ------------------------------------------------- */

static void set_lock(int first, int nr, enum lock lock)
{
    model_split(first, nr);
    for (int i = first; i < first + nr; i++)
        page[i].lock = (uint8_t)lock;
}

static void lock_range(void)
{
    static const struct choice calls[] = {{SYS_mlock, 40}, {SYS_munlock, 40}, {SYS_mlock2, 20}};
    struct range range = draw_range(RANGE_WRAPS);
    long call = DRAW_CHOICE(calls);
    unsigned flags = call == SYS_mlock2 ? (draw_chance(80) ? MLOCK_ONFAULT : draw_below(3) * 2) : 0;
    long r = raw(call, range.address, range.len, flags);
    enum lock lock = call == SYS_munlock      ? LOCK_NONE
                     : flags == MLOCK_ONFAULT ? LOCK_ONFAULT
                                              : LOCK_NOW;

    note("lock call %ld: %lx + %lx, flags %lx = %ld", call, place(range.address), range.len, flags,
         r);
    if (range.nr == 0 || (flags & ~(unsigned)MLOCK_ONFAULT))
        return;
    int whole = pages_all_mapped(range.first, range.nr);
    set_lock(range.first, pages_before_hole(range.first, range.nr), lock);
    if (whole && lock != LOCK_NONE)
        model_populate(range.first, range.nr, POPULATE_UP_TO_ERROR);
}

static void set_all_locks(enum lock lock)
{
    for (int i = 0; i < NR_PAGES; i++)
        if (page[i].mapped) {
            model_split(i, 1);
            page[i].lock = (uint8_t)lock;
        }
}

static void lock_all(void)
{
    static const struct choice kinds[] = {{MCL_CURRENT, 30},
                                          {MCL_FUTURE, 25},
                                          {MCL_CURRENT | MCL_FUTURE, 10},
                                          {MCL_CURRENT | MCL_ONFAULT, 10},
                                          {MCL_FUTURE | MCL_ONFAULT, 10},
                                          {MCL_ONFAULT, 5},
                                          {0, 5},
                                          {8, 5}};
    long flags = DRAW_CHOICE(kinds);
    long r = raw(SYS_mlockall, flags);
    enum lock lock = flags & MCL_ONFAULT ? LOCK_ONFAULT : LOCK_NOW;

    note("mlockall %lx = %ld", flags, r);
    if (r != 0)
        return;
    model_future_lock = flags & MCL_FUTURE ? lock : LOCK_NONE;
    if (flags & MCL_CURRENT) {
        set_all_locks(lock);
        model_populate(0, NR_PAGES, POPULATE_ANY);
    }
}

void step_lock(void)
{
    if (draw_chance(80)) {
        lock_range();
    } else if (draw_chance(30)) {
        lock_all();
    } else {
        note("munlockall = %ld", raw(SYS_munlockall));
        set_all_locks(LOCK_NONE);
        model_future_lock = LOCK_NONE;
    }
}

/* ---- msync, mincore -------------------------------------------------------------------------------- */

void step_msync(void)
{
    static const struct choice kinds[] = {{MS_SYNC, 30},
                                          {MS_ASYNC, 20},
                                          {MS_INVALIDATE, 20},
                                          {MS_SYNC | MS_INVALIDATE, 15},
                                          {0, 5},
                                          {MS_SYNC | MS_ASYNC, 5},
                                          {8, 5}};
    struct range range = draw_range(RANGE_VERY_LONG);
    long flags = DRAW_CHOICE(kinds);
    long r = raw(SYS_msync, range.address, range.len, flags);

    note("msync %lx + %lx, flags %lx = %ld", place(range.address), range.len, flags, r);
}

#define UNTOUCHED 0x55 /* no answer of mincore */

static unsigned char vector[NR_PAGES + 1];

/* What mincore says of the pages, with the vague ones left out. */
static uint64_t residency_sum(int first, int nr)
{
    uint64_t sum = 0;

    for (int i = 0; i < nr; i++)
        sum = sum * 31 + (page[first + i].vague ? 2 : vector[i]);
    return sum;
}

void step_mincore(void)
{
    struct range range = draw_range(RANGE_VERY_LONG);
    int is_bad_vector = draw_chance(3);

    memset(vector, UNTOUCHED, sizeof(vector));
    long r = raw(SYS_mincore, range.address, range.len, is_bad_vector ? NULL : vector);

    note("mincore %lx + %lx, bad vector %ld = %ld, sum %lx", place(range.address), range.len,
         is_bad_vector, r, range.nr && !is_bad_vector ? residency_sum(range.first, range.nr) : 0);
}

void residency_check(void)
{
    for (int i = 0; i < NR_PAGES; i++) {
        int nr = 0;

        while (page[i + nr].mapped)
            nr++;
        if (nr == 0)
            continue;
        memset(vector, UNTOUCHED, sizeof(vector));
        long r = raw(SYS_mincore, page_address(i), (size_t)nr * PAGE, vector);
        note("  mincore %lx + %ld = %ld, sum %lx", place(page_address(i)), nr, r,
             residency_sum(i, nr));
        for (int k = 0; k < nr && report_is_verbose; k++)
            if (!page[i + k].vague)
                report_print("    %lx: %d", place(page_address(i + k)), vector[k]);
        i += nr;
    }
}
