/*
 * internal/calendar.h - the proleptic Gregorian calendar
 */
#ifndef INTERNAL_CALENDAR_H
#define INTERNAL_CALENDAR_H

#include <time.h>

#define SECONDS_PER_DAY 86400

/* Days from 1970-01-01 to the first day of a month; month is 0 to 11, year the full one. */
long __days_to_month(long year, int month);

int __is_leap_year(long year);

#endif
