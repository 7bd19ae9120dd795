/*
 * signal/strsignal.c - the names of signals
 */
#include "internal/libc.h"
#include <signal.h>
#include <string.h>

static const char *const texts[] = {
    [SIGHUP] = "Hangup",
    [SIGINT] = "Interrupt",
    [SIGQUIT] = "Quit",
    [SIGILL] = "Illegal instruction",
    [SIGTRAP] = "Trace/breakpoint trap",
    [SIGABRT] = "Aborted",
    [SIGBUS] = "Bus error",
    [SIGFPE] = "Floating point exception",
    [SIGKILL] = "Killed",
    [SIGUSR1] = "User defined signal 1",
    [SIGSEGV] = "Segmentation fault",
    [SIGUSR2] = "User defined signal 2",
    [SIGPIPE] = "Broken pipe",
    [SIGALRM] = "Alarm clock",
    [SIGTERM] = "Terminated",
    [SIGSTKFLT] = "Stack fault",
    [SIGCHLD] = "Child exited",
    [SIGCONT] = "Continued",
    [SIGSTOP] = "Stopped (signal)",
    [SIGTSTP] = "Stopped",
    [SIGTTIN] = "Stopped (tty input)",
    [SIGTTOU] = "Stopped (tty output)",
    [SIGURG] = "Urgent I/O condition",
    [SIGXCPU] = "CPU time limit exceeded",
    [SIGXFSZ] = "File size limit exceeded",
    [SIGVTALRM] = "Virtual timer expired",
    [SIGPROF] = "Profiling timer expired",
    [SIGWINCH] = "Window changed",
    [SIGIO] = "I/O possible",
    [SIGPWR] = "Power failure",
    [SIGSYS] = "Bad system call",
};

char *strsignal(int signal)
{
    static char own[40];
    char digits[12];
    const char *kind = "Unknown signal ";
    char *p = own;

    if (signal > 0 && (size_t)signal < sizeof(texts) / sizeof(texts[0]) && texts[signal])
        return (char *)(uintptr_t)texts[signal];
    if (signal >= SIGRTMIN && signal <= SIGRTMAX) {
        kind = "Real-time signal ";
        signal -= SIGRTMIN;
    }
    p = stpcpy(p, kind);
    if (signal < 0)
        *p++ = '-';
    strcpy(p, __utoa(signal < 0 ? -(unsigned)signal : (unsigned)signal, digits + sizeof(digits)));
    return own;
}
