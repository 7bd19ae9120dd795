/*
 * tests/guest/file_locks.c - record locks of fcntl, locks of open files, flock
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define MS 1000000L

static int fd; /* /tmp/locked, 100 bytes */

static long lock_at(int file, int command, int type, long start, long len)
{
    struct flock lock = {
        .l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};

    return raw(SYS_fcntl, file, command, &lock);
}

static long set(int type, long start, long len)
{
    return lock_at(fd, F_SETLK, type, start, len);
}

/* What another process finds in the way of an exclusive lock, as type, start, length; else "free". */
static const char *seen(long start, long len)
{
    static char text[64];
    int fds[2], status;

    memset(text, 0, sizeof(text));
    if (pipe(fds))
        return "no pipe";
    tap_flush();
    pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_start = start, .l_len = len};
        if (raw(SYS_fcntl, fd, F_GETLK, &lock))
            _exit(1);
        if (lock.l_type == F_UNLCK)
            snprintf(text, sizeof(text), "free");
        else
            snprintf(text, sizeof(text), "%s %ld %ld %s", lock.l_type == F_WRLCK ? "write" : "read",
                     (long)lock.l_start, (long)lock.l_len,
                     lock.l_pid == getppid() ? "ours" : "other");
        _exit(write(fds[1], text, strlen(text)) < 0);
    }
    close(fds[1]);
    if (read(fds[0], text, sizeof(text) - 1) < 0)
        text[0] = 0;
    close(fds[0]);
    waitpid(child, &status, 0);
    return text;
}

static int child_cannot(void)
{
    return set(F_WRLCK, 10, 1) != -EAGAIN || set(F_RDLCK, 10, 1) != -EAGAIN ||
           set(F_WRLCK, 50, 1) != 0;
}

static int child_reads(void)
{
    return set(F_RDLCK, 0, 100) != 0 || set(F_WRLCK, 0, 100) != -EAGAIN;
}

static void check_ranges(void)
{
    is_str(seen(0, 0), "free", "no locks yet");
    is_long(set(F_WRLCK, 10, 20), 0, "a range");
    is_str(seen(0, 0), "write 10 20 ours", "... is seen by others");
    is_str(seen(30, 5), "free", "... not beside it");
    is_long(child_call(child_cannot), 0, "... who cannot have it");
    is_long(set(F_WRLCK, 30, 10), 0, "what touches it");
    is_str(seen(0, 0), "write 10 30 ours", "... is one with it");
    is_long(set(F_RDLCK, 20, 5), 0, "the middle to read only");
    is_str(seen(20, 1), "read 20 5 ours", "... is its own");
    is_str(seen(25, 1), "write 25 15 ours", "... and so is what comes after");
    is_long(set(F_UNLCK, 12, 20), 0, "a hole in it");
    is_str(seen(0, 12), "write 10 2 ours", "... before");
    is_str(seen(12, 20), "free", "... the hole");
    is_str(seen(32, 1), "write 32 8 ours", "... behind");
    is_long(set(F_WRLCK, 90, 0), 0, "to the end, wherever");
    is_str(seen(100000, 1), "write 90 0 ours", "... far behind it");
    is_long(set(F_RDLCK, 0, 0), 0, "all of it, to read");
    is_str(seen(0, 0), "read 0 0 ours", "... is one");
    is_long(child_call(child_reads), 0, "others can read too");
    is_long(set(F_UNLCK, 0, 0), 0, "no more");
    is_str(seen(0, 0), "free", "... nothing is left");
}

