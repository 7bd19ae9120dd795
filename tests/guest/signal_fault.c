/*
 * tests/guest/signal_fault.c - faults that a program catches, repairs and goes on from
 *
 * Source  sigaction(2), "The siginfo_t argument to a SA_SIGINFO handler"; Intel SDM vol. 3A 4.7,
 *         6.15 (which exceptions are reported at, and which after, the instruction)
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define TF 0x100UL

static volatile struct {
    int nr, signal, code;
    unsigned long address, trapno, error, cr2, rip;
} fault;

static void *volatile repair_at; /* make this page writable, if not NULL */
static volatile int skip_len;    /* go on behind an instruction of that length */
static volatile int leave;       /* longjmp to `out` */
static sigjmp_buf out;

static void handle(int signal, siginfo_t *info, void *arg)
{
    ucontext_t *context = arg;
    greg_t *gregs = context->uc_mcontext.gregs;

    fault.nr++;
    fault.signal = signal;
    fault.code = info->si_code;
    fault.address = (unsigned long)info->si_addr;
    fault.trapno = (unsigned long)gregs[REG_TRAPNO];
    fault.error = (unsigned long)gregs[REG_ERR];
    fault.cr2 = (unsigned long)gregs[REG_CR2];
    fault.rip = (unsigned long)gregs[REG_RIP];
    if (repair_at)
        mprotect(repair_at, PAGE, PROT_READ | PROT_WRITE);
    gregs[REG_RIP] += skip_len;
    gregs[REG_EFL] &= ~(greg_t)TF;
    if (leave)
        siglongjmp(out, 1);
}

static void catch_all(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    struct sigaction action = {.sa_flags = SA_SIGINFO};

    action.sa_sigaction = handle;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &action, NULL);
}

static void begin(void *repair, int skip, int jump)
{
    fault.nr = fault.signal = fault.code = 0;
    fault.address = fault.trapno = fault.error = fault.cr2 = fault.rip = 0;
    repair_at = repair;
    skip_len = skip;
    leave = jump;
}

static void check_fault(int signal, int code, unsigned long address, const char *what)
{
    is_long(fault.nr, 1, "%s: one signal", what);
    is_long(fault.signal, signal, "... its number");
    is_long(fault.code, code, "... si_code");
    is_long(fault.address, (long)address, "... si_addr");
}

static void check_cause(unsigned long trapno, unsigned long error)
{
    is_long(fault.trapno, trapno, "... the exception");
    is_long(fault.error, error, "... its error code");
}

/* ---- page faults ---- */

