/*
 * tests/guest/proc_pagemap.c - all bits of /proc/PID/pagemap, against mincore(2) and what was done
 *
 * Frames themselves are p06_pagemap.c's.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "procfile.h"
#include "raw.h"

#define AT         0x100000000UL
#define NR         1024UL
#define RW         (PROT_READ | PROT_WRITE)
#define PRESENT    (1UL << 63)
#define SWAPPED    (1UL << 62)
#define FILE_PAGE  (1UL << 61)
#define EXCLUSIVE  (1UL << 56)
#define SOFT_DIRTY (1UL << 55)
#define FRAME      (SOFT_DIRTY - 1)

static uint64_t entries[NR + 2];
static unsigned char resident[NR];

static void look_in(const char *path, unsigned long page, size_t nr)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = pread(fd, entries, nr * 8, (off_t)((AT / PAGE + page) * 8));

    if (n != (ssize_t)(nr * 8))
        bail_out("%s: %zd, %s", path, n, strerror(errno));
    close(fd);
}

static void look(unsigned long page, size_t nr)
{
    look_in("/proc/self/pagemap", page, nr);
}

/* The bits but for the frame, which is there exactly if the page is. */
static void check_entry(size_t i, uint64_t bits, const char *what)
{
    is_long(entries[i] & ~FRAME, (long)bits, "%s", what);
    ok(((entries[i] & FRAME) != 0) == ((bits & PRESENT) != 0), "... with a frame if it is present");
}

static volatile char *map(size_t nr, int prot, int flags, int fd)
{
    char *p = mmap((void *)AT, nr * PAGE, prot, flags | MAP_FIXED, fd, 0);

    if (p == MAP_FAILED)
        bail_out("mmap: %s", strerror(errno));
    return p;
}

