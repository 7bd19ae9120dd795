/*
 * sys/resource.c - limits, usage and priorities
 */
#include "internal/syscall.h"
#include <sys/resource.h>
#include <sys/times.h>

int getrlimit(int resource, struct rlimit *limit)
{
    return (int)syscall_ret(__NR_getrlimit, resource, limit);
}

int setrlimit(int resource, const struct rlimit *limit)
{
    return (int)syscall_ret(__NR_setrlimit, resource, limit);
}

int prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *old)
{
    return (int)syscall_ret(__NR_prlimit64, pid, resource, limit, old);
}

int getrusage(int who, struct rusage *usage)
{
    return (int)syscall_ret(__NR_getrusage, who, usage);
}

int getpriority(int which, id_t who)
{
    /* The kernel answers 20 - priority, so that no good answer looks like an error. */
    long result = syscall_ret(__NR_getpriority, which, who);

    return result < 0 ? -1 : (int)(20 - result);
}

int setpriority(int which, id_t who, int priority)
{
    return (int)syscall_ret(__NR_setpriority, which, who, priority);
}

clock_t times(struct tms *buf)
{
    return syscall_ret(__NR_times, buf);
}
