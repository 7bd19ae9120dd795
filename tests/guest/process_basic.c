/*
 * tests/guest/process_basic.c - vfork, clone, execve, wait4, kill, signal masks
 */
#include <fcntl.h>
#include <sched.h>
#include <asm/ioctls.h>
#include <stdint.h>
#include <sys/mman.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

static volatile int shared;

/* ---- children ---- */

static int exit_with(char **args)
{
    _exit(atoi(args[0]));
}

static int spin(char **args)
{
    (void)args;
    for (;;)
        shared++;
    return 0;
}

static int spin_in_calls(char **args)
{
    (void)args;
    for (;;)
        raw(SYS_getpid);
    return 0;
}

static int kill_self(char **args)
{
    kill(getpid(), atoi(args[0]));
    return 7; /* it did not kill */
}

static int kill_self_blocked(char **args)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, atoi(args[0]));
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), atoi(args[0]));
    if (args[1])
        sigprocmask(SIG_UNBLOCK, &set, NULL);
    return 8; /* still here */
}

static int parent_is(char **args)
{
    return getppid() == atoi(args[0]) ? 5 : 6;
}

static int become_leader(char **args)
{
    (void)args;
    if (setsid() != getpid())
        return 1;
    return raw(SYS_setsid) == -EPERM ? 5 : 2;
}

/* Leaves a grandchild behind that ends only after its parent. */
static int leave_orphan(char **args)
{
    pid_t pid = getpid();
    char name[] = "outlive", number[16];
    char *argv[] = {child_self(), name, number, NULL};

    (void)args;
    snprintf(number, sizeof(number), "%d", pid);
    return child_start_argv(argv) > 0 ? 5 : 6;
}

static int outlive(char **args)
{
    while (getppid() == atoi(args[0]))
        continue;
    return 0;
}

static int mask_of(char **args)
{
    unsigned long mask = 0;

    (void)args;
    raw(SYS_rt_sigprocmask, SIG_BLOCK, 0, &mask, 8);
    return mask == 1UL << (SIGUSR1 - 1) ? 5 : 6;
}

static const struct child children[] = {
    {"exit", exit_with},
    {"spin", spin},
    {"spin-in-calls", spin_in_calls},
    {"kill", kill_self},
    {"blocked", kill_self_blocked},
    {"parent", parent_is},
    {"leader", become_leader},
    {"orphan", leave_orphan},
    {"outlive", outlive},
    {"mask", mask_of},
    {NULL, NULL},
};

static int run(const char *name, const char *arg, const char *more)
{
    char words[3][32];
    char *argv[] = {child_self(), words[0], arg ? words[1] : NULL, more ? words[2] : NULL, NULL};
    pid_t pid;

    snprintf(words[0], sizeof(words[0]), "%s", name);
    snprintf(words[1], sizeof(words[1]), "%s", arg ? arg : "");
    snprintf(words[2], sizeof(words[2]), "%s", more ? more : "");
    pid = child_start_argv(argv);
    return pid < 0 ? -1 : child_wait(pid);
}

static int run_number(const char *name, int number, const char *more)
{
    char text[16];

    snprintf(text, sizeof(text), "%d", number);
    return run(name, text, more);
}

/* ---- vfork and clone ---- */

static void check_vfork(void)
{
    volatile int local = 1;
    int status = -1;
    pid_t pid;

    fflush(stdout);
    pid = vfork();
    if (pid == 0) {
        shared = 11;
        local = getpid();
        _exit(3);
    }
    is_long(shared, 11, "a vfork child shares the memory, and the parent waits");
    is_long(local, pid, "... its stack too; its pid is what vfork returned");
    is_long(waitpid(pid, &status, 0), pid, "it can be waited for");
    is_long(status, CHILD_EXITED(3), "... with its status");
}

