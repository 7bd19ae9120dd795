/*
 * process/execve.c - running another program in this process
 */
#include "internal/syscall.h"
#include <fcntl.h>
#include <unistd.h>

int execve(const char *path, char *const argv[], char *const envp[])
{
    return (int)syscall_ret(__NR_execve, path, argv, envp);
}

int execv(const char *path, char *const argv[])
{
    return execve(path, argv, environ);
}

int execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags)
{
    return (int)syscall_ret(__NR_execveat, dir, path, argv, envp, flags);
}

int fexecve(int fd, char *const argv[], char *const envp[])
{
    return execveat(fd, "", argv, envp, AT_EMPTY_PATH);
}
