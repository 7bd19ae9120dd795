/*
 * mm/commit.c - promises of memory
 *
 * The reserve is what the kernel needs beside the pages it promised: page tables (one page in 512,
 * and a few for each process), kernel stacks and objects, and the pages of program files that are
 * written to. It is a fixed share of the machine.
 */
#include "mm/commit.h"

#include <asm/errno.h>

#include "lib/assert.h"
#include "mm/frame.h"

#define RESERVE_SHARE 32  /* one frame in this many */
#define RESERVE_FIXED 128 /* and these */

static int policy; /* OVERCOMMIT_* */
static size_t limit, nr_promised;

INIT_ONCE void commit_init(int wanted)
{
    size_t nr_free = frame_nr_free(), reserve = nr_free / RESERVE_SHARE + RESERVE_FIXED;

    policy = wanted;
    limit = nr_free > reserve ? nr_free - reserve : 0;
}

int commit_policy(void)
{
    return policy;
}

int commit_charge(size_t nr_pages)
{
    if (policy == OVERCOMMIT_GUESS && nr_pages > frame_nr_total())
        return -ENOMEM;
    if (policy == OVERCOMMIT_NEVER && nr_pages > limit - MIN(limit, nr_promised))
        return -ENOMEM;
    nr_promised += nr_pages;
    return 0;
}

void commit_restore(size_t nr_pages)
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

size_t commit_limit(void)
{
    return limit;
}
