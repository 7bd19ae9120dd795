/*
 * dev/clock.h - the time of day
 */
#ifndef DEV_CLOCK_H
#define DEV_CLOCK_H

#include "arch/timer.h"
#include "lib/types.h"

/* Read the battery-backed clock, once. Needs timer_init(). */
void clock_init(void);

/* Nanoseconds since 1970-01-01 00:00 UTC: when timer_now_ns() was 0, and now. */
extern uint64_t clock_realtime_at_start;

static inline uint64_t clock_realtime_ns(void)
{
    return clock_realtime_at_start + timer_now_ns();
}

#endif
