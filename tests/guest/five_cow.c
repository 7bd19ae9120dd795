/*
 * tests/guest/five_cow.c - DESIGN section 5, copy-on-write with a second operation: while pages are
 * shared by fork one side does something to them, and the other must never see it
 *
 * Each operation is done once by the child and once by the parent. The other side then finds its
 * contents as they were, writes, and is not seen either. What happens where no frame is left is
 * five_cow_full.c's.
 */
#include "child.h"
#include "memory.h"

#define NR   4
#define AWAY (FREE + 64 * PAGE)

struct operation {
    const char *name;
    void (*run)(char *p);
    const char *after; /* contents on the side that did it */
};

static int words; /* a file whose pages begin with w, x, y, z */

static void do_write(char *p)
{
    mark(p, NR, 'w');
}

static void do_protect_read(char *p)
{
    mprotect(p, NR * PAGE, PROT_READ);
    mprotect(p, NR * PAGE, RW);
    mark(p, NR, 'w');
}

static void do_protect_none(char *p)
{
    mprotect(p, NR * PAGE, PROT_NONE);
    mprotect(p, NR * PAGE, PROT_READ);
    mprotect(p, NR * PAGE, RW);
    mark(p, NR, 'w');
}

static void do_protect_part(char *p)
{
    mprotect(p + PAGE, PAGE, PROT_READ);
    mprotect(p, NR * PAGE, RW);
    p[PAGE] = 'x';
}

static void do_read_only(char *p)
{
    mprotect(p, NR * PAGE, PROT_READ);
}

static void do_discard(char *p)
{
    madvise(p, NR * PAGE, MADV_DONTNEED);
}

static void do_discard_write(char *p)
{
    madvise(p, NR * PAGE, MADV_DONTNEED);
    mark(p, NR, 'w');
}

static void do_free_write(char *p)
{
    madvise(p, NR * PAGE, MADV_FREE);
    mark(p, NR, 'w');
}

static void do_unmap(char *p)
{
    munmap(p + PAGE, 2 * PAGE);
}

static void do_replace(char *p)
{
    fixed(p, NR, RW);
    p[0] = 'w';
}

static void do_move(char *p)
{
    mremap(p, NR * PAGE, NR * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, AWAY);
    mark(AWAY, NR, 'w');
    munmap(AWAY, NR * PAGE);
}

static void do_move_back(char *p)
{
    mremap(p, NR * PAGE, NR * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, AWAY);
    mark(AWAY, 2, 'w');
    mremap(AWAY, NR * PAGE, NR * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p);
}

static void do_leave(char *p)
{
    mremap(p, NR * PAGE, NR * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, AWAY);
    mark(AWAY, NR, 'w');
    munmap(AWAY, NR * PAGE);
}

static void do_shrink_grow(char *p)
{
    mremap(p, NR * PAGE, 2 * PAGE, 0);
    mremap(p, 2 * PAGE, NR * PAGE, 0);
    p[0] = 'w';
}

static void do_read_call(char *p)
{
    if (pread(words, p, NR * PAGE, 0) != (ssize_t)(NR * PAGE))
        p[0] = '?';
}

static void do_read_call_protected(char *p)
{
    mprotect(p + PAGE, PAGE, PROT_READ);
    if (pread(words, p, NR * PAGE, 0) != (ssize_t)PAGE)
        p[0] = '?';
}

static void do_lock(char *p)
{
    mlock(p, NR * PAGE);
    p[0] = 'w';
    munlock(p, NR * PAGE);
}

static void do_populate(char *p)
{
    madvise(p, NR * PAGE, MADV_POPULATE_WRITE);
    p[3 * PAGE] = 'z';
}

static void do_fork(char *p)
{
    if (in_child(do_write(p); 0) != EXITED(0))
        p[0] = '?';
    p[PAGE] = 'x';
}

static void do_nothing(char *p)
{
    (void)p;
}