static void check_whence(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -10, .l_len = 5};

    is_long(raw(SYS_fcntl, fd, F_SETLK, &lock), 0, "from the end");
    is_str(seen(0, 0), "write 90 5 ours", "... of 100 bytes");
    lseek(fd, 50, SEEK_SET);
    lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_start = 0, .l_len = -10};
    is_long(raw(SYS_fcntl, fd, F_SETLK, &lock), 0, "back from where we are");
    is_str(seen(0, 60), "write 40 10 ours", "... ten bytes");
    set(F_UNLCK, 0, 0);
    is_long(set(F_WRLCK, -1, 1), -EINVAL, "before the beginning");
    is_long(set(F_WRLCK, 5, -6), -EINVAL, "... by its length");
    is_long(set(F_WRLCK, INT64_MAX, 2), -EOVERFLOW, "beyond all ends");
    is_long(set(9, 0, 1), -EINVAL, "a strange kind");
    is_long(lock_at(fd, F_GETLK, F_UNLCK, 0, 1), -EINVAL, "who would be in the way of no lock");
    is_long(raw(SYS_fcntl, fd, F_SETLK, 8), -EFAULT, "a bad pointer");
    is_long(lock_at(999, F_SETLK, F_WRLCK, 0, 1), -EBADF, "nothing open");
    int reader = open("/tmp/locked", O_RDONLY), writer = open("/tmp/locked", O_WRONLY);
    is_long(lock_at(reader, F_SETLK, F_WRLCK, 0, 1), -EBADF, "to write what is only read");
    is_long(lock_at(writer, F_SETLK, F_RDLCK, 0, 1), -EBADF, "to read what is only written");
    is_long(set(F_WRLCK, 0, 10), 0, "a lock");
    close(reader);
    is_str(seen(0, 0), "free", "any close of the file gives it up");
    close(writer);
}

static void pause_ms(long ms)
{
    struct timespec time = {0, ms * MS};

    nanosleep(&time, NULL);
}

static void nothing(int signal)
{
    (void)signal;
}

static void check_waiting(void)
{
    struct sigaction action = {.sa_handler = nothing};
    struct itimerval timer = {{0, 0}, {0, 20000}};
    int fds[2], status;
    char c;

    is_long(pipe(fds), 0, "a pipe");
    tap_flush();
    pid_t child = fork();
    if (child == 0) {
        if (set(F_WRLCK, 0, 1) || write(fds[1], "x", 1) != 1)
            _exit(1);
        pause_ms(30);
        _exit(0);
    }
    is_long(read(fds[0], &c, 1), 1, "another has a lock");
    is_long(set(F_WRLCK, 0, 1), -EAGAIN, "... that we cannot have");
    is_long(lock_at(fd, F_SETLKW, F_WRLCK, 0, 1), 0, "... until it ends");
    waitpid(child, &status, 0);
    is_long(status, 0, "... well");
    tap_flush();
    child = fork();
    if (child == 0) {
        /* waits for the parent's byte 0 with byte 1 in its hands */
        if (set(F_WRLCK, 1, 1) || write(fds[1], "x", 1) != 1)
            _exit(1);
        _exit(lock_at(fd, F_SETLKW, F_WRLCK, 0, 1) != 0);
    }
    is_long(read(fds[0], &c, 1), 1, "another waits for us");
    pause_ms(30);
    is_long(lock_at(fd, F_SETLKW, F_WRLCK, 1, 1), -EDEADLK, "... and we cannot for it");
    is_long(set(F_UNLCK, 0, 0), 0, "we give way");
    waitpid(child, &status, 0);
    is_long(status, 0, "... and it goes on");
    is_long(set(F_WRLCK, 0, 1), 0, "a lock");
    sigaction(SIGALRM, &action, NULL);
    tap_flush();
    child = fork();
    if (child == 0) {
        setitimer(ITIMER_REAL, &timer, NULL);
        _exit(lock_at(fd, F_SETLKW, F_WRLCK, 0, 1) != -EINTR);
    }
    waitpid(child, &status, 0);
    is_long(status, 0, "a signal ends the wait");
    set(F_UNLCK, 0, 0);
}

static void check_open_files(void)
{
    int one = open("/tmp/locked", O_RDWR), two = open("/tmp/locked", O_RDWR);

    is_long(lock_at(one, F_OFD_SETLK, F_WRLCK, 0, 10), 0, "an open file's lock");
    is_long(lock_at(two, F_OFD_SETLK, F_RDLCK, 5, 1), -EAGAIN, "... is in another's way");
    is_long(set(F_RDLCK, 5, 1), -EAGAIN, "... and in the process's own");
    struct flock lock = {.l_type = F_WRLCK, .l_len = 1};
    is_long(raw(SYS_fcntl, two, F_OFD_GETLK, &lock), 0, "it is seen");
    is_long(lock.l_pid, -1, "... as nobody's");
    lock.l_pid = 5;
    is_long(raw(SYS_fcntl, two, F_OFD_SETLK, &lock), -EINVAL, "a number means nothing");
    int copy = dup(one);
    close(one);
    is_long(lock_at(two, F_OFD_SETLK, F_RDLCK, 5, 1), -EAGAIN, "a copy keeps it");
    close(copy);
    is_long(lock_at(two, F_OFD_SETLK, F_RDLCK, 5, 1), 0, "... till the last is closed");
    close(two);
}

