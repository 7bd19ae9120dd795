/*
 * signal/sigprocmask.c - blocking signals, and waiting for blocked ones
 */
#include "internal/syscall.h"
#include <signal.h>
#include <errno.h>
#include <stddef.h>

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    return (int)syscall_ret(__NR_rt_sigprocmask, how, set, old, sizeof(sigset_t));
}

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    return (int)-syscall_raw(__NR_rt_sigprocmask, how, set, old, sizeof(sigset_t));
}

int sigpending(sigset_t *set)
{
    return (int)syscall_ret(__NR_rt_sigpending, set, sizeof(*set));
}

int sigsuspend(const sigset_t *mask)
{
    return (int)syscall_ret(__NR_rt_sigsuspend, mask, sizeof(*mask));
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                 const struct timespec *restrict timeout)
{
    return (int)syscall_ret(__NR_rt_sigtimedwait, set, info, timeout, sizeof(*set));
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    return sigtimedwait(set, info, NULL);
}

int sigwait(const sigset_t *restrict set, int *restrict signal)
{
    int result;

    /* sigwait is not among the functions that may fail with EINTR (POSIX). */
    do
        result = sigtimedwait(set, NULL, NULL);
    while (result < 0 && errno == EINTR);
    if (result < 0)
        return errno;
    *signal = result;
    return 0;
}

static int change(int how, int signal)
{
    sigset_t set;

    sigemptyset(&set);
    return sigaddset(&set, signal) < 0 ? -1 : sigprocmask(how, &set, NULL);
}

int sighold(int signal)
{
    return change(SIG_BLOCK, signal);
}

int sigrelse(int signal)
{
    return change(SIG_UNBLOCK, signal);
}
