/*
 * tests/guest/madvise_anonymous.c - madvise on anonymous memory: refusals, holes, what becomes of pages
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define RW   (PROT_READ | PROT_WRITE)
#define BASE ((char *)0x200000000000)

static long advise(const char *address, unsigned long len, long advice)
{
    return raw(SYS_madvise, address, len, advice);
}

static void map(char *at, size_t nr_pages, int flags)
{
    void *p = mmap(at, nr_pages * PAGE, RW, flags | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    if (p != at)
        bail_out("mmap");
    memset(at, 'a', nr_pages * PAGE);
}

static void check_refusals(void)
{
    map(BASE, 2, MAP_PRIVATE);
    is_long(advise(BASE, PAGE, 5), -EINVAL, "an advice that does not exist");
    is_long(advise(BASE + 2 * PAGE, PAGE, 5), -EINVAL, "... comes before a hole");
    is_long(advise(BASE + 1, PAGE, MADV_NORMAL), -EINVAL, "an unaligned address");
    is_long(advise(BASE, 0, MADV_DONTNEED), 0, "length 0");
    is_long(advise(BASE, ~0UL, MADV_DONTNEED), -EINVAL, "a length that rounds up to 0");
    is_long(advise(BASE, -2 * PAGE, MADV_DONTNEED), -EINVAL, "a range that wraps");
    is_long(advise(BASE + 2 * PAGE, PAGE, MADV_NORMAL), -ENOMEM, "a hole");
    ok(BASE[0] == 'a' && BASE[PAGE] == 'a', "nothing was dropped");
    munmap(BASE, 2 * PAGE);
}

static void check_hints(void)
{
    static const int hints[] = {MADV_NORMAL,   MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED,
                                MADV_DONTDUMP, MADV_DODUMP, MADV_COLD,       MADV_PAGEOUT};

    map(BASE, 4, MAP_PRIVATE);
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
        is_long(advise(BASE + PAGE, 2 * PAGE, hints[i]), 0, "hint %d", hints[i]);
    ok(BASE[PAGE] == 'a' && BASE[2 * PAGE] == 'a', "hints change nothing");
    munmap(BASE, 4 * PAGE);
}

static void check_dontneed(void)
{
    map(BASE, 2, MAP_PRIVATE);
    map(BASE + 3 * PAGE, 2, MAP_SHARED);
    is_long(advise(BASE + PAGE, PAGE + 1, MADV_DONTNEED), -ENOMEM, "into a hole");
    ok(BASE[0] == 'a' && BASE[PAGE] == 0, "what lies before it is dropped, no more");
    BASE[PAGE] = 'b';
    is_long(advise(BASE, 5 * PAGE, MADV_DONTNEED), -ENOMEM, "over a hole");
    ok(BASE[0] == 0 && BASE[PAGE] == 0, "private pages are zeros");
    ok(BASE[3 * PAGE] == 'a' && BASE[4 * PAGE] == 'a', "shared memory keeps its content");
    mprotect(BASE, PAGE, PROT_NONE);
    is_long(advise(BASE, 2 * PAGE, MADV_DONTNEED), 0, "without access");
    munmap(BASE, 5 * PAGE);
}

static void check_free(void)
{
    map(BASE, 2, MAP_PRIVATE);
    map(BASE + 2 * PAGE, 1, MAP_SHARED);
    is_long(advise(BASE, 2 * PAGE, MADV_FREE), 0, "MADV_FREE");
    ok(BASE[0] == 'a' || BASE[0] == 0, "a freed page is old or zero");
    BASE[PAGE] = 'b';
    ok(BASE[PAGE] == 'b', "a write stays");
    is_long(advise(BASE + 2 * PAGE, PAGE, MADV_FREE), -EINVAL, "not of shared memory");
    munmap(BASE, 3 * PAGE);
}

/* What a child finds: 1 in page 0, 2 in page 1, each if the byte there is 'a'; 4 if it died. */
static int child_sees(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0)
        _exit((BASE[0] == 'a') | (BASE[PAGE] == 'a') << 1);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        bail_out("fork");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

static void check_fork(void)
{
    map(BASE, 2, MAP_PRIVATE);
    is_long(advise(BASE + PAGE, PAGE, MADV_WIPEONFORK), 0, "MADV_WIPEONFORK");
    is_long(child_sees(), 1, "the child finds zeros");
    ok(BASE[PAGE] == 'a', "the parent its content");
    is_long(advise(BASE + PAGE, PAGE, MADV_KEEPONFORK), 0, "MADV_KEEPONFORK");
    is_long(child_sees(), 3, "the child has it too");
    is_long(advise(BASE, PAGE, MADV_DONTFORK), 0, "MADV_DONTFORK");
    is_long(child_sees(), 4, "the child has no such page");
    is_long(advise(BASE, PAGE, MADV_DOFORK), 0, "MADV_DOFORK");
    is_long(child_sees(), 3, "and has it again");
    munmap(BASE, 2 * PAGE);
    map(BASE, 1, MAP_SHARED);
    is_long(advise(BASE, PAGE, MADV_WIPEONFORK), -EINVAL, "shared memory is not wiped");
    munmap(BASE, PAGE);
}

static void check_populate(void)
{
    unsigned char there[3];

    map(BASE, 1, MAP_PRIVATE);
    munmap(BASE, PAGE);
    if (mmap(BASE, 3 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != BASE)
        bail_out("mmap");
    is_long(advise(BASE, PAGE, MADV_POPULATE_READ), 0, "MADV_POPULATE_READ");
    is_long(advise(BASE + PAGE, PAGE, MADV_POPULATE_WRITE), 0, "MADV_POPULATE_WRITE");
    mincore(BASE, 3 * PAGE, there);
    ok(there[0] == 1 && there[1] == 1 && there[2] == 0, "those pages are there, no other");
    mprotect(BASE, PAGE, PROT_READ);
    is_long(advise(BASE, PAGE, MADV_POPULATE_WRITE), -EINVAL, "what may not be written");
    is_long(advise(BASE, 4 * PAGE, MADV_POPULATE_READ), -ENOMEM, "into a hole");
    munmap(BASE, 3 * PAGE);
}

int main(void)
{
    check_refusals();
    check_hints();
    check_dontneed();
    check_free();
    check_fork();
    check_populate();
    return done_testing();
}
