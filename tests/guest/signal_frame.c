/*
 * tests/guest/signal_frame.c - the frame of a signal handler: every register in it, and back
 *
 * A stretch of assembly fills all registers, raises a signal by a system call or by an instruction
 * that is none, and stores the registers again. The handler sees the first, may change them in the
 * frame, and what it has written is what is stored then.
 *
 * Source  <asm/sigcontext.h>, <asm/ucontext.h>; System V ABI x86-64 3.2.2, 3.2.3
 */
#include <cpuid.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define CF     0x001UL
#define DF     0x400UL
#define MAGIC1 0x46505853U
#define MAGIC2 0x46505845U

/* As <asm/sigcontext.h> has it. */
struct sw_bytes {
    uint32_t magic1, extended_size;
    uint64_t xfeatures;
    uint32_t xstate_size, padding[7];
};

/* In the order in which pass() takes and stores them: rax, rcx and r11 belong to SYSCALL. */
enum { RBX, RDX, RBP, R8, R9, R10, R12, R13, R14, R15, NR_GENERAL };

static const int in_frame[NR_GENERAL] = {REG_RBX, REG_RDX, REG_RBP, REG_R8,  REG_R9,
                                         REG_R10, REG_R12, REG_R13, REG_R14, REG_R15};

struct registers {
    uint64_t general[NR_GENERAL];
    uint64_t red_zone;   /* the word below the stack pointer */
    uint64_t flags;      /* as stored after it */
    uint64_t ymm[16][4]; /* offset 96 */
    double x87;          /* 608 */
    uint32_t mxcsr;      /* 616 */
    uint16_t control;
};
_Static_assert(offsetof(struct registers, ymm) == 96, "the asm");
_Static_assert(offsetof(struct registers, x87) == 608, "the asm");
_Static_assert(offsetof(struct registers, mxcsr) == 616, "the asm");

#define EACH_REGISTER(of)                                                                          \
    of(0) of(1) of(2) of(3) of(4) of(5) of(6) of(7) of(8) of(9) of(10) of(11) of(12) of(13) of(14) \
        of(15)
#define LOAD_XMM(n)  "movups 96+" #n "*32(%rdi), %xmm" #n "\n\t"
#define STORE_XMM(n) "movups %xmm" #n ", 96+" #n "*32(%rdi)\n\t"
#define LOAD_YMM(n)  "vmovups 96+" #n "*32(%rdi), %ymm" #n "\n\t"
#define STORE_YMM(n) "vmovups %ymm" #n ", 96+" #n "*32(%rdi)\n\t"

/*
 * Load, raise a signal (kind 0: kill(pid, SIGUSR1) by a system call; 1: ud2), store. rdi is pid or
 * regs, rsi the signal.
 */
long pass_sse(struct registers *regs, long pid, long kind);
long pass_avx(struct registers *regs, long pid, long kind);
extern const char pass_sse_ud2[], pass_avx_ud2[];

#define PASS(name, load, store)                                                                    \
    ".globl " name "\n" name ":\n\t"                                                               \
    "push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15; push %rdi\n\t"              \
    "fninit\n\tfldcw 620(%rdi)\n\tfldl 608(%rdi)\n\tldmxcsr 616(%rdi)\n\t" load                    \
    "mov %rdx, %rcx\n\tmov %rdi, %rax\n\t"                                                         \
    "mov 80(%rax), %rbx\n\tmov %rbx, -8(%rsp)\n\t"                                                 \
    "mov 0(%rax), %rbx; mov 8(%rax), %rdx; mov 16(%rax), %rbp; mov 24(%rax), %r8\n\t"              \
    "mov 32(%rax), %r9; mov 40(%rax), %r10; mov 48(%rax), %r12; mov 56(%rax), %r13\n\t"            \
    "mov 64(%rax), %r14; mov 72(%rax), %r15\n\t"                                                   \
    "mov %rsi, %rdi\n\tmov $10, %esi\n\tmov $62, %eax\n\t"                                         \
    "test %rcx, %rcx\n\tstc\n\tjnz 1f\n\tsyscall\n\tjmp 2f\n"                                      \
    "1:\tmov 24(%rsp), %r11\n" name "_ud2:\n\tud2\n"                                               \
    "2:\tmov (%rsp), %rdi\n\tmov %rbx, 0(%rdi)\n\tmov -8(%rsp), %rbx\n\tmov %rbx, 80(%rdi)\n\t"    \
    "mov 0(%rsp), %rdi\n\t"                                                                        \
    "mov %rdx, 8(%rdi); mov %rbp, 16(%rdi); mov %r8, 24(%rdi); mov %r9, 32(%rdi)\n\t"              \
    "mov %r10, 40(%rdi); mov %r12, 48(%rdi); mov %r13, 56(%rdi); mov %r14, 64(%rdi)\n\t"           \
    "mov %r15, 72(%rdi)\n\t"                                                                       \
    "pushfq\n\tpop %rbx\n\tmov %rbx, 88(%rdi)\n\t" store                                           \
    "fstpl 608(%rdi)\n\tstmxcsr 616(%rdi)\n\tfnstcw 620(%rdi)\n\tcld\n\t"                          \
    "pop %rdi; pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n\tret\n"

