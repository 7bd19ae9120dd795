/*
 * sys/usage.h - struct rusage, which several calls give
 */
#ifndef SYS_USAGE_H
#define SYS_USAGE_H

#include "proc/process.h"

/*
 * Write a struct rusage. All of the processor's time counts as the user's, and no fault is major: no
 * page comes from a disk. 0 or -EFAULT.
 */
MUST_CHECK int usage_copy(vaddr_t to, const struct usage *usage);

#endif
