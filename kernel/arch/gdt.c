/*
 * arch/gdt.c - segments that do nothing, and the task state segment that does
 *
 * Source  Intel SDM vol. 3A 3.4.5 (descriptors), 7.7 (64-bit TSS).
 */
#include "arch/gdt.h"

#define IST_STACK_SIZE 8192

#define CODE64(dpl) (0x00209b0000000000UL | (uint64_t)(dpl) << 45)
#define DATA(dpl)   (0x0000930000000000UL | (uint64_t)(dpl) << 45)
#define TSS_TYPE    (0x89UL << 40)

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7]; /* slot n at ist[n - 1] */
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map; /* beyond the limit: no port for users */
} __attribute__((packed));
static_assert(sizeof(struct tss) == 104, "hardware layout");

static struct tss tss = {.io_map = sizeof(struct tss)};
static uint8_t ist_stacks[NR_IST][IST_STACK_SIZE] __attribute__((aligned(16)));

/* Indexed by selector >> 3. The TSS descriptor takes two slots. */
static uint64_t gdt[10] = {
    [KERNEL_CS >> 3] = CODE64(0),
    [KERNEL_DS >> 3] = DATA(0),
    [USER_DS >> 3] = DATA(3),
    [USER_CS >> 3] = CODE64(3),
};

void tss_set_kernel_stack(vaddr_t top)
{
    tss.rsp[0] = top;
}

INIT_ONCE void gdt_init(void)
{
    uint64_t base = (uint64_t)&tss;
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof(gdt) - 1, (uint64_t)gdt};

    for (int i = 1; i < NR_IST; i++)
        tss.ist[i - 1] = (uint64_t)ist_stacks[i] + IST_STACK_SIZE;
    gdt[TSS_SEL >> 3] =
        (sizeof(tss) - 1) | (base & 0xffffff) << 16 | TSS_TYPE | (base >> 24 & 0xff) << 56;
    gdt[(TSS_SEL >> 3) + 1] = base >> 32;

    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "movl %2, %%ss\n\t"
                     "movl %3, %%ds\n\t"
                     "movl %3, %%es\n\t"
                     "ltr %w4"
                     :
                     : "m"(pointer), "i"(KERNEL_CS), "r"(KERNEL_DS), "r"(0), "r"(TSS_SEL)
                     : "rax", "memory");
}
