/*
 * arch/percpu.h - data of this processor, reached through GS
 */
#ifndef ARCH_PERCPU_H
#define ARCH_PERCPU_H

#include "lib/types.h"

struct thread;

/* The first four fields are known to entry.asm by offset. */
struct percpu {
    struct percpu *self;
    vaddr_t kernel_stack;  /* upper end of the running thread's stack */
    uint64_t user_rsp;     /* scratch of the system call entry */
    uint64_t work;         /* not 0: user_work() must run before user mode */
    struct thread *thread; /* the running thread */
    unsigned nr_spinlocks; /* held by this processor, each with interrupts off */
};
static_assert(offsetof(struct percpu, work) == 24, "entry.asm");

static inline struct percpu *percpu(void)
{
    struct percpu *self;
    __asm__("movq %%gs:0, %0" : "=r"(self));
    return self;
}

/* The running thread, straight from GS; not `volatile`: it is constant for whoever asks. */
static inline struct thread *thread_current(void)
{
    struct thread *thread;
    __asm__("movq %%gs:%c1, %0" : "=r"(thread) : "i"(offsetof(struct percpu, thread)));
    return thread;
}

/* One more, or one less, spinlock is held: one instruction, straight through GS. */
static inline void percpu_count_spinlock(void)
{
    __asm__ volatile("incl %%gs:%c0" : : "i"(offsetof(struct percpu, nr_spinlocks)) : "memory");
}

static inline void percpu_uncount_spinlock(void)
{
    __asm__ volatile("decl %%gs:%c0" : : "i"(offsetof(struct percpu, nr_spinlocks)) : "memory");
}

/* Make GS point to this processor's data. */
void percpu_init(void);

#endif
