/*
 * tests/guest/thread_basic.c - tasks of one process: clone, exit, signals, exec; futexes and robust lists
 *
 * The C library knows nothing of threads: only raw calls are made in them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define MS         1000000L
#define STACK_SIZE 65536
#define TASK                                                                                       \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |            \
     CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)
#define ANY 0xffffffffu

static uint32_t word, other, done;
static volatile int nr_handled, handler_tid, stop;

static long futex(uint32_t *address, int operation, uint32_t value, const void *time,
                  uint32_t *second, uint32_t third)
{
    return raw(SYS_futex, address, operation | FUTEX_PRIVATE_FLAG, value, time, second, third);
}

/* A task of this process, which runs to its end. */
struct task {
    int tid; /* cleared at its end */
    char *stack;
};

static int start(struct task *task, int (*run)(void *), void *argument)
{
    task->stack =
        mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    task->tid = 0;
    return clone(run, task->stack + STACK_SIZE, TASK, argument, &task->tid, NULL, &task->tid);
}

static void join(struct task *task)
{
    int tid;

    while ((tid = __atomic_load_n(&task->tid, __ATOMIC_SEQ_CST)) != 0)
        raw(SYS_futex, &task->tid, FUTEX_WAIT, tid, NULL, NULL, 0);
    munmap(task->stack, STACK_SIZE);
}

static void pause_ms(long ms)
{
    struct timespec time = {0, ms * MS};

    raw(SYS_nanosleep, &time, NULL);
}

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

static int wait_word(void *argument)
{
    *(long *)argument = futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0);
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static int wait_bit(void *argument)
{
    *(long *)argument = futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 4);
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void check_futex(void)
{
    struct task tasks[4];
    struct timespec time = {0, 20 * MS}, bad = {0, -1};
    long results[4] = {77, 77, 77, 77};

    word = done = 0;
    is_long(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0), -EAGAIN, "the word holds another value");
    is_long(futex(&word, FUTEX_WAIT, 0, &time, NULL, 0), -ETIMEDOUT, "nobody wakes it");
    is_long(futex(&word, FUTEX_WAIT, 0, &bad, NULL, 0), -EINVAL, "no such time");
    is_long(futex((uint32_t *)((char *)&word + 1), FUTEX_WAIT, 0, NULL, NULL, 0), -EINVAL,
            "half a word");
    is_long(futex((uint32_t *)8, FUTEX_WAIT, 0, NULL, NULL, 0), -EFAULT, "no word");
    is_long(futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0), -EINVAL, "no bits");
    is_long(futex(&word, 99, 0, NULL, NULL, 0), -ENOSYS, "a strange operation");
    is_long(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0), 0, "nobody waits");
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_nsec += 20 * MS;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    is_long(futex(&word, FUTEX_WAIT_BITSET, 0, &time, NULL, ANY), -ETIMEDOUT, "to a time");

    for (int i = 0; i < 3; i++)
        start(&tasks[i], wait_word, &results[i]);
    start(&tasks[3], wait_bit, &results[3]);
    pause_ms(50);
    is_long(futex(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 4), 1, "one that waits for a bit");
    is_long(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, &other, 1), -EAGAIN,
            "moved if the word holds 1");
    long moved = futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, &other, 0);
    is_long(moved, 2, "one woken, one moved");
    long woken = futex(&other, FUTEX_WAKE, 10, NULL, NULL, 0);
    is_long(woken, 1, "... which waits for another word now");
    is_long(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0), 1, "one is left");
    for (int i = 0; i < 4; i++)
        join(&tasks[i]);
    ok(!results[0] && !results[1] && !results[2] && !results[3], "all were woken");
    is_long(done, 4, "... and went on");
}

/* A word in memory that parent and child share. */
static void check_shared_futex(void)
{
    uint32_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status;

    tap_flush();
    pid_t child = fork();
    if (child == 0) {
        pause_ms(20);
        __atomic_store_n(shared, 1, __ATOMIC_SEQ_CST);
        _exit(raw(SYS_futex, shared, FUTEX_WAKE, 1, NULL, NULL, 0) != 1);
    }
    is_long(raw(SYS_futex, shared, FUTEX_WAIT, 0, NULL, NULL, 0), 0, "another process wakes");
    waitpid(child, &status, 0);
    is_long(status, 0, "... one");
    munmap(shared, 4096);
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

static struct {
    struct robust_list list;
    uint32_t word;
} robust = {.word = 0};
static struct robust_list_head head;

static int die_with_mutex(void *argument)
{
    (void)argument;
    head = (struct robust_list_head){.list = {&robust.list},
                                     .futex_offset = (char *)&robust.word - (char *)&robust.list};
    robust.list.next = &head.list;
    raw(SYS_set_robust_list, &head, sizeof(head));
    __atomic_store_n(&robust.word, (uint32_t)raw(SYS_gettid) | FUTEX_WAITERS, __ATOMIC_SEQ_CST);
    return 0;
}

static void check_robust(void)
{
    struct robust_list_head *got = NULL;
    struct task task;
    size_t len = 0;

    start(&task, die_with_mutex, NULL);
    join(&task);
    is_long(robust.word, FUTEX_OWNER_DIED | FUTEX_WAITERS,
            "a robust mutex says that its owner died");
    is_long(raw(SYS_set_robust_list, &head, 1), -EINVAL, "a list of another size");
    is_long(raw(SYS_set_robust_list, &head, sizeof(head)), 0, "a list");
    is_long(raw(SYS_get_robust_list, 0, &got, &len), 0, "... is given");
    ok(got == &head && len == sizeof(head), "... as it was set");
    is_long(raw(SYS_get_robust_list, 30000, &got, &len), -ESRCH, "... of nobody");
    raw(SYS_set_robust_list, NULL, sizeof(head));
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
    check_futex();
    check_shared_futex();
    check_signals();
    check_ends();
    check_robust();
    check_memory();
    check_closed();
    return done_testing();
}
