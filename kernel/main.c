/*
 * main.c - kmain: the order of initialisation, from the boot loader's hand-over to process 1
 *
 * boot/multiboot.asm calls kmain() on the boot page tables and the boot stack, which becomes the
 * idle thread's. Everything the boot loader left in memory is copied before memory is given out.
 *
 * Source  Multiboot Specification 0.6.96, 3.3 (boot information)
 */
#include <stdio.h>
#include <string.h>

#include "arch/bootmem.h"
#include "arch/cpu.h"
#include "arch/fpu.h"
#include "arch/gdt.h"
#include "arch/irq.h"
#include "arch/percpu.h"
#include "arch/timer.h"
#include "arch/trap.h"
#include "dev/clock.h"
#include "dev/console.h"
#include "dev/iomem.h"
#include "dev/keyboard.h"
#include "dev/power.h"
#include "dev/random.h"
#include "dev/serial.h"
#include "dev/vga.h"
#include "dev/watchdog.h"
#include "fs/mount.h"
#include "fs/node.h"
#include "fs/tmpfs.h"
#include "fs/tty.h"
#include "lib/assert.h"
#include "lib/cmdline.h"
#include "lib/ktest.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/commit.h"
#include "sched/fail.h"
#include "mm/frame.h"
#include "mm/kernel_map.h"
#include "mm/kheap.h"
#include "proc/balance.h"
#include "proc/procfs.h"
#include "proc/process.h"
#include "sys/syscall.h"

#define MULTIBOOT_MEMORY  (1U << 0)
#define MULTIBOOT_CMDLINE (1U << 2)
#define MULTIBOOT_MODULES (1U << 3)
#define MULTIBOOT_MMAP    (1U << 6)
#define MULTIBOOT_LOADER  (1U << 9)
#define MULTIBOOT_RAM     1
#define MAX_MEMORY_RANGES 64

/* All fields are physical addresses or 32-bit numbers. */
struct multiboot_info {
    uint32_t flags;
    uint32_t mem_lower, mem_upper; /* KiB, from 0 and from 1 MiB */
    uint32_t boot_device;
    uint32_t cmdline;
    uint32_t nr_modules, modules;
    uint32_t symbols[4];
    uint32_t mmap_len, mmap;
    uint32_t drives_len, drives;
    uint32_t config_table;
    uint32_t loader_name;
};

struct multiboot_module {
    uint32_t start, end, cmdline, reserved;
};

struct multiboot_range {
    uint32_t size; /* of what follows */
    uint64_t start, len;
    uint32_t type;
} __attribute__((packed));

extern const char kernel_start[], kernel_text_end[], kernel_rodata_end[], kernel_data_end[],
    kernel_end[];

/* What the command line says. */
static struct {
    int overcommit; /* OVERCOMMIT_* */
    bool selftest;
    enum console_mode console;
    const char *const *init_arguments; /* what follows "--" */
    size_t nr_init_arguments;
} options = {.overcommit = OVERCOMMIT_NEVER};

static struct cmdline cmdline;
static struct memory_range ram[MAX_MEMORY_RANGES];
static size_t nr_ram;
static struct memory_range initrd;
static uint64_t start_tsc;

INIT_ONCE static void add_ram(paddr_t start, uint64_t len)
{
    if (start + len <= start)
        return;
    if (nr_ram == MAX_MEMORY_RANGES) {
        log_print("warning: memory at 0x%lx is not used: too many ranges\n", start);
        return;
    }
    ram[nr_ram++] = (struct memory_range){start, start + len};
}

/* What /proc/iomem calls a range of the boot loader's map, by its type: 1 to 5, as in ACPI. */
INIT_ONCE static const char *range_name(uint32_t type)
{
    static const char *const names[] = {[MULTIBOOT_RAM] = "System RAM",
                                        [3] = "ACPI Tables",
                                        [4] = "ACPI Non-volatile Storage",
                                        [5] = "Unusable memory"};

    return type < ARRAY_SIZE(names) && names[type] ? names[type] : "Reserved";
}

