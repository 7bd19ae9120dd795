/*
 * sched/thread.c - round robin over one run queue
 *
 * The timer runs only while a thread waits for the processor; a machine with one busy thread, or
 * none, takes no ticks. The kernel itself is preempted only where it sleeps: a slice that ends in
 * kernel mode takes effect on the way back to user mode.
 */
#include "sched/thread.h"

#include "arch/fpu.h"
#include "arch/gdt.h"
#include "arch/timer.h"
#include "arch/trap.h"
#include "lib/assert.h"
#include "sched/load.h"
#include "sched/timeout.h"

/* arch/entry.asm */
void thread_switch_stacks(vaddr_t *save, vaddr_t load);

static struct spinlock lock; /* guards run_queue and every thread's node and state */
static struct list run_queue = LIST_INIT(run_queue);
static struct thread idle_thread;
static uint64_t running_since; /* when the running thread was switched to */
static uint64_t nr_switches;
static bool selectors_loaded; /* a segment register holds a user's selector that is not 0 */

INIT_ONCE void sched_init(void)
{
    list_init(&idle_thread.node);
    idle_thread.root = read_cr3();
    percpu()->thread = &idle_thread;
}

/* What a new thread finds on its stack lies below the place of the user's registers. */
static uint64_t *first_words(vaddr_t stack_top)
{
    return (uint64_t *)(stack_top - sizeof(struct trap_frame));
}

/*
 * The first code of a new thread, entered from switch_to() by the return in thread_switch_stacks().
 */
static void thread_main(void)
{
    struct thread *self = thread_current();
    const uint64_t *words = first_words(self->stack_top);
    void (*entry)(void *) = (void (*)(void *))words[-1];

    percpu()->nr_spinlocks--;
    lock.held = false; /* taken by the thread that switched to this one */
    irq_on();
    entry((void *)words[-2]);
    thread_exit();
}

void thread_init(struct thread *thread, vaddr_t stack_top, void (*entry)(void *), void *argument)
{
    uint64_t *words = first_words(stack_top);

    *thread = (struct thread){.state = THREAD_NEW, .stack_top = stack_top, .slice_ns = SLICE_NS};
    list_init(&thread->node);
    words[-1] = (uint64_t)entry;
    words[-2] = (uint64_t)argument;
    words[-3] = 0; /* where thread_main() would return to: the backtrace ends here */
    words[-4] = (uint64_t)thread_main;
    for (int i = 5; i <= 10; i++)
        words[-i] = 0; /* rbx rbp r12 to r15, popped by thread_switch_stacks() */
    thread->stack_pointer = (vaddr_t)&words[-10];
}

/* The user's selectors, which the kernel does not use itself, stay loaded in kernel mode. */
static void save_selectors(struct thread *thread)
{
    __asm__ volatile("movw %%ds, %0\n\tmovw %%es, %1\n\tmovw %%fs, %2\n\tmovw %%gs, %3"
                     : "=m"(thread->ds), "=m"(thread->es), "=m"(thread->fs), "=m"(thread->gs));
    selectors_loaded = thread->ds | thread->es | thread->fs | thread->gs;
}

/*
 * Loading FS or GS changes its base, so bases follow; the user's GS base waits in KERNEL_GS_BASE.
 */
static void load_selectors(const struct thread *thread)
{
    bool wanted = thread->ds | thread->es | thread->fs | thread->gs;

    if (wanted || selectors_loaded) {
        __asm__ volatile("movl %0, %%ds\n\tmovl %1, %%es\n\tmovl %2, %%fs\n\t"
                         "swapgs\n\tmovl %3, %%gs\n\tswapgs"
                         :
                         : "r"((uint32_t)thread->ds), "r"((uint32_t)thread->es),
                           "r"((uint32_t)thread->fs), "r"((uint32_t)thread->gs)
                         : "memory");
        selectors_loaded = wanted;
    }
    wrmsr(MSR_FS_BASE, thread->fs ? 0 : thread->fs_base);
    wrmsr(MSR_KERNEL_GS_BASE, thread->gs ? 0 : thread->gs_base);
}

/* Lock held. Threads that run or wait to, the idle one not among them. */
static size_t count_ready(void)
{
    size_t nr = thread_current() != &idle_thread;

    list_for_each (node, &run_queue)
        nr++;
    return nr;
}

/* Lock held. Returns when somebody switches back. */
static void switch_to(struct thread *next)
{
    struct thread *prev = thread_current();
    struct percpu *cpu = percpu();

    cpu->work &= ~WORK_RESCHEDULE;
    if (!list_empty(&run_queue) && next != &idle_thread)
        timeout_arm_slice(next->slice_ns);
    if (next == prev)
        return;
    uint64_t now = timer_now_ns();
    prev->run_ns += now - running_since;
    running_since = now;
    nr_switches++;
    if (unlikely(now >= load_next_ns))
        load_sample(now, prev == &idle_thread ? 0 : count_ready());
    if (prev->state == THREAD_READY)
        prev->nr_preempted++;
    else
        prev->nr_yields++;
    if (unlikely(prev->timed || next->timed))
        process_time_switch(prev, next);
    if (prev->fpu) {
        fpu_save(prev->fpu);
        save_selectors(prev);
    }
    if (next->fpu) {
        fpu_restore(next->fpu);
        load_selectors(next);
    }
    if (next->root != read_cr3())
        write_cr3(next->root);
    cpu->thread = next;
    cpu->kernel_stack = next->stack_top;
    cpu->work = (cpu->work & ~(WORK_SIGNAL | WORK_FILES)) | next->due |
                (next->interrupted ? WORK_SIGNAL : 0);
    tss_set_kernel_stack(next->stack_top);
    thread_switch_stacks(&prev->stack_pointer, next->stack_pointer);
}

