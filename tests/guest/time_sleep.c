/*
 * tests/guest/time_sleep.c - sleeping, alarms, and the clocks that say how long
 *
 * No line says how long something took; only that it was not too short, and not absurdly long.
 */
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define MS     1000000L
#define SECOND 1000000000L
#define LONG   (20 * SECOND)

static volatile int nr_alarms;

static void count(int signal)
{
    (void)signal;
    nr_alarms++;
}

static long now(clockid_t clock)
{
    struct timespec time = {-1, -1};

    raw(SYS_clock_gettime, clock, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static struct timespec spec(long ns)
{
    return (struct timespec){ns / SECOND, ns % SECOND};
}

static void handle(int signal, int flags)
{
    struct sigaction action = {.sa_handler = count, .sa_flags = flags};

    sigaction(signal, &action, NULL);
}

static void set_alarm(long us, long interval_us)
{
    struct itimerval timer = {{0, interval_us}, {0, us}};

    raw(SYS_setitimer, ITIMER_REAL, &timer, NULL);
}

static void check_sleep(void)
{
    struct timespec time = spec(20 * MS), left = {77, 77}, bad[] = {{-1, 0}, {0, -1}, {0, SECOND}};
    long start = now(CLOCK_MONOTONIC);

    is_long(raw(SYS_nanosleep, &time, &left), 0, "a sleep of 20 ms");
    ok(now(CLOCK_MONOTONIC) - start >= 20 * MS, "... takes so long");
    ok(left.tv_sec == 77 && left.tv_nsec == 77, "... and does not say that anything is left");
    time = spec(0);
    is_long(raw(SYS_nanosleep, &time, NULL), 0, "a sleep of nothing");
    for (int i = 0; i < 3; i++)
        is_long(raw(SYS_nanosleep, &bad[i], NULL), -EINVAL, "no such time, %d", i);
    is_long(raw(SYS_nanosleep, 8, NULL), -EFAULT, "a bad pointer");
    start = now(CLOCK_MONOTONIC);
    time = spec(20 * MS);
    is_long(raw(SYS_clock_nanosleep, CLOCK_REALTIME, 0, &time, NULL), 0, "by the real time");
    time = spec(start + 60 * MS);
    is_long(raw(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL), 0, "to a time");
    ok(now(CLOCK_MONOTONIC) - start >= 60 * MS, "... which has come then");
    time = spec(now(CLOCK_REALTIME) + 10 * MS);
    is_long(raw(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &time, NULL), 0,
            "to a time of day");
    ok(now(CLOCK_REALTIME) >= time.tv_sec * SECOND + time.tv_nsec, "... which it is then");
    time = spec(1);
    is_long(raw(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL), 0,
            "to a time that has passed");
    is_long(raw(SYS_clock_nanosleep, 999, 0, &time, NULL), -EINVAL, "no such clock");
    is_long(raw(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &time, NULL), -EOPNOTSUPP,
            "the thread's own time");
    is_long(raw(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &time, NULL), -EOPNOTSUPP,
            "a clock that nobody sleeps by");
    is_long(raw(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &bad[2], NULL), -EINVAL, "no such time");
}

static void check_interrupted(void)
{
    struct timespec time = spec(LONG), left = {0, 0};

    handle(SIGALRM, SA_RESTART);
    set_alarm(10000, 0);
    long start = now(CLOCK_MONOTONIC);
    is_long(raw(SYS_nanosleep, &time, &left), -EINTR, "a handler ends a sleep, SA_RESTART or not");
    long passed = now(CLOCK_MONOTONIC) - start, rest = left.tv_sec * SECOND + left.tv_nsec;
    ok(rest < LONG && rest >= LONG - passed, "... what is left is said");
    is_long(nr_alarms, 1, "... the handler ran");
    set_alarm(10000, 0);
    left = (struct timespec){77, 77};
    time = spec(now(CLOCK_MONOTONIC) + LONG);
    is_long(raw(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &time, &left), -EINTR,
            "also one to a time");
    ok(left.tv_sec == 77, "... of which nothing is left");
    signal(SIGALRM, SIG_IGN);
    set_alarm(5000, 0);
    start = now(CLOCK_MONOTONIC);
    time = spec(30 * MS);
    is_long(raw(SYS_nanosleep, &time, NULL), 0, "a signal that is ignored does not");
    ok(now(CLOCK_MONOTONIC) - start >= 30 * MS, "... it takes its time");
}

/* A process that is stopped and goes on sleeps to the end. */
static void check_stopped(void)
{
    struct timespec time = spec(60 * MS);
    long start = now(CLOCK_MONOTONIC);
    int status;
    pid_t child = fork();

    if (child == 0)
        _exit(raw(SYS_nanosleep, &time, NULL) != 0);
    struct timespec wait = spec(15 * MS);
    nanosleep(&wait, NULL);
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    ok(WIFSTOPPED(status), "a sleeper is stopped");
    nanosleep(&wait, NULL);
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "... goes on, and its sleep ends well");
    ok(now(CLOCK_MONOTONIC) - start >= 60 * MS, "... not before its time");
}

static void check_alarm(void)
{
    struct itimerval timer;
    int status;

    handle(SIGALRM, 0);
    nr_alarms = 0;
    is_long(raw(SYS_alarm, 100), 0, "an alarm where there was none");
    long left = raw(SYS_alarm, 0);
    ok(left == 100 || left == 99, "taking it back says what was left");
    is_long(raw(SYS_alarm, 0), 0, "... and it is gone");
    set_alarm(2000, 2000);
    while (nr_alarms < 5)
        pause();
    ok(1, "an interval sends again and again");
    is_long(raw(SYS_getitimer, ITIMER_REAL, &timer), 0, "getitimer");
    ok(timer.it_interval.tv_usec == 2000, "... says the interval");
    ok(timer.it_value.tv_sec == 0 && timer.it_value.tv_usec <= 2000, "... and what is left");
    timer = (struct itimerval){{0, 0}, {1000, 0}};
    is_long(raw(SYS_setitimer, ITIMER_REAL, &timer, &timer), 0, "setitimer gives the old one");
    ok(timer.it_interval.tv_usec == 2000, "... with its interval");
    pid_t child = fork();
    if (child == 0)
        _exit(raw(SYS_alarm, 0) != 0);
    waitpid(child, &status, 0);
    is_long(status, 0, "a child has no alarm");
    ok(raw(SYS_alarm, 0) >= 999, "... its parent's is still there");
    timer.it_value.tv_usec = 1000000;
    is_long(raw(SYS_setitimer, ITIMER_REAL, &timer, NULL), -EINVAL, "a million microseconds");
    is_long(raw(SYS_setitimer, 77, &timer, NULL), -EINVAL, "no such timer");
    is_long(raw(SYS_setitimer, ITIMER_REAL, 8, NULL), -EFAULT, "a bad pointer");
    is_long(raw(SYS_getitimer, ITIMER_REAL, 8), -EFAULT, "and for getitimer");
}

static void check_clocks(void)
{
    struct timespec resolution;
    struct timeval day;
    struct tms times;

    is_long(raw(SYS_clock_getres, CLOCK_MONOTONIC, &resolution), 0, "clock_getres");
    ok(resolution.tv_sec == 0 && resolution.tv_nsec == 1, "... one nanosecond");
    is_long(raw(SYS_clock_getres, CLOCK_MONOTONIC, NULL), 0, "... that nobody asks for");
    is_long(raw(SYS_clock_getres, 999, &resolution), -EINVAL, "... of no clock");
    is_long(raw(SYS_gettimeofday, &day, NULL), 0, "gettimeofday");
    ok(day.tv_sec > 1600000000 && day.tv_usec >= 0 && day.tv_usec < 1000000, "... a time of day");
    is_long(raw(SYS_gettimeofday, NULL, NULL), 0, "... for nobody");
    is_long(raw(SYS_gettimeofday, 8, NULL), -EFAULT, "... for a bad pointer");
    long seconds = raw(SYS_time, NULL);
    ok(seconds >= day.tv_sec && seconds <= day.tv_sec + 60, "time");
    is_long(raw(SYS_time, 8), -EFAULT, "... for a bad pointer");
    ok(raw(SYS_times, &times) > 0, "times");
    ok(times.tms_utime >= 0 && times.tms_cutime >= 0, "... has some");
    is_long(raw(SYS_times, 8), -EFAULT, "... for a bad pointer");
}

/* Clocks of processes and tasks, by number: 2 is what the scheduler counts, 4 a task's. */
static void check_cpu_clocks(void)
{
    struct timespec own, same, child_time;
    pid_t child = fork();

    if (child == 0) {
        for (;;)
            pause();
    }
    is_long(raw(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &own), 0, "our processor time");
    is_long(raw(SYS_clock_gettime, ~getpid() * 8 + 2, &same), 0, "... by our number");
    ok(same.tv_sec > own.tv_sec || (same.tv_sec == own.tv_sec && same.tv_nsec >= own.tv_nsec),
       "... is the same");
    is_long(raw(SYS_clock_gettime, ~getpid() * 8 + 6, &same), 0, "... of our task");
    is_long(raw(SYS_clock_gettime, ~0 * 8 + 2, &same), 0, "... of whoever asks");
    is_long(raw(SYS_clock_getres, ~getpid() * 8 + 2, &same), 0, "... has a resolution");
    is_long(raw(SYS_clock_gettime, ~child * 8 + 2, &child_time), 0, "a child's");
    ok(child_time.tv_sec < own.tv_sec + 1, "... which is little");
    is_long(raw(SYS_clock_gettime, ~child * 8 + 6, &same), -EINVAL, "... whose task is not ours");
    is_long(raw(SYS_clock_gettime, ~getpid() * 8 + 3, &same), -EINVAL, "no kind of clock");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    is_long(raw(SYS_clock_gettime, ~child * 8 + 2, &same), -EINVAL, "of one that has ended");
}

int main(void)
{
    check_clocks();
    check_cpu_clocks();
    check_sleep();
    check_interrupted();
    check_stopped();
    check_alarm();
    return done_testing();
}
