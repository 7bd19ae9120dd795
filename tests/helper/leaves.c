/*
 * tests/helper/leaves.c - a process 1 that leaves a process behind: the books cannot balance
 *
 * Its child takes memory, private and shared, and stops; then process 1 ends. For
 * tests/harness/leaks.t.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

static void hold(void)
{
    char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (page != MAP_FAILED)
        *page = 1;
    for (;;)
        kill(getpid(), SIGSTOP);
}

int main(void)
{
    char self[] = "/bin/init";
    char *arguments[] = {self, NULL}, *environment[] = {NULL};
    int status;

    if (getpid() != 1)
        hold();
    pid_t pid = vfork();
    if (pid == 0) {
        execve(self, arguments, environment);
        _exit(1);
    }
    return waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status);
}
