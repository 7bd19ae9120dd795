/*
 * tests/guest/exec_busy.c - what is run is not written, and what is written is not run: ETXTBSY
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define COPY "/tmp/busy"

/* Run until standard input ends. */
static int run(char **args)
{
    char byte;

    (void)args;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    return 0;
}

static const struct child children[] = {{"run", run}, {NULL, NULL}};

static void copy_self(void)
{
    int from = open(child_self(), O_RDONLY), to = open(COPY, O_WRONLY | O_CREAT, 0755);
    static char buffer[65536];

    for (ssize_t n; (n = read(from, buffer, sizeof(buffer))) > 0;)
        write(to, buffer, (size_t)n);
    close(from);
    close(to);
}

/* The error of running a file. */
static long exec_error(const char *path)
{
    char *argv[] = {COPY, "run", NULL};
    volatile long error = 0;
    pid_t pid = vfork();

    if (pid == 0) {
        close(STDIN_FILENO);
        error = raw(SYS_execve, path, argv, environ);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    return error;
}

/* Start the copy, which runs till the pipe that we write to is closed. */
static pid_t start(int *hold)
{
    char *argv[] = {COPY, "run", NULL};
    int fds[2];

    if (pipe(fds) < 0)
        bail_out("no pipe");
    fflush(stdout);
    pid_t pid = vfork();
    if (pid == 0) {
        dup2(fds[0], STDIN_FILENO);
        close(fds[1]);
        raw(SYS_execve, COPY, argv, environ);
        _exit(1);
    }
    close(fds[0]);
    *hold = fds[1];
    return pid;
}

static void check_run(void)
{
    int hold, status = -1;
    pid_t pid = start(&hold);

    is_long(raw(SYS_open, COPY, O_WRONLY), -ETXTBSY, "what runs cannot be opened to write");
    is_long(raw(SYS_open, COPY, O_RDWR), -ETXTBSY, "... nor to read and write");
    is_long(raw(SYS_open, COPY, O_RDONLY | O_TRUNC), -ETXTBSY, "... nor emptied");
    is_long(raw(SYS_truncate, COPY, 0), -ETXTBSY, "... nor cut off");
    is_long(raw(SYS_open, COPY, O_CREAT | O_WRONLY, 0755), -ETXTBSY, "... nor made again");
    int fd = open(COPY, O_RDONLY);
    ok(fd >= 0, "it can be read");
    close(fd);
    is_long(exec_error(COPY), 0, "... and run once more");
    is_long(raw(SYS_open, COPY, O_WRONLY), -ETXTBSY, "one that ends is not the last");
    is_long(raw(SYS_rename, COPY, COPY "2"), 0, "it can be called something else");
    is_long(raw(SYS_open, COPY "2", O_WRONLY), -ETXTBSY, "... which is no way around");
    raw(SYS_rename, COPY "2", COPY);
    close(hold);
    waitpid(pid, &status, 0);
    is_long(status, 0, "it ends well");
    fd = open(COPY, O_RDWR);
    ok(fd >= 0, "then it can be written");
    is_long(exec_error(COPY), -ETXTBSY, "what is open to write cannot be run");
    int other = dup(fd);
    close(fd);
    is_long(exec_error(COPY), -ETXTBSY, "... until the last descriptor");
    char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0);
    close(other);
    munmap(map, 4096);
    is_long(exec_error(COPY), 0, "... is closed");
}

static void check_fork(void)
{
    int fd = open(COPY, O_WRONLY), hold[2];

    pipe(hold);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        char byte;
        close(hold[1]);
        read(hold[0], &byte, 1);
        _exit(0);
    }
    close(hold[0]);
    close(fd);
    is_long(exec_error(COPY), -ETXTBSY, "a child may have it open still");
    close(hold[1]);
    waitpid(pid, NULL, 0);
    is_long(exec_error(COPY), 0, "... until it ends");
}

static void check_order(void)
{
    int fd = open("/tmp/plain", O_WRONLY | O_CREAT, 0700);

    is_long(exec_error("/tmp/plain"), -ETXTBSY, "one that is no program is busy first");
    fchmod(fd, 0600);
    is_long(exec_error("/tmp/plain"), -EACCES, "... but first of all not to be run");
    close(fd);
    unlink("/tmp/plain");
    fd = memfd_create("busy", 0);
    char path[32];
    fchmod(fd, 0700);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    is_long(exec_error(path), -ENOEXEC, "a file of memory is never busy");
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    copy_self();
    check_run();
    check_fork();
    check_order();
    unlink(COPY);
    return done_testing();
}
