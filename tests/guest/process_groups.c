/*
 * tests/guest/process_groups.c - process groups, sessions, waitid
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

/* What waitid(2) fills, in the kernel's order. */
struct info {
    int signo, error, code, pad, pid, uid, status;
    char rest[100];
};

static pid_t start(void (*run)(void))
{
    tap_flush();
    pid_t child = fork();

    if (child == 0) {
        run();
        _exit(0);
    }
    return child;
}

static void wait_for_signal(void)
{
    for (;;)
        pause();
}

static int end_of(pid_t child)
{
    int status = -1;

    waitpid(child, &status, 0);
    return status;
}

static void leader(void)
{
    int good = raw(SYS_setsid) == getpid() && raw(SYS_getsid, 0) == getpid() &&
               raw(SYS_getpgid, 0) == getpid() && raw(SYS_setsid) == -EPERM &&
               raw(SYS_setpgid, 0, 0) == -EPERM;

    _exit(good ? 0 : 1);
}

static void in_own_group(void)
{
    int good = raw(SYS_setpgid, 0, 0) == 0 && raw(SYS_getpgrp) == getpid() &&
               raw(SYS_setsid) == -EPERM && raw(SYS_getsid, 0) == getsid(getppid());

    _exit(good ? 0 : 1);
}

static void check_groups(void)
{
    int mine = (int)raw(SYS_getpgrp);
    pid_t child = start(wait_for_signal);

    is_long(raw(SYS_getpgid, 0), mine, "getpgid and getpgrp agree");
    is_long(raw(SYS_getpgid, child), mine, "a child is in its parent's group");
    is_long(raw(SYS_getsid, child), raw(SYS_getsid, 0), "... and session");
    is_long(raw(SYS_setpgid, child, 0), 0, "a parent gives its child a group of its own");
    is_long(raw(SYS_getpgid, child), child, "... of the child's number");
    is_long(raw(SYS_setpgid, child, mine), 0, "... and takes it back into its own");
    is_long(raw(SYS_getpgid, child), mine, "... where it is then");
    is_long(raw(SYS_setpgid, child, 30000), -EPERM, "there is no such group");
    is_long(raw(SYS_setpgid, child, -1), -EINVAL, "nor such a number");
    is_long(raw(SYS_setpgid, 30000, 0), -ESRCH, "nor such a process");
    is_long(raw(SYS_setpgid, getppid(), 0), -ESRCH, "a parent is no child");
    is_long(raw(SYS_getpgid, 30000), -ESRCH, "getpgid of nobody");
    is_long(raw(SYS_getsid, 30000), -ESRCH, "getsid of nobody");
    raw(SYS_setpgid, child, child);
    is_long(raw(SYS_kill, -child, SIGTERM), 0, "a signal to a group");
    is_long(end_of(child), SIGTERM, "... arrives");
    is_long(end_of(start(leader)), 0, "a session of one's own");
    is_long(end_of(start(in_own_group)), 0, "a group of one's own");
}

static void run_exec(void)
{
    char *arguments[] = {"sh", "-c", "read line", NULL};

    execv("/bin/sh", arguments);
    _exit(99);
}

/* By the time that the other end of the pipe is closed the child runs another program. */
static void check_exec(void)
{
    int fds[2], in[2];
    char c;

    if (pipe2(fds, O_CLOEXEC) || pipe(in))
        return;
    tap_flush();
    pid_t child = fork();
    if (child == 0) {
        dup2(in[0], 0);
        close(in[1]);
        run_exec();
    }
    close(fds[1]);
    ok(read(fds[0], &c, 1) == 0, "a child runs another program");
    is_long(raw(SYS_setpgid, child, child), -EACCES, "... and is not moved any more");
    close(fds[0]);
    close(in[0]);
    close(in[1]);
    end_of(child);
}

static void exit_seven(void)
{
    _exit(7);
}

static void check_waitid(void)
{
    struct info info = {0};
    struct rusage usage;
    pid_t child = start(exit_seven);

    is_long(raw(SYS_waitid, P_PID, child, &info, WEXITED | WNOWAIT, NULL), 0, "waitid, WNOWAIT");
    is_long(raw(SYS_waitid, P_PID, child, &info, WSTOPPED, NULL), -ECHILD, "it will not stop");
    is_long(raw(SYS_waitid, P_PID, child, &info, WCONTINUED | WNOHANG, NULL), -ECHILD,
            "... nor go on");
    is_long(info.signo, 0, "... which is said by zeros");
    raw(SYS_waitid, P_PID, child, &info, WEXITED | WNOWAIT, NULL);
    ok(info.signo == SIGCHLD && info.code == CLD_EXITED && info.pid == child && info.status == 7,
       "... tells of the end");
    info = (struct info){0};
    is_long(raw(SYS_waitid, P_PID, child, &info, WEXITED, &usage), 0, "... once more");
    ok(info.code == CLD_EXITED && info.status == 7, "... the same");
    is_long(raw(SYS_waitid, P_PID, child, &info, WEXITED, NULL), -ECHILD, "... and then no more");

    child = start(wait_for_signal);
    info.signo = info.pid = 77;
    is_long(raw(SYS_waitid, P_ALL, 0, &info, WEXITED | WNOHANG, NULL), 0, "nobody has ended");
    ok(info.signo == 0 && info.pid == 0, "... and so it says");
    kill(child, SIGSTOP);
    is_long(raw(SYS_waitid, P_PGID, 0, &info, WSTOPPED, NULL), 0, "a stop");
    ok(info.code == CLD_STOPPED && info.status == SIGSTOP, "... by SIGSTOP");
    kill(child, SIGCONT);
    is_long(raw(SYS_waitid, P_PGID, getpgrp(), &info, WCONTINUED | WNOWAIT, NULL), 0, "it goes on");
    ok(info.code == CLD_CONTINUED && info.status == SIGCONT, "... by SIGCONT");
    is_long(raw(SYS_waitid, P_ALL, 0, &info, WCONTINUED, NULL), 0, "... which is still to be seen");
    is_long(raw(SYS_waitid, P_ALL, 0, &info, WCONTINUED | WNOHANG, NULL), 0, "... once");
    is_long(info.pid, 0, "... and not again");
    kill(child, SIGKILL);
    is_long(raw(SYS_waitid, P_ALL, 0, &info, WEXITED, NULL), 0, "killed");
    ok(info.code == CLD_KILLED && info.status == SIGKILL && info.pid == child, "... by SIGKILL");

    is_long(raw(SYS_waitid, P_ALL, 0, &info, WEXITED, NULL), -ECHILD, "no child");
    is_long(raw(SYS_waitid, P_ALL, 0, &info, 0, NULL), -EINVAL, "nothing to wait for");
    is_long(raw(SYS_waitid, P_ALL, 0, &info, WEXITED | 0x100, NULL), -EINVAL, "a strange option");
    is_long(raw(SYS_waitid, 99, 0, &info, WEXITED, NULL), -EINVAL, "a strange type");
    is_long(raw(SYS_waitid, P_PID, 0, &info, WEXITED, NULL), -EINVAL, "process 0");
    is_long(raw(SYS_waitid, P_PGID, -1, &info, WEXITED, NULL), -EINVAL, "group -1");
}

int main(void)
{
    check_groups();
    check_exec();
    check_waitid();
    return done_testing();
}
