/*
 * sched/thread.h - threads, and which of them runs
 *
 * A thread is a kernel stack, the registers of user mode that the kernel does not touch, and the
 * root of its page tables. It allocates nothing and knows no process: proc/ hands it both stacks.
 */
#ifndef SCHED_THREAD_H
#define SCHED_THREAD_H

#include "arch/percpu.h"
#include "arch/spinlock.h"
#include "lib/list.h"
#include "lib/types.h"

#define SLICE_NS 10000000UL /* 10 ms: what thread_init() gives */

enum thread_state {
    THREAD_NEW,     /* does not run before thread_start(), whoever wakes it */
    THREAD_READY,   /* runs, or waits in the run queue */
    THREAD_BLOCKED, /* until thread_wake() */
    THREAD_DEAD,    /* never runs again; its stack may be freed */
};

struct thread {
    struct list
        node; /* in the run queue while ready and not running. Protected by the scheduler's lock */
    enum thread_state state; /* Protected by the scheduler's lock */
    bool killed;      /* it is to end, and long work need not be done: set with interrupted */
    bool interrupted; /* a sleep that may be interrupted ends at once: set by proc/, any context */
    bool timed;       /* process_time_switch() is told when it runs */
    uint64_t due;     /* WORK_FILES, or 0: what it has to do before user mode. Its own */

    vaddr_t stack_pointer; /* of the kernel stack, while not running */
    vaddr_t stack_top;     /* Constant after thread_init() */
    paddr_t root;          /* page tables; the thread itself and exec change it */

    void *fpu;                 /* user threads: fpu_state_size() bytes; NULL for the idle thread */
    uint64_t fs_base, gs_base; /* user mode's, where the selector is 0 */
    uint16_t ds, es, fs, gs;   /* user mode's selectors, while not running */
    uint64_t slice_ns;         /* it runs so long when others wait */
    uint64_t run_ns;           /* processor time used, up to the last switch away */
    uint64_t nr_yields;        /* switches away because it slept */
    uint64_t nr_preempted;     /* ... because others were to run */
    uint64_t held_locks;       /* bit n: holds a mutex of rank n (mutex.h). Its own */
    unsigned fail_nth;         /* allocations to the one that shall fail; 0: none (sched/fail.h) */
};

/*
 * Upward call, defined in proc/: a thread that is timed gets the processor, or leaves it. Interrupts off; the
 * lock of the scheduler is held.
 */
void process_time_switch(struct thread *prev, struct thread *next);

/* Make the caller, on the boot stack, the idle thread of this processor. */
void sched_init(void);

/*
 * Prepare a thread that will call entry(argument) on the given stack with interrupts on. It does
 * not run before thread_start(). All other fields are zero; the caller fills root and fpu.
 */
void thread_init(struct thread *thread, vaddr_t stack_top, void (*entry)(void *), void *argument);

/* A new thread may run from now on. */
void thread_start(struct thread *thread);

/* If the thread is blocked, put it in the run queue. Any context. */
void thread_wake(struct thread *thread);

/*
 * Sleep until thread_wake(). To miss none, the caller sets THREAD_BLOCKED by thread_prepare_block()
 * before it looks at what it waits for, and calls thread_block() only if that has not come yet;
 * if it has, thread_cancel_block().
 */
void thread_prepare_block(void);
void thread_cancel_block(void);
void thread_block(void);

/*
 * Sleep to a deadline in nanoseconds of timer_now_ns(); NEVER of timeout.h: there is none.
 *
 * Returns  true; false: a signal came first
 */
MUST_CHECK bool thread_sleep_until(uint64_t deadline);

/* Let others run, if there are any. */
void thread_yield(void);

/* The running thread ends. Its stack is free for reuse once thread_is_dead() says so. */
NORETURN void thread_exit(void);

/* Whether the thread has run its last instruction. */
bool thread_is_dead(const struct thread *thread);

/* The running thread now uses these page tables. */
void thread_set_root(paddr_t root);

/* Set a segment base of the running thread's user mode; the selector becomes 0. */
void thread_set_fs_base(uint64_t base);
void thread_set_gs_base(uint64_t base);

/* Segments and vector registers of the running thread as a program finds them at its start. */
void thread_reset_user_state(void);

/* Processor time that a thread has used, in nanoseconds. */
uint64_t thread_run_ns(const struct thread *thread);

/*
 * Give a thread that has not run yet the running one's page tables, segments and vector registers.
 */
void thread_copy_user_state(struct thread *to);

/* What this processor has done. */
struct sched_totals {
    uint64_t nr_switches;
    uint64_t idle_ns; /* time nobody wanted */
    size_t nr_ready;  /* threads that run or wait to */
    uint64_t load[3]; /* see load.h */
};
struct sched_totals sched_totals(void);

/* What the idle thread does for ever: run whoever is ready, else wait for an interrupt. */
NORETURN void sched_idle(void);

/* percpu.work bits */
#define WORK_RESCHEDULE (1UL << 0)
#define WORK_SIGNAL     (1UL << 1) /* of the running thread: it is interrupted */
#define WORK_FILES      (1UL << 2) /* ... its call has used files that it must give back */

/*
 * A place in a long loop of the kernel where others may run, if their time has come. Returns true
 * if the loop should end early because a signal waits. No lock is held.
 */
static inline bool thread_pause_point(void)
{
    if (unlikely(percpu()->work & WORK_RESCHEDULE))
        thread_yield();
    return thread_current()->interrupted;
}

#endif