/* Take one byte as an open file, say so, and wait for another's byte until the timer ends it. */
static int circle_half(long mine, long others, int tell)
{
    struct itimerval timer = {{0, 0}, {0, 100000}};
    int file = open("/tmp/locked", O_RDWR);

    if (lock_at(file, F_OFD_SETLK, F_WRLCK, mine, 1) || write(tell, "x", 1) != 1)
        return 1;
    pause_ms(20);
    setitimer(ITIMER_REAL, &timer, NULL);
    long result = lock_at(file, F_OFD_SETLKW, F_WRLCK, others, 1);
    return result != -EINTR && result != 0; /* 0: the other ended before the timer */
}

static void check_circle_of_open_files(void)
{
    struct itimerval timer = {{0, 0}, {0, 70000}};
    int fds[2], status;
    char c;

    is_long(pipe(fds), 0, "a pipe");
    tap_flush();
    for (int i = 0; i < 2; i++) {
        if (fork() == 0)
            _exit(circle_half(i, 1 - i, fds[1]));
        is_long(read(fds[0], &c, 1), 1, "an open file's lock");
    }
    setitimer(ITIMER_REAL, &timer, NULL);
    is_long(lock_at(fd, F_SETLKW, F_WRLCK, 0, 1), -EINTR, "a process waits for two in a circle");
    for (int i = 0; i < 2; i++) {
        wait(&status);
        is_long(status, 0, "... which wait too: no deadlock is seen among open files");
    }
    close(fds[0]);
    close(fds[1]);
}

static int flock_in_child(void)
{
    int other = open("/tmp/locked", O_RDONLY);

    return raw(SYS_flock, other, LOCK_SH | LOCK_NB) != -EAGAIN || raw(SYS_flock, fd, LOCK_EX) != 0;
}

static void check_flock(void)
{
    int other = open("/tmp/locked", O_RDONLY);

    is_long(raw(SYS_flock, fd, LOCK_EX), 0, "flock");
    is_long(raw(SYS_flock, other, LOCK_SH | LOCK_NB), -EAGAIN, "... of another open file");
    is_long(child_call(flock_in_child), 0, "... is the child's too");
    is_long(set(F_WRLCK, 0, 1), 0, "... and has nothing to do with ranges");
    is_long(raw(SYS_flock, fd, LOCK_SH), 0, "shared");
    is_long(raw(SYS_flock, other, LOCK_SH | LOCK_NB), 0, "... by both");
    is_long(raw(SYS_flock, other, LOCK_EX | LOCK_NB), -EAGAIN, "... and no more");
    is_long(raw(SYS_flock, fd, LOCK_EX | LOCK_NB), 0, "... who lost its own by asking");
    is_long(raw(SYS_flock, fd, LOCK_EX | LOCK_NB), 0, "one that is there can be asked for");
    is_long(raw(SYS_flock, other, LOCK_SH | LOCK_NB), -EAGAIN, "... and stays");
    is_long(raw(SYS_flock, fd, LOCK_UN), 0, "given up");
    is_long(raw(SYS_flock, other, LOCK_EX | LOCK_NB), 0, "... it can be had");
    is_long(raw(SYS_flock, fd, 0), -EINVAL, "nothing asked");
    is_long(raw(SYS_flock, 999, LOCK_EX), -EBADF, "of nothing");
    close(other);
    is_long(raw(SYS_flock, fd, LOCK_EX | LOCK_NB), 0, "closed, it is free");
}

int main(void)
{
    char bytes[100] = {0};

    fd = open("/tmp/locked", O_RDWR | O_CREAT, 0600);
    is_long(write(fd, bytes, 100), 100, "a file");
    check_ranges();
    check_whence();
    check_waiting();
    check_open_files();
    check_circle_of_open_files();
    check_flock();
    unlink("/tmp/locked");
    return done_testing();
}
