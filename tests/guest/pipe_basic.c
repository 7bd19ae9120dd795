/*
 * tests/guest/pipe_basic.c - pipes: what they hold, who waits, what is split and what never is
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define KERNEL ((void *)0xffff800000000000)

static char buffer[17 * PAGE], other[17 * PAGE];

/* Two descriptors of a new pipe. */
static void make(int fds[2], int flags)
{
    if (pipe2(fds, flags) < 0)
        bail_out("pipe2");
}

static void end(int fds[2])
{
    close(fds[0]);
    close(fds[1]);
}

static int bytes_in(int fd)
{
    int n = -1;

    return ioctl(fd, FIONREAD, &n) < 0 ? -errno : n;
}

static void check_making(void)
{
    int fds[2] = {-1, -1}, lowest = dup(0);
    struct stat st;

    close(lowest);
    is_long(raw(SYS_pipe, fds), 0, "pipe");
    ok(fds[0] == lowest && fds[1] == lowest + 1, "... takes the lowest two descriptors");
    is_long(fcntl(fds[0], F_GETFL), O_RDONLY, "one to read");
    is_long(fcntl(fds[1], F_GETFL), O_WRONLY, "one to write");
    is_long(fcntl(fds[0], F_GETFD), 0, "neither is closed by exec");
    is_long(fstat(fds[0], &st), 0, "fstat");
    is_long(st.st_mode, S_IFIFO | 0600, "... is a FIFO");
    ok(st.st_size == 0 && st.st_blocks == 0 && st.st_nlink == 1, "... with a link and no size");
    is_long(raw(SYS_write, fds[0], "x", 1), -EBADF, "write to the end for reading");
    is_long(raw(SYS_read, fds[1], buffer, 1), -EBADF, "read from the end for writing");
    is_long(raw(SYS_lseek, fds[0], 0, SEEK_SET), -ESPIPE, "lseek");
    is_long(raw(SYS_pread64, fds[0], buffer, 1, 0), -ESPIPE, "pread");
    is_long(raw(SYS_pwrite64, fds[1], buffer, 1, 0), -ESPIPE, "pwrite");
    is_long(raw(SYS_ftruncate, fds[1], 0), -EINVAL, "ftruncate");
    is_long(raw(SYS_fallocate, fds[1], 0, 0, 1), -ESPIPE, "fallocate");
    is_long(raw(SYS_fsync, fds[1]), -EINVAL, "fsync");
    is_long(raw(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, fds[0], 0), -ENODEV, "mmap");
    end(fds);
    make(fds, O_CLOEXEC | O_NONBLOCK);
    is_long(fcntl(fds[0], F_GETFL), O_RDONLY | O_NONBLOCK, "pipe2 with O_NONBLOCK");
    is_long(fcntl(fds[1], F_GETFD), FD_CLOEXEC, "... and O_CLOEXEC");
    end(fds);
    is_long(raw(SYS_pipe2, fds, O_APPEND), -EINVAL, "pipe2 with an unknown flag");
    is_long(raw(SYS_pipe, KERNEL), -EFAULT, "pipe with nowhere to put the descriptors");
    is_long(dup(0), lowest, "... takes none");
    close(lowest);
}

static void check_transfer(void)
{
    struct iovec pieces[3] = {{other, 2}, {NULL, 0}, {other + 2, 100}};
    int fds[2];

    make(fds, 0);
    is_long(write(fds[1], "hello", 5), 5, "write");
    is_long(write(fds[1], "world", 5), 5, "write");
    is_long(bytes_in(fds[0]), 10, "FIONREAD");
    is_long(bytes_in(fds[1]), 10, "... at the other end");
    is_long(read(fds[0], other, 3), 3, "read of a part");
    is_long(readv(fds[0], pieces, 3), 7, "readv of the rest, without waiting for more");
    ok(memcmp(other, "loworld", 7) == 0, "... in order");
    is_long(writev(fds[1], (struct iovec[]){{buffer, 3}, {buffer, 4}}, 2), 7, "writev");
    is_long(read(fds[0], other, 100), 7, "... is one write");
    is_long(read(fds[0], other, 0), 0, "a read of nothing does not wait");
    is_long(write(fds[1], other, 0), 0, "nor does a write");
    close(fds[1]);
    is_long(read(fds[0], other, 10), 0, "without writers the end is reached");
    close(fds[0]);
}

