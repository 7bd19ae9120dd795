/*
 * tests/guest/signal_handlers.c - actions, masks, pending signals, and what a handler learns
 *
 * Source  sigaction(2), sigprocmask(2), sigpending(2), sigsuspend(2), kill(2), signal(7)
 */
#include <stdint.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define RT (SIGRTMIN + 5)

static volatile int nr_calls, last_signal, order[16];
static siginfo_t last_info;
static volatile unsigned long mask_inside;

static unsigned long mask_now(void)
{
    unsigned long mask = 0;

    raw(SYS_rt_sigprocmask, SIG_BLOCK, 0, &mask, 8);
    return mask;
}

static unsigned long bit(int signal)
{
    return 1UL << (signal - 1);
}

static void note(int signal)
{
    order[nr_calls++ % 16] = signal;
    last_signal = signal;
    mask_inside = mask_now();
}

static void note_info(int signal, siginfo_t *info, void *context)
{
    (void)context;
    note(signal);
    last_info = *info;
}

static void catch (int signal, int flags, unsigned long mask)
{
    struct sigaction action = {.sa_flags = flags};

    sigemptyset(&action.sa_mask);
    for (int i = 1; i < NSIG; i++)
        if (mask & bit(i))
            sigaddset(&action.sa_mask, i);
    if (flags & SA_SIGINFO)
        action.sa_sigaction = note_info;
    else
        action.sa_handler = note;
    sigaction(signal, &action, NULL);
    nr_calls = last_signal = 0;
}

static void set_mask(unsigned long mask)
{
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &mask, 0, 8);
}

/* ---- children ---- */

static int exit_with(char **args)
{
    return atoi(args[0]);
}

static int die(char **args)
{
    kill(getpid(), atoi(args[0]));
    return 1;
}

/* Reports what execve left of the actions, the mask and what was pending. */
static int after_exec(char **args)
{
    struct sigaction action[4];
    unsigned long pending = 0;
    int result = 0;

    (void)args;
    sigaction(SIGUSR1, NULL, &action[0]);
    sigaction(SIGUSR2, NULL, &action[1]);
    raw(SYS_rt_sigpending, &pending, 8);
    result |= action[0].sa_handler == SIG_DFL && action[0].sa_flags == 0 ? 1 : 0;
    result |= action[1].sa_handler == SIG_IGN ? 2 : 0;
    result |= mask_now() == bit(SIGHUP) ? 4 : 0;
    result |= pending == bit(SIGHUP) ? 8 : 0;
    return result;
}

static int wait_for_parent(char **args)
{
    (void)args;
    for (;;)
        pause();
    return 0;
}

static const struct child children[] = {
    {"exit", exit_with},       {"die", die}, {"after-exec", after_exec},
    {"wait", wait_for_parent}, {NULL, NULL},
};

static pid_t start(const char *name, int number)
{
    char words[2][16];
    char *argv[] = {child_self(), words[0], words[1], NULL};

    snprintf(words[0], sizeof(words[0]), "%s", name);
    snprintf(words[1], sizeof(words[1]), "%d", number);
    return child_start_argv(argv);
}

/* ---- actions ---- */

static void check_handler(void)
{
    struct sigaction old;

    catch (SIGUSR1, 0, bit(SIGHUP));
    is_long(kill(getpid(), SIGUSR1), 0, "kill of oneself");
    is_long(nr_calls, 1, "the handler has run before kill returns");
    is_long(last_signal, SIGUSR1, "... with the number");
    is_long(mask_inside, bit(SIGUSR1) | bit(SIGHUP), "... with its signal and sa_mask blocked");
    is_long(mask_now(), 0, "... which they are no longer");

    catch (SIGUSR1, SA_NODEFER, 0);
    kill(getpid(), SIGUSR1);
    is_long(mask_inside, 0, "SA_NODEFER: nothing is blocked");

    catch (SIGUSR1, SA_RESETHAND | SA_RESTART, 0);
    kill(getpid(), SIGUSR1);
    sigaction(SIGUSR1, NULL, &old);
    is_long(nr_calls, 1, "SA_RESETHAND: the handler runs once");
    ok(old.sa_handler == SIG_DFL, "... and then the action is the default");
    ok(old.sa_flags & SA_RESETHAND, "... with the flags as they were");

    catch (SIGUSR1, 0, 0);
    sigaction(SIGUSR1, NULL, &old);
    ok(old.sa_handler == note, "sigaction tells the handler");
    signal(SIGUSR1, SIG_IGN);
    kill(getpid(), SIGUSR1);
    is_long(nr_calls, 0, "an ignored signal");
    signal(SIGUSR1, SIG_DFL);
    signal(SIGWINCH, SIG_DFL);
    is_long(kill(getpid(), SIGWINCH), 0, "a signal that is ignored by default");
}

