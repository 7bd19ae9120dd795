/*
 * tests/guest/faults.c - each kind of fault ends the process by the signal Linux gives it, and only
 * it
 */
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <sys/mman.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define RW (PROT_READ | PROT_WRITE)

static const char constant[64] = "constant";

static void write_to(unsigned long address)
{
    *(volatile char *)launder(address) = 1;
}

static int read_from(unsigned long address)
{
    return *(volatile char *)launder(address);
}

static void call(unsigned long address)
{
    ((void (*)(void))launder(address))();
}

static char *page(int prot)
{
    return mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* A child for each statement; it answers 0 if it survives. */
#define CHILD(name, ...)                                                                           \
    static int name(char **args)                                                                   \
    {                                                                                              \
        (void)args;                                                                                \
        __VA_ARGS__;                                                                               \
        return 0;                                                                                  \
    }

/* Memory */
CHILD(read_null, read_from(0))
CHILD(write_null, write_to(8))
CHILD(read_hole, read_from(0x123456789000))
CHILD(read_kernel, read_from(0xffffffff80000000))
CHILD(write_kernel, write_to(0xffff800000000000))
CHILD(read_end, read_from(0x7ffffffff000))
CHILD(read_last, read_from(~0UL))
CHILD(read_noncanonical, read_from(0x8000000000000000))
CHILD(write_noncanonical, write_to(0x0000800000000000))
CHILD(write_text, write_to((unsigned long)write_to))
CHILD(write_rodata, write_to((unsigned long)constant))
CHILD(write_readonly, write_to((unsigned long)page(PROT_READ)))
CHILD(read_none, read_from((unsigned long)page(PROT_NONE)))
CHILD(read_past_break, read_from(((unsigned long)sbrk(0) + PAGE) | (PAGE - 1)))
CHILD(write_protected, char *p = page(RW); *p = 1; mprotect(p, PAGE, PROT_READ);
      write_to((unsigned long)p))
CHILD(read_unmapped, char *p = page(RW); *p = 1; munmap(p, PAGE); read_from((unsigned long)p))

/* Instruction fetch */
CHILD(call_null, call(0))
CHILD(call_hole, call(0x123456789000))
CHILD(call_kernel, call(0xffffffff80000000))
CHILD(call_noncanonical, call(0x8000000000000000))
CHILD(call_rodata, call((unsigned long)constant))
CHILD(call_heap, char *p = page(RW); *p = '\xc3'; call((unsigned long)p))
CHILD(call_stack, volatile char code[16]; code[0] = '\xc3'; call((unsigned long)code))
CHILD(call_written, char *p = page(RW); *p = '\xc3'; mprotect(p, PAGE, PROT_READ | PROT_EXEC);
      call((unsigned long)p))

/* Instructions */
CHILD(undefined, __asm__ volatile("ud2"))
CHILD(divide, __asm__ volatile("cltd; idivl %1" : : "a"(1), "r"(0) : "edx", "cc"))
CHILD(divide_overflow, __asm__ volatile("cltd; idivl %1" : : "a"(INT_MIN), "r"(-1) : "edx", "cc"))
CHILD(breakpoint, __asm__ volatile("int3"))
CHILD(breakpoint_long, __asm__ volatile(".byte 0xcd, 3"))
CHILD(icebp, __asm__ volatile(".byte 0xf1"))
CHILD(int_4, __asm__ volatile("int $4"))
CHILD(int_0, __asm__ volatile("int $0"))
CHILD(int_2, __asm__ volatile("int $2"))
CHILD(int_8, __asm__ volatile("int $8"))
CHILD(int_13, __asm__ volatile("int $13"))
CHILD(int_14, __asm__ volatile("int $14"))
CHILD(int_32, __asm__ volatile("int $32"))
CHILD(int_255, __asm__ volatile("int $255"))
CHILD(halt, __asm__ volatile("hlt"))
CHILD(cli, __asm__ volatile("cli"))
CHILD(sti, __asm__ volatile("sti"))
CHILD(in, __asm__ volatile("inb $0x60, %%al" : : : "eax"))
CHILD(out, __asm__ volatile("outb %%al, $0x80" : : "a"(0)))
CHILD(read_cr0, __asm__ volatile("mov %%cr0, %%rax" : : : "rax"))
CHILD(write_cr3, __asm__ volatile("mov %0, %%cr3" : : "r"(0UL)))
CHILD(write_dr7, __asm__ volatile("mov %0, %%dr7" : : "r"(0UL)))
CHILD(rdmsr, __asm__ volatile("rdmsr" : : "c"(0x1b) : "eax", "edx"))
CHILD(wrmsr, __asm__ volatile("wrmsr" : : "c"(0xc0000080), "a"(0), "d"(0)))
CHILD(lgdt, __asm__ volatile("lgdt %0" : : "m"(constant)))
CHILD(lidt, __asm__ volatile("lidt %0" : : "m"(constant)))
CHILD(ltr, __asm__ volatile("ltr %w0" : : "r"(0x40)))
CHILD(invlpg, __asm__ volatile("invlpg %0" : : "m"(constant)))
CHILD(swapgs, __asm__ volatile("swapgs"))
CHILD(sysret, __asm__ volatile("sysretq" : : "c"(0)))
CHILD(clts, __asm__ volatile("clts"))
CHILD(wbinvd, __asm__ volatile("wbinvd"))
CHILD(bad_segment, __asm__ volatile("mov %w0, %%ds" : : "r"(0x1237)))
CHILD(kernel_segment, __asm__ volatile("mov %w0, %%ss" : : "r"(0x10)))
CHILD(far_return, __asm__ volatile("push $0x1237; push $0; lretq"))
CHILD(far_return_kernel, __asm__ volatile("push $0x10; push $0; lretq"))
CHILD(iret_kernel, __asm__ volatile("push $0x18; push $0; push $0; push $0x10; push $0; iretq"))
CHILD(misaligned_sse, char c[32] __attribute__((aligned(16)));
      __asm__ volatile("movaps %%xmm0, %0"
                       : "=m"(*(char (*)[16])(void *)(c + 1))))
CHILD(trace, __asm__ volatile("pushf; orl $0x100, (%%rsp); popf; nop" : : : "memory", "cc"))
CHILD(trace_call, __asm__ volatile("pushf; orl $0x100, (%%rsp); popf; syscall"
                                   :
                                   : "a"(SYS_getpid)
                                   : "rcx", "r11", "memory", "cc"))

/* Floating point, with the exceptions unmasked */
static int sse_divide(char **args)
{
    unsigned mxcsr = 0x1f80 & ~(1U << 9);
    float one = 1, zero = 0;

    (void)args;
    __asm__ volatile("ldmxcsr %0\n\tdivss %2, %1" : : "m"(mxcsr), "x"(one), "x"(zero));
    return 0;
}

static int x87_divide(char **args)
{
    unsigned short control = 0x37f & ~4;

    (void)args;
    __asm__ volatile("fldcw %0\n\tfldz\n\tfld1\n\tfdivp\n\tfwait" : : "m"(control));
    return 0;
}

CHILD(bad_mxcsr, unsigned mxcsr = 0xffffffff; __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr)))

