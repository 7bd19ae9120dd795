/*
 * sys/shm.c - shared memory of System V: shmget(2), shmop(2), shmctl(2)
 */
#include "proc/shm.h"

#include <asm/errno.h>

#include "mm/usercopy.h"
#include "sys/syscall.h"

int64_t sys_shmget(struct trap_frame *frame)
{
    unsigned flags = (unsigned)frame->rdx;

    if (flags & SHM_HUGETLB)
        return -EINVAL; /* what a kernel without huge pages says */
    return shm_find((int32_t)frame->rdi, frame->rsi, flags);
}

int64_t sys_shmat(struct trap_frame *frame)
{
    return shm_attach((int)frame->rdi, frame->rsi, (unsigned)frame->rdx);
}

int64_t sys_shmdt(struct trap_frame *frame)
{
    return shm_detach(frame->rdi);
}

/* IPC_STAT, SHM_STAT, SHM_STAT_ANY: by number or by index, which then gives the number. */
static int64_t get_status(int id, int command, vaddr_t to)
{
    struct shmid64_ds status;
    int result = command == IPC_STAT ? shm_status(id, &status)
                                     : shm_status_at(id, command == SHM_STAT_ANY, &status);

    if (result < 0)
        return result;
    return copy_to_user(to, &status, sizeof(status)) < 0 ? -EFAULT : result;
}

static int64_t set_owner(int id, vaddr_t from)
{
    struct shmid64_ds wanted;

    if (copy_from_user(&wanted, from, sizeof(wanted)) < 0)
        return -EFAULT;
    return shm_change(id, &wanted.shm_perm);
}

static int64_t get_limits(vaddr_t to)
{
    const struct shminfo64 limits = {.shmmax = SHM_SIZE_MAX,
                                     .shmmin = 1,
                                     .shmmni = SHM_NR_MAX,
                                     .shmseg = SHM_NR_MAX,
                                     .shmall = SHM_SIZE_MAX};
    struct shm_info info;
    int highest = shm_info(&info);

    return copy_to_user(to, &limits, sizeof(limits)) < 0 ? -EFAULT : highest;
}

static int64_t get_info(vaddr_t to)
{
    struct shm_info info;
    int highest = shm_info(&info);

    return copy_to_user(to, &info, sizeof(info)) < 0 ? -EFAULT : highest;
}

int64_t sys_shmctl(struct trap_frame *frame)
{
    int id = (int)frame->rdi, command = (int)frame->rsi;
    vaddr_t buffer = frame->rdx;

    if (id < 0 || command < 0)
        return -EINVAL;
    switch (command) {
    case IPC_STAT:
    case SHM_STAT:
    case SHM_STAT_ANY:
        return get_status(id, command, buffer);
    case IPC_SET:
        return set_owner(id, buffer);
    case IPC_RMID:
        return shm_remove(id);
    case SHM_LOCK:
    case SHM_UNLOCK:
        return shm_lock(id, command == SHM_LOCK);
    case IPC_INFO:
        return get_limits(buffer);
    case SHM_INFO:
        return get_info(buffer);
    default:
        return -EINVAL;
    }
}
