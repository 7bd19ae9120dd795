/*
 * arch/spinlock.h - locks for a few instructions, interrupts off while held
 *
 * One processor runs today, so that a lock that is taken already is a deadlock and asserts.
 */
#ifndef ARCH_SPINLOCK_H
#define ARCH_SPINLOCK_H

#include "arch/cpu.h"
#include "arch/percpu.h"
#include "lib/assert.h"

struct spinlock {
    bool held;
};

/* Returns the interrupt state, to be handed to spin_unlock(). */
static inline uint64_t spin_lock(struct spinlock *lock)
{
    uint64_t flags = irq_save();

    ASSERT(!lock->held);
    lock->held = true;
    percpu_count_spinlock();
    return flags;
}

static inline void spin_unlock(struct spinlock *lock, uint64_t flags)
{
    ASSERT(lock->held);
    lock->held = false;
    percpu_uncount_spinlock();
    irq_restore(flags);
}

#endif
