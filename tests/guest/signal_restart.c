/*
 * tests/guest/signal_restart.c - system calls that a signal interrupts
 *
 * A child sends its parent signals while that sleeps in wait4(2): one processor, so the parent
 * sleeps whenever the child runs.
 *
 * Source  signal(7), "Interruption of system calls and library functions by signal handlers"
 */
#include "child.h"
#include "raw.h"
#include "tap.h"

static volatile int nr_calls;

static void count(int signal)
{
    (void)signal;
    nr_calls++;
}

static void catch (int signal, int flags)
{
    struct sigaction action = {.sa_flags = flags};

    action.sa_handler = count;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
    nr_calls = 0;
}

/* ---- children ---- */

static int send_some(char **args)
{
    for (int i = 0; i < 100; i++)
        kill(getppid(), atoi(args[0]));
    return 5;
}

static int send_for_ever(char **args)
{
    pid_t parent = getppid();

    while (kill(parent, atoi(args[0])) == 0)
        continue;
    return 6;
}

/* Stops and continues its parent, which notices nothing of it. */
static int stop_parent(char **args)
{
    pid_t parent = getppid();

    (void)args;
    for (int i = 0; i < 10; i++) {
        kill(parent, SIGSTOP);
        kill(parent, SIGCONT);
    }
    return 7;
}

static const struct child children[] = {
    {"some", send_some},
    {"for-ever", send_for_ever},
    {"stop", stop_parent},
    {NULL, NULL},
};

static pid_t start(const char *name, int signal)
{
    char words[2][16];
    char *argv[] = {child_self(), words[0], words[1], NULL};

    snprintf(words[0], sizeof(words[0]), "%s", name);
    snprintf(words[1], sizeof(words[1]), "%d", signal);
    return child_start_argv(argv);
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

/* ---- checks ---- */

static void check_wait(void)
{
    int status = 0;
    pid_t pid;

    catch (SIGUSR1, SA_RESTART);
    pid = start("some", SIGUSR1);
    is_long(raw(SYS_wait4, pid, &status, 0, 0), pid, "wait4 with SA_RESTART waits on");
    is_long(status, CHILD_EXITED(5), "... to the child's end");
    ok(nr_calls > 0, "... and the handler has run");

    catch (SIGUSR1, 0);
    pid = start("for-ever", SIGUSR1);
    is_long(raw(SYS_wait4, pid, &status, 0, 0), -EINTR, "wait4 without SA_RESTART ends");
    ok(nr_calls > 0, "... after the handler has run");
    end(pid);

    signal(SIGUSR1, SIG_IGN);
    pid = start("some", SIGUSR1);
    is_long(raw(SYS_wait4, pid, &status, 0, 0), pid, "an ignored signal interrupts nothing");
    signal(SIGUSR1, SIG_DFL);
    pid = start("some", SIGWINCH);
    is_long(raw(SYS_wait4, pid, &status, 0, 0), pid, "... nor one that is ignored by default");
    pid = start("stop", 0);
    is_long(raw(SYS_wait4, pid, &status, 0, 0), pid, "wait4 goes on after a stop");
    is_long(status, CHILD_EXITED(7), "... to the child's end");
}

static void check_pause(void)
{
    pid_t pid;

    catch (SIGUSR1, SA_RESTART);
    pid = start("for-ever", SIGUSR1);
    is_long(raw(SYS_pause), -EINTR, "pause is not restarted, SA_RESTART or not");
    ok(nr_calls > 0, "... the handler has run");
    end(pid);
}

static void check_suspend(void)
{
    unsigned long none = 0, usr1 = 1UL << (SIGUSR1 - 1), mask = 0;
    pid_t pid;

    catch (SIGUSR1, SA_RESTART);
    raw(SYS_rt_sigprocmask, SIG_BLOCK, &usr1, 0, 8);
    pid = start("for-ever", SIGUSR1);
    for (int i = 0; i < 10; i++)
        if (raw(SYS_rt_sigsuspend, &none, 8) != -EINTR)
            nr_calls = 1000;
    is_long(nr_calls, 10, "rt_sigsuspend lets one signal in at a time");
    raw(SYS_rt_sigprocmask, SIG_BLOCK, 0, &mask, 8);
    is_long(mask, (long)usr1, "... and leaves the mask as it was");
    end(pid);
    catch (SIGUSR1, SA_RESTART);
    raw(SYS_rt_sigprocmask, SIG_UNBLOCK, &usr1, 0, 8);
    ok(nr_calls <= 1, "at most one is left");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    check_wait();
    check_pause();
    check_suspend();
    return done_testing();
}
