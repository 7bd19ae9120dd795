/*
 * arch/trap.c - the interrupt descriptor table, SYSCALL's registers, fault fix-up, the register
 * dump
 *
 * Every vector has a gate, so that `int n` from a user is always a general protection fault (gates
 * are for ring 0 but for int3 and into) and a stray interrupt is seen and named.
 *
 * Source  Intel SDM vol. 3A 6.10 to 6.14; AMD64 manual vol. 2 6.1.1 (SYSCALL).
 */
#include "arch/trap.h"

#include "arch/cpu.h"
#include "arch/pte.h"
#include "lib/panic.h"
#include "lib/log.h"

#define NR_VECTORS     256
#define STUB_SIZE      16
#define GATE_INTERRUPT 0x8e00 /* present, ring 0, interrupts off */
#define GATE_USER      0x6000 /* ring 3 may use it */

struct gate {
    uint16_t offset_low, selector, options, offset_middle;
    uint32_t offset_high, reserved;
};
static_assert(sizeof(struct gate) == 16, "hardware layout");

/* A kernel instruction that may fault on a user address, and where to go on if it does. */
struct fixup {
    uint64_t instruction, target;
};
extern const struct fixup extable_start[], extable_end[];
extern const char trap_stubs[], syscall_entry[];

static struct gate idt[NR_VECTORS];

INIT_ONCE static void set_gate(int vector, unsigned options)
{
    uint64_t address = (uint64_t)trap_stubs + (uint64_t)vector * STUB_SIZE;

    idt[vector] = (struct gate){
        .offset_low = (uint16_t)address,
        .selector = KERNEL_CS,
        .options = (uint16_t)options,
        .offset_middle = (uint16_t)(address >> 16),
        .offset_high = (uint32_t)(address >> 32),
    };
}

INIT_ONCE void trap_init(void)
{
    for (int vector = 0; vector < NR_VECTORS; vector++)
        set_gate(vector, GATE_INTERRUPT);
    set_gate(EXC_BREAKPOINT, GATE_INTERRUPT | GATE_USER);
    set_gate(EXC_OVERFLOW, GATE_INTERRUPT | GATE_USER);
    set_gate(EXC_DOUBLE_FAULT, GATE_INTERRUPT | IST_DOUBLE_FAULT);
    set_gate(EXC_NMI, GATE_INTERRUPT | IST_NMI);
    set_gate(EXC_DEBUG, GATE_INTERRUPT | IST_DEBUG);
    set_gate(EXC_MACHINE_CHECK, GATE_INTERRUPT | IST_MACHINE_CHECK);

    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof(idt) - 1, (uint64_t)idt};
    __asm__ volatile("lidt %0" : : "m"(pointer));

    wrmsr(MSR_STAR, (uint64_t)USER_BASE << 48 | (uint64_t)KERNEL_CS << 32);
    wrmsr(MSR_LSTAR, (uint64_t)syscall_entry);
    wrmsr(MSR_FMASK, RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_TF |
                         RFLAGS_IF | RFLAGS_DF | RFLAGS_OF | RFLAGS_IOPL | RFLAGS_NT | RFLAGS_RF |
                         RFLAGS_AC | RFLAGS_ID);
    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
}

bool trap_fixup(struct trap_frame *frame)
{
    for (const struct fixup *f = extable_start; f < extable_end; f++) {
        if (f->instruction == frame->rip) {
            frame->rip = f->target;
            return true;
        }
    }
    return false;
}

/* Log what each level of the tables in CR3 says of va. */
static void log_walk(vaddr_t va)
{
    static const char *const names[] = {"PT", "PD", "PDPT", "PML4"};
    paddr_t table = read_cr3() & PTE_ADDRESS;

    log_print("  walk:");
    for (int level = PT_LEVELS - 1; level >= 0; level--) {
        pte_t entry = ((const pte_t *)phys_to_virt(table))[pt_index(va, level)];
        log_print(" %s 0x%lx", names[level], entry);
        if (!(entry & PTE_PRESENT) || (level > 0 && (entry & PTE_LARGE)))
            break;
        table = entry & PTE_ADDRESS;
    }
    log_print("\n");
}

void trap_log_frame(const struct trap_frame *f)
{
    log_print("  vector %lu error 0x%lx rip %lx:0x%lx rflags 0x%lx rsp %lx:0x%lx\n", f->vector,
              f->error, f->cs, f->rip, f->rflags, f->ss, f->rsp);
    log_print("  rax 0x%lx rbx 0x%lx rcx 0x%lx rdx 0x%lx\n", f->rax, f->rbx, f->rcx, f->rdx);
    log_print("  rsi 0x%lx rdi 0x%lx rbp 0x%lx r8 0x%lx\n", f->rsi, f->rdi, f->rbp, f->r8);
    log_print("  r9 0x%lx r10 0x%lx r11 0x%lx r12 0x%lx\n", f->r9, f->r10, f->r11, f->r12);
    log_print("  r13 0x%lx r14 0x%lx r15 0x%lx\n", f->r13, f->r14, f->r15);
    log_print("  cr0 0x%lx cr2 0x%lx cr3 0x%lx cr4 0x%lx\n", read_cr0(), read_cr2(), read_cr3(),
              read_cr4());
    if (f->vector == EXC_PAGE_FAULT || f->vector == EXC_DOUBLE_FAULT)
        log_walk(read_cr2());
}

bool kernel_readable(uint64_t p, size_t len)
{
    if (p < DIRECT_MAP || p + len < p)
        return false;
    pte_t *table = phys_to_virt(read_cr3() & PTE_ADDRESS);
    for (uint64_t va = align_down(p, PAGE_SIZE); va < p + len; va += PAGE_SIZE) {
        pte_t *level = table;
        for (int l = PT_LEVELS - 1; l >= 0; l--) {
            pte_t entry = level[pt_index(va, l)];
            if (!(entry & PTE_PRESENT))
                return false;
            if (l == 0 || entry & PTE_LARGE)
                break;
            level = phys_to_virt(entry & PTE_ADDRESS);
        }
    }
    return true;
}
