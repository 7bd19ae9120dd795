/*
 * signal/signal.c - signal() and its BSD and System V relatives, over sigaction()
 */
#include <signal.h>
#include <stddef.h>

/* Bit n - 1: siginterrupt() was asked that signal n interrupts system calls. */
static unsigned long interrupting;

void (*signal(int sig, void (*handler)(int)))(int)
{
    struct sigaction action = {.sa_handler = handler};
    struct sigaction old;

    sigemptyset(&action.sa_mask);
    if (sig < 1 || sig >= _NSIG || !((interrupting >> (sig - 1)) & 1))
        action.sa_flags = SA_RESTART;
    return sigaction(sig, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int siginterrupt(int sig, int flag)
{
    struct sigaction action;

    if (sigaction(sig, NULL, &action) < 0)
        return -1;
    if (flag) {
        interrupting |= 1UL << (sig - 1);
        action.sa_flags &= ~SA_RESTART;
    } else {
        interrupting &= ~(1UL << (sig - 1));
        action.sa_flags |= SA_RESTART;
    }
    return sigaction(sig, &action, NULL);
}

int sigignore(int sig)
{
    struct sigaction action = {.sa_handler = SIG_IGN};

    return sigaction(sig, &action, NULL);
}
