/*
 * sys/param.h - the limits and little macros that BSD programs expect
 */
#ifndef _SYS_PARAM_H
#define _SYS_PARAM_H

#include <endian.h>
#include <limits.h>
#include <linux/param.h>

#define MAXPATHLEN     PATH_MAX
#define MAXSYMLINKS    20
#define MAXHOSTNAMELEN 64
#define MAXNAMLEN      255
#define NGROUPS        NGROUPS_MAX
#define NOFILE         256
#define NBBY           8
#define DEV_BSIZE      512
#ifndef NOGROUP
#define NOGROUP (-1)
#endif

#define MIN(a, b)     (((a) < (b)) ? (a) : (b))
#define MAX(a, b)     (((a) > (b)) ? (a) : (b))
#define howmany(n, d) (((n) + ((d)-1)) / (d))
#define roundup(n, d) (howmany(n, d) * (d))
#define powerof2(n)   (!(((n)-1) & (n)))
#define setbit(x, i)  ((x)[(i) / NBBY] |= 1 << ((i) % NBBY))
#define clrbit(x, i)  ((x)[(i) / NBBY] &= ~(1 << ((i) % NBBY)))
#define isset(x, i)   ((x)[(i) / NBBY] & (1 << ((i) % NBBY)))
#define isclr(x, i)   !isset(x, i)

#endif
