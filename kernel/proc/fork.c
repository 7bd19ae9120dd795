/*
 * proc/fork.c - new processes and tasks as copies of the running one: fork(2), vfork(2), clone(2)
 */
#include <asm/errno.h>
#include <linux/signal.h>
#include <string.h>

#include "lib/log.h"
#include "mm/usercopy.h"
#include "proc/alarm.h"
#include "proc/family.h"
#include "proc/limit.h"

/* Whether the user of the running process has as many processes as RLIMIT_NPROC allows. */
static bool has_all_processes(void)
{
    const struct process *self = process_current();
    uint64_t nr = 0;

    if (self->credentials.uid == 0 || self->credentials.euid == 0)
        return false;
    for (const struct process *p = NULL; (p = process_next(p));)
        nr += p->credentials.uid == self->credentials.uid ? MAX(p->nr_tasks, 1UL) : 0;
    return nr >= self->limits[RLIMIT_NPROC].soft;
}

static void inherit(struct process *child, const struct process *parent)
{
    child->credentials = parent->credentials;
    memcpy(child->limits, parent->limits, sizeof(child->limits));
    child->oom_score_adj = parent->oom_score_adj;
    child->oom_score_adj_min = parent->oom_score_adj_min;
    child->membarriers = parent->membarriers;
    child->no_new_privs = parent->no_new_privs;
    child->dumpable = parent->dumpable;
    child->personality = parent->personality;
    process_set_nice(child, parent->nice);
    child->program = parent->program;
    node_get_to_run(child->program.file);
    signal_copy(child, parent);
    limit_apply(child);
    alarm_limit(child);
}

/* A task that goes on in `space` as the running one does, but for what clone(2) says. */
static void prepare_task(struct task *task, const struct space *space, const struct clone *how)
{
    struct trap_frame *start = task_frame(task);
    const struct task *self = task_current();

    memcpy(task->name, self->name, sizeof(task->name));
    signal_copy_task(task, self);
    /* Not where two would run on it. */
    if (how->shares_space && !how->waits)
        task->signals.stack = (struct signal_stack){.flags = SS_DISABLE};
    task->set_child_tid = how->set_child_tid;
    task->clear_child_tid = how->clear_child_tid;
    task->thread.slice_ns = self->thread.slice_ns;
    if (task->process == self->process)
        task->thread.timed = self->thread.timed;
    thread_copy_user_state(&task->thread);
    task->thread.root = space->pagetable.root;
    if (how->set_tls) {
        task->thread.fs = 0;
        task->thread.fs_base = how->tls;
    }
    *start = *how->frame;
    start->rax = 0;
    start->rsp = how->stack ? how->stack : how->frame->rsp;
    start->vector = TRAP_RESTORE;
}

/*
 * A child of the running process with its files and registers, and space, whose reference it takes. 0 and
 * *made; -EAGAIN, -ENOMEM.
 */
static int make_child(struct space *space, const struct clone *how, struct process **made)
{
    struct process *self = process_current(), *child;
    int error = process_create(self, &child);

    if (error)
        return error;
    error = fd_table_copy(&child->files, &self->files);
    if (error) {
        process_free(child);
        return error;
    }
    child->space = space;
    inherit(child, self);
    child->exit_signal = how->exit_signal;
    prepare_task(child->leader, space, how);
    *made = child;
    return 0;
}

/* The task runs. Returns its number, which it may have ended to use by then. */
static int launch(struct task *task, const struct clone *how)
{
    int tid = task->tid;

    if (how->set_parent_tid && copy_to_user(how->set_parent_tid, &tid, sizeof(tid)) < 0)
        log_verbose("clone: no memory for the number of task %d\n", tid);
    thread_start(&task->thread);
    return tid;
}

int process_add_task(const struct clone *how)
{
    struct process *self = process_current();
    struct task *task;

    if (has_all_processes())
        return -EAGAIN;
    int error = task_add(self, &task);
    if (error)
        return error;
    prepare_task(task, self->space, how);
    return launch(task, how);
}

/* Sleep until the child runs another program or ends, or until the running task shall end itself. */
static void wait_for_borrower(struct process *child, const bool *borrowing)
{
    struct process *self = process_current();

    wait_until(&self->family, !*borrowing || signal_is_fatal(task_current()));
    if (*borrowing)
        child->borrowing = NULL; /* it has not ended: it would have said so */
    limit_apply(self);           /* the space may have had the child's */
}

int process_fork(const struct clone *how)
{
    struct space *own = process_current()->space;
    struct process *child;
    bool borrowing = how->waits;

    if (has_all_processes())
        return -EAGAIN;
    if (how->shares_space)
        space_get(own);
    struct space *space = how->shares_space ? own : space_clone(own);
    if (!space)
        return -ENOMEM;
    /* What ends the whole group, while the memory is copied, ends those that are not there yet. */
    int error = signal_is_fatal(task_current()) ? -EINTR : make_child(space, how, &child);
    if (error) {
        space_put(space);
        return error;
    }
    if (borrowing)
        child->borrowing = &borrowing;
    int pid = launch(child->leader, how);
    if (how->waits)
        wait_for_borrower(child, &borrowing);
    return pid;
}
