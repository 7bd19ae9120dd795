/*
 * proc/process.c - the table of processes and their tasks
 */
#include "proc/process.h"

#include <asm/errno.h>
#include <string.h>

#include "arch/fpu.h"
#include "arch/timer.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
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

struct process *process_of_task(int tid)
{
    struct process *process = process_find(tid);
    const struct task *task = process ? NULL : task_find(tid);

    return task ? task->process : process;
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

void task_enter_user(void *unused)
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

/* A task of a process, in its list, that does not run yet. 0, -EAGAIN, -ENOMEM. */
static int task_create(struct process *process, int tid, struct task **created)
{
    struct task *task = kzalloc(sizeof(*task));
    void *fpu = task ? kmalloc_aligned(fpu_state_size(), FPU_ALIGN) : NULL;
    vaddr_t stack = 0;
    int error = fpu ? kernel_stack_alloc(&stack) : -ENOMEM;

    if (error) {
        kfree(fpu);
        kfree(task);
        return error;
    }
    thread_init(&task->thread, stack, task_enter_user, NULL);
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
    *created = task;
    return 0;
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
    signal_retarget(process);
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

int task_add(struct process *process, struct task **task)
{
    free_ended();
    int tid = pid_alloc();
    if (!tid)
        return -EAGAIN;
    return task_create(process, tid, task);
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

int process_create(struct process *parent, struct process **created)
{
    process_free_gone();
    int pid = pid_alloc();
    if (!pid)
        return -EAGAIN;
    struct process *process = kzalloc(sizeof(*process));
    if (!process)
        return -ENOMEM;
    list_init(&process->tasks);
    int error = task_create(process, pid, &process->leader);
    if (error) {
        kfree(process);
        return error;
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
    *created = process;
    return 0;
}
