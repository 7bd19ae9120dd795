/*
 * tests/guest/gate.c - the way into the kernel and back: registers and flags that a user can set
 *
 * A system call changes rax, rcx and r11 and nothing else (System V ABI, AMD64 supplement, A.2.1);
 * the kernel runs with flags of its own whatever the user's are, and gives the user's back.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define DF (1UL << 10)
#define NT (1UL << 14)
#define AC (1UL << 18)
#define ID (1UL << 21)

/* In the order in which exercise() stores them. */
enum { RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11, R12, R13, R14, R15, NR_REGISTERS };

static const char *const names[] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8",
                                    "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

/*
 * Load all registers from regs, do a system call (or, if touch is given, read a byte there), store
 * them. The red zone below the stack pointer must not be used: hence the function and not an inline
 * asm.
 */
long exercise_call(unsigned long *regs);
long exercise_touch(unsigned long *regs);

__asm__(".macro exercise name, instruction\n"
        "\t.globl \\name\n"
        "\\name:\n"
        "\tpush %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15; push %rdi\n"
        "\tmov 0(%rdi), %rax; mov 8(%rdi), %rbx; mov 16(%rdi), %rcx; mov 24(%rdi), %rdx\n"
        "\tmov 32(%rdi), %rsi; mov 48(%rdi), %rbp; mov 56(%rdi), %r8; mov 64(%rdi), %r9\n"
        "\tmov 72(%rdi), %r10; mov 80(%rdi), %r11; mov 88(%rdi), %r12; mov 96(%rdi), %r13\n"
        "\tmov 104(%rdi), %r14; mov 112(%rdi), %r15; mov 40(%rdi), %rdi\n"
        "\t\\instruction\n"
        "\txchg %rdi, (%rsp)\n"
        "\tmov %rax, 0(%rdi); mov %rbx, 8(%rdi); mov %rcx, 16(%rdi); mov %rdx, 24(%rdi)\n"
        "\tmov %rsi, 32(%rdi); mov %rbp, 48(%rdi); mov %r8, 56(%rdi); mov %r9, 64(%rdi)\n"
        "\tmov %r10, 72(%rdi); mov %r11, 80(%rdi); mov %r12, 88(%rdi); mov %r13, 96(%rdi)\n"
        "\tmov %r14, 104(%rdi); mov %r15, 112(%rdi)\n"
        "\tpop %rax\n"
        "\tmov %rax, 40(%rdi)\n"
        "\tpop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "\tret\n"
        ".endm\n"
        ".text\n"
        "exercise exercise_call, syscall\n"
        "exercise exercise_touch, \"movb (%rdi), %al\"\n");

static void fill(unsigned long *regs)
{
    for (int i = 0; i < NR_REGISTERS; i++)
        regs[i] = 0x123456789abcdef0 ^ 0x0101010101010101 * (unsigned long)i;
}

static void check_call_registers(void)
{
    unsigned long before[NR_REGISTERS], after[NR_REGISTERS];

    fill(before);
    before[RAX] = SYS_getpid;
    memcpy(after, before, sizeof(after));
    exercise_call(after);
    is_long(after[RAX], getpid(), "a system call's result");
    for (int i = RBX; i < NR_REGISTERS; i++)
        if (i != RCX && i != R11)
            is_long(after[i], (long)before[i], "a system call keeps %s", names[i]);
    ok(after[RCX] > 0x400000 && after[RCX] < (unsigned long)&check_call_registers + (1UL << 20),
       "rcx is where it returns to");
    is_long(after[R11] & 0x202, 0x202, "r11 is the flags");

    fill(after);
    after[RAX] = 0x7fffffff;
    exercise_call(after);
    is_long(after[RAX], -ENOSYS, "a call that does not exist");
    is_long(after[RDX] + after[R9], (long)(before[RDX] + before[R9]),
            "... keeps registers as well");
}

static void check_fault_registers(void)
{
    unsigned long before[NR_REGISTERS], after[NR_REGISTERS];
    char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int wrong = 0;

    fill(before);
    before[RDI] = (unsigned long)p;
    memcpy(after, before, sizeof(after));
    exercise_touch(after);
    before[RAX] &= ~0xffUL;
    for (int i = 0; i < NR_REGISTERS; i++)
        wrong += after[i] != before[i];
    is_long(wrong, 0, "a page fault keeps all registers");
    munmap(p, PAGE);
}

/* An interrupt comes at any instruction: spin with known registers and see whether one ever
 * changes. */
static void check_interrupt_registers(void)
{
    unsigned long wrong;

    __asm__ volatile(
        "mov $0x1111111111111111, %%rax\n\tmov $0x2222222222222222, %%rbx\n\t"
        "mov $0x3333333333333333, %%rdx\n\tmov $0x4444444444444444, %%rsi\n\t"
        "mov $0x5555555555555555, %%rdi\n\tmov $0x6666666666666666, %%r8\n\t"
        "mov $0x7777777777777777, %%r9\n\tmov $0x8888888888888888, %%r10\n\t"
        "mov $0x9999999999999999, %%r11\n\tmov $0xaaaaaaaaaaaaaaaa, %%r12\n\t"
        "mov $0xbbbbbbbbbbbbbbbb, %%r13\n\tmov $0xcccccccccccccccc, %%r14\n\t"
        "mov $0xdddddddddddddddd, %%r15\n\tmov $30000000, %%ecx\n"
        "1:\tdec %%ecx\n\tjnz 1b\n\t"
        "xor %%rbx, %%rax\n\txor %%rdx, %%rax\n\txor %%rsi, %%rax\n\txor %%rdi, %%rax\n\t"
        "xor %%r8, %%rax\n\txor %%r9, %%rax\n\txor %%r10, %%rax\n\txor %%r11, %%rax\n\t"
        "xor %%r12, %%rax\n\txor %%r13, %%rax\n\txor %%r14, %%rax\n\txor %%r15, %%rax\n"
        : "=a"(wrong)
        :
        : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
          "cc");
    /* 1^2^...^d, digit by digit */
    is_long(wrong, 0x1111111111111111, "interrupts keep all registers");
}

