/*
 * proc/alarm.h - setitimer(2), ITIMER_REAL
 */
#ifndef PROC_ALARM_H
#define PROC_ALARM_H

#include "proc/process.h"

/* In nanoseconds, below 2^63 each. */
struct alarm {
    uint64_t value;    /* to the next SIGALRM; 0: none comes */
    uint64_t interval; /* between those after it; 0: there are none */
};

struct alarm alarm_get(const struct process *process);
void alarm_set(struct process *process, const struct alarm *alarm);

#endif
