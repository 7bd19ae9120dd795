/*
 * proc/exit.c - the end of a process, and its parent's wait for it
 *
 * Ending allocates nothing. A zombie keeps its number, its status and its kernel stack until its
 * parent has seen it; orphans go to process 1. The end of process 1 is the end of the machine's
 * work.
 *
 * Source  _exit(2), wait4(2)
 */
#include <asm/errno.h>
#include <linux/signal.h>
#include <linux/wait.h>

#include "dev/power.h"
#include "dev/watchdog.h"
#include "fs/tty.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "mm/kernel_map.h"
#include "mm/usercopy.h"
#include "proc/balance.h"
#include "proc/alarm.h"
#include "proc/family.h"
#include "proc/futex.h"
#include "proc/job.h"

void process_end_borrowing(struct process *process)
{
    if (!process->borrowing)
        return;
    *process->borrowing = false;
    process->borrowing = NULL;
    wait_queue_wake(&process->parent->family);
}

#define NS_PER_TICK 10000000L /* clock_t's tick, 1/100 s */

void process_notify_parent(struct process *process, int signal, int code, int status)
{
    struct process *parent = process->parent;
    const struct signal_info info = {
        .signo = signal,
        .code = code,
        .pid = process->pid,
        .uid = process->credentials.uid,
        .status = status,
        .utime = (int64_t)process_usage(process).run_ns / NS_PER_TICK,
    };

    if (!parent)
        return;
    bool unwanted = (code == CLD_STOPPED || code == CLD_CONTINUED) &&
                    parent->signals.actions[SIGCHLD - 1].flags & SA_NOCLDSTOP;
    if (signal > 0 && signal <= NR_SIGNALS && !unwanted)
        signal_send(parent, &info);
    wait_queue_wake(&parent->family);
}

/*
 * Tell the parent of the end. One that ignores SIGCHLD, or says so by SA_NOCLDWAIT, wants to know no
 * more of it: the child is gone.
 */
static void report_end(struct process *process, int signal)
{
    const struct signal_action *action = &process->parent->signals.actions[SIGCHLD - 1];
    bool ignored = action->handler == SIGNAL_IGNORE;

    if (signal == SIGCHLD && (ignored || action->flags & SA_NOCLDWAIT)) {
        process->state = PROCESS_GONE;
        signal = ignored ? 0 : signal;
    }
    if (process->status & 0x7f)
        process_notify_parent(process, signal, CLD_KILLED, process->status & 0x7f);
    else
        process_notify_parent(process, signal, CLD_EXITED, process->status >> 8);
}

/* Children of one that ends go to process 1, which learns of those that have ended already. */
static void give_children_away(struct process *process)
{
    struct process *init = process_find(1);

    list_for_each_safe(node, &process->children)
    {
        struct process *child = container_of(node, struct process, sibling);
        list_remove(&child->sibling);
        list_append(&init->children, &child->sibling);
        child->parent = init;
        child->exit_signal = SIGCHLD;
        if (child->state == PROCESS_ZOMBIE)
            report_end(child, SIGCHLD);
    }
}

void task_clear_tid(struct task *task)
{
    struct process *process = task->process;
    int zero = 0;

    if (!task->clear_child_tid || (process->space->refs == 1 && process->nr_tasks == 1))
        return;
    if (copy_to_user(task->clear_child_tid, &zero, sizeof(zero)) < 0)
        log_verbose("exit: task %d: no memory at its child tid address\n", task->tid);
    else
        (void)!futex_wake(task->clear_child_tid, true, 1, FUTEX_ANY);
}

/* The last task leaves the process's space. */
static void leave_space(struct process *self)
{
    struct space *space = self->space;

    if (!space)
        return;
    process_note_peak(self, space);
    self->space = NULL;
    thread_set_root(kernel_pagetable.root);
    space_put(space);
}

/* The end of process 1. */
NORETURN static void end_machine(struct process *self, int status)
{
    if (status & 0x7f)
        log_print("init: killed by signal %d\n", status & 0x7f);
    leave_space(self);
    fd_table_close_all(&self->files);
    if (!balance_close())
        power_off_unbalanced();
    power_off(status);
}

/* The last task of a process ends. */
NORETURN static void end_process(struct process *self, int status)
{
    watchdog_kick();
    alarm_cancel_all(self);
    if (self->pid == 1)
        end_machine(self, status);
    leave_space(self);
    process_end_borrowing(self);
    fd_table_close_all(&self->files);
    node_put_run(self->program.file);
    self->program.file = NULL;
    job_leave(self);
    give_children_away(self);
    if (self->session == self->pid)
        tty_release(self->session);
    task_end(task_current());
    self->status = status;
    self->state = PROCESS_ZOMBIE;
    report_end(self, self->exit_signal);
    thread_exit();
}

