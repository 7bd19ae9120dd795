/*
 * tests/guest/signal_hostile.c - signal frames that a program has forged
 *
 * A handler changes its frame and returns. Whatever it wrote there, either the program goes on, or it
 * gets SIGSEGV, which another handler, on a stack of its own, takes to go on from here.
 *
 * Source  sigreturn(2); Intel SDM vol. 1 13.8 (XRSTOR), vol. 2 IRET; Linux, arch/x86/kernel/signal.c
 */
#include <cpuid.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define EFLAGS_IF   0x200UL
#define EFLAGS_IOPL 0x3000UL
#define EFLAGS_NT   0x4000UL
#define EFLAGS_TF   0x100UL
#define EFLAGS_DF   0x400UL
#define EFLAGS_ID   0x200000UL
#define EFLAGS_AC   0x40000UL

#define NOT_CANONICAL 0x0000800000000000UL
#define KERNEL        0xffffffff80100000UL

#define XSAVE_HEADER 512
#define SW_BYTES     464
#define MXCSR        24

static char stack_memory[65536];
static sigjmp_buf out;
static volatile struct {
    int signal, code;
    unsigned long address, trapno;
} caught;

static void (*volatile forge)(ucontext_t *context);
static volatile unsigned long argument;
static volatile int nr_forged;

static void forger(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    nr_forged++;
    forge(context);
}

static void rescue(int signal, siginfo_t *info, void *arg)
{
    const ucontext_t *context = arg;

    caught.signal = signal;
    caught.code = info->si_code;
    caught.address = (unsigned long)info->si_addr;
    caught.trapno = (unsigned long)context->uc_mcontext.gregs[REG_TRAPNO];
    siglongjmp(out, 1);
}

static void catch (int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | flags};

    action.sa_sigaction = handler;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

/* Flags right behind the system call that brings the signal, and back to sane ones. */
static unsigned long flags_after;

static void raise_signal(void)
{
    __asm__ volatile("sub $128, %%rsp\n\t"
                     "syscall\n\t"
                     "pushfq\n\tpop %%rax\n\t"
                     "push $0x202\n\tpopfq\n\t"
                     "add $128, %%rsp\n\t"
                     "mov %%rax, %0"
                     : "=m"(flags_after)
                     : "a"(SYS_kill), "D"(getpid()), "S"(SIGUSR1)
                     : "rcx", "r11", "memory", "cc");
}

/* Returns whether the program went on behind the signal. */
static int try(void (*how)(ucontext_t *), unsigned long value)
{
    caught.signal = caught.code = 0;
    caught.address = caught.trapno = 0;
    nr_forged = 0;
    forge = how;
    argument = value;
    if (sigsetjmp(out, 1))
        return 0;
    raise_signal();
    return 1;
}

static void check_refused(void (*how)(ucontext_t *), unsigned long value, const char *what)
{
    is_long(try(how, value), 0, "%s: the program does not go on", what);
    is_long(nr_forged, 1, "... the handler ran");
    is_long(caught.signal, SIGSEGV, "... SIGSEGV");
}

static void check_taken(void (*how)(ucontext_t *), unsigned long value, const char *what)
{
    is_long(try(how, value), 1, "%s: the program goes on", what);
    is_long(nr_forged, 1, "... the handler ran");
}

/* ---- general registers ---- */

static void set_rip(ucontext_t *context)
{
    context->uc_mcontext.gregs[REG_RIP] = (greg_t)argument;
}

static void set_rsp(ucontext_t *context)
{
    context->uc_mcontext.gregs[REG_RSP] = (greg_t)argument;
}

static void set_flags(ucontext_t *context)
{
    context->uc_mcontext.gregs[REG_EFL] = (greg_t)argument;
}

static void set_cs(ucontext_t *context)
{
    memcpy((char *)&context->uc_mcontext.gregs[REG_CSGSFS], (const void *)(uintptr_t)&argument, 2);
}

static void set_ss(ucontext_t *context)
{
    memcpy((char *)&context->uc_mcontext.gregs[REG_CSGSFS] + 6, (const void *)(uintptr_t)&argument,
           2);
}

static void set_ss_loosely(ucontext_t *context)
{
    set_ss(context);
    context->uc_flags &= ~4UL; /* UC_STRICT_RESTORE_SS */
}

static void check_registers(void)
{
    check_refused(set_rip, NOT_CANONICAL, "rip that is not canonical");
    check_refused(set_rip, 1UL << 63, "rip 1 << 63");
    check_refused(set_rip, KERNEL, "rip in the kernel");
    check_refused(set_rip, 0x00007ffffffff000, "rip at the end of user space");
    check_refused(set_rip, 0x00007fffffffffff, "rip on the page after it");
    check_refused(set_rip, 0, "rip 0");
    is_long(caught.code, SEGV_MAPERR, "... SEGV_MAPERR");
    is_long((long)caught.address, 0, "... at 0");
    check_refused(set_rsp, 0, "rsp 0");
    check_refused(set_rsp, KERNEL, "rsp in the kernel");
    is_long(try(set_rsp, NOT_CANONICAL + 128 + 64), 0, "rsp that is not canonical");
    ok(caught.signal == SIGSEGV || caught.signal == SIGBUS, "... SIGSEGV or SIGBUS");
}

