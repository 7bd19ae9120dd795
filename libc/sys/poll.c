/*
 * sys/poll.c - waiting for one of several files
 *
 * The kernel writes the time left into the timeouts of ppoll and pselect; POSIX says they are
 * const, so it gets copies.
 */
#include "internal/syscall.h"
#include <poll.h>
#include <sys/select.h>
#include <stddef.h>

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    return (int)syscall_ret(__NR_poll, fds, count, timeout);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    struct timespec copy;

    if (timeout)
        copy = *timeout;
    return (int)syscall_ret(__NR_ppoll, fds, count, timeout ? &copy : NULL, mask, sizeof(*mask));
}

int select(int count, fd_set *restrict readable, fd_set *restrict writable,
           fd_set *restrict exceptional, struct timeval *restrict timeout)
{
    return (int)syscall_ret(__NR_select, count, readable, writable, exceptional, timeout);
}

int pselect(int count, fd_set *restrict readable, fd_set *restrict writable,
            fd_set *restrict exceptional, const struct timespec *restrict timeout,
            const sigset_t *restrict mask)
{
    struct timespec copy;
    struct {
        const sigset_t *mask;
        size_t size;
    } sixth = {mask, sizeof(*mask)};

    if (timeout)
        copy = *timeout;
    return (int)syscall_ret(__NR_pselect6, count, readable, writable, exceptional,
                            timeout ? &copy : NULL, &sixth);
}
