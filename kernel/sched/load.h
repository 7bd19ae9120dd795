/*
 * sched/load.h - how many threads wanted the processor lately
 */
#ifndef SCHED_LOAD_H
#define SCHED_LOAD_H

#include "lib/types.h"

#define LOAD_SHIFT 11 /* of an average: bits behind the point */

/* Averages over 1, 5 and 15 minutes. Guarded by the scheduler's lock, as all here. */
extern uint64_t load_averages[3];

extern uint64_t load_next_ns; /* when the next sample is due */

/* Since the last sample nr_ready threads ran or waited to. now >= load_next_ns. */
void load_sample(uint64_t now, size_t nr_ready);

#endif
