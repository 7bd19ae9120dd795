/*
 * sys/limit.c - resource limits, and what has been used
 */
#include <asm/errno.h>

#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"
#include "sys/usage.h"

#define NS_PER_S 1000000000UL

/* Set and get the limit of a process, 0: the caller; new and old are the user's, 0 for none. */
static int64_t change(int pid, unsigned resource, vaddr_t new, vaddr_t old)
{
    struct limit limit, before;

    if (new &&copy_from_user(&limit, new, sizeof(limit)) < 0)
        return -EFAULT;
    struct process *process = pid ? process_of_task(pid) : process_current();
    if (!process)
        return -ESRCH;
    int error = limit_change(process, resource, new ? &limit : NULL, old ? &before : NULL);
    if (error || !old)
        return error;
    return copy_to_user(old, &before, sizeof(before));
}

int64_t sys_getrlimit(struct trap_frame *frame)
{
    struct limit limit;
    int error = limit_change(process_current(), (unsigned)frame->rdi, NULL, &limit);

    return error ? error : copy_to_user(frame->rsi, &limit, sizeof(limit));
}

int64_t sys_setrlimit(struct trap_frame *frame)
{
    struct limit limit;

    if (copy_from_user(&limit, frame->rsi, sizeof(limit)) < 0)
        return -EFAULT;
    return limit_change(process_current(), (unsigned)frame->rdi, &limit, NULL);
}

int64_t sys_prlimit64(struct trap_frame *frame)
{
    return change((int)frame->rdi, (unsigned)frame->rsi, frame->rdx, frame->r10);
}

int usage_copy(vaddr_t to, const struct usage *usage)
{
    const struct rusage copy = {
        .ru_utime = {.tv_sec = (int64_t)(usage->run_ns / NS_PER_S),
                     .tv_usec = (int64_t)(usage->run_ns % NS_PER_S / 1000)},
        .ru_maxrss = (int64_t)(usage->peak_pages * (PAGE_SIZE / 1024)),
        .ru_minflt = (int64_t)usage->nr_faults,
    };

    return copy_to_user(to, &copy, sizeof(copy));
}

int64_t sys_getrusage(struct trap_frame *frame)
{
    const struct process *self = process_current();
    struct usage usage;

    switch ((int)frame->rdi) {
    case RUSAGE_SELF:
        usage = process_usage(self);
        break;
    case RUSAGE_THREAD:
        usage = process_usage(self);
        usage.run_ns = thread_run_ns(thread_current());
        usage.nr_faults = task_current()->nr_faults;
        break;
    case RUSAGE_CHILDREN:
        usage = self->children_usage;
        break;
    default:
        return -EINVAL;
    }
    return usage_copy(frame->rsi, &usage);
}
