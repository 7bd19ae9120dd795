/* mem: 128M */
/*
 * tests/guest/stack_limits.c - RLIMIT_STACK while a program runs and for the next one, and what
 * else stops a stack from growing; a handler on a stack of its own survives its end
 *
 * stack_growth.c has the default limit and the guard gap.
 */
#include <sys/resource.h>

#include "child.h"
#include "memory.h"

#define MIB (1UL << 20)

/* Above the last variable lie only the path of the program and 8 bytes. */
static uintptr_t stack_end(void)
{
    return (getauxval(AT_EXECFN) + PAGE) & ~(PAGE - 1);
}

static const char *touch_below(unsigned long below)
{
    return touch(launder(stack_end() - below), PROT_WRITE);
}

static int grows(unsigned long below)
{
    return strcmp(touch_below(below), "ok") == 0;
}

static void set_soft(int resource, unsigned long soft)
{
    struct rlimit limit;

    getrlimit(resource, &limit);
    limit.rlim_cur = soft;
    if (setrlimit(resource, &limit) != 0)
        bail_out("setrlimit: %s", strerror(errno));
}

static int to_limit(unsigned long limit)
{
    set_soft(RLIMIT_STACK, limit);
    return grows(limit + PAGE) * 1 + !grows(limit) * 2 + grows(limit + 1) * 4;
}

static int lowered_below(void)
{
    if (!grows(4 * MIB))
        return 1;
    set_soft(RLIMIT_STACK, MIB);
    return !grows(2 * MIB) * 2 + grows(4 * MIB + 8 * PAGE) * 4;
}

static int raised(void)
{
    set_soft(RLIMIT_STACK, MIB);
    if (grows(2 * MIB))
        return 1;
    set_soft(RLIMIT_STACK, 16 * MIB);
    return !grows(2 * MIB) * 2 + !grows(16 * MIB) * 4 + grows(16 * MIB + 1) * 8;
}

static int address_space(void)
{
    long kb = proc_number("/proc/self/status", "VmSize:");

    set_soft(RLIMIT_AS, (unsigned long)kb * 1024 + 100 * PAGE);
    return grows(2 * MIB) + !grows(300 * PAGE - 200 * PAGE) * 2;
}

/* RLIMIT_DATA does not count the stack. */
static int data(void)
{
    set_soft(RLIMIT_DATA, 0);
    return !grows(4 * MIB);
}

/* Locked memory: the stack grows, within RLIMIT_MEMLOCK; only what is touched becomes resident. */
static int locked(void)
{
    uintptr_t place = stack_end() - MIB;

    if (raw(SYS_mlockall, MCL_CURRENT | MCL_FUTURE) != 0)
        return 1;
    if (!grows(MIB))
        return 2;
    return strcmp(resident((char *)launder(place), 3), "x..") != 0 ? 3 : 0;
}

static int locked_limit(void)
{
    if (raw(SYS_mlockall, MCL_CURRENT) != 0)
        return 1;
    set_soft(RLIMIT_MEMLOCK, (unsigned long)locked_kb() * 1024 + 64 * PAGE);
    if (raw(SYS_setuid, 1000) != 0)
        return 2;
    return grows(2 * MIB) ? 3 : 0;
}

/* A part of the stack with other rights: below it the stack does not grow through it. */
static int protected_part(void)
{
    if (!grows(MIB))
        return 1;
    if (raw(SYS_mprotect, stack_end() - MIB, 64 * PAGE, PROT_READ) != 0)
        return 2;
    return strcmp(touch_below(MIB - PAGE), "SIGSEGV ACCERR") != 0 ? 3
           : strcmp(touch_below(2 * MIB), "SIGSEGV ACCERR") != 0  ? 4
                                                                  : 0;
}

static int unmapped_part(void)
{
    if (!grows(2 * MIB))
        return 1;
    if (raw(SYS_munmap, stack_end() - 2 * MIB, MIB) != 0)
        return 2;
    return !grows(MIB + PAGE) * 4 + !grows(3 * MIB) * 8;
}

/* ---- the end of the stack, seen from a handler --------------------------------------------- */

static char other_stack[16 * 4096] __attribute__((aligned(4096)));
static sigjmp_buf escape;
static volatile uintptr_t seen;
static volatile int seen_code;