static void check_flags(void)
{
    check_taken(set_flags, 0, "flags 0");
    is_long(flags_after & (EFLAGS_IF | 2), EFLAGS_IF | 2, "... interrupts are on all the same");
    check_taken(set_flags, ~0UL & ~EFLAGS_TF, "all flags but TF");
    is_long(flags_after & (EFLAGS_IOPL | EFLAGS_NT), 0, "... IOPL and NT are not taken");
    is_long(flags_after & EFLAGS_IF, EFLAGS_IF, "... interrupts are on");
    is_long(flags_after & (EFLAGS_DF | EFLAGS_AC), EFLAGS_DF | EFLAGS_AC, "... DF and AC are");
    is_long(flags_after & EFLAGS_ID, 0, "... ID is not");
}

static void check_selectors(void)
{
    check_taken(set_cs, 0x30, "cs with ring 0 in it");
    check_refused(set_cs, 0x10, "the kernel's cs");
    check_refused(set_cs, 0, "cs 0");
    check_refused(set_cs, 0x2b, "cs of data");
    check_refused(set_cs, 0x40, "cs of the task state");
    check_refused(set_cs, 0xffff, "cs 0xffff");
    check_taken(set_ss, 0x28, "ss with ring 0 in it");
    check_refused(set_ss, 0x18, "the kernel's ss");
    check_refused(set_ss, 0, "ss 0");
    check_refused(set_ss, 0x33, "ss of code");
    check_refused(set_ss, 0xffff, "ss 0xffff");
    check_taken(set_ss_loosely, 0, "ss 0 without UC_STRICT_RESTORE_SS");
}

/* ---- vector state ---- */

static char *vector_of(ucontext_t *context)
{
    return (char *)context->uc_mcontext.fpregs;
}

static void set_pointer(ucontext_t *context)
{
    context->uc_mcontext.fpregs = (void *)(uintptr_t)argument;
}

static void move_pointer(ucontext_t *context)
{
    context->uc_mcontext.fpregs = (void *)(vector_of(context) + argument);
}

static void set_features(ucontext_t *context)
{
    memcpy(vector_of(context) + XSAVE_HEADER, (const void *)(uintptr_t)&argument, 8);
}

static void set_compaction(ucontext_t *context)
{
    memcpy(vector_of(context) + XSAVE_HEADER + 8, (const void *)(uintptr_t)&argument, 8);
}

static void set_reserved(ucontext_t *context)
{
    memcpy(vector_of(context) + XSAVE_HEADER + 16, (const void *)(uintptr_t)&argument, 8);
}

static void set_magic1(ucontext_t *context)
{
    memcpy(vector_of(context) + SW_BYTES, (const void *)(uintptr_t)&argument, 4);
}

static void set_sw_features(ucontext_t *context)
{
    memcpy(vector_of(context) + SW_BYTES + 8, (const void *)(uintptr_t)&argument, 8);
}

static void set_size(ucontext_t *context)
{
    memcpy(vector_of(context) + SW_BYTES + 16, (const void *)(uintptr_t)&argument, 4);
}

static void set_mxcsr(ucontext_t *context)
{
    memcpy(vector_of(context) + MXCSR, (const void *)(uintptr_t)&argument, 4);
}

/* Whether the processor itself takes a bit of MXCSR that is reserved: an emulation may. */
static int takes_any_mxcsr(void)
{
    const uint32_t bad = 0x1f80 | 1U << 30, good = 0x1f80;

    caught.signal = 0;
    if (!sigsetjmp(out, 1))
        __asm__ volatile("ldmxcsr %0" : : "m"(bad));
    __asm__ volatile("ldmxcsr %0" : : "m"(good));
    return caught.signal == 0;
}

static uint32_t mxcsr_now(void)
{
    uint32_t mxcsr;

    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    return mxcsr;
}

static void check_vectors(void)
{
    const uint32_t good = 0x1f80, other = 0x1f80 | 3U << 13;
    unsigned a, b, c, d;
    char *hole;

    __asm__ volatile("ldmxcsr %0" : : "m"(other));
    check_taken(set_pointer, 0, "no vector state");
    is_long(mxcsr_now(), 0x1f80, "... it is as at the start");
    check_refused(set_pointer, KERNEL, "vector state in the kernel");
    check_refused(set_pointer, NOT_CANONICAL, "... where nothing can be");
    check_refused(move_pointer, 8, "... not aligned");
    hole = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(hole + PAGE, PAGE);
    check_refused(set_pointer, (unsigned long)hole + PAGE - 256, "... that ends in a hole");
    check_refused(set_pointer, (unsigned long)hole + PAGE, "... in a hole");
    is_long(try(set_mxcsr, ~0UL), takes_any_mxcsr(),
            "reserved bits of mxcsr are taken or refused as LDMXCSR does it");
    __asm__ volatile("ldmxcsr %0" : : "m"(good));
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) {
        skip(18, "no XSAVE");
        return;
    }
    check_refused(set_features, 1UL << 62, "a component that does not exist");
    check_refused(set_features, ~0UL, "all components");
    check_refused(set_compaction, 1UL << 63, "a compacted state");
    check_refused(set_compaction, 1, "a component of a compacted state");
    check_refused(set_reserved, 1, "reserved bytes of the header");
    check_taken(set_magic1, 0, "without the first mark");
    check_taken(set_sw_features, 0, "with no component to load");
    check_taken(set_sw_features, ~0UL, "with all components to load");
    check_taken(set_size, 0xffffffff, "of a huge size");
    check_taken(set_size, 512, "of a size that is too small");
    __asm__ volatile("ldmxcsr %0" : : "m"(good));
}

