/*
 * proc/procfs.h - /proc, the face of processes and memory as files
 */
#ifndef PROC_PROCFS_H
#define PROC_PROCFS_H

#include "lib/types.h"

/* Make the files below /proc. 0 or -ENOMEM. */
MUST_CHECK int procfs_init(void);

#endif
