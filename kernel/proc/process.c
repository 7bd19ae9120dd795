/*
 * proc/process.c - the table of processes, process 1, fork and vfork
 */
#include "proc/process.h"

#include <asm/errno.h>
#include <asm/fcntl.h>
#include <linux/signal.h>
#include <string.h>

#include "arch/fpu.h"
#include "arch/timer.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/kernel_map.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/alarm.h"
#include "proc/balance.h"
#include "proc/family.h"
#include "proc/stack.h"

static struct spinlock lock; /* guards `all` against interrupts, which send signals */
static struct list all = LIST_INIT(all);
static int last_pid;
static uint64_t last_serial;
static uint64_t nr_faults_ended;             /* of processes that were freed */
static struct list ended = LIST_INIT(ended); /* tasks, till their stacks can be freed */

struct process *process_find(int pid)
{
    list_for_each (node, &all) {
        struct process *process = container_of(node, struct process, all);
        if (process->pid == pid)
            return process->state == PROCESS_GONE ? NULL : process;
    }
    return NULL;
}

struct process *process_next(const struct process *process)
{
    for (struct list *node = process ? process->all.next : all.next; node != &all;
         node = node->next) {
        struct process *next = container_of(node, struct process, all);
        if (next->state != PROCESS_GONE)
            return next;
    }
    return NULL;
}

struct task *task_next(const struct process *process, const struct task *task)
{
    const struct list *node = task ? task->node.next : process->tasks.next;

    return node == &process->tasks ? NULL : container_of(node, struct task, node);
}

struct task *task_find(int tid)
{
    for (const struct process *p = NULL; (p = process_next(p));) {
        for (struct task *task = NULL; (task = task_next(p, task));) {
            if (task->tid == tid)
                return task;
        }
    }
    return NULL;
}

struct process *process_find_serial(uint64_t serial)
{
    struct process *p = NULL;

    while ((p = process_next(p)) && p->serial != serial)
        ;
    return p;
}

struct process *process_find_from(int pid)
{
    struct process *found = NULL;

    for (struct process *p = NULL; (p = process_next(p));) {
        if (p->pid >= pid && (!found || p->pid < found->pid))
            found = p;
    }
    return found;
}

struct process_totals process_totals(void)
{
    struct process_totals totals = {last_serial, nr_faults_ended, last_pid};

    list_for_each (node, &all)
        totals.nr_faults += process_usage(container_of(node, struct process, all)).nr_faults;
    return totals;
}

bool credentials_have_group(const struct credentials *c, uint32_t gid)
{
    for (uint32_t i = 0; i < c->nr_groups; i++) {
        if (c->groups[i] == gid)
            return true;
    }
    return c->egid == gid;
}

int process_check_trace(uint64_t serial)
{
    const struct process *self = process_current(), *process = process_find_serial(serial);

    if (!process)
        return -ESRCH;
    const struct credentials *from = &self->credentials, *to = &process->credentials;
    bool same = from->euid == to->uid && from->euid == to->euid && from->euid == to->suid &&
                from->egid == to->gid && from->egid == to->egid && from->egid == to->sgid;
    return process == self || from->euid == 0 || same ? 0 : -EACCES;
}

void fs_owner(uint32_t *uid, uint32_t *gid)
{
    const struct credentials *c = thread_current()->fpu ? &process_current()->credentials : NULL;

    *uid = c ? c->euid : 0;
    *gid = c ? c->egid : 0;
}

void process_set_nice(struct process *process, int nice)
{
    process->nice = nice;
    for (struct task *task = NULL; (task = task_next(process, task));)
        task->thread.slice_ns = SLICE_NS * (uint64_t)(20 - nice) / 20;
}

static bool is_taken(int pid)
{
    for (const struct process *p = NULL; (p = process_next(p));) {
        if (p->pid == pid || p->group == pid || p->session == pid)
            return true;
        for (const struct task *task = NULL; p->nr_tasks > 1 && (task = task_next(p, task));) {
            if (task->tid == pid)
                return true;
        }
    }
    return false;
}

