/*
 * arch/percpu.c - the one processor's data
 */
#include "arch/percpu.h"

#include "arch/cpu.h"

static struct percpu boot_cpu = {.self = &boot_cpu};

INIT_ONCE void percpu_init(void)
{
    wrmsr(MSR_GS_BASE, (uint64_t)&boot_cpu);
    wrmsr(MSR_KERNEL_GS_BASE, 0);
}
