/*
 * tests/guest/signal_wait.c - rt_sigtimedwait
 */
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define MS 1000000L

/* What the kernel stores, in its order. */
struct info {
    int signo, error, code, pad, pid, uid;
    void *value;
    char rest[100];
};

static uint64_t set_of(int signal)
{
    return 1UL << (signal - 1);
}

static volatile int nr_handled;

static void count(int signal)
{
    (void)signal;
    nr_handled++;
}

static long wait_for(uint64_t set, struct info *info, long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * MS};

    return raw(SYS_rt_sigtimedwait, &set, info, ms < 0 ? NULL : &time, 8);
}

static long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 * MS + time.tv_nsec;
}

static pid_t send_later(int signal)
{
    struct timespec time = {0, 20 * MS};

    tap_flush();
    pid_t child = fork();
    if (child == 0) {
        nanosleep(&time, NULL);
        kill(getppid(), signal);
        _exit(0);
    }
    return child;
}

int main(void)
{
    uint64_t blocked = set_of(SIGUSR1) | set_of(SIGUSR2) | set_of(SIGRTMIN + 1), none = 0;
    union sigval value = {.sival_int = 1};
    struct info info;
    int status;

    raw(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, NULL, 8);
    long start = now();
    is_long(wait_for(blocked, &info, 20), -EAGAIN, "none comes");
    ok(now() - start >= 20 * MS, "... in 20 ms");
    is_long(wait_for(blocked, &info, 0), -EAGAIN, "none is there");
    raise(SIGUSR2);
    is_long(wait_for(blocked, &info, 0), SIGUSR2, "one is");
    ok(info.signo == SIGUSR2 && info.pid == getpid() && info.code <= 0, "... and says whence");
    is_long(wait_for(blocked, &info, 0), -EAGAIN, "... once");
    raise(SIGUSR2);
    raise(SIGUSR1);
    is_long(wait_for(set_of(SIGUSR2), &info, 0), SIGUSR2, "one of two");
    is_long(wait_for(blocked, NULL, 0), SIGUSR1, "... and the other");
    sigqueue(getpid(), SIGRTMIN + 1, value);
    value.sival_int = 2;
    sigqueue(getpid(), SIGRTMIN + 1, value);
    is_long(wait_for(blocked, &info, -1), SIGRTMIN + 1, "of a kind that queues");
    ok((intptr_t)info.value == 1, "... the first");
    is_long(wait_for(blocked, &info, -1), SIGRTMIN + 1, "... then");
    ok((intptr_t)info.value == 2, "... the second");

    pid_t child = send_later(SIGUSR1);
    is_long(wait_for(blocked, &info, -1), SIGUSR1, "one comes");
    ok(info.pid == child, "... from the child");
    waitpid(child, &status, 0);
    signal(SIGUSR1, count);
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
    child = send_later(SIGUSR1);
    is_long(wait_for(set_of(SIGUSR2), &info, -1), -EINTR, "another has a handler");
    is_long(nr_handled, 1, "... that runs");
    waitpid(child, &status, 0);
    child = send_later(SIGUSR1);
    is_long(wait_for(set_of(SIGUSR1), &info, -1), SIGUSR1, "not blocked, it is taken");
    is_long(nr_handled, 1, "... before its handler");
    waitpid(child, &status, 0);
    child = send_later(SIGURG);
    is_long(wait_for(set_of(SIGURG), &info, 60), -EAGAIN, "one that is ignored is lost");
    waitpid(child, &status, 0);

    struct timespec bad = {0, -1};
    is_long(raw(SYS_rt_sigtimedwait, &blocked, NULL, &bad, 8), -EINVAL, "no such time");
    is_long(raw(SYS_rt_sigtimedwait, &blocked, NULL, NULL, 4), -EINVAL, "a set of another size");
    is_long(raw(SYS_rt_sigtimedwait, 8, NULL, NULL, 8), -EFAULT, "a bad pointer");
    return done_testing();
}
