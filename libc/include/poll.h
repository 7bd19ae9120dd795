/*
 * poll.h - waiting for one of several files
 */
#ifndef _POLL_H
#define _POLL_H

#include <bits/time_types.h>
#include <bits/sigset.h>
#include <asm/poll.h>

typedef unsigned long nfds_t;

int poll(struct pollfd *fds, nfds_t count, int timeout);
int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask);

#endif
