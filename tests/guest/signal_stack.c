/*
 * tests/guest/signal_stack.c - the alternate signal stack
 *
 * Source  sigaltstack(2)
 */
#include <setjmp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define STACK_LEN 65536

static char memory[STACK_LEN] __attribute__((aligned(16)));
static char other[STACK_LEN];
static volatile struct {
    int nr, flags_inside, flags_frame;
    long set_inside, set_bad_inside;
    unsigned long at, frame_sp, frame_size;
} seen;
static sigjmp_buf out;

static int is_inside(unsigned long address, const char *stack)
{
    return address - (unsigned long)stack < STACK_LEN;
}

static long set(const void *start, size_t len, int flags)
{
    stack_t stack = {.ss_sp = (void *)(uintptr_t)start, .ss_flags = flags, .ss_size = len};

    return raw(SYS_sigaltstack, &stack, 0);
}

static stack_t get(void)
{
    stack_t stack;

    raw(SYS_sigaltstack, 0, &stack);
    return stack;
}

static void handle(int signal, siginfo_t *info, void *arg)
{
    const ucontext_t *context = arg;
    volatile char here = 0;

    (void)signal, (void)info;
    seen.nr++;
    seen.at = (unsigned long)&here;
    seen.flags_inside = get().ss_flags;
    seen.frame_sp = (unsigned long)context->uc_stack.ss_sp;
    seen.frame_size = context->uc_stack.ss_size;
    seen.flags_frame = context->uc_stack.ss_flags;
    seen.set_bad_inside = set(other, STACK_LEN, 5);
    seen.set_inside = set(other, STACK_LEN, 0);
}

static void overflowed(int signal, siginfo_t *info, void *arg)
{
    volatile char here = 0;

    (void)signal, (void)info, (void)arg;
    seen.nr++;
    seen.at = (unsigned long)&here;
    siglongjmp(out, 1);
}

static void catch (int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | flags};

    action.sa_sigaction = handler;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
    seen.nr = seen.flags_inside = seen.flags_frame = 0;
    seen.set_inside = seen.set_bad_inside = 0;
}

static void check_call(void)
{
    stack_t stack = get();

    is_long(stack.ss_flags, SS_DISABLE, "a program starts without an alternate stack");
    is_long((long)stack.ss_sp, 0, "... at 0");
    is_long((long)stack.ss_size, 0, "... of 0 bytes");
    is_long(set(memory, 2047, 0), -ENOMEM, "one of 2047 bytes is too small");
    is_long(set(memory, 0, 0), -ENOMEM, "... of none");
    is_long(set(memory, STACK_LEN, 4), -EINVAL, "flags that do not exist");
    is_long(set(memory, STACK_LEN, SS_ONSTACK | SS_DISABLE), -EINVAL, "both flags");
    is_long(raw(SYS_sigaltstack, 8, 0), -EFAULT, "a bad new pointer");
    is_long(raw(SYS_sigaltstack, 0, 8), -EFAULT, "a bad old pointer");
    is_long(raw(SYS_sigaltstack, 0, 0), 0, "neither");
    is_long(set(memory, 2048, 0), 0, "2048 bytes are enough");
    is_long((long)get().ss_size, 2048, "... and told");
    is_long(set(memory, STACK_LEN, SS_ONSTACK), 0, "SS_ONSTACK is taken");
    is_long(get().ss_flags, 0, "... for 0 while no handler runs on it");
    ok(get().ss_sp == memory, "its address is told");
    is_long(set((char *)-PAGE, STACK_LEN, 0), 0, "where it is, nobody looks");
    is_long(set(NULL, 0, SS_DISABLE), 0, "it is given up");
    is_long(get().ss_flags, SS_DISABLE, "... and gone");
}

static void check_use(void)
{
    set(memory, STACK_LEN, 0);
    catch (SIGUSR1, handle, SA_ONSTACK);
    kill(getpid(), SIGUSR1);
    is_long(seen.nr, 1, "a handler with SA_ONSTACK");
    ok(is_inside(seen.at, memory), "... runs on the alternate stack");
    is_long(seen.flags_inside, SS_ONSTACK, "... which is then in use");
    is_long(seen.set_inside, -EPERM, "... and cannot be changed");
    is_long(seen.set_bad_inside, -EPERM, "... not even badly");
    ok(seen.frame_sp == (unsigned long)memory && seen.frame_size == STACK_LEN &&
           seen.flags_frame == 0,
       "... its frame tells of it");
    is_long(get().ss_flags, 0, "not in use after it");
    catch (SIGUSR1, handle, 0);
    kill(getpid(), SIGUSR1);
    ok(!is_inside(seen.at, memory), "without SA_ONSTACK it is not used");
    is_long(seen.flags_inside, 0, "... and not in use");
    is_long(seen.set_inside, 0, "... and can be changed in the handler");
    ok(get().ss_sp == memory, "... but the frame brings the old one back");
}

static void nested(int signal, siginfo_t *info, void *arg)
{
    volatile char here = 0;
    unsigned long outer = seen.at;

    (void)info, (void)arg;
    seen.nr++;
    seen.at = (unsigned long)&here;
    if (signal == SIGUSR1)
        kill(getpid(), SIGUSR2);
    else
        seen.set_inside = seen.at < outer && is_inside(seen.at, memory);
}

