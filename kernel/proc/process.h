/*
 * proc/process.h - processes: a thread, an address space, open files and a place in the family
 */
#ifndef PROC_PROCESS_H
#define PROC_PROCESS_H

#include "arch/trap.h"
#include "fs/file.h"
#include "mm/space.h"
#include "proc/limit.h"
#include "proc/signal.h"
#include "sched/thread.h"
#include "sched/timeout.h"
#include "sched/wait.h"

#define PROCESS_NAME_LEN 16 /* with the NUL, as prctl(2) PR_SET_NAME has it */
#define PID_MAX          32768
#define NR_BORROWED_MAX  8 /* more than any call uses */

/*
 * A zombie waits for its parent to see it. What is gone was no parent's concern, and exists only
 * until its stack can be freed: nobody finds it.
 */
enum process_state { PROCESS_ALIVE, PROCESS_STOPPED, PROCESS_ZOMBIE, PROCESS_GONE };

#define NR_GROUPS_MAX 32 /* supplementary ones; Linux takes more */

/* Who a process acts for. credentials(7); there are no file system ids. */
struct credentials {
    uint32_t uid, euid, suid, gid, egid, sgid;
    uint32_t nr_groups, groups[NR_GROUPS_MAX];
};

/* What restart_syscall(2) goes on with, to the deadline that it had. */
struct restart {
    enum { RESTART_SLEEP, RESTART_POLL, RESTART_FUTEX } kind;
    uint64_t deadline;
    vaddr_t remaining; /* SLEEP: where what is left of it goes; 0: nowhere */
    vaddr_t fds;       /* POLL */
    unsigned nr_fds;
    vaddr_t address; /* FUTEX, as of futex_wait() */
    bool shared;
    uint32_t value, bitset;
};

/* What a process has used: getrusage(2). */
struct usage {
    uint64_t run_ns;    /* processor time */
    uint64_t nr_faults; /* page faults that were handled */
    size_t peak_pages;  /* the most that were in memory at once, in any of its spaces */
};

/* The program that a process runs: what execve(2) made of it, for /proc. */
struct program {
    struct node *file;            /* a reference; NULL before the first, and of a zombie */
    vaddr_t code_start, code_end; /* of what may be executed */
    vaddr_t data_start, data_end; /* of the segment that lies highest, without bss */
    vaddr_t stack_start;          /* the stack pointer at its first instruction */
    vaddr_t arguments, environment, environment_end; /* strings; one begins where the other ends */
};

/*
 * One processor, and a kernel that is preempted only where it sleeps: what is read and written here
 * between two sleeps needs no lock. Signals are the exception; interrupts send them (signal.c).
 */

/* A thread of a process, as programs know it: clone(2), CLONE_THREAD. */
struct task {
    struct thread thread;
    struct process *process; /* Constant */
    int tid;                 /* the leader's is the process's number */
    struct list node;        /* in process->tasks; of one that has ended, in the list of those */
    bool must_end;           /* another task runs another program: execve(2) */
    char name[PROCESS_NAME_LEN];
    uint64_t nr_faults;
    struct task_signals signals;
    vaddr_t clear_child_tid; /* set_tid_address(2) */
    vaddr_t set_child_tid;   /* where the task writes its number before it starts; 0: nowhere */
    vaddr_t robust_list;     /* set_robust_list(2); 0: none */
    /* Files that the present call uses, which another task may close meanwhile. */
    struct file *borrowed[NR_BORROWED_MAX];
    unsigned nr_borrowed;
    struct restart restart;
};

struct process {
    int pid;           /* Constant */
    uint64_t serial;   /* Constant: of no other process, ever */
    uint64_t start_ns; /* Constant: since the machine started */
    int group;         /* process group */
    int session;
    bool has_run_exec; /* setpgid(2) by its parent comes too late */
    struct process *parent;
    struct list children, sibling; /* sibling: in parent->children */
    struct list all;               /* in the list of all processes */

    struct list tasks;   /* that have not ended, oldest first; of a zombie, none */
    size_t nr_tasks;     /* in tasks */
    struct task *leader; /* the first; it stays, ended or not, as long as the process */
    bool exiting;        /* exit_group(2): every task is to end; then the status is: */
    int exit_status;
    struct usage ended; /* what tasks have used that have ended */

    struct space *space; /* NULL once it is a zombie */
    struct program program;
    struct fd_table files;

    struct credentials credentials;
    struct limit limits[RLIM_NLIMITS];
    int nice;                    /* getpriority(2) */
    bool no_new_privs;           /* prctl(2); kept: no program here gives privileges */
    unsigned membarriers;        /* membarrier(2): the commands it has registered for */
    uint32_t personality;        /* personality(2) */
    int dumpable;                /* prctl(2); kept: there are no core dumps */
    int oom_score_adj;           /* kept for who asks: nobody is chosen to be killed here, P8 */
    int oom_score_adj_min;       /* the last that root has set */
    struct usage children_usage; /* of those that were waited for, and theirs */

    struct signal_state signals;
    enum process_state state;
    int status;           /* of a zombie or a stopped process: as wait4(2) reports it */
    bool status_reported; /* a stop or a continue was already */
    bool continued;
    int exit_signal;          /* sent to the parent at the end; 0: none */
    struct wait_queue family; /* the parent sleeps here until a child changes */
    bool *borrowing; /* vfork: set to false when this process leaves the space it began in */

