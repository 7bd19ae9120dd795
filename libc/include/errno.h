/*
 * errno.h - the last error; the numbers are the kernel's
 */
#ifndef _ERRNO_H
#define _ERRNO_H

#include <linux/errno.h>

#ifndef ENOTSUP
#define ENOTSUP EOPNOTSUPP
#endif

int *__errno_location(void) __attribute__((__const__));
#define errno (*__errno_location())

/* The name a program was started under, whole and without its directory. */
extern char *program_invocation_name;
extern char *program_invocation_short_name;

#endif