static void check_vfork_kill(void)
{
    int status = -1;
    pid_t pid;

    fflush(stdout);
    pid = vfork();
    if (pid == 0) {
        kill(getpid(), SIGKILL);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    is_long(status, CHILD_KILLED(SIGKILL), "a vfork child that is killed wakes its parent");
}

static int clone_main(void *arg)
{
    volatile char here;

    shared = (uintptr_t)&here - (uintptr_t)arg < 65536 ? 21 : 22;
    return 9;
}

static void check_clone(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    int status = -1;
    pid_t pid;

    fflush(stdout);
    pid = clone(clone_main, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, stack);
    is_long(shared, 21, "a clone runs on its own stack in our memory");
    is_long(waitpid(pid, &status, 0), pid, "it can be waited for");
    is_long(status, CHILD_EXITED(9), "... with its status");
}

static int leave_a_word(void *arg)
{
    (void)arg;
    shared = getpid();
    while (shared)
        sched_yield();
    return 5;
}

/* A process for itself in our memory: neither waits for the other. */
static void check_shared_space(void)
{
    char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status = -1;

    shared = 0;
    pid_t pid = clone(leave_a_word, stack + 65536, CLONE_VM | SIGCHLD, NULL);
    while (!shared)
        sched_yield();
    is_long(shared, pid, "a process in the same memory says what its number is");
    ok(pid != getpid(), "... which is another");
    is_long(waitpid(pid, &status, WNOHANG), 0, "... while we go on");
    shared = 0;
    is_long(waitpid(pid, &status, 0), pid, "... and is waited for");
    is_long(status, CHILD_EXITED(5), "... with its status");
    pid = clone(leave_a_word, stack + 65536, CLONE_VM | SIGCHLD, NULL);
    while (!shared)
        sched_yield();
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    is_long(status, CHILD_KILLED(SIGKILL), "one can be killed alone");
    munmap(stack, 65536);
}

static int leave_a_copy(void *fds)
{
    const struct timespec time = {0, 20000000};

    shared = 1;
    raw(SYS_nanosleep, &time, NULL);
    return raw(SYS_write, ((int *)fds)[1], "x", 1) == 1 ? 6 : 7;
}

/* CLONE_VFORK without CLONE_VM: a copy, and the caller waits. */
static void check_waiting(void)
{
    char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status = -1, fds[2], nr = 0;

    shared = 0;
    pipe(fds);
    fflush(stdout);
    pid_t pid = clone(leave_a_copy, stack + 65536, CLONE_VFORK | SIGCHLD, fds);
    raw(SYS_ioctl, fds[0], FIONREAD, &nr);
    is_long(nr, 1, "the caller waits for a copy, too");
    is_long(waitpid(pid, &status, 0), pid, "... and then for its status");
    is_long(status, CHILD_EXITED(6), "... which is there");
    is_long(shared, 0, "... with memory of its own");
    close(fds[0]);
    close(fds[1]);
    munmap(stack, 65536);
}

/* ---- execve ---- */

static long exec_result(const char *path, char **argv, char **envp)
{
    volatile long result = 0;
    int status;
    pid_t pid;

    fflush(stdout);
    pid = vfork();
    if (pid == 0) {
        result = raw(SYS_execve, path, argv, envp);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return result;
}

static void check_exec(void)
{
    static char path[8192];
    char word[] = "x";
    char *argv[] = {word, NULL}, *bad_argv[] = {word, (char *)8, NULL};
    int fd;

    is_long(exec_result("/nowhere", argv, environ), -ENOENT,
            "execve of a name that does not exist");
    is_long(exec_result("", argv, environ), -ENOENT, "... of the empty name");
    is_long(exec_result("/", argv, environ), -EACCES, "... of a directory");
    is_long(exec_result("/dev/null", argv, environ), -EACCES, "... of a device");
    snprintf(path, sizeof(path), "%s/x", child_self());
    is_long(exec_result(path, argv, environ), -ENOTDIR, "... below a file");
    memset(path, 'x', 5000);
    is_long(exec_result(path, argv, environ), -ENAMETOOLONG, "... of a name too long");
    is_long(exec_result((char *)8, argv, environ), -EFAULT, "... of a bad pointer");
    is_long(exec_result(child_self(), (char **)8, environ), -EFAULT, "... with bad argv");
    is_long(exec_result(child_self(), bad_argv, environ), -EFAULT, "... with a bad argument");
    is_long(exec_result(child_self(), argv, (char **)-8), -EFAULT, "... with bad envp");
    is_long(exec_result(child_self(), argv, bad_argv), -EFAULT, "... with a bad variable");
    fd = open("/share/gpl-3.txt", O_RDONLY);
    if (fd >= 0)
        is_long(exec_result("/share/gpl-3.txt", argv, environ), -EACCES, "... of a file without x");
    else
        skip(1, "no such file here");
    close(fd);
}

/* ---- exit and wait4 ---- */

static void check_exit(void)
{
    is_long(run_number("exit", 0, NULL), CHILD_EXITED(0), "status 0");
    is_long(run_number("exit", 42, NULL), CHILD_EXITED(42), "status 42");
    is_long(run_number("exit", 255, NULL), CHILD_EXITED(255), "status 255");
    is_long(run_number("exit", 256 + 3, NULL), CHILD_EXITED(3), "status 259 is 3");
    is_long(run_number("exit", -1, NULL), CHILD_EXITED(255), "status -1 is 255");
}

static void check_wait(void)
{
    int status = 0x5555, first_status = 0;
    pid_t spinner, quick;

    is_long(raw(SYS_wait4, -1, &status, 0, 0), -ECHILD, "wait without children");
    is_long(raw(SYS_wait4, -1, &status, WNOHANG, 0), -ECHILD, "... WNOHANG too");
    is_long(raw(SYS_wait4, getpid(), &status, 0, 0), -ECHILD, "wait for oneself");
    is_long(raw(SYS_wait4, 1, &status, 0, 0), -ECHILD, "wait for process 1");
    is_long(raw(SYS_wait4, INT32_MIN, &status, 0, 0), -ESRCH, "wait for group 2^31");
    is_long(raw(SYS_wait4, -1, &status, 0x100000, 0), -EINVAL, "wait with an unknown option");
    is_long(status, 0x5555, "... all without a status");

    spinner = child_start("spin");
    is_long(raw(SYS_wait4, spinner, &status, WNOHANG, 0), 0, "WNOHANG: the child still runs");
    is_long(raw(SYS_wait4, -1, &status, WNOHANG, 0), 0, "... for any child");
    is_long(raw(SYS_wait4, 0, &status, WNOHANG, 0), 0, "... for a child of the own group");
    is_long(raw(SYS_wait4, -spinner, &status, WNOHANG, 0), -ECHILD,
            "... no child in a group of its pid");
    is_long(status, 0x5555, "... without a status");
    quick = child_start("leader");
    is_long(raw(SYS_wait4, -1, &first_status, 0, 0), quick, "wait finds the one that has ended");
    is_long(first_status, CHILD_EXITED(5), "... which led a session of its own");
    is_long(raw(SYS_kill, spinner, 0), 0, "kill with 0: it is there");
    is_long(raw(SYS_kill, spinner, SIGKILL), 0, "SIGKILL");
    is_long(raw(SYS_wait4, spinner, &status, 0, 0), spinner, "... ends it");
    is_long(status, CHILD_KILLED(SIGKILL), "... with that status");
    is_long(raw(SYS_kill, spinner, 0), -ESRCH, "after the wait it is gone");
    is_long(raw(SYS_wait4, -1, &status, 0, 0), -ECHILD, "no child is left");
}

static void check_wait_pointers(void)
{
    static char usage[4096];
    pid_t pid = child_start("leader");

    is_long(raw(SYS_wait4, pid, 0, 0, 0), pid, "wait without a place for the status");
    pid = child_start("leader");
    is_long(raw(SYS_wait4, pid, 8, 0, 0), -EFAULT, "wait with a bad place for it");
    is_long(raw(SYS_wait4, pid, 0, 0, 0), -ECHILD, "... which takes the child all the same");
    pid = child_start("leader");
    is_long(raw(SYS_wait4, pid, 0, 0, usage), pid, "wait with resource usage");
}

/* Three at a time, reaped in any order. */
static void check_several(void)
{
    pid_t pids[3];
    int seen = 0, wrong = 0, status;

    for (int i = 0; i < 3; i++)
        pids[i] = child_start("spin-in-calls");
    for (int i = 0; i < 3; i++)
        kill(pids[i], i == 1 ? SIGTERM : SIGKILL);
    for (int i = 0; i < 3; i++) {
        pid_t pid = wait4(-1, &status, 0, NULL);

        for (int j = 0; j < 3; j++)
            if (pid == pids[j]) {
                seen |= 1 << j;
                wrong += status != (j == 1 ? SIGTERM : SIGKILL);
            }
    }
    is_long(seen, 7, "three children in the middle of system calls are killed");
    is_long(wrong, 0, "... each by its signal");
    for (int i = 0; i < 100; i++)
        wrong += run("leader", NULL, NULL) != CHILD_EXITED(5);
    is_long(wrong, 0, "a hundred children, one after the other");
}

static void check_family(void)
{
    is_long(run_number("parent", getpid(), NULL), CHILD_EXITED(5), "getppid is the parent");
    is_long(run("orphan", NULL, NULL), CHILD_EXITED(5), "a child may leave a child behind");
    is_long(raw(SYS_wait4, -1, 0, WNOHANG, 0), -ECHILD, "... which is not ours to wait for");
}

/* ---- signals ---- */

static void check_kill(void)
{
    is_long(raw(SYS_kill, getpid(), 0), 0, "kill with 0 only asks");
    is_long(raw(SYS_kill, getpid(), 65), -EINVAL, "there is no signal 65");
    is_long(raw(SYS_kill, getpid(), -1), -EINVAL, "... nor -1");
    is_long(raw(SYS_kill, 4194303, 0), -ESRCH, "kill of a process that is not there");
    is_long(raw(SYS_kill, -4194303, 0), -ESRCH, "... of a group that is not there");
    is_long(raw(SYS_kill, INT32_MIN, 0), -ESRCH, "... of group 2^31");
    is_long(raw(SYS_kill, 4194303, 99), -ESRCH, "the process is looked for first");
    is_long(raw(SYS_kill, 0, 0), 0, "the own group is there");
}

static void check_default_actions(void)
{
    static const int kills[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT,   SIGBUS,
                                SIGFPE,  SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE,   SIGALRM,
                                SIGTERM, SIGXCPU, SIGXFSZ, SIGPROF, SIGSYS,  SIGVTALRM, SIGPOLL};
    static const int ignored[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
    int wrong = 0;

    for (size_t i = 0; i < sizeof(kills) / sizeof(kills[0]); i++) {
        int status = run_number("kill", kills[i], NULL);

        wrong += !WIFSIGNALED(status) || WTERMSIG(status) != kills[i];
    }
    is_long(wrong, 0, "21 signals end a process by default");
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        wrong += run_number("kill", ignored[i], NULL) != CHILD_EXITED(7);
    is_long(wrong, 0, "4 do nothing");
    is_long(run_number("kill", 34, NULL) & 0x7f, 34, "a real-time signal ends it too");
    is_long(run_number("kill", 64, NULL) & 0x7f, 64, "... up to the last");
}

static void check_masks(void)
{
    unsigned long set = 1UL << (SIGUSR1 - 1), old = 99, all = ~0UL, none = 0;

    is_long(raw(SYS_rt_sigprocmask, SIG_BLOCK, &set, &old, 8), 0, "block SIGUSR1");
    is_long(old, 0, "... nothing was blocked before");
    is_long(run("mask", NULL, NULL), CHILD_EXITED(5), "a child and its program have the mask");
    is_long(raw(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, 8), 0, "block all");
    is_long(old, (long)set, "... SIGUSR1 was blocked");
    is_long(raw(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, &old, 8), 0, "unblock SIGUSR1");
    is_long(old, (long)~(1UL << (SIGKILL - 1) | 1UL << (SIGSTOP - 1)),
            "... all were blocked but SIGKILL and SIGSTOP");
    is_long(raw(SYS_rt_sigprocmask, SIG_SETMASK, &none, &old, 8), 0, "block none");
    is_long(old, (long)~(1UL << (SIGKILL - 1) | 1UL << (SIGSTOP - 1) | set), "... SIGUSR1 was not");
    is_long(raw(SYS_rt_sigprocmask, SIG_BLOCK, 0, &old, 8), 0, "without a new mask");
    is_long(old, 0, "... it only tells");
    is_long(raw(SYS_rt_sigprocmask, SIG_BLOCK, &set, 0, 4), -EINVAL, "a mask of another size");
    is_long(raw(SYS_rt_sigprocmask, SIG_BLOCK, &set, 0, 16), -EINVAL, "... larger");
    is_long(raw(SYS_rt_sigprocmask, 7, &set, 0, 8), -EINVAL, "an unknown way");
    is_long(raw(SYS_rt_sigprocmask, 7, 0, &old, 8), 0, "... that does not matter without a mask");

    is_long(run_number("blocked", SIGTERM, NULL), CHILD_EXITED(8), "a blocked signal waits");
    is_long(run_number("blocked", SIGTERM, "unblock") & 0x7f, SIGTERM, "... until it is unblocked");
    is_long(run_number("blocked", SIGCHLD, "unblock"), CHILD_EXITED(8),
            "... an ignored one does nothing");
    is_long(run_number("blocked", SIGKILL, NULL), CHILD_KILLED(SIGKILL),
            "SIGKILL cannot be blocked");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    check_vfork();
    check_vfork_kill();
    check_clone();
    check_shared_space();
    check_waiting();
    check_exec();
    check_exit();
    check_wait();
    check_wait_pointers();
    check_several();
    check_family();
    check_kill();
    check_default_actions();
    check_masks();
    return done_testing();
}
