/*
 * tests/guest/fork_basic.c - what a child of fork(2) has of its parent, and what it has not
 *
 * fork_cow.c looks at the memory; here are descriptors, signals, numbers and what is told at the end.
 *
 * Source  fork(2), clone(2), wait4(2), getrusage(2)
 */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

static volatile int nr_calls;
static int data = 1;

static void count(int signal)
{
    (void)signal;
    nr_calls++;
}

/* Shared with children, for what they have found. */
static volatile long *report;

/* ---- numbers and memory ---- */

static int look_at_numbers(void)
{
    report[0] = getpid();
    report[1] = getppid();
    data = 2;
    return data + 5;
}

static void check_basics(void)
{
    int status;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0)
        _exit(look_at_numbers());
    is_long(waitpid(pid, &status, 0), pid, "fork returns the number that can be waited for");
    is_long(status, CHILD_EXITED(7), "... the child goes on from fork with 0");
    is_long(report[0], pid, "... its number is what fork returned");
    is_long(report[1], getpid(), "... its parent is who called fork");
    is_long(data, 1, "what it writes is its own");
    is_long(waitpid(pid, &status, 0), -1, "it can be waited for once");
    is_errno(ECHILD, "... then ECHILD");
}

/* ---- descriptors ---- */

static int fd;

static int use_descriptors(void)
{
    char c;

    if (lseek(fd, 3, SEEK_SET) != 3 || read(fd, &c, 1) != 1)
        return 1;
    close(fd);
    return close(0) == 0 ? 2 : 3;
}

static void check_descriptors(void)
{
    fd = open(child_self(), O_RDONLY);
    is_long(child_call(use_descriptors), CHILD_EXITED(2), "a child has the open files");
    is_long(lseek(fd, 0, SEEK_CUR), 4, "... their offsets are shared");
    is_long(close(fd), 0, "... what it closes stays open here");
}

/* ---- signals ---- */

