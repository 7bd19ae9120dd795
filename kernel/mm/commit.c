/*
 * mm/commit.c - promises of memory
 *
 * All frames that are free once the kernel has started are divided in two. The limit is what may be
 * promised: pages, and the tables that touching them can need. The reserve is for the kernel's own
 * objects and stacks, which kernel_map.c keeps within it. What is left, page tables of areas that
 * were promised nothing, can be taken back at any time (reclaim.c). So a page promised is a page
 * delivered.
 */
#include "mm/commit.h"

#include <asm/errno.h>

#include "lib/assert.h"
#include "mm/frame.h"
#include "mm/kernel_map.h"

#define RESERVE_SHARE 32  /* one frame in this many */
#define RESERVE_FIXED 128 /* and these */

static int policy;                           /* OVERCOMMIT_* */
static size_t limit, nr_promised, nr_tables; /* pages */

INIT_ONCE void commit_init(int wanted)
{
    size_t nr_free = frame_nr_free(), reserve = nr_free / RESERVE_SHARE + RESERVE_FIXED;

    policy = wanted;
    limit = nr_free > reserve ? nr_free - reserve : 0;
    kernel_map_set_limit(nr_free - limit);
}

int commit_policy(void)
{
    return policy;
}

void commit_set_policy(int wanted)
{
    policy = wanted;
}

int commit_charge_with_tables(size_t pages, size_t tables)
{
    if (policy == OVERCOMMIT_NEVER) {
        size_t left = limit - MIN(limit, nr_promised + nr_tables);
        if (pages > left || tables > left - pages)
            return -ENOMEM;
    } else if (policy == OVERCOMMIT_GUESS && pages > frame_nr_total()) {
        return -ENOMEM;
    }
    nr_promised += pages;
    nr_tables += tables;
    return 0;
}

void commit_uncharge_tables(size_t nr)
{
    ASSERT(nr <= nr_tables);
    nr_tables -= nr;
}

void commit_keep(size_t nr_pages)
{
    nr_promised += nr_pages;
}

void commit_uncharge(size_t nr_pages)
{
    ASSERT(nr_pages <= nr_promised);
    nr_promised -= nr_pages;
}

size_t commit_nr_promised(void)
{
    return nr_promised;
}

size_t commit_nr_tables(void)
{
    return nr_tables;
}

size_t commit_limit(void)
{
    return limit;
}
