/*
 * tests/guest/fork_cow.c - fork: private memory is copied when it is written, shared memory is not
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define RW       (PROT_READ | PROT_WRITE)
#define NR_PAGES 64
#define LEN      (NR_PAGES * PAGE)

static int in_data = 1;
static int in_bss;

static char *map(int flags)
{
    char *p = mmap(NULL, LEN, RW, flags | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        bail_out("mmap");
    return p;
}

static void fill(char *p, char with)
{
    for (size_t i = 0; i < NR_PAGES; i++)
        memset(p + i * PAGE, with + (char)i, PAGE);
}

/* How many pages hold what fill() put there. */
static long nr_filled(const char *p, char with)
{
    long nr = 0;

    for (size_t i = 0; i < NR_PAGES; i++)
        nr += p[i * PAGE] == (char)(with + (char)i) && p[i * PAGE + PAGE - 1] == p[i * PAGE];
    return nr;
}

/* Run in a child; its answer is the exit status, 0 to 255. */
#define IN_CHILD(expression)                                                                       \
    ({                                                                                             \
        int status_ = -1;                                                                          \
        pid_t pid_ = fork();                                                                       \
        if (pid_ == 0)                                                                             \
            _exit((int)(expression));                                                              \
        if (pid_ < 0 || waitpid(pid_, &status_, 0) != pid_)                                        \
            bail_out("fork");                                                                      \
        status_;                                                                                   \
    })

static int write_everywhere(char *private, char *heap, char *stack)
{
    fill(private, 'k');
    memset(heap, 'k', PAGE);
    *stack = 'k';
    in_data = in_bss = 5;
    return nr_filled(private, 'k') == NR_PAGES ? 0 : 1;
}

static void check_both_sides(void)
{
    char *private = map(MAP_PRIVATE), *heap = malloc(PAGE), stack = 'p';

    fill(private, 'a');
    memset(heap, 'p', PAGE);
    is_long(IN_CHILD(nr_filled(private, 'a')), CHILD_EXITED(NR_PAGES), "the child sees the pages");
    is_long(IN_CHILD(write_everywhere(private, heap, &stack)), 0, "the child writes everywhere");
    is_long(nr_filled(private, 'a'), NR_PAGES, "the parent's mapping is as it was");
    ok(heap[0] == 'p' && heap[PAGE - 1] == 'p', "so is its heap");
    ok(stack == 'p' && in_data == 1 && in_bss == 0, "and its stack, data and bss");
    free(heap);
    munmap(private, LEN);
}

/* The parent writes and unmaps while the child still has the pages. */
static void check_parent_first(void)
{
    char *private = map(MAP_PRIVATE);
    int status;

    fill(private, 'a');
    volatile int *go = (volatile int *)map(MAP_SHARED);
    pid_t pid = fork();
    if (pid == 0) {
        while (!*go)
            ;
        _exit((int)nr_filled(private, 'a'));
    }
    fill(private, 'n');
    munmap(private + LEN / 2, LEN / 2);
    *go = 1;
    ok(waitpid(pid, &status, 0) == pid, "the child ended");
    is_long(status, CHILD_EXITED(NR_PAGES), "it had its pages to the end");
    munmap(private, LEN / 2);
    munmap((void *)(uintptr_t)go, LEN);
}

static int protect_and_write(char *p)
{
    if (mprotect(p, LEN, PROT_READ) < 0 || mprotect(p, LEN, RW) < 0)
        return 99;
    fill(p, 'k');
    return 0;
}

/* DESIGN section 5: a second operation while a page is shared. */
static void check_second_operation(void)
{
    char *p = map(MAP_PRIVATE), *start = sbrk(0);

    fill(p, 'a');
    is_long(IN_CHILD(protect_and_write(p)), 0, "mprotect(R), mprotect(RW), write in the child");
    is_long(nr_filled(p, 'a'), NR_PAGES, "do not leak into the parent");
    munmap(p, LEN);

    if (sbrk((intptr_t)LEN) != start)
        bail_out("sbrk");
    fill(start, 'a');
    is_long(IN_CHILD(sbrk(-(intptr_t)LEN) == start + LEN ? 0 : 1), 0, "the child shrinks its heap");
    is_long(nr_filled(start, 'a'), NR_PAGES, "the parent keeps its pages");
    sbrk(-(intptr_t)LEN);
}

static void check_shared(void)
{
    char *p = map(MAP_SHARED);

    is_long(IN_CHILD((fill(p, 's'), 0)), 0, "the child writes to shared memory");
    is_long(nr_filled(p, 's'), NR_PAGES, "the parent sees it, also pages it never touched");
    fill(p, 't');
    is_long(IN_CHILD(nr_filled(p, 't')), CHILD_EXITED(NR_PAGES), "and the other way round");
    is_long(IN_CHILD(munmap(p, LEN)), 0, "the child unmaps it");
    is_long(nr_filled(p, 't'), NR_PAGES, "which the parent does not notice");
    is_long(mprotect(p, PAGE, PROT_READ), 0, "shared memory made read-only");
    is_long(mprotect(p, PAGE, RW), 0, "and writable again");
    is_long(IN_CHILD((p[0] = 'x', 0)), 0, "the child writes there");
    ok(p[0] == 'x', "it is still shared");
    munmap(p, LEN);
}

static int grandchild(void)
{
    return IN_CHILD(7) == CHILD_EXITED(7) ? 3 : 4;
}

static void check_ends(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            ;
    kill(pid, SIGKILL);
    ok(waitpid(pid, &status, 0) == pid && status == CHILD_KILLED(SIGKILL), "a killed child");
    is_long(IN_CHILD(grandchild()), CHILD_EXITED(3), "a child's child");
    ok(waitpid(-1, &status, 0) == -1 && errno == ECHILD, "no child is left");
}

int main(void)
{
    check_both_sides();
    check_parent_first();
    check_second_operation();
    check_shared();
    check_ends();
    return done_testing();
}
