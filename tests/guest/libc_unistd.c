/*
 * tests/guest/libc_unistd.c - the system calls through the library, and what it builds over them
 *
 * Uses only what every kernel we run on has: files are the test's own program and /dev/null;
 * children are this program again, with a word that says what to do.
 */
#include "tap.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *self;
static int constructed;
static _Thread_local int thread_number = 42;
static _Thread_local char thread_zero[100];

__attribute__((constructor)) static void construct(void)
{
    constructed = 1;
}

/* ---- the child's side ---- */

static void say_one(void)
{
    _exit(61);
}

static int child_status;

static void set_status(void)
{
    child_status++;
}

static void check_status(void)
{
    if (child_status == 1)
        _exit(62);
}

__attribute__((destructor)) static void destruct(void)
{
    if (child_status == -1)
        _exit(63);
}

static int blocked(int signal)
{
    sigset_t set;

    sigprocmask(SIG_BLOCK, NULL, &set);
    return sigismember(&set, signal);
}

static int child(const char *what)
{
    if (strcmp(what, "return") == 0)
        return 7;
    if (strcmp(what, "env") == 0) {
        const char *value = getenv("LOAM_TEST");
        return value && strcmp(value, "yes") == 0 ? 0 : 1;
    }
    if (strcmp(what, "atexit") == 0) {
        atexit(say_one);
        exit(0);
    }
    if (strcmp(what, "order") == 0) {
        atexit(check_status);
        atexit(set_status);
        exit(0);
    }
    if (strcmp(what, "destructor") == 0)
        child_status = -1;
    if (strcmp(what, "quick") == 0) {
        atexit(say_one);
        at_quick_exit(check_status);
        at_quick_exit(set_status);
        quick_exit(0);
    }
    if (strcmp(what, "abort") == 0) {
        sigset_t set;
        sigfillset(&set);
        sigprocmask(SIG_BLOCK, &set, NULL);
        abort();
    }
    if (strcmp(what, "raise") == 0)
        raise(SIGTERM);
    if (strcmp(what, "mask") == 0)
        return blocked(SIGUSR1) && !blocked(SIGUSR2) ? 0 : 1;
    if (strcmp(what, "session") == 0)
        return setsid() == -1 && errno == EPERM ? 0 : 1;
    if (strcmp(what, "null") == 0)
        return lseek(1, 0, SEEK_CUR) == 0 && !isatty(1) && write(1, "lost", 4) == 4 ? 0 : 1;
    return 0;
}

/* ---- the parent's side ---- */

/* The exit status of this program told to do `what`, or 128 + the signal that killed it. */
static int wait_for(pid_t pid)
{
    int status;

    if (waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run_with(const char *what, const posix_spawn_file_actions_t *actions,
                    const posix_spawnattr_t *attr)
{
    char *argv[] = {self, (char *)(uintptr_t) "child", (char *)(uintptr_t)what, NULL};
    pid_t pid;
    int error;

    tap_flush();
    error = posix_spawn(&pid, self, actions, attr, argv, environ);
    return error ? -error : wait_for(pid);
}

static int run(const char *what)
{
    return run_with(what, NULL, NULL);
}

static void test_start(char **argv, char **envp)
{
    ok(constructed, "constructors run before main");
    ok(thread_number == 42 && thread_zero[99] == 0,
       "thread-local variables have their first values");
    ok(envp == environ && argv[0] != NULL, "environ is main's third argument");
    ok(getauxval(AT_PAGESZ) == 4096 && getpagesize() == 4096 && sysconf(_SC_PAGESIZE) == 4096,
       "the size of a page");
    errno = 0;
    ok(getauxval(9999) == 0 && errno == ENOENT, "getauxval of what is not there");
    ok(((uintptr_t)__builtin_frame_address(0) & 15) == 0, "the stack is aligned");
}

static void test_exit(void)
{
    is_long(run("return"), 7, "main's result is the status");
    is_long(run("atexit"), 61, "exit calls functions of atexit");
    is_long(run("order"), 62, "... the last one first");
    is_long(run("destructor"), 63, "... and destructors");
    is_long(run("quick"), 62, "quick_exit calls its own functions only");
    is_long(run("abort"), 128 + SIGABRT, "abort, even with every signal blocked");
    is_long(run("raise"), 128 + SIGTERM, "raise");
}

static void test_spawn(void)
{
    posix_spawn_file_actions_t actions;
    char *const argv[] = {self, NULL};
    posix_spawnattr_t attr;
    sigset_t set;
    pid_t pid = -5;

    setenv("LOAM_TEST", "yes", 1);
    is_long(run("env"), 0, "a child has the environment");
    is_long(posix_spawn(&pid, "/no/such/program", NULL, NULL, argv, environ), ENOENT,
            "posix_spawn of no file says ENOENT");
    ok(pid == -5 && wait(NULL) == -1 && errno == ECHILD, "... and leaves no child");
    setenv("PATH", "/no/such:/dev", 1);
    is_long(posix_spawnp(&pid, "no-such-program", NULL, NULL, argv, environ), ENOENT,
            "posix_spawnp along PATH");
    is_long(posix_spawnp(&pid, "", NULL, NULL, argv, environ), ENOENT, "... of an empty name");
    posix_spawnattr_init(&attr);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    posix_spawnattr_setsigmask(&attr, &set);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_SETMASK, &set, NULL);
    is_long(run_with("mask", NULL, &attr), 0, "POSIX_SPAWN_SETSIGMASK");
    ok(blocked(SIGUSR1) && blocked(SIGUSR2) && !blocked(SIGTERM), "... leaves the parent's mask");
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID);
    is_long(run_with("session", NULL, &attr), 0, "POSIX_SPAWN_SETSID");
    is_long(posix_spawnattr_setflags(&attr, 0x4000), EINVAL, "a flag that is none");
    posix_spawn_file_actions_init(&actions);
    is_long(posix_spawn_file_actions_addopen(&actions, -1, "/", 0, 0), EBADF,
            "a descriptor that is none");
    posix_spawn_file_actions_addclose(&actions, 1);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    is_long(run_with("null", &actions, NULL), 0, "file actions happen in order");
    posix_spawn_file_actions_addopen(&actions, 1, "/no/such/file", O_RDONLY, 0);
    is_long(run_with("null", &actions, NULL), -ENOENT, "... and their errors are posix_spawn's");
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
}

