/*
 * grp.h - groups by number; there is no data base of names
 */
#ifndef _GRP_H
#define _GRP_H

#include <bits/posix_types.h>

/* The groups of the process beside its own; count: of them. 0, or -1 with errno. */
int setgroups(size_t count, const gid_t *groups);

#endif
