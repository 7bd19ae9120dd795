/* loam-only: MemFree is exact here; Linux counts in batches and caches */
/*
 * tests/guest/p10_balance.c - P10: after children have ended and were reaped all their frames are
 * free
 *
 * Every way of ending is run twice before it counts: what the kernel keeps for reuse it keeps then.
 */
#include <sched.h>
#include <sys/mman.h>

#include "child.h"
#include "meminfo.h"
#include "raw.h"
#include "tap.h"

#define MIB (1UL << 20)

static int end_at_once(char **args)
{
    (void)args;
    return 0;
}

static int use_heap(char **args)
{
    char *p = malloc(8 * MIB), *q = sbrk(4 * MIB);

    (void)args;
    memset(p, 1, 8 * MIB);
    memset(q, 2, 4 * MIB);
    return 0; /* and leaves it to the kernel to take all back */
}

static int use_scattered(char **args)
{
    (void)args;
    for (unsigned long i = 1; i <= 64; i++) {
        char *p = mmap((void *)(i << 38), 2 * PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

        if (p == MAP_FAILED)
            return 1;
        *p = 1; /* page tables of three levels each */
    }
    return 0;
}

static int use_stack(char **args)
{
    volatile char stack[4 * MIB];

    (void)args;
    for (size_t i = 0; i < sizeof(stack); i += PAGE)
        stack[i] = 1;
    return 0;
}

static int use_file(char **args)
{
    int fd = open(child_self(), O_RDONLY);
    char *map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

    (void)args;
    if (map == MAP_FAILED)
        return 1;
    map[0] = map[2 * PAGE] = 1;
    return map[PAGE] == 99; /* leaves the file open and mapped */
}

static int fault(char **args)
{
    (void)args;
    use_heap(NULL);
    *(volatile char *)launder(0) = 1;
    return 0;
}

static int have_child(char **args)
{
    (void)args;
    return child_run("use-heap") != 0;
}

static int exec_missing(char **args)
{
    char name[] = "/nowhere";
    char *argv[] = {name, NULL};

    (void)args;
    execve(name, argv, environ);
    return errno != ENOENT;
}

static const struct child children[] = {
    {"end", end_at_once},       {"use-heap", use_heap},         {"use-scattered", use_scattered},
    {"use-stack", use_stack},   {"use-file", use_file},         {"fault", fault},
    {"have-child", have_child}, {"exec-missing", exec_missing}, {NULL, NULL},
};

static void check_balance(const char *name)
{
    int wanted = strcmp(name, "fault") == 0 ? CHILD_KILLED(SIGSEGV) : CHILD_EXITED(0);
    int status = child_run(name);
    long before;

    child_run(name);
    before = free_frames();
    for (int i = 0; i < 5; i++)
        status |= child_run(name);
    is_long(status, wanted, "%s: the child ends as it should", name);
    is_long(before - free_frames(), 0, "%s: no frame is lost", name);
}

/* What is unmapped comes back without the process's end, page tables included or kept for the next.
 */
static void check_own(void)
{
    long before = 0;

    for (int round = 0; round < 4; round++) {
        char *p;

        if (round == 2)
            before = free_frames();
        p = mmap(NULL, 4 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(p, 1, 4 * MIB);
        munmap(p, 4 * MIB);
    }
    is_long(before - free_frames(), 0, "own memory: no frame is lost");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    free_frames();
    for (const struct child *child = children; child->name; child++)
        check_balance(child->name);
    check_own();
    return done_testing();
}