__asm__(".text\n" PASS("pass_sse", EACH_REGISTER(LOAD_XMM), EACH_REGISTER(STORE_XMM))
            PASS("pass_avx", EACH_REGISTER(LOAD_YMM), EACH_REGISTER(STORE_YMM)));

static int avx, xsave;
static unsigned avx_offset;

static void find_features(void)
{
    unsigned a, b, c, d, low, high;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
        return;
    xsave = 1;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    avx = c & bit_AVX && (low & 6) == 6;
    __cpuid_count(0xd, 2, a, avx_offset, c, d);
}

static void pass(struct registers *regs, long kind)
{
    if (avx)
        pass_avx(regs, getpid(), kind);
    else
        pass_sse(regs, getpid(), kind);
}

static void fill(struct registers *regs, uint64_t seed)
{
    memset(regs, 0, sizeof(*regs));
    for (int i = 0; i < NR_GENERAL; i++)
        regs->general[i] = seed * 0x0123456789abcdef + (uint64_t)i;
    regs->red_zone = seed * 77;
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < (avx ? 4 : 2); j++)
            regs->ymm[i][j] = seed * 0x9e3779b97f4a7c15 + (uint64_t)(i * 4 + j);
    regs->x87 = (double)seed * 1.5;
    regs->mxcsr = 0x1f80 | 3U << 13;
    regs->control = 0x37f | 2 << 10;
}

/* ---- what the handler does ---- */

static struct registers seen; /* as the frame has them */
static volatile struct {
    unsigned long flags_inside, stack_alignment, below_red_zone, vector_alignment, uc_flags, link;
    unsigned long mask, trapno, error, frame_flags, cs, ss, rip, rax, rcx;
    uint32_t mxcsr_inside, magic1, magic2, sizes_fit, features;
    uint16_t control_inside;
    int header_legacy, stack_flags, on_top;
} facts;
static int change; /* write other values into the frame */
static int nr_calls;

static char *vector_of(ucontext_t *context)
{
    return (char *)context->uc_mcontext.fpregs;
}

static void read_vectors(ucontext_t *context)
{
    char *state = vector_of(context);

    for (int i = 0; i < 16; i++) {
        memcpy(seen.ymm[i], state + 160 + i * 16, 16);
        if (avx)
            memcpy(&seen.ymm[i][2], state + avx_offset + i * 16, 16);
    }
    memcpy(&seen.mxcsr, state + 24, 4);
    memcpy(&seen.control, state, 2);
}

static void write_vectors(ucontext_t *context, const struct registers *regs)
{
    char *state = vector_of(context);

    for (int i = 0; i < 16; i++) {
        memcpy(state + 160 + i * 16, regs->ymm[i], 16);
        if (avx)
            memcpy(state + avx_offset + i * 16, &regs->ymm[i][2], 16);
    }
    memcpy(state + 24, &regs->mxcsr, 4);
    memcpy(state, &regs->control, 2);
}

