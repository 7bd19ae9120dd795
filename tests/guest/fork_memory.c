/* mem: 256M */
/*
 * tests/guest/fork_memory.c - what a child has of its parent's memory
 *
 * Contents, rights, areas, the break; MADV_DONTFORK and MADV_WIPEONFORK; the promise that a fork
 * needs. Copies that one side writes to are five_cow.c's, locked memory mlock_all.c's.
 */
#include <sys/resource.h>

#include "memory.h"

static void check_layout(void)
{
    int fd = make_file(4, 'A');
    char *p = fixed(FREE, 4, RW), before[1024];

    mark(p, 2, 'a');
    fixed(FREE + 6 * PAGE, 2, PROT_NONE);
    map_at(FREE + 10 * PAGE, 2, PROT_READ, MAP_PRIVATE, fd, 1);
    map_at(FREE + 14 * PAGE, 2, RW, MAP_SHARED, fd, 2);
    map_at(FREE + 18 * PAGE, 2, RW, SHARED, -1, 0);
    map_at(FREE + 400 * PAGE, 2, RW, ANON | MAP_GROWSDOWN, -1, 0);
    mprotect(p + PAGE, PAGE, PROT_READ | PROT_EXEC);
    strcpy(before, areas(FREE, 410));
    is_long(in_child(strcmp(areas(FREE, 410), before) != 0), EXITED(0),
            "a child has the same areas");
    is_long(in_child(strcmp(rights(FREE, 22), "wrww------rr--ww--ww--") != 0), EXITED(0),
            "... with the same rights");
    is_long(in_child(strcmp(contents(FREE, 20), "ab00------BC--CD--00") != 0), EXITED(0),
            "... and contents");
    is_long(in_child(strcmp(touch(FREE + 399 * PAGE, PROT_WRITE), "ok") != 0), EXITED(0),
            "... what grew down grows there");
    is_str(areas(FREE + 398 * PAGE, 4), "2-4 rw-p", "... and not here");
    is_long(in_child(fixed(FREE + 100 * PAGE, 1, RW); munmap(p, 2 * PAGE)), EXITED(0),
            "a child maps and unmaps");
    is_str(areas(FREE, 410), before, "... the parent's areas stay");
    unmap(FREE, 410);
    close(fd);
}

static void check_break(void)
{
    char *old = sbrk(0);

    is_long(in_child(sbrk(0) != old), EXITED(0), "a child has the same break");
    is_long(in_child(brk(old + 10 * PAGE)), EXITED(0), "... and moves its own");
    is_ptr(sbrk(0), old, "... not the parent's");
}

static void check_files(void)
{
    int fd = make_file(4, 'A');
    char *p = map_at(FREE, 4, RW, MAP_PRIVATE, fd, 0);

    p[0] = 'x';
    (void)contents(p + PAGE, 1);
    is_long(in_child(strcmp(contents(p, 4), "xBCD") != 0), EXITED(0),
            "a child has a private file mapping with its copies");
    is_long(in_child(mark(p, 3, 'p'); strcmp(contents(p, 4), "pqrD") != 0), EXITED(0),
            "... and makes copies of its own");
    is_str(contents(p, 4), "xBCD", "private file pages are not shared across fork");
    is_long(file_byte(fd, 1), 'B', "... nor written to the file");
    is_long(in_child(pwrite(fd, "y", 1, 3 * (off_t)PAGE) != 1), EXITED(0),
            "a child writes the file");
    is_str(contents(p, 4), "xBCy", "... where there is no copy it is seen");
    is_long(in_child(ftruncate(fd, (off_t)PAGE)), EXITED(0), "a child truncates the file");
    is_str(touch(p + 2 * PAGE, PROT_READ), "SIGBUS ADRERR", "... its pages are gone here");
    is_str(contents(p, 4), "x---", "... and others stay");
    unmap(p, 4);
    close(fd);
}

static void check_dontfork(void)
{
    char *p = fixed(FREE, 6, RW);

    mark(p, 6, 'a');
    madvise(p + PAGE, 2 * PAGE, MADV_DONTFORK);
    is_long(in_child(strcmp(contents(p, 6), "a--def") != 0), EXITED(0),
            "MADV_DONTFORK: a child does not have it");
    is_long(in_child(strcmp(touch(p + PAGE, PROT_READ), "SIGSEGV MAPERR") != 0), EXITED(0),
            "... there is nothing");
    is_long(
        in_child(map(p + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) != (long)(p + PAGE)),
        EXITED(0), "... something else can be");
    is_str(contents(p, 6), "abcdef", "... the parent has it");
    madvise(p, 6 * PAGE, MADV_DOFORK);
    is_long(in_child(strcmp(contents(p, 6), "abcdef") != 0), EXITED(0), "MADV_DOFORK: it has");
    unmap(p, 6);
    p = map_at(FREE, 2, RW, SHARED, -1, 0);
    madvise(p, PAGE, MADV_DONTFORK);
    is_long(in_child(strcmp(contents(p, 2), "-0") != 0), EXITED(0), "... of shared memory");
    unmap(p, 2);
}

