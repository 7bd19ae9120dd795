/*
 * process/system.c - a command of the shell
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* While the command runs, keys meant for it do not end the caller, and SIGCHLD waits (POSIX). */
struct saved {
    struct sigaction interrupt, quit;
    sigset_t mask;
};

static void hold_signals(struct saved *saved, posix_spawnattr_t *attr)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t set;

    /* Where there is no sigaction there is nothing to restore either. */
    saved->interrupt.sa_handler = saved->quit.sa_handler = SIG_DFL;
    sigaction(SIGINT, &ignore, &saved->interrupt);
    sigaction(SIGQUIT, &ignore, &saved->quit);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, &saved->mask);

    sigemptyset(&set);
    if (saved->interrupt.sa_handler != SIG_IGN)
        sigaddset(&set, SIGINT);
    if (saved->quit.sa_handler != SIG_IGN)
        sigaddset(&set, SIGQUIT);
    posix_spawnattr_init(attr);
    posix_spawnattr_setsigmask(attr, &saved->mask);
    posix_spawnattr_setsigdefault(attr, &set);
    posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static void release_signals(const struct saved *saved)
{
    sigaction(SIGINT, &saved->interrupt, NULL);
    sigaction(SIGQUIT, &saved->quit, NULL);
    sigprocmask(SIG_SETMASK, &saved->mask, NULL);
}

int system(const char *command)
{
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(unsigned long)command, NULL};
    posix_spawnattr_t attr;
    struct saved saved = {0};
    int status, error;
    pid_t pid;

    if (!command)
        return access("/bin/sh", X_OK) == 0;
    hold_signals(&saved, &attr);
    error = posix_spawn(&pid, "/bin/sh", NULL, &attr, argv, environ);
    if (error == EAGAIN || error == ENOMEM) {
        status = -1;
    } else if (error) {
        status = 127 << 8;
        error = 0;
    } else {
        while (waitpid(pid, &status, 0) < 0) {
            if (errno != EINTR) {
                error = errno;
                status = -1;
                break;
            }
        }
    }
    release_signals(&saved);
    if (error)
        errno = error;
    return status;
}
