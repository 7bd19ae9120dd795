/*
 * mm/commit.h - promises of memory: how much may be handed out
 *
 * brk and mmap give addresses; frames follow on touch. What has been promised is counted here, so
 * that under OVERCOMMIT_NEVER every page given can be touched (P8).
 */
#ifndef MM_COMMIT_H
#define MM_COMMIT_H

#include <linux/mman.h>

#include "lib/types.h"

/*
 * A policy is a value of Linux's vm.overcommit_memory, proc(5): OVERCOMMIT_GUESS refuses only what
 * is larger than the machine, OVERCOMMIT_ALWAYS nothing, OVERCOMMIT_NEVER what could not all be
 * touched.
 */

/* Set the limit from the frames that are free now, less the kernel's reserve. */
void commit_init(int policy);

int commit_policy(void);

/*
 * From now on this policy decides. What was promised stays promised: under OVERCOMMIT_NEVER nothing
 * more is, until enough has been taken back.
 */
void commit_set_policy(int policy);

/*
 * Promise nr_pages more, and page tables that promised pages can need. Both count against one limit;
 * they are told apart because Linux, whose numbers /proc shows, does not count tables. 0, or -ENOMEM
 * with nothing counted.
 */
MUST_CHECK int commit_charge_with_tables(size_t nr_pages, size_t nr_tables);

MUST_CHECK static inline int commit_charge(size_t nr_pages)
{
    return commit_charge_with_tables(nr_pages, 0);
}

/*
 * Promise once more what is promised already and about to be taken back, so that nobody gets it in
 * between: never refused.
 */
void commit_keep(size_t nr_pages);

/* Take promised pages and tables back. */
void commit_uncharge(size_t nr_pages);
void commit_uncharge_tables(size_t nr_tables);

/* Promised now, and the most that OVERCOMMIT_NEVER promises. Pages. */
size_t commit_nr_promised(void);
size_t commit_nr_tables(void);
size_t commit_limit(void);

#endif
