/*
 * proc/stack.c - kernel stacks, one per process
 *
 * A stack takes one slot of KERNEL_STACKS. Slots are twice the size of a stack: the lower half is never
 * mapped, so that an overflow faults (and, having no stack left, double faults) at once.
 */
#include "proc/stack.h"

#include <asm/errno.h>

#include "arch/spinlock.h"
#include "mm/kernel_map.h"

#define SLOT       (2 * KERNEL_STACK_SIZE)
#define MAX_STACKS 4096UL

static struct spinlock lock;
static uint64_t used[MAX_STACKS / 64]; /* a bit per slot; guarded by lock */

/* The lowest unused slot, taken; MAX_STACKS if all are used. */
static size_t take_slot(void)
{
    uint64_t flags = spin_lock(&lock);
    size_t slot = MAX_STACKS;

    for (size_t word = 0; word < ARRAY_SIZE(used); word++) {
        if (~used[word]) {
            unsigned bit = (unsigned)__builtin_ctzl(~used[word]);
            used[word] |= 1UL << bit;
            slot = word * 64 + bit;
            break;
        }
    }
    spin_unlock(&lock, flags);
    return slot;
}

static void release_slot(size_t slot)
{
    uint64_t flags = spin_lock(&lock);

    used[slot / 64] &= ~(1UL << slot % 64);
    spin_unlock(&lock, flags);
}

int kernel_stack_alloc(vaddr_t *top)
{
    size_t slot = take_slot();

    if (slot == MAX_STACKS)
        return -EAGAIN;
    *top = KERNEL_STACKS + (slot + 1) * SLOT;
    int error = kernel_map_pages(*top - KERNEL_STACK_SIZE, *top);
    if (error)
        release_slot(slot);
    return error;
}

void kernel_stack_free(vaddr_t top)
{
    kernel_unmap_pages(top - KERNEL_STACK_SIZE, top);
    release_slot((top - KERNEL_STACKS) / SLOT - 1);
}
