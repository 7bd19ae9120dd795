/*
 * tests/helper/execs.c - runs each program named on its command line and says how it ended
 *
 * One line each: "PATH: errno N" where execve failed, else "PATH: status N" or "PATH: signal N".
 */
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(char *path)
{
    char *argv[] = {path, NULL};
    char *envp[] = {NULL};
    volatile int error = 0; /* written by the child, which shares our memory until execve */
    int status = 0;
    pid_t pid = vfork();

    if (pid == 0) {
        execve(path, argv, envp);
        error = errno;
        _exit(0);
    }
    if (pid < 0) {
        printf("%s: vfork: errno %d\n", path, errno);
        return;
    }
    waitpid(pid, &status, 0);
    if (error)
        printf("%s: errno %d\n", path, error);
    else if (WIFSIGNALED(status))
        printf("%s: signal %d\n", path, WTERMSIG(status));
    else
        printf("%s: status %d\n", path, WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        run(argv[i]);
        fflush(stdout);
    }
    return 0;
}
