/*
 * time.h - clocks and calendar (C11 7.27, POSIX)
 *
 * Local time is UTC: there is no time zone database, and TZ is not looked at.
 */
#ifndef _TIME_H
#define _TIME_H

#include <bits/posix_types.h>
#include <bits/time_types.h>
#define __need_NULL
#include <stddef.h>

#define CLOCKS_PER_SEC ((clock_t)1000000)
#define TIME_UTC       1

struct sigevent;

struct tm {
    int tm_sec;
    int tm_min;
    int tm_hour;
    int tm_mday;
    int tm_mon;
    int tm_year;
    int tm_wday;
    int tm_yday;
    int tm_isdst;
    long tm_gmtoff;
    const char *tm_zone;
};

extern char *tzname[2];
extern long timezone;
extern int daylight;

time_t time(time_t *result);
clock_t clock(void);
double difftime(time_t end, time_t start) __attribute__((__const__));
time_t mktime(struct tm *tm);
time_t timegm(struct tm *tm);
time_t timelocal(struct tm *tm);
struct tm *gmtime(const time_t *t);
struct tm *gmtime_r(const time_t *__restrict t, struct tm *__restrict tm);
struct tm *localtime(const time_t *t);
struct tm *localtime_r(const time_t *__restrict t, struct tm *__restrict tm);
char *asctime(const struct tm *tm);
char *asctime_r(const struct tm *__restrict tm, char *__restrict buf);
char *ctime(const time_t *t);
char *ctime_r(const time_t *t, char *buf);
size_t strftime(char *__restrict buf, size_t size, const char *__restrict format,
                const struct tm *__restrict tm);
char *strptime(const char *__restrict text, const char *__restrict format,
               struct tm *__restrict tm);
void tzset(void);
int timespec_get(struct timespec *ts, int base);
int timespec_getres(struct timespec *ts, int base);

int clock_gettime(clockid_t clock, struct timespec *ts);
int clock_getres(clockid_t clock, struct timespec *ts);
int clock_settime(clockid_t clock, const struct timespec *ts);
/* Returns the error number. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request,
                    struct timespec *remain);
/* Returns the error number. */
int clock_getcpuclockid(pid_t pid, clockid_t *clock);
int nanosleep(const struct timespec *request, struct timespec *remain);

int timer_create(clockid_t clock, struct sigevent *__restrict event, timer_t *__restrict timer);
int timer_delete(timer_t timer);
int timer_gettime(timer_t timer, struct itimerspec *value);
int timer_settime(timer_t timer, int flags, const struct itimerspec *__restrict value,
                  struct itimerspec *__restrict old);
int timer_getoverrun(timer_t timer);

#endif
