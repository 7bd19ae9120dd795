/*
 * bits/time_types.h - struct timespec, timeval, itimerval and the clock numbers
 *
 * The kernel's exported header defines them as POSIX does, so its definitions are used as they are.
 */
#ifndef _BITS_TIME_TYPES_H
#define _BITS_TIME_TYPES_H

#include <bits/posix_types.h>
#include <linux/time.h>

#endif