/* What lies where that the boot loader does not tell. */
INIT_ONCE static void note_own_memory(void)
{
    iomem_add(virt_to_phys(kernel_start), virt_to_phys(kernel_text_end), "Kernel code");
    iomem_add(virt_to_phys(kernel_text_end), virt_to_phys(kernel_rodata_end), "Kernel rodata");
    iomem_add(virt_to_phys(kernel_rodata_end), virt_to_phys(kernel_data_end), "Kernel data");
    iomem_add(virt_to_phys(kernel_data_end), virt_to_phys(kernel_end), "Kernel bss");
    iomem_add(timer_registers(), timer_registers() + PAGE_SIZE, "Local APIC");
}

INIT_ONCE static void read_memory_map(const struct multiboot_info *info)
{
    if (!(info->flags & MULTIBOOT_MMAP)) {
        if (info->flags & MULTIBOOT_MEMORY)
            add_ram(MIB(1), KIB(info->mem_upper));
        iomem_add(MIB(1), MIB(1) + KIB(info->mem_upper), range_name(MULTIBOOT_RAM));
        return;
    }
    for (uint64_t at = 0; at + sizeof(struct multiboot_range) <= info->mmap_len;) {
        const struct multiboot_range *range = phys_to_virt(info->mmap + at);
        if (range->type == MULTIBOOT_RAM)
            add_ram(range->start, range->len);
        iomem_add(range->start, range->start + range->len, range_name(range->type));
        at += (uint64_t)range->size + sizeof(range->size);
    }
}

INIT_ONCE static void set_option(const char *word)
{
    if (strcmp(word, "verbose") == 0)
        log_is_verbose = true;
    else if (strcmp(word, "selftest") == 0)
        options.selftest = true;
    else if (strcmp(word, "stdin=pipe") == 0)
        options.console = CONSOLE_PIPE;
    else if (strcmp(word, "trace=syscalls") == 0)
        syscall_trace = true;
    else if (strcmp(word, "overcommit=never") == 0)
        options.overcommit = OVERCOMMIT_NEVER;
    else if (strcmp(word, "overcommit=guess") == 0)
        options.overcommit = OVERCOMMIT_GUESS;
    else if (strcmp(word, "overcommit=always") == 0)
        options.overcommit = OVERCOMMIT_ALWAYS;
    else if (strcmp(word, "paranoid") == 0)
        paranoid_always = true;
    else if (strcmp(word, "balance") == 0)
        balance_wanted = true;
    else if (!fail_set_option(word) && !watchdog_set_option(word))
        log_print("warning: unknown word on the kernel's command line: %s\n", word);
}

/* GRUB leaves the kernel's own path out of the command line; QEMU puts it in front. */
INIT_ONCE static void read_cmdline(const struct multiboot_info *info)
{
    size_t i = 0;

    if (info->flags & MULTIBOOT_CMDLINE)
        cmdline_split(&cmdline, phys_to_virt(info->cmdline));
    if (cmdline.is_cut)
        panic("the kernel's command line is too long: %d bytes, %d words at most", CMDLINE_MAX - 1,
              CMDLINE_MAX_WORDS);
    if (info->flags & MULTIBOOT_LOADER && strncmp(phys_to_virt(info->loader_name), "qemu", 4) == 0)
        i = MIN(cmdline.nr_words, 1);
    for (; i < cmdline.nr_words; i++) {
        if (strcmp(cmdline.words[i], "--") == 0) {
            options.init_arguments = &cmdline.words[i + 1];
            options.nr_init_arguments = cmdline.nr_words - i - 1;
            return;
        }
        set_option(cmdline.words[i]);
    }
}

