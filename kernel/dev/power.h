/*
 * dev/power.h - turn the machine off
 */
#ifndef DEV_POWER_H
#define DEV_POWER_H

#include "lib/types.h"

/* Off, telling an emulator whether status, of the first process or of the self-tests, is 0. */
NORETURN void power_off(int status);

/* Off, telling an emulator that the books do not balance (P10). */
NORETURN void power_off_unbalanced(void);

#endif
