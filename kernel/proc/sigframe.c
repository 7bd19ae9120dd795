/*
 * proc/sigframe.c - what a signal handler finds on its stack, and the way back
 *
 *        | interrupted program's stack, or the alternate one's end
 *        | red zone, 128 bytes (not on the alternate stack)
 *        | vector state with Linux's marks      64-byte aligned
 *        | struct rt_sigframe: siginfo, ucontext, return address     16-byte aligned, less 8
 *        v stack pointer of the handler, which returns to the action's restorer: rt_sigreturn(2)
 *
 * The program may write anything here before it returns. General registers are only values; of the
 * flags just those that a program could set itself are taken; selectors get ring 3 and IRET judges
 * them, as it does the new stack and instruction pointer (entry.asm makes its refusal the user's
 * fault); the vector state is loaded from a copy by instructions that may fault.
 *
 * Source  sigreturn(2), sigaltstack(2); <asm/sigcontext.h>, <asm/ucontext.h>; System V ABI x86-64
 *         3.2.2 (red zone)
 */
#include <asm/errno.h>
#include <asm/sigcontext.h>
#include <linux/signal.h>
/* After the types it takes for granted. */
#include <asm/ucontext.h>
#include <string.h>

#include "arch/cpu.h"
#include "arch/fpu.h"
#include "mm/usercopy.h"
#include "proc/process.h"

#define RED_ZONE 128

#define RESTORED_FLAGS                                                                             \
    (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_TF | RFLAGS_DF |           \
     RFLAGS_OF | RFLAGS_RF | RFLAGS_AC)

#define RING_3 3

struct rt_sigframe {
    vaddr_t restorer; /* where the handler returns to */
    struct ucontext context;
    struct signal_info info;
    uint8_t info_rest[sizeof(siginfo_t) - sizeof(struct signal_info)];
};
static_assert(sizeof(struct ucontext) == 304 && sizeof(struct rt_sigframe) == 440, "Linux's");
static_assert(sizeof(struct signal_stack) == sizeof(stack_t), "sigaltstack(2)");
static_assert(sizeof(struct _fpx_sw_bytes) == FPU_LEGACY_SIZE - FPU_SOFTWARE_OFFSET, "FXSAVE");

/* ---- the alternate stack ---- */

/* Whether sp, which points at what was pushed last, stands on the alternate stack. */
static bool stack_holds(const struct signal_stack *stack, vaddr_t sp)
{
    return sp > stack->start && sp - stack->start <= stack->len;
}

/* SS_ONSTACK, SS_DISABLE or 0. One that disarms itself is never in use. */
static uint32_t stack_state(const struct signal_stack *stack, vaddr_t sp)
{
    if (!stack->len)
        return SS_DISABLE;
    return !(stack->flags & SS_AUTODISARM) && stack_holds(stack, sp) ? SS_ONSTACK : 0;
}

void signal_get_stack(struct signal_stack *old, vaddr_t sp)
{
    const struct signal_stack *stack = &task_current()->signals.stack;

    *old = (struct signal_stack){.start = stack->start, .len = stack->len};
    old->flags = stack_state(stack, sp) | (stack->flags & SS_FLAG_BITS);
}

int signal_set_stack(const struct signal_stack *new, vaddr_t sp)
{
    struct signal_stack *stack = &task_current()->signals.stack;
    uint32_t mode = new->flags & ~SS_FLAG_BITS;

    if (stack_state(stack, sp) == SS_ONSTACK)
        return -EPERM;
    if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
        return -EINVAL;
    if (mode == SS_DISABLE) {
        *stack = (struct signal_stack){.flags = new->flags};
        return 0;
    }
    if (new->len < MINSIGSTKSZ)
        return -ENOMEM;
    *stack = (struct signal_stack){.start = new->start, .flags = new->flags, .len = new->len};
    return 0;
}

/* ---- vector state ---- */

/* Bytes in a frame: behind XSAVE's state stands a mark, so that one can see that it is whole. */
static size_t vector_size(void)
{
    return fpu_state_size() + (fpu_features() ? FP_XSTATE_MAGIC2_SIZE : 0);
}

