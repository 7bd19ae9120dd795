/*
 * dev/watchdog.h - a timer that stops the machine if nothing happens
 */
#ifndef DEV_WATCHDOG_H
#define DEV_WATCHDOG_H

#include "lib/types.h"

#define WATCHDOG_MAX 30 /* seconds */

/*
 * Understand "budget=N", N from 2 to WATCHDOG_MAX, on the kernel's command line: from the first
 * watchdog_kick() on, N seconds without another one are a panic. Returns whether it was that word.
 */
bool watchdog_set_option(const char *word);

/* Something went on: a process has ended. Nothing where no budget is set. */
void watchdog_kick(void);

#endif
