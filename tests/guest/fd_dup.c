/*
 * tests/guest/fd_dup.c - descriptors: copies, flags, and what fork and exec do with them
 */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define FDS 1024

static void check_dup(void)
{
    int fd = open("/tmp/f", O_RDWR | O_CREAT, 0600), copy = dup(fd);
    char c[2];

    is_long(copy, fd + 1, "dup takes the lowest descriptor");
    is_long(write(fd, "ab", 2), 2, "write to one");
    is_long(lseek(copy, 0, SEEK_CUR), 2, "... moves the other: they share an offset");
    lseek(copy, 0, SEEK_SET);
    is_long(close(fd), 0, "close of one");
    is_long(read(copy, c, 2), 2, "... leaves the other");
    is_long(dup(copy), fd, "the closed one is free again");
    is_long(raw(SYS_dup, 1000), -EBADF, "dup of a closed descriptor");
    is_long(raw(SYS_dup, -1), -EBADF, "dup(-1)");

    is_long(dup2(copy, 100), 100, "dup2");
    is_long(fcntl(100, F_GETFL), O_RDWR | 0100000, "... is the same file");
    is_long(dup2(0, 100), 100, "dup2 over an open descriptor");
    is_long(lseek(100, 0, SEEK_CUR), -1, "... which is another file now");
    is_long(dup2(copy, copy), copy, "dup2 to itself");
    is_long(raw(SYS_dup2, 1000, 1000), -EBADF, "... if it is open");
    is_long(raw(SYS_dup2, 1000, 100), -EBADF, "dup2 of a closed descriptor");
    is_long(fcntl(100, F_GETFD), 0, "... leaves the other open");
    is_long(raw(SYS_dup2, copy, FDS), -EBADF, "dup2 past the last descriptor");
    is_long(raw(SYS_dup2, copy, -1), -EBADF, "dup2 to -1");
    is_long(dup2(copy, FDS - 1), FDS - 1, "dup2 to the last");
    close(FDS - 1);
    is_long(raw(SYS_dup3, copy, 100, O_CLOEXEC), 100, "dup3");
    is_long(fcntl(100, F_GETFD), FD_CLOEXEC, "... with O_CLOEXEC");
    is_long(raw(SYS_dup3, copy, 100, 0), 100, "... and without");
    is_long(fcntl(100, F_GETFD), 0, "... which takes it back");
    is_long(raw(SYS_dup3, copy, copy, 0), -EINVAL, "dup3 to itself");
    is_long(raw(SYS_dup3, 1000, 1000, 0), -EINVAL, "... even if it is closed");
    is_long(raw(SYS_dup3, copy, 100, O_NONBLOCK), -EINVAL, "dup3 with another flag");
    close(100);
    close(fd);
    close(copy);
}