static void check_wipeonfork(void)
{
    char *p = fixed(FREE, 6, RW);

    mark(p, 6, 'a');
    madvise(p + PAGE, 2 * PAGE, MADV_WIPEONFORK);
    is_long(in_child(strcmp(contents(p, 6), "a00def") != 0), EXITED(0),
            "MADV_WIPEONFORK: a child finds zeros");
    is_long(in_child(strcmp(resident(p, 6), "x..xxx") != 0), EXITED(0), "... that cost nothing");
    is_long(in_child(mark(p, 6, 'p'); in_child(strcmp(contents(p, 6), "p00stu") != 0) != EXITED(0)),
            EXITED(0), "... its own child as well");
    is_str(contents(p, 6), "abcdef", "... the parent has its contents");
    madvise(p + PAGE, PAGE, MADV_KEEPONFORK);
    is_long(in_child(strcmp(contents(p, 6), "ab0def") != 0), EXITED(0),
            "MADV_KEEPONFORK: it has them as well");
    mprotect(p, 6 * PAGE, PROT_READ);
    is_long(in_child(strcmp(contents(p, 6), "ab0def") != 0), EXITED(0), "... read-only too");
    unmap(p, 6);
}

static void check_vfork(void)
{
    volatile char *p = fixed(FREE, 2, RW);
    pid_t pid;

    tap_flush();
    pid = vfork();
    if (pid == 0) {
        p[0] = 'v';
        raw(SYS_munmap, p + PAGE, PAGE);
        _exit(0);
    }
    is_long(wait_status(pid), EXITED(0), "a child of vfork");
    is_str(contents(FREE, 2), "v-", "... works in its parent's memory");
    unmap(FREE, 2);
}

static size_t count_wrong(const char *p, size_t nr)
{
    size_t wrong = 0;

    for (size_t i = 0; i < nr; i++)
        wrong += p[2 * i * PAGE] != (char)(i % 100 + 1) || p[(2 * i + 1) * PAGE];
    return wrong;
}

/* Thousands of areas and pages, all there, and gone with the child. */
static void check_many(void)
{
    size_t nr = 2000;
    char *p = fixed(FREE, 2 * nr, RW);

    for (size_t i = 0; i < nr; i++) {
        p[2 * i * PAGE] = (char)(i % 100 + 1);
        mprotect(p + 2 * i * PAGE, PAGE, PROT_READ);
    }
    is_long(in_child(count_wrong(p, nr) != 0), EXITED(0),
            "4000 areas with 2000 pages are all there");
    unmap(p, 2 * nr);
}

/* overcommit=never: a child's private writable memory must be had a second time, or there is none. */
static void check_promise(void)
{
    long limit = proc_number("/proc/meminfo", "CommitLimit:");
    long used = proc_number("/proc/meminfo", "Committed_AS:");
    size_t nr_pages = (size_t)(limit - used) / 4 * 6 / 10;
    char *p = map_any(nr_pages, RW, ANON);

    p[0] = 'a';
    is_long(fork(), -1, "no fork with more than half of what can be promised");
    is_errno(ENOMEM, "... ENOMEM");
    is_long(p[0], 'a', "... nothing has changed");
    is_long(fork(), -1, "... nor at a second try");
    mprotect(p + PAGE, (nr_pages - 1) * PAGE, PROT_READ);
    is_long(fork(), -1, "... nor when it has become read-only: it was writable");
    unmap(p, nr_pages / 2);
    is_long(in_child(0), EXITED(0), "with half of it, it works");
    unmap(p + nr_pages / 2 * PAGE, nr_pages - nr_pages / 2);
    p = map_any(nr_pages, PROT_READ, ANON);
    is_long(in_child(0), EXITED(0), "... and with all of it read-only");
    unmap(p, nr_pages);
    p = map_any(nr_pages, RW, SHARED);
    is_long(in_child(0), EXITED(0), "... or shared");
    unmap(p, nr_pages);
    is_long(proc_number("/proc/meminfo", "Committed_AS:"), used, "nothing is left promised");
}

static void check_limits(void)
{
    struct rlimit limit, mine;

    getrlimit(RLIMIT_DATA, &limit);
    limit.rlim_cur = 1UL << 30;
    is_long(setrlimit(RLIMIT_DATA, &limit), 0, "setrlimit");
    is_long(in_child(getrlimit(RLIMIT_DATA, &mine); mine.rlim_cur != 1UL << 30), EXITED(0),
            "a child has its parent's limits");
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_DATA, &limit);
}

int main(void)
{
    check_layout();
    check_break();
    check_files();
    check_dontfork();
    check_wipeonfork();
    check_vfork();
    check_many();
    check_limits();
    check_promise();
    return done_testing();
}