struct kernel_action {
    unsigned long handler, flags, restorer, mask;
};

static void check_action_errors(void)
{
    struct kernel_action action = {0, ~0UL, 0x1234, ~0UL}, old;
    const long size = 8;

    is_long(raw(SYS_rt_sigaction, SIGUSR1, &action, 0, 4), -EINVAL, "a set of 4 bytes");
    is_long(raw(SYS_rt_sigaction, SIGUSR1, &action, 0, 16), -EINVAL, "a set of 16 bytes");
    is_long(raw(SYS_rt_sigaction, 0, &action, 0, size), -EINVAL, "signal 0");
    is_long(raw(SYS_rt_sigaction, 65, &action, 0, size), -EINVAL, "signal 65");
    is_long(raw(SYS_rt_sigaction, -1, &action, 0, size), -EINVAL, "signal -1");
    is_long(raw(SYS_rt_sigaction, 0, 8, 0, size), -EFAULT, "a bad pointer goes before the number");
    is_long(raw(SYS_rt_sigaction, SIGKILL, &action, 0, size), -EINVAL, "an action for SIGKILL");
    is_long(raw(SYS_rt_sigaction, SIGSTOP, &action, 0, size), -EINVAL, "an action for SIGSTOP");
    is_long(raw(SYS_rt_sigaction, SIGKILL, 0, &old, size), 0, "SIGKILL's can be asked for");
    is_long(raw(SYS_rt_sigaction, SIGUSR1, &action, 8, size), -EFAULT, "a bad old pointer");
    is_long(raw(SYS_rt_sigaction, SIGUSR1, 0, &old, size), 0, "... but the action is set");
    is_long(old.flags, 0xdc000807, "unknown flags are cleared");
    is_long(old.mask, ~(bit(SIGKILL) | bit(SIGSTOP)), "SIGKILL and SIGSTOP leave sa_mask");
    is_long(old.restorer, 0x1234, "the restorer is kept");
    signal(SIGUSR1, SIG_DFL);
}

/* ---- masks and pending signals ---- */

static void check_pending(void)
{
    unsigned long pending = 0;

    catch (SIGUSR1, 0, 0);
    catch (SIGUSR2, 0, 0);
    set_mask(bit(SIGUSR1) | bit(SIGUSR2) | bit(SIGKILL) | bit(SIGSTOP));
    is_long(mask_now(), bit(SIGUSR1) | bit(SIGUSR2), "SIGKILL and SIGSTOP cannot be blocked");
    kill(getpid(), SIGUSR2);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR1);
    is_long(nr_calls, 0, "blocked signals wait");
    raw(SYS_rt_sigpending, &pending, 8);
    is_long(pending, bit(SIGUSR1) | bit(SIGUSR2), "... and can be seen");
    is_long(raw(SYS_rt_sigpending, &pending, 16), -EINVAL, "rt_sigpending with 16 bytes");
    is_long(raw(SYS_rt_sigpending, 8, 8), -EFAULT, "rt_sigpending to a bad pointer");
    set_mask(0);
    is_long(nr_calls, 2, "unblocked, each is delivered once");
    is_long(order[0], SIGUSR2, "the frame of the higher number is on top");
    is_long(order[1], SIGUSR1, "... the lower number's below");

    set_mask(bit(SIGUSR1) | bit(SIGCHLD));
    kill(getpid(), SIGUSR1);
    signal(SIGUSR1, SIG_IGN);
    raw(SYS_rt_sigpending, &pending, 8);
    is_long(pending, 0, "a pending signal is dropped when it becomes ignored");
    signal(SIGUSR1, SIG_DFL);
    kill(getpid(), SIGCHLD);
    raw(SYS_rt_sigpending, &pending, 8);
    is_long(pending, bit(SIGCHLD), "what is ignored by default waits while it is blocked");
    catch (SIGCHLD, 0, 0);
    set_mask(0);
    is_long(nr_calls, 1, "... and finds a handler that was set meanwhile");
    signal(SIGCHLD, SIG_DFL);
    is_long(raw(SYS_rt_sigprocmask, 3, &pending, 0, 8), -EINVAL, "rt_sigprocmask with how 3");
    is_long(raw(SYS_rt_sigprocmask, SIG_BLOCK, &pending, 0, 4), -EINVAL, "... with 4 bytes");
}

