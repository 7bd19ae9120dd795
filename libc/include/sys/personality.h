/*
 * sys/personality.h - the execution domain, address space randomisation among it
 */
#ifndef _SYS_PERSONALITY_H
#define _SYS_PERSONALITY_H

#include <linux/personality.h>

int personality(unsigned long persona);

#endif