/* The marks that make the extended state known to whoever knows FXSAVE's part only. */
static int put_marks(vaddr_t at, const void *state)
{
    const uint32_t end_mark = FP_XSTATE_MAGIC2;
    const struct _fpx_sw_bytes marks = {
        .magic1 = FP_XSTATE_MAGIC1,
        .extended_size = (uint32_t)vector_size(),
        .xfeatures = fpu_features(),
        .xstate_size = (uint32_t)fpu_state_size(),
    };
    uint64_t present;

    /* Legacy state is always said to be there: programs change it without knowing of the header. */
    memcpy(&present, (const char *)state + FPU_LEGACY_SIZE, sizeof(present));
    present |= FPU_LEGACY_FEATURES;
    if (copy_to_user(at + FPU_SOFTWARE_OFFSET, &marks, sizeof(marks)) < 0 ||
        copy_to_user(at + FPU_LEGACY_SIZE, &present, sizeof(present)) < 0)
        return -EFAULT;
    return copy_to_user(at + fpu_state_size(), &end_mark, sizeof(end_mark));
}

/* A switch to another thread meanwhile saves the same registers to the same place once more. */
static int put_vector_state(vaddr_t at)
{
    void *state = thread_current()->fpu;

    fpu_save(state);
    if (copy_to_user(at, state, fpu_state_size()) < 0)
        return -EFAULT;
    return fpu_features() ? put_marks(at, state) : 0;
}

/* Whether both marks are there; else the frame is taken for FXSAVE's alone. -EFAULT. */
static int find_marks(vaddr_t at, struct _fpx_sw_bytes *marks, bool *extended)
{
    uint32_t end_mark;

    *extended = false;
    if (copy_from_user(marks, at + FPU_SOFTWARE_OFFSET, sizeof(*marks)) < 0)
        return -EFAULT;
    if (marks->magic1 != FP_XSTATE_MAGIC1 ||
        marks->xstate_size < FPU_LEGACY_SIZE + FPU_HEADER_SIZE ||
        marks->xstate_size > fpu_state_size() || marks->xstate_size > marks->extended_size)
        return 0;
    if (copy_from_user(&end_mark, at + marks->xstate_size, sizeof(end_mark)) < 0)
        return -EFAULT;
    *extended = end_mark == FP_XSTATE_MAGIC2;
    return 0;
}

/* The processor wants XSAVE's state 64-byte aligned and FXSAVE's 16, and so did whoever wrote it. */
static int load_vector_state(vaddr_t at)
{
    uint8_t state[FPU_STATE_MAX] __attribute__((aligned(FPU_ALIGN)));
    struct _fpx_sw_bytes marks;
    bool extended = false;

    if (fpu_features() && find_marks(at, &marks, &extended) < 0)
        return -EFAULT;
    size_t len = extended ? marks.xstate_size : FPU_LEGACY_SIZE;
    if (at % (extended ? 64 : 16) || copy_from_user(state, at, len) < 0)
        return -EFAULT;
    memset(state + len, 0, sizeof(state) - len);
    bool loaded =
        extended ? fpu_try_restore(state, marks.xfeatures) : fpu_try_restore_legacy(state);
    return loaded ? 0 : -EFAULT;
}

/* Without a state in the frame, or with one that is refused, the registers start afresh. */
static int get_vector_state(vaddr_t at)
{
    int error = at ? load_vector_state(at) : 0;

    if (!at || error)
        fpu_clear();
    return error;
}

/* ---- frames ---- */

/*
 * Room for a frame. 0 if it does not fit on the alternate stack.
 *
 * *vector  is where the vector state goes
 */
static vaddr_t find_room(const struct trap_frame *frame, uint64_t flags, vaddr_t *vector)
{
    const struct signal_stack *stack = &task_current()->signals.stack;
    vaddr_t sp = frame->rsp - RED_ZONE;
    bool alternate = stack_state(stack, frame->rsp) == SS_ONSTACK;

    /* Linux asks for sp here: a program that has used up all but the red zone starts over there. */
    if (flags & SA_ONSTACK && stack_state(stack, frame->rsp) == 0) {
        sp = stack->start + stack->len;
        alternate = true;
    }
    *vector = align_down(sp - vector_size(), FPU_ALIGN);
    vaddr_t at = align_down(*vector - sizeof(struct rt_sigframe), 16) - 8;
    return alternate && !stack_holds(stack, at) ? 0 : at;
}

