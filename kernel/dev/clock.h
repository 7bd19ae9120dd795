/*
 * dev/clock.h - the time of day
 */
#ifndef DEV_CLOCK_H
#define DEV_CLOCK_H

#include "lib/types.h"

/* Read the battery-backed clock, once. Needs timer_init(). */
void clock_init(void);

/* Nanoseconds since 1970-01-01 00:00 UTC. */
uint64_t clock_realtime_ns(void);

#endif