INIT_ONCE static void read_modules(const struct multiboot_info *info)
{
    if (!(info->flags & MULTIBOOT_MODULES) || info->nr_modules == 0)
        return;
    const struct multiboot_module *module = phys_to_virt(info->modules);
    initrd = (struct memory_range){module->start, module->end};
    if (info->nr_modules > 1)
        log_print("warning: %u boot modules, the first is the initrd, the others are ignored\n",
                  info->nr_modules);
}

INIT_ONCE static void take_memory(void)
{
    const struct memory_range reserved[] = {
        {virt_to_phys(kernel_start), virt_to_phys(kernel_end)},
        initrd,
    };

    frame_early_init(bootmem_init(ram, nr_ram, reserved, ARRAY_SIZE(reserved)));
    kernel_map_init();
    frame_init();
}

INIT_ONCE static void start_timer(void)
{
    volatile void *registers = kernel_map_device(timer_registers());

    if (!registers)
        panic("too little memory for the local APIC's page");
    timer_init(registers);
}

INIT_ONCE static void make_files(void)
{
    mount_init();
    if (fs_init() < 0)
        panic("too little memory for the root directory");
    if (initrd.start == initrd.end)
        panic("no initrd: the boot loader passed no module");
    initrd_unpack(initrd.start, initrd.end);
    tmpfs_init(); /* before there is what cannot be changed */
    if (procfs_init() < 0)
        panic("too little memory for /proc");
}

NORETURN static void run_selftests(void)
{
    paranoid_always = true;
    unsigned nr_failed = ktest_run_all(tty_print);

    power_off((int)nr_failed);
}

INIT_ONCE static void start_init(void)
{
    static const char *arguments[CMDLINE_MAX_WORDS + 1] = {"/bin/init"};

    for (size_t i = 0; i < options.nr_init_arguments; i++)
        arguments[i + 1] = options.init_arguments[i];
    process_start_init(arguments, options.nr_init_arguments + 1);
}

void boot_finished(void)
{
    size_t image = (size_t)(kernel_end - kernel_start);

    fail_start();
    watchdog_kick();
    log_verbose(
        "boot: %lu instructions from entry to first user instruction (time-stamp counter)\n",
        rdtsc() - start_tsc);
    log_verbose("boot: kernel image %lu KiB, per-frame table %lu KiB, page tables %lu KiB, heap "
                "and stacks %lu KiB\n",
                image / 1024, frame_buddy.nr_frames * sizeof(struct frame) / 1024,
                kernel_pagetable.nr_tables * 4, kernel_map_nr_frames * 4);
}

static void log_to_serial(const char *text, size_t len)
{
    serial_write(COM2, text, len);
}

/*
 * Called by boot/multiboot.asm: physical address of the boot information, time stamp of the first
 * instruction.
 */
NORETURN void kmain(paddr_t multiboot, uint64_t tsc);

void kmain(paddr_t multiboot, uint64_t tsc)
{
    const struct multiboot_info *info = phys_to_virt(multiboot);

    start_tsc = tsc;
    percpu_init();     /* locks count themselves in it, and printing takes one day a lock */
    serial_init(COM1); /* before the first line that may be printed */
    serial_init(COM2);
    log_add_sink(log_to_serial);
    gdt_init();  /* the TSS must be there before an exception is */
    cpu_init();  /* patches the text, which take_memory() makes read-only */
    trap_init(); /* from here on a mistake is a panic, not a reset */
    read_cmdline(info);
    read_memory_map(info);
    read_modules(info);
    note_own_memory();
    take_memory(); /* the boot loader's information may be overwritten after this */
    kheap_init();
    fpu_init();
    irq_init();
    start_timer();
    clock_init();
    random_init();
    vga_init();
    sched_init();
    tty_init(options.console);
    make_files();
    commit_init(options.overcommit); /* what is free now is what can be promised */
    if (options.selftest)
        run_selftests();
    keyboard_init();
    serial_start_input(options.console);
    start_init();
    sched_idle();
}
