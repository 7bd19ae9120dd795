/*
 * tests/guest/thread_basic.c - tasks of one process: clone, memory, files, signals, exec, exit
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"
#include "task.h"

static uint32_t word;
static volatile int nr_handled, handler_tid, stop;

static int tell(void *result)
{
    int *ids = result;

    ids[0] = (int)raw(SYS_getpid);
    ids[1] = (int)raw(SYS_gettid);
    ids[2] = (int)raw(SYS_getppid);
    return 0;
}

static int add(void *argument)
{
    (void)argument;
    for (int i = 0; i < 10000; i++)
        __atomic_fetch_add(&word, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void check_tasks(void)
{
    struct task task, tasks[8];
    int ids[3] = {0};
    int tid = start(&task, tell, ids);

    ok(tid > 0 && tid != getpid(), "a task has a number of its own");
    join(&task);
    is_long(ids[0], getpid(), "... is of this process");
    is_long(ids[1], tid, "... knows its number");
    is_long(ids[2], getppid(), "... has the same parent");
    is_long(raw(SYS_gettid), getpid(), "the first has the process's");
    for (int i = 0; i < 8; i++)
        start(&tasks[i], add, NULL);
    for (int i = 0; i < 8; i++)
        join(&tasks[i]);
    is_long(word, 80000, "eight of them work on one memory");
    is_long(raw(SYS_clone, CLONE_THREAD, 0, 0, 0, 0), -EINVAL,
            "a task without the process's signals");
    is_long(raw(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0), -EINVAL, "signals without its memory");
    is_long(raw(SYS_wait4, -1, NULL, 0, NULL), -ECHILD, "nobody waits for tasks");
}

static int open_file(void *argument)
{
    *(int *)argument = (int)raw(SYS_open, "/dev/null", O_RDWR, 0);
    raw(SYS_chdir, "/tmp");
    return 0;
}

static void check_shared(void)
{
    struct task task;
    char path[64] = "";
    int fd = -1;

    start(&task, open_file, &fd);
    join(&task);
    is_long(close(fd), 0, "what a task opens is open in all");
    raw(SYS_getcwd, path, sizeof(path));
    is_str(path, "/tmp", "... as is where they are");
    is_long(chdir("/"), 0, "... and back");
}

static void note(int signal)
{
    (void)signal;
    nr_handled++;
    handler_tid = (int)raw(SYS_gettid);
}

static int wait_for_stop(void *argument)
{
    (void)argument;
    while (!stop)
        raw(SYS_sched_yield);
    return 0;
}

static int block_and_wait(void *argument)
{
    uint64_t all = ~0ul;

    raw(SYS_rt_sigprocmask, SIG_BLOCK, &all, NULL, 8);
    __atomic_store_n((uint32_t *)argument, 1, __ATOMIC_SEQ_CST);
    return wait_for_stop(NULL);
}

static void check_signals(void)
{
    struct sigaction action = {.sa_handler = note};
    uint64_t usr1 = 1ul << (SIGUSR1 - 1);
    struct task task;
    uint32_t blocked = 0;

    sigaction(SIGUSR1, &action, NULL);
    stop = 0;
    int tid = start(&task, wait_for_stop, NULL);
    is_long(raw(SYS_tgkill, getpid(), tid, SIGUSR1), 0, "a signal to a task");
    while (!nr_handled)
        raw(SYS_sched_yield);
    is_long(handler_tid, tid, "... is handled there");
    raw(SYS_rt_sigprocmask, SIG_BLOCK, &usr1, NULL, 8);
    kill(getpid(), SIGUSR1);
    while (nr_handled < 2)
        raw(SYS_sched_yield);
    is_long(handler_tid, tid, "one to the process goes to who does not block it");
    raw(SYS_rt_sigprocmask, SIG_UNBLOCK, &usr1, NULL, 8);
    is_long(raw(SYS_tgkill, getpid(), 30000, SIGUSR1), -ESRCH, "to nobody");
    is_long(raw(SYS_tgkill, getppid(), tid, SIGUSR1), -ESRCH, "to a task of another process");
    stop = 1;
    join(&task);
    while (raw(SYS_tkill, tid, 0) == 0)
        raw(SYS_sched_yield); /* Linux tells who joins a little before it forgets the task */
    is_long(raw(SYS_tkill, tid, 0), -ESRCH, "to one that has ended");
    stop = 0;
    start(&task, block_and_wait, &blocked);
    while (!__atomic_load_n(&blocked, __ATOMIC_SEQ_CST))
        raw(SYS_sched_yield);
    kill(getpid(), SIGUSR1);
    is_long(nr_handled, 3, "who blocks all leaves it to us");
    stop = 1;
    join(&task);
}

static int exit_group_now(void *argument)
{
    (void)argument;
    raw(SYS_exit_group, 5);
    return 0;
}

static int others_end(void)
{
    struct task task;

    start(&task, exit_group_now, NULL);
    for (;;)
        raw(SYS_pause);
    return 0;
}