static void check_realtime(void)
{
    union sigval value;
    int sum = 0;

    catch (RT, SA_SIGINFO, 0);
    catch (RT + 1, SA_SIGINFO, 0);
    set_mask(bit(RT) | bit(RT + 1));
    for (int i = 1; i <= 3; i++) {
        value.sival_int = i * 100;
        sum += sigqueue(getpid(), RT, value);
        kill(getpid(), RT + 1);
    }
    is_long(sum, 0, "sigqueue");
    set_mask(bit(RT + 1));
    is_long(nr_calls, 3, "a real-time signal is delivered as often as it was sent");
    is_long(last_info.si_code, SI_QUEUE, "... with SI_QUEUE");
    is_long(last_info.si_value.sival_int, 300, "... the last one sent on top, its value with it");
    is_long(last_info.si_pid, getpid(), "... and its sender");
    nr_calls = 0;
    set_mask(0);
    is_long(nr_calls, 3, "kill queues real-time signals as well");
    is_long(last_info.si_code, SI_USER, "... with SI_USER");

    siginfo_t info = {.si_code = SI_USER};
    is_long(raw(SYS_rt_sigqueueinfo, getppid(), 0, &info), -EPERM,
            "nobody says to another that kill has sent it");
    info.si_code = SI_TKILL;
    is_long(raw(SYS_rt_sigqueueinfo, getppid(), 0, &info), -EPERM, "... nor tkill");
    info.si_code = SI_QUEUE;
    is_long(raw(SYS_rt_sigqueueinfo, getppid(), 0, &info), 0, "a queued signal 0 asks");
    is_long(raw(SYS_rt_sigqueueinfo, getpid(), 65, &info), -EINVAL, "... 65 does not exist");
    is_long(raw(SYS_rt_sigqueueinfo, getpid(), RT, 8), -EFAULT, "... at a bad pointer");
}

/* ---- what is told about a signal ---- */

static void check_info(void)
{
    catch (SIGUSR1, SA_SIGINFO, 0);
    kill(getpid(), SIGUSR1);
    is_long(last_info.si_signo, SIGUSR1, "kill: si_signo");
    is_long(last_info.si_code, SI_USER, "... si_code");
    is_long(last_info.si_errno, 0, "... si_errno");
    is_long(last_info.si_pid, getpid(), "... si_pid");
    is_long(last_info.si_uid, 0, "... si_uid");
    raw(SYS_tgkill, getpid(), getpid(), SIGUSR1);
    is_long(last_info.si_code, SI_TKILL, "tgkill: si_code");
    is_long(last_info.si_pid, getpid(), "... si_pid");
    raise(SIGUSR1);
    is_long(last_info.si_code, SI_TKILL, "raise: si_code");
    raw(SYS_tkill, raw(SYS_gettid), SIGUSR1);
    is_long(nr_calls, 4, "tkill of gettid");
    is_long(last_info.si_code, SI_TKILL, "... si_code");
}

static void check_send_errors(void)
{
    is_long(raw(SYS_kill, getpid(), 65), -EINVAL, "kill with signal 65");
    is_long(raw(SYS_kill, getpid(), -1), -EINVAL, "... -1");
    is_long(raw(SYS_kill, 32768, 0), -ESRCH, "... of nobody");
    is_long(raw(SYS_kill, 32768, 65), -ESRCH, "... of nobody with signal 65");
    is_long(raw(SYS_tgkill, getpid(), 0, 0), -EINVAL, "tgkill of thread 0");
    is_long(raw(SYS_tgkill, 0, getpid(), 0), -EINVAL, "... in process 0");
    is_long(raw(SYS_tgkill, getppid(), getpid(), 0), -ESRCH, "... in another process");
    is_long(raw(SYS_tgkill, getpid(), getpid(), 65), -EINVAL, "... with signal 65");
    is_long(raw(SYS_tkill, 0, 0), -EINVAL, "tkill of thread 0");
    is_long(raw(SYS_tkill, 32768, 0), -ESRCH, "... of nobody");
    is_long(raw(SYS_kill, 1, SIGTERM), 0, "process 1 can be sent what it has no handler for");
    is_long(raw(SYS_kill, 1, SIGKILL), 0, "... and SIGKILL");
    is_long(raw(SYS_kill, 1, 0), 0, "... and goes on");
}

