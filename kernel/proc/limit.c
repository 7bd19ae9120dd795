/*
 * proc/limit.c - resource limits: kept here, enforced where the resource is handed out
 *
 * Descriptors are counted by the table of open files, queued signals by signal.c, processes of a
 * user by fork.c, processor time by alarm.c, the size of files by fs/tmpfs.c, which look here or are
 * told by limit_apply(). Not enforced: RSS, LOCKS, MSGQUEUE, NICE, RTPRIO and RTTIME, whose resources do
 * not exist here.
 *
 * Source  getrlimit(2); Linux, include/asm-generic/resource.h
 */
#include "proc/limit.h"

#include <asm/errno.h>

#include "fs/tmpfs.h"
#include "proc/alarm.h"
#include "proc/process.h"

#define UNLIMITED RLIM64_INFINITY
#define NR_OPEN   1048576 /* /proc/sys/fs/nr_open: root cannot go past it either */

static const struct limit defaults[RLIM_NLIMITS] = {
    [RLIMIT_CPU] = {UNLIMITED, UNLIMITED},
    [RLIMIT_FSIZE] = {UNLIMITED, UNLIMITED},
    [RLIMIT_DATA] = {UNLIMITED, UNLIMITED},
    [RLIMIT_STACK] = {_STK_LIM, UNLIMITED},
    [RLIMIT_CORE] = {0, UNLIMITED},
    [RLIMIT_RSS] = {UNLIMITED, UNLIMITED},
    [RLIMIT_NPROC] = {PID_MAX / 2, PID_MAX / 2},
    [RLIMIT_NOFILE] = {1024, 4096},
    [RLIMIT_MEMLOCK] = {MLOCK_LIMIT, MLOCK_LIMIT},
    [RLIMIT_AS] = {UNLIMITED, UNLIMITED},
    [RLIMIT_LOCKS] = {UNLIMITED, UNLIMITED},
    [RLIMIT_SIGPENDING] = {SIGNALS_QUEUED_MAX, SIGNALS_QUEUED_MAX},
    [RLIMIT_MSGQUEUE] = {819200, 819200},
    [RLIMIT_NICE] = {0, 0},
    [RLIMIT_RTPRIO] = {0, 0},
    [RLIMIT_RTTIME] = {UNLIMITED, UNLIMITED},
};
static_assert(sizeof(struct limit) == sizeof(struct rlimit64), "prlimit64(2)");

void limit_init(struct process *process)
{
    for (size_t i = 0; i < RLIM_NLIMITS; i++)
        process->limits[i] = defaults[i];
    limit_apply(process);
}

struct memory_limits limit_memory(const struct process *process)
{
    const struct limit *limits = process->limits, *data = &limits[RLIMIT_DATA];

    return (struct memory_limits){
        .as = limits[RLIMIT_AS].soft,
        .data = data->soft ? data->soft : data->hard,
        .brk = data->soft,
        .stack = limits[RLIMIT_STACK].soft,
        .memlock = process->credentials.euid == 0 ? UNLIMITED : limits[RLIMIT_MEMLOCK].soft,
    };
}

void limit_apply(struct process *process)
{
    process->files.nr_max = process->limits[RLIMIT_NOFILE].soft;
    if (process->space)
        process->space->limits = limit_memory(process);
}

/* The kernel's own threads, and its tests, have none. */
uint64_t fs_size_limit(void)
{
    return thread_current()->fpu ? process_current()->limits[RLIMIT_FSIZE].soft : UNLIMITED;
}

/* Another's limits are for root, and for who is that user and group in every respect. */
static bool may_touch(const struct process *target)
{
    const struct process *self = process_current();
    const struct credentials *from = &self->credentials, *to = &target->credentials;

    if (target == self || from->euid == 0)
        return true;
    return from->uid == to->uid && from->uid == to->euid && from->uid == to->suid &&
           from->gid == to->gid && from->gid == to->egid && from->gid == to->sgid;
}

int limit_change(struct process *process, unsigned resource, const struct limit *new,
                 struct limit *old)
{
    if (!may_touch(process))
        return -EPERM;
    if (resource >= RLIM_NLIMITS)
        return -EINVAL;
    struct limit *place = &process->limits[resource];
    if (new &&new->soft > new->hard)
        return -EINVAL;
    if (new &&resource == RLIMIT_NOFILE &&new->hard > NR_OPEN)
        return -EPERM;
    if (new &&new->hard > place->hard && process_current()->credentials.euid != 0)
        return -EPERM;
    if (old)
        *old = *place;
    if (new) {
        *place = *new;
        limit_apply(process);
        if (resource == RLIMIT_CPU)
            alarm_limit(process);
    }
    return 0;
}
