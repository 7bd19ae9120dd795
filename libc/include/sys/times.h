/*
 * sys/times.h - processor time of a process and its children
 */
#ifndef _SYS_TIMES_H
#define _SYS_TIMES_H

#include <bits/posix_types.h>
#include <linux/times.h>

clock_t times(struct tms *buf);

#endif
