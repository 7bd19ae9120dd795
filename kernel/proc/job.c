/*
 * proc/job.c - job control
 *
 * Source  POSIX.1-2017 XBD 11.1.4, XSH _Exit
 */
#include "proc/job.h"

#include <asm/errno.h>
#include <asm/siginfo.h>
#include <asm/signal.h>

#include "fs/tty.h"

bool job_is_orphaned(int group, const struct process *leaving)
{
    for (const struct process *p = NULL; (p = process_next(p));) {
        if (p != leaving && p->group == group && p->state != PROCESS_ZOMBIE && p->parent &&
            p->parent != leaving && p->parent->group != group && p->parent->session == p->session)
            return false;
    }
    return true;
}

static bool has_stopped(int group)
{
    for (const struct process *p = NULL; (p = process_next(p));) {
        if (p->group == group && p->state == PROCESS_STOPPED)
            return true;
    }
    return false;
}

/* A group that the end of the process makes an orphan, which it was not. */
static void check_group(struct process *process, int group)
{
    if (job_is_orphaned(group, NULL) || !job_is_orphaned(group, process) || !has_stopped(group))
        return;
    tty_signal(group, SIGHUP);
    tty_signal(group, SIGCONT);
}

void job_leave(struct process *process)
{
    check_group(process, process->group);
    list_for_each (node, &process->children) {
        const struct process *child = container_of(node, struct process, sibling);
        if (child->group != process->group && child->session == process->session)
            check_group(process, child->group);
    }
}

void tty_signal(int group, int signal)
{
    const struct signal_info info = {.signo = signal, .code = SI_KERNEL};

    for (struct process *p = NULL; (p = process_next(p));) {
        if (p->group == group)
            signal_send(p, &info);
    }
}

struct tty_caller tty_caller(void)
{
    const struct process *self = process_current();

    return (struct tty_caller){
        .session = self->session,
        .group = self->group,
        .is_leader = self->session == self->pid,
        .is_root = self->credentials.euid == 0,
    };
}

int tty_session_of(int group)
{
    for (const struct process *p = NULL; (p = process_next(p));) {
        if (p->group == group)
            return p->session;
    }
    return 0;
}

int tty_stop_background(int signal)
{
    const struct process *self = process_current();

    if (task_current()->signals.blocked & SIGNAL_BIT(signal) ||
        self->signals.actions[signal - 1].handler == SIGNAL_IGNORE)
        return signal == SIGTTIN ? -EIO : 0;
    if (job_is_orphaned(self->group, NULL))
        return -EIO;
    tty_signal(self->group, signal);
    signal_interrupt_self();
    return -ERESTARTSYS;
}
