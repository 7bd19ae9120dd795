/*
 * dev/power.h - turn the machine off
 */
#ifndef DEV_POWER_H
#define DEV_POWER_H

#include "lib/types.h"

/* Off, telling an emulator whether the first process ended with status 0. */
NORETURN void power_off(bool success);

#endif
