/*
 * sys/group.c - process groups and sessions
 *
 * Source  setpgid(2), setsid(2); Linux, kernel/sys.c, for the order of errors
 */
#include <asm/errno.h>

#include "proc/process.h"
#include "sys/syscall.h"

/* The process that has a task of that number, the caller for 0; NULL if there is none. */
static struct process *process_or_self(uint64_t tid)
{
    return (int)tid ? process_of_task((int)tid) : process_current();
}

int64_t sys_getpgid(struct trap_frame *frame)
{
    const struct process *process = process_or_self(frame->rdi);

    return process ? process->group : -ESRCH;
}

int64_t sys_getpgrp(struct trap_frame *frame)
{
    (void)frame;
    return process_current()->group;
}

int64_t sys_getsid(struct trap_frame *frame)
{
    const struct process *process = process_or_self(frame->rdi);

    return process ? process->session : -ESRCH;
}

/* Whether a group has a member in a session. */
static bool is_in_session(int group, int session)
{
    for (const struct process *p = NULL; (p = process_next(p));) {
        if (p->group == group && p->session == session)
            return true;
    }
    return false;
}

/* A process may put itself, or a child that still runs its program, into a group of their session. */
int64_t sys_setpgid(struct trap_frame *frame)
{
    struct process *self = process_current(), *process = process_or_self(frame->rdi);
    int group = (int)frame->rsi;

    if (group < 0)
        return -EINVAL;
    if (!process || (process != self && process->parent != self))
        return -ESRCH;
    if ((int)frame->rdi && process->pid != (int)frame->rdi)
        return -EINVAL; /* a task's number is none of a process */
    if (process != self && process->session != self->session)
        return -EPERM;
    if (process != self && process->has_run_exec)
        return -EACCES;
    if (process->session == process->pid)
        return -EPERM;
    if (!group)
        group = process->pid;
    if (group != process->pid && !is_in_session(group, self->session))
        return -EPERM;
    process->group = group;
    return 0;
}

int64_t sys_setsid(struct trap_frame *frame)
{
    struct process *self = process_current();

    (void)frame;
    for (const struct process *p = NULL; (p = process_next(p));) {
        if (p->group == self->pid)
            return -EPERM;
    }
    self->session = self->group = self->pid;
    return self->pid;
}