static void check_full(void)
{
    int fds[2];
    long n = 0;

    make(fds, O_NONBLOCK);
    is_long(raw(SYS_read, fds[0], other, 1), -EAGAIN, "an empty pipe");
    for (size_t i = 0; i < sizeof(buffer); i++)
        buffer[i] = (char)(i * 11 + i / 256);
    is_long(write(fds[1], buffer, sizeof(buffer)), 16 * PAGE, "a pipe takes 64 KiB");
    is_long(raw(SYS_write, fds[1], "x", 1), -EAGAIN, "... and no byte more");
    is_long(read(fds[0], other, 100), 100, "100 bytes are read");
    is_long(raw(SYS_write, fds[1], "x", 1), -EAGAIN, "... which frees no page");
    is_long(read(fds[0], other + 100, PAGE - 100), PAGE - 100, "the rest of the page does");
    is_long(write(fds[1], buffer + 16 * PAGE, PAGE), PAGE, "... for a page");
    is_long(read(fds[0], other + PAGE, 16 * PAGE), 16 * PAGE, "all of it is read");
    is_long(memcmp(buffer, other, sizeof(buffer)), 0, "... the same bytes");
    is_long(raw(SYS_read, fds[0], other, 1), -EAGAIN, "and it is empty again");
    while (write(fds[1], buffer, PAGE - 1) == (long)PAGE - 1)
        n++;
    is_long(n, 16, "no write of up to a page is split: each has a page of its own");
    is_long(bytes_in(fds[0]), 16 * (PAGE - 1), "... and a byte is wasted in each");
    is_long(write(fds[1], "x", 1), 1, "... but the last");
    is_long(raw(SYS_write, fds[1], "x", 1), -EAGAIN, "... once");
    end(fds);
}

static void check_size(void)
{
    int fds[2];

    make(fds, O_NONBLOCK);
    is_long(fcntl(fds[0], F_GETPIPE_SZ), 16 * PAGE, "F_GETPIPE_SZ");
    is_long(fcntl(fds[1], F_SETPIPE_SZ, 2 * PAGE + 1), 4 * PAGE, "F_SETPIPE_SZ");
    is_long(write(fds[1], buffer, 16 * PAGE), 4 * PAGE, "... is what it takes");
    is_long(raw(SYS_fcntl, fds[1], F_SETPIPE_SZ, PAGE), -EBUSY, "less than is in it");
    is_long(fcntl(fds[1], F_SETPIPE_SZ, 8 * PAGE), 8 * PAGE, "more");
    is_long(read(fds[0], other, sizeof(other)), 4 * PAGE, "... keeps what is in it");
    is_long(memcmp(buffer, other, 4 * PAGE), 0, "... in order");
    is_long(raw(SYS_fcntl, 0, F_GETPIPE_SZ), -EBADF, "F_GETPIPE_SZ of what is no pipe");
    end(fds);
}

static void check_packets(void)
{
    int fds[2];

    make(fds, O_DIRECT | O_NONBLOCK);
    write(fds[1], "one", 3);
    write(fds[1], "three", 5);
    write(fds[1], "5", 1);
    is_long(read(fds[0], other, 100), 3, "with O_DIRECT a read gets one write");
    is_long(read(fds[0], other, 2), 2, "... or its start");
    is_long(read(fds[0], other, 100), 1, "... and the rest is lost");
    is_long(raw(SYS_read, fds[0], other, 100), -EAGAIN, "nothing is left");
    end(fds);
}

static void check_faults(void)
{
    char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fds[2];

    munmap(p + PAGE, PAGE);
    make(fds, O_NONBLOCK);
    is_long(raw(SYS_write, fds[1], p + PAGE - 10, 20), -EFAULT, "write from half nowhere");
    is_long(bytes_in(fds[0]), 0, "... writes nothing");
    write(fds[1], "0123456789", 10);
    is_long(raw(SYS_write, fds[1], p + PAGE - 10, 20), -EFAULT, "... behind other bytes");
    is_long(bytes_in(fds[0]), 10, "... neither");
    is_long(raw(SYS_read, fds[0], p + PAGE - 5, 10), -EFAULT, "read to half nowhere");
    is_long(read(fds[0], other, 20), 10, "... takes nothing");
    is_long(memcmp(other, "0123456789", 10), 0, "... it is all there");
    is_long(raw(SYS_write, fds[1], KERNEL, 1), -EFAULT, "write from the kernel");
    end(fds);
    munmap(p, PAGE);
}

