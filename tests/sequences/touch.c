/*
 * tests/sequences/touch.c - three instructions that may fault, and the handler that steps over them
 */
#include "touch.h"

#include <signal.h>
#include <stddef.h>
#include <ucontext.h>

#include "report.h"

static struct {
    uintptr_t rip, rsp; /* where to go on; rip 0: no touch is under way */
    uintptr_t address;
    struct touched result;
} volatile now;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    ucontext_t *saved = context;

    if (!now.rip)
        report_die("a fault where nothing was touched");
    now.result.signal = signal;
    now.result.code = info->si_code;
    now.result.distance = (long)((uintptr_t)info->si_addr - now.address);
    saved->uc_mcontext.gregs[REG_RIP] = (greg_t)now.rip;
    saved->uc_mcontext.gregs[REG_RSP] = (greg_t)now.rsp;
}

void touch_init(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};

    action.sa_sigaction = on_fault;
    if (sigaction(SIGSEGV, &action, NULL) < 0 || sigaction(SIGBUS, &action, NULL) < 0)
        report_die("no signal handler");
}

/* Note where to go on after the instruction, then do it. */
#define GUARDED(instruction)                                                                       \
    "lea 1f(%%rip), %%rcx\n\tmov %%rcx, %[rip]\n\tmov %%rsp, %[rsp]\n\t" instruction "\n1:"

static uint64_t read_word(uintptr_t address)
{
    uint64_t value = 0;

    __asm__ volatile(GUARDED("mov (%[address]), %[value]")
                     : [value] "+r"(value), [rip] "=m"(now.rip), [rsp] "=m"(now.rsp)
                     : [address] "r"(address)
                     : "rcx", "memory");
    return value;
}

static void write_word(uintptr_t address, uint64_t value)
{
    __asm__ volatile(GUARDED("mov %[value], (%[address])")
                     : [rip] "=m"(now.rip), [rsp] "=m"(now.rsp)
                     : [address] "r"(address), [value] "r"(value)
                     : "rcx", "memory");
}

static void call_word(uintptr_t address)
{
    /* What is below the stack pointer is the compiler's. */
    __asm__ volatile(
        "lea -128(%%rsp), %%rsp\n\t" GUARDED("call *%[address]") "\n\t"
                                                                 "lea 128(%%rsp), %%rsp"
        : [rip] "=m"(now.rip), [rsp] "=m"(now.rsp)
        : [address] "r"(address), "a"(TOUCH_ZEROS_FAULT)
        : "rcx", "memory");
}

struct touched touch(enum touch how, uintptr_t address, uint64_t value)
{
    now.address = address;
    now.result.signal = now.result.code = 0;
    now.result.distance = 0;
    now.result.value = 0;
    if (how == TOUCH_READ)
        now.result.value = read_word(address);
    else if (how == TOUCH_WRITE)
        write_word(address, value);
    else
        call_word(address);
    now.rip = 0;
    return now.result;
}
