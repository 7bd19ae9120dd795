/*
 * sys/process_vm.c - process_vm_readv(2), process_vm_writev(2): from one process's memory to another's
 *
 * A page at a time by way of the kernel. What was copied before something could not be counts.
 */
#include <asm/errno.h>

#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"
#include "sys/vector.h"

enum direction { READ, WRITE };

/* Copy between `local` and len bytes of a page of the other space. How many bytes; 0: -EFAULT. */
static size_t copy_piece(struct vector *local, struct space *space, vaddr_t va, void *buffer,
                         size_t len, enum direction direction)
{
    if (direction == READ)
        return space_read(space, va, buffer, len) < 0 ? 0 : vector_write(local, buffer, len);
    len = vector_read(local, buffer, len);
    return len == 0 || space_write(space, va, buffer, len) < 0 ? 0 : len;
}

/* Until `local` or the pieces of the other are used up. Bytes copied, or -EFAULT. */
static int64_t copy_all(struct vector *local, struct space *space, const struct iovec *remote,
                        size_t nr, void *buffer, enum direction direction)
{
    size_t done = 0;

    for (size_t i = 0; i < nr; i++) {
        vaddr_t va = (vaddr_t)remote[i].iov_base;
        for (size_t left = MIN(remote[i].iov_len, local->len); left;) {
            size_t piece = MIN(left, PAGE_SIZE - va % PAGE_SIZE);
            size_t n = copy_piece(local, space, va, buffer, piece, direction);
            done += n;
            if (n < piece)
                return done ? (int64_t)done : -EFAULT;
            va += n;
            left -= n;
            if (thread_pause_point())
                return (int64_t)done;
        }
    }
    return (int64_t)done;
}

/* The space of a task's process, with a reference. 0; -ESRCH, -EPERM. */
static int find_space(int tid, struct space **space)
{
    const struct task *task = task_find(tid);

    if (!task || !task->process->space)
        return -ESRCH;
    if (process_check_trace(task->process->serial) < 0)
        return -EPERM;
    *space = task->process->space;
    space_get(*space);
    return 0;
}

static int64_t copy_with(int tid, struct vector *local, const struct iovec *remote, size_t nr,
                         enum direction direction)
{
    struct space *space;
    size_t wanted = 0;

    for (size_t i = 0; i < nr; i++)
        wanted |= remote[i].iov_len;
    if (!wanted || !local->len)
        return 0;
    int64_t result = find_space(tid, &space);
    if (result)
        return result;
    void *buffer = kmalloc(PAGE_SIZE);
    result = buffer ? copy_all(local, space, remote, nr, buffer, direction) : -ENOMEM;
    kfree(buffer);
    space_put(space);
    return result;
}

static int64_t transfer(const struct trap_frame *frame, enum direction direction)
{
    size_t nr_local = frame->rdx, nr_remote = frame->r8;
    struct iovec *pieces, *remote;
    struct vector local;

    if (frame->r9)
        return -EINVAL;
    int64_t result = user_pieces_copy(frame->rsi, nr_local, &pieces);
    if (result)
        return result;
    result = user_vector(pieces, nr_local, &local);
    if (!result && local.len) {
        result = user_pieces_copy(frame->r10, nr_remote, &remote);
        if (!result) {
            result = copy_with((int)frame->rdi, &local, remote, nr_remote, direction);
            kfree(remote);
        }
    }
    kfree(pieces);
    return result;
}

int64_t sys_process_vm_readv(struct trap_frame *frame)
{
    return transfer(frame, READ);
}

int64_t sys_process_vm_writev(struct trap_frame *frame)
{
    return transfer(frame, WRITE);
}
