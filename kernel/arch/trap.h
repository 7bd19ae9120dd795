/*
 * arch/trap.h - the registers of whoever was interrupted, and the ways in and out of the kernel
 */
#ifndef ARCH_TRAP_H
#define ARCH_TRAP_H

#include "arch/gdt.h"
#include "lib/types.h"

/* What entry.asm pushes, lowest address first. Offsets are used there: keep both in step. */
struct trap_frame {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t vector; /* an exception's or interrupt's number, or TRAP_SYSCALL */
    uint64_t error;  /* the error code; for a system call its number */
    uint64_t rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(struct trap_frame) == 22 * 8, "entry.asm");

#define TRAP_SYSCALL 0x100 /* leave by SYSRET; anything else leaves by IRET */
#define TRAP_RESTORE 0x101 /* a system call that replaced all registers: leave by IRET */

enum exception {
    EXC_DIVIDE = 0,
    EXC_DEBUG = 1,
    EXC_NMI = 2,
    EXC_BREAKPOINT = 3,
    EXC_OVERFLOW = 4,
    EXC_BOUND = 5,
    EXC_INVALID_OPCODE = 6,
    EXC_DOUBLE_FAULT = 8,
    EXC_INVALID_TSS = 10,
    EXC_NOT_PRESENT = 11,
    EXC_STACK = 12,
    EXC_GENERAL_PROTECTION = 13,
    EXC_PAGE_FAULT = 14,
    EXC_X87 = 16,
    EXC_ALIGNMENT = 17,
    EXC_MACHINE_CHECK = 18,
    EXC_SIMD = 19,
    NR_EXCEPTIONS = 32,
};

/* Error code of a page fault. Intel SDM vol. 3A 4.7. */
#define PF_PRESENT     (1UL << 0)
#define PF_WRITE       (1UL << 1)
#define PF_USER        (1UL << 2)
#define PF_RESERVED    (1UL << 3)
#define PF_INSTRUCTION (1UL << 4)

static inline bool trap_from_user(const struct trap_frame *frame)
{
    return (frame->cs & 3) == 3;
}

/* Fill the interrupt descriptor table and load it; set up SYSCALL. */
void trap_init(void);

/* If the kernel instruction at frame->rip may fault, go on at its fix-up and return true. */
bool trap_fixup(struct trap_frame *frame);

/* Log vector, registers and, for a page fault, the walk through the page tables. */
void trap_log_frame(const struct trap_frame *frame);

/* Start a user context: loads every register from frame and leaves the kernel. */
NORETURN void trap_return(struct trap_frame *frame);

/*
 * Upward calls from entry.asm, interrupts off at trap_dispatch and user_work, on at
 * syscall_dispatch: every exception and interrupt; every system call; and, where percpu.work is
 * set, the last thing before user mode (signals, a due switch), repeated until it is clear.
 */
void trap_dispatch(struct trap_frame *frame);
void syscall_dispatch(struct trap_frame *frame);
void user_work(struct trap_frame *frame);

#endif