static void on_overflow(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    seen = (uintptr_t)info->si_addr;
    seen_code = info->si_code;
    siglongjmp(escape, 1);
}

static int recurse(int depth)
{
    volatile char frame[1024];

    frame[0] = (char)depth;
    return ((int (*)(int))launder((uintptr_t)recurse))(depth + 1) + frame[0];
}

static int overflow(void)
{
    stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof(other_stack)};
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_sigaction = on_overflow;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaltstack(&stack, NULL);
    sigaction(SIGSEGV, &action, NULL);
    for (int i = 0; i < 3; i++) {
        if (!sigsetjmp(escape, 1))
            recurse(0);
        if (seen_code != SEGV_MAPERR || seen > stack_end() - 8 * MIB ||
            seen < stack_end() - 8 * MIB - 2 * PAGE)
            return 1 + i;
    }
    return 0;
}

static int overflow_without_stack(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_sigaction = on_overflow;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, NULL);
    return recurse(0);
}

/* ---- the next program's stack --------------------------------------------------------------- */

static int exec_large(char **args)
{
    uintptr_t place = (uintptr_t)map_any(1, RW, ANON);

    (void)args;
    return !grows(20 * MIB) + grows(32 * MIB + 1) * 2 + (place > stack_end() - 128 * MIB) * 4;
}

static int exec_huge(char **args)
{
    (void)args;
    return (uintptr_t)map_any(1, RW, ANON) > stack_end() - 512 * MIB;
}

static int exec_small(char **args)
{
    (void)args;
    return grows(MIB + 1) + !grows(MIB) * 2;
}

static const struct child children[] = {
    {"large", exec_large}, {"huge", exec_huge}, {"small", exec_small}, {NULL, NULL}};

static int exec_with(unsigned long limit, const char *name)
{
    set_soft(RLIMIT_STACK, limit);
    return child_run(name) != CHILD_EXITED(0);
}

static void check_defaults(void)
{
    struct rlimit limit;

    is_long(getrlimit(RLIMIT_STACK, &limit), 0, "getrlimit of the stack");
    is_long(limit.rlim_cur, 8 * MIB, "... is 8 MiB");
    ok(limit.rlim_max == RLIM_INFINITY, "... and may be more");
    limit.rlim_cur = 4 * MIB;
    limit.rlim_max = 2 * MIB;
    is_long(setrlimit(RLIMIT_STACK, &limit), -1, "a limit above its maximum");
    is_errno(EINVAL, "... EINVAL");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    check_defaults();
    is_long(in_child(to_limit(MIB)), EXITED(0), "a limit of 1 MiB, to the page");
    is_long(in_child(to_limit(4 * MIB)), EXITED(0), "... of 4 MiB");
    is_long(in_child(to_limit(20 * MIB)), EXITED(0), "... of 20 MiB");
    is_long(in_child(lowered_below()), EXITED(0), "a limit below what there is: it stays");
    is_long(in_child(raised()), EXITED(0), "a limit raised lets it grow again");
    is_long(in_child(address_space()), EXITED(0), "RLIMIT_AS stops it");
    is_long(in_child(data()), EXITED(0), "RLIMIT_DATA does not");
    is_long(in_child(locked()), EXITED(0),
            "locked, it grows, and only what is touched is resident");
    is_long(in_child(locked_limit()), EXITED(0), "RLIMIT_MEMLOCK stops it then");
    is_long(in_child(protected_part()), EXITED(0), "a part made read-only, and below it");
    is_long(in_child(unmapped_part()), EXITED(0), "a part unmapped, and below it");
    is_long(in_child(overflow()), EXITED(0), "a handler on its own stack survives the end");
    is_long(in_child(overflow_without_stack()), KILLED(SIGSEGV), "one without does not");
    is_long(in_child(exec_with(32 * MIB, "large")), EXITED(0), "a program with a limit of 32 MiB");
    is_long(in_child(exec_with(512 * MIB, "huge")), EXITED(0), "... of 512 MiB: room is kept");
    is_long(in_child(exec_with(MIB, "small")), EXITED(0), "... of 1 MiB");
    return done_testing();
}
