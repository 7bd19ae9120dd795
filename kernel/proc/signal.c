/*
 * proc/signal.c - signals: keeping them, waking who takes them, masks and actions
 *
 * A signal is a bit in a pending set, a process's or a task's, with what is known about it beside: one place
 * for each standard signal, a queue for the real-time ones. One for a process is taken by whichever of
 * its tasks does not block it; such a task that sleeps interruptibly is woken for it. What becomes of it then:
 * deliver.c.
 *
 * Invariant: what is ignored is pending only while it is blocked. `interrupted` of a task's thread is
 * set while anything can be delivered to it, and only the task clears it: a call that was interrupted
 * always passes signal_deliver(), even if what interrupted it was taken back.
 *
 * Source  signal(7), sigaction(2); POSIX.1-2017 XSH 2.4
 */
#include "proc/signal.h"

#include <asm/errno.h>
#include <linux/signal.h>
#include <string.h>

#include "lib/log.h"
#include "mm/kheap.h"
#include "proc/alarm.h"
#include "proc/process.h"

#define UNBLOCKABLE (SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))

/* What an instruction causes goes before what others send: its handler must see that instruction. */
#define SYNCHRONOUS                                                                                \
    (SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) |         \
     SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSYS))

#define ACTION_FLAGS                                                                               \
    (SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER |             \
     SA_RESETHAND | SA_EXPOSE_TAGBITS | SA_RESTORER)

static_assert(offsetof(siginfo_t, si_pid) == offsetof(struct signal_info, pid) &&
                  offsetof(siginfo_t, si_uid) == offsetof(struct signal_info, uid) &&
                  offsetof(siginfo_t, si_status) == offsetof(struct signal_info, status) &&
                  offsetof(siginfo_t, si_stime) == offsetof(struct signal_info, stime) &&
                  offsetof(siginfo_t, si_addr) == offsetof(struct signal_info, address),
              "siginfo_t");
static_assert(sizeof(struct sigaction) == sizeof(struct signal_action), "rt_sigaction(2)");

/* A real-time signal that waits. */
struct queued {
    struct list node;
    struct signal_info info;
};

static struct spinlock lock; /* guards pending, blocked and actions of all */

uint64_t signal_pending_set(const struct task *task)
{
    return task->signals.pending.set | task->process->signals.pending.set;
}

static uint64_t deliverable(const struct task *task)
{
    return signal_pending_set(task) & ~task->signals.blocked;
}

static bool has_handler(const struct process *process, int signal)
{
    return process->signals.actions[signal - 1].handler > SIGNAL_IGNORE;
}

/* Process 1 gets only what it has a handler for. */
static bool is_ignored(const struct process *process, int signal)
{
    if (has_handler(process, signal))
        return false;
    return process->signals.actions[signal - 1].handler == SIGNAL_IGNORE ||
           SIGNAL_BIT(signal) & SIGNALS_IGNORED || process->pid == 1;
}

/* The task has to end, or to stop, whatever signals wait. */
static bool is_summoned(const struct task *task)
{
    return task->process->exiting || task->must_end || task->process->state == PROCESS_STOPPED;
}

/* Lock held: make the task notice what can be delivered. True if there is anything. */
static bool notice(struct task *task)
{
    if (!deliverable(task) && !(signal_pending_set(task) & task->signals.waited) &&
        !is_summoned(task))
        return false;
    task->thread.interrupted = true;
    task->thread.killed = signal_is_fatal(task);
    if (&task->thread == thread_current())
        percpu()->work |= WORK_SIGNAL;
    return true;
}

/* Lock held, by the running task itself: notice, or no longer notice. */
static void reconsider(struct task *self)
{
    self->thread.interrupted = self->thread.killed = false;
    percpu()->work &= ~WORK_SIGNAL;
    notice(self);
}

/* Lock held: these are no longer pending. Their queued entries go to `freed`. */
static void drop(struct process *process, struct signal_pending *pending, uint64_t set,
                 struct list *freed)
{
    pending->set &= ~set;
    list_for_each_safe(node, &pending->queue)
    {
        if (!(SIGNAL_BIT(container_of(node, struct queued, node)->info.signo) & set))
            continue;
        list_remove(node);
        list_append(freed, node);
        process->signals.nr_queued--;
    }
}

/* Lock held: the same for a process with all its tasks. */
static void drop_everywhere(struct process *process, uint64_t set, struct list *freed)
{
    drop(process, &process->signals.pending, set, freed);
    for (struct task *task = NULL; (task = task_next(process, task));)
        drop(process, &task->signals.pending, set, freed);
}

