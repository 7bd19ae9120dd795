/*
 * sys/prctl.h - properties of a process
 */
#ifndef _SYS_PRCTL_H
#define _SYS_PRCTL_H

#include <linux/prctl.h>

/* Up to four further arguments, each a long or a pointer. */
int prctl(int option, ...);

#endif