static void fill_context(struct ucontext *context, const struct trap_frame *f, vaddr_t vector,
                         uint64_t blocked)
{
    const struct task_signals *state = &task_current()->signals;

    context->uc_flags = UC_SIGCONTEXT_SS | (fpu_features() ? UC_FP_XSTATE : 0);
    context->uc_flags |= f->cs == USER_CS ? UC_STRICT_RESTORE_SS : 0;
    memcpy(&context->uc_stack, &state->stack, sizeof(context->uc_stack));
    context->uc_mcontext = (struct sigcontext){
        .r8 = f->r8,
        .r9 = f->r9,
        .r10 = f->r10,
        .r11 = f->r11,
        .r12 = f->r12,
        .r13 = f->r13,
        .r14 = f->r14,
        .r15 = f->r15,
        .rdi = f->rdi,
        .rsi = f->rsi,
        .rbp = f->rbp,
        .rbx = f->rbx,
        .rdx = f->rdx,
        .rax = f->rax,
        .rcx = f->rcx,
        .rsp = f->rsp,
        .rip = f->rip,
        .eflags = f->rflags,
        .cs = (uint16_t)f->cs,
        .ss = (uint16_t)f->ss,
        .err = state->cause.error,
        .trapno = state->cause.vector,
        .cr2 = state->cause.address,
        .oldmask = blocked,
        .fpstate = (struct _fpstate *)vector,
    };
    context->uc_sigmask = blocked;
}

int sigframe_build(struct trap_frame *frame, const struct signal_info *info,
                   const struct signal_action *action, uint64_t blocked)
{
    struct rt_sigframe new = {.restorer = action->restorer, .info = *info};
    vaddr_t vector, at = find_room(frame, action->flags, &vector);
    /* Without SA_SIGINFO nobody looks at the end of the frame. */
    size_t len = action->flags & SA_SIGINFO ? sizeof(new) : offsetof(struct rt_sigframe, info);

    if (!(action->flags & SA_RESTORER) || !at || put_vector_state(vector) < 0)
        return -EFAULT;
    fill_context(&new.context, frame, vector, blocked);
    if (copy_to_user(at, &new, len) < 0)
        return -EFAULT;
    fpu_clear();
    frame->rdi = (uint64_t)info->signo;
    frame->rsi = at + offsetof(struct rt_sigframe, info);
    frame->rdx = at + offsetof(struct rt_sigframe, context);
    frame->rax = 0;
    frame->rip = action->handler;
    frame->rsp = at;
    frame->cs = USER_CS;
    frame->ss = USER_DS;
    frame->rflags &= ~(RFLAGS_DF | RFLAGS_RF | RFLAGS_TF);
    frame->vector = TRAP_RESTORE;
    return 0;
}

static void get_registers(struct trap_frame *f, const struct sigcontext *from, uint64_t uc_flags)
{
    f->r8 = from->r8;
    f->r9 = from->r9;
    f->r10 = from->r10;
    f->r11 = from->r11;
    f->r12 = from->r12;
    f->r13 = from->r13;
    f->r14 = from->r14;
    f->r15 = from->r15;
    f->rdi = from->rdi;
    f->rsi = from->rsi;
    f->rbp = from->rbp;
    f->rbx = from->rbx;
    f->rdx = from->rdx;
    f->rax = from->rax;
    f->rcx = from->rcx;
    f->rsp = from->rsp;
    f->rip = from->rip;
    f->rflags = (f->rflags & ~RESTORED_FLAGS) | (from->eflags & RESTORED_FLAGS);
    f->cs = from->cs | RING_3;
    f->ss = from->ss | RING_3;
    /* Frames from before the kernel saved SS have anything there. */
    if (!(uc_flags & UC_STRICT_RESTORE_SS) && f->cs == USER_CS)
        f->ss = USER_DS;
    f->vector = TRAP_RESTORE;
}

int sigframe_restore(struct trap_frame *frame)
{
    /* The handler's return has taken the first word off. */
    vaddr_t at = frame->rsp - sizeof(vaddr_t) + offsetof(struct rt_sigframe, context);
    struct signal_stack stack;
    struct ucontext context;

    frame->vector = TRAP_RESTORE;
    if (copy_from_user(&context, at, sizeof(context)) < 0)
        return -EFAULT;
    signal_set_blocked(context.uc_sigmask);
    get_registers(frame, &context.uc_mcontext, context.uc_flags);
    if (get_vector_state((vaddr_t)context.uc_mcontext.fpstate) < 0)
        return -EFAULT;
    memcpy(&stack, &context.uc_stack, sizeof(stack));
    signal_set_stack(&stack, frame->rsp); /* one that is in use, or no good, is left out */
    return 0;
}
