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
 * What is promised to one owner: pages, and page tables that promised pages can need. Both count against
 * one limit; they are told apart because Linux, whose numbers /proc shows, does not count tables.
 */
struct promise {
    size_t nr_pages, nr_tables;
};

/*
 * Make a promise larger or smaller. 0, or -ENOMEM with nothing changed, where it becomes larger only.
 */
int commit_settle(struct promise *promise, size_t nr_pages, size_t nr_tables);

/* Promise nr_pages more to nobody by name, and take them back. */
MUST_CHECK static inline int commit_charge(size_t nr_pages)
{
    return commit_settle(&(struct promise){0}, nr_pages, 0);
}

static inline void commit_uncharge(size_t nr_pages)
{
    commit_settle(&(struct promise){.nr_pages = nr_pages}, 0, 0);
}

/* Promised now, and the most that OVERCOMMIT_NEVER promises. Pages. */
size_t commit_nr_promised(void);
size_t commit_nr_tables(void);
size_t commit_limit(void);

#endif
