/*
 * time/clock.c - clocks, sleeping and timers
 *
 * The kernel owes one clock call, clock_gettime: the older ways to ask are answered through it.
 */
#include "internal/syscall.h"
#include <errno.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *ts)
{
    return (int)syscall_ret(__NR_clock_gettime, clock, ts);
}

int clock_getres(clockid_t clock, struct timespec *ts)
{
    return (int)syscall_ret(__NR_clock_getres, clock, ts);
}

int clock_settime(clockid_t clock, const struct timespec *ts)
{
    return (int)syscall_ret(__NR_clock_settime, clock, ts);
}

time_t time(time_t *result)
{
    struct timespec ts;

    if (clock_gettime(CLOCK_REALTIME, &ts) < 0)
        ts.tv_sec = -1;
    if (result)
        *result = ts.tv_sec;
    return ts.tv_sec;
}

clock_t clock(void)
{
    struct timespec ts;

    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) < 0)
        return -1;
    return ts.tv_sec * CLOCKS_PER_SEC + ts.tv_nsec / (1000000000 / CLOCKS_PER_SEC);
}

int timespec_get(struct timespec *ts, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, ts) == 0 ? base : 0;
}

int timespec_getres(struct timespec *ts, int base)
{
    return base == TIME_UTC && clock_getres(CLOCK_REALTIME, ts) == 0 ? base : 0;
}

double difftime(time_t end, time_t start)
{
    return (double)(end - start);
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    struct timespec ts;

    if (tz)
        *(struct timezone *)tz = (struct timezone){0, 0};
    if (!tv)
        return 0;
    if (clock_gettime(CLOCK_REALTIME, &ts) < 0)
        return -1;
    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;
    return 0;
}

int settimeofday(const struct timeval *tv, const struct timezone *tz)
{
    return (int)syscall_ret(__NR_settimeofday, tv, tz);
}

int nanosleep(const struct timespec *request, struct timespec *remain)
{
    return (int)syscall_ret(__NR_nanosleep, request, remain);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request,
                    struct timespec *remain)
{
    return (int)-syscall_raw(__NR_clock_nanosleep, clock, flags, request, remain);
}

int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
    /* The kernel's form of another process's CPU clock: its pid inverted, above the kind of clock.
     */
    const clockid_t id = (clockid_t)(~(unsigned)pid << 3 | 2);
    struct timespec ts;
    long result;

    if (pid == 0) {
        *clock = CLOCK_PROCESS_CPUTIME_ID;
        return 0;
    }
    result = syscall_raw(__NR_clock_getres, id, &ts);
    if (result != 0)
        return result == -EINVAL ? ESRCH : (int)-result;
    *clock = id;
    return 0;
}

int getitimer(int which, struct itimerval *value)
{
    return (int)syscall_ret(__NR_getitimer, which, value);
}

int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict old)
{
    return (int)syscall_ret(__NR_setitimer, which, value, old);
}

/* The kernel's timer ids are int; timer_t is a pointer that carries one. */
int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict timer)
{
    int id;

    if (syscall_ret(__NR_timer_create, clock, event, &id) < 0)
        return -1;
    *timer = (timer_t)(intptr_t)id;
    return 0;
}

int timer_delete(timer_t timer)
{
    return (int)syscall_ret(__NR_timer_delete, timer);
}

int timer_gettime(timer_t timer, struct itimerspec *value)
{
    return (int)syscall_ret(__NR_timer_gettime, timer, value);
}

int timer_settime(timer_t timer, int flags, const struct itimerspec *restrict value,
                  struct itimerspec *restrict old)
{
    return (int)syscall_ret(__NR_timer_settime, timer, flags, value, old);
}

int timer_getoverrun(timer_t timer)
{
    return (int)syscall_ret(__NR_timer_getoverrun, timer);
}