/* The stack pointer somewhere else, then a push */
#define PUSH_AT(address)                                                                           \
    __asm__ volatile("mov %%rsp, %%rbx\n\tmov %0, %%rsp\n\tpush %%rax\n\tmov %%rbx, %%rsp"         \
                     :                                                                             \
                     : "r"(address)                                                                \
                     : "rbx", "memory")
CHILD(push_null, PUSH_AT(0UL))
CHILD(push_kernel, PUSH_AT(0xffffffff80001000))
CHILD(push_noncanonical, PUSH_AT(0x0000900000000000))
/* A system call does not look at the stack pointer. */
CHILD(call_without_stack,
      __asm__ volatile("mov %%rsp, %%rbx\n\tmov %1, %%rsp\n\tsyscall\n\tmov %%rbx, %%rsp"
                       :
                       : "a"(SYS_getpid), "r"(0x0000900000000000)
                       : "rbx", "rcx", "r11", "memory"))

struct expectation {
    const char *name;
    int (*run)(char **args);
    int status;
    int in_qemu; /* what may happen instead, see EITHER */
    const char *what;
};

#define KILLS(function, signal, what) EITHER(function, signal, CHILD_KILLED(signal), what)
#define LIVES(function, what)         EITHER(function, 0, CHILD_EXITED(0), what)

/*
 * Where QEMU 7.2's processor differs from a real one: it knows no int1, raises neither SSE
 * exceptions nor a fault for bad MXCSR bits, has no stack fault for addresses that are not
 * canonical, and reads the stack for far returns as if the kernel did, so that SMAP makes it a page
 * fault "of the kernel" with the user's code segment. Linux then kills the process with SIGKILL; a
 * kernel that believed the error code would panic, or find nothing wrong and try again for ever.
 */
#define EITHER(function, signal, in_qemu, what)                                                    \
    {                                                                                              \
#function, function, CHILD_KILLED(signal), in_qemu, what                                   \
    }

