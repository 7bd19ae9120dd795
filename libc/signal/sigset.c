/*
 * signal/sigset.c - sets of signals
 */
#include <signal.h>
#include <errno.h>

static int valid(int signal)
{
    if (signal > 0 && signal < _NSIG)
        return 1;
    errno = EINVAL;
    return 0;
}

static unsigned long bit(int signal)
{
    return 1UL << (signal - 1);
}

int sigemptyset(sigset_t *set)
{
    set->__bits = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    set->__bits = ~0UL;
    return 0;
}

int sigaddset(sigset_t *set, int signal)
{
    if (!valid(signal))
        return -1;
    set->__bits |= bit(signal);
    return 0;
}

int sigdelset(sigset_t *set, int signal)
{
    if (!valid(signal))
        return -1;
    set->__bits &= ~bit(signal);
    return 0;
}

int sigismember(const sigset_t *set, int signal)
{
    if (!valid(signal))
        return -1;
    return (set->__bits & bit(signal)) != 0;
}

int sigisemptyset(const sigset_t *set)
{
    return set->__bits == 0;
}

int sigorset(sigset_t *dst, const sigset_t *a, const sigset_t *b)
{
    dst->__bits = a->__bits | b->__bits;
    return 0;
}

int sigandset(sigset_t *dst, const sigset_t *a, const sigset_t *b)
{
    dst->__bits = a->__bits & b->__bits;
    return 0;
}
