/*
 * proc/family.h - what process.c, init.c, fork.c, exec.c and exit.c share among themselves
 */
#ifndef PROC_FAMILY_H
#define PROC_FAMILY_H

#include "proc/process.h"

/*
 * A process with one task, without space and files, child of parent (NULL for process 1).
 *
 * Returns  0 and *created; -EAGAIN (there are as many as can be), -ENOMEM
 */
MUST_CHECK int process_create(struct process *parent, struct process **created);

/* One task more of a process, which does not run yet. 0; -EAGAIN, -ENOMEM. */
MUST_CHECK int task_add(struct process *process, struct task **task);

/* The first kernel code of every task: go to user mode with the frame that was prepared. */
void task_enter_user(void *unused);

/* Free a process that has run its last instruction and was reported, or that never ran. */
void process_free(struct process *process);

/* Free what is gone and has run its last instruction. */
void process_free_gone(void);

/* A task has left its process: it will not be found any more, and is freed when it has switched away. */
void task_end(struct task *task);

/* The last task that is left of a process is its leader from now on, and has its number. */
void task_become_leader(struct task *task);

/* set_tid_address(2): tell whoever shares the running task's space that it leaves it. */
void task_clear_tid(struct task *task);

/* If the process runs in a space that vfork borrowed, its parent may go on from here. */
void process_end_borrowing(struct process *process);

#endif