static void free_entries(struct list *freed)
{
    list_for_each_safe(node, freed)
    {
        list_remove(node);
        kfree(container_of(node, struct queued, node));
    }
}

void signal_drop_all(struct process *process)
{
    struct list freed = LIST_INIT(freed);
    uint64_t flags = spin_lock(&lock);

    drop(process, &process->signals.pending, ~0UL, &freed);
    spin_unlock(&lock, flags);
    free_entries(&freed);
}

void signal_drop_task(struct task *task)
{
    struct list freed = LIST_INIT(freed);
    uint64_t flags = spin_lock(&lock);

    drop(task->process, &task->signals.pending, ~0UL, &freed);
    spin_unlock(&lock, flags);
    free_entries(&freed);
}

/*
 * Lock held: make it pending. Uses *entry for a real-time signal and then sets it to NULL. Without
 * an entry kill(2) loses what is known about the signal, but not the signal.
 */
static int add(struct process *process, struct signal_pending *pending,
               const struct signal_info *info, struct queued **entry)
{
    uint64_t bit = SIGNAL_BIT(info->signo);

    if (info->signo <= NR_STANDARD_SIGNALS) {
        if (!(pending->set & bit))
            pending->standard[info->signo - 1] = *info;
    } else if (*entry && process->signals.nr_queued < process->limits[RLIMIT_SIGPENDING].soft) {
        (*entry)->info = *info;
        list_append(&pending->queue, &(*entry)->node);
        *entry = NULL;
        process->signals.nr_queued++;
    } else if (info->code != SI_USER) {
        return -EAGAIN;
    }
    pending->set |= bit;
    return 0;
}

/* Lock held: SIGCONT takes back signals that stop, and the other way round. */
static void cancel_opposite(struct process *process, int signal)
{
    struct list none = LIST_INIT(none); /* none of these is queued */

    if (signal == SIGCONT) {
        drop_everywhere(process, SIGNALS_STOP, &none);
        process->continued |= process->state == PROCESS_STOPPED;
    } else if (SIGNAL_BIT(signal) & SIGNALS_STOP) {
        drop_everywhere(process, SIGNAL_BIT(SIGCONT), &none);
    }
}

static void wake_all(struct process *process)
{
    for (struct task *task = NULL; (task = task_next(process, task));)
        thread_wake(&task->thread);
}

static void resume(struct process *process)
{
    if (process->state != PROCESS_STOPPED)
        return;
    process->state = PROCESS_ALIVE;
    wake_all(process);
}

/* Lock held: the task that shall take a signal sent to the process: the leader, or the first that can. */
static struct task *receiver_of(struct process *process, int signal)
{
    uint64_t bit = SIGNAL_BIT(signal);

    for (struct task *task = NULL; (task = task_next(process, task));) {
        if (!(task->signals.blocked & bit) || task->signals.waited & bit)
            return task;
    }
    return NULL;
}

/* Lock held: let others take these of the process's signals, which the running task no longer takes. */
static void retarget(struct process *process, uint64_t set)
{
    for (set &= process->signals.pending.set; set; set &= set - 1) {
        struct task *task = receiver_of(process, __builtin_ctzl(set) + 1);
        if (task && task != task_current() && notice(task))
            thread_wake(&task->thread);
    }
}

void signal_retarget(struct process *process)
{
    uint64_t flags = spin_lock(&lock);

    retarget(process, ~0UL);
    spin_unlock(&lock, flags);
}

void signal_interrupt_self(void)
{
    uint64_t flags = spin_lock(&lock);

    task_current()->thread.interrupted = true;
    percpu()->work |= WORK_SIGNAL;
    spin_unlock(&lock, flags);
}

int signal_queue(struct process *process, struct task *task, const struct signal_info *info)
{
    int signal = info->signo, error = 0;
    struct queued *entry = signal > NR_STANDARD_SIGNALS ? kmalloc(sizeof(*entry)) : NULL;
    uint64_t flags = spin_lock(&lock);

    cancel_opposite(process, signal);
    const struct task *judge = task ? task : process->leader;
    bool wanted = !is_ignored(process, signal) || judge->signals.blocked & SIGNAL_BIT(signal);
    if (wanted && process->state != PROCESS_ZOMBIE && process->state != PROCESS_GONE)
        error =
            add(process, task ? &task->signals.pending : &process->signals.pending, info, &entry);
    struct task *receiver = task ? task : receiver_of(process, signal);
    bool interrupted = receiver && notice(receiver);
    bool was_continued = signal == SIGCONT && process->state == PROCESS_STOPPED;
    spin_unlock(&lock, flags);

    kfree(entry);
    if (signal == SIGCONT || (signal == SIGKILL && process->pid != 1))
        resume(process);
    if (was_continued)
        process_notify_parent(process, SIGCHLD, CLD_CONTINUED, SIGCONT);
    if (interrupted && process->state != PROCESS_STOPPED)
        thread_wake(&receiver->thread);
    return error;
}

