/*
 * sys/resource.h - limits and usage
 *
 * The kernel's struct rusage has a time type of its own, so ours stands in for it.
 */
#ifndef _SYS_RESOURCE_H
#define _SYS_RESOURCE_H

#include <bits/time_types.h>

#define rusage __kernel_rusage
#include <linux/resource.h>
#undef rusage

typedef unsigned long rlim_t;
typedef int __rlimit_resource_t;

#define RLIM_SAVED_CUR RLIM_INFINITY
#define RLIM_SAVED_MAX RLIM_INFINITY

struct rusage {
    struct timeval ru_utime;
    struct timeval ru_stime;
    long ru_maxrss;
    long ru_ixrss;
    long ru_idrss;
    long ru_isrss;
    long ru_minflt;
    long ru_majflt;
    long ru_nswap;
    long ru_inblock;
    long ru_oublock;
    long ru_msgsnd;
    long ru_msgrcv;
    long ru_nsignals;
    long ru_nvcsw;
    long ru_nivcsw;
};

int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);
int prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *old);
int getrusage(int who, struct rusage *usage);
int getpriority(int which, id_t who);
int setpriority(int which, id_t who, int priority);

#endif