static int look_at_signals(void)
{
    struct sigaction action;
    sigset_t pending, mask;
    stack_t stack;

    sigaction(SIGUSR1, NULL, &action);
    sigpending(&pending);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    sigaltstack(NULL, &stack);
    report[0] = action.sa_handler == count;
    report[1] = sigisemptyset(&pending);
    report[2] = sigismember(&mask, SIGUSR1);
    report[3] = stack.ss_size == 8192 && stack.ss_flags == 0;
    sigemptyset(&mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    kill(getpid(), SIGUSR1);
    report[4] = nr_calls;
    signal(SIGUSR1, SIG_IGN);
    return 0;
}

static void check_signals(void)
{
    static char memory[8192];
    const stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
    const stack_t none = {.ss_flags = SS_DISABLE};
    struct sigaction action;
    sigset_t set;

    signal(SIGUSR1, count);
    sigaltstack(&stack, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR1);
    is_long(child_call(look_at_signals), CHILD_EXITED(0), "a child with signals");
    is_long(report[0], 1, "it has the handlers");
    is_long(report[1], 1, "... nothing pending");
    is_long(report[2], 1, "... what is blocked");
    is_long(report[3], 1, "... the alternate stack");
    is_long(report[4], 1, "... and can be sent signals of its own");
    is_long(nr_calls, 0, "the parent's signal waits for the parent");
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    is_long(nr_calls, 1, "... and comes");
    sigaction(SIGUSR1, NULL, &action);
    ok(action.sa_handler == count, "what the child did to its actions stays with it");
    sigaltstack(&none, NULL);
}

/* ---- registers ---- */

static void check_registers(void)
{
    const uint32_t mxcsr = 0x1f80 | 3U << 13;
    const uint32_t usual = 0x1f80;
    uint32_t found;
    int status;
    pid_t pid;

    fflush(stdout);
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
    pid = fork();
    __asm__ volatile("stmxcsr %0" : "=m"(found));
    if (pid == 0)
        _exit(found == mxcsr ? 5 : 6);
    __asm__ volatile("ldmxcsr %0" : : "m"(usual));
    waitpid(pid, &status, 0);
    is_long(status, CHILD_EXITED(5), "vector state is the child's as well");
    is_long(found, mxcsr, "... and still the parent's");
}

/* ---- clone ---- */

static void check_clone(void)
{
    volatile int *words = (volatile int *)(uintptr_t)report;
    static int parent_tid, child_tid;
    int status = 0;
    pid_t pid;

    words[0] = words[1] = -1;
    parent_tid = child_tid = -1;
    fflush(stdout);
    pid = (pid_t)raw(SYS_clone, SIGCHLD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, 0, &parent_tid,
                     &child_tid, 0);
    if (pid == 0)
        raw(SYS_exit_group, child_tid == getpid() ? 5 : 6);
    is_long(parent_tid, pid, "CLONE_PARENT_SETTID writes the number here");
    is_long(child_tid, -1, "CLONE_CHILD_SETTID does not");
    is_long(waitpid(pid, &status, 0), pid, "the child");
    is_long(status, CHILD_EXITED(5), "... finds its number in its own memory");
    pid =
        (pid_t)raw(SYS_clone, SIGCHLD | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID, 0, 0, words, 0);
    if (pid == 0)
        raw(SYS_exit_group, words[0] == getpid() ? 5 : 6);
    waitpid(pid, &status, 0);
    is_long(status, CHILD_EXITED(5), "in shared memory the number is seen by both");
    is_long(words[0], pid, "... and stays: the memory is not shared by the same space");
    pid = (pid_t)raw(SYS_clone, CLONE_PARENT_SETTID | SIGCHLD, 0, 8, 0, 0);
    if (pid == 0)
        raw(SYS_exit_group, 3);
    is_long(waitpid(pid, &status, 0), pid, "a bad place for the number is no error");
    is_long(status, CHILD_EXITED(3), "... the child runs");
}

/* A child that reports its end by another signal, or none. */
static void check_exit_signal(void)
{
    int status = 0;
    pid_t pid;

    nr_calls = 0;
    signal(SIGUSR2, count);
    fflush(stdout);
    pid = (pid_t)raw(SYS_clone, SIGUSR2, 0, 0, 0, 0);
    if (pid == 0)
        raw(SYS_exit_group, 4);
    is_long(raw(SYS_wait4, pid, &status, 0, 0), -ECHILD, "wait4 does not see a clone child");
    do
        errno = 0;
    while (waitpid(pid, &status, __WCLONE) < 0 && errno == EINTR);
    is_long(status, CHILD_EXITED(4), "... but with __WCLONE");
    is_long(nr_calls, 1, "its end was told by its signal");
    signal(SIGUSR2, SIG_DFL);
}

/* ---- usage ---- */

#define NR_PAGES 200

static char *touched;

static int touch_pages(void)
{
    touched =
        mmap(NULL, NR_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < NR_PAGES; i++)
        *(volatile char *)(touched + i * PAGE) = 1;
    return 0;
}

static void check_usage(void)
{
    struct rusage before, after, child;
    int status;
    pid_t pid;

    is_long(getrusage(RUSAGE_CHILDREN, &before), 0, "getrusage of children");
    fflush(stdout);
    pid = fork();
    if (pid == 0)
        _exit(touch_pages());
    is_long(wait4(pid, &status, 0, &child), pid, "wait4 with usage");
    getrusage(RUSAGE_CHILDREN, &after);
    ok(child.ru_minflt >= NR_PAGES && child.ru_minflt < 2 * NR_PAGES, "... has the page faults");
    is_long(child.ru_majflt, 0, "... none from a disk");
    is_long(after.ru_minflt - before.ru_minflt, child.ru_minflt, "... which add up for the parent");
    /* Linux counts pages in batches of 64. */
    ok(child.ru_maxrss >= (NR_PAGES - 64) * 4 && after.ru_maxrss >= child.ru_maxrss,
       "the most memory a child had, and the most of all");
    getrusage(RUSAGE_SELF, &before);
    touch_pages();
    getrusage(RUSAGE_SELF, &after);
    ok(after.ru_minflt - before.ru_minflt >= NR_PAGES &&
           after.ru_minflt - before.ru_minflt < NR_PAGES + 20,
       "one's own faults are counted");
    munmap(touched, NR_PAGES * PAGE);
    getrusage(RUSAGE_SELF, &before);
    ok(before.ru_maxrss >= after.ru_maxrss && after.ru_maxrss >= (NR_PAGES - 64) * 4,
       "... and one's own, also when it is given back");
    is_long(raw(SYS_getrusage, 2, &after), -EINVAL, "getrusage of who 2");
    is_long(raw(SYS_getrusage, -2, &after), -EINVAL, "... -2");
    is_long(raw(SYS_getrusage, 0, 8), -EFAULT, "... to a bad pointer");
}

/* ---- many ---- */

static void check_many(void)
{
    pid_t pids[20];
    int wrong = 0, status;

    fflush(stdout);
    for (int i = 0; i < 20; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            _exit(i);
    }
    for (int i = 19; i >= 0; i--)
        wrong += waitpid(pids[i], &status, 0) != pids[i] || status != CHILD_EXITED(i);
    is_long(wrong, 0, "20 children end as they should");
    is_long(waitpid(-1, NULL, 0), -1, "no other is left");
}

int main(void)
{
    report = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check_basics();
    check_descriptors();
    check_signals();
    check_registers();
    check_clone();
    check_exit_signal();
    check_usage();
    check_many();
    return done_testing();
}
