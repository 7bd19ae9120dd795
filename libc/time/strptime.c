/*
 * time/strptime.c - text to time, in the C locale (POSIX strptime)
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

/* What cannot be put into tm before the end is seen. */
struct scan {
    struct tm *tm;
    const char *text;
    int afternoon; /* -1: not said */
    int century;   /* -1: not said */
    int year_of_century;
    int has_date, has_day_of_year;
};

static int number(struct scan *scan, int min, int max, int digits, int *value)
{
    int n = 0, count = 0;

    while (isspace((unsigned char)*scan->text))
        scan->text++;
    for (; count < digits && isdigit((unsigned char)*scan->text); count++, scan->text++)
        n = n * 10 + (*scan->text - '0');
    if (count == 0 || n < min || n > max)
        return 0;
    *value = n;
    return 1;
}

static int name(struct scan *scan, const char *const *names, int count, int *index)
{
    for (int i = 0; i < count; i++) {
        size_t len = strlen(names[i]);

        if (strncasecmp(scan->text, names[i], 3) != 0)
            continue;
        scan->text += strncasecmp(scan->text, names[i], len) == 0 ? len : 3;
        *index = i;
        return 1;
    }
    return 0;
}

static int half_of_day(struct scan *scan)
{
    scan->afternoon = strncasecmp(scan->text, "PM", 2) == 0;
    if (!scan->afternoon && strncasecmp(scan->text, "AM", 2) != 0)
        return 0;
    scan->text += 2;
    return 1;
}

/* +hh, +hhmm, +hh:mm or Z */
static int zone_offset(struct scan *scan)
{
    int sign = *scan->text == '-' ? -1 : 1;
    int hours, minutes = 0;

    if (*scan->text == 'Z') {
        scan->text++;
        scan->tm->tm_gmtoff = 0;
        return 1;
    }
    if (*scan->text != '+' && *scan->text != '-')
        return 0;
    scan->text++;
    if (!number(scan, 0, 24, 2, &hours))
        return 0;
    if (*scan->text == ':')
        scan->text++;
    if (isdigit((unsigned char)*scan->text) && !number(scan, 0, 59, 2, &minutes))
        return 0;
    scan->tm->tm_gmtoff = sign * (hours * 3600L + minutes * 60L);
    return 1;
}

static int year(struct scan *scan)
{
    int minus = *scan->text == '-', value;

    scan->text += minus || *scan->text == '+';
    if (!number(scan, 0, 999999999, 9, &value))
        return 0;
    scan->tm->tm_year = (minus ? -value : value) - 1900;
    scan->century = scan->year_of_century = -1;
    scan->has_date = 1;
    return 1;
}

static int seconds_since_1970(struct scan *scan)
{
    int minus = *scan->text == '-', digits = 0;
    time_t t = 0;

    scan->text += minus;
    for (; isdigit((unsigned char)*scan->text) && digits < 18; scan->text++, digits++)
        t = t * 10 + (*scan->text - '0');
    if (minus)
        t = -t;
    return digits > 0 && gmtime_r(&t, scan->tm) != NULL;
}

static int scan_format(struct scan *scan, const char *format);

static int convert_date(struct scan *scan, char letter)
{
    struct tm *tm = scan->tm;
    int ignored;

    switch (letter) {
    case 'a':
    case 'A':
        return name(scan, days, 7, &tm->tm_wday);
    case 'b':
    case 'B':
    case 'h':
        scan->has_date = 1;
        return name(scan, months, 12, &tm->tm_mon);
    case 'C':
        return number(scan, 0, 99, 2, &scan->century);
    case 'd':
    case 'e':
        scan->has_date = 1;
        return number(scan, 1, 31, 2, &tm->tm_mday);
    case 'j':
        scan->has_day_of_year = 1;
        if (!number(scan, 1, 366, 3, &tm->tm_yday))
            return 0;
        tm->tm_yday--;
        return 1;
    case 'm':
        scan->has_date = 1;
        if (!number(scan, 1, 12, 2, &tm->tm_mon))
            return 0;
        tm->tm_mon--;
        return 1;
    case 'u':
        if (!number(scan, 1, 7, 1, &tm->tm_wday))
            return 0;
        tm->tm_wday %= 7;
        return 1;
    case 'w':
        return number(scan, 0, 6, 1, &tm->tm_wday);
    case 'U':
    case 'V':
    case 'W':
        return number(scan, 0, 53, 2, &ignored);
    case 'g':
        return number(scan, 0, 99, 2, &ignored);
    case 'G':
        return number(scan, 0, 9999, 4, &ignored);
    case 'y':
        return number(scan, 0, 99, 2, &scan->year_of_century);
    case 'Y':
        return year(scan);
    default:
        return -1;
    }
}