static void look_at_marks(const char *state)
{
    struct sw_bytes sw;
    uint64_t header;
    uint32_t magic2;

    memcpy(&sw, state + 464, sizeof(sw));
    facts.magic1 = sw.magic1;
    memcpy(&magic2, state + sw.xstate_size, 4);
    facts.magic2 = magic2;
    facts.sizes_fit = sw.extended_size == sw.xstate_size + 4;
    facts.features = sw.xfeatures & 3;
    memcpy(&header, state + 512, 8);
    facts.header_legacy = header & 3;
}

static void clobber(void)
{
    static const uint64_t ones[4] = {~0UL, ~0UL, ~0UL, ~0UL};
    const uint32_t mxcsr = 0x1f80 | 1U << 13;

#define CLOBBER_YMM(n) "vmovups (%0), %%ymm" #n "\n\t"
#define CLOBBER_XMM(n) "movups (%0), %%xmm" #n "\n\t"
    if (avx)
        __asm__ volatile(EACH_REGISTER(CLOBBER_YMM) : : "r"(ones) : "memory");
    else
        __asm__ volatile(EACH_REGISTER(CLOBBER_XMM) : : "r"(ones) : "memory");
    __asm__ volatile("ldmxcsr %0\n\tfninit\n\tfld1\n\tfld1\n\tfld1" : : "m"(mxcsr));
}

static void look(siginfo_t *info, ucontext_t *context, unsigned long sp)
{
    greg_t *gregs = context->uc_mcontext.gregs;
    unsigned long mask;

    for (int i = 0; i < NR_GENERAL; i++)
        seen.general[i] = (uint64_t)gregs[in_frame[i]];
    facts.stack_alignment = sp % 16;
    facts.on_top = (unsigned long)context == sp + 8 && (unsigned long)info == sp + 8 + 304;
    facts.below_red_zone =
        (unsigned long)vector_of(context) + 512 <= (unsigned long)gregs[REG_RSP] - 128;
    facts.vector_alignment = (unsigned long)vector_of(context) % 64;
    facts.uc_flags = context->uc_flags;
    facts.link = (unsigned long)context->uc_link;
    facts.stack_flags = context->uc_stack.ss_flags;
    memcpy(&mask, &context->uc_sigmask, 8);
    facts.mask = mask;
    facts.trapno = (unsigned long)gregs[REG_TRAPNO];
    facts.error = (unsigned long)gregs[REG_ERR];
    facts.frame_flags = (unsigned long)gregs[REG_EFL];
    facts.cs = (unsigned long)gregs[REG_CSGSFS] & 0xffff;
    facts.ss = (unsigned long)gregs[REG_CSGSFS] >> 48;
    facts.rip = (unsigned long)gregs[REG_RIP];
    facts.rax = (unsigned long)gregs[REG_RAX];
    facts.rcx = (unsigned long)gregs[REG_RCX];
}

/* sp: the stack pointer at the handler's first instruction. */
void handle(int signal, siginfo_t *info, ucontext_t *context, unsigned long sp,
            unsigned long flags);
__attribute__((used)) void handle(int signal, siginfo_t *info, ucontext_t *context,
                                  unsigned long sp, unsigned long flags)
{
    greg_t *gregs = context->uc_mcontext.gregs;
    uint32_t mxcsr;
    uint16_t control;

    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control));
    nr_calls++;
    facts.mxcsr_inside = mxcsr;
    facts.control_inside = control;
    facts.flags_inside = flags;
    look(info, context, sp);
    read_vectors(context);
    if (xsave)
        look_at_marks(vector_of(context));
    if (signal == SIGILL)
        gregs[REG_RIP] += 2; /* over ud2 */
    if (change) {
        struct registers other;
        fill(&other, 99);
        for (int i = 0; i < NR_GENERAL; i++)
            gregs[in_frame[i]] = (greg_t)other.general[i];
        gregs[REG_EFL] |= (greg_t)DF;
        gregs[REG_EFL] &= ~(greg_t)CF;
        other.mxcsr = 0x1f80 | 2U << 13;
        other.control = 0x37f | 1 << 10;
        write_vectors(context, &other);
    }
    clobber();
}

