/*
 * stdio/flockfile.c - the lock of a stream
 *
 * A process has one thread, and the lock is recursive: it can always be had, and holding it changes
 * nothing.
 */
#include <stdio.h>

void flockfile(FILE *file)
{
    (void)file;
}

int ftrylockfile(FILE *file)
{
    (void)file;
    return 0;
}

void funlockfile(FILE *file)
{
    (void)file;
}