static void test_vfork(void)
{
    char *const argv[] = {self, (char *)(uintptr_t) "child", (char *)(uintptr_t) "return", NULL};
    volatile int shared = 0;
    pid_t pid;

    tap_flush();
    pid = vfork();
    if (pid == 0) {
        shared = 1;
        execve(self, argv, environ);
        _exit(1);
    }
    is_long(wait_for(pid), 7, "vfork and execve");
    is_long(shared, 1, "... on the same memory");
    pid = vfork();
    if (pid == 0) {
        execl(self, self, "child", "return", (char *)NULL);
        _exit(1);
    }
    is_long(wait_for(pid), 7, "execl");
    pid = vfork();
    if (pid == 0) {
        execvp("no-such-program", argv);
        _exit(errno == ENOENT ? 5 : 6);
    }
    is_long(wait_for(pid), 5, "execvp of no program");
    ok(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "no child is left");
}

static void test_break(void)
{
    char *start = sbrk(0), *now;

    ok(start != (void *)-1 && sbrk(0) == start, "sbrk(0) asks and changes nothing");
    ok(sbrk(10000) == start && sbrk(0) == start + 10000, "sbrk returns the previous break");
    start[0] = start[9999] = 1;
    ok(sbrk(-10000) == start + 10000 && sbrk(0) == start, "... and takes back");
    errno = 0;
    ok(sbrk(INTPTR_MAX) == (void *)-1 && errno == ENOMEM, "sbrk of far too much");
    errno = 0;
    ok(sbrk(INTPTR_MIN) == (void *)-1 && errno == ENOMEM, "sbrk of far too little");
    errno = 0;
    ok(sbrk(-(intptr_t)start) == (void *)-1 && errno == ENOMEM, "sbrk down to 0");
    errno = 0;
    ok(brk((void *)-1) == -1 && errno == ENOMEM, "brk(-1)");
    ok(brk(NULL) == -1 && sbrk(0) == start, "... none of which changed anything");
    now = start + 5000;
    ok(brk(now) == 0 && sbrk(0) == now && brk(start) == 0, "brk");
}

