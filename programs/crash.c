/*
 * programs/crash.c - dies in a chosen way, to see how the system reports it
 *
 *     crash KIND        without KIND: the list of kinds
 *
 * Every kind ends this process, and nothing else, by the signal that Linux sends for it. A kind
 * that does not kill is itself reported, with status 1.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char constant[] = "read-only data";

/* Hides from the compiler that a pointer is constant, null or wild. */
static void *launder(unsigned long address)
{
    __asm__ volatile("" : "+r"(address));
    return (void *)address;
}

static void write_to(unsigned long address)
{
    *(volatile char *)launder(address) = 1;
}

static void call(unsigned long address)
{
    ((void (*)(void))launder(address))();
}

static void crash_null(void)
{
    write_to(0);
}

static void crash_kernel(void)
{
    write_to(0xffffffff80000000);
}

static void crash_noncanonical(void)
{
    write_to(0x8000000000000000);
}

static void crash_text(void)
{
    write_to((unsigned long)crash_text);
}

static void crash_rodata(void)
{
    write_to((unsigned long)constant);
}

static void crash_nx(void)
{
    static char data[16] = "\xc3"; /* a return, but in memory that must not run */

    call((unsigned long)data);
}

static void crash_jump(void)
{
    call(0x1000);
}

/* One page a call; the compiler shall not see the recursion, or it would make a loop of it. */
static unsigned long overflow(unsigned long depth)
{
    unsigned long (*deeper)(unsigned long) =
        (unsigned long (*)(unsigned long))launder((unsigned long)overflow);
    volatile char page[4096];

    page[0] = (char)depth;
    return deeper(depth + 1) + (unsigned long)page[0];
}

static void crash_stack(void)
{
    overflow(0);
}

static void crash_ill(void)
{
    __asm__ volatile("ud2");
}

static void crash_fpe(void)
{
    int zero = (int)(long)launder(0);

    __asm__ volatile("cltd\n\tidivl %0" : : "r"(zero), "a"(1) : "edx", "cc");
}

static void crash_trap(void)
{
    __asm__ volatile("int3");
}

static void crash_privileged(void)
{
    __asm__ volatile("cli");
}

static void crash_abort(void)
{
    abort();
}

static void crash_kill(void)
{
    kill(getpid(), SIGKILL);
}

static const struct {
    const char *name;
    void (*run)(void);
    const char *what;
} kinds[] = {
    {"null", crash_null, "write through a null pointer"},
    {"segv", crash_null, "the same"},
    {"kernel", crash_kernel, "write to the kernel's memory"},
    {"noncanonical", crash_noncanonical, "write to an address no processor can translate"},
    {"write-text", crash_text, "write to the program's code"},
    {"rodata", crash_rodata, "write to a constant"},
    {"nx", crash_nx, "run data as code"},
    {"jump", crash_jump, "call a function where nothing is mapped"},
    {"stack", crash_stack, "endless recursion"},
    {"ill", crash_ill, "undefined instruction"},
    {"fpe", crash_fpe, "integer division by zero"},
    {"trap", crash_trap, "breakpoint instruction"},
    {"privileged", crash_privileged, "instruction that only the kernel may use"},
    {"abort", crash_abort, "abort()"},
    {"kill", crash_kill, "kill(getpid(), SIGKILL)"},
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < NR_KINDS; i++) {
        if (strcmp(argv[1], kinds[i].name) != 0)
            continue;
        kinds[i].run();
        fprintf(stderr, "crash: %s: still alive\n", argv[1]);
        return 1;
    }
    fprintf(stderr, "usage: crash KIND\n");
    for (size_t i = 0; i < NR_KINDS; i++)
        fprintf(stderr, "  %-13s %s\n", kinds[i].name, kinds[i].what);
    return 2;
}