static int convert(struct scan *scan, char letter)
{
    struct tm *tm = scan->tm;
    int result = convert_date(scan, letter);

    if (result >= 0)
        return result;
    switch (letter) {
    case 'c':
        return scan_format(scan, "%a %b %e %H:%M:%S %Y");
    case 'D':
    case 'x':
        return scan_format(scan, "%m/%d/%y");
    case 'F':
        return scan_format(scan, "%Y-%m-%d");
    case 'H':
    case 'k':
        return number(scan, 0, 23, 2, &tm->tm_hour);
    case 'I':
    case 'l':
        return number(scan, 1, 12, 2, &tm->tm_hour);
    case 'M':
        return number(scan, 0, 59, 2, &tm->tm_min);
    case 'p':
        return half_of_day(scan);
    case 'r':
        return scan_format(scan, "%I:%M:%S %p");
    case 'R':
        return scan_format(scan, "%H:%M");
    case 's':
        return seconds_since_1970(scan);
    case 'S':
        return number(scan, 0, 60, 2, &tm->tm_sec);
    case 'T':
    case 'X':
        return scan_format(scan, "%H:%M:%S");
    case 'z':
        return zone_offset(scan);
    case 'Z':
        while (isalpha((unsigned char)*scan->text))
            scan->text++;
        return 1;
    case 'n':
    case 't':
        while (isspace((unsigned char)*scan->text))
            scan->text++;
        return 1;
    case '%':
        return *scan->text++ == '%';
    default:
        return 0;
    }
}

static int scan_format(struct scan *scan, const char *format)
{
    for (; *format; format++) {
        if (isspace((unsigned char)*format)) {
            while (isspace((unsigned char)*scan->text))
                scan->text++;
        } else if (*format != '%') {
            if (*scan->text++ != *format)
                return 0;
        } else {
            format++;
            if (*format == 'E' || *format == 'O')
                format++;
            if (!*format || !convert(scan, *format))
                return 0;
        }
    }
    return 1;
}

/* Join what came in parts, and derive the days of the week and of the year. */
static void finish(struct scan *scan)
{
    struct tm *tm = scan->tm;
    struct tm date = {0};

    if (scan->afternoon >= 0)
        tm->tm_hour = tm->tm_hour % 12 + 12 * scan->afternoon;
    if (scan->century >= 0)
        tm->tm_year =
            scan->century * 100 - 1900 + (scan->year_of_century >= 0 ? scan->year_of_century : 0);
    else if (scan->year_of_century >= 0)
        tm->tm_year = scan->year_of_century + (scan->year_of_century < 69 ? 100 : 0);
    date.tm_year = tm->tm_year;
    if (scan->has_day_of_year && !scan->has_date) {
        date.tm_mday = tm->tm_yday + 1;
    } else if (scan->has_date && tm->tm_mday > 0) {
        date.tm_mon = tm->tm_mon;
        date.tm_mday = tm->tm_mday;
    } else {
        return;
    }
    timegm(&date);
    tm->tm_wday = date.tm_wday;
    tm->tm_yday = date.tm_yday;
    if (!scan->has_date) {
        tm->tm_mon = date.tm_mon;
        tm->tm_mday = date.tm_mday;
    }
}

char *strptime(const char *restrict text, const char *restrict format, struct tm *restrict tm)
{
    struct scan scan = {tm, text, -1, -1, -1, 0, 0};

    if (!scan_format(&scan, format))
        return NULL;
    finish(&scan);
    return (char *)(unsigned long)scan.text;
}
