/*
 * unistd/sleep.c - waiting for time to pass or for a signal
 */
#include "internal/syscall.h"
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

unsigned sleep(unsigned seconds)
{
    struct timespec ts = {.tv_sec = seconds};

    if (nanosleep(&ts, &ts) == 0)
        return 0;
    /* What is left, rounded to the next second; all of it where there is no such call. */
    return (unsigned)ts.tv_sec + (ts.tv_nsec >= 500000000);
}

int usleep(useconds_t useconds)
{
    struct timespec ts = {useconds / 1000000, (long)(useconds % 1000000) * 1000};

    return nanosleep(&ts, NULL);
}

int pause(void)
{
    return (int)syscall_ret(__NR_pause);
}

unsigned alarm(unsigned seconds)
{
    return (unsigned)syscall_ret(__NR_alarm, seconds);
}

unsigned ualarm(unsigned useconds, unsigned interval)
{
    struct itimerval new_value = {.it_interval = {interval / 1000000, interval % 1000000},
                                  .it_value = {useconds / 1000000, useconds % 1000000}};
    struct itimerval old;

    if (setitimer(ITIMER_REAL, &new_value, &old) < 0)
        return (unsigned)-1;
    return (unsigned)(old.it_value.tv_sec * 1000000 + old.it_value.tv_usec);
}