static const struct operation operations[] = {
    {"write", do_write, "wxyz"},
    {"mprotect(R), mprotect(RW), write", do_protect_read, "wxyz"},
    {"mprotect(NONE), mprotect(R), mprotect(RW), write", do_protect_none, "wxyz"},
    {"mprotect(R) of one page, mprotect(RW) of all, write", do_protect_part, "axcd"},
    {"mprotect(R)", do_read_only, "abcd"},
    {"MADV_DONTNEED", do_discard, "0000"},
    {"MADV_DONTNEED, write", do_discard_write, "wxyz"},
    {"MADV_FREE, write", do_free_write, "wxyz"},
    {"munmap of two pages", do_unmap, "a--d"},
    {"MAP_FIXED, write", do_replace, "w000"},
    {"mremap, write, munmap", do_move, "----"},
    {"mremap away, write, mremap back", do_move_back, "wxcd"},
    {"MREMAP_DONTUNMAP, write, munmap", do_leave, "0000"},
    {"mremap smaller and larger, write", do_shrink_grow, "wb00"},
    {"read(2)", do_read_call, "wxyz"},
    {"read(2) into pages one of which is read-only", do_read_call_protected, "wbcd"},
    {"mlock, write, munlock", do_lock, "wbcd"},
    {"MADV_POPULATE_WRITE, write", do_populate, "abcz"},
    {"another fork, whose child writes", do_fork, "axcd"},
    {"nothing", do_nothing, "abcd"},
};

/* The side that does it. Returns whether its contents are right, also after the other has written. */
static int act(const struct operation *operation, char *p, const int done[2], const int go[2])
{
    int right;

    operation->run(p);
    right = strcmp(contents(p, NR), operation->after) == 0;
    send_turn(done);
    wait_turn(go);
    return right & (strcmp(contents(p, NR), operation->after) == 0);
}

/* The other side. Returns whether its contents are its own. */
static int watch(char *p, const int done[2], const int go[2])
{
    int right;

    wait_turn(done);
    right = strcmp(contents(p, NR), "abcd") == 0;
    mark(p, NR, 'A');
    send_turn(go);
    return right & (strcmp(contents(p, NR), "ABCD") == 0);
}

static void check(const struct operation *operation, int child_acts)
{
    char *p = fixed(FREE, NR, RW);
    int done[2], go[2], right;
    pid_t pid;

    make_pipe(done);
    make_pipe(go);
    mark(p, NR, 'a');
    tap_flush();
    pid = fork();
    if (pid == 0)
        _exit(!(child_acts ? act(operation, p, done, go) : watch(p, done, go)));
    if (pid < 0)
        bail_out("fork: %s", strerror(errno));
    right = child_acts ? watch(p, done, go) : act(operation, p, done, go);
    ok(right, "%s by the %s: the parent's side", operation->name, child_acts ? "child" : "parent");
    is_long(wait_status(pid), EXITED(0), "... the child's side");
    is_str(contents(p, NR), child_acts ? "ABCD" : operation->after, "... when the child is gone");
    for (int i = 0; i < 2; i++)
        close(done[i]), close(go[i]);
    unmap(p, NR);
}

static int heap_is(const char *heap, const char *want)
{
    return strcmp(contents(heap, NR), want) == 0;
}

/* The break shrinks and grows again on one side. */
static void check_brk(void)
{
    char *heap = sbrk(0);

    heap += -(uintptr_t)heap % PAGE;
    brk(heap + NR * PAGE);
    mark(heap, NR, 'a');
    is_long(in_child(brk(heap + PAGE); !heap_is(heap, "a---")), EXITED(0),
            "brk shrinks in the child");
    is_str(contents(heap, NR), "abcd", "... the parent's heap stays");
    is_long(in_child(brk(heap); brk(heap + NR * PAGE); !heap_is(heap, "0000")), EXITED(0),
            "brk shrinks and grows in the child: zeros");
    is_str(contents(heap, NR), "abcd", "... the parent's heap stays");
    is_long(in_child(brk(heap + PAGE); in_child(brk(heap + NR * PAGE); mark(heap, NR, 'w'); 0)),
            EXITED(0), "a grandchild grows it again");
    is_str(contents(heap, NR), "abcd", "... the parent's heap stays");
    brk(heap);
}

static int brk_in_parent(void)
{
    int go[2];
    char *heap = sbrk(0);
    pid_t pid;

    heap += -(uintptr_t)heap % PAGE;
    brk(heap + NR * PAGE);
    mark(heap, NR, 'a');
    make_pipe(go);
    tap_flush();
    pid = fork();
    if (pid == 0) {
        wait_turn(go);
        _exit(!heap_is(heap, "abcd") || sbrk(0) != heap + NR * PAGE);
    }
    brk(heap);
    brk(heap + NR * PAGE);
    is_str(contents(heap, NR), "0000", "brk shrinks and grows in the parent: zeros");
    send_turn(go);
    brk(heap);
    return wait_status(pid);
}

