/*
 * stdlib/abort.c - abnormal end
 */
#include <signal.h>
#include <stdlib.h>

void abort(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGABRT);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(SIGABRT);
    /* The signal was ignored, or its handler returned: now with the default action (C11 7.22.4.1).
     */
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    for (;;)
        __builtin_trap();
}
