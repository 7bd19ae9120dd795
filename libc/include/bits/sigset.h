/*
 * bits/sigset.h - sigset_t: one bit for each of the kernel's 64 signals, signal 1 is bit 0
 */
#ifndef _BITS_SIGSET_H
#define _BITS_SIGSET_H

typedef struct {
    unsigned long __bits;
} sigset_t;

#endif
