/*
 * utime.h - times of a file in whole seconds
 */
#ifndef _UTIME_H
#define _UTIME_H

#include <bits/posix_types.h>

struct utimbuf {
    time_t actime;
    time_t modtime;
};

/* times: NULL: now. */
int utime(const char *path, const struct utimbuf *times);

#endif
