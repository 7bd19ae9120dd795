/*
 * sys/system.c - what is said about the system and the process, random bytes
 */
#include <asm/errno.h>
#include <linux/personality.h>
#include <linux/prctl.h>
#include <linux/random.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>
#include <string.h>

#include "arch/timer.h"
#include "dev/random.h"
#include "lib/log.h"
#include "lib/version.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sched/load.h"
#include "sched/thread.h"
#include "sys/syscall.h"

#define NS_PER_S     1000000000UL
#define LOG_PIECE    256
#define RANDOM_PIECE 256UL
#define RANDOM_MAX   0x7ffff000UL /* the most one call gives, as of read(2) */

int64_t sys_uname(struct trap_frame *frame)
{
    static const struct new_utsname name = {
        .sysname = SYSTEM_NAME,
        .nodename = SYSTEM_NODE,
        .release = SYSTEM_RELEASE,
        .version = SYSTEM_VERSION,
        .machine = SYSTEM_MACHINE,
        .domainname = "(none)",
    };

    return copy_to_user(frame->rdi, &name, sizeof(name));
}

int64_t sys_sysinfo(struct trap_frame *frame)
{
    struct sched_totals totals = sched_totals();
    struct sysinfo info = {
        .uptime = (int64_t)(timer_now_ns() / NS_PER_S),
        .totalram = frame_buddy.nr_managed << PAGE_SHIFT,
        .freeram = frame_nr_free() << PAGE_SHIFT,
        .sharedram = object_nr_all_pages << PAGE_SHIFT,
        .mem_unit = 1,
    };

    for (size_t i = 0; i < ARRAY_SIZE(totals.load); i++)
        info.loads[i] = totals.load[i] << (SI_LOAD_SHIFT - LOAD_SHIFT);
    for (const struct process *p = NULL; (p = process_next(p));)
        info.procs++;
    return copy_to_user(frame->rdi, &info, sizeof(info));
}

/* What syslog(2) is asked for. */
enum {
    SYSLOG_CLOSE = 0,
    SYSLOG_OPEN = 1,
    SYSLOG_READ_ALL = 3,
    SYSLOG_READ_CLEAR = 4,
    SYSLOG_CLEAR = 5,
    SYSLOG_SIZE_BUFFER = 10,
};

/* The log as far as it is kept; the console's level is not here, nor is waiting for more. */
int64_t sys_syslog(struct trap_frame *frame)
{
    int action = (int)frame->rdi, len = (int)frame->rdx;
    bool reads = action == SYSLOG_READ_ALL || action == SYSLOG_READ_CLEAR;
    char piece[LOG_PIECE];
    int64_t done = 0;

    if (process_current()->credentials.euid != 0 && action != SYSLOG_READ_ALL &&
        action != SYSLOG_SIZE_BUFFER)
        return -EPERM;
    if (action == SYSLOG_SIZE_BUFFER)
        return LOG_KEPT;
    if (reads && (!frame->rsi || len < 0))
        return -EINVAL;
    if (!reads && action != SYSLOG_CLEAR)
        return action == SYSLOG_OPEN || action == SYSLOG_CLOSE ? 0 : -EINVAL;
    uint64_t end = log_end(), at = end - MIN(reads ? (uint64_t)len : 0, end - log_start());
    while (at < end) {
        size_t n = log_read(at, piece, MIN(end - at, sizeof(piece)));
        if (n == 0)
            break; /* it was cleared meanwhile */
        if (copy_to_user(frame->rsi + (uint64_t)done, piece, n) < 0)
            return -EFAULT;
        at += n;
        done += (int64_t)n;
    }
    if (action != SYSLOG_READ_ALL)
        log_clear(end);
    return done;
}

/* Addresses are never random here, so that not to have them so is no change. */
int64_t sys_personality(struct trap_frame *frame)
{
    struct process *self = process_current();
    uint32_t wanted = (uint32_t)frame->rdi, old = self->personality;

    if (wanted == UINT32_MAX)
        return old;
    if (wanted & ~(uint32_t)ADDR_NO_RANDOMIZE)
        return -EINVAL;
    self->personality = wanted;
    return old;
}

static int64_t set_name(vaddr_t from)
{
    char name[PROCESS_NAME_LEN] = {0};
    ssize_t len = copy_string_from_user(name, from, sizeof(name));

    if (len < 0 && len != -ENAMETOOLONG)
        return len;
    name[sizeof(name) - 1] = 0;
    memcpy(task_current()->name, name, sizeof(name));
    return 0;
}

int64_t sys_prctl(struct trap_frame *frame)
{
    struct process *self = process_current();
    uint64_t argument = frame->rsi;
    bool rest = frame->rdx || frame->r10 || frame->r8;

    switch ((int)frame->rdi) {
    case PR_SET_NAME:
        return set_name(argument);
    case PR_GET_NAME:
        return copy_to_user(argument, task_current()->name, PROCESS_NAME_LEN);
    case PR_GET_DUMPABLE:
        return self->dumpable;
    case PR_SET_DUMPABLE:
        if (argument > 1)
            return -EINVAL;
        self->dumpable = (int)argument;
        return 0;
    case PR_SET_NO_NEW_PRIVS:
        if (argument != 1 || rest)
            return -EINVAL;
        self->no_new_privs = true;
        return 0;
    case PR_GET_NO_NEW_PRIVS:
        return argument || rest ? -EINVAL : self->no_new_privs;
    default:
        return -EINVAL;
    }
}

/* All files are in memory: nothing waits to be written. */
int64_t sys_sync(struct trap_frame *frame)
{
    (void)frame;
    return 0;
}

int64_t sys_getrandom(struct trap_frame *frame)
{
    vaddr_t to = frame->rdi;
    size_t len = frame->rsi;
    uint64_t flags = (uint32_t)frame->rdx;
    uint8_t piece[RANDOM_PIECE];

    if (flags & ~(uint64_t)(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
        return -EINVAL;
    if ((flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
        return -EINVAL;
    len = MIN(len, RANDOM_MAX);
    if (!user_range_ok(to, len))
        return -EFAULT;
    for (size_t done = 0; done < len;) {
        size_t n = MIN(len - done, RANDOM_PIECE);
        random_fill(piece, n);
        size_t left = copy_to_user_partial(to + done, piece, n);
        done += n - left;
        if (left)
            return done ? (int64_t)done : -EFAULT;
        if (thread_pause_point())
            return (int64_t)done;
    }
    return (int64_t)len;
}
