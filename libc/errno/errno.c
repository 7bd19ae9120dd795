/*
 * errno/errno.c - where errno lives
 *
 * One object for the whole process as long as there is one thread; only this file knows.
 */
#include <errno.h>

static int error;

int *__errno_location(void)
{
    return &error;
}
