/*
 * tests/guest/proc_smaps.c - /proc/self/smaps and smaps_rollup: what of each area is in memory
 *
 * Pages of files are touched by writing: Linux maps the neighbours of one that is read as well.
 */
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "raw.h"
#include "smaps.h"

#define RW (PROT_READ | PROT_WRITE)

/* What of the area's pages are there, in pages. */
static void check(const struct block *block, long rss, long anonymous, long shared,
                  const char *what)
{
    is_long(kb(block, "Rss"), 4 * rss, "%s: Rss", what);
    is_long(kb(block, "Anonymous"), 4 * anonymous, "%s: Anonymous", what);
    is_long(kb(block, "Shared_Dirty"), 4 * shared, "%s: Shared_Dirty", what);
    is_long(kb(block, "Private_Dirty"), 4 * (rss - shared), "%s: Private_Dirty", what);
    is_long(kb(block, "Shared_Clean") + kb(block, "Private_Clean"), 0, "%s: nothing clean", what);
    is_long(kb(block, "Pss_Dirty"), kb(block, "Pss"), "%s: Pss_Dirty", what);
    is_long(kb(block, "Swap") + kb(block, "SwapPss") + kb(block, "LazyFree"), 0,
            "%s: nothing swapped or lazily free", what);
}

static void check_format(void)
{
    char *text = procfile("/proc/self/smaps");
    struct block block;
    int result, nr = 0;

    while ((result = parse_block(&text, &block)) == 1)
        nr += kb(&block, "KernelPageSize") == 4 && kb(&block, "MMUPageSize") == 4 &&
              kb(&block, "Size") == (long)(block.map.end - block.map.start) / 1024;
    is_long(result, 0, "every line is as Linux prints it");
    ok(nr >= 4, "... with the sizes that the ranges have");
}

