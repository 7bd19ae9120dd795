/*
 * sys/signal.c - signals
 */
#include <asm/errno.h>
#include <linux/signal.h>

#include "arch/timer.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"
#include "sys/time.h"

#define SET_SIZE sizeof(uint64_t)

int64_t sys_rt_sigaction(struct trap_frame *frame)
{
    int signal = (int)frame->rdi;
    struct signal_action new, old;

    if (frame->r10 != SET_SIZE)
        return -EINVAL;
    if (frame->rsi && copy_from_user(&new, frame->rsi, sizeof(new)) < 0)
        return -EFAULT;
    if (signal < 1 || signal > NR_SIGNALS ||
        (frame->rsi && (signal == SIGKILL || signal == SIGSTOP)))
        return -EINVAL;
    signal_get_action(signal, &old);
    if (frame->rsi)
        signal_set_action(signal, &new);
    return frame->rdx ? copy_to_user(frame->rdx, &old, sizeof(old)) : 0;
}

int64_t sys_rt_sigprocmask(struct trap_frame *frame)
{
    uint64_t old = task_current()->signals.blocked, set;

    if (frame->r10 != SET_SIZE)
        return -EINVAL;
    if (frame->rsi) {
        if (copy_from_user(&set, frame->rsi, sizeof(set)) < 0)
            return -EFAULT;
        switch ((int)frame->rdi) {
        case SIG_BLOCK:
            signal_set_blocked(old | set);
            break;
        case SIG_UNBLOCK:
            signal_set_blocked(old & ~set);
            break;
        case SIG_SETMASK:
            signal_set_blocked(set);
            break;
        default:
            return -EINVAL;
        }
    }
    return frame->rdx ? copy_to_user(frame->rdx, &old, sizeof(old)) : 0;
}

/* What the handler returns to. The result is whatever rax was when the signal came. */
int64_t sys_rt_sigreturn(struct trap_frame *frame)
{
    if (sigframe_restore(frame) < 0) {
        signal_force_bad_frame(frame, "bad signal frame");
        return 0;
    }
    return (int64_t)frame->rax;
}

int64_t sys_sigaltstack(struct trap_frame *frame)
{
    struct signal_stack new, old;

    if (frame->rdi && copy_from_user(&new, frame->rdi, sizeof(new)) < 0)
        return -EFAULT;
    signal_get_stack(&old, frame->rsp);
    int error = frame->rdi ? signal_set_stack(&new, frame->rsp) : 0;
    if (error)
        return error;
    return frame->rsi ? copy_to_user(frame->rsi, &old, sizeof(old)) : 0;
}

int64_t sys_rt_sigpending(struct trap_frame *frame)
{
    const struct task *self = task_current();
    uint64_t set = signal_pending_set(self) & self->signals.blocked;

    if (frame->rsi > sizeof(set))
        return -EINVAL;
    return copy_to_user(frame->rdi, &set, frame->rsi);
}

int64_t sys_rt_sigtimedwait(struct trap_frame *frame)
{
    uint64_t set, ns, deadline = NEVER;
    struct signal_info info;

    if (frame->r10 != SET_SIZE)
        return -EINVAL;
    if (copy_from_user(&set, frame->rdi, sizeof(set)) < 0)
        return -EFAULT;
    int error = frame->rdx ? time_from_user(frame->rdx, &ns) : 0;
    if (error)
        return error;
    if (frame->rdx)
        deadline = timer_now_ns() + ns;
    int signal = signal_wait(set, deadline, &info);
    if (signal > 0 && frame->rsi && copy_to_user(frame->rsi, &info, sizeof(info)) < 0)
        return -EFAULT;
    return signal;
}

int64_t sys_rt_sigsuspend(struct trap_frame *frame)
{
    uint64_t blocked;

    if (frame->rsi != SET_SIZE)
        return -EINVAL;
    if (copy_from_user(&blocked, frame->rdi, sizeof(blocked)) < 0)
        return -EFAULT;
    return signal_suspend(blocked);
}

int64_t sys_pause(struct trap_frame *frame)
{
    (void)frame;
    return signal_suspend(task_current()->signals.blocked);
}

int64_t sys_kill(struct trap_frame *frame)
{
    return signal_kill((int)frame->rdi, (int)frame->rsi);
}

/* group: the process that the task must be of; 0: any. What has ended takes signals, and does nothing. */
static int64_t send_to_task(int group, int tid, int signal)
{
    struct signal_info info = signal_info_from_self(signal, SI_TKILL);
    struct task *task = task_find(tid);
    struct process *process = task ? task->process : process_find(tid);

    if (!process || (group && process->pid != group))
        return -ESRCH;
    if (!task && signal > 0 && signal <= NR_SIGNALS)
        info.signo = 0;
    return signal_send_checked(process, task, &info);
}

int64_t sys_tkill(struct trap_frame *frame)
{
    int tid = (int)frame->rdi;

    return tid <= 0 ? -EINVAL : send_to_task(0, tid, (int)frame->rsi);
}

int64_t sys_tgkill(struct trap_frame *frame)
{
    int group = (int)frame->rdi, tid = (int)frame->rsi;

    if (group <= 0 || tid <= 0)
        return -EINVAL;
    return send_to_task(group, tid, (int)frame->rdx);
}

/*
 * A signal with a value: sigqueue(3). Only to itself may a process say that the kernel, kill(2) or
 * tkill(2) has sent it.
 */
int64_t sys_rt_sigqueueinfo(struct trap_frame *frame)
{
    struct signal_info info;
    int pid = (int)frame->rdi;

    if (copy_from_user(&info, frame->rdx, sizeof(info)) < 0)
        return -EFAULT;
    info.signo = (int)frame->rsi;
    if ((info.code >= 0 || info.code == SI_TKILL) && pid != task_current()->tid)
        return -EPERM;
    return signal_send_checked(process_of_task(pid), NULL, &info);
}

int64_t sys_gettid(struct trap_frame *frame)
{
    (void)frame;
    return task_current()->tid;
}
