/*
 * programs/init.c - process 1: runs one command and powers off with its status
 *
 *     init [-O] [CMD [ARG...]]
 *
 * CMD (default: sh; looked up in /bin if it has no slash) runs as a child in a session of its own
 * with the terminal as its standard input, output and error. Orphans that end meanwhile are reaped.
 * When the child has ended, what it left running is killed, and one line in the kernel's log says how:
 *
 *     init: NAME: exited with status N        init: NAME: killed by signal N
 *
 * Then the machine is powered off: Loam does so when process 1 exits; on Linux in QEMU (the test
 * oracle) the debug-exit device is asked. -O says that nobody reads the output on a terminal, so
 * newlines shall pass untranslated and input shall not be echoed.
 *
 * Works on Loam and on Linux alike: what a kernel does not have (mount, ioperm, a controlling
 * terminal) is tried, and its absence ignored. Nothing here ends process 1 early: every failure has
 * a message and a status.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define DEBUG_EXIT_PORT  0xf4 /* QEMU's isa-debug-exit: it exits with (value << 1) | 1 */
#define DEBUG_EXIT_OK    16
#define DEBUG_EXIT_FAIL  17
#define STATUS_NOT_FOUND 127 /* what a shell says for a command it could not start */
#define STATUS_SIGNAL    128 /* plus the number of the signal */

/* The wait status of a process that exited with status n. */
#define EXITED(n) ((n) << 8)

/* The same on both systems, so that the programs' output is too. */
static char env_home[] = "HOME=/", env_path[] = "PATH=/bin", env_term[] = "TERM=vt100";
static char *const environment[] = {env_home, env_path, env_term, NULL};

static char shell[] = "sh";
static char *shell_argv[] = {shell, NULL};

struct session {
    char **argv;
    char path[PATH_MAX + 16]; /* room for /bin/, so that a name too long stays too long */
    const char *terminal;     /* path of the terminal; NULL if there is none */
    int fd;                   /* init's own descriptor of it, kept open until the end */
    int takes_terminal;       /* the child becomes the terminal's controlling process */
};

static void out_byte(unsigned short port, unsigned char value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

/* One line in one write, or the log would break it up. */
static void write_line(int fd, const char *line)
{
    if (write(fd, line, strlen(line)) < 0) {
        /* The last way to be heard is gone; the status still tells. */
    }
}

static void log_line(const char *line)
{
    int fd = open("/dev/kmsg", O_WRONLY);

    write_line(fd < 0 ? STDERR_FILENO : fd, line);
    if (fd >= 0)
        close(fd);
}

static void open_terminal(struct session *session)
{
    static const char *const names[] = {"/dev/ttyS0", "/dev/console"};

    session->terminal = NULL;
    session->fd = STDERR_FILENO;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int fd = open(names[i], O_RDWR | O_NOCTTY);

        if (fd >= 0) {
            session->terminal = names[i];
            session->fd = fd;
            return;
        }
    }
}

/* Let output pass byte for byte, and echo nothing into it. */
static void make_transparent(int fd)
{
    struct termios settings;

    if (tcgetattr(fd, &settings) < 0)
        return;
    settings.c_oflag &= ~(tcflag_t)OPOST;
    settings.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    tcsetattr(fd, TCSADRAIN, &settings);
}

/* In the child of a vfork: become the session and then the command. Returns only on failure. */
static void become_command(const struct session *session)
{
    int flags = O_RDWR | (session->takes_terminal ? 0 : O_NOCTTY);

    setsid();
    if (session->terminal) {
        if (session->fd > STDERR_FILENO)
            close(session->fd);
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
            close(fd);
            if (open(session->terminal, flags) != fd)
                return;
        }
        if (session->takes_terminal)
            ioctl(STDIN_FILENO, TIOCSCTTY, 0);
    }
    execve(session->path, session->argv, environment);
}

/* Returns the child's pid, or -1 with errno of what could not be done. */
static pid_t start_command(const struct session *session)
{
    volatile int error = 0; /* written by the child, which shares our memory until it runs CMD */
    pid_t pid = vfork();

    if (pid == 0) {
        become_command(session);
        error = errno;
        _exit(STATUS_NOT_FOUND);
    }
    if (pid > 0 && error) {
        waitpid(pid, NULL, 0);
        errno = error;
        return -1;
    }
    return pid;
}

/* Reap whatever ends until it is the child. Returns its wait status. */
static int wait_for(pid_t child)
{
    for (;;) {
        int status;
        pid_t pid = wait4(-1, &status, 0, NULL);

        if (pid == child)
            return status;
        if (pid < 0 && errno != EINTR)
            return EXITED(STATUS_NOT_FOUND);
    }
}

/* Run the command to its end. Returns its wait status. */
static int run(const struct session *session)
{
    pid_t pid = start_command(session);
    char line[512];

    if (pid >= 0)
        return wait_for(pid);
    snprintf(line, sizeof(line), "init: %s: %s\n", session->argv[0], strerror(errno));
    write_line(session->fd, line);
    return EXITED(STATUS_NOT_FOUND);
}

/* The machine goes off when the command has ended: what it left running ends first. */
static void end_others(void)
{
    kill(-1, SIGKILL);
    while (wait4(-1, NULL, 0, NULL) >= 0)
        ;
}

static void report(const char *name, int status)
{
    char line[512];

    if (WIFSIGNALED(status))
        snprintf(line, sizeof(line), "init: %.400s: killed by signal %d\n", name, WTERMSIG(status));
    else
        snprintf(line, sizeof(line), "init: %.400s: exited with status %d\n", name,
                 WEXITSTATUS(status));
    log_line(line);
}

int main(int argc, char **argv)
{
    struct session session;
    int transparent = argc > 1 && strcmp(argv[1], "-O") == 0;
    int first = getpid() == 1;
    /* The port opens to process 1 of a Linux in QEMU; Loam has no such call and needs none. */
    int debug_exit = first && syscall(SYS_ioperm, DEBUG_EXIT_PORT, 1, 1) == 0;
    int status;

    if (first)
        syscall(SYS_mount, "proc", "/proc", "proc", 0, NULL);
    session.argv = argc > 1 + transparent ? argv + 1 + transparent : shell_argv;
    snprintf(session.path, sizeof(session.path), "%s%s",
             strchr(session.argv[0], '/') ? "" : "/bin/", session.argv[0]);
    open_terminal(&session);
    if (transparent)
        make_transparent(session.fd);
    /* When a controlling process ends, Linux hangs the line up and drops what is not yet sent. */
    session.takes_terminal = !(transparent && debug_exit);

    status = run(&session);
    if (first)
        end_others();
    ioctl(session.fd, TCSBRK, 1); /* tcdrain, where there is one: the line may still be sending */
    report(session.argv[0], status);
    if (debug_exit)
        out_byte(DEBUG_EXIT_PORT, status == 0 ? DEBUG_EXIT_OK : DEBUG_EXIT_FAIL);
    return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}