static volatile sig_atomic_t nr_signals;

static void count(int signal)
{
    (void)signal;
    nr_signals++;
}

static void check_broken(void)
{
    struct sigaction action = {.sa_handler = count}, old;
    int fds[2], status;
    pid_t pid;

    make(fds, 0);
    close(fds[0]);
    sigaction(SIGPIPE, &action, &old);
    is_long(raw(SYS_write, fds[1], "x", 1), -EPIPE, "write to a pipe that nobody reads");
    is_long(nr_signals, 1, "... and SIGPIPE");
    is_long(raw(SYS_write, fds[1], "x", 0), 0, "a write of nothing says nothing");
    sigaction(SIGPIPE, &old, NULL);
    tap_flush();
    pid = fork();
    if (pid == 0) {
        write(fds[1], "x", 1);
        _exit(1);
    }
    waitpid(pid, &status, 0);
    ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE, "SIGPIPE ends a process");
    close(fds[1]);
}

/* The child writes n times 1,000 bytes, in one piece or many; the parent reads until the end. */
static void check_waiting(size_t n, size_t piece)
{
    size_t total = n * 1000, got = 0;
    int fds[2], status, bad = 0;
    ssize_t r;
    pid_t pid;

    make(fds, 0);
    tap_flush();
    pid = fork();
    if (pid == 0) {
        close(fds[0]);
        for (size_t done = 0; done < total; done += piece)
            if (write(fds[1], buffer + done % PAGE, piece) != (ssize_t)piece)
                _exit(1);
        _exit(0);
    }
    close(fds[1]);
    while ((r = read(fds[0], other, 777)) > 0) {
        for (ssize_t i = 0; i < r; i++)
            bad += other[i] !=
                   buffer[(got + (size_t)i) / piece * piece % PAGE + (got + (size_t)i) % piece];
        got += (size_t)r;
    }
    waitpid(pid, &status, 0);
    ok(r == 0 && got == total && !bad && status == 0,
       "%zu bytes come through in writes of %zu bytes", total, piece);
    close(fds[0]);
}

/* A reader waits until a writer comes; a writer of much waits until a reader has taken it. */
static void check_order(void)
{
    int to[2], from[2], status;
    pid_t pid;
    char c;

    make(to, 0);
    make(from, 0);
    tap_flush();
    pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 100; i++) {
            if (read(to[0], &c, 1) != 1 || c != (char)i)
                _exit(1);
            c = (char)(c + 1);
            if (write(from[1], &c, 1) != 1)
                _exit(2);
        }
        _exit(0);
    }
    for (int i = 0; i < 100; i++) {
        c = (char)i;
        if (write(to[1], &c, 1) != 1 || read(from[0], &c, 1) != 1 || c != (char)(i + 1))
            break;
    }
    waitpid(pid, &status, 0);
    is_long(status, 0, "a hundred bytes to and fro");
    end(to);
    end(from);
}

static void check_interrupted(void)
{
    struct sigaction action = {.sa_handler = count},
                     restart = {.sa_handler = count, .sa_flags = SA_RESTART};
    int fds[2], status;
    pid_t parent = getpid(), pid;
    char c = 0;

    make(fds, 0);
    nr_signals = 0;
    sigaction(SIGUSR1, &action, NULL);
    tap_flush();
    pid = fork();
    if (pid == 0) {
        for (;;) /* the parent may not wait yet */
            kill(parent, SIGUSR1);
    }
    is_long(raw(SYS_read, fds[0], &c, 1), -EINTR, "a signal ends a read that waits");
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    ok(nr_signals > 0, "... and is handled");
    sigaction(SIGUSR1, &restart, NULL);
    tap_flush();
    pid = fork();
    if (pid == 0) {
        kill(parent, SIGUSR1);
        write(fds[1], "z", 1);
        _exit(0);
    }
    is_long(raw(SYS_read, fds[0], &c, 1), 1, "with SA_RESTART it goes on waiting");
    is_long(c, 'z', "... for what comes");
    waitpid(pid, &status, 0);
    end(fds);
}

int main(void)
{
    check_making();
    check_transfer();
    check_full();
    check_size();
    check_packets();
    check_faults();
    check_broken();
    check_waiting(1, 1000);
    check_waiting(100, 1);
    check_waiting(200, 1000);
    check_waiting(400, 200);
    check_order();
    check_interrupted();
    return done_testing();
}
