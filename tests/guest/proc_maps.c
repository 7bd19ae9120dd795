/*
 * tests/guest/proc_maps.c - /proc/self/maps: one line per area, exactly as Linux prints it
 */
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "procfile.h"
#include "raw.h"

#define AT    0x100000000UL /* where mappings are put, far from all others */
#define RW    (PROT_READ | PROT_WRITE)
#define FIXED (MAP_FIXED | MAP_PRIVATE)

extern char etext[], edata[], end[];

static char *map_at(unsigned long page, size_t nr, int prot, int flags, int fd, off_t offset)
{
    char *p = mmap((void *)(AT + page * PAGE), nr * PAGE, prot, flags | MAP_FIXED, fd, offset);

    if (p == MAP_FAILED)
        bail_out("mmap: %s", strerror(errno));
    return p;
}

/* The area at AT + page * PAGE is this long, with these rights and offset, and called like that. */
static void check(unsigned long page, size_t nr, const char *prot, size_t offset, const char *name,
                  const char *what)
{
    struct map map;

    if (!ok(map_find(procfile("/proc/self/maps"), AT + page * PAGE, &map), "%s: there is a line",
            what))
        return;
    is_long(map.start - AT, page * PAGE, "%s: start", what);
    is_long((map.end - map.start) / PAGE, nr, "%s: pages", what);
    is_str(map.prot, prot, "%s: rights", what);
    is_long(map.offset, offset * PAGE, "%s: offset", what);
    is_str(map.name, name, "%s: name", what);
    ok(name[0] ? map.inode != 0 : map.inode == 0 && !map.major && !map.minor, "%s: inode", what);
}

static void check_gone(unsigned long page, const char *what)
{
    struct map map;

    ok(!map_find(procfile("/proc/self/maps"), AT + page * PAGE, &map), "%s: there is no line",
       what);
}

/* Every line is strict, ascending and apart from the one before. Returns how many there are. */
static int check_all(const char *what)
{
    unsigned long reached = 0;
    int nr = 0, nr_bad = 0;
    char *text = procfile("/proc/self/maps"), *line_end;

    for (char *line = text; *line; line = line_end + 1, nr++) {
        struct map map;

        line_end = strchr(line, '\n');
        if (!line_end)
            break;
        *line_end = '\0';
        if (!map_parse(line, &map) || map.start < reached || map.end <= map.start) {
            diag("line: '%s'", line);
            nr_bad++;
        }
        reached = map.end;
    }
    is_long(nr_bad, 0, "%s: every line is as Linux prints it, in order", what);
    return nr;
}

static void check_program(void)
{
    char *text = procfile("/proc/self/maps");
    struct map map;
    int local;

    ok(map_find(text, (unsigned long)check_program, &map), "code has a line");
    is_str(map.prot, "r-xp", "... r-x");
    is_str(map.name, "/test/proc_maps", "... of the program's file");
    ok(map.inode > 0 && map.offset % PAGE == 0, "... with its inode");
    ok(map_find(text, (unsigned long)&local, &map), "the stack has a line");
    is_str(map.name, "[stack]", "... named so");
    is_str(map.prot, "rw-p", "... rw-");
    is_long(map.offset, 0, "... offset 0");
    is_long(map.end, 0x7ffffffff000, "... up to the end of user space");
    char *heap = sbrk(0);
    ok(sbrk(3 * PAGE) == heap && map_find(procfile("/proc/self/maps"), (unsigned long)heap, &map),
       "the heap has a line");
    is_str(map.name, "[heap]", "... named so");
    is_long(map.end, ((unsigned long)heap + 3 * PAGE + PAGE - 1) & -PAGE, "... up to the break");
    sbrk(-3 * (long)PAGE);
}