static struct thread *take_first(void)
{
    if (list_empty(&run_queue))
        return NULL;
    struct thread *first = container_of(run_queue.next, struct thread, node);
    list_remove(&first->node);
    return first;
}

/* Lock held. */
static void make_ready(struct thread *thread)
{
    thread->state = THREAD_READY;
    if (thread == thread_current())
        return;
    if (list_empty(&run_queue))
        timeout_arm_slice(thread_current()->slice_ns);
    list_append(&run_queue, &thread->node);
}

void thread_start(struct thread *thread)
{
    uint64_t flags = spin_lock(&lock);

    make_ready(thread);
    spin_unlock(&lock, flags);
}

void thread_wake(struct thread *thread)
{
    uint64_t flags = spin_lock(&lock);

    if (thread->state == THREAD_BLOCKED)
        make_ready(thread);
    spin_unlock(&lock, flags);
}

void thread_prepare_block(void)
{
    uint64_t flags = spin_lock(&lock);

    thread_current()->state = THREAD_BLOCKED;
    spin_unlock(&lock, flags);
}

void thread_cancel_block(void)
{
    uint64_t flags = spin_lock(&lock);

    thread_current()->state = THREAD_READY;
    spin_unlock(&lock, flags);
}

void thread_block(void)
{
    uint64_t flags = spin_lock(&lock);

    ASSERT(percpu()->nr_spinlocks == 1);
    if (thread_current()->state == THREAD_BLOCKED) {
        struct thread *next = take_first();
        switch_to(next ? next : &idle_thread);
    }
    spin_unlock(&lock, flags);
}

bool thread_sleep_until(uint64_t deadline)
{
    struct thread *self = thread_current();
    struct timeout timeout;

    timeout_start_wake(&timeout, deadline);
    thread_prepare_block();
    while (!self->interrupted && timer_now_ns() < deadline) {
        thread_block();
        thread_prepare_block();
    }
    thread_cancel_block();
    timeout_cancel(&timeout);
    return timer_now_ns() >= deadline;
}

void thread_yield(void)
{
    uint64_t flags = spin_lock(&lock);
    struct thread *self = thread_current(), *next = take_first();

    percpu()->work &= ~WORK_RESCHEDULE;
    if (next) {
        list_append(&run_queue, &self->node);
        switch_to(next);
    }
    spin_unlock(&lock, flags);
}

uint64_t thread_run_ns(const struct thread *thread)
{
    return thread->run_ns + (thread == thread_current() ? timer_now_ns() - running_since : 0);
}

struct sched_totals sched_totals(void)
{
    uint64_t flags = spin_lock(&lock), now = timer_now_ns();
    struct sched_totals totals = {nr_switches, thread_run_ns(&idle_thread), count_ready(), {0}};

    if (now >= load_next_ns)
        load_sample(now, totals.nr_ready);
    for (size_t i = 0; i < ARRAY_SIZE(totals.load); i++)
        totals.load[i] = load_averages[i];
    spin_unlock(&lock, flags);
    return totals;
}

void thread_exit(void)
{
    (void)spin_lock(&lock);
    struct thread *next = take_first();
    thread_current()->state = THREAD_DEAD;
    switch_to(next ? next : &idle_thread);
    __builtin_unreachable();
}

bool thread_is_dead(const struct thread *thread)
{
    return thread->state == THREAD_DEAD && thread != thread_current();
}

void thread_set_root(paddr_t root)
{
    uint64_t flags = irq_save();

    thread_current()->root = root;
    write_cr3(root);
    irq_restore(flags);
}

void thread_set_fs_base(uint64_t base)
{
    struct thread *self = thread_current();
    uint64_t flags = irq_save();

    save_selectors(self);
    self->fs = 0;
    self->fs_base = base;
    load_selectors(self);
    irq_restore(flags);
}

void thread_set_gs_base(uint64_t base)
{
    struct thread *self = thread_current();
    uint64_t flags = irq_save();

    save_selectors(self);
    self->gs = 0;
    self->gs_base = base;
    load_selectors(self);
    irq_restore(flags);
}

void thread_reset_user_state(void)
{
    struct thread *self = thread_current();
    uint64_t flags = irq_save();

    save_selectors(self);
    self->ds = self->es = self->fs = self->gs = 0;
    self->fs_base = self->gs_base = 0;
    load_selectors(self);
    fpu_reset(self->fpu);
    fpu_restore(self->fpu);
    irq_restore(flags);
}

void thread_copy_user_state(struct thread *to)
{
    struct thread *self = thread_current();
    uint64_t flags = irq_save();

    fpu_save(to->fpu);
    save_selectors(self);
    to->ds = self->ds;
    to->es = self->es;
    to->fs = self->fs;
    to->gs = self->gs;
    to->fs_base = self->fs_base;
    to->gs_base = self->gs_base;
    to->root = self->root;
    irq_restore(flags);
}

void timer_expired(void)
{
    timeout_run();
    if (!list_empty(&run_queue))
        percpu()->work |= WORK_RESCHEDULE;
}

void sched_idle(void)
{
    for (;;) {
        uint64_t flags = spin_lock(&lock);
        struct thread *next = take_first();
        if (next)
            switch_to(next);
        spin_unlock(&lock, flags);
        irq_off();
        if (list_empty(&run_queue))
            cpu_wait_for_irq();
        irq_on();
    }
}
