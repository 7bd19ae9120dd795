/*
 * proc/signal.c - signals with their default actions
 *
 * A signal is a bit in the receiver's pending set. It is acted upon where a process is about to
 * return to user mode; one that sleeps interruptibly is woken for it. There are no handlers yet,
 * so that the action is the default: end, stop, go on, or nothing.
 *
 * Source  signal(7), kill(2)
 */
#include <asm/errno.h>
#include <asm/signal.h>

#include "fs/tty.h"
#include "proc/process.h"

#define STOP_SIGNALS                                                                               \
    (SIGNAL_BIT(SIGSTOP) | SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | SIGNAL_BIT(SIGTTOU))
#define IGNORED_SIGNALS                                                                            \
    (SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGCONT) | SIGNAL_BIT(SIGURG) | SIGNAL_BIT(SIGWINCH))
#define UNBLOCKABLE (SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))

static struct spinlock lock; /* guards pending and blocked of every process */

static uint64_t deliverable(const struct process *process)
{
    return process->pending & ~process->blocked;
}

/* Lock held: make the thread notice, or no longer notice. */
static void update(struct process *process)
{
    process->thread.interrupted = deliverable(process) != 0;
    if (&process->thread == thread_current()) {
        if (process->thread.interrupted)
            percpu()->work |= WORK_SIGNAL;
        else
            percpu()->work &= ~WORK_SIGNAL;
    }
}

static void resume(struct process *process)
{
    if (process->state != PROCESS_STOPPED)
        return;
    process->state = PROCESS_ALIVE;
    thread_wake(&process->thread);
}

void signal_send(struct process *process, int signal)
{
    uint64_t bit = SIGNAL_BIT(signal), flags = spin_lock(&lock);

    if (signal == SIGCONT) {
        process->pending &= ~STOP_SIGNALS;
        process->continued |= process->state == PROCESS_STOPPED;
    } else if (bit & STOP_SIGNALS) {
        process->pending &= ~SIGNAL_BIT(SIGCONT);
    }
    /* Process 1 gets only what it asks for, and it cannot ask yet. */
    bool ignored = (bit & IGNORED_SIGNALS && !(process->blocked & bit)) || process->pid == 1;
    if (!ignored && process->state != PROCESS_ZOMBIE)
        process->pending |= bit;
    update(process);
    bool interrupted = process->thread.interrupted;
    bool was_continued = signal == SIGCONT && process->state == PROCESS_STOPPED;
    spin_unlock(&lock, flags);

    if (signal == SIGCONT || signal == SIGKILL)
        resume(process);
    if (was_continued)
        process_notify_parent(process, SIGCHLD);
    if (interrupted && process->state != PROCESS_STOPPED)
        thread_wake(&process->thread);
}

/* 0 asks whether the process is there. */
static bool is_valid(int signal)
{
    return signal >= 0 && signal <= NR_SIGNALS;
}

/* Send to every process of a group, or with group 0 to all but the first and the caller. */
static int send_group(int group, int signal)
{
    const struct process *self = process_current();
    int error = -ESRCH;

    for (struct process *p = NULL; (p = process_next(p));) {
        if (group ? p->group != group : p->pid == 1 || p == self)
            continue;
        error = is_valid(signal) ? 0 : -EINVAL;
        if (!error && signal)
            signal_send(p, signal);
    }
    return error;
}

int signal_kill(int pid, int signal)
{
    if (pid == INT32_MIN)
        return -ESRCH;
    if (pid <= 0)
        return send_group(pid == 0 ? process_current()->group : pid == -1 ? 0 : -pid, signal);
    struct process *process = process_find(pid);
    if (!process)
        return -ESRCH;
    if (!is_valid(signal))
        return -EINVAL;
    if (signal)
        signal_send(process, signal);
    return 0;
}

void tty_signal(int group, int signal)
{
    for (struct process *p = NULL; (p = process_next(p));) {
        if (p->group == group)
            signal_send(p, signal);
    }
}

bool signal_is_fatal(const struct process *process)
{
    return deliverable(process) & ~(IGNORED_SIGNALS | STOP_SIGNALS);
}

void signal_set_blocked(struct process *process, uint64_t blocked)
{
    uint64_t flags = spin_lock(&lock);

    process->blocked = blocked & ~UNBLOCKABLE;
    /* What is ignored was kept only because it was blocked. */
    process->pending &= ~(IGNORED_SIGNALS & ~process->blocked);
    update(process);
    spin_unlock(&lock, flags);
}

/* Take the lowest deliverable signal; SIGKILL goes before all. 0 if there is none. */
static int take(struct process *process)
{
    uint64_t flags = spin_lock(&lock), set = deliverable(process);
    int signal = 0;

    if (set & SIGNAL_BIT(SIGKILL))
        signal = SIGKILL;
    else if (set)
        signal = __builtin_ctzl(set) + 1;
    if (signal)
        process->pending &= ~SIGNAL_BIT(signal);
    update(process);
    spin_unlock(&lock, flags);
    return signal;
}

/* Sleep until SIGCONT or SIGKILL. */
static void stop(struct process *process, int signal)
{
    process->status = signal << 8 | 0x7f;
    process->status_reported = false;
    process->continued = false;
    thread_prepare_block();
    process->state = PROCESS_STOPPED;
    process_notify_parent(process, SIGCHLD);
    while (process->state == PROCESS_STOPPED) {
        thread_block();
        thread_prepare_block();
    }
    thread_cancel_block();
}

/*
 * Whether nobody could make a stopped member of the group go on: no member has a parent in another
 * group of the same session. POSIX.1-2017 XBD 3.264.
 */
static bool is_orphaned(int group)
{
    for (const struct process *p = NULL; (p = process_next(p));) {
        if (p->group == group && p->state != PROCESS_ZOMBIE && p->parent &&
            p->parent->group != group && p->parent->session == p->session)
            return false;
    }
    return true;
}

void signal_deliver(struct trap_frame *frame)
{
    struct process *self = process_current();
    int signal;

    while ((signal = take(self))) {
        uint64_t bit = SIGNAL_BIT(signal);
        if (bit & STOP_SIGNALS) {
            if (signal == SIGSTOP || !is_orphaned(self->group))
                stop(self, signal);
        } else if (!(bit & IGNORED_SIGNALS)) {
            process_exit(signal);
        }
    }
    if (frame->vector == TRAP_SYSCALL && frame->rax == (uint64_t)-ERESTARTSYS) {
        frame->rax = frame->error; /* the number: do the call again */
        frame->rip -= 2;           /* the length of SYSCALL */
    }
}
