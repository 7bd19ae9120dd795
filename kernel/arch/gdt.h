/*
 * arch/gdt.h - segment selectors and the task state segment
 *
 * The selectors have Linux's values, because programs can see those of user mode.
 */
#ifndef ARCH_GDT_H
#define ARCH_GDT_H

#ifndef __ASSEMBLER__
#include "lib/types.h"
#endif

#define KERNEL_CS 0x10
#define KERNEL_DS 0x18
#define USER_BASE 0x23 /* for SYSRET: SS is this + 8, CS is this + 16 */
#define USER_DS   0x2b
#define USER_CS   0x33
#define TSS_SEL   0x40

/*
 * Stacks of their own, so that these arrive safely whatever the stack pointer is. IST slots, 1 to
 * 7.
 */
enum ist { IST_NONE, IST_DOUBLE_FAULT, IST_NMI, IST_DEBUG, IST_MACHINE_CHECK, NR_IST };

/* Load the kernel's segments and task register. */
void gdt_init(void);

/* The stack that interrupts and exceptions from user mode start on: `top` is its upper end. */
void tss_set_kernel_stack(vaddr_t top);

#endif
