/*
 * tests/guest/startup_stack.c - what a program finds on its stack: argc, argv, envp, auxv
 *
 * The layout is the System V ABI's (AMD64 supplement, 3.4.1), the entries Linux's.
 */
#include <elf.h>
#include <stdint.h>
#include <sys/auxv.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

extern void _start(void);

struct auxv {
    unsigned long type;
    unsigned long value;
};

static const struct auxv *auxv_of(char **envp)
{
    while (*envp)
        envp++;
    return (const struct auxv *)(const void *)(envp + 1);
}

static unsigned long value(const struct auxv *auxv, unsigned long type)
{
    for (; auxv->type != AT_NULL; auxv++)
        if (auxv->type == type)
            return auxv->value;
    return ~0UL;
}

static void check_stack(int argc, char **argv, char **envp)
{
    const long *bottom = (long *)argv - 1;

    is_long(*bottom, argc, "argc lies below argv");
    is_long((uintptr_t)bottom % 16, 0, "the stack pointer is a multiple of 16 at the entry");
    is_ptr(argv[argc], 0, "a null pointer ends argv");
    is_ptr(envp, argv + argc + 1, "envp follows");
    is_ptr(environ, envp, "environ is envp");
    is_long(argc, 1, "one argument");
    is_str(argv[0], child_self(), "... the path");
    ok(argv[0] > (char *)envp, "strings lie above the pointers");
}

static void check_program(const struct auxv *auxv)
{
    const Elf64_Ehdr *header = (const void *)(value(auxv, AT_PHDR) & ~(PAGE - 1));
    const Elf64_Phdr *segments = (const void *)value(auxv, AT_PHDR);
    unsigned long nr = value(auxv, AT_PHNUM), i = 0;

    is_long(memcmp(header->e_ident, ELFMAG, SELFMAG), 0,
            "AT_PHDR lies in the first page of the ELF file");
    is_long((uintptr_t)segments - (uintptr_t)header, (long)header->e_phoff,
            "... where e_phoff says");
    is_long(nr, header->e_phnum, "AT_PHNUM is e_phnum");
    is_long(value(auxv, AT_PHENT), sizeof(Elf64_Phdr), "AT_PHENT");
    is_long(value(auxv, AT_ENTRY), (long)header->e_entry, "AT_ENTRY is e_entry");
    is_ptr(value(auxv, AT_ENTRY), _start, "... which is _start");
    while (i < nr && segments[i].p_type != PT_LOAD)
        i++;
    ok(i < nr && segments[i].p_vaddr == (uintptr_t)header,
       "the first segment lies where it asks to");
}

static void check_values(const struct auxv *auxv)
{
    unsigned eax = 1, ebx, ecx = 0, edx;

    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    is_long(value(auxv, AT_PAGESZ), (long)PAGE, "AT_PAGESZ");
    is_long(value(auxv, AT_BASE), 0, "AT_BASE: no interpreter");
    is_long(value(auxv, AT_FLAGS), 0, "AT_FLAGS");
    is_long(value(auxv, AT_UID), 0, "AT_UID");
    is_long(value(auxv, AT_EUID), 0, "AT_EUID");
    is_long(value(auxv, AT_GID), 0, "AT_GID");
    is_long(value(auxv, AT_EGID), 0, "AT_EGID");
    is_long(value(auxv, AT_SECURE), 0, "AT_SECURE");
    is_long(value(auxv, AT_CLKTCK), 100, "AT_CLKTCK");
    is_long(value(auxv, AT_HWCAP), edx, "AT_HWCAP is what cpuid 1 says in edx");
    is_str((const char *)value(auxv, AT_PLATFORM), "x86_64", "AT_PLATFORM");
    is_str((const char *)value(auxv, AT_EXECFN), child_self(), "AT_EXECFN is what getauxval finds");
    is_long(getauxval(AT_PAGESZ), (long)PAGE, "getauxval");
    errno = 0;
    is_long(getauxval(4711), 0, "getauxval of what is not there");
    is_errno(ENOENT, "... ENOENT");
}

static void check_random(const struct auxv *auxv)
{
    const unsigned char *bytes = (const unsigned char *)value(auxv, AT_RANDOM);
    int set = 0;

    for (int i = 0; i < 16; i++)
        set += __builtin_popcount(bytes[i]);
    ok(set > 20 && set < 108, "AT_RANDOM: 16 bytes, of their bits about half are set");
}

/* Returns a number that depends on every argument and variable; the parent expects 42. */
static int compare_words(char **args)
{
    static const char *const wanted[] = {"", "two words", "\xc3\xa9\xff", "-c", "", NULL};
    int i;

    for (i = 0; wanted[i]; i++)
        if (!args[i] || strcmp(args[i], wanted[i]) != 0)
            return i;
    if (args[i])
        return 10;
    if (!environ[0] || strcmp(environ[0], "A=1") != 0)
        return 11;
    if (!environ[1] || strcmp(environ[1], "no equals sign") != 0)
        return 12;
    return environ[2] ? 13 : 42;
}

static int no_environment(char **args)
{
    return args[0] || environ[0] ? 1 : 42;
}

/* The state of the floating point unit at the start, after the parent has changed its own. */
static int fresh_fpu(char **args)
{
    unsigned mxcsr;
    unsigned short control;

    (void)args;
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control));
    return (mxcsr == 0x1f80) + 2 * (control == 0x37f);
}

static const struct child children[] = {
    {"words", compare_words}, {"no-environment", no_environment}, {"fpu", fresh_fpu}, {NULL, NULL}};

static int run(char **argv, char **envp)
{
    pid_t pid = -1;

    fflush(stdout);
    if (posix_spawn(&pid, child_self(), NULL, NULL, argv, envp) != 0)
        return -1;
    return child_wait(pid);
}

static void check_children(void)
{
    char name[] = "words", empty[] = "", two[] = "two words", bytes[] = "\xc3\xa9\xff", c[] = "-c";
    char bare[] = "no-environment", a[] = "A=1", b[] = "no equals sign";
    char *words[] = {child_self(), name, empty, two, bytes, c, empty, NULL};
    char *alone[] = {empty, bare, NULL};
    char *variables[] = {a, b, NULL};
    char *none[] = {NULL};
    unsigned mxcsr = 0xffc0; /* all masks, other rounding and flush to zero */
    unsigned short control = 0xf7f;

    is_long(run(words, variables), CHILD_EXITED(42), "arguments and variables arrive as they are");
    is_long(run(alone, none), CHILD_EXITED(42), "an environment may be empty, and so may argv[0]");
    __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mxcsr), "m"(control));
    is_long(child_run("fpu"), CHILD_EXITED(3),
            "a new program has MXCSR 0x1f80 and the x87 control 0x37f");
    mxcsr = 0x1f80;
    control = 0x37f;
    __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mxcsr), "m"(control));
}

int main(int argc, char **argv, char **envp)
{
    const struct auxv *auxv = auxv_of(envp);

    if (argc > 1)
        return child_main(children, argv);
    check_stack(argc, argv, envp);
    check_program(auxv);
    check_values(auxv);
    check_random(auxv);
    check_children();
    return done_testing();
}