static void check_anonymous(void)
{
    volatile char *pages = map(8, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    char sum;

    pages[PAGE] = 1;
    sum = pages[2 * PAGE];
    look(0, 9);
    check_entry(0, SOFT_DIRTY, "untouched");
    check_entry(1, PRESENT | EXCLUSIVE | SOFT_DIRTY, "written");
    check_entry(2, PRESENT | SOFT_DIRTY, "read");
    check_entry(8, 0, "not mapped");
    mprotect((void *)(AT + PAGE), PAGE, PROT_NONE);
    look(1, 1);
    check_entry(0, PRESENT | EXCLUSIVE | SOFT_DIRTY, "inaccessible");
    mprotect((void *)(AT + PAGE), PAGE, RW);
    look(1, 1);
    check_entry(0, PRESENT | EXCLUSIVE | SOFT_DIRTY, "accessible again");
    madvise((void *)(AT + PAGE), PAGE, MADV_DONTNEED);
    look(1, 1);
    check_entry(0, SOFT_DIRTY, "given back");
    munmap((void *)AT, 8 * PAGE);
    look(1, 1);
    check_entry(0, sum ? PRESENT : 0, "unmapped");
}

static void check_files(void)
{
    int fd = memfd_create("pagemap", 0);
    volatile char *pages, *twice;

    if (fd < 0 || ftruncate(fd, 8 * PAGE) < 0)
        bail_out("memfd_create");
    pages = map(8, RW, MAP_SHARED, fd);
    pages[0] = pages[PAGE] = 1;
    look(0, 3);
    check_entry(0, PRESENT | FILE_PAGE | EXCLUSIVE | SOFT_DIRTY, "a file's page");
    check_entry(2, SOFT_DIRTY, "... and one that was not touched");
    twice = mmap(NULL, 8 * PAGE, RW, MAP_SHARED, fd, 0);
    twice[0] = 1;
    look(0, 2);
    check_entry(0, PRESENT | FILE_PAGE | SOFT_DIRTY, "mapped twice");
    check_entry(1, PRESENT | FILE_PAGE | EXCLUSIVE | SOFT_DIRTY, "... and its neighbour once");
    munmap(launder((unsigned long)twice), 8 * PAGE);
    map(8, RW, MAP_PRIVATE, fd);
    pages[3 * PAGE] = 1;
    look(3, 1);
    check_entry(0, PRESENT | EXCLUSIVE | SOFT_DIRTY, "a private copy is no file's");
    pages = map(8, RW, MAP_SHARED | MAP_ANONYMOUS, -1);
    pages[0] = 1;
    look(0, 1);
    check_entry(0, PRESENT | FILE_PAGE | EXCLUSIVE | SOFT_DIRTY, "shared anonymous memory is");
    munmap((void *)AT, 8 * PAGE);
    close(fd);
}

static void check_fork(void)
{
    volatile char *pages = map(4, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    int up[2], down[2];
    char path[64], byte = 0;
    uint64_t mine;
    pid_t pid;

    pages[0] = pages[PAGE] = 1;
    if (pipe(up) < 0 || pipe(down) < 0)
        bail_out("pipe");
    tap_flush();
    pid = fork();
    if (pid == 0) {
        pages[PAGE] = 2;
        write(up[1], &byte, 1);
        _exit(read(down[0], &byte, 1) == 1 ? 0 : 1);
    }
    read(up[0], &byte, 1);
    look(0, 2);
    check_entry(0, PRESENT | SOFT_DIRTY, "shared with a child");
    check_entry(1, PRESENT | EXCLUSIVE | SOFT_DIRTY, "not shared any more");
    mine = entries[0];
    snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
    look_in(path, 0, 3);
    is_long(entries[0], (long)mine, "the child has the same frame");
    check_entry(1, PRESENT | EXCLUSIVE | SOFT_DIRTY, "... and one of its own");
    check_entry(2, SOFT_DIRTY, "... and nothing where nobody was");
    write(down[1], &byte, 1);
    waitpid(pid, NULL, 0);
    look(0, 1);
    check_entry(0, PRESENT | EXCLUSIVE | SOFT_DIRTY, "all its own after the child's end");
    munmap((void *)AT, 4 * PAGE);
}

/* Over many pages, present is what mincore says. */
static void check_mincore(void)
{
    volatile char *pages = map(NR, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    size_t nr_bad = 0, nr_swapped = 0, nr = 0;

    for (size_t i = 0; i < NR; i++)
        if (i * 7 % 11 < 4)
            pages[i * PAGE] = 1;
    if (mincore((void *)AT, NR * PAGE, resident) < 0)
        bail_out("mincore");
    look(0, NR + 2);
    for (size_t i = 0; i < NR; i++) {
        nr_bad += (entries[i] >> 63) != (resident[i] & 1U);
        nr_swapped += (entries[i] & SWAPPED) != 0;
        nr += resident[i] & 1U;
    }
    is_long(nr_bad, 0, "a page is present where mincore says so");
    is_long(nr_swapped, 0, "... and none is swapped");
    is_long(nr, (NR * 4 + 10) / 11, "... of those that were touched");
    is_long(entries[NR] | entries[NR + 1], 0, "nothing behind");
    munmap((void *)AT, NR * PAGE);
}

static void check_file_itself(void)
{
    int fd = open("/proc/self/pagemap", O_RDONLY);
    off_t end = (off_t)(0x7ffffffff000 / PAGE * 8);

    is_long(pread(fd, entries, 64, end - 16), 16, "a read across the end is cut");
    is_long(pread(fd, entries, 8, end), 0, "... and one from there on empty");
    is_long(pread(fd, entries, 8, end + 8 * 12345), 0, "... as any behind");
    is_long(pread(fd, entries, 12, 0), -1, "a length that is no multiple of 8");
    is_errno(EINVAL, "... EINVAL");
    is_long(pread(fd, (void *)8, 8, 0), -1, "a buffer that is not there");
    is_errno(EFAULT, "... EFAULT");
    is_long(lseek(fd, 0, SEEK_END), -1, "the end cannot be sought");
    is_errno(EINVAL, "... EINVAL");
    is_long(lseek(fd, 80, SEEK_SET), 80, "a place can");
    is_long(lseek(fd, 8, SEEK_CUR), 88, "... and from there");
    close(fd);
}

int main(void)
{
    grow_stack();
    check_anonymous();
    check_files();
    check_fork();
    check_mincore();
    check_file_itself();
    return done_testing();
}