static int exit_later(void *argument)
{
    (void)argument;
    pause_ms(20);
    return 9;
}

static int first_ends(void)
{
    struct task task;

    start(&task, exit_later, NULL);
    raw(SYS_exit, 3);
    return 0;
}

static int crash(void *argument)
{
    *(volatile int *)argument = 1;
    return 0;
}

static int one_crashes(void)
{
    struct task task;

    start(&task, crash, (void *)8);
    for (;;)
        raw(SYS_pause);
    return 0;
}

static int run_other(void *argument)
{
    char *arguments[] = {"sh", "-c", "exit 4", NULL}, *none[] = {NULL};

    (void)argument;
    raw(SYS_execve, "/bin/sh", arguments, none);
    return 0;
}

static int one_runs_another(void)
{
    struct task task, idle;

    stop = 0;
    start(&idle, wait_for_stop, NULL);
    start(&task, run_other, NULL);
    for (;;)
        raw(SYS_pause);
    return 0;
}

static int stops_and_goes_on(void)
{
    struct task tasks[2];
    int status;
    pid_t parent = getpid(), child = fork();

    if (child == 0) {
        pause_ms(30);
        kill(parent, SIGCONT);
        _exit(0);
    }
    stop = 0;
    for (int i = 0; i < 2; i++)
        start(&tasks[i], wait_for_stop, NULL);
    kill(parent, SIGSTOP);
    waitpid(child, &status, 0);
    stop = 1;
    for (int i = 0; i < 2; i++)
        join(&tasks[i]);
    return 6;
}

static void check_ends(void)
{
    is_long(child_call(others_end), 5 << 8, "exit_group ends all, whoever calls it");
    is_long(child_call(first_ends), 9 << 8, "the last to end ends the process");
    is_long(child_call(one_crashes), SIGSEGV, "a fault of one kills all");
    is_long(child_call(one_runs_another), 4 << 8, "another program ends the others");
    is_long(child_call(stops_and_goes_on), 6 << 8, "all stop, and go on");
}

static char *page;
static volatile uint32_t go;

static int touch_all(void *argument)
{
    (void)argument;
    while (!__atomic_load_n(&go, __ATOMIC_SEQ_CST))
        raw(SYS_sched_yield);
    for (int i = 0; i < 256; i++)
        __atomic_fetch_add((uint32_t *)(page + i * 4096L), 1, __ATOMIC_SEQ_CST);
    return 0;
}

static int read_zeros(void *argument)
{
    long *result = argument;
    int fd = (int)raw(SYS_open, "/proc/self/maps", O_RDONLY, 0);

    while (!__atomic_load_n(&go, __ATOMIC_SEQ_CST))
        raw(SYS_sched_yield);
    for (int i = 0; i < 300; i++) {
        long n = raw(SYS_pread64, fd, page, 4096, 0);
        if (n < 0 && n != -EFAULT)
            *result = n;
    }
    raw(SYS_close, fd);
    return 0;
}

/* DESIGN: two tasks fault one page; one unmaps what another copies to. */
static void check_memory(void)
{
    struct task tasks[4];
    long result = 0;
    int bad = 0;

    page = mmap(NULL, 256 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    go = 0;
    for (int i = 0; i < 4; i++)
        start(&tasks[i], touch_all, NULL);
    __atomic_store_n(&go, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 4; i++)
        join(&tasks[i]);
    for (int i = 0; i < 256; i++)
        bad += *(uint32_t *)(page + i * 4096L) != 4;
    is_long(bad, 0, "pages that four tasks touch at once are each one page");
    go = 0;
    start(&tasks[0], read_zeros, &result);
    __atomic_store_n(&go, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 300; i++) {
        munmap(page, 4096);
        raw(SYS_sched_yield);
        mmap(page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        raw(SYS_sched_yield);
    }
    join(&tasks[0]);
    is_long(result, 0, "what is unmapped under a copy is EFAULT, and no more");
    munmap(page, 256 * 4096);
}

static int close_pipe(void *argument)
{
    pause_ms(20);
    raw(SYS_close, ((int *)argument)[0]);
    pause_ms(20);
    raw(SYS_write, ((int *)argument)[1], "x", 1);
    return 0;
}

/* A file that is closed while a call uses it lives on for the call. */
static void check_closed(void)
{
    struct task task;
    int fds[2];
    char c = 0;

    if (pipe(fds))
        return;
    int keep = dup(fds[0]);
    start(&task, close_pipe, fds);
    is_long(raw(SYS_read, fds[0], &c, 1), 1, "a pipe is read that another task closes meanwhile");
    is_long(c, 'x', "... what comes then");
    join(&task);
    close(keep);
    close(fds[1]);
}

int main(void)
{
    check_tasks();
    check_shared();
    check_signals();
    check_ends();
    check_memory();
    check_closed();
    return done_testing();
}