void signal_end_task(struct task *task)
{
    uint64_t flags = spin_lock(&lock);

    notice(task);
    spin_unlock(&lock, flags);
    thread_wake(&task->thread);
}

void signal_stop_tasks(struct process *process)
{
    uint64_t flags = spin_lock(&lock);

    for (struct task *task = NULL; (task = task_next(process, task));)
        notice(task);
    spin_unlock(&lock, flags);
    for (struct task *task = NULL; (task = task_next(process, task));) {
        if (task != task_current())
            thread_wake(&task->thread);
    }
}

void signal_send(struct process *process, const struct signal_info *info)
{
    if (signal_queue(process, NULL, info) < 0)
        log_verbose("signal: %d for process %d is lost\n", info->signo, process->pid);
}

bool signal_force(const struct signal_info *info)
{
    struct task *self = task_current();
    struct task_signals *signals = &self->signals;
    uint64_t bit = SIGNAL_BIT(info->signo), flags = spin_lock(&lock);
    bool handled = has_handler(self->process, info->signo) && !(signals->blocked & bit);

    if (handled) {
        signals->pending.standard[info->signo - 1] = *info;
        signals->pending.set |= bit;
        notice(self);
    }
    spin_unlock(&lock, flags);
    return handled;
}

bool signal_is_fatal(const struct task *task)
{
    uint64_t set = deliverable(task) & ~(SIGNALS_IGNORED | SIGNALS_STOP);

    for (; set; set &= set - 1) {
        if (task->process->signals.actions[__builtin_ctzl(set)].handler == SIGNAL_DEFAULT)
            return true;
    }
    return task->process->exiting || task->must_end;
}

/* Lock held: the pending signals that nobody waits for. */
static uint64_t pending_ignored(const struct task *task)
{
    uint64_t ignored = 0;

    for (uint64_t set = deliverable(task); set; set &= set - 1) {
        int signal = __builtin_ctzl(set) + 1;
        if (is_ignored(task->process, signal))
            ignored |= SIGNAL_BIT(signal);
    }
    return ignored;
}

void signal_set_blocked(uint64_t blocked)
{
    struct task *self = task_current();
    struct list freed = LIST_INIT(freed);
    uint64_t flags = spin_lock(&lock);

    uint64_t newly = blocked & ~self->signals.blocked & ~UNBLOCKABLE;
    self->signals.blocked = blocked & ~UNBLOCKABLE;
    if (newly && self->process->nr_tasks > 1)
        retarget(self->process, newly);
    uint64_t ignored = pending_ignored(self);
    drop(self->process, &self->signals.pending, ignored, &freed);
    drop(self->process, &self->process->signals.pending, ignored, &freed);
    reconsider(self);
    spin_unlock(&lock, flags);
    free_entries(&freed);
}

void signal_get_action(int signal, struct signal_action *action)
{
    *action = process_current()->signals.actions[signal - 1];
}

void signal_set_action(int signal, const struct signal_action *action)
{
    struct process *self = process_current();
    struct list freed = LIST_INIT(freed);
    uint64_t flags = spin_lock(&lock);
    struct signal_action *place = &self->signals.actions[signal - 1];

    *place = *action;
    place->flags &= ACTION_FLAGS;
    place->mask &= ~UNBLOCKABLE;
    if (is_ignored(self, signal))
        drop_everywhere(self, SIGNAL_BIT(signal), &freed);
    spin_unlock(&lock, flags);
    free_entries(&freed);
}

void signal_init(struct process *process)
{
    list_init(&process->signals.pending.queue);
}

void signal_init_task(struct task *task)
{
    list_init(&task->signals.pending.queue);
    task->signals.stack.flags = SS_DISABLE;
}

void signal_copy(struct process *child, const struct process *parent)
{
    memcpy(child->signals.actions, parent->signals.actions, sizeof(child->signals.actions));
}

