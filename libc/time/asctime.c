/*
 * time/asctime.c - time as the 26 characters "Thu Jan  1 00:00:00 1970\n"
 */
#include <errno.h>
#include <time.h>

#define ASCTIME_SIZE 26

char *asctime_r(const struct tm *restrict tm, char *restrict buf)
{
    /* Fields beyond their ranges could make more than the buffer holds (C11 7.27.3.1 leaves them
     * undefined). */
    if (strftime(buf, ASCTIME_SIZE, "%a %b %e %H:%M:%S %Y\n", tm) != 0)
        return buf;
    errno = EOVERFLOW;
    return NULL;
}

char *asctime(const struct tm *tm)
{
    static char buf[ASCTIME_SIZE];

    return asctime_r(tm, buf);
}

char *ctime_r(const time_t *t, char *buf)
{
    struct tm tm;

    return localtime_r(t, &tm) ? asctime_r(&tm, buf) : NULL;
}

char *ctime(const time_t *t)
{
    struct tm *tm = localtime(t);

    return tm ? asctime(tm) : NULL;
}