static void check_fcntl(void)
{
    int fd = open("/tmp/f", O_RDWR | O_CLOEXEC | O_TRUNC), copy = dup(fd);

    is_long(fcntl(fd, F_GETFD), FD_CLOEXEC, "O_CLOEXEC");
    is_long(fcntl(copy, F_GETFD), 0, "a copy does not have it");
    is_long(fcntl(copy, F_SETFD, 3), 0, "F_SETFD");
    is_long(fcntl(copy, F_GETFD), FD_CLOEXEC, "... sets it");
    is_long(fcntl(fd, F_SETFD, 0), 0, "F_SETFD");
    is_long(fcntl(fd, F_GETFD), 0, "... takes it back");
    is_long(ioctl(fd, FIOCLEX), 0, "FIOCLEX");
    is_long(fcntl(fd, F_GETFD), FD_CLOEXEC, "... sets it");
    is_long(ioctl(fd, FIONCLEX), 0, "FIONCLEX");
    is_long(fcntl(fd, F_GETFD), 0, "... takes it back");
    is_long(fcntl(fd, F_DUPFD, 50), 50, "F_DUPFD");
    is_long(fcntl(fd, F_DUPFD, 50), 51, "... takes the next free one");
    is_long(fcntl(fd, F_DUPFD_CLOEXEC, 50), 52, "F_DUPFD_CLOEXEC");
    is_long(fcntl(52, F_GETFD), FD_CLOEXEC, "... sets it");
    is_long(raw(SYS_fcntl, fd, F_DUPFD, FDS), -EINVAL, "F_DUPFD past the last");
    is_long(raw(SYS_fcntl, fd, F_DUPFD, -1), -EINVAL, "... from -1");
    is_long(raw(SYS_fcntl, fd, F_DUPFD, FDS - 1), FDS - 1, "... the last");
    is_long(raw(SYS_fcntl, fd, F_DUPFD, FDS - 1), -EMFILE, "... is taken");
    is_long(raw(SYS_fcntl, 1000, F_GETFD), -EBADF, "fcntl of a closed descriptor");
    is_long(raw(SYS_fcntl, fd, 9999), -EINVAL, "an unknown command");
    is_long(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK | O_WRONLY | O_CREAT), 0, "F_SETFL");
    is_long(fcntl(copy, F_GETFL), O_RDWR | O_APPEND | O_NONBLOCK | 0100000,
            "... sets what can be set, for copies too");
    is_long(write(copy, "abc", 3), 3, "write");
    lseek(copy, 0, SEEK_SET);
    is_long(write(copy, "def", 3), 3, "write");
    is_long(lseek(copy, 0, SEEK_END), 6, "... appends");
    is_long(raw(SYS_fcntl, fd, F_SETFL, O_DIRECT), -EINVAL, "F_SETFL with O_DIRECT");
    is_long(fcntl(fd, F_SETFL, 0), 0, "F_SETFL");
    is_long(fcntl(fd, F_GETFL), O_RDWR | 0100000, "... takes all back");
    is_long(close_range(50, 52, 0), 0, "close_range");
    is_long(fcntl(51, F_GETFD), -1, "... closes");
    is_long(raw(SYS_close_range, FDS - 1, -1U, 4), 0, "... or marks");
    is_long(fcntl(FDS - 1, F_GETFD), FD_CLOEXEC, "... to be closed by exec");
    is_long(raw(SYS_close_range, 60, 59, 0), -EINVAL, "... not backwards");
    is_long(raw(SYS_close_range, 60, 61, 8), -EINVAL, "... nor with an unknown flag");
    close(FDS - 1);
    close(copy);
    close(fd);
}

static void check_fork(void)
{
    int fd = open("/tmp/f", O_RDWR | O_TRUNC), status;
    pid_t pid;

    tap_flush();
    pid = fork();
    if (pid == 0) {
        if (write(fd, "child", 5) != 5 || umask(077) != 022 || chdir("/tmp") < 0)
            _exit(1);
        close(fd);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    is_long(status, 0, "a child has its parent's descriptors");
    is_long(lseek(fd, 0, SEEK_CUR), 5, "... and shares their offsets");
    is_long(umask(022), 022, "its umask is its own");
    is_long(access("tmp/f", F_OK), 0, "... and its working directory");
    close(fd);
}

/* Whether descriptors 200 and 201 are open. */
static int tell_open(char **args)
{
    (void)args;
    return (fcntl(200, F_GETFD) >= 0) | (fcntl(201, F_GETFD) >= 0) << 1;
}

static const struct child children[] = {{"tell-open", tell_open}, {NULL, NULL}};

static void check_exec(void)
{
    int fd = open("/tmp/f", O_RDONLY);

    dup2(fd, 200);
    dup3(fd, 201, O_CLOEXEC);
    is_long(child_run("tell-open"), CHILD_EXITED(1), "exec closes what is marked, and only that");
    is_long(fcntl(201, F_GETFD), FD_CLOEXEC, "... in the child");
    close(200);
    close(201);
    close(fd);
}

static void check_many(void)
{
    int fd = open("/tmp/f", O_RDONLY), fds[2] = {-7, -7}, last;

    while ((last = dup(fd)) >= 0 && last < FDS - 1)
        ;
    is_long(last, FDS - 1, "descriptors go up to 1023");
    is_long(raw(SYS_dup, fd), -EMFILE, "... dup has none");
    is_long(raw(SYS_pipe, fds), -EMFILE, "... pipe has none");
    close(500);
    is_long(raw(SYS_pipe, fds), -EMFILE, "... pipe needs two");
    ok(fds[0] == -7 && fds[1] == -7, "... and stores neither");
    is_long(raw(SYS_memfd_create, "x", 0), 500, "... but leaves the one");
    is_long(raw(SYS_open, "/tmp/no", O_RDONLY), -EMFILE, "EMFILE comes before ENOENT");
    is_long(raw(SYS_close_range, fd, -1U, 0), 0, "all are closed");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    check_dup();
    check_fcntl();
    check_fork();
    check_exec();
    check_many();
    is_long(unlink("/tmp/f"), 0, "unlink");
    return done_testing();
}
