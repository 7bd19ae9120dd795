/*
 * spawn/posix_spawn.c - posix_spawn() and posix_spawnp()
 *
 * The child is a clone(CLONE_VM | CLONE_VFORK): it has the parent's memory and a stack of its own
 * in it, and the parent sleeps until the child has called exec or ended. So nothing is copied, and
 * the child reports an error by simply writing it down. All signals are blocked meanwhile: a
 * handler must not run in the child, on the parent's memory.
 */
#include "internal/clone.h"
#include "internal/exec.h"
#include "internal/sigaction.h"
#include "internal/spawn.h"
#include "internal/syscall.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

/* posix_spawnp's search needs a path on it. */
#define STACK_SIZE (4096 + 2 * PATH_MAX)

struct spawn {
    exec_function *exec;
    const char *file;
    const posix_spawn_file_actions_t *actions;
    const posix_spawnattr_t *attr;
    char *const *argv;
    char *const *envp;
    sigset_t old_mask; /* The parent's. */
    int error;         /* Written by the child. */
};

/* Returns 0 or an error number. */
static int open_as(const struct __spawn_action *action)
{
    int fd = open(action->path, action->flags, action->mode);

    if (fd < 0)
        return errno;
    if (fd == action->fd)
        return 0;
    if (dup2(fd, action->fd) < 0)
        return errno;
    close(fd);
    return 0;
}

static int duplicate(const struct __spawn_action *action)
{
    int flags;

    if (action->fd != action->new_fd)
        return dup2(action->fd, action->new_fd) < 0 ? errno : 0;
    /* A copy onto itself is asked for to keep it open across exec (POSIX). */
    flags = fcntl(action->fd, F_GETFD);
    if (flags < 0 || fcntl(action->fd, F_SETFD, flags & ~FD_CLOEXEC) < 0)
        return errno;
    return 0;
}

static int act(const struct __spawn_action *action)
{
    switch (action->kind) {
    case SPAWN_OPEN:
        return open_as(action);
    case SPAWN_CLOSE:
        /* Closing what is not open is no error, as in glibc: closing ranges is a common use. */
        close(action->fd);
        return 0;
    case SPAWN_DUP2:
        return duplicate(action);
    case SPAWN_CHDIR:
        return chdir(action->path) < 0 ? errno : 0;
    default:
        return fchdir(action->fd) < 0 ? errno : 0;
    }
}

/*
 * Handlers are gone after exec anyway, but they must not run before it; signals in `defaults` get
 * their default action even if they were ignored.
 */
static void reset_signals(unsigned long defaults)
{
    struct k_sigaction action;

    for (int signal = 1; signal < _NSIG; signal++) {
        unsigned long bit = 1UL << (signal - 1);

        if (signal == SIGKILL || signal == SIGSTOP || !((defaults | __signals_handled) & bit))
            continue;
        if (!(defaults & bit) && (__rt_sigaction(signal, NULL, &action) != 0 ||
                                  action.handler == SIG_IGN || action.handler == SIG_DFL))
            continue;
        action = (struct k_sigaction){.handler = SIG_DFL};
        __rt_sigaction(signal, &action, NULL);
    }
}

static int set_scheduling(const posix_spawnattr_t *attr)
{
    if (attr->__flags & POSIX_SPAWN_SETSCHEDULER)
        return sched_setscheduler(0, attr->__policy, &attr->__param) < 0 ? errno : 0;
    if (attr->__flags & POSIX_SPAWN_SETSCHEDPARAM)
        return sched_setparam(0, &attr->__param) < 0 ? errno : 0;
    return 0;
}

static int set_attributes(const posix_spawnattr_t *attr)
{
    int error = set_scheduling(attr);

    if (error)
        return error;
    if ((attr->__flags & POSIX_SPAWN_SETSID) && setsid() < 0)
        return errno;
    if ((attr->__flags & POSIX_SPAWN_SETPGROUP) && setpgid(0, attr->__pgroup) < 0)
        return errno;
    if ((attr->__flags & POSIX_SPAWN_RESETIDS) && (setegid(getgid()) < 0 || seteuid(getuid()) < 0))
        return errno;
    return 0;
}

/* Everything between clone and exec. Returns only with an error number. */
static int prepare_and_exec(struct spawn *spawn)
{
    const posix_spawnattr_t *attr = spawn->attr;
    int flags = attr ? attr->__flags : 0;
    int error = attr ? set_attributes(attr) : 0;

    reset_signals(flags & POSIX_SPAWN_SETSIGDEF ? attr->__default.__bits : 0);
    if (error)
        return error;
    if (spawn->actions) {
        for (struct __spawn_action *a = spawn->actions->__first; a; a = a->next) {
            error = act(a);
            if (error)
                return error;
        }
    }
    sigprocmask(SIG_SETMASK, flags & POSIX_SPAWN_SETSIGMASK ? &attr->__mask : &spawn->old_mask,
                NULL);
    spawn->exec(spawn->file, spawn->argv, spawn->envp);
    return errno;
}

static int child(void *arg)
{
    struct spawn *spawn = arg;

    spawn->error = prepare_and_exec(spawn);
    _exit(127);
}

static int run(struct spawn *spawn, pid_t *pid)
{
    char stack[STACK_SIZE] __attribute__((aligned(16)));
    const sigset_t all = {~0UL};
    int saved_errno = errno;
    long result;

    sigprocmask(SIG_BLOCK, &all, &spawn->old_mask);
    result = __clone(child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, spawn, NULL,
                     NULL, NULL);
    if (result < 0) {
        spawn->error = (int)-result;
    } else if (spawn->error) {
        /* It never became a program of its own: nobody else is to see it end. */
        while (syscall_raw(__NR_wait4, result, NULL, 0, NULL) == -EINTR)
            ;
    } else if (pid) {
        *pid = (pid_t)result;
    }
    sigprocmask(SIG_SETMASK, &spawn->old_mask, NULL);
    /* The child worked on our errno. */
    errno = saved_errno;
    return spawn->error;
}

int posix_spawn(pid_t *restrict pid, const char *restrict path,
                const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attr,
                char *const argv[restrict], char *const envp[restrict])
{
    struct spawn spawn = {execve, path, actions, attr, argv, envp ? envp : environ, {0}, 0};

    return run(&spawn, pid);
}

/* Without execvp's call of the shell for scripts, which no longer belongs to posix_spawnp (POSIX
 * 2008). */
static int exec_from_path(const char *file, char *const argv[], char *const envp[])
{
    return __exec_search(file, argv, envp, execve);
}

int posix_spawnp(pid_t *restrict pid, const char *restrict file,
                 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attr,
                 char *const argv[restrict], char *const envp[restrict])
{
    struct spawn spawn = {exec_from_path, file, actions, attr, argv, envp ? envp : environ, {0}, 0};

    return run(&spawn, pid);
}
