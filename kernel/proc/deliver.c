/*
 * proc/deliver.c - signals on the way to user mode: handlers, default actions, calls to do again
 *
 * A process acts on its signals when it is about to return to user mode, and nowhere else. One frame
 * is built at a time; entry.asm comes back here until nothing is left, so that the frames of several
 * signals lie one above the other, and the handler of the last one runs first.
 *
 * Source  signal(7), sigsuspend(2); POSIX.1-2017 XSH 2.4.3
 */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/signal.h>

#include "lib/log.h"
#include "proc/job.h"
#include "proc/process.h"

#define SYSCALL_LEN 2 /* of the instruction */

NORETURN static void end_for_frame(const struct trap_frame *frame, const char *what)
{
    const struct task *self = task_current();

    log_print("%s[%d]: %s, ip 0x%lx sp 0x%lx: killed by signal %d\n", self->name, self->tid, what,
              frame->rip, frame->rsp, SIGSEGV);
    process_exit(SIGSEGV);
}

void signal_force_bad_frame(const struct trap_frame *frame, const char *what)
{
    if (!signal_force(&(struct signal_info){.signo = SIGSEGV, .code = SI_KERNEL}))
        end_for_frame(frame, what);
}

void signal_block_meanwhile(uint64_t blocked)
{
    struct task *self = task_current();

    self->signals.saved_blocked = self->signals.blocked;
    self->signals.restore_blocked = true;
    signal_set_blocked(blocked);
}

void signal_unblock(void)
{
    struct task *self = task_current();

    self->signals.restore_blocked = false;
    signal_set_blocked(self->signals.saved_blocked);
}

int signal_suspend(uint64_t blocked)
{
    struct task *self = task_current();

    signal_block_meanwhile(blocked);
    thread_prepare_block();
    while (!self->thread.interrupted) {
        thread_block();
        thread_prepare_block();
    }
    thread_cancel_block();
    return -ERESTARTNOHAND;
}

/* Sleep until SIGCONT or SIGKILL. */
static void stay_stopped(const struct process *process)
{
    if (process->state != PROCESS_STOPPED)
        return;
    thread_prepare_block();
    while (process->state == PROCESS_STOPPED) {
        thread_block();
        thread_prepare_block();
    }
    thread_cancel_block();
}

/* Stop the process; its other tasks see that on their way to user mode. */
static void stop(struct process *process, int signal)
{
    process->status = signal << 8 | 0x7f;
    process->status_reported = false;
    process->continued = false;
    process->state = PROCESS_STOPPED;
    signal_stop_tasks(process);
    process_notify_parent(process, SIGCHLD, CLD_STOPPED, signal);
    stay_stopped(process);
}

static void do_default(struct process *self, int signal)
{
    uint64_t bit = SIGNAL_BIT(signal);

    if (bit & SIGNALS_STOP) {
        if (signal == SIGSTOP || !job_is_orphaned(self->group, NULL))
            stop(self, signal);
    } else if (!(bit & SIGNALS_IGNORED)) {
        process_exit(signal);
    }
}

/* A system call that a signal has interrupted is done again, by its own number or another. */
static void restart_call(struct trap_frame *frame, uint64_t number)
{
    frame->rax = number;
    frame->rip -= SYSCALL_LEN;
}

static bool was_interrupted(const struct trap_frame *frame, int error)
{
    return frame->vector == TRAP_SYSCALL && frame->rax == (uint64_t)-error;
}

/* Enter the handler, with more signals blocked while it runs. */
static void handle(struct task *self, struct trap_frame *frame, const struct signal_info *info,
                   const struct signal_action *action)
{
    struct task_signals *state = &self->signals;

    if (was_interrupted(frame, ERESTARTSYS) && action->flags & SA_RESTART)
        restart_call(frame, frame->error);
    else if (was_interrupted(frame, ERESTARTSYS) || was_interrupted(frame, ERESTARTNOHAND) ||
             was_interrupted(frame, ERESTART_RESTARTBLOCK))
        frame->rax = (uint64_t)-EINTR;

    uint64_t blocked = state->restore_blocked ? state->saved_blocked : state->blocked;
    if (sigframe_build(frame, info, action, blocked) < 0) {
        if (info->signo == SIGSEGV)
            end_for_frame(frame, "no stack for the handler of SIGSEGV");
        signal_force_bad_frame(frame, "no stack for a signal handler");
        return;
    }
    state->restore_blocked = false;
    uint64_t own = action->flags & SA_NODEFER ? 0 : SIGNAL_BIT(info->signo);
    signal_set_blocked(state->blocked | action->mask | own);
    if (state->stack.flags & SS_AUTODISARM)
        state->stack = (struct signal_stack){.flags = SS_DISABLE};
}

void signal_deliver(struct trap_frame *frame)
{
    struct task *self = task_current();
    struct process *process = self->process;
    struct signal_action action;
    struct signal_info info;

    for (;;) {
        if (process->exiting || self->must_end)
            task_exit(0);
        stay_stopped(process);
        if (process->exiting || self->must_end)
            continue;
        if (!signal_take(&info, &action))
            break;
        if (action.handler > SIGNAL_IGNORE) {
            handle(self, frame, &info, &action);
            return;
        }
        if (action.handler == SIGNAL_DEFAULT)
            do_default(process, info.signo);
    }
    if (was_interrupted(frame, ERESTARTSYS) || was_interrupted(frame, ERESTARTNOHAND))
        restart_call(frame, frame->error);
    else if (was_interrupted(frame, ERESTART_RESTARTBLOCK))
        restart_call(frame, __NR_restart_syscall);
    if (self->signals.restore_blocked)
        signal_unblock();
}
