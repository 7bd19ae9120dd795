/*
 * signal/kill.c - sending signals
 */
#include "internal/syscall.h"
#include <signal.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

int kill(pid_t pid, int signal)
{
    return (int)syscall_ret(__NR_kill, pid, signal);
}

int killpg(pid_t pgid, int signal)
{
    if (pgid < 0) {
        errno = EINVAL;
        return -1;
    }
    return kill(-pgid, signal);
}

int raise(int signal)
{
    /* To the calling thread (C11 7.14.2.1, POSIX). */
    return (int)syscall_ret(__NR_tgkill, syscall_raw(__NR_getpid), syscall_raw(__NR_gettid),
                            signal);
}

int tgkill(pid_t pid, pid_t tid, int signal)
{
    return (int)syscall_ret(__NR_tgkill, pid, tid, signal);
}

int sigqueue(pid_t pid, int signal, union sigval value)
{
    siginfo_t info;

    memset(&info, 0, sizeof(info));
    info.si_signo = signal;
    info.si_code = SI_QUEUE;
    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value = value;
    return (int)syscall_ret(__NR_rt_sigqueueinfo, pid, signal, &info);
}