static const struct expectation expectations[] = {
    KILLS(read_null, SIGSEGV, "read at 0"),
    KILLS(write_null, SIGSEGV, "write near 0"),
    KILLS(read_hole, SIGSEGV, "read where nothing is"),
    KILLS(read_kernel, SIGSEGV, "read in the kernel"),
    KILLS(write_kernel, SIGSEGV, "write in the kernel"),
    KILLS(read_end, SIGSEGV, "read at the end of user space"),
    KILLS(read_last, SIGSEGV, "read of the last byte of all"),
    KILLS(read_noncanonical, SIGSEGV, "read where no address can be"),
    KILLS(write_noncanonical, SIGSEGV, "write where no address can be"),
    KILLS(write_text, SIGSEGV, "write to text"),
    KILLS(write_rodata, SIGSEGV, "write to rodata"),
    KILLS(write_readonly, SIGSEGV, "write to a read-only page"),
    KILLS(read_none, SIGSEGV, "read of a page without access"),
    KILLS(read_past_break, SIGSEGV, "read behind the break"),
    KILLS(write_protected, SIGSEGV, "write to a page made read-only"),
    KILLS(read_unmapped, SIGSEGV, "read of a page that was unmapped"),
    KILLS(call_null, SIGSEGV, "call of 0"),
    KILLS(call_hole, SIGSEGV, "call where nothing is"),
    KILLS(call_kernel, SIGSEGV, "call into the kernel"),
    KILLS(call_noncanonical, SIGSEGV, "call where no address can be"),
    KILLS(call_rodata, SIGSEGV, "call of rodata"),
    KILLS(call_heap, SIGSEGV, "call of written memory"),
    KILLS(call_stack, SIGSEGV, "call of the stack"),
    LIVES(call_written, "call of written memory made executable works"),
    KILLS(undefined, SIGILL, "undefined instruction"),
    KILLS(divide, SIGFPE, "division by zero"),
    KILLS(divide_overflow, SIGFPE, "division that overflows"),
    KILLS(breakpoint, SIGTRAP, "int3"),
    KILLS(breakpoint_long, SIGTRAP, "int 3"),
    EITHER(icebp, SIGTRAP, CHILD_KILLED(SIGILL), "int1"),
    KILLS(int_4, SIGSEGV, "int 4"),
    KILLS(int_0, SIGSEGV, "int 0"),
    KILLS(int_2, SIGSEGV, "int 2"),
    KILLS(int_8, SIGSEGV, "int 8"),
    KILLS(int_13, SIGSEGV, "int 13"),
    KILLS(int_14, SIGSEGV, "int 14"),
    KILLS(int_32, SIGSEGV, "int 32"),
    KILLS(int_255, SIGSEGV, "int 255"),
    KILLS(halt, SIGSEGV, "hlt"),
    KILLS(cli, SIGSEGV, "cli"),
    KILLS(sti, SIGSEGV, "sti"),
    KILLS(in, SIGSEGV, "in"),
    KILLS(out, SIGSEGV, "out"),
    KILLS(read_cr0, SIGSEGV, "mov from cr0"),
    KILLS(write_cr3, SIGSEGV, "mov to cr3"),
    KILLS(write_dr7, SIGSEGV, "mov to dr7"),
    KILLS(rdmsr, SIGSEGV, "rdmsr"),
    KILLS(wrmsr, SIGSEGV, "wrmsr"),
    KILLS(lgdt, SIGSEGV, "lgdt"),
    KILLS(lidt, SIGSEGV, "lidt"),
    KILLS(ltr, SIGSEGV, "ltr"),
    KILLS(invlpg, SIGSEGV, "invlpg"),
    KILLS(swapgs, SIGSEGV, "swapgs"),
    KILLS(sysret, SIGSEGV, "sysret"),
    KILLS(clts, SIGSEGV, "clts"),
    KILLS(wbinvd, SIGSEGV, "wbinvd"),
    KILLS(bad_segment, SIGSEGV, "mov of a bad selector to ds"),
    KILLS(kernel_segment, SIGSEGV, "mov of the kernel's selector to ss"),
    EITHER(far_return, SIGSEGV, CHILD_KILLED(SIGKILL), "far return to a bad selector"),
    EITHER(far_return_kernel, SIGSEGV, CHILD_KILLED(SIGKILL),
           "far return to the kernel's selector"),
    EITHER(iret_kernel, SIGSEGV, CHILD_KILLED(SIGKILL), "iret to the kernel's selectors"),
    KILLS(misaligned_sse, SIGSEGV, "misaligned movaps"),
    KILLS(trace, SIGTRAP, "trap flag"),
    KILLS(trace_call, SIGTRAP, "trap flag at a system call"),
    EITHER(sse_divide, SIGFPE, CHILD_EXITED(0), "SSE division by zero, unmasked"),
    KILLS(x87_divide, SIGFPE, "x87 division by zero, unmasked"),
    EITHER(bad_mxcsr, SIGSEGV, CHILD_EXITED(0), "reserved bits of MXCSR"),
    KILLS(push_null, SIGSEGV, "push with a stack pointer of 0"),
    EITHER(push_noncanonical, SIGBUS, CHILD_KILLED(SIGSEGV), "push where no address can be"),
    KILLS(push_kernel, SIGSEGV, "push with a stack pointer in the kernel"),
    LIVES(call_without_stack, "a system call with a bad stack pointer"),
};

#define NR_EXPECTATIONS (sizeof(expectations) / sizeof(expectations[0]))

static void check(const struct expectation *expected)
{
    int status = child_run(expected->name) & ~0x80; /* whether a core was dumped does not matter */

    if (!ok(status == expected->status || status == expected->in_qemu, "%s", expected->what))
        diag("wait status 0x%x, want 0x%x", status, expected->status);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < NR_EXPECTATIONS; i++) {
        if (argc == 1)
            check(&expectations[i]);
        else if (strcmp(argv[1], expectations[i].name) == 0)
            return expectations[i].run(argv + 2);
    }
    return argc == 1 ? done_testing() : 99;
}
