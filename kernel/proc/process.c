/*
 * proc/process.c - the table of processes, process 1, fork and vfork
 */
#include "proc/process.h"

#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/signal.h>
#include <string.h>

#include "arch/fpu.h"
#include "arch/timer.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/kernel_map.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/balance.h"
#include "proc/family.h"
#include "proc/stack.h"

static struct spinlock lock; /* guards `all` against interrupts, which send signals */
static struct list all = LIST_INIT(all);
static int last_pid;
static uint64_t last_serial;
static uint64_t nr_faults_ended; /* of processes that were freed */

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
        totals.nr_faults += container_of(node, struct process, all)->nr_faults;
    return totals;
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
    const struct thread *thread = thread_current();
    const struct credentials *c = thread->fpu ? &process_current()->credentials : NULL;

    *uid = c ? c->euid : 0;
    *gid = c ? c->egid : 0;
}

void process_set_nice(struct process *process, int nice)
{
    process->nice = nice;
    process->thread.slice_ns = SLICE_NS * (uint64_t)(20 - nice) / 20;
}

/* A number no process, group or session has; 0 if all are taken. */
static int pid_alloc(void)
{
    for (int tries = 0; tries < PID_MAX; tries++) {
        last_pid = last_pid % PID_MAX + 1;
        const struct process *p = NULL;
        while ((p = process_next(p)) && p->pid != last_pid && p->group != last_pid &&
               p->session != last_pid)
            ;
        if (!p)
            return last_pid;
    }
    return 0;
}

/* The first kernel code of every process: go to user mode with the frame that was prepared. */
static void enter_user(void *unused)
{
    struct process *self = process_current();

    (void)unused;
    if (self->set_child_tid && copy_to_user(self->set_child_tid, &self->pid, sizeof(self->pid)) < 0)
        log_verbose("clone: process %d: no memory for its number\n", self->pid);
    irq_off();
    trap_return(process_frame(self));
}

void process_free(struct process *process)
{
    uint64_t flags = spin_lock(&lock);

    list_remove(&process->all);
    spin_unlock(&lock, flags);
    list_remove(&process->sibling);
    nr_faults_ended += process->nr_faults;
    signal_drop_all(process);
    kernel_stack_free(process->thread.stack_top);
    kfree(process->thread.fpu);
    kfree(process);
}

void process_free_gone(void)
{
    list_for_each_safe(node, &all)
    {
        struct process *process = container_of(node, struct process, all);
        if (process->state == PROCESS_GONE && thread_is_dead(&process->thread))
            process_free(process);
    }
}

/*
 * A process without space and files, child of parent (NULL for process 1). NULL if out of memory.
 */
static struct process *process_create(struct process *parent)
{
    process_free_gone();
    struct process *process = kzalloc(sizeof(*process));
    if (!process)
        return NULL;
    void *fpu = kmalloc_aligned(fpu_state_size(), FPU_ALIGN);
    vaddr_t stack = kernel_stack_alloc();
    int pid = pid_alloc();
    if (!fpu || !stack || !pid)
        goto undo;

    thread_init(&process->thread, stack, enter_user, NULL);
    fpu_reset(fpu);
    process->thread.fpu = fpu;
    process->pid = pid;
    process->serial = ++last_serial;
    process->start_ns = timer_now_ns();
    process->group = parent ? parent->group : pid;
    process->session = parent ? parent->session : pid;
    process->parent = parent;
    fd_table_init(&process->files);
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

undo:
    if (stack)
        kernel_stack_free(stack);
    kfree(fpu);
    kfree(process);
    return NULL;
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
    void *fpu = init->thread.fpu;
    thread_init(&init->thread, init->thread.stack_top, init_main, copy);
    init->thread.fpu = fpu;
    init->thread.root = kernel_pagetable.root;
    thread_wake(&init->thread);
}

/* Whether the user of the running process has as many processes as RLIMIT_NPROC allows. */
static bool has_all_processes(void)
{
    const struct process *self = process_current();
    uint64_t nr = 0;

    if (self->credentials.uid == 0 || self->credentials.euid == 0)
        return false;
    for (const struct process *p = NULL; (p = process_next(p));)
        nr += p->credentials.uid == self->credentials.uid;
    return nr >= self->limits[RLIMIT_NPROC].soft;
}

static void inherit(struct process *child, const struct process *parent)
{
    child->credentials = parent->credentials;
    memcpy(child->limits, parent->limits, sizeof(child->limits));
    memcpy(child->name, parent->name, sizeof(child->name));
    child->oom_score_adj = parent->oom_score_adj;
    child->no_new_privs = parent->no_new_privs;
    child->dumpable = parent->dumpable;
    child->personality = parent->personality;
    process_set_nice(child, parent->nice);
    child->program = parent->program;
    node_get(child->program.file);
    signal_copy(child, parent);
    limit_apply(child);
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
    child->set_child_tid = how->set_child_tid;
    child->clear_child_tid = how->clear_child_tid;
    thread_copy_user_state(&child->thread);
    child->thread.root = space->pagetable.root;

    struct trap_frame *start = process_frame(child);
    *start = *how->frame;
    start->rax = 0;
    start->rsp = how->stack ? how->stack : how->frame->rsp;
    start->vector = TRAP_RESTORE;
    return child;
}

/* The child runs. Returns its number, which it may have ended to use by then. */
static int launch(struct process *child, const struct clone *how)
{
    int pid = child->pid;

    if (how->set_parent_tid && copy_to_user(how->set_parent_tid, &pid, sizeof(pid)) < 0)
        log_verbose("clone: no memory for the number of process %d\n", pid);
    thread_wake(&child->thread);
    return pid;
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
    int pid = launch(child, how);
    wait_until(&self->family, !borrowing || signal_is_fatal(self));
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
    return launch(child, how);
}
