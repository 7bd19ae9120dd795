/*
 * sys/sched.c - scheduling
 */
#include "internal/syscall.h"
#include <sched.h>
#include <string.h>

int sched_yield(void)
{
    return (int)syscall_ret(__NR_sched_yield);
}

int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    /* The kernel says how many bytes it wrote; the rest of the set is for us to clear. */
    long written = syscall_ret(__NR_sched_getaffinity, pid, size, set);

    if (written < 0)
        return -1;
    memset((char *)set + written, 0, size - (size_t)written);
    return 0;
}

int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set)
{
    return (int)syscall_ret(__NR_sched_setaffinity, pid, size, set);
}

int sched_getcpu(void)
{
    unsigned cpu;

    return syscall_ret(__NR_getcpu, &cpu, NULL, NULL) < 0 ? -1 : (int)cpu;
}

int __sched_cpucount(size_t size, const cpu_set_t *set)
{
    int count = 0;

    for (size_t i = 0; i < size / sizeof(set->__bits[0]); i++)
        count += __builtin_popcountl(set->__bits[i]);
    return count;
}

int sched_get_priority_max(int policy)
{
    return (int)syscall_ret(__NR_sched_get_priority_max, policy);
}

int sched_get_priority_min(int policy)
{
    return (int)syscall_ret(__NR_sched_get_priority_min, policy);
}

int sched_getparam(pid_t pid, struct sched_param *param)
{
    return (int)syscall_ret(__NR_sched_getparam, pid, param);
}

int sched_setparam(pid_t pid, const struct sched_param *param)
{
    return (int)syscall_ret(__NR_sched_setparam, pid, param);
}

int sched_getscheduler(pid_t pid)
{
    return (int)syscall_ret(__NR_sched_getscheduler, pid);
}

int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
    return (int)syscall_ret(__NR_sched_setscheduler, pid, policy, param);
}

int sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
    return (int)syscall_ret(__NR_sched_rr_get_interval, pid, interval);
}

int unshare(int flags)
{
    return (int)syscall_ret(__NR_unshare, flags);
}

int setns(int fd, int type)
{
    return (int)syscall_ret(__NR_setns, fd, type);
}