    /* See alarm.c */
    struct timeout alarm;    /* setitimer(2), ITIMER_REAL */
    uint64_t alarm_interval; /* nanoseconds; 0: it goes off once */
    struct cpu_alarm {
        uint64_t deadline; /* processor time of the process, in nanoseconds; 0: none */
        uint64_t interval;
    } cpu_alarms[2];            /* ITIMER_VIRTUAL, ITIMER_PROF */
    struct timeout cpu_timeout; /* for these, and for RLIMIT_CPU, while the process runs */
};

/* Whether they act for that group. */
bool credentials_have_group(const struct credentials *c, uint32_t gid);

static inline struct task *task_current(void)
{
    return container_of(thread_current(), struct task, thread);
}

static inline struct process *process_current(void)
{
    return task_current()->process;
}

/* The frame of user registers at the top of a task's kernel stack. */
static inline struct trap_frame *task_frame(struct task *task)
{
    return (struct trap_frame *)task->thread.stack_top - 1;
}

/* The next of a process's tasks; start with NULL, ends with NULL. */
struct task *task_next(const struct process *process, const struct task *task);

/* Give back the files that the running task's call has used. */
void task_return_files(struct task *task);

/* The task of that number that has not ended; NULL if there is none. */
struct task *task_find(int tid);

/* The process of that number, zombies included; NULL if there is none. */
struct process *process_find(int pid);

/* The process that has a task of that number, or that number itself: what most calls take for a pid. */
struct process *process_of_task(int tid);

/* The process of that serial number, zombies included; NULL if it is gone. */
struct process *process_find_serial(uint64_t serial);

/* The first process with a number of at least pid, NULL if there is none. */
struct process *process_find_from(int pid);

/* What all processes together have done, ended ones among them. */
struct process_totals {
    uint64_t nr_started;
    uint64_t nr_faults;
    int last_pid;
};
struct process_totals process_totals(void);

/* Visit all processes: start with NULL, ends with NULL. */
struct process *process_next(const struct process *process);

/*
 * Start process 1 running /bin/init with these arguments: arguments[nr], NULL-terminated. Panics,
 * saying why, if that cannot be done.
 */
void process_start_init(const char *const *arguments, size_t nr);

/* Upward call, defined in main.c: process 1 is about to run its first instruction. */
void boot_finished(void);

/* What clone(2) says about a child, or a task, that shall be made. */
struct clone {
    const struct trap_frame *frame; /* the caller's registers */
    bool shares_space;              /* the child runs in the caller's, not in a copy */
    bool waits;                     /* the caller, until the child calls execve(2) or ends */
    vaddr_t stack;                  /* the child's stack pointer, 0 for the caller's */
    bool set_tls;
    vaddr_t tls; /* its FS base */
    int exit_signal;
    /* Where the child's number is written, in the caller's memory and in the child's, and where the
     * child clears it at its end. 0: nowhere. */
    vaddr_t set_parent_tid, set_child_tid, clear_child_tid;
};

/* fork(2), vfork(2): a child. Its number; -ENOMEM, -EAGAIN (RLIMIT_NPROC). */
MUST_CHECK int process_fork(const struct clone *how);

/* CLONE_THREAD: one more task of the running process. Its number; -ENOMEM, -EAGAIN. */
MUST_CHECK int process_add_task(const struct clone *how);

/*
 * Whether the running process may look into another as ptrace(2) asks for reading.
 *
 * Returns  0, -EACCES, -ESRCH (there is none of that serial number)
 */
MUST_CHECK int process_check_trace(uint64_t serial);

/* Set a nice value, -20 to 19, and with it how long the process runs at a time. */
void process_set_nice(struct process *process, int nice);

/* exec.c */

/* Strings for a new program: pointers in the running space, or in the kernel. */
struct exec_strings {
    vaddr_t user;              /* a char *[] in the running space; 0 with kernel set, or for none */
    const char *const *kernel; /* NULL-terminated, or NULL */
};

/*
 * execve(2): run the file at path in a new space. On success the caller's user registers are those
 * of the new program's start.
 *
 * Returns  0; -ENOENT, -EACCES, -ENOEXEC, -ENOMEM, -E2BIG, -EFAULT, ...: the old program goes on
 */
MUST_CHECK int process_exec(const char *path, const struct exec_strings *arguments,
                            const struct exec_strings *environment);

/* exit.c */

/* exit_group(2): end the running process with all its tasks; status as wait4(2) reports it. */
NORETURN void process_exit(int status);

/* exit(2): end the running task, and the process with that status if it is the last. */
NORETURN void task_exit(int status);

/*
 * The other tasks of the running process end; the running one is its leader then, by number too.
 *
 * Returns  0; -EINTR: the process itself ends
 */
MUST_CHECK int process_leave_alone(void);

/* What a child reports. */
struct wait_report {
    int status;         /* as wait4(2) has it */
    uint32_t uid;       /* the child's */
    struct usage usage; /* of the child and of those it waited for */
};

/*
 * wait4(2) and waitid(2).
 *
 * pid      as wait4(2) has it
 * options  valid ones of waitid(2): WEXITED, WNOWAIT among them
 * Returns  the child's number, with *report; 0 with WNOHANG; -ECHILD, -ESRCH, -ERESTARTSYS
 */
MUST_CHECK int process_wait(int pid, unsigned options, struct wait_report *report);

/* The process gives its space up: what was in memory at most counts for it still. */
void process_note_peak(struct process *process, const struct space *space);

/* What a process has used itself. */
struct usage process_usage(const struct process *process);

/*
 * Wake the parent to look at its children, and tell it by a signal, if it is not 0.
 *
 * code    CLD_* of <asm/siginfo.h>
 * status  the exit status or the signal's number
 */
void process_notify_parent(struct process *process, int signal, int code, int status);

#endif
