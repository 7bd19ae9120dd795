/*
 * arch/cpu.c - find out what the processor has and turn it on
 *
 * STAC and CLAC are undefined where SMAP is missing, so each stands in the text as a 3-byte NOP
 * with its place listed in .smap_patch, and is written there once, before the text becomes
 * read-only.
 *
 * FSGSBASE stays off: a user who could load any GS base could make the entry of an NMI take the
 * user's GS for the kernel's (entry.asm tells them apart by sign).
 */
#include "arch/cpu.h"

#include <string.h>

#define CPUID_1_EDX_PGE     (1U << 13)
#define CPUID_1_EDX_FXSR    (1U << 24)
#define CPUID_1_ECX_XSAVE   (1U << 26)
#define CPUID_1_ECX_RDRAND  (1U << 30)
#define CPUID_7_EBX_SMEP    (1U << 7)
#define CPUID_7_EBX_SMAP    (1U << 20)
#define CPUID_7_ECX_UMIP    (1U << 2)
#define CPUID_EXT1_EDX_NX   (1U << 20)
#define CPUID_EXT1_EDX_1GIB (1U << 26)
#define DEFAULT_PADDR_BITS  36

struct smap_patch {
    uint64_t address;
    uint64_t is_stac; /* else CLAC */
};
extern const struct smap_patch smap_patch_start[], smap_patch_end[];

struct cpu_features cpu_features;

INIT_ONCE static void find_features(void)
{
    struct cpuid base = cpuid(1, 0), seven = {0};
    uint32_t max_extended = cpuid(0x80000000, 0).eax;
    struct cpuid extended = cpuid(0x80000001, 0); /* there: boot/ tested it for long mode */

    if (cpuid(0, 0).eax >= 7)
        seven = cpuid(7, 0);
    cpu_features = (struct cpu_features){
        .nx = extended.edx & CPUID_EXT1_EDX_NX,
        .smep = seven.ebx & CPUID_7_EBX_SMEP,
        .smap = seven.ebx & CPUID_7_EBX_SMAP,
        .umip = seven.ecx & CPUID_7_ECX_UMIP,
        .pge = base.edx & CPUID_1_EDX_PGE,
        .huge_pages = extended.edx & CPUID_EXT1_EDX_1GIB,
        .xsave = base.ecx & CPUID_1_ECX_XSAVE,
        .rdrand = base.ecx & CPUID_1_ECX_RDRAND,
        .fxsr = base.edx & CPUID_1_EDX_FXSR,
        .paddr_bits =
            max_extended >= 0x80000008 ? cpuid(0x80000008, 0).eax & 0xff : DEFAULT_PADDR_BITS,
    };
}

INIT_ONCE static void patch_smap(void)
{
    static const uint8_t stac[3] = {0x0f, 0x01, 0xcb}, clac[3] = {0x0f, 0x01, 0xca};

    for (const struct smap_patch *p = smap_patch_start; p < smap_patch_end; p++)
        memcpy((void *)p->address, p->is_stac ? stac : clac, 3);
}

INIT_ONCE void cpu_init(void)
{
    find_features();
    if (cpu_features.smap)
        patch_smap();
    if (cpu_features.nx)
        wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NX);

    uint64_t cr4 = read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT;
    cr4 |= cpu_features.pge ? CR4_PGE : 0;
    cr4 |= cpu_features.smep ? CR4_SMEP : 0;
    cr4 |= cpu_features.smap ? CR4_SMAP : 0;
    cr4 |= cpu_features.umip ? CR4_UMIP : 0;
    cr4 |= cpu_features.xsave ? CR4_OSXSAVE : 0;
    write_cr4(cr4);
    write_cr0((read_cr0() | CR0_WP | CR0_NE | CR0_MP | CR0_AM) & ~(CR0_EM | CR0_TS));
}
