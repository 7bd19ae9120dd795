/*
 * process/process.c - who a process is, and the groups and sessions it belongs to
 */
#include "internal/syscall.h"
#include <unistd.h>
#include <errno.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <termios.h>

pid_t getpid(void)
{
    return (pid_t)syscall_raw(__NR_getpid);
}

pid_t getppid(void)
{
    return (pid_t)syscall_raw(__NR_getppid);
}

pid_t gettid(void)
{
    return (pid_t)syscall_raw(__NR_gettid);
}

pid_t getpgid(pid_t pid)
{
    return (pid_t)syscall_ret(__NR_getpgid, pid);
}

pid_t getpgrp(void)
{
    return getpgid(0);
}

pid_t getsid(pid_t pid)
{
    return (pid_t)syscall_ret(__NR_getsid, pid);
}

int setpgid(pid_t pid, pid_t pgid)
{
    return (int)syscall_ret(__NR_setpgid, pid, pgid);
}

int setpgrp(void)
{
    return setpgid(0, 0);
}

pid_t setsid(void)
{
    return (pid_t)syscall_ret(__NR_setsid);
}

pid_t tcgetpgrp(int fd)
{
    pid_t pgid;

    return ioctl(fd, TIOCGPGRP, &pgid) < 0 ? -1 : pgid;
}

int tcsetpgrp(int fd, pid_t pgid)
{
    return ioctl(fd, TIOCSPGRP, &pgid);
}

pid_t tcgetsid(int fd)
{
    pid_t sid;

    return ioctl(fd, TIOCGSID, &sid) < 0 ? -1 : sid;
}

int nice(int increment)
{
    int old, priority;

    /* -1 is a good priority, so only errno tells. */
    errno = 0;
    old = getpriority(PRIO_PROCESS, 0);
    if (old == -1 && errno != 0)
        return -1;
    if (increment > 2 * NZERO)
        increment = 2 * NZERO;
    if (increment < -2 * NZERO)
        increment = -2 * NZERO;
    priority = old + increment;
    if (priority > NZERO - 1)
        priority = NZERO - 1;
    if (priority < -NZERO)
        priority = -NZERO;
    if (setpriority(PRIO_PROCESS, 0, priority) < 0) {
        if (errno == EACCES)
            errno = EPERM;
        return -1;
    }
    return priority;
}
