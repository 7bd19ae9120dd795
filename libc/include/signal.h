/*
 * signal.h - signals
 *
 * The numbers come from the kernel's header. Its struct sigaction is laid out for the system call,
 * not as POSIX wants it, so it and its sigset_t are kept out of the way under other names.
 */
#ifndef _SIGNAL_H
#define _SIGNAL_H

#include <bits/posix_types.h>
#include <bits/time_types.h>
#include <bits/sigset.h>

#define sigaction __kernel_sigaction
#define sigset_t  __kernel_sigset_t
#include <asm/signal.h>
#undef sigaction
#undef sigset_t
#include <asm/siginfo.h>

#undef NSIG
#undef SIGRTMIN
#undef SIGRTMAX
#define _NSIG    65
#define NSIG     _NSIG
#define SIGRTMIN 32
#define SIGRTMAX 64

#define SIG_HOLD ((void (*)(int))2)

#define SS_ONSTACK    1
#define SS_DISABLE    2
#define SS_AUTODISARM (1U << 31)

typedef int sig_atomic_t;
typedef void (*sighandler_t)(int);
typedef void (*sig_t)(int);

struct sigaction {
    union {
        void (*sa_handler)(int);
        void (*sa_sigaction)(int, siginfo_t *, void *);
    } __handler;
    sigset_t sa_mask;
    int sa_flags;
    void (*sa_restorer)(void);
};
#define sa_handler   __handler.sa_handler
#define sa_sigaction __handler.sa_sigaction

/* The registers a signal interrupted: the kernel's struct sigcontext in the shape programs expect.
 */
typedef long long greg_t;
typedef greg_t gregset_t[23];

enum {
    REG_R8,
    REG_R9,
    REG_R10,
    REG_R11,
    REG_R12,
    REG_R13,
    REG_R14,
    REG_R15,
    REG_RDI,
    REG_RSI,
    REG_RBP,
    REG_RBX,
    REG_RDX,
    REG_RAX,
    REG_RCX,
    REG_RSP,
    REG_RIP,
    REG_EFL,
    REG_CSGSFS,
    REG_ERR,
    REG_TRAPNO,
    REG_OLDMASK,
    REG_CR2
};

#define REG_R8      REG_R8
#define REG_R9      REG_R9
#define REG_R10     REG_R10
#define REG_R11     REG_R11
#define REG_R12     REG_R12
#define REG_R13     REG_R13
#define REG_R14     REG_R14
#define REG_R15     REG_R15
#define REG_RDI     REG_RDI
#define REG_RSI     REG_RSI
#define REG_RBP     REG_RBP
#define REG_RBX     REG_RBX
#define REG_RDX     REG_RDX
#define REG_RAX     REG_RAX
#define REG_RCX     REG_RCX
#define REG_RSP     REG_RSP
#define REG_RIP     REG_RIP
#define REG_EFL     REG_EFL
#define REG_CSGSFS  REG_CSGSFS
#define REG_ERR     REG_ERR
#define REG_TRAPNO  REG_TRAPNO
#define REG_OLDMASK REG_OLDMASK
#define REG_CR2     REG_CR2

/* The fxsave image; extended state follows it in memory (asm/sigcontext.h). */
typedef struct _libc_fpstate {
    unsigned short cwd, swd, ftw, fop;
    unsigned long rip, rdp;
    unsigned int mxcsr, mxcr_mask;
    struct {
        unsigned short significand[4], exponent, __padding[3];
    } _st[8];
    struct {
        unsigned int element[4];
    } _xmm[16];
    unsigned int __padding[24];
} * fpregset_t;

typedef struct {
    gregset_t gregs;
    fpregset_t fpregs;
    unsigned long long __reserved[8];
} mcontext_t;

typedef struct ucontext_t {
    unsigned long uc_flags;
    struct ucontext_t *uc_link;
    stack_t uc_stack;
    mcontext_t uc_mcontext;
    sigset_t uc_sigmask;
} ucontext_t;

int kill(pid_t pid, int signal);
int killpg(pid_t pgid, int signal);
int raise(int signal);
int tgkill(pid_t pid, pid_t tid, int signal);
int sigqueue(pid_t pid, int signal, union sigval value);

/* BSD's meaning: the handler stays, interrupted calls restart. */
void (*signal(int signal, void (*handler)(int)))(int);
int sigaction(int signal, const struct sigaction *__restrict action,
              struct sigaction *__restrict old);
int siginterrupt(int signal, int flag);
int sigaltstack(const stack_t *__restrict stack, stack_t *__restrict old);

int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int signal);
int sigdelset(sigset_t *set, int signal);
int sigismember(const sigset_t *set, int signal);
int sigisemptyset(const sigset_t *set);
int sigorset(sigset_t *dst, const sigset_t *a, const sigset_t *b);
int sigandset(sigset_t *dst, const sigset_t *a, const sigset_t *b);

int sigprocmask(int how, const sigset_t *__restrict set, sigset_t *__restrict old);
/* Returns the error number. */
int pthread_sigmask(int how, const sigset_t *__restrict set, sigset_t *__restrict old);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *mask);
/* Returns the error number. */
int sigwait(const sigset_t *__restrict set, int *__restrict signal);
int sigwaitinfo(const sigset_t *__restrict set, siginfo_t *__restrict info);
int sigtimedwait(const sigset_t *__restrict set, siginfo_t *__restrict info,
                 const struct timespec *__restrict timeout);
int sighold(int signal);
int sigrelse(int signal);
int sigignore(int signal);

void psignal(int signal, const char *message);
void psiginfo(const siginfo_t *info, const char *message);

#endif
