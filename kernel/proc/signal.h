/*
 * proc/signal.h - signals: what a process does on each, which ones wait, and how a handler is run
 *
 * signal.c keeps; kill.c says who may send what to whom; deliver.c acts on what was sent; sigframe.c builds what a handler finds
 * on its stack, and takes it back. Structures that programs see have Linux's layout.
 */
#ifndef PROC_SIGNAL_H
#define PROC_SIGNAL_H

#include "arch/trap.h"
#include "lib/list.h"
#include "lib/types.h"

#define NR_SIGNALS          64
#define NR_STANDARD_SIGNALS 31 /* one of each waits; of the others, the real-time ones, many */
#define SIGNAL_BIT(n)       (1UL << ((n)-1))
#define SIGNALS_QUEUED_MAX  1024 /* real-time signals that wait for one process: RLIMIT_SIGPENDING */

/* What signals do by default, where that is not the end of the process. Numbers: <asm/signal.h>. */
#define SIGNALS_STOP                                                                               \
    (SIGNAL_BIT(SIGSTOP) | SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | SIGNAL_BIT(SIGTTOU))
#define SIGNALS_IGNORED                                                                            \
    (SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGCONT) | SIGNAL_BIT(SIGURG) | SIGNAL_BIT(SIGWINCH))

struct process;
struct task;

/* struct sigaction of <asm/signal.h>, in integers. */
struct signal_action {
    vaddr_t handler; /* or SIG_DFL, SIG_IGN */
    uint64_t flags;  /* SA_* */
    vaddr_t restorer;
    uint64_t mask; /* blocked as well while the handler runs */
};
#define SIGNAL_DEFAULT 0UL /* SIG_DFL */
#define SIGNAL_IGNORE  1UL /* SIG_IGN */

/* As much of siginfo_t as is ever filled; programs see zeros after it. */
struct signal_info {
    int32_t signo, error, code, pad;
    union {
        struct {
            int32_t pid;
            uint32_t uid;
            int32_t status; /* SIGCHLD, as are the times, in clock ticks */
            int64_t utime, stime;
        };
        vaddr_t address; /* of a fault */
    };
};
static_assert(sizeof(struct signal_info) == 48, "Linux's struct kernel_siginfo");

/* sigaltstack(2). */
struct signal_stack {
    vaddr_t start;
    uint32_t flags, pad;
    uint64_t len; /* 0: there is none */
};
static_assert(sizeof(struct signal_stack) == 24, "stack_t");

/* The last exception of a process, as its handlers see it. */
struct signal_cause {
    uint64_t vector, error;
    vaddr_t address; /* of the last page fault */
};

/* Signals that were sent and not yet taken. Protected by signal.c's lock: interrupts send signals. */
struct signal_pending {
    uint64_t set;                                     /* bit n - 1 for signal n */
    struct signal_info standard[NR_STANDARD_SIGNALS]; /* of those that are pending */
    struct list queue;                                /* real-time signals, oldest first */
};

/* What a process has for its signals. Protected by signal.c's lock. */
struct signal_state {
    struct signal_action actions[NR_SIGNALS];
    struct signal_pending pending; /* for whichever of its tasks does not block them */
    size_t nr_queued;              /* real-time ones, those of its tasks too */
};

/* What a task has for them. */
struct task_signals {
    /* Protected by signal.c's lock */
    uint64_t blocked;
    struct signal_pending pending; /* for this task alone */
    uint64_t waited;               /* what rt_sigtimedwait(2) waits for: noticed, blocked or not */

    /* Its own */
    uint64_t saved_blocked; /* what is blocked after sigsuspend(2), if restore_blocked */
    bool restore_blocked;
    struct signal_stack stack;
    struct signal_cause cause;
};

/* Send a signal. Any context for standard signals; real-time ones are sent by programs. */
void signal_send(struct process *process, const struct signal_info *info);

/*
 * The same for programs: to one task, or to whichever does not block it. 0; -EAGAIN where a queued signal
 * finds no room.
 */
MUST_CHECK int signal_queue(struct process *process, struct task *task,
                            const struct signal_info *info);

/*
 * A signal that the running program has caused itself and that cannot wait. Where a handler takes
 * it, it is pending now, and true; else its action is the default now, and the caller ends the
 * process.
 */
MUST_CHECK bool signal_force(const struct signal_info *info);

/* Whether the task will end before it runs user code again. */
bool signal_is_fatal(const struct task *task);

