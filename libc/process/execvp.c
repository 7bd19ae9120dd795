/*
 * process/execvp.c - running a program that is looked for along PATH
 *
 * Uses the stack only: the child of a vfork may call it.
 */
#include "internal/exec.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_PATH "/usr/local/bin:/bin:/usr/bin"

/* A file that is no program of any known format is a script of the shell (POSIX execvp). */
static void exec_script(const char *path, char *const argv[], char *const envp[])
{
    size_t count = 0;
    char **shell_argv;

    while (argv[count])
        count++;
    if (count == 0)
        count = 1;
    shell_argv = __builtin_alloca((count + 2) * sizeof(*shell_argv));
    shell_argv[0] = (char *)(unsigned long)"sh";
    shell_argv[1] = (char *)(unsigned long)path;
    memcpy(shell_argv + 2, argv + 1, (count - 1) * sizeof(*shell_argv));
    shell_argv[count + 1] = NULL;
    execve("/bin/sh", shell_argv, envp);
}

static int exec_or_script(const char *path, char *const argv[], char *const envp[])
{
    execve(path, argv, envp);
    if (errno == ENOEXEC)
        exec_script(path, argv, envp);
    return -1;
}

/* Whether a failure in one directory lets the search go on. */
static int goes_on(int error)
{
    return error == ENOENT || error == ENOTDIR || error == EACCES || error == ENODEV ||
           error == ESTALE || error == ETIMEDOUT || error == ENAMETOOLONG;
}

static void search(const char *file, const char *path, char *const argv[], char *const envp[],
                   exec_function *exec)
{
    char full[PATH_MAX + NAME_MAX + 2];
    size_t file_len = strlen(file), len;
    int denied = 0;

    if (file_len > NAME_MAX) {
        errno = ENAMETOOLONG;
        return;
    }
    for (;; path += len + 1) {
        len = strcspn(path, ":");
        if (len < PATH_MAX) {
            memcpy(full, path, len);
            /* An empty entry is the working directory. */
            full[len] = '/';
            memcpy(full + len + (len > 0), file, file_len + 1);
            exec(full, argv, envp);
            if (!goes_on(errno))
                return;
            denied |= errno == EACCES;
        }
        if (!path[len])
            break;
    }
    /* That one was there but not allowed says more than that the last one was not there. */
    errno = denied ? EACCES : ENOENT;
}

int __exec_search(const char *file, char *const argv[], char *const envp[], exec_function *exec)
{
    const char *path = getenv("PATH");

    if (!*file)
        errno = ENOENT;
    else if (strchr(file, '/'))
        exec(file, argv, envp);
    else
        search(file, path ? path : DEFAULT_PATH, argv, envp, exec);
    return -1;
}

int execvpe(const char *file, char *const argv[], char *const envp[])
{
    return __exec_search(file, argv, envp, exec_or_script);
}

int execvp(const char *file, char *const argv[])
{
    return execvpe(file, argv, environ);
}
