/*
 * bits/posix_types.h - the scalar types that POSIX headers share
 *
 * Every header that owes a program one of these includes this file: the types then agree
 * everywhere, and no order of inclusion matters.
 */
#ifndef _BITS_POSIX_TYPES_H
#define _BITS_POSIX_TYPES_H

#define __need_size_t
#include <stddef.h>

typedef long ssize_t;
typedef long off_t;
typedef long off64_t;
typedef long long loff_t;
typedef int pid_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int id_t;
typedef unsigned int mode_t;
typedef unsigned long dev_t;
typedef unsigned long ino_t;
typedef unsigned long nlink_t;
typedef long blksize_t;
typedef long blkcnt_t;
typedef unsigned long fsblkcnt_t;
typedef unsigned long fsfilcnt_t;
typedef int key_t;
typedef long time_t;
typedef long suseconds_t;
typedef unsigned int useconds_t;
typedef long clock_t;
typedef int clockid_t;
typedef void *timer_t;
typedef long register_t;

#endif