/* A number no process, task, group or session has; 0 if all are taken. */
static int pid_alloc(void)
{
    for (int tries = 0; tries < PID_MAX; tries++) {
        last_pid = last_pid % PID_MAX + 1;
        if (!is_taken(last_pid))
            return last_pid;
    }
    return 0;
}

/* The first kernel code of every task: go to user mode with the frame that was prepared. */
static void enter_user(void *unused)
{
    struct task *self = task_current();

    (void)unused;
    if (self->set_child_tid && copy_to_user(self->set_child_tid, &self->tid, sizeof(self->tid)) < 0)
        log_verbose("clone: task %d: no memory for its number\n", self->tid);
    irq_off();
    trap_return(task_frame(self));
}

/* A task that has run its last instruction, or never ran. */
static void task_free(struct task *task)
{
    list_remove(&task->node);
    kernel_stack_free(task->thread.stack_top);
    kfree(task->thread.fpu);
    kfree(task);
}

/* A task of a process, in its list, that does not run yet. NULL if out of memory. */
static struct task *task_create(struct process *process, int tid)
{
    struct task *task = kzalloc(sizeof(*task));
    void *fpu = task ? kmalloc_aligned(fpu_state_size(), FPU_ALIGN) : NULL;
    vaddr_t stack = fpu ? kernel_stack_alloc() : 0;

    if (!stack) {
        kfree(fpu);
        kfree(task);
        return NULL;
    }
    thread_init(&task->thread, stack, enter_user, NULL);
    memset(fpu, 0, fpu_state_size()); /* also what no instruction writes: programs get to see it */
    fpu_reset(fpu);
    task->thread.fpu = fpu;
    task->process = process;
    task->tid = tid;
    signal_init_task(task);
    uint64_t flags = spin_lock(&lock);
    list_append(&process->tasks, &task->node);
    process->files.nr_users = ++process->nr_tasks;
    spin_unlock(&lock, flags);
    return task;
}

void task_return_files(struct task *task)
{
    while (task->nr_borrowed)
        file_put(task->borrowed[--task->nr_borrowed]);
    task->thread.due &= ~WORK_FILES;
}

void file_borrow(struct file *file)
{
    struct task *self = task_current();

    ASSERT(self->nr_borrowed < NR_BORROWED_MAX);
    file_get(file);
    self->borrowed[self->nr_borrowed++] = file;
    self->thread.due |= WORK_FILES;
    __atomic_fetch_or(&percpu()->work, WORK_FILES, __ATOMIC_RELAXED);
}

void task_end(struct task *task)
{
    struct process *process = task->process;
    uint64_t flags = spin_lock(&lock);

    list_remove(&task->node);
    list_init(&task->node);
    process->files.nr_users = --process->nr_tasks;
    if (task != process->leader)
        list_append(&ended, &task->node);
    spin_unlock(&lock, flags);
    process->ended.run_ns += thread_run_ns(&task->thread);
    process->ended.nr_faults += task->nr_faults;
    signal_drop_task(task);
}

void task_become_leader(struct task *task)
{
    struct process *process = task->process;
    struct task *old = process->leader;

    if (old == task)
        return;
    uint64_t flags = spin_lock(&lock);
    list_append(&ended, &old->node);
    spin_unlock(&lock, flags);
    process->leader = task;
    task->tid = process->pid;
}

void process_free(struct process *process)
{
    uint64_t flags = spin_lock(&lock);

    list_remove(&process->all);
    spin_unlock(&lock, flags);
    list_remove(&process->sibling);
    nr_faults_ended += process_usage(process).nr_faults;
    signal_drop_all(process);
    task_free(process->leader);
    kfree(process);
}

static void free_ended(void)
{
    list_for_each_safe(node, &ended)
    {
        struct task *task = container_of(node, struct task, node);
        if (thread_is_dead(&task->thread))
            task_free(task);
    }
}

void process_free_gone(void)
{
    free_ended();
    list_for_each_safe(node, &all)
    {
        struct process *process = container_of(node, struct process, all);
        if (process->state == PROCESS_GONE && thread_is_dead(&process->leader->thread))
            process_free(process);
    }
}

/*
 * A process with one task, without space and files, child of parent (NULL for process 1). NULL if out of
 * memory.
 */
