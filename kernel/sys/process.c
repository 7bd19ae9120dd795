/*
 * sys/process.c - processes
 */
#include "proc/process.h"

#include <asm/errno.h>
#include <asm/prctl.h>
#include <asm/signal.h>
#include <linux/sched.h>

#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "sys/usage.h"

int64_t sys_vfork(struct trap_frame *frame)
{
    return process_vfork(&(struct clone){.frame = frame, .exit_signal = SIGCHLD});
}

int64_t sys_fork(struct trap_frame *frame)
{
    return process_fork(&(struct clone){.frame = frame, .exit_signal = SIGCHLD});
}

/* Of clone(2) the forms that make a process: fork, and what posix_spawn(3) uses. */
int64_t sys_clone(struct trap_frame *frame)
{
    const uint64_t tids = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    uint64_t flags = frame->rdi & ~(uint64_t)CSIGNAL;
    const struct clone how = {
        .frame = frame,
        .stack = frame->rsi,
        .exit_signal = (int)(frame->rdi & CSIGNAL),
        .set_parent_tid = flags & CLONE_PARENT_SETTID ? frame->rdx : 0,
        .set_child_tid = flags & CLONE_CHILD_SETTID ? frame->r10 : 0,
        .clear_child_tid = flags & CLONE_CHILD_CLEARTID ? frame->r10 : 0,
    };

    if ((flags & ~tids) == 0)
        return process_fork(&how);
    if ((flags & ~tids) == (CLONE_VM | CLONE_VFORK))
        return process_vfork(&how);
    return -ENOSYS;
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
    struct usage usage;
    int status = 0;
    int pid = process_wait((int)frame->rdi, (unsigned)frame->rdx, &status, &usage);

    if (pid <= 0)
        return pid;
    if (frame->rsi && copy_to_user(frame->rsi, &status, sizeof(status)) < 0)
        return -EFAULT;
    if (frame->r10 && usage_copy(frame->r10, &usage) < 0)
        return -EFAULT;
    return pid;
}

int64_t sys_exit(struct trap_frame *frame)
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

int64_t sys_setsid(struct trap_frame *frame)
{
    struct process *self = process_current();

    (void)frame;
    for (const struct process *p = NULL; (p = process_next(p));) {
        if (p->group == self->pid)
            return -EPERM;
    }
    self->session = self->group = self->pid;
    return self->pid;
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
    struct process *self = process_current();

    self->clear_child_tid = frame->rdi;
    return self->pid;
}