static void check_child_info(void)
{
    int status;
    pid_t pid;

    catch (SIGCHLD, SA_SIGINFO | SA_RESTART, 0);
    pid = start("exit", 7);
    waitpid(pid, &status, 0);
    is_long(nr_calls, 1, "SIGCHLD when a child exits");
    is_long(last_info.si_code, CLD_EXITED, "... si_code");
    is_long(last_info.si_pid, pid, "... si_pid");
    is_long(last_info.si_status, 7, "... si_status");
    pid = start("die", SIGTERM);
    waitpid(pid, &status, 0);
    is_long(nr_calls, 2, "SIGCHLD when a child is killed");
    is_long(last_info.si_code, CLD_KILLED, "... si_code");
    is_long(last_info.si_status, SIGTERM, "... si_status");
    pid = start("wait", 0);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    is_long(nr_calls, 3, "SIGCHLD when a child stops");
    is_long(last_info.si_code, CLD_STOPPED, "... si_code");
    is_long(last_info.si_status, SIGSTOP, "... si_status");
    kill(pid, SIGCONT);
    waitpid(pid, &status, WCONTINUED);
    while (nr_calls < 4) /* on Linux the child itself sends it, once it runs */
        continue;
    is_long(nr_calls, 4, "SIGCHLD when it goes on");
    is_long(last_info.si_code, CLD_CONTINUED, "... si_code");
    is_long(last_info.si_status, SIGCONT, "... si_status");
    catch (SIGCHLD, SA_NOCLDSTOP, 0);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    is_long(nr_calls, 0, "SA_NOCLDSTOP: none when a child stops");
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    is_long(nr_calls, 1, "... but one when it ends");
}

static void check_no_zombies(void)
{
    signal(SIGCHLD, SIG_IGN);
    ok(start("exit", 0) > 0, "SIGCHLD ignored: a child");
    is_long(waitpid(-1, NULL, 0), -1, "... that cannot be waited for");
    is_errno(ECHILD, "... ECHILD when it has ended");
    catch (SIGCHLD, SA_NOCLDWAIT | SA_RESTART, 0);
    ok(start("exit", 0) > 0, "SA_NOCLDWAIT: a child");
    is_long(waitpid(-1, NULL, 0), -1, "... that cannot be waited for");
    is_errno(ECHILD, "... ECHILD when it has ended");
    is_long(nr_calls, 1, "... and SIGCHLD comes");
    signal(SIGCHLD, SIG_DFL);
}

/* ---- waiting ---- */

static void check_suspend(void)
{
    unsigned long none = 0;

    catch (SIGUSR1, SA_RESTART, 0);
    set_mask(bit(SIGUSR1) | bit(SIGUSR2));
    kill(getpid(), SIGUSR1);
    none = bit(SIGHUP);
    is_long(raw(SYS_rt_sigsuspend, &none, 8), -EINTR, "rt_sigsuspend ends by a handler");
    is_long(nr_calls, 1, "... which has run");
    is_long(mask_inside, bit(SIGHUP) | bit(SIGUSR1), "... with the temporary mask");
    is_long(mask_now(), bit(SIGUSR1) | bit(SIGUSR2), "... and the old mask is back");
    is_long(raw(SYS_rt_sigsuspend, &none, 4), -EINVAL, "rt_sigsuspend with 4 bytes");
    is_long(raw(SYS_rt_sigsuspend, 8, 8), -EFAULT, "... at a bad pointer");
    set_mask(0);
}

static void check_exec(void)
{
    char word[] = "after-exec";
    char *argv[] = {child_self(), word, NULL};
    int status;
    pid_t pid;

    catch (SIGUSR1, SA_SIGINFO | SA_NODEFER, bit(SIGHUP));
    signal(SIGUSR2, SIG_IGN);
    set_mask(bit(SIGHUP));
    fflush(stdout);
    pid = vfork();
    if (pid == 0) {
        kill(getpid(), SIGHUP);
        execve(child_self(), argv, environ);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    is_long(status & 0xff, 0, "a program after execve");
    ok(status >> 8 & 1, "a handler is the default action again");
    ok(status >> 8 & 2, "what was ignored still is");
    ok(status >> 8 & 4, "the mask is kept");
    ok(status >> 8 & 8, "what is pending is kept");
    set_mask(0);
    signal(SIGUSR2, SIG_DFL);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    check_handler();
    check_action_errors();
    check_pending();
    check_realtime();
    check_info();
    check_send_errors();
    check_child_info();
    check_no_zombies();
    check_suspend();
    check_exec();
    return done_testing();
}
