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
#define PROGRAM_SHARE 16  /* of the limit, one in this many is not for files */

int commit_policy;
size_t commit_limit;
struct promise commit_promised;
static ssize_t left; /* below the limit; negative where another policy promised more */

INIT_ONCE void commit_init(int policy)
{
    size_t nr_free = frame_nr_free(), reserve = nr_free / RESERVE_SHARE + RESERVE_FIXED;

    commit_policy = policy;
    commit_limit = nr_free > reserve ? nr_free - reserve : 0;
    left = (ssize_t)(commit_limit - commit_promised.nr_pages - commit_promised.nr_tables);
    kernel_map_max_frames = kernel_map_nr_frames + nr_free - commit_limit;
}

size_t commit_left_to_files(void)
{
    if (commit_policy != OVERCOMMIT_NEVER)
        return SIZE_MAX;
    return (size_t)MAX(left - (ssize_t)(commit_limit / PROGRAM_SHARE), 0L);
}

int commit_settle(struct promise *promise, size_t nr_pages, size_t nr_tables)
{
    ssize_t pages = (ssize_t)(nr_pages - promise->nr_pages);
    ssize_t tables = (ssize_t)(nr_tables - promise->nr_tables);

    if (pages + tables > 0) {
        bool never = commit_policy == OVERCOMMIT_NEVER, guess = commit_policy == OVERCOMMIT_GUESS;
        if ((never && pages + tables > left) || (guess && pages > (ssize_t)frame_buddy.nr_managed))
            return -ENOMEM;
    }
    left -= pages + tables;
    commit_promised.nr_pages += (size_t)pages;
    commit_promised.nr_tables += (size_t)tables;
    promise->nr_pages = nr_pages;
    promise->nr_tables = nr_tables;
    ASSERT((ssize_t)(commit_promised.nr_pages | commit_promised.nr_tables) >= 0);
    return 0;
}
