/* loam-only: Debian's kernel is built without fault injection */
/*
 * tests/guest/fail_process.c - each allocation of fork, vfork, exec and signals fails in turn
 *
 * Once exec has given the old program up, it cannot say no any more: the process dies.
 */
#include <sys/resource.h>

#include "child.h"
#include "inject.h"

#define RW      (PROT_READ | PROT_WRITE)
#define PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

static char *self;

static void some_memory(void)
{
    mmap((void *)ARENA, 8 * PAGE, RW, PRIVATE, -1, 0);
    mmap((void *)(ARENA + 2 * PAGE), PAGE, PROT_READ, PRIVATE, -1, 0);
    mmap((void *)(ARENA + 5 * PAGE), 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    for (size_t i = 0; i < 8; i++)
        if (i != 2)
            memset((void *)(ARENA + i * PAGE), 'a' + (int)i, PAGE);
}

static void many_files(void)
{
    some_memory();
    for (int i = 0; i < 40; i++)
        dup(STDOUT_FILENO);
}

/* Mapped and open: a file of the initrd, one of /tmp, one without a name, a pipe. */
static void mapped_files(void)
{
    static const int flags[] = {MAP_PRIVATE, MAP_SHARED, MAP_PRIVATE, MAP_SHARED, MAP_PRIVATE};
    int ends[2], fds[] = {open("/bin/true", O_RDONLY), open("/bin/true", O_RDONLY),
                          open("/tmp/fail-process", O_RDWR | O_CREAT, 0600),
                          memfd_create("fail", 0), memfd_create("fail", 0)};

    for (size_t i = 0; i < 5; i++) {
        void *at = (void *)(ARENA + i * 4 * PAGE);
        int rights = i < 2 ? PROT_READ : RW;
        if (i >= 2)
            ftruncate(fds[i], 3 * (off_t)PAGE);
        mmap(at, 2 * PAGE, rights, MAP_FIXED | flags[i], fds[i], 0);
        if (rights == RW)
            memset(at, 'm', 2 * PAGE);
    }
    if (pipe(ends) == 0)
        write(ends[1], self, 100);
}

/* Reaped, so that nothing is left of the child. */
static long reap(pid_t pid)
{
    int status;

    if (pid < 0)
        return -errno;
    return waitpid(pid, &status, 0) == pid && status == CHILD_EXITED(3) ? 0 : -EINVAL;
}

static long act_fork(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(3);
    return reap(pid);
}

static long act_vfork(void)
{
    pid_t pid = vfork();

    if (pid == 0)
        _exit(3);
    return reap(pid);
}

/* fork in a child of fork, which has tables that it shares with its parent. */
static long act_fork_twice(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(act_fork() == 0 ? 3 : 4);
    return reap(pid);
}

static long act_exec(void)
{
    char name[] = "replaced", fd[16];
    char *arguments[] = {self, name, fd, NULL};

    snprintf(fd, sizeof(fd), "%d", nth_file);
    execve(self, arguments, environ);
    return -errno;
}

static long act_spawn(void)
{
    char path[] = "/bin/true";
    char *arguments[] = {path, NULL};
    pid_t pid;
    int status, error = posix_spawn(&pid, path, NULL, NULL, arguments, environ);

    if (error)
        return -error;
    return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -EINVAL;
}

static void a_script(void)
{
    int fd = open("/tmp/fail-script", O_WRONLY | O_CREAT | O_TRUNC, 0700);

    some_memory();
    write(fd, "#!/bin/true and more\n", 21);
    close(fd);
}

static long act_script(void)
{
    char path[] = "/tmp/fail-script", *arguments[] = {path, NULL};
    pid_t pid;
    int status, error = posix_spawn(&pid, path, NULL, NULL, arguments, environ);

    if (error)
        return -error;
    return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -EINVAL;
}

static volatile sig_atomic_t nr_signals;

static void on_signal(int signal)
{
    (void)signal;
    nr_signals++;
}

/* A handler on a stack that nobody has touched. */
static void untouched_stack(void)
{
    stack_t stack = {.ss_sp = (void *)ARENA, .ss_size = 16 * PAGE};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};

    mmap((void *)ARENA, 16 * PAGE, RW, PRIVATE, -1, 0);
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
}

static long act_signal(void)
{
    kill(getpid(), SIGUSR1);
    return nr_signals == 1 ? 0 : -EINVAL;
}

static void blocked_signal(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* One that takes a place in the queue, and one that needs none. */
static long act_queue(void)
{
    siginfo_t info = {.si_signo = SIGRTMIN, .si_code = SI_QUEUE};

    return raw(SYS_rt_sigqueueinfo, getpid(), SIGRTMIN, &info);
}

static long act_kill(void)
{
    return raw(SYS_kill, getpid(), SIGCHLD);
}

static long act_limit(void)
{
    uint64_t limit[2] = {64 << 20, 64 << 20};

    return raw(SYS_prlimit64, 0, RLIMIT_DATA, limit, limit);
}

/* The end allocates nothing: if it did, the next allocation would be the one that fails. */
static long act_exit(void)
{
    inject_arm(1);
    _exit(RETURNED);
}

static const struct scenario scenarios[] = {
    {"fork", some_memory, act_fork, 0, EAGAIN},
    {"fork with files", many_files, act_fork, 0, EAGAIN},
    {"fork in a child", some_memory, act_fork_twice, 0, EAGAIN},
    {"fork with mapped files", mapped_files, act_fork, 0, EAGAIN},
    {"vfork", some_memory, act_vfork, 0, EAGAIN},
    {"spawn with mapped files", mapped_files, act_spawn, 0, EAGAIN},
    {"exec", some_memory, act_exec, MAY_DIE | ONE_WAY, 0},
    {"spawn", many_files, act_spawn, 0, EAGAIN},
    {"a script", a_script, act_script, 0, EAGAIN},
    {"a queued signal", blocked_signal, act_queue, 0, EAGAIN},
    {"kill", blocked_signal, act_kill, NEVER, 0},
    {"prlimit", some_memory, act_limit, NEVER, 0},
    {"a signal on an untouched stack", untouched_stack, act_signal, MAY_DIE | ONE_WAY, 0},
};

/* The program that act_exec() starts. */
static int replaced(char **args)
{
    nth_file = (int)strtol(args[0], NULL, 10);
    return inject_disarm() > 0 ? REPLACED : REPLACED_AFTER_FAILURE;
}

static const struct child children[] = {{"replaced", replaced}, {NULL, NULL}};

static void check_exit(void)
{
    const struct scenario ends = {"exit", some_memory, act_exit, 0, 0};
    int status = in_child(&ends, 0);
    long before = free_frames();

    is_long(status, CHILD_EXITED(RETURNED), "exit: with nothing to allocate");
    in_child(&ends, 0);
    is_long(before - free_frames(), 0, "exit: no frame is lost");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    self = child_self();
    inject_scenarios(scenarios);
    check_exit();
    unlink("/tmp/fail-process");
    unlink("/tmp/fail-script");
    return done_testing();
}
