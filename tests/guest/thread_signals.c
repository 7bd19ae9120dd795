/*
 * tests/guest/thread_signals.c - which task of a process a signal goes to, and calls that take a task's number
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "tap.h"
#include "task.h"

#define BIT(signal) (1UL << ((signal)-1))

static volatile int handler_tid, stop;
static volatile uint32_t ready, done;

static void note(int signal)
{
    (void)signal;
    handler_tid = (int)raw(SYS_gettid);
}

static void wait_for(const volatile uint32_t *word, uint32_t value)
{
    while (*word != value)
        raw(SYS_sched_yield);
}

/* ---- what a task causes goes to it ------------------------------------------------------------ */

static int write_to_nobody(void *results)
{
    const uint64_t set = BIT(SIGPIPE);
    uint64_t pending = 0;
    int fds[2];

    raw(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
    raw(SYS_pipe, fds);
    raw(SYS_close, fds[0]);
    ((long *)results)[0] = raw(SYS_write, fds[1], "x", 1);
    raw(SYS_rt_sigpending, &pending, 8);
    ((long *)results)[1] = (pending & set) != 0;
    raw(SYS_close, fds[1]);
    return 0;
}

/* The others have the default action for it, which would end all. */
static void check_sigpipe(void)
{
    long results[2] = {0, 0};
    struct task task;

    start(&task, write_to_nobody, results);
    join(&task);
    is_long(results[0], -EPIPE, "a task that blocks SIGPIPE writes to nobody");
    is_long(results[1], 1, "... and has the signal for itself");
    uint64_t pending = BIT(SIGPIPE);
    raw(SYS_rt_sigpending, &pending, 8);
    is_long((long)(pending & BIT(SIGPIPE)), 0, "... which the process has not");
}

/* ---- a signal that its receiver cannot take any more ------------------------------------------ */

/* In the handler of SIGUSR1, which blocks SIGUSR2, till that has been handled elsewhere. */
static void hold(int signal)
{
    (void)signal;
    ready = 2;
    wait_for(&done, 1);
}

static void handled(int signal)
{
    note(signal);
    done = 1;
}

static int sleep_till_stop(void *argument)
{
    (void)argument;
    ready = 1;
    while (!stop)
        raw(SYS_pause);
    return 0;
}

static int send_both(void)
{
    const pid_t parent = getppid();

    kill(parent, SIGUSR1);
    kill(parent, SIGUSR2);
    return 0;
}

/* Both may take both; the first takes SIGUSR1, and blocks SIGUSR2, which was meant for it, too. */
static int hand_over(void)
{
    struct sigaction first = {.sa_handler = hold}, second = {.sa_handler = handled};
    struct task task;

    sigemptyset(&first.sa_mask);
    sigaddset(&first.sa_mask, SIGUSR2);
    sigaction(SIGUSR1, &first, NULL);
    sigaction(SIGUSR2, &second, NULL);
    stop = 0;
    start(&task, sleep_till_stop, NULL);
    wait_for(&ready, 1);
    pid_t child = fork();
    if (child == 0)
        _exit(send_both());
    alarm(10); /* ends us if nobody takes SIGUSR2 */
    while (!done)
        raw(SYS_pause);
    waitpid(child, NULL, 0);
    stop = 1;
    raw(SYS_tgkill, getpid(), task.tid, SIGUSR2);
    return ready == 2 && done == 1 ? 7 : 8;
}

static int end_soon(void *argument)
{
    (void)argument;
    ready = 1;
    wait_for(&ready, 2);
    return 0;
}

/* A signal that is there when the only task that takes it ends. */
static void check_left_over(void)
{
    const uint64_t set = BIT(SIGUSR1);
    struct sigaction action = {.sa_handler = note};
    struct task task;

    sigaction(SIGUSR1, &action, NULL);
    ready = 0;
    handler_tid = 0;
    start(&task, end_soon, NULL);
    raw(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
    wait_for(&ready, 1);
    raw(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, 8);
    ready = 2;
    join(&task);
    kill(getpid(), SIGUSR1);
    is_long(handler_tid, getpid(), "who is left takes it");
}

/* ---- execve by two ---------------------------------------------------------------------------- */

static int run_other(void *argument)
{
    char *arguments[] = {"sh", "-c", "exit 4", NULL}, *none[] = {NULL};

    (void)argument;
    ready++;
    wait_for(&ready, 2);
    raw(SYS_execve, "/bin/sh", arguments, none);
    return 0;
}

static int two_run_others(void)
{
    struct task tasks[2];

    ready = 0;
    start(&tasks[0], run_other, NULL);
    start(&tasks[1], run_other, NULL);
    for (;;)
        raw(SYS_pause);
    return 0;
}

static void check_exec(void)
{
    int wrong = 0;

    for (int i = 0; i < 20; i++)
        wrong += child_call(two_run_others) != CHILD_EXITED(4);
    is_long(wrong, 0, "of two that run another program one does");
}

/* ---- numbers of tasks ------------------------------------------------------------------------- */

static int use_number(void *results)
{
    int tid = (int)raw(SYS_gettid);
    uint64_t limit[2];
    long *r = results;

    r[0] = raw(SYS_kill, tid, 0);
    r[1] = raw(SYS_getpgid, tid) - raw(SYS_getpgid, 0);
    r[2] = raw(SYS_getsid, tid) - raw(SYS_getsid, 0);
    r[3] = raw(SYS_setpgid, tid, 0);
    r[4] = raw(SYS_getpriority, PRIO_PROCESS, tid);
    r[5] = raw(SYS_prlimit64, tid, RLIMIT_NOFILE, NULL, limit);
    r[6] = raw(SYS_wait4, tid, NULL, WNOHANG, NULL);
    return 0;
}

static void check_numbers(void)
{
    static const long wanted[] = {0, 0, 0, -EINVAL, 20, 0, -ECHILD};
    static const char *const names[] = {"kill",        "getpgid",   "getsid", "setpgid",
                                        "getpriority", "prlimit64", "wait4"};
    long results[7] = {99, 99, 99, 99, 99, 99, 99};
    struct task task;

    start(&task, use_number, results);
    join(&task);
    for (int i = 0; i < 7; i++)
        is_long(results[i], wanted[i], "a task's own number: %s", names[i]);
}

/* ---- signal stacks ---------------------------------------------------------------------------- */

static int has_stack(void *argument)
{
    stack_t stack;

    (void)argument;
    raw(SYS_sigaltstack, NULL, &stack);
    return stack.ss_flags & SS_DISABLE ? 3 : 4;
}

static int tell_stack(char **args)
{
    (void)args;
    return has_stack(NULL);
}

static int run_with_stack(void)
{
    char *arguments[] = {child_self(), "stack", NULL};

    raw(SYS_execve, child_self(), arguments, environ);
    return 9;
}

static void check_stacks(void)
{
    static char memory[16384], child_stack[STACK_SIZE] __attribute__((aligned(16)));
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory), .ss_flags = (int)SS_AUTODISARM},
            none = {.ss_flags = SS_DISABLE};
    int status = 0;

    is_long(raw(SYS_sigaltstack, &stack, NULL), 0, "a signal stack");
    is_long(child_call(run_with_stack), CHILD_EXITED(3), "... is not the next program's");
    pid_t pid = clone(has_stack, child_stack + STACK_SIZE, CLONE_VM | SIGCHLD, NULL);
    waitpid(pid, &status, 0);
    is_long(status, CHILD_EXITED(3), "... nor that of another who shares the memory");
    raw(SYS_sigaltstack, &none, NULL);
}

static const struct child children[] = {{"stack", tell_stack}, {NULL, NULL}};

int main(int argc, char **argv)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};

    if (argc > 1)
        return child_main(children, argv);
    check_sigpipe();
    is_long(child_call(hand_over), CHILD_EXITED(7), "a signal goes on to who takes it");
    check_left_over();
    check_exec();
    check_numbers();
    check_stacks();
    is_long(raw(SYS_capget, &header, NULL), 0, "capget for nothing");
    return done_testing();
}