void task_exit(int status)
{
    struct task *self = task_current();
    struct process *process = self->process;

    task_return_files(self);
    if (process->space) {
        futex_leave_robust(self);
        task_clear_tid(self);
    }
    if (!process->exiting)
        process->exit_status = status; /* of the last to end */
    if (process->nr_tasks == 1)
        end_process(process, process->exit_status);
    task_end(self);
    wait_queue_wake(&process->family); /* process_leave_alone() may wait for that */
    thread_exit();
}

/* Whoever is the first to end the process says with what. */
void process_exit(int status)
{
    struct process *process = process_current();

    if (!process->exiting) {
        process->exiting = true;
        process->exit_status = status;
        if (process->state == PROCESS_STOPPED)
            process->state = PROCESS_ALIVE;
        for (struct task *task = NULL; (task = task_next(process, task));) {
            if (task != task_current())
                signal_end_task(task);
        }
    }
    task_exit(status);
}

int process_leave_alone(void)
{
    struct task *self = task_current();
    struct process *process = self->process;

    if (process->exiting || self->must_end) /* another was first */
        return -EINTR;
    for (struct task *task = NULL; (task = task_next(process, task));) {
        if (task == self)
            continue;
        task->must_end = true;
        signal_end_task(task);
    }
    wait_until(&process->family, process->nr_tasks == 1 || process->exiting || self->must_end);
    if (process->nr_tasks > 1)
        return -EINTR;
    task_become_leader(self);
    return 0;
}

static bool is_wanted(const struct process *parent, const struct process *child, int pid,
                      unsigned options)
{
    if (child->state == PROCESS_GONE)
        return false;
    /* A child that reports by another signal than SIGCHLD is a "clone" child. */
    bool clone = child->exit_signal != SIGCHLD;

    if (!(options & __WALL) && clone != !!(options & __WCLONE))
        return false;
    if (pid > 0)
        return child->pid == pid;
    if (pid < -1)
        return child->group == -pid;
    return pid == -1 || child->group == parent->group;
}

/* If the child has something to report that options ask for: true and *status. */
static bool has_report(struct process *child, unsigned options, int *status)
{
    bool keep = options & WNOWAIT;

    if (child->state == PROCESS_ZOMBIE) {
        *status = child->status;
        return options & WEXITED;
    }
    if (child->state == PROCESS_STOPPED && options & WSTOPPED && !child->status_reported) {
        child->status_reported = !keep;
        *status = child->status;
        return true;
    }
    if (child->continued && options & WCONTINUED) {
        child->continued = keep;
        *status = 0xffff;
        return true;
    }
    return false;
}

void process_note_peak(struct process *process, const struct space *space)
{
    size_t *peak = &process->ended.peak_pages;

    *peak = MAX(*peak, pagetable_peak(&space->pagetable));
}

struct usage process_usage(const struct process *process)
{
    struct usage usage = process->ended;

    for (const struct task *task = NULL; (task = task_next(process, task));) {
        usage.run_ns += thread_run_ns(&task->thread);
        usage.nr_faults += task->nr_faults;
    }
    if (process->space)
        usage.peak_pages = MAX(usage.peak_pages, pagetable_peak(&process->space->pagetable));
    return usage;
}

static void add_usage(struct usage *to, const struct usage *usage)
{
    to->run_ns += usage->run_ns;
    to->nr_faults += usage->nr_faults;
    to->peak_pages = MAX(to->peak_pages, usage->peak_pages);
}

/* One look at the children: a number to report, 0 to wait on, -ECHILD. */
static int look(struct process *self, int pid, unsigned options, struct wait_report *report)
{
    int result = -ECHILD;

    process_free_gone();
    list_for_each (node, &self->children) {
        struct process *child = container_of(node, struct process, sibling);
        if (!is_wanted(self, child, pid, options))
            continue;
        if (child->state == PROCESS_ZOMBIE && !(options & WEXITED))
            continue; /* it has nothing to report any more that is asked for */
        result = 0;
        if (!has_report(child, options, &report->status))
            continue;
        result = child->pid;
        report->uid = child->credentials.uid;
        report->usage = process_usage(child);
        add_usage(&report->usage, &child->children_usage);
        if (child->state == PROCESS_ZOMBIE && !(options & WNOWAIT)) {
            add_usage(&self->children_usage, &report->usage);
            process_free(child);
        }
        break;
    }
    return result;
}

int process_wait(int pid, unsigned options, struct wait_report *report)
{
    struct process *self = process_current();
    int result;

    if (pid == INT32_MIN)
        return -ESRCH;
    if (options & WNOHANG)
        return look(self, pid, options, report);
    if (!wait_until_interruptible(&self->family, (result = look(self, pid, options, report)) != 0))
        return -ERESTARTSYS;
    return result;
}
