/*
 * proc/trap.c - what becomes of an exception or interrupt: a page, a signal, or a panic
 */
#include <linux/signal.h>

#include "arch/cpu.h"
#include "arch/fpu.h"
#include "arch/irq.h"
#include "arch/trap.h"
#include "lib/ksyms.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/space.h"
#include "proc/process.h"

/*
 * What an exception means to the program that caused it. A code that Linux leaves out is SI_KERNEL;
 * the instruction's address is given where the code says what was wrong with it.
 */
static const struct {
    const char *name;
    int signal; /* 0: the machine is broken */
    int code;
    bool at_instruction;
} exceptions[NR_EXCEPTIONS] = {
    [EXC_DIVIDE] = {"divide error", SIGFPE, FPE_INTDIV, true},
    [EXC_DEBUG] = {"debug exception", SIGTRAP, TRAP_BRKPT, true},
    [EXC_NMI] = {"non-maskable interrupt", 0, 0, false},
    [EXC_BREAKPOINT] = {"breakpoint", SIGTRAP, SI_KERNEL, false},
    [EXC_OVERFLOW] = {"overflow", SIGSEGV, SI_KERNEL, false},
    [EXC_BOUND] = {"bound range exceeded", SIGSEGV, SI_KERNEL, false},
    [EXC_INVALID_OPCODE] = {"invalid opcode", SIGILL, ILL_ILLOPN, true},
    [EXC_DOUBLE_FAULT] = {"double fault", 0, 0, false},
    [EXC_INVALID_TSS] = {"invalid task state segment", SIGSEGV, SI_KERNEL, false},
    [EXC_NOT_PRESENT] = {"segment not present", SIGBUS, SI_KERNEL, false},
    [EXC_STACK] = {"stack segment fault", SIGBUS, SI_KERNEL, false},
    [EXC_GENERAL_PROTECTION] = {"general protection fault", SIGSEGV, SI_KERNEL, false},
    [EXC_PAGE_FAULT] = {"page fault", SIGSEGV, 0, false},
    [EXC_X87] = {"x87 floating-point exception", SIGFPE, 0, true},
    [EXC_ALIGNMENT] = {"alignment check", SIGBUS, BUS_ADRALN, false},
    [EXC_MACHINE_CHECK] = {"machine check", 0, 0, false},
    [EXC_SIMD] = {"SIMD floating-point exception", SIGFPE, 0, true},
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

/* A user's page fault that mm could not repair: a signal, or the end with one line in the log. */
static void user_page_fault(vaddr_t va, enum fault_result result)
{
    static const struct {
        const char *why;
        int signal, code;
    } ends[] = {
        [FAULT_MAPERR] = {"nothing is mapped there", SIGSEGV, SEGV_MAPERR},
        [FAULT_ACCERR] = {"the mapping does not allow it", SIGSEGV, SEGV_ACCERR},
        [FAULT_BEYOND] = {"past the end of the mapped file", SIGBUS, BUS_ADRERR},
        [FAULT_NO_MEMORY] = {"no memory is left", SIGKILL, SI_KERNEL},
    };
    struct task *self = task_current();
    const struct trap_frame *frame = task_frame(self);
    const struct signal_info info = {
        .signo = ends[result].signal, .code = ends[result].code, .address = va};

    self->signals.cause = (struct signal_cause){frame->vector, frame->error, va};
    if (info.signo != SIGKILL && signal_force(&info))
        return;
    log_print("%s[%d]: %s of 0x%lx at ip 0x%lx: %s: killed by signal %d\n", self->name, self->tid,
              verbs[access_of(frame)], va, frame->rip, ends[result].why, info.signo);
    process_exit(info.signo);
}

/* The si_code of a debug exception; DR6 keeps causes until they are cleared. */
static int debug_code(void)
{
    uint64_t causes = read_dr6();

    write_dr6(DR6_NONE);
    return causes & DR6_STEP ? TRAP_TRACE : TRAP_BRKPT;
}

static int code_of(uint64_t vector)
{
    void *fpu = thread_current()->fpu;

    switch (vector) {
    case EXC_DEBUG:
        return debug_code();
    case EXC_X87:
        fpu_save(fpu);
        return fpu_x87_code(fpu);
    case EXC_SIMD:
        fpu_save(fpu);
        return fpu_simd_code(fpu);
    default:
        return exceptions[vector].code;
    }
}

/* Any other exception of a user: a signal, or the end with one line in the log. */
static void user_exception(const struct trap_frame *frame)
{
    uint64_t vector = frame->vector;
    struct task *self = task_current();
    const struct signal_info info = {
        .signo = exceptions[vector].signal,
        .code = code_of(vector),
        .address = exceptions[vector].at_instruction ? frame->rip : 0,
    };

    irq_on();
    self->signals.cause.vector = vector;
    self->signals.cause.error = frame->error;
    if (!info.code || signal_force(&info))
        return; /* without a code it was over before we looked */
    log_print("%s[%d]: %s, ip 0x%lx sp 0x%lx error 0x%lx: killed by signal %d\n", self->name,
              self->tid, exception_name(vector), frame->rip, frame->rsp, frame->error, info.signo);
    process_exit(info.signo);
}

/* An access by the kernel, an instruction fetch, or what no area can allow. */
NOINLINE static void odd_page_fault(struct trap_frame *frame, vaddr_t va)
{
    struct task *self = task_current();
    bool user = trap_from_user(frame);

    /* The kernel touches user addresses in usercopy.c only, and runs nothing there. */
    if (!user && (va >= USER_END || self->thread.fpu == NULL || !self->process->space ||
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
        result = space_fault(self->process->space, va, access_of(frame));
    if (result == FAULT_HANDLED) {
        self->nr_faults++;
        return;
    }
    if (user)
        user_page_fault(va, result);
    else if (!trap_fixup(frame))
        kernel_fault(frame);
}

/* The short way for what nearly all page faults are: a program reads or writes. */
NOINLINE static void page_fault(struct trap_frame *frame)
{
    vaddr_t va = read_cr2();

    if (unlikely((frame->error & (PF_USER | PF_RESERVED | PF_INSTRUCTION)) != PF_USER)) {
        odd_page_fault(frame, va);
        return;
    }
    irq_on();
    enum access access = frame->error & PF_WRITE ? ACCESS_WRITE : ACCESS_READ;
    enum fault_result result = space_fault(process_current()->space, va, access);
    if (unlikely(result != FAULT_HANDLED))
        user_page_fault(va, result);
    else
        task_current()->nr_faults++;
}

/* All but page faults. */
NOINLINE static void other_trap(struct trap_frame *frame)
{
    if (frame->vector >= NR_EXCEPTIONS) {
        if (!irq_dispatch((unsigned)frame->vector))
            log_print("interrupt %lu that nobody asked for\n", frame->vector);
        return;
    }
    if (frame->vector == EXC_DEBUG && !trap_from_user(frame)) {
        /* A user's single step that `mov ss` carried over SYSCALL. SDM vol. 3A 6.8.3. */
        frame->rflags &= ~RFLAGS_TF;
        write_dr6(DR6_NONE);
        return;
    }
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
    if (!exceptions[frame->vector].signal)
        kernel_fault(frame);
    user_exception(frame);
}

/* Two functions to jump to, so that a page fault pays nothing for what the others need. */
void trap_dispatch(struct trap_frame *frame)
{
    if (likely(frame->vector == EXC_PAGE_FAULT))
        page_fault(frame);
    else
        other_trap(frame);
}

void user_work(struct trap_frame *frame)
{
    bool files = percpu()->work & WORK_FILES;

    percpu()->work &= ~WORK_FILES;
    irq_on();
    if (files)
        task_return_files(task_current());
    if (percpu()->work & WORK_SIGNAL)
        signal_deliver(frame);
    if (percpu()->work & WORK_RESCHEDULE)
        thread_yield();
    irq_off();
}