static struct process *process_create(struct process *parent)
{
    process_free_gone();
    struct process *process = kzalloc(sizeof(*process));
    int pid = pid_alloc();

    if (!process || !pid) {
        kfree(process);
        return NULL;
    }
    list_init(&process->tasks);
    process->leader = task_create(process, pid);
    if (!process->leader) {
        kfree(process);
        return NULL;
    }
    process->pid = pid;
    process->serial = ++last_serial;
    process->start_ns = timer_now_ns();
    process->group = parent ? parent->group : pid;
    process->session = parent ? parent->session : pid;
    process->parent = parent;
    fd_table_init(&process->files);
    process->files.nr_users = process->nr_tasks;
    list_init(&process->children);
    list_init(&process->sibling);
    wait_queue_init(&process->family);
    signal_init(process);
    uint64_t flags = spin_lock(&lock);
    list_append(&all, &process->all);
    spin_unlock(&lock, flags);
    if (parent)
        list_append(&parent->children, &process->sibling);
    return process;
}

/* Descriptors 0, 1 and 2 of process 1. */
static int open_console(struct fd_table *files)
{
    struct file *console;
    int error = file_open(fs_root, "/dev/console", O_RDWR, 0, &console);
    if (error)
        return error;
    for (int i = 0; i < 3; i++) {
        file_get(console);
        error = fd_install(files, console, 0);
        if (error < 0) {
            file_put(console);
            break;
        }
    }
    file_put(console);
    return MIN(error, 0);
}

/* The kernel thread that becomes process 1. */
static void init_main(void *arguments)
{
    static const char *const environment[] = {"HOME=/", "TERM=linux", "PATH=/bin", NULL};
    struct process *self = process_current();
    int error = open_console(&self->files);

    if (error)
        panic("cannot open /dev/console: error %d", -error);
    error = process_exec("/bin/init", &(struct exec_strings){.kernel = arguments},
                         &(struct exec_strings){.kernel = environment});
    if (error)
        panic("cannot run /bin/init: %s", error == -ENOENT    ? "it is not in the initrd"
                                          : error == -ENOEXEC ? "it is no program for this machine"
                                          : error == -ENOMEM  ? "too little memory"
                                                              : "it cannot be loaded");
    kfree(arguments);
    boot_finished();
    enter_user(NULL);
}

void process_start_init(const char *const *arguments, size_t nr)
{
    struct process *init = process_create(NULL);

    if (!init)
        panic("too little memory for process 1");
    balance_open();
    const char **copy = kmalloc((nr + 1) * sizeof(*copy));
    if (!copy)
        panic("too little memory for its arguments");
    memcpy(copy, arguments, nr * sizeof(*copy));
    copy[nr] = NULL;
    limit_init(init);
    init->dumpable = 1;
    struct thread *thread = &init->leader->thread;
    void *fpu = thread->fpu;
    thread_init(thread, thread->stack_top, init_main, copy);
    thread->fpu = fpu;
    thread->root = kernel_pagetable.root;
    thread_wake(thread);
}

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
    node_get(child->program.file);
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

    if (has_all_processes())
        return -EAGAIN;
    free_ended();
    int tid = pid_alloc();
    struct task *task = tid ? task_create(self, tid) : NULL;
    if (!task)
        return tid ? -ENOMEM : -EAGAIN;
    prepare_task(task, self->space, how);
    /* It has none of its own to begin with. */
    task->signals.stack = (struct signal_stack){.flags = SS_DISABLE};
    return launch(task, how);
}

int process_vfork(const struct clone *how)
{
    struct process *self = process_current();
    bool borrowing = true;

    if (has_all_processes())
        return -EAGAIN;
    struct process *child = make_child(self->space, how);
    if (!child)
        return -ENOMEM;
    space_get(self->space);
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
    if (has_all_processes())
        return -EAGAIN;
    struct space *space = space_clone(process_current()->space);
    if (!space)
        return -ENOMEM;
    struct process *child = make_child(space, how);
    if (!child) {
        space_put(space);
        return -ENOMEM;
    }
    return launch(child->leader, how);
}
