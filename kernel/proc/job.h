/*
 * proc/job.h - job control: process groups that are stopped, go on, and have nobody to do that
 */
#ifndef PROC_JOB_H
#define PROC_JOB_H

#include "proc/process.h"

/*
 * Whether nobody could make a stopped member of the group go on: no member but `leaving` has a parent in
 * another group of the same session. POSIX.1-2017 XBD 3.264.
 */
bool job_is_orphaned(int group, const struct process *leaving);

/*
 * The process ends: a group that becomes orphaned by that, and has a stopped member, is told to hang up and
 * goes on. Before its children go to process 1.
 */
void job_leave(struct process *process);

#endif
