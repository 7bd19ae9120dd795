/*
 * sys/futex.c - futex(2) and the lists of robust mutexes
 *
 * Not here: FUTEX_FD, and those with priority inheritance.
 */
#include <asm/errno.h>
#include <linux/futex.h>
#include <string.h>

#include "arch/timer.h"
#include "dev/clock.h"
#include "mm/usercopy.h"
#include "proc/futex.h"
#include "sched/wait.h"
#include "sys/syscall.h"
#include "sys/time.h"

static int64_t wait_to(const struct restart *how)
{
    int result = futex_wait(how->address, how->shared, how->value, how->bitset, how->deadline);

    if (result != -EINTR)
        return result;
    if (how->deadline == NEVER)
        return -ERESTARTSYS;
    task_current()->restart = *how;
    return -ERESTART_RESTARTBLOCK;
}

int64_t futex_restart(const struct restart *restart)
{
    const struct restart how = *restart;

    return wait_to(&how);
}

/* FUTEX_WAIT has a time from now on, FUTEX_WAIT_BITSET one of a clock. */
static int64_t get_deadline(unsigned operation, vaddr_t from, uint64_t *deadline)
{
    uint64_t ns, now = timer_now_ns();
    int error = from ? time_from_user(from, &ns) : 0;

    *deadline = NEVER;
    if (error || !from)
        return error;
    if ((operation & FUTEX_CMD_MASK) == FUTEX_WAIT)
        ns = ns > INT64_MAX - now ? NEVER : now + ns;
    else if (operation & FUTEX_CLOCK_REALTIME)
        ns = now + ns - MIN(ns, clock_realtime_ns());
    *deadline = ns;
    return 0;
}

int64_t sys_futex(struct trap_frame *frame)
{
    unsigned operation = (unsigned)frame->rsi, command = operation & FUTEX_CMD_MASK;
    bool shared = !(operation & FUTEX_PRIVATE_FLAG);
    uint32_t value = (uint32_t)frame->rdx, bitset = (uint32_t)frame->r9;
    uint32_t expected = (uint32_t)frame->r9;
    vaddr_t address = frame->rdi;
    uint64_t deadline;
    int64_t error;

    if (operation & FUTEX_CLOCK_REALTIME && command != FUTEX_WAIT_BITSET)
        return -ENOSYS;
    if (command == FUTEX_WAIT || command == FUTEX_WAKE)
        bitset = FUTEX_ANY;
    switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
        error = bitset ? get_deadline(operation, frame->r10, &deadline) : -EINVAL;
        return error ? error
                     : wait_to(&(struct restart){.kind = RESTART_FUTEX,
                                                 .deadline = deadline,
                                                 .address = address,
                                                 .shared = shared,
                                                 .value = value,
                                                 .bitset = bitset});
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        return bitset ? futex_wake(address, shared, (int)value, bitset) : -EINVAL;
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
        if ((int32_t)value < 0 || (int32_t)frame->r10 < 0)
            return -EINVAL;
        return futex_requeue(address, shared, value, (uint32_t)frame->r10, frame->r8,
                             command == FUTEX_CMP_REQUEUE ? &expected : NULL);
    case FUTEX_WAKE_OP:
        return futex_wake_op(address, shared, (int)value, frame->r8, (int)frame->r10, expected);
    default:
        return -ENOSYS;
    }
}

int64_t sys_set_robust_list(struct trap_frame *frame)
{
    if (frame->rsi != sizeof(struct robust_list_head))
        return -EINVAL;
    task_current()->robust_list = frame->rdi;
    return 0;
}

int64_t sys_get_robust_list(struct trap_frame *frame)
{
    const struct task *task = (int)frame->rdi ? task_find((int)frame->rdi) : task_current();
    const size_t len = sizeof(struct robust_list_head);

    if (!task)
        return -ESRCH;
    if (process_check_trace(task->process->serial) < 0)
        return -EPERM;
    const vaddr_t list = task->robust_list; /* the task may end while this is written */
    if (copy_to_user(frame->rdx, &len, sizeof(len)) < 0)
        return -EFAULT;
    return copy_to_user(frame->rsi, &list, sizeof(list));
}
