/*
 * proc/trap.c - what becomes of an exception or interrupt: a page, a signal, or a panic
 */
#include <asm/signal.h>

#include "arch/irq.h"
#include "arch/trap.h"
#include "lib/ksyms.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/space.h"
#include "proc/process.h"

static const struct {
    const char *name;
    int signal; /* for a user; 0: the machine is broken */
} exceptions[NR_EXCEPTIONS] = {
    [EXC_DIVIDE] = {"divide error", SIGFPE},
    [EXC_DEBUG] = {"debug exception", SIGTRAP},
    [EXC_NMI] = {"non-maskable interrupt", 0},
    [EXC_BREAKPOINT] = {"breakpoint", SIGTRAP},
    [EXC_OVERFLOW] = {"overflow", SIGSEGV},
    [EXC_BOUND] = {"bound range exceeded", SIGSEGV},
    [EXC_INVALID_OPCODE] = {"invalid opcode", SIGILL},
    [EXC_DOUBLE_FAULT] = {"double fault", 0},
    [EXC_INVALID_TSS] = {"invalid task state segment", SIGSEGV},
    [EXC_NOT_PRESENT] = {"segment not present", SIGBUS},
    [EXC_STACK] = {"stack segment fault", SIGBUS},
    [EXC_GENERAL_PROTECTION] = {"general protection fault", SIGSEGV},
    [EXC_PAGE_FAULT] = {"page fault", SIGSEGV},
    [EXC_X87] = {"x87 floating-point exception", SIGFPE},
    [EXC_ALIGNMENT] = {"alignment check", SIGBUS},
    [EXC_MACHINE_CHECK] = {"machine check", 0},
    [EXC_SIMD] = {"SIMD floating-point exception", SIGFPE},
};

static const char *exception_name(uint64_t vector)
{
    return vector < NR_EXCEPTIONS && exceptions[vector].name ? exceptions[vector].name
                                                             : "exception";
}

static const char *const verbs[] = {
    [ACCESS_READ] = "read",
    [ACCESS_WRITE] = "write",
    [ACCESS_EXECUTE] = "execution",
};

static enum access access_of(const struct trap_frame *frame)
{
    if (frame->error & PF_INSTRUCTION)
        return ACCESS_EXECUTE;
    return frame->error & PF_WRITE ? ACCESS_WRITE : ACCESS_READ;
}

NORETURN static void kernel_fault(const struct trap_frame *frame)
{
    uint64_t offset;
    const char *function = ksym_find(frame->rip, &offset);

    panic_begin();
    log_print("panic: %s in the kernel at 0x%lx %s+0x%lx\n", exception_name(frame->vector),
              frame->rip, function, offset);
    if (frame->vector == EXC_PAGE_FAULT)
        log_print("  %s of 0x%lx\n", verbs[access_of(frame)], read_cr2());
    if (frame->vector == EXC_DOUBLE_FAULT)
        log_print("  0x%lx is below a kernel stack if that one overflowed\n", read_cr2());
    trap_log_frame(frame);
    backtrace_log(frame->rbp);
    panic_stop();
}

/* The one line about a program that is ended for what it did. */
static void log_user_fault(const struct trap_frame *frame, const char *what, int signal)
{
    const struct process *self = process_current();

    log_print("%s[%d]: %s, ip 0x%lx sp 0x%lx error 0x%lx: killed by signal %d\n", self->name,
              self->pid, what, frame->rip, frame->rsp, frame->error, signal);
}

/* A user's page fault that mm could not repair. */
NORETURN static void user_page_fault(const struct trap_frame *frame, vaddr_t va,
                                     enum fault_result result)
{
    static const struct {
        const char *why;
        int signal;
    } ends[] = {
        [FAULT_MAPERR] = {"nothing is mapped there", SIGSEGV},
        [FAULT_ACCERR] = {"the mapping does not allow it", SIGSEGV},
        [FAULT_BEYOND] = {"past the end of the mapped file", SIGBUS},
        [FAULT_NO_MEMORY] = {"no memory is left", SIGKILL},
    };
    const struct process *self = process_current();

    log_print("%s[%d]: %s of 0x%lx at ip 0x%lx: %s: killed by signal %d\n", self->name, self->pid,
              verbs[access_of(frame)], va, frame->rip, ends[result].why, ends[result].signal);
    process_exit(ends[result].signal);
}

static void page_fault(struct trap_frame *frame)
{
    vaddr_t va = read_cr2();
    struct process *self = process_current();
    bool user = trap_from_user(frame);

    /* The kernel touches user addresses in usercopy.c only, and runs nothing there. */
    if (!user && (va >= USER_END || self->thread.fpu == NULL || !self->space ||
                  frame->error & PF_INSTRUCTION))
        kernel_fault(frame);
    if (frame->rflags & RFLAGS_IF)
        irq_on();
    enum fault_result result;
    /*
     * A present page that user mode may not touch as supervisor (SMAP): QEMU reads the stack so
     * for a far return to ring 0. It would fault for ever.
     */
    bool implicit = user && (frame->error & (PF_PRESENT | PF_USER)) == PF_PRESENT;
    if (implicit || frame->error & PF_RESERVED)
        result = FAULT_ACCERR;
    else
        result = space_fault(self->space, va, access_of(frame));
    if (result == FAULT_HANDLED)
        return;
    if (user)
        user_page_fault(frame, va, result);
    if (!trap_fixup(frame))
        kernel_fault(frame);
}

void trap_dispatch(struct trap_frame *frame)
{
    if (frame->vector == EXC_PAGE_FAULT) {
        page_fault(frame);
        return;
    }
    if (frame->vector >= NR_EXCEPTIONS) {
        if (!irq_dispatch((unsigned)frame->vector))
            log_print("interrupt %lu that nobody asked for\n", frame->vector);
        return;
    }
    if (frame->vector == EXC_DEBUG && !trap_from_user(frame)) {
        /* A user's single step that `mov ss` carried over SYSCALL. SDM vol. 3A 6.8.3. */
        frame->rflags &= ~RFLAGS_TF;
        return;
    }
    int signal = exceptions[frame->vector].signal;
    if (!trap_from_user(frame)) {
        /*
         * A non-canonical address from a user faults as general protection; so does one on the
         * stack.
         */
        if ((frame->vector == EXC_GENERAL_PROTECTION || frame->vector == EXC_STACK) &&
            trap_fixup(frame))
            return;
        kernel_fault(frame);
    }
    if (!signal)
        kernel_fault(frame);
    irq_on();
    log_user_fault(frame, exception_name(frame->vector), signal);
    process_exit(signal);
}

void user_work(struct trap_frame *frame)
{
    irq_on();
    if (percpu()->work & WORK_SIGNAL)
        signal_deliver(frame);
    if (percpu()->work & WORK_RESCHEDULE)
        thread_yield();
    irq_off();
}
