/*
 * dev/power.h - turn the machine off
 */
#ifndef DEV_POWER_H
#define DEV_POWER_H

#include "lib/types.h"

/* Off, telling an emulator whether status, of the first process or of the self-tests, is 0. */
NORETURN void power_off(int status);

#endif