static void check_rights(void)
{
    static const struct {
        int prot;
        const char *shown;
    } rights[] = {{PROT_NONE, "---p"}, {PROT_READ, "r--p"}, {PROT_WRITE, "-w-p"},
                  {PROT_EXEC, "--xp"}, {RW, "rw-p"},        {RW | PROT_EXEC, "rwxp"}};

    for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
        map_at(0, 2, rights[i].prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        check(0, 2, rights[i].shown, 0, "", rights[i].shown);
        munmap((void *)AT, 2 * PAGE);
    }
    map_at(0, 2, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(0, 2, "rw-s", 0, "/dev/zero (deleted)", "shared anonymous memory");
    munmap((void *)(AT + PAGE), PAGE);
    check(0, 1, "rw-s", 0, "/dev/zero (deleted)", "... its first page");
    map_at(0, 2, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    munmap((void *)AT, PAGE);
    check(1, 1, "rw-s", 1, "/dev/zero (deleted)", "... its second page");
    munmap((void *)(AT + PAGE), PAGE);
    check_gone(1, "unmapped");
}

static void check_merging(void)
{
    map_at(0, 4, RW, FIXED | MAP_ANONYMOUS, -1, 0);
    map_at(4, 4, RW, FIXED | MAP_ANONYMOUS, -1, 0);
    check(0, 8, "rw-p", 0, "", "two neighbours alike are one line");
    mprotect((void *)(AT + 2 * PAGE), 2 * PAGE, PROT_READ);
    check(0, 2, "rw-p", 0, "", "mprotect in the middle, before");
    check(2, 2, "r--p", 0, "", "mprotect in the middle, inside");
    check(4, 4, "rw-p", 0, "", "mprotect in the middle, behind");
    mprotect((void *)(AT + 2 * PAGE), 2 * PAGE, RW);
    check(0, 8, "rw-p", 0, "", "and back, one line again");
    munmap((void *)(AT + 3 * PAGE), PAGE);
    check(0, 3, "rw-p", 0, "", "a hole, before");
    check(4, 4, "rw-p", 0, "", "a hole, behind");
    check_gone(3, "the hole");
    munmap((void *)AT, 8 * PAGE);
}

static void check_files(void)
{
    int fd = open("/tmp/a file", O_RDWR | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || ftruncate(fd, 16 * PAGE) < 0)
        bail_out("/tmp/a file");
    map_at(0, 4, RW, MAP_SHARED, fd, 2 * PAGE);
    map_at(4, 4, RW, MAP_SHARED, fd, 6 * PAGE);
    check(0, 8, "rw-s", 2, "/tmp/a file", "a file, shared, whose parts follow each other");
    map_at(0, 4, RW, MAP_PRIVATE, fd, 2 * PAGE);
    check(0, 4, "rw-p", 2, "/tmp/a file", "the same, private");
    check(4, 4, "rw-s", 6, "/tmp/a file", "... leaves the rest");
    map_at(2, 2, PROT_READ, MAP_PRIVATE, fd, 4 * PAGE);
    check(2, 2, "r--p", 4, "/tmp/a file", "a part, read-only");
    rename("/tmp/a file", "/tmp/b\nfile\\");
    check(0, 2, "rw-p", 2, "/tmp/b\\012file\\", "renamed, with a newline");
    unlink("/tmp/b\nfile\\");
    check(0, 2, "rw-p", 2, "/tmp/b\\012file\\ (deleted)", "removed");
    close(fd);
    check(4, 4, "rw-s", 6, "/tmp/b\\012file\\ (deleted)", "removed and closed");
    munmap((void *)AT, 8 * PAGE);

    fd = memfd_create("some name", 0);
    if (fd < 0 || ftruncate(fd, 4 * PAGE) < 0)
        bail_out("memfd_create");
    map_at(0, 4, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    check(0, 4, "r--s", 0, "/memfd:some name (deleted)", "a memory file");
    munmap((void *)AT, 4 * PAGE);

    fd = open("/test/proc_maps", O_RDONLY);
    map_at(0, 1, PROT_READ, MAP_SHARED, fd, PAGE);
    close(fd);
    check(0, 1, "r--s", 1, "/test/proc_maps", "a file that can only be read, shared");
    munmap((void *)AT, PAGE);
}

/* A child has the same lines, and we can read them. */
static void check_child(void)
{
    static char mine[PROCFILE_MAX], its[PROCFILE_MAX];
    int fds[2], status;
    char path[64], byte;
    pid_t pid;

    map_at(0, 4, RW, FIXED | MAP_ANONYMOUS, -1, 0);
    if (pipe(fds) < 0)
        bail_out("pipe");
    tap_flush();
    procfile_read("/proc/self/maps", mine, sizeof(mine));
    pid = fork();
    if (pid == 0) {
        close(fds[1]);
        _exit(read(fds[0], &byte, 1) == 0 ? 0 : 1);
    }
    snprintf(path, sizeof(path), "/proc/%d/maps", pid);
    is_long(procfile_read(path, its, sizeof(its)), (long)strlen(mine), "a child's maps");
    ok(strcmp(mine, its) == 0, "... are its parent's");
    close(fds[1]);
    while (procfile_read(path, its, sizeof(its)) > 0) /* until it has ended */
        sched_yield();
    is_long(procfile_read(path, its, sizeof(its)), 0, "a zombie has none");
    waitpid(pid, &status, 0);
    is_long(procfile_read(path, its, sizeof(its)), -ENOENT, "and who is gone no file");
    munmap((void *)AT, 4 * PAGE);
    close(fds[0]);
}

int main(void)
{
    int nr = check_all("at the start");

    ok(nr >= 4, "there are lines");
    check_program();
    check_rights();
    check_merging();
    check_files();
    check_child();
    map_at(0, 4, RW, FIXED | MAP_ANONYMOUS, -1, 0);
    mprotect((void *)AT, PAGE, PROT_NONE);
    mprotect((void *)(AT + 2 * PAGE), PAGE, PROT_READ);
    is_long(check_all("at the end") - nr, 4, "as many lines as areas were made");
    return done_testing();
}