static void check_anonymous(void)
{
    volatile char *pages = map_at(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    struct block block = look(AT);
    int sum = 0;

    is_long(kb(&block, "Size"), 4 * NR, "untouched: Size");
    check(&block, 0, 0, 0, "untouched");
    for (size_t i = 0; i < NR; i++)
        sum += pages[i * PAGE];
    block = look(AT);
    check(&block, 0, 0, 0, "read only");
    touch(pages, 3, 5);
    block = look(AT);
    check(&block, 5, 5, 0, "five pages written");
    is_long(kb(&block, "Pss"), 20 + 4 * sum, "... are all its own");
    is_long(kb(&block, "Referenced"), 20, "... and referenced");
    mprotect((void *)AT, NR * PAGE, PROT_NONE);
    block = look(AT);
    check(&block, 5, 5, 0, "inaccessible");
    mprotect((void *)AT, NR * PAGE, RW);
    madvise((void *)(AT + 3 * PAGE), 2 * PAGE, MADV_DONTNEED);
    block = look(AT);
    check(&block, 3, 3, 0, "two given back");
    munmap((void *)AT, NR * PAGE);
}

/* What a child shares counts half. */
static void check_fork(void)
{
    volatile char *pages = map_at(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    char path[64], byte = 0;
    int up[2], down[2];
    struct block block;
    pid_t pid;

    touch(pages, 0, 8);
    if (pipe(up) < 0 || pipe(down) < 0)
        bail_out("pipe");
    tap_flush();
    pid = fork();
    if (pid == 0) {
        touch(pages, 0, 3);
        touch(pages, 10, 1);
        write(up[1], &byte, 1);
        _exit(read(down[0], &byte, 1) == 1 ? 0 : 1);
    }
    read(up[0], &byte, 1);
    block = look(AT);
    check(&block, 8, 8, 5, "after fork");
    is_long(kb(&block, "Pss"), 12 + 10, "... five of eight count half");
    snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
    block = look_in(path, AT);
    check(&block, 9, 9, 5, "the child");
    is_long(kb(&block, "Pss"), 16 + 10, "... five of nine count half");
    write(down[1], &byte, 1);
    waitpid(pid, NULL, 0);
    block = look(AT);
    check(&block, 8, 8, 0, "after its end");
    is_long(kb(&block, "Pss"), 32, "... all count");
    munmap((void *)AT, NR * PAGE);
    for (int i = 0; i < 2; i++) {
        close(up[i]);
        close(down[i]);
    }
}

static void check_files(void)
{
    int fd = memfd_create("pages", 0);
    volatile char *pages, *twice;
    struct block block;

    if (fd < 0 || ftruncate(fd, NR * PAGE) < 0)
        bail_out("memfd_create");
    pages = map_at(RW, MAP_SHARED, fd);
    touch(pages, 0, 6);
    block = look(AT);
    check(&block, 6, 0, 0, "a file, shared");
    is_long(kb(&block, "Pss"), 24, "... all its own");
    twice = mmap(NULL, NR * PAGE, RW, MAP_SHARED, fd, 0);
    touch(twice, 4, 4);
    block = look(AT);
    check(&block, 6, 0, 2, "the file mapped twice");
    is_long(kb(&block, "Pss"), 16 + 4, "... two of six count half");
    munmap(launder((unsigned long)twice), NR * PAGE);
    map_at(RW, MAP_PRIVATE, fd);
    touch(pages, 2, 4);
    block = look(AT);
    check(&block, 4, 4, 0, "a file, private");
    munmap((void *)AT, NR * PAGE);
    close(fd);
    pages = map_at(RW, MAP_SHARED | MAP_ANONYMOUS, -1);
    touch(pages, 1, 7);
    block = look(AT);
    check(&block, 7, 0, 0, "shared anonymous memory");
    munmap((void *)AT, NR * PAGE);
}

/* The sum of all areas, with three lines more. */
static void check_rollup(void)
{
    static char copy[PROCFILE_MAX];
    static const char *const split[] = {"Pss_Anon", "Pss_File", "Pss_Shmem"};
    volatile char *pages = map_at(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    struct block block, sum = {0};
    char *text = copy, *line;
    unsigned long first = 0, last = 0;
    long pss = 0;
    struct map map;

    touch(pages, 0, NR);
    memset(copy, 1, sizeof(copy));
    procfile("/proc/self/smaps_rollup");
    procfile_read("/proc/self/smaps", copy, sizeof(copy));
    while (parse_block(&text, &block) == 1) {
        first = first ? first : block.map.start;
        last = block.map.end;
        for (size_t i = 0; i < NR_FIELDS; i++)
            sum.kb[i] += block.kb[i];
    }
    text = procfile("/proc/self/smaps_rollup");
    line = next_line(&text);
    ok(line && map_parse(line, &map), "the rollup's first line is one of maps");
    ok(map.start == first && map.end == last, "... from the first area to the last");
    ok(strcmp(map.prot, "---p") == 0 && !map.offset && !map.inode, "... without rights");
    is_str(map.name, "[rollup]", "... and called so");
    for (size_t i = 3; i < NR_FIELDS; i++) {
        long value = parse_field(line = next_line(&text), fields[i]);
        /* Each area's proportional size was rounded down. */
        if (strncmp(fields[i], "Pss", 3) == 0)
            ok(value >= sum.kb[i] && value <= sum.kb[i] + 8, "%s is the sum", fields[i]);
        else
            is_long(value, sum.kb[i], "%s is the sum", fields[i]);
        for (size_t j = 0; strcmp(fields[i], "Pss_Dirty") == 0 && j < 3; j++) {
            value = parse_field(line = next_line(&text), split[j]);
            ok(value >= 0, "%s follows", split[j]);
            pss += value;
        }
    }
    ok(pss <= sum.kb[4] + 8 && pss >= sum.kb[4] - 3, "... which are Pss together");
    ok(!next_line(&text), "nothing follows");
    munmap((void *)AT, NR * PAGE);
}

int main(void)
{
    grow_stack();
    check_format();
    check_anonymous();
    check_fork();
    check_files();
    check_rollup();
    return done_testing();
}
