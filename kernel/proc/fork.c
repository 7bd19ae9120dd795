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

/* A child of the running process with its files and registers, and space, whose reference it takes. */
static struct process *make_child(struct space *space, const struct clone *how)
{
    struct process *self = process_current(), *child = process_create(self);

    if (!child)
        return NULL;
    if (fd_table_copy(&child->files, &self->files) < 0) {
        process_free(child);
        return NULL;
    }
    child->space = space;
    inherit(child, self);
    child->exit_signal = how->exit_signal;
    prepare_task(child->leader, space, how);
    return child;
}

/* The task runs. Returns its number, which it may have ended to use by then. */
static int launch(struct task *task, const struct clone *how)
{
    int tid = task->tid;

    if (how->set_parent_tid && copy_to_user(how->set_parent_tid, &tid, sizeof(tid)) < 0)
        log_verbose("clone: no memory for the number of task %d\n", tid);
    thread_wake(&task->thread);
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
    /* It has none of its own to begin with. */
    task->signals.stack = (struct signal_stack){.flags = SS_DISABLE};
    return launch(task, how);
}

/* The caller sleeps until its child runs another program or ends, or until it shall end itself. */
static int launch_and_wait(struct process *child, const struct clone *how)
{
    struct process *self = process_current();
    bool borrowing = true;

    child->borrowing = &borrowing;
    int pid = launch(child->leader, how);
    wait_until(&self->family, !borrowing || signal_is_fatal(task_current()));
    if (borrowing)
        child->borrowing = NULL; /* it has not ended: it would have said so */
    limit_apply(self);           /* the space may have had the child's */
    return pid;
}

int process_fork(const struct clone *how)
{
    struct space *own = process_current()->space;

    if (has_all_processes())
        return -EAGAIN;
    if (how->shares_space)
        space_get(own);
    struct space *space = how->shares_space ? own : space_clone(own);
    if (!space)
        return -ENOMEM;
    struct process *child = make_child(space, how);
    if (!child) {
        space_put(space);
        return -ENOMEM;
    }
    return how->waits ? launch_and_wait(child, how) : launch(child->leader, how);
}
