/*
 * sys/select.h - waiting for one of several files, the old way
 */
#ifndef _SYS_SELECT_H
#define _SYS_SELECT_H

#include <bits/time_types.h>
#include <bits/sigset.h>

#define FD_SETSIZE 1024
#define NFDBITS    64

typedef unsigned long fd_mask;
typedef struct {
    fd_mask fds_bits[FD_SETSIZE / NFDBITS];
} fd_set;

#define FD_ZERO(set)      ((void)__builtin_memset((set), 0, sizeof(fd_set)))
#define FD_SET(fd, set)   ((void)((set)->fds_bits[(fd) / NFDBITS] |= 1UL << ((fd) % NFDBITS)))
#define FD_CLR(fd, set)   ((void)((set)->fds_bits[(fd) / NFDBITS] &= ~(1UL << ((fd) % NFDBITS))))
#define FD_ISSET(fd, set) (((set)->fds_bits[(fd) / NFDBITS] >> ((fd) % NFDBITS)) & 1)

int select(int count, fd_set *__restrict readable, fd_set *__restrict writable,
           fd_set *__restrict exceptional, struct timeval *__restrict timeout);
int pselect(int count, fd_set *__restrict readable, fd_set *__restrict writable,
            fd_set *__restrict exceptional, const struct timespec *__restrict timeout,
            const sigset_t *__restrict mask);

#endif
