/*
 * arch/timer.h - the local APIC's one-shot timer and the time-stamp counter
 */
#ifndef ARCH_TIMER_H
#define ARCH_TIMER_H

#include "lib/types.h"

/* Physical address of the local APIC's registers: a page that must be mapped uncached. */
paddr_t timer_registers(void);

/*
 * Turn the local APIC on; its registers are mapped at base. Calibrates both clocks in under 1 ms.
 */
void timer_init(volatile uint32_t *base);

/* Nanoseconds since timer_init(), by the time-stamp counter. Never goes back. */
uint64_t timer_now_ns(void);

/* Ticks of the time-stamp counter per second. */
uint64_t timer_tsc_hz(void);

/* One interrupt after about ns nanoseconds, at most a second, in place of one asked for before. */
void timer_arm(uint64_t ns);

/* The timer's interrupt: acknowledges it and makes the upward call timer_expired(). */
void timer_interrupt(void);

/* Upward call, defined in sched/. Interrupts off. */
void timer_expired(void);

#endif
