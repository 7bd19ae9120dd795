/*
 * proc/cpuinfo.c - /proc/cpuinfo: what the processor says of itself
 *
 * Source  Intel SDM vol. 2A, CPUID; Linux, arch/x86/kernel/cpu/proc.c and
 *         arch/x86/include/asm/cpufeatures.h for the names
 */
#include <string.h>

#include "arch/cpu.h"
#include "arch/timer.h"
#include "proc/system.h"

#define EXTENDED 0x80000000U

enum registers { EBX, ECX, EDX };

/* One bit that means one name. In Linux's order. */
static const struct {
    const char *name;
    uint32_t leaf;
    uint8_t from, bit; /* enum registers */
} features[] = {
    {"fpu", 1, EDX, 0},
    {"vme", 1, EDX, 1},
    {"de", 1, EDX, 2},
    {"pse", 1, EDX, 3},
    {"tsc", 1, EDX, 4},
    {"msr", 1, EDX, 5},
    {"pae", 1, EDX, 6},
    {"mce", 1, EDX, 7},
    {"cx8", 1, EDX, 8},
    {"apic", 1, EDX, 9},
    {"sep", 1, EDX, 11},
    {"mtrr", 1, EDX, 12},
    {"pge", 1, EDX, 13},
    {"mca", 1, EDX, 14},
    {"cmov", 1, EDX, 15},
    {"pat", 1, EDX, 16},
    {"pse36", 1, EDX, 17},
    {"clflush", 1, EDX, 19},
    {"mmx", 1, EDX, 23},
    {"fxsr", 1, EDX, 24},
    {"sse", 1, EDX, 25},
    {"sse2", 1, EDX, 26},
    {"ht", 1, EDX, 28},
    {"syscall", EXTENDED | 1, EDX, 11},
    {"nx", EXTENDED | 1, EDX, 20},
    {"pdpe1gb", EXTENDED | 1, EDX, 26},
    {"rdtscp", EXTENDED | 1, EDX, 27},
    {"lm", EXTENDED | 1, EDX, 29},
    {"pni", 1, ECX, 0},
    {"pclmulqdq", 1, ECX, 1},
    {"ssse3", 1, ECX, 9},
    {"fma", 1, ECX, 12},
    {"cx16", 1, ECX, 13},
    {"pcid", 1, ECX, 17},
    {"sse4_1", 1, ECX, 19},
    {"sse4_2", 1, ECX, 20},
    {"x2apic", 1, ECX, 21},
    {"movbe", 1, ECX, 22},
    {"popcnt", 1, ECX, 23},
    {"aes", 1, ECX, 25},
    {"xsave", 1, ECX, 26},
    {"avx", 1, ECX, 28},
    {"f16c", 1, ECX, 29},
    {"rdrand", 1, ECX, 30},
    {"hypervisor", 1, ECX, 31},
    {"lahf_lm", EXTENDED | 1, ECX, 0},
    {"abm", EXTENDED | 1, ECX, 5},
    {"3dnowprefetch", EXTENDED | 1, ECX, 8},
    {"bmi1", 7, EBX, 3},
    {"avx2", 7, EBX, 5},
    {"smep", 7, EBX, 7},
    {"bmi2", 7, EBX, 8},
    {"erms", 7, EBX, 9},
    {"invpcid", 7, EBX, 10},
    {"rdseed", 7, EBX, 18},
    {"adx", 7, EBX, 19},
    {"smap", 7, EBX, 20},
    {"clflushopt", 7, EBX, 23},
    {"clwb", 7, EBX, 24},
    {"umip", 7, ECX, 2},
};

/* A leaf, zeros where the processor has none. */
static struct cpuid leaf_of(uint32_t leaf)
{
    if (cpuid(leaf & EXTENDED, 0).eax < leaf)
        return (struct cpuid){0};
    return cpuid(leaf, 0);
}

static bool has(size_t i)
{
    struct cpuid leaf = leaf_of(features[i].leaf);
    const uint32_t from[] = {[EBX] = leaf.ebx, [ECX] = leaf.ecx, [EDX] = leaf.edx};

    return from[features[i].from] >> features[i].bit & 1;
}

/* Family, model and stepping, from leaf 1's EAX. */
static void print_model(struct text *text, uint32_t eax)
{
    uint32_t family = eax >> 8 & 15, model = eax >> 4 & 15;

    model += family >= 6 ? (eax >> 16 & 15) << 4 : 0;
    family += family == 15 ? eax >> 20 & 255 : 0;
    text_print(text, "cpu family\t: %u\nmodel\t\t: %u\n", family, model);
}

/* The name is twelve registers long, and padded. */
static void print_brand(struct text *text)
{
    char brand[49] = "";

    for (uint32_t i = 0; i < 3; i++) {
        struct cpuid leaf = leaf_of(EXTENDED + 2 + i);
        memcpy(brand + i * sizeof(leaf), &leaf, sizeof(leaf));
    }
    text_print(text, "model name\t: %s\n", brand + strspn(brand, " "));
}

int cpuinfo_show(struct text *text, uint64_t subject, uint64_t at)
{
    struct cpuid vendor = cpuid(0, 0), model = cpuid(1, 0);
    struct cpuid sizes = leaf_of(EXTENDED + 8);

    (void)subject, (void)at;
    text_print(text, "processor\t: 0\nvendor_id\t: %.4s%.4s%.4s\n", (const char *)&vendor.ebx,
               (const char *)&vendor.edx, (const char *)&vendor.ecx);
    print_model(text, model.eax);
    print_brand(text);
    text_print(text, "stepping\t: %u\ncpu MHz\t\t: %lu.%03lu\n", model.eax & 15,
               timer_tsc_hz() / 1000000, timer_tsc_hz() / 1000 % 1000);
    text_print(text, "physical id\t: 0\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\n");
    text_print(text, "apicid\t\t: %u\nfpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: %u\n",
               model.ebx >> 24, vendor.eax);
    text_print(text, "wp\t\t: yes\nflags\t\t:");
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        if (has(i))
            text_print(text, " %s", features[i].name);
    }
    text_print(text, "\nclflush size\t: %u\naddress sizes\t: %u bits physical, %u bits virtual\n\n",
               (model.ebx >> 8 & 255) * 8, sizes.eax & 255, sizes.eax >> 8 & 255);
    return 0;
}