static void check_nested(void)
{
    set(memory, STACK_LEN, 0);
    catch (SIGUSR1, nested, SA_ONSTACK);
    catch (SIGUSR2, nested, SA_ONSTACK);
    kill(getpid(), SIGUSR1);
    is_long(seen.nr, 2, "a handler inside a handler");
    ok(seen.set_inside, "... goes on below on the same stack");
}

static void check_autodisarm(void)
{
    is_long(set(memory, STACK_LEN, (int)SS_AUTODISARM), 0, "SS_AUTODISARM");
    is_long(get().ss_flags, (int)SS_AUTODISARM, "... is told");
    catch (SIGUSR1, handle, SA_ONSTACK);
    kill(getpid(), SIGUSR1);
    ok(is_inside(seen.at, memory), "a handler runs on that stack");
    is_long(seen.flags_inside, SS_DISABLE, "... which it finds disarmed");
    is_long(seen.flags_frame, (int)SS_AUTODISARM, "... but in its frame");
    is_long(seen.set_inside, 0, "... and may set another");
    ok(get().ss_sp == memory, "after it the stack is back");
    is_long(get().ss_flags, (int)SS_AUTODISARM, "... armed");
    set(NULL, 0, SS_DISABLE);
}

/* ---- running out of stack ---- */

static volatile int forever = 1;

static int use_stack(int depth)
{
    volatile char room[4000];

    room[0] = (char)depth;
    return forever ? use_stack(depth + 1) + room[0] : 0;
}

static void check_overflow(void)
{
    set(memory, STACK_LEN, 0);
    for (volatile int i = 0; i < 3; i++) {
        catch (SIGSEGV, overflowed, SA_ONSTACK);
        if (!sigsetjmp(out, 1))
            use_stack(0);
        is_long(seen.nr, 1, "a stack overflow is caught, time %d", i + 1);
        ok(is_inside(seen.at, memory), "... on the alternate stack");
        is_long(get().ss_flags, 0, "... which is free again after siglongjmp");
    }
    signal(SIGSEGV, SIG_DFL);
}

static int overflow_without(char **args)
{
    (void)args;
    catch (SIGSEGV, overflowed, 0);
    if (!sigsetjmp(out, 1))
        use_stack(0);
    return 1;
}

static int overflow_disabled(char **args)
{
    (void)args;
    catch (SIGSEGV, overflowed, SA_ONSTACK);
    if (!sigsetjmp(out, 1))
        use_stack(0);
    return 1;
}

/* An alternate stack that is not there. */
static int bad_stack(char **args)
{
    (void)args;
    set((char *)0x10000, STACK_LEN, 0);
    catch (SIGUSR1, handle, SA_ONSTACK);
    kill(getpid(), SIGUSR1);
    return 1;
}

/* Handlers that nest until the alternate stack is used up. */
static void again(int signal, siginfo_t *info, void *arg)
{
    (void)info, (void)arg;
    kill(getpid(), signal);
}

static int nest_for_ever(char **args)
{
    (void)args;
    set(memory, STACK_LEN, 0);
    catch (SIGUSR1, again, SA_ONSTACK | SA_NODEFER);
    kill(getpid(), SIGUSR1);
    return 1;
}

/* What is below the stack is not written: SIGSEGV finds the alternate stack full. */
static int nest_and_look(char **args)
{
    (void)args;
    catch (SIGSEGV, overflowed, 0);
    set(memory + STACK_LEN / 2, STACK_LEN / 2, 0);
    memset(memory, 0x55, STACK_LEN / 2);
    catch (SIGUSR1, again, SA_ONSTACK | SA_NODEFER);
    if (!sigsetjmp(out, 1))
        kill(getpid(), SIGUSR1);
    for (int i = 0; i < STACK_LEN / 2 - 4096; i++)
        if (memory[i] != 0x55)
            return 2;
    return 3;
}

static int after_exec(char **args)
{
    (void)args;
    return get().ss_flags == SS_DISABLE && get().ss_size == 0 ? 5 : 6;
}

static const struct child children[] = {
    {"without", overflow_without},
    {"disabled", overflow_disabled},
    {"bad-stack", bad_stack},
    {"nest", nest_for_ever},
    {"look", nest_and_look},
    {"after-exec", after_exec},
    {NULL, NULL},
};

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    check_call();
    check_use();
    check_nested();
    check_autodisarm();
    check_overflow();
    is_long(child_run("without"), CHILD_KILLED(SIGSEGV), "overflow with a handler on that stack");
    is_long(child_run("disabled"), CHILD_KILLED(SIGSEGV), "... with no alternate stack");
    is_long(child_run("bad-stack"), CHILD_KILLED(SIGSEGV), "an alternate stack that is not there");
    is_long(child_run("nest"), CHILD_KILLED(SIGSEGV), "handlers that fill the alternate stack");
    is_long(child_run("look"), CHILD_KILLED(SIGSEGV), "... whose SIGSEGV finds no room either");
    is_long(child_run("after-exec"), CHILD_EXITED(5), "execve takes the alternate stack away");
    return done_testing();
}
