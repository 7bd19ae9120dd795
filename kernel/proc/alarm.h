/*
 * proc/alarm.h - timers of a process: setitimer(2), and RLIMIT_CPU
 */
#ifndef PROC_ALARM_H
#define PROC_ALARM_H

#include <linux/time.h>

#include "proc/process.h"

/* In nanoseconds, below 2^63 each. */
struct alarm {
    uint64_t value;    /* to the next signal; 0: none comes */
    uint64_t interval; /* between those after it; 0: there are none */
};

/* which: ITIMER_*. */
struct alarm alarm_get(struct process *process, int which);

/* Of the running process. */
void alarm_set(struct process *process, int which, const struct alarm *alarm);

/* A task took the process's SIGALRM: only now the next may come, so that no interval is too short. */
void alarm_taken(struct process *process);

/* The process's RLIMIT_CPU has changed, or it has one from its start. */
void alarm_limit(struct process *process);

/* The process ends: nothing comes any more. */
void alarm_cancel_all(struct process *process);

#endif