/* The last owner takes the page: whoever stays writes to it, and that is what it reads. */
static void check_exit(void)
{
    char *p = fixed(FREE, NR, RW);

    mark(p, NR, 'a');
    is_long(in_child(0), EXITED(0), "a child ends");
    mark(p, 2, 'w');
    is_str(contents(p, NR), "wxcd", "... the parent writes and reads");
    is_long(in_child(mprotect(p, NR * PAGE, PROT_READ); 0), EXITED(0),
            "a child protects, and ends");
    mark(p, 2, 'a');
    is_str(contents(p, NR), "abcd", "... the parent can write");
    is_long(in_child(raise(SIGKILL)), KILLED(SIGKILL), "a child is killed");
    mark(p, 2, 'w');
    is_str(contents(p, NR), "wxcd", "... the parent writes and reads");
    unmap(p, NR);
}

/* The parent ends first; the child goes on with its pages and tells through a pipe. */
static void check_orphan(void)
{
    char *p = fixed(FREE, NR, RW), verdict = '?';
    int go[2], answer[2];

    make_pipe(go);
    make_pipe(answer);
    mark(p, NR, 'a');
    is_long(in_child(if (fork() == 0) {
                wait_turn(go);
                verdict = strcmp(contents(p, NR), "abcd") == 0 ? '+' : '-';
                mark(p, NR, 'w');
                if (strcmp(contents(p, NR), "wxyz") != 0)
                    verdict = '-';
                _exit(write(answer[1], &verdict, 1) != 1);
            } mark(p, NR, 'A');
                     0),
            EXITED(0), "a process ends before its child");
    send_turn(go);
    is_long(read(answer[0], &verdict, 1), 1, "the child answers");
    is_long(verdict, '+', "... it had its contents, and could write");
    is_str(contents(p, NR), "abcd", "... and the first has its own");
    unmap(p, NR);
}

/* Many generations share; one in the middle writes. */
static int generation(char *p, int depth)
{
    int status;

    if (depth == 0)
        return strcmp(contents(p, NR), "wbcd") != 0;
    if (depth == 4)
        p[0] = 'w';
    status = in_child(generation(p, depth - 1));
    return status != EXITED(0) || strcmp(contents(p, NR), depth <= 4 ? "wbcd" : "abcd") != 0;
}

static int written_by_exec(char **args)
{
    (void)args;
    return strcmp(contents(FREE, 1), "-") != 0;
}

static const struct child children[] = {{"exec", written_by_exec}, {NULL, NULL}};

/* Pages that were only read: all share the zero page, also across fork. */
static void check_zero(void)
{
    char *p = fixed(FREE, NR, RW);

    (void)contents(p, NR);
    is_long(in_child(mark(p, NR, 'w'); strcmp(contents(p, NR), "wxyz") != 0), EXITED(0),
            "a child writes to pages that were only read");
    is_str(contents(p, NR), "0000", "... the parent's are zero");
    mark(p, 2, 'w');
    is_str(contents(p, NR), "wx00", "... and can be written");
    unmap(p, NR);
}

int main(int argc, char **argv)
{
    char word[] = "exec", *again[] = {child_self(), word, NULL};
    char *p;

    if (argc > 1)
        return child_main(children, argv);
    words = make_file(NR, 'w');
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        check(&operations[i], 1);
        check(&operations[i], 0);
    }
    check_brk();
    is_long(brk_in_parent(), EXITED(0), "... the child's heap stays");
    check_exit();
    check_orphan();
    check_zero();
    p = fixed(FREE, NR, RW);
    mark(p, NR, 'a');
    is_long(in_child(generation(p, 8)), EXITED(0), "eight generations, the fifth writes");
    is_str(contents(p, NR), "abcd", "... the first has its contents");
    is_long(in_child(p[0] = 'w'; execv(child_self(), again); 98), EXITED(0), "a child calls exec");
    is_str(contents(p, NR), "abcd", "... the parent's pages stay");
    return done_testing();
}
