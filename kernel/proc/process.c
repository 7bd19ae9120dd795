/*
 * proc/process.c - the table of processes, process 1, fork and vfork
 */
#include "proc/process.h"

#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/signal.h>
#include <string.h>

#include "arch/fpu.h"
#include "lib/panic.h"
#include "mm/kernel_map.h"
#include "mm/kheap.h"
#include "proc/family.h"

static struct spinlock lock; /* guards `all` against interrupts, which send signals */
static struct list all = LIST_INIT(all);
static int last_pid;

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
    (void)unused;
    irq_off();
    trap_return(process_frame(process_current()));
}

void process_free(struct process *process)
{
    uint64_t flags = spin_lock(&lock);

    list_remove(&process->all);
    spin_unlock(&lock, flags);
    list_remove(&process->sibling);
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
    process->group = parent ? parent->group : pid;
    process->session = parent ? parent->session : pid;
    process->parent = parent;
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
    int error = file_open(fs_root, "/dev/console", O_RDWR, &console);
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
    const char **copy = kmalloc((nr + 1) * sizeof(*copy));

    if (!init || !copy)
        panic("too little memory for process 1");
    memcpy(copy, arguments, nr * sizeof(*copy));
    copy[nr] = NULL;
    void *fpu = init->thread.fpu;
    thread_init(&init->thread, init->thread.stack_top, init_main, copy);
    init->thread.fpu = fpu;
    init->thread.root = kernel_pagetable.root;
    thread_wake(&init->thread);
}

/* A child of the running process with its files and registers, and space, whose reference it takes. */
static struct process *make_child(struct space *space, const struct trap_frame *frame,
                                  vaddr_t stack, int exit_signal)
{
    struct process *self = process_current(), *child = process_create(self);

    if (!child)
        return NULL;
    if (fd_table_copy(&child->files, &self->files) < 0) {
        process_free(child);
        return NULL;
    }
    child->space = space;
    child->credentials = self->credentials;
    signal_copy(child, self);
    child->exit_signal = exit_signal;
    memcpy(child->name, self->name, sizeof(child->name));
    thread_copy_user_state(&child->thread);
    child->thread.root = space->pagetable.root;

    struct trap_frame *start = process_frame(child);
    *start = *frame;
    start->rax = 0;
    start->rsp = stack ? stack : frame->rsp;
    start->vector = TRAP_RESTORE;
    return child;
}

int process_vfork(const struct trap_frame *frame, vaddr_t stack, int exit_signal)
{
    struct process *self = process_current();
    struct process *child = make_child(self->space, frame, stack, exit_signal);
    bool borrowing = true;

    if (!child)
        return -ENOMEM;
    space_get(self->space);
    child->borrowing = &borrowing;
    int pid = child->pid;
    thread_wake(&child->thread);
    wait_until(&self->family, !borrowing || signal_is_fatal(self));
    if (borrowing)
        child->borrowing = NULL; /* it has not ended: it would have said so */
    return pid;
}

int process_fork(const struct trap_frame *frame, vaddr_t stack, int exit_signal)
{
    struct space *space = space_clone(process_current()->space);

    if (!space)
        return -ENOMEM;
    struct process *child = make_child(space, frame, stack, exit_signal);
    if (!child) {
        space_put(space);
        return -ENOMEM;
    }
    int pid = child->pid;
    thread_wake(&child->thread);
    return pid;
}
