/*
 * sched.h - scheduling and clone()
 */
#ifndef _SCHED_H
#define _SCHED_H

#include <bits/posix_types.h>
#include <bits/time_types.h>
#include <linux/sched.h>

#define SCHED_OTHER SCHED_NORMAL

struct sched_param {
    int sched_priority;
};

#define CPU_SETSIZE 1024
typedef struct {
    unsigned long __bits[CPU_SETSIZE / 64];
} cpu_set_t;

#define __CPU_WORD(set, cpu)    ((set)->__bits[(size_t)(cpu) / 64])
#define __CPU_BIT(cpu)          (1UL << ((size_t)(cpu) % 64))
#define __CPU_OK(cpu, size)     ((size_t)(cpu) < 8 * (size_t)(size))
#define CPU_SET_S(cpu, size, s) (__CPU_OK(cpu, size) ? (__CPU_WORD(s, cpu) |= __CPU_BIT(cpu)) : 0)
#define CPU_CLR_S(cpu, size, s) (__CPU_OK(cpu, size) ? (__CPU_WORD(s, cpu) &= ~__CPU_BIT(cpu)) : 0)
#define CPU_ISSET_S(cpu, size, s)                                                                  \
    (__CPU_OK(cpu, size) && (__CPU_WORD(s, cpu) & __CPU_BIT(cpu)) != 0)
#define CPU_ZERO_S(size, s)  ((void)__builtin_memset((s), 0, (size)))
#define CPU_COUNT_S(size, s) __sched_cpucount((size), (s))
#define CPU_SET(cpu, s)      CPU_SET_S(cpu, sizeof(cpu_set_t), s)
#define CPU_CLR(cpu, s)      CPU_CLR_S(cpu, sizeof(cpu_set_t), s)
#define CPU_ISSET(cpu, s)    CPU_ISSET_S(cpu, sizeof(cpu_set_t), s)
#define CPU_ZERO(s)          CPU_ZERO_S(sizeof(cpu_set_t), s)
#define CPU_COUNT(s)         CPU_COUNT_S(sizeof(cpu_set_t), s)
#define CPU_EQUAL(a, b)      (__builtin_memcmp((a), (b), sizeof(cpu_set_t)) == 0)

int __sched_cpucount(size_t size, const cpu_set_t *set);

int sched_yield(void);
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set);
int sched_getcpu(void);
int sched_get_priority_max(int policy);
int sched_get_priority_min(int policy);
int sched_getparam(pid_t pid, struct sched_param *param);
int sched_setparam(pid_t pid, const struct sched_param *param);
int sched_getscheduler(pid_t pid);
int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param);
int sched_rr_get_interval(pid_t pid, struct timespec *interval);

/*
 * Start a child (or thread, as flags say) that runs function(arg) on its own stack and exits with
 * what that returns. Further arguments, as flags ask: pid_t *parent_tid, void *tls, pid_t
 * *child_tid.
 *
 * stack       one past the highest address of the child's stack; must not be NULL
 * Returns     the child's id, or -1 with errno
 */
int clone(int (*function)(void *), void *stack, int flags, void *arg, ...);
int unshare(int flags);
int setns(int fd, int type);

#endif