void signal_copy_task(struct task *to, const struct task *from)
{
    to->signals.blocked = from->signals.blocked;
    to->signals.stack = from->signals.stack;
    to->signals.cause = from->signals.cause;
}

void signal_reset_for_exec(struct process *process)
{
    struct signal_state *state = &process->signals;
    uint64_t flags = spin_lock(&lock);

    for (size_t i = 0; i < NR_SIGNALS; i++) {
        struct signal_action *action = &state->actions[i];
        if (action->handler | action->flags | action->restorer | action->mask)
            *action = (struct signal_action){
                .handler = action->handler == SIGNAL_IGNORE ? SIGNAL_IGNORE : SIGNAL_DEFAULT};
    }
    spin_unlock(&lock, flags);
    task_current()->signals.stack.start = task_current()->signals.stack.len = 0;
}

/* The signal of a set that goes first, 0 for none. */
static int first_of(uint64_t set)
{
    if (set & SIGNAL_BIT(SIGKILL))
        return SIGKILL;
    if (set & SYNCHRONOUS)
        set &= SYNCHRONOUS;
    return set ? __builtin_ctzl(set) + 1 : 0;
}

/*
 * Lock held: the oldest of a real-time signal, taken off the queue; its bit stays while others wait.
 */
static struct queued *take_queued(struct process *process, struct signal_pending *pending,
                                  int signal)
{
    struct queued *oldest = NULL;

    pending->set &= ~SIGNAL_BIT(signal);
    list_for_each_safe(node, &pending->queue)
    {
        struct queued *entry = container_of(node, struct queued, node);
        if (entry->info.signo != signal)
            continue;
        if (oldest) {
            pending->set |= SIGNAL_BIT(signal);
            break;
        }
        list_remove(node);
        process->signals.nr_queued--;
        oldest = entry;
    }
    return oldest;
}

/*
 * Lock held: it is no longer pending, of the task's own first. Its entry of the queue, to be freed; NULL if it
 * has none.
 */
static struct queued *take(struct task *self, int signal, struct signal_info *info)
{
    struct signal_pending *own = &self->signals.pending;
    struct signal_pending *pending =
        own->set & SIGNAL_BIT(signal) ? own : &self->process->signals.pending;
    struct queued *entry = NULL;

    if (signal > NR_STANDARD_SIGNALS) {
        entry = take_queued(self->process, pending, signal);
        *info = entry ? entry->info : (struct signal_info){.signo = signal, .code = SI_USER};
    } else {
        *info = pending->standard[signal - 1];
        pending->set &= ~SIGNAL_BIT(signal);
        if (signal == SIGALRM && pending != own)
            alarm_taken(self->process);
    }
    return entry;
}

/* One of a set that is pending, 0 for none. */
static int take_of(struct task *self, uint64_t set, struct signal_info *info)
{
    struct queued *entry = NULL;
    uint64_t flags = spin_lock(&lock);
    int signal = first_of(signal_pending_set(self) & set);

    if (signal)
        entry = take(self, signal, info);
    reconsider(self);
    spin_unlock(&lock, flags);
    kfree(entry);
    return signal;
}

int signal_wait(uint64_t set, uint64_t deadline, struct signal_info *info)
{
    struct task *self = task_current();
    int signal = take_of(self, set &= ~UNBLOCKABLE, info);

    if (signal)
        return signal;
    uint64_t flags = spin_lock(&lock);
    self->signals.waited = set;
    notice(self); /* one that came since */
    spin_unlock(&lock, flags);
    bool passed = thread_sleep_until(deadline);
    flags = spin_lock(&lock);
    self->signals.waited = 0;
    spin_unlock(&lock, flags);
    signal = take_of(self, set, info);
    return signal ? signal : passed ? -EAGAIN : -EINTR;
}

bool signal_take(struct signal_info *info, struct signal_action *action)
{
    struct task *self = task_current();
    struct process *process = self->process;
    struct queued *entry = NULL;
    uint64_t flags = spin_lock(&lock);
    int signal = first_of(deliverable(self));

    if (signal) {
        entry = take(self, signal, info);
        struct signal_action *place = &process->signals.actions[signal - 1];
        *action = *place;
        if (place->flags & SA_RESETHAND && has_handler(process, signal))
            place->handler = SIGNAL_DEFAULT;
    }
    reconsider(self);
    spin_unlock(&lock, flags);
    kfree(entry);
    return signal;
}
