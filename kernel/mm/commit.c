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

static int policy;              /* OVERCOMMIT_* */
static ssize_t nr_frames;       /* of the machine */
static size_t limit;            /* pages */
static ssize_t left;            /* of them; negative where another policy promised more */
static struct promise promised; /* to all */

INIT_ONCE void commit_init(int wanted)
{
    size_t nr_free = frame_nr_free(), reserve = nr_free / RESERVE_SHARE + RESERVE_FIXED;

    policy = wanted;
    nr_frames = (ssize_t)frame_nr_total();
    limit = nr_free > reserve ? nr_free - reserve : 0;
    left = (ssize_t)(limit - promised.nr_pages - promised.nr_tables);
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

int commit_settle(struct promise *promise, size_t nr_pages, size_t nr_tables)
{
    ssize_t pages = (ssize_t)(nr_pages - promise->nr_pages);
    ssize_t tables = (ssize_t)(nr_tables - promise->nr_tables);

    if (pages + tables > 0) {
        if (policy == OVERCOMMIT_GUESS ? pages > nr_frames
                                       : policy == OVERCOMMIT_NEVER && pages + tables > left)
            return -ENOMEM;
    }
    left -= pages + tables;
    promised.nr_pages += (size_t)pages;
    promised.nr_tables += (size_t)tables;
    promise->nr_pages = nr_pages;
    promise->nr_tables = nr_tables;
    ASSERT((ssize_t)(promised.nr_pages | promised.nr_tables) >= 0);
    return 0;
}

size_t commit_nr_promised(void)
{
    return promised.nr_pages;
}

size_t commit_nr_tables(void)
{
    return promised.nr_tables;
}

size_t commit_limit(void)
{
    return limit;
}
