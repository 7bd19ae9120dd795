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

/* Set the limit from the frames that are free now, less the kernel's reserve. */
void commit_init(int policy);

/*
 * What decides: a value of Linux's vm.overcommit_memory, proc(5). OVERCOMMIT_GUESS refuses only what is
 * larger than the machine, OVERCOMMIT_ALWAYS nothing, OVERCOMMIT_NEVER what could not all be touched.
 * Another one may be set at any time. What was promised stays promised: under OVERCOMMIT_NEVER nothing
 * more is, until enough has been taken back.
 */
extern int commit_policy;

/* The most that OVERCOMMIT_NEVER promises. Pages. */
extern size_t commit_limit;

/*
 * What is promised to one owner: pages, and page tables that promised pages can need. Both count against
 * one limit; they are told apart because Linux, whose numbers /proc shows, does not count tables.
 */
struct promise {
    size_t nr_pages, nr_tables;
};

/* The sum of all. */
extern struct promise commit_promised;

/*
 * How many pages more there may be of what stays until somebody removes it, files: under
 * OVERCOMMIT_NEVER a share of the limit is for programs alone, so that one can be started that removes
 * some. Another policy sets no limit.
 */
size_t commit_left_to_files(void);

/*
 * Make a promise larger or smaller. 0, or -ENOMEM with nothing changed, where it becomes larger only.
 */
int commit_settle(struct promise *promise, size_t nr_pages, size_t nr_tables);

#endif