/* Do a system call with the flags set; returns the flags after it. */
static unsigned long flags_after_call(unsigned long set, long nr, const volatile void *arg,
                                      long *result)
{
    unsigned long flags;
    long value;

    __asm__ volatile("pushfq\n\torq %3, (%%rsp)\n\tpopfq\n\t"
                     "syscall\n\t"
                     "pushfq\n\tpopq %1\n\t"
                     "pushfq\n\tandq %4, (%%rsp)\n\tpopfq"
                     : "=a"(value), "=&r"(flags)
                     : "0"(nr), "r"(set), "r"(~set), "D"(arg), "S"(0)
                     : "rcx", "r11", "memory", "cc");
    *result = value;
    return flags;
}

/* Touch a fresh page with the flags set; returns the flags after it. */
static unsigned long flags_after_fault(unsigned long set)
{
    char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned long flags;

    __asm__ volatile("pushfq\n\torq %1, (%%rsp)\n\tpopfq\n\t"
                     "movb $1, (%3)\n\t"
                     "pushfq\n\tpopq %0\n\t"
                     "pushfq\n\tandq %2, (%%rsp)\n\tpopfq"
                     : "=&r"(flags)
                     : "r"(set), "r"(~set), "r"(p)
                     : "memory", "cc");
    munmap(p, PAGE);
    return flags;
}

static void check_flags(void)
{
    static const struct {
        unsigned long flag;
        const char *name;
    } flags[] = {{DF, "direction"},
                 {NT, "nested task"},
                 {AC, "alignment check"},
                 {ID, "cpuid"},
                 {DF | NT | AC, "three flags"}};
    long result;

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        unsigned long flag = flags[i].flag;

        is_long(flags_after_call(flag, SYS_getpid, NULL, &result) & flag, (long)flag,
                "%s: set after a system call", flags[i].name);
        is_long(result, getpid(), "... which works");
        is_long(flags_after_call(flag, SYS_open, "/nowhere", &result) & flag, (long)flag,
                "%s: set after a call that reads user memory", flags[i].name);
        is_long(result, -ENOENT, "... which works");
        flags_after_call(flag, SYS_open, (void *)8, &result);
        is_long(result, -EFAULT, "... and with a bad pointer");
        is_long(flags_after_fault(flag) & flag, (long)flag, "%s: set after a page fault",
                flags[i].name);
    }
}

/* Calls that copy much, with the direction flag set: the kernel must copy forwards. */
static void check_direction(void)
{
    static char name[400];
    char *bytes = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long result;

    flags_after_call(DF, SYS_uname, name, &result);
    is_long(result, 0, "uname with the direction flag set");
    ok(name[0] != 0, "... stores at the right place");
    is_str(name + 65 * 4, "x86_64", "... to the end");
    bytes[0] = bytes[4 * PAGE - 1] = 7;
    is_long(bytes[0] + bytes[PAGE] + bytes[4 * PAGE - 1], 14,
            "neighbours of the stored bytes are as before");
    munmap(bytes, 4 * PAGE);
}

static void check_numbers(void)
{
    is_long(raw(-1), -ENOSYS, "call -1");
    is_long(raw(100000), -ENOSYS, "call 100000");
    is_long(raw(0x80000000), -ENOSYS, "call 2^31");
    is_long(raw(0x100000000 + SYS_getpid), getpid(), "only 32 bits of the number count");
    is_long(raw(SYS_close, 0x100000000 + 999), -EBADF, "only 32 bits of a descriptor count");
    is_long(raw(SYS_arch_prctl, 0x1002, 0x0000800000000000), -EPERM, "fs where no address can be");
    is_long(raw(SYS_arch_prctl, 0x1002, 0xffff800000000000), -EPERM, "fs in the kernel");
    is_long(raw(SYS_arch_prctl, 0x1001, 0xffff800000000000), -EPERM, "gs in the kernel");
    is_long(raw(SYS_arch_prctl, 0x1003, 8), -EFAULT, "the place of fs to a bad pointer");
    is_long(raw(SYS_arch_prctl, 0x9999, 8), -EINVAL, "an unknown code");
}

static void check_segments(void)
{
    unsigned long fs = 0, gs = 1, word = 4711, seen;

    is_long(raw(SYS_arch_prctl, 0x1003, &fs), 0, "fs can be asked for");
    ok(fs > 0x10000, "... and is thread-local storage's");
    is_long(raw(SYS_arch_prctl, 0x1001, &word), 0, "gs can be set");
    is_long(raw(SYS_arch_prctl, 0x1004, &gs), 0, "... asked for");
    is_ptr(gs, &word, "... and is what was set");
    raw(SYS_getpid);
    __asm__ volatile("movq %%gs:0, %0" : "=r"(seen));
    is_long(seen, 4711, "... and used, also after system calls");
    raw(SYS_arch_prctl, 0x1001, 0);
    raw(SYS_arch_prctl, 0x1004, &gs);
    is_long(gs, 0, "gs is reset");
}

int main(void)
{
    check_call_registers();
    check_fault_registers();
    check_interrupt_registers();
    check_flags();
    check_direction();
    check_numbers();
    check_segments();
    return done_testing();
}
