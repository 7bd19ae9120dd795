/*
 * proc/kill.c - who may send signals to whom, and what programs send themselves
 *
 * Source  kill(2), credentials(7)
 */
#include <asm/errno.h>
#include <asm/siginfo.h>
#include <asm/signal.h>

#include "fs/pipe.h"
#include "fs/tmpfs.h"
#include "proc/process.h"

struct signal_info signal_info_from_self(int signal, int code)
{
    const struct process *self = process_current();

    return (struct signal_info){
        .signo = signal, .code = code, .pid = self->pid, .uid = self->credentials.uid};
}

/* kill(2): who may send to whom. */
static bool may_send(const struct process *target, int signal)
{
    const struct process *self = process_current();
    const struct credentials *from = &self->credentials, *to = &target->credentials;

    return from->euid == 0 || from->euid == to->suid || from->euid == to->uid ||
           from->uid == to->suid || from->uid == to->uid ||
           (signal == SIGCONT && self->session == target->session);
}

int signal_send_checked(struct process *process, struct task *task, const struct signal_info *info)
{
    if (!process)
        return -ESRCH;
    if (info->signo < 0 || info->signo > NR_SIGNALS)
        return -EINVAL;
    if (!may_send(process, info->signo))
        return -EPERM;
    return info->signo ? signal_queue(process, task, info) : 0;
}

static int send_group(int group, const struct signal_info *info)
{
    int error = -ESRCH;
    bool any = false;

    for (struct process *p = NULL; (p = process_next(p));) {
        if (p->group != group)
            continue;
        error = signal_send_checked(p, NULL, info);
        any |= error == 0;
    }
    return any ? 0 : error;
}

/* To all but the first process and the caller. */
static int send_all(const struct signal_info *info)
{
    int result = 0;
    bool any = false;

    for (struct process *p = NULL; (p = process_next(p));) {
        if (p->pid == 1 || p == process_current())
            continue;
        int error = signal_send_checked(p, NULL, info);
        any = true;
        if (error != -EPERM)
            result = error;
    }
    return any ? result : -ESRCH;
}

int signal_kill(int pid, int signal)
{
    struct signal_info info = signal_info_from_self(signal, SI_USER);

    if (pid == INT32_MIN)
        return -ESRCH;
    if (pid == -1)
        return send_all(&info);
    if (pid <= 0)
        return send_group(pid ? -pid : process_current()->group, &info);
    return signal_send_checked(process_of_task(pid), NULL, &info);
}

/* A standard signal that the running task has caused, and that it takes itself. */
static void send_self(int signal)
{
    const struct signal_info info = signal_info_from_self(signal, SI_USER);

    (void)!signal_queue(process_current(), task_current(), &info);
}

void pipe_signal_broken(void)
{
    send_self(SIGPIPE);
}

void fs_size_exceeded(void)
{
    send_self(SIGXFSZ);
}
