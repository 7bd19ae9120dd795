/*
 * tests/guest/terminal_jobs.c - job control: who is in the foreground of the terminal, and who is not
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define TERMINAL 9 /* /dev/ttyS0: the console of Linux is nobody's terminal */

/* struct termios of <asm/termbits.h>, which the libc's may not equal. */
struct settings {
    unsigned input, output, control, local;
    unsigned char rest[32];
};
#define LOCAL_TOSTOP 0000400

static volatile int nr_signals;

static void count(int signal)
{
    (void)signal;
    nr_signals++;
}

static int foreground(void)
{
    int group = -1;

    raw(SYS_ioctl, TERMINAL, TIOCGPGRP, &group);
    return group;
}

static long set_foreground(int group)
{
    return raw(SYS_ioctl, TERMINAL, TIOCSPGRP, &group);
}

/* A child in a group of its own. */
static pid_t start(void (*run)(void))
{
    tap_flush();
    pid_t child = fork();

    if (child == 0) {
        setpgid(0, 0);
        run();
        _exit(0);
    }
    setpgid(child, child);
    return child;
}

static int status_of(pid_t child)
{
    int status = -1;

    waitpid(child, &status, WUNTRACED);
    return status;
}

static void read_terminal(void)
{
    char c;

    /* Nothing was typed, or nothing ever will be. */
    fcntl(TERMINAL, F_SETFL, O_RDWR | O_NONBLOCK);
    ssize_t n = read(TERMINAL, &c, 1);
    _exit((n == 0 || (n == -1 && errno == EAGAIN)) && foreground() == getpid() ? 0 : 2);
}

