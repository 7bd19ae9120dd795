/*
 * time/calendar.c - between seconds since 1970 and dates, in UTC
 *
 * Years are counted from March, so that the leap day is the last one and months have a regular
 * pattern of 153 days in five; 400 years have 146097 days (the computation is that of Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms").
 */
#include "internal/calendar.h"
#include <errno.h>
#include <limits.h>

#define DAYS_PER_ERA  146097
#define YEARS_PER_ERA 400
/* From 0000-03-01 to 1970-01-01. */
#define DAYS_TO_1970 719468

char *tzname[2] = {(char[]){"UTC"}, (char[]){"UTC"}};
long timezone;
int daylight;

void tzset(void)
{
}

static long floor_div(long a, long b)
{
    return a / b - (a % b < 0);
}

int __is_leap_year(long year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

long __days_to_month(long year, int month)
{
    int from_march = (month + 10) % 12;
    long era, year_of_era, day_of_era;

    if (month < 2)
        year--;
    era = floor_div(year, YEARS_PER_ERA);
    year_of_era = year - era * YEARS_PER_ERA;
    day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * from_march + 2) / 5;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

/* Returns -1 with EOVERFLOW for a year that does not fit. */
static int set_date(struct tm *tm, long days)
{
    long from_march_0 = days + DAYS_TO_1970;
    long era = floor_div(from_march_0, DAYS_PER_ERA);
    long day_of_era = from_march_0 - era * DAYS_PER_ERA;
    long year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    long day_of_year = day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
    long from_march = (5 * day_of_year + 2) / 153;
    long year = era * YEARS_PER_ERA + year_of_era + (from_march >= 10);

    if (year - 1900 > INT_MAX || year - 1900 < INT_MIN) {
        errno = EOVERFLOW;
        return -1;
    }
    tm->tm_year = (int)(year - 1900);
    tm->tm_mon = (int)((from_march + 2) % 12);
    tm->tm_mday = (int)(day_of_year - (153 * from_march + 2) / 5 + 1);
    tm->tm_yday = (int)(days - __days_to_month(year, 0));
    /* 1970-01-01 was a Thursday. */
    tm->tm_wday = (int)((days + 4) - floor_div(days + 4, 7) * 7);
    return 0;
}

struct tm *gmtime_r(const time_t *restrict t, struct tm *restrict tm)
{
    long days = floor_div(*t, SECONDS_PER_DAY);
    int second = (int)((*t % SECONDS_PER_DAY + SECONDS_PER_DAY) % SECONDS_PER_DAY);

    if (set_date(tm, days) < 0)
        return NULL;
    tm->tm_hour = second / 3600;
    tm->tm_min = second / 60 % 60;
    tm->tm_sec = second % 60;
    tm->tm_isdst = 0;
    tm->tm_gmtoff = 0;
    tm->tm_zone = tzname[0];
    return tm;
}

struct tm *localtime_r(const time_t *restrict t, struct tm *restrict tm)
{
    return gmtime_r(t, tm);
}

static struct tm shared;

struct tm *gmtime(const time_t *t)
{
    return gmtime_r(t, &shared);
}

struct tm *localtime(const time_t *t)
{
    return gmtime_r(t, &shared);
}

time_t timegm(struct tm *tm)
{
    /* Fields may lie outside their ranges; with 64 bits no sum of ints overflows. */
    long year = 1900L + tm->tm_year + floor_div(tm->tm_mon, 12);
    int month = (int)(tm->tm_mon - floor_div(tm->tm_mon, 12) * 12);
    long days = __days_to_month(year, month) + tm->tm_mday - 1L;
    time_t t = days * SECONDS_PER_DAY + tm->tm_hour * 3600L + tm->tm_min * 60L + tm->tm_sec;
    struct tm normal;

    if (!gmtime_r(&t, &normal))
        return -1;
    *tm = normal;
    return t;
}

time_t mktime(struct tm *tm)
{
    return timegm(tm);
}

time_t timelocal(struct tm *tm)
{
    return timegm(tm);
}
