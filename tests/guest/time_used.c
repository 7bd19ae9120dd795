/*
 * tests/guest/time_used.c - timers and a limit that count processor time
 */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define MS 1000L /* in microseconds */

static volatile int nr_signals, last_signal;

static void note(int signal)
{
    nr_signals++;
    last_signal = signal;
}

/* Processor time of this process in microseconds. */
static long used(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Of the user's time, which ITIMER_VIRTUAL counts alone. */
static void compute(void)
{
    for (volatile int i = 0; i < 10000; i++)
        ;
}

static void burn(long us)
{
    for (long end = used() + us; used() < end;)
        compute();
}

static long set(int which, long value, long interval)
{
    struct itimerval timer = {{0, interval}, {0, value}};

    return raw(SYS_setitimer, which, &timer, NULL);
}

/* What is left of a timer, in microseconds. */
static long left(int which)
{
    struct itimerval timer = {0};

    raw(SYS_getitimer, which, &timer);
    return timer.it_value.tv_sec * 1000000 + timer.it_value.tv_usec;
}

static void check_timer(int which, int signal_number)
{
    struct itimerval timer;

    nr_signals = 0;
    signal(signal_number, note);
    is_long(left(which), 0, "no timer at first");
    is_long(set(which, 200 * MS, 0), 0, "a timer of 200 ms");
    ok(left(which) > 0 && left(which) <= 204 * MS, "... is as far away as that");
    usleep(300 * MS);
    is_long(nr_signals, 0, "sleeping does not count");
    ok(left(which) > 100 * MS, "... most of it is left");
    long start = used();
    while (!nr_signals && used() - start < 2000 * MS)
        compute();
    ok(used() - start > 100 * MS && used() - start < 1000 * MS, "what is used does");
    is_long(last_signal, signal_number, "... and then its signal comes");
    is_long(left(which), 0, "it is over");
    burn(50 * MS);
    is_long(nr_signals, 1, "... it came once");
    nr_signals = 0;
    is_long(set(which, 20 * MS, 20 * MS), 0, "one that comes again");
    start = used();
    while (nr_signals < 4 && used() - start < 2000 * MS)
        ;
    is_long(nr_signals, 4, "... does, four times");
    ok(used() - start > 50 * MS, "... with time in between");
    is_long(raw(SYS_setitimer, which, NULL, &timer), 0, "NULL ends it");
    ok(timer.it_interval.tv_usec > 0 && timer.it_value.tv_usec > 0, "... and tells what it was");
    nr_signals = 0;
    burn(60 * MS);
    is_long(nr_signals, 0, "... nothing comes any more");
}

static int is_without(void)
{
    return left(ITIMER_PROF) != 0 || left(ITIMER_VIRTUAL) != 0;
}

static void check_rules(void)
{
    struct itimerval timer = {{0, 0}, {0, 1000000}};

    set(ITIMER_PROF, 500 * MS, 0);
    set(ITIMER_VIRTUAL, 500 * MS, 0);
    ok(left(ITIMER_PROF) > 0 && left(ITIMER_VIRTUAL) > 0, "both can be had");
    is_long(child_call(is_without), 0, "a child has none");
    set(ITIMER_PROF, 0, 0);
    ok(left(ITIMER_PROF) == 0 && left(ITIMER_VIRTUAL) > 0, "one ends, and not the other");
    set(ITIMER_VIRTUAL, 0, 0);
    is_long(raw(SYS_setitimer, ITIMER_PROF, &timer, NULL), -EINVAL, "too many microseconds");
    is_long(raw(SYS_setitimer, 3, NULL, NULL), -EINVAL, "a strange timer");
    is_long(raw(SYS_getitimer, 3, &timer), -EINVAL, "... either way");
    is_long(raw(SYS_getitimer, ITIMER_PROF, 8), -EFAULT, "a bad pointer");
    is_long(raw(SYS_setitimer, ITIMER_PROF, 8, NULL), -EFAULT, "... either way");
}

/* ---- RLIMIT_CPU ------------------------------------------------------------------------------- */

static int burn_on(void)
{
    struct rlimit limit = {1, 3};

    setrlimit(RLIMIT_CPU, &limit);
    burn(10000 * MS);
    return 0;
}

static int burn_and_note(void)
{
    signal(SIGXCPU, note);
    struct rlimit limit = {1, 2};
    setrlimit(RLIMIT_CPU, &limit);
    while (nr_signals == 0)
        ;
    if (used() < 900 * MS || last_signal != SIGXCPU)
        return 1;
    burn(10000 * MS);
    return 0;
}

static int burn_in_child(void)
{
    struct rlimit limit = {1, 3};

    setrlimit(RLIMIT_CPU, &limit);
    usleep(10 * MS);
    return child_call(burn_on) == CHILD_KILLED(SIGXCPU) ? 4 : 5;
}

static int killed_by(int status)
{
    return WIFSIGNALED(status) ? WTERMSIG(status) : -status;
}

static void check_limit(void)
{
    nr_signals = 0;
    is_long(killed_by(child_call(burn_on)), SIGXCPU, "a second of the processor, and no more");
    is_long(killed_by(child_call(burn_and_note)), SIGKILL, "two, where it goes on after the first");
    is_long(child_call(burn_in_child), CHILD_EXITED(4), "a child counts for itself");
}

/* So many seconds that their nanoseconds come round. */
static void check_huge_limit(void)
{
    struct rlimit none, limit = {18446744072, RLIM_INFINITY};

    getrlimit(RLIMIT_CPU, &none);
    for (long time = 18446744000; time <= 18446744073; time++) {
        limit.rlim_cur = (rlim_t)time;
        setrlimit(RLIMIT_CPU, &limit);
    }
    burn(20 * MS);
    is_long(setrlimit(RLIMIT_CPU, &none), 0, "a limit of centuries");
}

/* A microsecond is sooner than a signal can be told: the program goes on all the same. */
static void check_short(int which, int signal)
{
    sigset_t set_of_it, pending;

    sigemptyset(&set_of_it);
    sigaddset(&set_of_it, signal);
    sigprocmask(SIG_BLOCK, &set_of_it, NULL);
    is_long(set(which, 1, 1), 0, "an interval of a microsecond");
    burn(50 * MS);
    is_long(set(which, 0, 0), 0, "... can be ended");
    sigpending(&pending);
    ok(sigismember(&pending, signal), "... and has sent its signal");
    struct timespec now = {0, 0};
    sigtimedwait(&set_of_it, NULL, &now);
    sigprocmask(SIG_UNBLOCK, &set_of_it, NULL);
}

/* Who ignores the signal never takes it, and no other comes. */
static void check_ignored(void)
{
    set(ITIMER_REAL, 0, 0);
    signal(SIGALRM, SIG_IGN);
    is_long(set(ITIMER_REAL, 10 * MS, 10 * MS), 0, "an alarm that is ignored");
    burn(50 * MS);
    is_long(left(ITIMER_REAL), 0, "... does not come again");
    nr_signals = 0;
    signal(SIGALRM, note);
    burn(50 * MS);
    is_long(nr_signals, 0, "... though there is a handler now");
    kill(getpid(), SIGALRM);
    for (long end = used() + 2000 * MS; nr_signals < 4 && used() < end;)
        compute();
    is_long(nr_signals, 4, "... until one is taken, whoever sent it to the process");
    set(ITIMER_REAL, 0, 0);
    signal(SIGALRM, SIG_DFL);
}

/* An interval without a first time is none. */
static void check_interval_alone(void)
{
    struct itimerval timer;

    set(ITIMER_REAL, 0, 10 * MS);
    raw(SYS_getitimer, ITIMER_REAL, &timer);
    is_long(timer.it_interval.tv_usec, 0, "an interval alone is not kept");
}

int main(void)
{
    check_timer(ITIMER_PROF, SIGPROF);
    check_timer(ITIMER_VIRTUAL, SIGVTALRM);
    check_rules();
    check_limit();
    check_huge_limit();
    check_short(ITIMER_REAL, SIGALRM);
    check_short(ITIMER_PROF, SIGPROF);
    check_short(ITIMER_VIRTUAL, SIGVTALRM);
    check_ignored();
    check_interval_alone();
    return done_testing();
}
