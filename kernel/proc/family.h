/*
 * proc/family.h - what process.c, exec.c and exit.c share among themselves
 */
#ifndef PROC_FAMILY_H
#define PROC_FAMILY_H

#include "proc/process.h"

/* Free a process that has run its last instruction and was reported, or that never ran. */
void process_free(struct process *process);

/* Free what is gone and has run its last instruction. */
void process_free_gone(void);

/* set_tid_address(2): tell whoever shares the running process's space that it leaves it. */
void process_clear_tid(struct process *process);

/* If the process runs in a space that vfork borrowed, its parent may go on from here. */
void process_end_borrowing(struct process *process);

#endif
