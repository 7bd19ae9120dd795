/*
 * fs/memfd.h - files of memory without a place in the tree
 */
#ifndef FS_MEMFD_H
#define FS_MEMFD_H

#include "fs/file.h"

/* The longest name, without the "memfd:" before it that /proc shows. Bytes, without the NUL. */
#define MEMFD_NAME_MAX (NAME_LEN_MAX - 6)

/* memfd_create(2): 0 and *opened with one reference, or -ENOMEM. */
MUST_CHECK int memfd_open(const char *name, struct file **opened);

#endif