static char *map(size_t len, int prot)
{
    return mmap(NULL, len, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void touch(volatile char *p, int write)
{
    if (sigsetjmp(out, 1))
        return;
    if (write)
        *p = 1;
    else
        (void)*p;
}

static void check_repair(void)
{
    volatile char *p = map(PAGE, PROT_NONE);

    begin((void *)(uintptr_t)p, 0, 0);
    p[123] = 42;
    check_fault(SIGSEGV, SEGV_ACCERR, (unsigned long)p + 123, "a write to PROT_NONE");
    check_cause(14, 6);
    is_long(fault.cr2, (long)p + 123, "... cr2");
    is_long(p[123], 42, "... repaired by mprotect, the write is done");
    mprotect((void *)(uintptr_t)p, PAGE, PROT_READ);
    begin((void *)(uintptr_t)p, 0, 0);
    p[4095] = 43;
    check_fault(SIGSEGV, SEGV_ACCERR, (unsigned long)p + 4095,
                "a write to a page that was written");
    check_cause(14, 7);
    is_long(p[4095] + p[123], 85, "... repaired");
    munmap((void *)(uintptr_t)p, PAGE);
}

static void check_unmapped(void)
{
    char *p = map(3 * PAGE, PROT_READ | PROT_WRITE);

    munmap(p + PAGE, PAGE);
    begin(NULL, 0, 1);
    touch(p + PAGE + 7, 0);
    check_fault(SIGSEGV, SEGV_MAPERR, (unsigned long)p + PAGE + 7, "a read of nothing");
    check_cause(14, 4);
    begin(NULL, 0, 1);
    touch(p + 2 * PAGE - 1, 1);
    check_fault(SIGSEGV, SEGV_MAPERR, (unsigned long)p + 2 * PAGE - 1, "a write to nothing");
    check_cause(14, 6);
    begin(NULL, 0, 1);
    touch(launder(8), 0);
    check_fault(SIGSEGV, SEGV_MAPERR, 8, "a read near address 0");
    begin(NULL, 0, 1);
    if (!sigsetjmp(out, 1))
        __asm__ volatile("movq %0, -2(%1)" : : "r"(1UL), "r"(p + PAGE) : "memory");
    check_fault(SIGSEGV, SEGV_MAPERR, (unsigned long)p + PAGE,
                "a write that begins on a page before it");
    munmap(p, 3 * PAGE);
}

static void check_kernel_addresses(void)
{
    begin(NULL, 0, 1);
    touch(launder(0xffffffff80000000), 0);
    check_fault(SIGSEGV, SEGV_MAPERR, 0xffffffff80000000, "a read of the kernel");
    is_long(fault.trapno, 14, "... the exception");
    is_long(fault.error & 4, 4, "... its error code: from user mode");
    begin(NULL, 0, 1);
    touch(launder(0x0000800000000000), 0);
    check_fault(SIGSEGV, SI_KERNEL, 0, "an address that is not canonical");
    check_cause(13, 0);
}

static void check_execute(void)
{
    char *p = map(PAGE, PROT_READ | PROT_WRITE);

    p[0] = (char)0xc3; /* ret */
    begin(NULL, 0, 1);
    if (!sigsetjmp(out, 1))
        ((void (*)(void))(uintptr_t)p)();
    check_fault(SIGSEGV, SEGV_ACCERR, (unsigned long)p, "execution of data");
    check_cause(14, 0x15);
    is_long(fault.rip, (long)p, "... rip is there");
    begin(NULL, 0, 1);
    munmap(p, PAGE);
    if (!sigsetjmp(out, 1))
        ((void (*)(void))(uintptr_t)p)();
    check_fault(SIGSEGV, SEGV_MAPERR, (unsigned long)p, "execution of nothing");
    check_cause(14, 0x14);
}

static void check_file(void)
{
    int fd = open(child_self(), O_RDONLY);
    struct stat st;

    fstat(fd, &st);
    size_t len = ((size_t)st.st_size + PAGE - 1) & ~(PAGE - 1);
    char *p = mmap(NULL, len + 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

    close(fd);
    ok(p != MAP_FAILED, "a file is mapped with pages to spare");
    begin(NULL, 0, 1);
    touch(p + len + 5, 0);
    check_fault(SIGBUS, BUS_ADRERR, (unsigned long)p + len + 5, "a read past the end of the file");
    check_cause(14, 4);
    begin(NULL, 0, 1);
    touch(p + len - 1, 0);
    is_long(fault.nr, 0, "its last page is there to the end");
    munmap(p, len + 2 * PAGE);
}

/* ---- other exceptions ---- */

#define INSTRUCTION(name, text)                                                                    \
    extern const char name##_at[];                                                                 \
    static void name(void)                                                                         \
    {                                                                                              \
        __asm__ volatile(".globl " #name "_at\n" #name "_at:\n\t" text                             \
                         :                                                                         \
                         :                                                                         \
                         : "rax", "rcx", "rdx", "memory", "cc");                                   \
    }

INSTRUCTION(divide, "div %%ecx")
INSTRUCTION(undefined, "ud2")
INSTRUCTION(privileged, "hlt")
INSTRUCTION(breakpoint, "int3")
INSTRUCTION(gate, "int $0x33")

static void check_instructions(void)
{
    begin(NULL, 2, 0);
    __asm__ volatile("xor %%ecx, %%ecx" : : : "rcx");
    divide();
    check_fault(SIGFPE, FPE_INTDIV, (unsigned long)divide_at, "division by zero");
    check_cause(0, 0);
    begin(NULL, 2, 0);
    undefined();
    check_fault(SIGILL, ILL_ILLOPN, (unsigned long)undefined_at, "an undefined instruction");
    check_cause(6, 0);
    begin(NULL, 1, 0);
    privileged();
    check_fault(SIGSEGV, SI_KERNEL, 0, "a privileged instruction");
    check_cause(13, 0);
    begin(NULL, 0, 0);
    breakpoint();
    check_fault(SIGTRAP, SI_KERNEL, 0, "int3");
    check_cause(3, 0);
    is_long(fault.rip, (long)breakpoint_at + 1, "... rip is behind it");
    begin(NULL, 2, 0);
    gate();
    check_fault(SIGSEGV, SI_KERNEL, 0, "int to a gate that is not for users");
    is_long(fault.trapno, 13, "... the exception"); /* QEMU's error code is not the processor's */
}

extern const char stepped[];

static void check_step(void)
{
    begin(NULL, 0, 0);
    __asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\tnop\n"
                     ".globl stepped\nstepped:\n\tnop\n\tnop"
                     :
                     :
                     : "memory", "cc");
    check_fault(SIGTRAP, TRAP_TRACE, (unsigned long)stepped, "a single step");
    check_cause(1, 0);
}

static void check_floating_point(void)
{
    const uint32_t strict = 0x1f80 & ~0x200U, usual = 0x1f80;
    const uint16_t strict_x87 = 0x37f & ~4, usual_x87 = 0x37f;

    begin(NULL, 0, 1);
    if (!sigsetjmp(out, 1))
        __asm__ volatile("ldmxcsr %0\n\tpxor %%xmm0, %%xmm0\n\tmov $0x3f800000, %%eax\n\t"
                         "movd %%eax, %%xmm1\n\tdivss %%xmm0, %%xmm1"
                         :
                         : "m"(strict)
                         : "xmm0", "xmm1", "rax");
    __asm__ volatile("ldmxcsr %0" : : "m"(usual));
    /* An emulated processor may not have these exceptions. */
    ok(fault.nr == 0 || (fault.signal == SIGFPE && fault.code == FPE_FLTDIV && fault.trapno == 19),
       "an SSE division by zero that is not masked");
    begin(NULL, 0, 1);
    if (!sigsetjmp(out, 1))
        __asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldz\n\tfdivrp\n\tfwait"
                         :
                         : "m"(strict_x87));
    __asm__ volatile("fninit\n\tfldcw %0" : : "m"(usual_x87));
    is_long(fault.signal, SIGFPE, "an x87 division by zero that is not masked");
    is_long(fault.code, FPE_FLTDIV, "... si_code");
    check_cause(16, 0);
}

/* ---- faults in the kernel's copies are no signals ---- */

static void check_copies(void)
{
    char *p = map(2 * PAGE, PROT_READ | PROT_WRITE);

    mprotect(p, PAGE, PROT_NONE);
    begin(NULL, 0, 0);
    is_long(raw(SYS_rt_sigprocmask, SIG_BLOCK, p, 0, 8), -EFAULT, "a system call reads PROT_NONE");
    is_long(raw(SYS_rt_sigprocmask, SIG_BLOCK, 0, p, 8), -EFAULT, "... writes it");
    is_long(raw(SYS_rt_sigprocmask, SIG_BLOCK, 0, 0xffffffff80000000, 8), -EFAULT,
            "... writes the kernel");
    is_long(raw(SYS_rt_sigprocmask, SIG_BLOCK, 0, 0x0000800000000000, 8), -EFAULT,
            "... writes what is not canonical");
    mprotect(p, PAGE, PROT_READ);
    is_long(raw(SYS_rt_sigprocmask, SIG_BLOCK, 0, p, 8), -EFAULT, "... writes read-only memory");
    is_long(fault.nr, 0, "and no signal comes");
    munmap(p, 2 * PAGE);
}

/* ---- what ends a program all the same ---- */

static int segv_blocked(char **args)
{
    sigset_t set;

    (void)args;
    catch_all();
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    *(volatile char *)launder(8) = 1;
    return 1;
}

static int segv_ignored(char **args)
{
    (void)args;
    signal(SIGSEGV, SIG_IGN);
    *(volatile char *)launder(8) = 1;
    return 1;
}

static void fault_again(int signal)
{
    *(volatile char *)launder(8) = (char)signal;
}

static int segv_in_handler(char **args)
{
    (void)args;
    signal(SIGSEGV, fault_again);
    *(volatile char *)launder(8) = 1;
    return 1;
}

static int handler_nowhere(char **args)
{
    (void)args;
    signal(SIGSEGV, (void (*)(int))(uintptr_t)launder(0x1000));
    *(volatile char *)launder(8) = 1;
    return 1;
}

static int reset_handler(char **args)
{
    struct sigaction action = {.sa_flags = SA_RESETHAND | SA_NODEFER};

    (void)args;
    action.sa_handler = fault_again;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    *(volatile char *)launder(8) = 1;
    return 1;
}

static const struct child children[] = {
    {"blocked", segv_blocked},    {"ignored", segv_ignored}, {"in-handler", segv_in_handler},
    {"nowhere", handler_nowhere}, {"reset", reset_handler},  {NULL, NULL},
};

static void check_ends(void)
{
    is_long(child_run("blocked"), CHILD_KILLED(SIGSEGV), "a fault while SIGSEGV is blocked");
    is_long(child_run("ignored"), CHILD_KILLED(SIGSEGV), "... ignored");
    is_long(child_run("in-handler"), CHILD_KILLED(SIGSEGV), "... in its own handler");
    is_long(child_run("nowhere"), CHILD_KILLED(SIGSEGV), "... with a handler where nothing is");
    is_long(child_run("reset"), CHILD_KILLED(SIGSEGV), "... for the second time with SA_RESETHAND");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    catch_all();
    check_repair();
    check_unmapped();
    check_kernel_addresses();
    check_execute();
    check_file();
    check_instructions();
    check_step();
    check_floating_point();
    check_copies();
    check_ends();
    return done_testing();
}
