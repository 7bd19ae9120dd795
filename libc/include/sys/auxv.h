/*
 * sys/auxv.h - what the kernel told the program at its start
 */
#ifndef _SYS_AUXV_H
#define _SYS_AUXV_H

#include <linux/auxvec.h>

/* The value of one entry of the auxiliary vector; 0 with ENOENT when there is none. */
unsigned long getauxval(unsigned long type);

#endif