static void read_blocked(void)
{
    sigset_t set;
    char c;

    sigemptyset(&set);
    sigaddset(&set, SIGTTIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    _exit(read(TERMINAL, &c, 1) == -1 && errno == EIO ? 0 : 1);
}

static void change_settings(void)
{
    struct settings settings;

    raw(SYS_ioctl, TERMINAL, TCGETS, &settings);
    _exit(raw(SYS_ioctl, TERMINAL, TCSETS, &settings) != 0);
}

static void change_ignoring(void)
{
    signal(SIGTTOU, SIG_IGN);
    change_settings();
}

static void take_foreground(void)
{
    _exit(set_foreground(getpid()) != 0);
}

static void check_foreground(void)
{
    int mine = getpgrp(), session = -1;

    is_long(foreground(), mine, "we are in the foreground");
    is_long(raw(SYS_ioctl, TERMINAL, TIOCGSID, &session), 0, "the terminal's session");
    is_long(session, getsid(0), "... is ours");
    is_long(set_foreground(30000), -ESRCH, "there is no such group");
    is_long(set_foreground(-1), -EINVAL, "nor such a number");
    is_long(raw(SYS_ioctl, TERMINAL, TIOCSPGRP, 8), -EFAULT, "a bad pointer");
    int own = open("/tmp/tty", O_RDWR | O_NOCTTY);
    ok(own >= 0, "/dev/tty is our terminal");
    is_long(raw(SYS_ioctl, own, TIOCGPGRP, &session), 0, "... the same");
    is_long(session, mine, "... with us in the foreground");
    close(own);
}

static void check_background(void)
{
    struct settings settings, old;
    pid_t child = start(read_terminal);

    int status = status_of(child);
    ok(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN, "who reads behind us is stopped");
    is_long(set_foreground(child), 0, "... gets to the foreground");
    kill(-child, SIGCONT);
    is_long(status_of(child), 0, "... goes on, and reads");
    fcntl(TERMINAL, F_SETFL, O_RDWR);
    signal(SIGTTOU, SIG_IGN);
    is_long(set_foreground(getpgrp()), 0, "we take it back");
    signal(SIGTTOU, SIG_DFL);
    is_long(status_of(start(read_blocked)), 0, "who blocks SIGTTIN gets an error");
    child = start(change_settings);
    status = status_of(child);
    ok(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU, "who changes settings is stopped");
    kill(child, SIGKILL);
    is_long(status_of(child), SIGKILL, "... and ends");
    is_long(status_of(start(change_ignoring)), 0, "... not who ignores SIGTTOU");
    child = start(take_foreground);
    status = status_of(child);
    ok(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU, "who takes the foreground is stopped");
    kill(child, SIGKILL);
    status_of(child);

    raw(SYS_ioctl, TERMINAL, TCGETS, &settings);
    old = settings;
    settings.local |= LOCAL_TOSTOP;
    is_long(raw(SYS_ioctl, TERMINAL, TCSETS, &settings), 0, "TOSTOP");
    tap_flush();
    child = fork();
    if (child == 0) {
        setpgid(0, 0);
        _exit(write(TERMINAL, "", 1) != 1);
    }
    status = status_of(child);
    ok(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU, "then who writes is stopped");
    kill(child, SIGKILL);
    status_of(child);
    is_long(raw(SYS_ioctl, TERMINAL, TCSETS, &old), 0, "no more of that");
}

/* The child's child is stopped when its parent ends: nobody is left who could make it go on. */
static void check_orphans(void)
{
    int fds[2];
    char text[8] = "";

    if (pipe(fds))
        return;
    tap_flush();
    pid_t child = fork();
    if (child == 0) {
        pid_t grandchild = fork();
        if (grandchild == 0) {
            struct sigaction action = {.sa_handler = count};
            sigaction(SIGHUP, &action, NULL);
            setpgid(0, 0);
            raise(SIGSTOP);
            _exit(write(fds[1], nr_signals == 1 ? "hup" : "no", 3) < 0);
        }
        status_of(grandchild);
        _exit(0);
    }
    status_of(child);
    close(fds[1]);
    is_long(read(fds[0], text, sizeof(text)), 3, "an orphan that was stopped goes on");
    is_str(text, "hup", "... after SIGHUP");
    close(fds[0]);
}

static int in_new_session(void)
{
    int status = -1;

    tap_flush();
    pid_t child = fork();
    if (child == 0) {
        int group;
        setsid();
        if (open("/tmp/tty", O_RDWR) != -1 || errno != ENXIO)
            _exit(1);
        if (raw(SYS_ioctl, TERMINAL, TIOCGPGRP, &group) != -ENOTTY)
            _exit(2);
        _exit(raw(SYS_ioctl, TERMINAL, TIOCSCTTY, 0) == -EPERM ? 0 : 3);
    }
    waitpid(child, &status, 0);
    return status;
}

static void check_others(void)
{
    struct winsize size, old;
    struct sigaction action = {.sa_handler = count};
    int n = -1;

    is_long(in_new_session(), 0, "another session has no terminal, and cannot take ours");
    sigaction(SIGWINCH, &action, NULL);
    nr_signals = 0;
    is_long(raw(SYS_ioctl, TERMINAL, TIOCGWINSZ, &old), 0, "the size");
    size = old;
    is_long(raw(SYS_ioctl, TERMINAL, TIOCSWINSZ, &size), 0, "... stays");
    is_long(nr_signals, 0, "... and nobody is told");
    size.ws_row += 3;
    is_long(raw(SYS_ioctl, TERMINAL, TIOCSWINSZ, &size), 0, "... changes");
    is_long(nr_signals, 1, "... and SIGWINCH says so");
    is_long(raw(SYS_ioctl, TERMINAL, TIOCSWINSZ, &old), 0, "... back");
    is_long(raw(SYS_ioctl, TERMINAL, FIONREAD, &n), 0, "what was typed");
    is_long(n, 0, "... is nothing");
    is_long(raw(SYS_ioctl, TERMINAL, TCFLSH, 2), 0, "... is forgotten");
    is_long(raw(SYS_ioctl, TERMINAL, TCFLSH, 9), -EINVAL, "... in no other way");
    is_long(raw(SYS_ioctl, TERMINAL, TCSBRK, 1), 0, "all is written");
}

/* The leader of a session whose terminal it is. */
static void lead(void)
{
    setsid();
    int terminal = open("/tmp/serial", O_RDWR | O_NOCTTY);
    is_long(raw(SYS_ioctl, terminal, TIOCSCTTY, 1), 0, "root takes the terminal");
    is_long(raw(SYS_ioctl, terminal, TIOCSCTTY, 0), 0, "... and has it");
    dup2(terminal, TERMINAL);
    check_foreground();
    check_background();
    check_orphans();
    check_others();
    exit(done_testing());
}

int main(void)
{
    mknod("/tmp/serial", S_IFCHR | 0600, 4 << 8 | 64);
    mknod("/tmp/tty", S_IFCHR | 0600, 5 << 8);
    tap_flush();
    pid_t child = fork();
    if (child == 0)
        lead();
    int status = status_of(child);
    unlink("/tmp/serial");
    unlink("/tmp/tty");
    return status != 0;
}