static void test_files(void)
{
    char head[64], again[64], tail[32];
    struct iovec vec[] = {{head, 4}, {tail, 32}};
    struct stat st;
    int fd = open(self, O_RDONLY);

    ok(fd >= 0 && read(fd, head, 64) == 64 && memcmp(head, "\177ELF", 4) == 0, "open and read");
    ok(pread(fd, again, 32, 32) == 32 && memcmp(again, head + 32, 32) == 0, "pread");
    is_long(lseek(fd, 0, SEEK_CUR), 64, "... leaves the place");
    ok(fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_END) == st.st_size, "fstat");
    ok(lseek(fd, -1, SEEK_SET) == -1 && errno == EINVAL, "lseek before the start");
    ok(isatty(fd) == 0 && errno == ENOTTY, "a file is no terminal");
    is_long(close(fd), 0, "close");
    ok(close(fd) == -1 && errno == EBADF, "... twice");
    ok(read(fd, head, 1) == -1 && errno == EBADF, "read of a closed descriptor");
    ok(open("/no/such/file", O_RDONLY) == -1 && errno == ENOENT, "open of no file");
    ok(open((char *)-4096L, O_RDONLY) == -1 && errno == EFAULT, "open of a bad address");
    fd = open("/dev/null", O_RDWR);
    ok(write(fd, "x", 1) == 1 && read(fd, head, 1) == 0 && writev(fd, vec, 2) == 36, "/dev/null");
    close(fd);
}

static void test_memory(void)
{
    char *mem = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ok(mem != MAP_FAILED && mem[0] == 0 && mem[3 * 4096 - 1] == 0, "mmap");
    mem[0] = mem[8192] = 1;
    ok(mprotect(mem + 4096, 4096, PROT_NONE) == 0 && munmap(mem, 3 * 4096) == 0,
       "mprotect, munmap");
    ok(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
           errno == EINVAL,
       "mmap of nothing");
    ok(mmap(NULL, SIZE_MAX, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
           errno == ENOMEM,
       "mmap of everything");
    ok(munmap((char *)4097, 4096) == -1 && errno == EINVAL, "munmap of an unaligned address");
}

static void test_system(void)
{
    struct timespec first, second;
    struct utsname name;
    unsigned char random[16] = {0};
    int sum = 0;

    ok(uname(&name) == 0 && strcmp(name.machine, "x86_64") == 0, "uname");
    ok(getpid() == syscall(SYS_getpid) && getppid() > 0, "getpid, and syscall()");
    ok(syscall(9999) == -1 && errno == ENOSYS, "a system call that is none");
    ok(clock_gettime(CLOCK_MONOTONIC, &first) == 0 &&
           clock_gettime(CLOCK_MONOTONIC, &second) == 0 &&
           (second.tv_sec > first.tv_sec ||
            (second.tv_sec == first.tv_sec && second.tv_nsec >= first.tv_nsec)),
       "the monotonic clock never goes back");
    ok(clock_gettime(-1, &first) == -1 && errno == EINVAL, "a clock that is none");
    ok(time(NULL) == time(NULL) || time(NULL) > 0, "time");
    ok(getrandom(random, sizeof(random), 0) == 16, "getrandom");
    for (int i = 0; i < 16; i++)
        sum |= random[i];
    ok(sum != 0 && getentropy(random, 257) == -1 && errno == EIO,
       "getentropy refuses more than 256 bytes");
    ok(kill(getpid(), 0) == 0 && kill(getpid(), 65) == -1 && errno == EINVAL,
       "kill with no signal");
}

static void test_signal_sets(void)
{
    sigset_t set;
    int good = 1;

    sigemptyset(&set);
    for (int i = 1; i < NSIG; i++)
        good &= sigismember(&set, i) == 0 && sigaddset(&set, i) == 0 && sigismember(&set, i) == 1;
    ok(good, "sets hold every signal");
    ok(sigaddset(&set, 0) == -1 && sigdelset(&set, NSIG) == -1 && sigismember(&set, -1) == -1 &&
           errno == EINVAL,
       "... and no other");
    sigfillset(&set);
    ok(sigprocmask(SIG_SETMASK, &set, NULL) == 0 && !blocked(SIGKILL) && !blocked(SIGSTOP) &&
           blocked(SIGTERM),
       "SIGKILL and SIGSTOP cannot be blocked");
    ok(sigprocmask(99, &set, NULL) == -1 && errno == EINVAL,
       "a way to change the mask that is none");
    sigemptyset(&set);
    ok(sigprocmask(SIG_SETMASK, &set, NULL) == 0 && !blocked(SIGTERM), "unblocked again");
}

int main(int argc, char **argv, char **envp)
{
    if (argc == 3 && strcmp(argv[1], "child") == 0)
        return child(argv[2]);
    self = argv[0];
    test_start(argv, envp);
    test_break();
    test_files();
    test_memory();
    test_system();
    test_signal_sets();
    test_exit();
    test_spawn();
    test_vfork();
    return done_testing();
}