void enter(int signal, siginfo_t *info, void *context);
__asm__(".text\nenter:\n\tmov %rsp, %rcx\n\tpushfq\n\tpop %r8\n\tjmp handle\n");

static void catch (int signal)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};

    action.sa_sigaction = enter;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

/* ---- checks ---- */

static void compare(const struct registers *a, const struct registers *b, const char *what)
{
    int general = 0, vectors = 0;

    for (int i = 0; i < NR_GENERAL; i++)
        general += a->general[i] != b->general[i];
    for (int i = 0; i < 16; i++)
        vectors += memcmp(a->ymm[i], b->ymm[i], sizeof(a->ymm[i])) != 0;
    is_long(general, 0, "%s: general registers", what);
    is_long(vectors, 0, "%s: vector registers", what);
    is_long(a->mxcsr, b->mxcsr, "%s: mxcsr", what);
    is_long(a->control, b->control, "%s: x87 control word", what);
}

static void check_frame(long kind, const char *what)
{
    struct registers before, after;

    fill(&before, (uint64_t)kind + 5);
    after = before;
    change = nr_calls = 0;
    memset(&seen, 0, sizeof(seen));
    pass(&after, kind);
    diag("%s", what);
    is_long(nr_calls, 1, "the handler has run");
    compare(&seen, &before, "in the frame");
    compare(&after, &before, "after the handler");
    ok(after.x87 == before.x87, "after the handler: x87 stack");
    is_long(after.red_zone, (long)before.red_zone, "the red zone is left alone");
    is_long(facts.stack_alignment, 8, "the stack is aligned as a call leaves it");
    ok(facts.on_top, "the frame begins at the stack pointer");
    ok(facts.below_red_zone, "... and lies below the red zone");
    is_long(facts.vector_alignment, 0, "the vector state is 64-byte aligned");
    is_long(facts.mxcsr_inside, 0x1f80, "a handler starts with mxcsr as a program does");
    is_long(facts.control_inside, 0x37f, "... and the x87 control word");
    is_long(facts.flags_inside & DF, 0, "... and DF clear");
    is_long(facts.uc_flags, xsave ? 7 : 6, "uc_flags");
    is_long(facts.link, 0, "uc_link");
    is_long(facts.stack_flags, SS_DISABLE, "uc_stack: none");
    is_long(facts.mask, 0, "uc_sigmask");
    is_long(facts.cs, 0x33, "cs");
    is_long(facts.ss, 0x2b, "ss");
    is_long(facts.frame_flags & CF, CF, "the carry flag that was set");
    if (!xsave) {
        skip(4, "no XSAVE");
        return;
    }
    is_long(facts.magic1, MAGIC1, "the first mark of extended state");
    is_long(facts.magic2, MAGIC2, "the second, at its end");
    ok(facts.sizes_fit, "its sizes");
    is_long(facts.features & (unsigned)facts.header_legacy, 3, "x87 and SSE are said to be there");
}

static void check_call(void)
{
    catch (SIGUSR1);
    check_frame(0, "by kill");
    is_long(facts.rax, 0, "rax is the result of kill");
    is_long(facts.rcx, (long)facts.rip, "rcx is what SYSCALL left there");
}

static void check_exception(void)
{
    catch (SIGILL);
    check_frame(1, "by ud2");
    is_long(facts.trapno, 6, "the number of the exception");
    is_long(facts.error, 0, "its error code");
    ok(facts.rip == (unsigned long)(avx ? pass_avx_ud2 : pass_sse_ud2),
       "rip is at the instruction");
}

static void check_change(long kind, const char *what)
{
    struct registers after, want;

    fill(&after, 3);
    fill(&want, 99);
    want.mxcsr = 0x1f80 | 2U << 13;
    want.control = 0x37f | 1 << 10;
    change = 1;
    pass(&after, kind);
    compare(&after, &want, what);
    is_long(after.flags & (CF | DF), DF, "%s: flags", what);
}

int main(void)
{
    find_features();
    check_call();
    check_exception();
    check_change(0, "changed in the frame of a call");
    check_change(1, "changed in the frame of an exception");
    return done_testing();
}
