/*
 * tests/guest/poll_basic.c - poll, ppoll, select and pselect on pipes and files
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define MS 1000000L

static int fds[2]; /* a pipe */
static volatile int nr_signals;

static void count(int signal)
{
    (void)signal;
    nr_signals++;
}

static long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 * MS + time.tv_nsec;
}

static int events_of(int fd, int events)
{
    struct pollfd item = {fd, (short)events, 77};

    if (raw(SYS_poll, &item, 1, 0) < 0)
        return -1;
    return item.revents;
}

static void fill(int fd)
{
    char page[4096] = {0};

    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (write(fd, page, sizeof(page)) > 0)
        ;
}

static void drain(int fd)
{
    char page[4096];

    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (read(fd, page, sizeof(page)) > 0)
        ;
}

static void check_states(void)
{
    int file = open("/tmp/poll", O_RDWR | O_CREAT, 0600);

    is_long(events_of(fds[0], POLLIN), 0, "an empty pipe has nothing to read");
    is_long(events_of(fds[1], POLLOUT), POLLOUT, "... and room");
    is_long(events_of(fds[1], POLLIN), 0, "... and a writer does not read");
    is_long(events_of(fds[1], POLLOUT | POLLWRNORM), POLLOUT | POLLWRNORM, "two words for room");
    is_long(write(fds[1], "x", 1), 1, "a byte");
    is_long(events_of(fds[0], POLLIN | POLLOUT), POLLIN, "... can be read");
    is_long(events_of(fds[0], 0), 0, "... if anybody asks");
    fill(fds[1]);
    is_long(events_of(fds[1], POLLOUT), 0, "a full pipe");
    drain(fds[0]);
    is_long(events_of(fds[1], POLLOUT), POLLOUT, "... is emptied");
    is_long(events_of(file, POLLIN | POLLOUT | POLLPRI), POLLIN | POLLOUT,
            "a file is always ready");
    is_long(events_of(999, POLLIN), POLLNVAL, "what is not open");
    is_long(events_of(-1, POLLIN), 0, "what is not asked for");
    close(file);
    unlink("/tmp/poll");
}

static void check_ends(void)
{
    int other[2];

    is_long(pipe(other), 0, "another pipe");
    close(other[1]);
    is_long(events_of(other[0], POLLIN), POLLHUP, "without writer");
    close(other[0]);
    is_long(pipe(other), 0, "another pipe");
    is_long(write(other[1], "x", 1), 1, "a byte");
    close(other[1]);
    is_long(events_of(other[0], POLLIN), POLLIN | POLLHUP, "... and no writer any more");
    close(other[0]);
    is_long(pipe(other), 0, "another pipe");
    close(other[0]);
    is_long(events_of(other[1], POLLOUT), POLLOUT | POLLERR, "without reader");
    close(other[1]);
}

static pid_t write_later(void)
{
    struct timespec time = {0, 20 * MS};

    tap_flush();
    pid_t child = fork();
    if (child == 0) {
        nanosleep(&time, NULL);
        _exit(write(fds[1], "y", 1) != 1);
    }
    return child;
}

static void check_waiting(void)
{
    struct pollfd items[] = {{-1, POLLIN, 0}, {fds[0], POLLIN, 0}, {fds[1], 0, 0}};
    long start = now();
    int status;
    char c;

    is_long(raw(SYS_poll, items, 3, 30), 0, "nothing comes");
    ok(now() - start >= 30 * MS, "... in 30 ms");
    is_long(raw(SYS_poll, NULL, 0, 5), 0, "nothing is waited for");
    pid_t child = write_later();
    is_long(raw(SYS_poll, items, 3, -1), 1, "something comes");
    is_long(items[1].revents, POLLIN, "... to read");
    ok(items[0].revents == 0 && items[2].revents == 0, "... and nothing else");
    is_long(read(fds[0], &c, 1), 1, "... it is read");
    waitpid(child, &status, 0);
    items[0].fd = 999;
    is_long(raw(SYS_poll, items, 3, -1), 1, "what is not open is not waited for");
    is_long(raw(SYS_poll, 8, 1, 0), -EFAULT, "a bad pointer");
    is_long(raw(SYS_poll, items, 100000000, 0), -EINVAL, "more than can be open");
}

