/*
 * fs/tty_job.c - whose the terminal is: its session, and the process group in the foreground
 *
 * Source  POSIX.1-2017 XBD 11.1; ioctl_tty(2)
 */
#include <asm/errno.h>
#include <asm/ioctls.h>
#include <asm/signal.h>

#include "fs/tty.h"
#include "mm/usercopy.h"
#include "sched/wait.h"

static struct spinlock lock;
static int owner;      /* the session, 0: it is nobody's. Changed under lock */
static int foreground; /* the process group, 0 for none. Changed under lock */

void tty_acquire(int session, int group)
{
    uint64_t flags = spin_lock(&lock);

    if (!owner) {
        owner = session;
        foreground = group;
    }
    spin_unlock(&lock, flags);
}

void tty_release(int session)
{
    uint64_t flags = spin_lock(&lock);
    int group = owner == session ? foreground : 0;

    if (owner == session)
        owner = foreground = 0;
    spin_unlock(&lock, flags);
    if (group) {
        tty_signal(group, SIGHUP);
        tty_signal(group, SIGCONT);
    }
}

bool tty_belongs_to(int session, int *group)
{
    uint64_t flags = spin_lock(&lock);
    bool yes = session && owner == session;

    *group = foreground;
    spin_unlock(&lock, flags);
    return yes;
}

/* Whether it is the caller's terminal, which then has one or is of another session. */
static bool is_controlling(const struct tty_caller *caller)
{
    return caller->session && owner == caller->session;
}

bool tty_is_callers(void)
{
    struct tty_caller caller = tty_caller();

    return is_controlling(&caller);
}

int tty_foreground(void)
{
    return foreground;
}

/* Job control, POSIX.1-2017 XBD 11.1.4: 0, or as tty_stop_background(). */
int tty_check_foreground(int signal)
{
    struct tty_caller caller = tty_caller();

    if (!is_controlling(&caller) || !foreground || caller.group == foreground)
        return 0;
    return tty_stop_background(signal);
}

/* TIOCSPGRP: who is in the foreground. */
static int64_t set_group(const struct tty_caller *caller, vaddr_t argument)
{
    int group, error = is_controlling(caller) ? tty_check_foreground(SIGTTOU) : -ENOTTY;

    if (error)
        return error;
    if (copy_from_user(&group, argument, sizeof(group)) < 0)
        return -EFAULT;
    if (group < 0)
        return -EINVAL;
    int session = tty_session_of(group);
    if (session != caller->session)
        return session ? -EPERM : -ESRCH;
    uint64_t flags = spin_lock(&lock);
    foreground = group;
    spin_unlock(&lock, flags);
    return 0;
}

/* TIOCSCTTY: root may take it from another session. */
static int64_t make_controlling(const struct tty_caller *caller, uint64_t steal)
{
    if (caller->is_leader && is_controlling(caller))
        return 0;
    if (!caller->is_leader || (owner && !(steal == 1 && caller->is_root)))
        return -EPERM;
    uint64_t flags = spin_lock(&lock);
    owner = caller->session;
    foreground = caller->group;
    spin_unlock(&lock, flags);
    return 0;
}

/* TIOCNOTTY: a session's leader gives its terminal up, for the whole session. */
static int64_t give_up(const struct tty_caller *caller)
{
    if (!is_controlling(caller))
        return -ENOTTY;
    if (!caller->is_leader)
        return -EPERM;
    tty_release(caller->session);
    return 0;
}

int64_t tty_control_jobs(unsigned command, vaddr_t argument)
{
    struct tty_caller caller = tty_caller();

    switch (command) {
    case TIOCGPGRP:
        return is_controlling(&caller) ? copy_to_user(argument, &foreground, sizeof(foreground))
                                       : -ENOTTY;
    case TIOCGSID:
        return is_controlling(&caller) ? copy_to_user(argument, &owner, sizeof(owner)) : -ENOTTY;
    case TIOCSPGRP:
        return set_group(&caller, argument);
    case TIOCSCTTY:
        return make_controlling(&caller, argument);
    case TIOCNOTTY:
        return give_up(&caller);
    default:
        return -ENOTTY;
    }
}
