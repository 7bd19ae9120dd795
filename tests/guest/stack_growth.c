/*
 * tests/guest/stack_growth.c - the stack grows on touch, to its limit of 8 MiB or the guard gap
 */
#include <stdint.h>
#include <sys/mman.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define MIB   (1UL << 20)
#define LIMIT (8 * MIB)
#define GAP   (256 * PAGE)

/* Linux and Loam put the stack's end here when addresses are not randomised; asked for to be sure.
 */
static uintptr_t stack_end(void)
{
    char **word = environ;

    while (*word)
        word++;
    /* Above the last variable lie only the path of the program and 8 bytes. */
    return (getauxval(AT_EXECFN) + PAGE) & ~(PAGE - 1);
}

static char at(uintptr_t below_end)
{
    volatile char *p = launder(stack_end() - below_end);

    p[0] = 1;
    return p[0];
}

static int deep(char **args)
{
    (void)args;
    for (uintptr_t below = PAGE * 64; below <= LIMIT - 16 * PAGE; below += PAGE)
        at(below);
    return 0;
}

static int jump(char **args)
{
    (void)args;
    return at(LIMIT - 16 * PAGE) - 1; /* in one step, far below the stack pointer */
}

static int beyond(char **args)
{
    (void)args;
    at(LIMIT + 16 * PAGE);
    return 0;
}

static int step_beyond(char **args)
{
    (void)args;
    for (uintptr_t below = PAGE * 64;; below += PAGE)
        at(below);
    return 0;
}

static int recurse(uintptr_t depth)
{
    volatile char frame[1000];

    frame[0] = (char)depth;
    return depth ? ((int (*)(uintptr_t))launder((uintptr_t)recurse))(depth - 1) + frame[0]
                 : frame[0];
}

static int recursion(char **args)
{
    (void)args;
    recurse(7000); /* 7 MB */
    return 0;
}

static int endless_recursion(char **args)
{
    (void)args;
    return recurse(1UL << 40);
}

/* Put a page 4 MiB below the end of the stack; returns its end. */
static uintptr_t wall(int prot)
{
    char *place = launder(stack_end() - 4 * MIB);
    char *page = mmap(place, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    if (page != place)
        _exit(98);
    return (uintptr_t)page + PAGE;
}

static int up_to_gap(char **args)
{
    uintptr_t end = wall(PROT_READ | PROT_WRITE);

    (void)args;
    return at(stack_end() - (end + GAP)) - 1;
}

static int into_gap(char **args)
{
    uintptr_t end = wall(PROT_READ | PROT_WRITE);

    (void)args;
    at(stack_end() - (end + GAP - 1));
    return 0;
}

/* The kernel's own accesses grow the stack as well. */
static int by_system_call(char **args)
{
    (void)args;
    return can_write(launder(stack_end() - 3 * MIB)) ? 0 : 1;
}

static int by_system_call_beyond(char **args)
{
    (void)args;
    return can_write(launder(stack_end() - LIMIT - 16 * PAGE)) ? 1 : 0;
}

static int zero(char **args)
{
    volatile uint64_t *words = launder(stack_end() - 4 * MIB);

    (void)args;
    for (size_t i = 0; i < MIB / 8; i++)
        if (words[i])
            return 1;
    return 0;
}

static const struct child children[] = {
    {"deep", deep},           {"jump", jump},
    {"beyond", beyond},       {"step-beyond", step_beyond},
    {"recursion", recursion}, {"endless-recursion", endless_recursion},
    {"up-to-gap", up_to_gap}, {"into-gap", into_gap},
    {"call", by_system_call}, {"call-beyond", by_system_call_beyond},
    {"zero", zero},           {NULL, NULL},
};

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    is_long(child_run("deep"), CHILD_EXITED(0), "the stack grows page by page to nearly 8 MiB");
    is_long(child_run("jump"), CHILD_EXITED(0), "... in one step");
    is_long(child_run("beyond"), CHILD_KILLED(SIGSEGV), "beyond 8 MiB is SIGSEGV");
    is_long(child_run("step-beyond"), CHILD_KILLED(SIGSEGV), "... step by step too");
    is_long(child_run("recursion"), CHILD_EXITED(0), "recursion of 7 MB");
    is_long(child_run("endless-recursion"), CHILD_KILLED(SIGSEGV), "endless recursion is SIGSEGV");
    is_long(child_run("up-to-gap"), CHILD_EXITED(0), "towards a mapping it grows up to 256 pages");
    is_long(child_run("into-gap"), CHILD_KILLED(SIGSEGV), "... and no further");
    is_long(child_run("call"), CHILD_EXITED(0), "a system call's access grows it");
    is_long(child_run("call-beyond"), CHILD_EXITED(0), "... but not beyond the limit");
    is_long(child_run("zero"), CHILD_EXITED(0), "what grows is zero");
    return done_testing();
}