/* The running process ends, or another of its tasks runs another program: the task is to end. */
void signal_end_task(struct task *task);

/* The running task passes signal_deliver(), though a signal may have gone to another: its call is done again. */
void signal_interrupt_self(void);

/* A task has left its process: others take the process's signals that it was woken for. */
void signal_retarget(struct process *process);

/* The process has stopped: so do all its tasks, on their way to user mode. */
void signal_stop_tasks(struct process *process);

/* What waits for a task: its own signals and its process's. */
uint64_t signal_pending_set(const struct task *task);

/* Change what the running task blocks; takes effect on the way to user mode. */
void signal_set_blocked(uint64_t blocked);

/* rt_sigaction(2) for a valid signal: read, then replace if action is not NULL. */
void signal_get_action(int signal, struct signal_action *action);
void signal_set_action(int signal, const struct signal_action *action);

/* The states of new ones: of a process and a task; a child's, with its parent's; of a new program. */
void signal_init(struct process *process);
void signal_init_task(struct task *task);
void signal_copy(struct process *child, const struct process *parent);
void signal_copy_task(struct task *to, const struct task *from);
void signal_reset_for_exec(struct process *process);

/* Forget what is pending. */
void signal_drop_all(struct process *process);
void signal_drop_task(struct task *task);

/*
 * Take the running task's next signal that is not blocked, with the action it has. False if there
 * is none.
 */
MUST_CHECK bool signal_take(struct signal_info *info, struct signal_action *action);

/*
 * rt_sigtimedwait(2): take a signal of the set, which comes by a deadline in nanoseconds of timer_now_ns().
 *
 * Returns  its number, with *info; -EAGAIN: none came; -EINTR: another did
 */
MUST_CHECK int signal_wait(uint64_t set, uint64_t deadline, struct signal_info *info);

/* kill.c */

/* Fields of a signal that a program sends by kill(2); code: SI_USER, SI_TKILL. */
struct signal_info signal_info_from_self(int signal, int code);

/*
 * rt_sigqueueinfo(2), and what kill(2) and tkill(2) do for one process, or for one task of it.
 * info->signo 0 asks whether the process may be sent one. NULL for process: there is none.
 *
 * task     NULL: whichever does not block it
 * Returns  0, -ESRCH, -EINVAL, -EPERM; -EAGAIN where a queued signal finds no room
 */
MUST_CHECK int signal_send_checked(struct process *process, struct task *task,
                                   const struct signal_info *info);

/* kill(2) with all forms of pid. 0, -EINVAL, -ESRCH, -EPERM. */
MUST_CHECK int signal_kill(int pid, int signal);

/* deliver.c */

/* Force SIGSEGV on the running program because of its signal frame, or end it, saying so. */
void signal_force_bad_frame(const struct trap_frame *frame, const char *what);

/*
 * What the running process blocks while a call waits: in force until the handler of what ended the wait
 * returns, or signal_unblock() is called.
 */
void signal_block_meanwhile(uint64_t blocked);
void signal_unblock(void);

/*
 * Sleep until a signal is to be delivered, with `blocked` in force that long (sigsuspend(2)).
 * Returns -ERESTARTNOHAND.
 */
MUST_CHECK int signal_suspend(uint64_t blocked);

/* Act on the signals that are pending and not blocked, up to one that has a handler. May not
 * return. */
void signal_deliver(struct trap_frame *frame);

/* sigframe.c */

/*
 * Make frame, the running program's registers, those of a handler's start, and save what they were
 * on its stack.
 *
 * blocked  is in force again when the handler returns
 * Returns  0, -EFAULT: registers unchanged
 */
MUST_CHECK int sigframe_build(struct trap_frame *frame, const struct signal_info *info,
                              const struct signal_action *action, uint64_t blocked);

/*
 * rt_sigreturn(2): registers, vector state, alternate stack and what is blocked, from the frame
 * that the stack pointer stands above. What the program has put there can hurt only itself.
 *
 * Returns  0, -EFAULT (it cannot be read, or the processor refuses the vector state)
 */
MUST_CHECK int sigframe_restore(struct trap_frame *frame);

/*
 * sigaltstack(2) with the stack pointer sp: give the present stack in *old, take a new one.
 *
 * Returns  0, -EPERM (in use), -EINVAL, -ENOMEM (too small)
 */
void signal_get_stack(struct signal_stack *old, vaddr_t sp);
int signal_set_stack(const struct signal_stack *new, vaddr_t sp);

#endif