static void check_ppoll(void)
{
    struct pollfd item = {fds[0], POLLIN, 0};
    struct timespec time = {0, 20 * MS}, bad = {0, -1};
    struct sigaction action = {.sa_handler = count, .sa_flags = SA_RESTART};
    sigset_t blocked, none, is;
    struct itimerval timer = {{0, 0}, {0, 10000}};

    is_long(raw(SYS_ppoll, &item, 1, &time, NULL, 8), 0, "ppoll: nothing comes");
    ok(time.tv_sec == 0 && time.tv_nsec == 0, "... in time");
    is_long(raw(SYS_ppoll, &item, 1, &bad, NULL, 8), -EINVAL, "... a bad time");
    sigaction(SIGALRM, &action, NULL);
    sigemptyset(&blocked);
    sigemptyset(&none);
    sigaddset(&blocked, SIGALRM);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    raise(SIGALRM);
    is_long(nr_signals, 0, "a signal that is blocked");
    is_long(raw(SYS_ppoll, &item, 1, NULL, &none, 8), -EINTR, "... but not for ppoll");
    is_long(nr_signals, 1, "... has come");
    sigprocmask(SIG_BLOCK, NULL, &is);
    ok(sigismember(&is, SIGALRM), "... and is blocked again");
    is_long(raw(SYS_ppoll, &item, 1, NULL, &none, 4), -EINVAL, "a set of another size");
    is_long(raw(SYS_ppoll, &item, 1, NULL, 8, 8), -EFAULT, "no set");
    item.fd = fds[1];
    item.events = POLLOUT;
    is_long(raw(SYS_ppoll, &item, 1, NULL, &none, 8), 1, "room is there at once");
    sigprocmask(SIG_BLOCK, NULL, &is);
    ok(sigismember(&is, SIGALRM), "... and what was blocked is");
    sigprocmask(SIG_UNBLOCK, &blocked, NULL);
    item = (struct pollfd){fds[0], POLLIN, 0};
    setitimer(ITIMER_REAL, &timer, NULL);
    is_long(raw(SYS_poll, &item, 1, 20000), -EINTR, "a handler ends poll, SA_RESTART or not");
    is_long(nr_signals, 2, "... it ran");
}

static void check_stopped(void)
{
    struct timespec time = {0, 10 * MS};
    struct pollfd item = {fds[0], POLLIN, 0};
    int status;

    tap_flush();
    pid_t child = fork();
    if (child == 0)
        _exit(raw(SYS_poll, &item, 1, 40) != 0);
    nanosleep(&time, NULL);
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    is_long(status, 0, "who is stopped and goes on waits to the end");
}

static void check_select(void)
{
    struct timeval time = {0, 20000};
    fd_set in, out, except;
    char c;

    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&except);
    FD_SET(fds[0], &in);
    is_long(raw(SYS_select, fds[1] + 1, &in, NULL, NULL, &time), 0, "select: nothing comes");
    ok(!FD_ISSET(fds[0], &in), "... the set is empty");
    ok(time.tv_sec == 0 && time.tv_usec == 0, "... no time is left");
    FD_SET(fds[0], &in);
    FD_SET(fds[1], &out);
    FD_SET(fds[0], &except);
    is_long(raw(SYS_select, fds[1] + 1, &in, &out, &except, NULL), 1, "room to write");
    ok(!FD_ISSET(fds[0], &in) && FD_ISSET(fds[1], &out) && !FD_ISSET(fds[0], &except),
       "... and nothing else");
    is_long(write(fds[1], "x", 1), 1, "a byte");
    FD_SET(fds[0], &in);
    is_long(raw(SYS_select, fds[1] + 1, &in, &out, NULL, NULL), 2, "both");
    ok(FD_ISSET(fds[0], &in) && FD_ISSET(fds[1], &out), "... are so");
    is_long(read(fds[0], &c, 1), 1, "... it is read");
    FD_ZERO(&in);
    FD_SET(60, &in);
    is_long(raw(SYS_select, 61, &in, NULL, NULL, NULL), -EBADF, "what is not open");
    is_long(raw(SYS_select, 60, &in, NULL, NULL, &time), 0, "... and beyond the count");
    ok(!FD_ISSET(60, &in), "... which is left out");
    is_long(raw(SYS_select, -1, &in, NULL, NULL, NULL), -EINVAL, "less than none");
    is_long(raw(SYS_select, 1, 8, NULL, NULL, NULL), -EFAULT, "a bad pointer");
    time = (struct timeval){-1, 0};
    is_long(raw(SYS_select, 0, NULL, NULL, NULL, &time), -EINVAL, "a time before now");
    time = (struct timeval){0, 5000};
    is_long(raw(SYS_select, 0, NULL, NULL, NULL, &time), 0, "nothing but time");
}

static void check_pselect(void)
{
    struct timespec time = {0, 10 * MS};
    sigset_t blocked, none;
    fd_set in;

    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGALRM);
    struct {
        sigset_t *set;
        size_t size;
    } mask = {&none, 8};
    FD_ZERO(&in);
    FD_SET(fds[0], &in);
    is_long(raw(SYS_pselect6, fds[0] + 1, &in, NULL, NULL, &time, NULL), 0,
            "pselect: nothing comes");
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    nr_signals = 0;
    raise(SIGALRM);
    FD_SET(fds[0], &in);
    is_long(raw(SYS_pselect6, fds[0] + 1, &in, NULL, NULL, NULL, &mask), -EINTR, "a signal");
    is_long(nr_signals, 1, "... has come");
    raise(SIGALRM);
    time.tv_nsec = 0;
    is_long(raw(SYS_pselect6, 0, NULL, NULL, NULL, &time, &mask), -EINTR,
            "one goes before no time at all");
    is_long(nr_signals, 2, "... and has come");
    mask.size = 4;
    is_long(raw(SYS_pselect6, 0, NULL, NULL, NULL, NULL, &mask), -EINVAL, "a set of another size");
    is_long(raw(SYS_pselect6, 0, NULL, NULL, NULL, NULL, 8), -EFAULT, "no set");
}

int main(void)
{
    is_long(pipe(fds), 0, "a pipe");
    check_states();
    check_ends();
    check_waiting();
    check_ppoll();
    check_stopped();
    check_select();
    check_pselect();
    return done_testing();
}
