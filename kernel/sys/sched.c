/*
 * sys/sched.c - who runs, where and how long
 *
 * There is one processor: where another task runs, this one has been switched away from, which is a
 * barrier. The nice value makes slices longer or shorter.
 */
#include <asm/errno.h>
#include <linux/membarrier.h>
#include <linux/resource.h>

#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"

#define NICE_MIN (-20)
#define NICE_MAX 19

/* Of a set of processors: what the kernel works with, and the one bit there is. */
#define SET_LEN     sizeof(uint64_t)
#define PROCESSOR_0 1UL

int64_t sys_sched_yield(struct trap_frame *frame)
{
    (void)frame;
    thread_yield();
    return 0;
}

/* The process of a task; NULL if there is none of that number. */
static struct process *process_of(uint64_t tid)
{
    const struct task *task = (int)tid ? task_find((int)tid) : task_current();

    return task ? task->process : NULL;
}

static bool may_change(const struct process *process)
{
    const struct credentials *from = &process_current()->credentials, *to = &process->credentials;

    return from->euid == 0 || from->euid == to->uid || from->euid == to->euid;
}

int64_t sys_sched_getaffinity(struct trap_frame *frame)
{
    const uint64_t set = PROCESSOR_0;
    unsigned len = (unsigned)frame->rsi;

    if (len < SET_LEN || len % SET_LEN)
        return -EINVAL;
    if (!process_of(frame->rdi))
        return -ESRCH;
    return copy_to_user(frame->rdx, &set, SET_LEN) < 0 ? -EFAULT : (int64_t)SET_LEN;
}

int64_t sys_sched_setaffinity(struct trap_frame *frame)
{
    uint64_t set = 0;

    if (copy_from_user(&set, frame->rdx, MIN((unsigned)frame->rsi, SET_LEN)) < 0)
        return -EFAULT;
    const struct process *process = process_of(frame->rdi);
    if (!process)
        return -ESRCH;
    if (!may_change(process))
        return -EPERM;
    return set & PROCESSOR_0 ? 0 : -EINVAL;
}

int64_t sys_getcpu(struct trap_frame *frame)
{
    const uint32_t none = 0;

    if (frame->rdi && copy_to_user(frame->rdi, &none, sizeof(none)) < 0)
        return -EFAULT;
    return frame->rsi ? copy_to_user(frame->rsi, &none, sizeof(none)) : 0;
}

static bool has_task(const struct process *process, int tid)
{
    const struct task *task = NULL;

    while ((task = task_next(process, task)) && task->tid != tid)
        ;
    return task;
}

/* Whether getpriority(2) and setpriority(2) mean this process. */
static bool is_meant(const struct process *process, int which, int who)
{
    const struct process *self = process_current();

    switch (which) {
    case PRIO_PROCESS:
        return who ? has_task(process, who) : process == self;
    case PRIO_PGRP:
        return process->group == (who ? who : self->group);
    default:
        return process->credentials.uid == (who ? (uint32_t)who : self->credentials.uid);
    }
}

/* The best, as 40 (nice -20) to 1: what the C library turns into a nice value. */
int64_t sys_getpriority(struct trap_frame *frame)
{
    int which = (int)frame->rdi;
    int64_t best = -ESRCH;

    if (which < PRIO_PROCESS || which > PRIO_USER)
        return -EINVAL;
    for (const struct process *p = NULL; (p = process_next(p));) {
        if (p->state != PROCESS_ZOMBIE && is_meant(p, which, (int)frame->rsi))
            best = MAX(best, 20 - p->nice);
    }
    return best;
}

/* Lower the nice value only as root, or as far as RLIMIT_NICE lets. */
static int64_t set_nice(struct process *process, int nice)
{
    bool root = process_current()->credentials.euid == 0;

    if (!may_change(process))
        return -EPERM;
    if (nice < process->nice && !root && (uint64_t)(20 - nice) > process->limits[RLIMIT_NICE].soft)
        return -EACCES;
    process_set_nice(process, nice);
    return 0;
}

int64_t sys_setpriority(struct trap_frame *frame)
{
    int which = (int)frame->rdi, nice = (int)frame->rdx;
    int64_t result = -ESRCH;

    if (which < PRIO_PROCESS || which > PRIO_USER)
        return -EINVAL;
    nice = MIN(MAX(nice, NICE_MIN), NICE_MAX);
    for (struct process *p = NULL; (p = process_next(p));) {
        if (p->state == PROCESS_ZOMBIE || !is_meant(p, which, (int)frame->rsi))
            continue;
        int64_t error = set_nice(p, nice);
        if (error || result == -ESRCH)
            result = error;
    }
    return result;
}

/* membarrier(2). What a process has registered for is kept till it runs another program. */
int64_t sys_membarrier(struct trap_frame *frame)
{
    unsigned *registered = &process_current()->membarriers;
    int command = (int)frame->rdi;

    if (frame->rsi)
        return -EINVAL; /* flags are of restartable sequences */
    switch (command) {
    case MEMBARRIER_CMD_QUERY:
        return MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED |
               MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED |
               MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED |
               MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE |
               MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE;
    case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
        return 0; /* it is for who asks, and all are reached */
    case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
    case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
        *registered |= (unsigned)command >> 1; /* the command it allows */
        return 0;
    case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
    case MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
        if (!(*registered & (unsigned)command))
            return -EPERM;
        /* fall through */
    case MEMBARRIER_CMD_GLOBAL:
    case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        return 0;
    default:
        return -EINVAL;
    }
}
