/*
 * sys/random.h - random bytes from the kernel
 */
#ifndef _SYS_RANDOM_H
#define _SYS_RANDOM_H

#include <bits/posix_types.h>
#include <linux/random.h>

ssize_t getrandom(void *buf, size_t n, unsigned flags);
int getentropy(void *buf, size_t n);

#endif