/* ---- frames that cannot be read or written ---- */

static void return_at(unsigned long sp)
{
    caught.signal = 0;
    if (!sigsetjmp(out, 1))
        __asm__ volatile("mov %0, %%rsp\n\tsyscall\n\tud2"
                         :
                         : "r"(sp), "a"(SYS_rt_sigreturn)
                         : "rcx", "r11", "memory");
}

static void check_no_frame(unsigned long sp, const char *what)
{
    return_at(sp);
    is_long(caught.signal, SIGSEGV, "rt_sigreturn with the stack pointer %s", what);
    is_long(caught.code, SI_KERNEL, "... SI_KERNEL");
}

static void check_frames(void)
{
    char *hole = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    munmap(hole + PAGE, PAGE);
    check_no_frame(0, "0");
    check_no_frame(KERNEL, "in the kernel");
    check_no_frame(NOT_CANONICAL, "nowhere");
    check_no_frame(0x00007ffffffff000, "at the end of user space");
    check_no_frame((unsigned long)hole + PAGE, "in a hole");
    check_no_frame((unsigned long)hole + PAGE - 64, "before a hole");
    munmap(hole, PAGE);
}

static void raise_at(unsigned long sp)
{
    __asm__ volatile("mov %%rsp, %%rbx\n\tmov %0, %%rsp\n\tsyscall\n\tmov %%rbx, %%rsp"
                     :
                     : "r"(sp), "a"(SYS_kill), "D"(getpid()), "S"(SIGUSR1)
                     : "rbx", "rcx", "r11", "memory");
}

static void check_stack(unsigned long sp, const char *what)
{
    caught.signal = nr_forged = 0;
    if (!sigsetjmp(out, 1))
        raise_at(sp);
    is_long(caught.signal, SIGSEGV, "a signal with the stack pointer %s", what);
    is_long(caught.code, SI_KERNEL, "... SI_KERNEL");
    is_long(nr_forged, 0, "... its handler does not run");
}

static void check_stacks(void)
{
    char *page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    check_stack(0, "0");
    check_stack(0x2000, "where nothing is");
    check_stack(KERNEL, "in the kernel");
    check_stack(NOT_CANONICAL, "nowhere");
    check_stack((unsigned long)page + PAGE, "in read-only memory");
    munmap(page, PAGE);
}

/* ---- what nobody catches ---- */

static void without_restorer(int signal)
{
    (void)signal;
    _exit(7);
}

static int no_restorer(char **args)
{
    struct {
        void (*handler)(int);
        unsigned long flags, restorer, mask;
    } action = {without_restorer, 0, 0, 0};

    (void)args;
    raw(SYS_rt_sigaction, SIGUSR1, &action, 0, 8);
    kill(getpid(), SIGUSR1);
    return 1;
}

static int bad_stack(char **args)
{
    (void)args;
    signal(SIGUSR1, without_restorer);
    raise_at(0x2000);
    return 1;
}

static int bad_frame(char **args)
{
    (void)args;
    return_at(8);
    return 1;
}

static int bad_frame_blocked(char **args)
{
    sigset_t set;

    (void)args;
    catch (SIGSEGV, rescue, SA_ONSTACK);
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return_at(8);
    return 1;
}

static const struct child children[] = {
    {"no-restorer", no_restorer},
    {"bad-stack", bad_stack},
    {"bad-frame", bad_frame},
    {"blocked", bad_frame_blocked},
    {NULL, NULL},
};

int main(int argc, char **argv)
{
    const stack_t stack = {.ss_sp = stack_memory, .ss_size = sizeof(stack_memory)};

    if (argc > 1)
        return child_main(children, argv);
    sigaltstack(&stack, NULL);
    catch (SIGUSR1, forger, 0);
    catch (SIGSEGV, rescue, SA_ONSTACK);
    catch (SIGBUS, rescue, SA_ONSTACK);
    check_registers();
    check_flags();
    check_selectors();
    check_vectors();
    check_frames();
    check_stacks();
    is_long(child_run("no-restorer"), CHILD_KILLED(SIGSEGV), "a handler without a restorer");
    is_long(child_run("bad-stack"), CHILD_KILLED(SIGSEGV), "no stack for a handler");
    is_long(child_run("bad-frame"), CHILD_KILLED(SIGSEGV), "rt_sigreturn without a frame");
    is_long(child_run("blocked"), CHILD_KILLED(SIGSEGV), "... with SIGSEGV blocked");
    return done_testing();
}
