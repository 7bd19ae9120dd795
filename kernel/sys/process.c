/*
 * sys/process.c - processes
 */
#include "proc/process.h"

#include <asm/errno.h>
#include <asm/prctl.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "sys/usage.h"

/* As much of siginfo_t as waitid(2) fills: to si_status. */
#define WAITID_INFO_LEN offsetof(struct signal_info, utime)

int64_t sys_vfork(struct trap_frame *frame)
{
    return process_fork(&(struct clone){
        .frame = frame, .shares_space = true, .waits = true, .exit_signal = SIGCHLD});
}

int64_t sys_fork(struct trap_frame *frame)
{
    return process_fork(&(struct clone){.frame = frame, .exit_signal = SIGCHLD});
}

/* What may come with each form of clone(2). CLONE_DETACHED, CLONE_UNTRACED and the like mean nothing here. */
#define CLONE_OPTIONS                                                                              \
    (CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID |              \
     CLONE_DETACHED | CLONE_UNTRACED | CLONE_SYSVSEM | CLONE_IO)
#define CLONE_TASK (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

/* clone(2): fork, what posix_spawn(3) uses, and threads as the C libraries make them. */
int64_t sys_clone(struct trap_frame *frame)
{
    uint64_t flags = (uint32_t)frame->rdi & ~(uint64_t)CSIGNAL;
    uint64_t form = flags & ~(uint64_t)CLONE_OPTIONS;
    const struct clone how = {
        .frame = frame,
        .shares_space = flags & CLONE_VM,
        .waits = flags & CLONE_VFORK,
        .stack = frame->rsi,
        .exit_signal = (int)(frame->rdi & CSIGNAL),
        .set_tls = flags & CLONE_SETTLS,
        .tls = frame->r8,
        .set_parent_tid = flags & CLONE_PARENT_SETTID ? frame->rdx : 0,
        .set_child_tid = flags & CLONE_CHILD_SETTID ? frame->r10 : 0,
        .clear_child_tid = flags & CLONE_CHILD_CLEARTID ? frame->r10 : 0,
    };

    if ((flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) ||
        (flags & CLONE_SIGHAND && !(flags & CLONE_VM)))
        return -EINVAL;
    if (how.set_tls && how.tls >= USER_END)
        return -EPERM;
    switch (form) {
    case 0:
    case CLONE_VM:
    case CLONE_VFORK:
    case CLONE_VM | CLONE_VFORK:
        return process_fork(&how);
    case CLONE_TASK:
        return process_add_task(&how);
    default:
        return -ENOSYS;
    }
}

int64_t sys_execve(struct trap_frame *frame)
{
    struct exec_strings arguments = {.user = frame->rsi}, environment = {.user = frame->rdx};
    char *path = kmalloc(PATH_LEN_MAX);

    if (!path)
        return -ENOMEM;
    int64_t result = copy_string_from_user(path, frame->rdi, PATH_LEN_MAX);
    if (result >= 0)
        result = process_exec(path, &arguments, &environment);
    kfree(path);
    return result;
}

int64_t sys_wait4(struct trap_frame *frame)
{
    const unsigned known = WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL;
    unsigned options = (unsigned)frame->rdx;
    struct wait_report report;

    if (options & ~known)
        return -EINVAL;
    int pid = process_wait((int)frame->rdi, options | WEXITED, &report);
    if (pid <= 0)
        return pid;
    if (frame->rsi && copy_to_user(frame->rsi, &report.status, sizeof(report.status)) < 0)
        return -EFAULT;
    if (frame->r10 && usage_copy(frame->r10, &report.usage) < 0)
        return -EFAULT;
    return pid;
}

/* What waitid(2) waits for, as wait4(2) says it. 0 or -EINVAL. */
static int wait_for(uint64_t type, int id, int *pid)
{
    switch ((int)type) {
    case P_ALL:
        *pid = -1;
        return 0;
    case P_PID:
        *pid = id;
        return id > 0 ? 0 : -EINVAL;
    case P_PGID:
        *pid = -id; /* 0: the caller's own */
        return id >= 0 ? 0 : -EINVAL;
    default:
        return -EINVAL;
    }
}

/* Why there is a report, and its status, as SIGCHLD says it. */
static struct signal_info child_info(int pid, const struct wait_report *report)
{
    struct signal_info info = {.signo = SIGCHLD, .pid = pid, .uid = report->uid};
    int status = report->status;

    if (status == 0xffff) {
        info.code = CLD_CONTINUED;
        info.status = SIGCONT;
    } else if ((status & 0xff) == 0x7f) {
        info.code = CLD_STOPPED;
        info.status = status >> 8;
    } else {
        info.code = status & 0x7f ? CLD_KILLED : CLD_EXITED;
        info.status = status & 0x7f ? status & 0x7f : status >> 8;
    }
    return info;
}

/* waitid(2) but for what it writes to its third argument: *info, which is 0 at first. */
static int64_t wait_for_info(const struct trap_frame *frame, struct signal_info *info)
{
    const unsigned reports = WEXITED | WSTOPPED | WCONTINUED;
    unsigned options = (unsigned)frame->r10;
    struct wait_report report;
    int for_pid;

    if (options & ~(reports | WNOHANG | WNOWAIT | __WNOTHREAD | __WCLONE | __WALL) ||
        !(options & reports))
        return -EINVAL;
    int error = wait_for(frame->rdi, (int)frame->rsi, &for_pid);
    if (error)
        return error;
    int pid = process_wait(for_pid, options, &report);
    if (pid <= 0)
        return pid;
    *info = child_info(pid, &report);
    return frame->r8 ? usage_copy(frame->r8, &report.usage) : 0;
}

/* Where there is nothing to report, zeros are written, as Linux does. */
int64_t sys_waitid(struct trap_frame *frame)
{
    struct signal_info info = {0};
    int64_t result = wait_for_info(frame, &info);

    if (frame->rdx && copy_to_user(frame->rdx, &info, WAITID_INFO_LEN) < 0)
        return -EFAULT;
    return result;
}

int64_t sys_exit(struct trap_frame *frame)
{
    task_exit((int)(frame->rdi & 0xff) << 8);
}

int64_t sys_exit_group(struct trap_frame *frame)
{
    process_exit((int)(frame->rdi & 0xff) << 8);
}

int64_t sys_getpid(struct trap_frame *frame)
{
    (void)frame;
    return process_current()->pid;
}

int64_t sys_getppid(struct trap_frame *frame)
{
    const struct process *parent = process_current()->parent;

    (void)frame;
    return parent ? parent->pid : 0;
}

int64_t sys_arch_prctl(struct trap_frame *frame)
{
    struct thread *self = thread_current();
    uint64_t argument = frame->rsi;

    switch ((int)frame->rdi) {
    case ARCH_SET_FS:
        if (argument >= USER_END)
            return -EPERM;
        thread_set_fs_base(argument);
        return 0;
    case ARCH_SET_GS:
        if (argument >= USER_END)
            return -EPERM;
        thread_set_gs_base(argument);
        return 0;
    case ARCH_GET_FS:
        return copy_to_user(argument, &self->fs_base, sizeof(self->fs_base));
    case ARCH_GET_GS:
        return copy_to_user(argument, &self->gs_base, sizeof(self->gs_base));
    default:
        return -EINVAL;
    }
}

int64_t sys_set_tid_address(struct trap_frame *frame)
{
    struct task *self = task_current();

    self->clear_child_tid = frame->rdi;
    return self->tid;
}
