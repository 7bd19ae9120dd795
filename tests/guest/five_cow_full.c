/* loam-only: fills all memory and counts frames by MemFree, which is exact here */
/* mem: 64M */
/* kargs: overcommit=always */
/*
 * tests/guest/five_cow_full.c - DESIGN section 5, copy-on-write with no frame left: the process
 * that needs the copy ends, and neither side ever reads a page that is not its own
 */
#include "meminfo.h"
#include "memory.h"

/* Two thirds of what is free, so that a full copy cannot be had. */
static size_t nr_pages;

static void fill(volatile unsigned long *words)
{
    for (size_t i = 0; i < nr_pages; i++)
        words[i * PAGE / 8] = ~i;
}

static size_t count_wrong(const volatile unsigned long *words)
{
    size_t wrong = 0;

    for (size_t i = 0; i < nr_pages; i++)
        wrong += words[i * PAGE / 8] != ~i;
    return wrong;
}

/* In the child: before each write the page must still read as the parent's. */
static int write_all(volatile unsigned long *words)
{
    for (size_t i = 0; i < nr_pages; i++) {
        if (words[i * PAGE / 8] != ~i)
            return 1;
        words[i * PAGE / 8 + 1] = i;
        if (words[i * PAGE / 8] != ~i)
            return 2;
    }
    return 0;
}

/* The kernel writes: the call fails, or the process ends as if it had written itself. */
static int read_all(char *p, int fd)
{
    volatile unsigned long *words = (volatile unsigned long *)p;

    for (size_t i = 0; i < nr_pages; i++) {
        ssize_t n = pread(fd, p + i * PAGE + 8, 8, 0);

        if (words[i * PAGE / 8] != ~i)
            return 1;
        if (n != 8)
            return errno == EFAULT || errno == ENOMEM ? 3 : 4;
    }
    return 0;
}

int main(void)
{
    int fd = make_file(1, 'A'), status;
    long before, after;
    char *p;
    volatile unsigned long *words;

    is_long(in_child(0), EXITED(0), "a child");
    nr_pages = (size_t)free_frames() * 2 / 3;
    p = map_any(nr_pages, RW, ANON);
    words = (volatile unsigned long *)p;
    fill(words);
    before = free_or_heap_frames();
    is_long(in_child(count_wrong(words) != 0), EXITED(0), "a child reads all pages");
    is_long(in_child(write_all(words)), KILLED(SIGKILL),
            "a child that writes to all is killed when no frame is left");
    after = free_or_heap_frames();
    is_long(count_wrong(words), 0, "... the parent's pages are as they were");
    is_long(after, before, "... and the child's frames are free");
    status = in_child(read_all(p, fd));
    ok(status == KILLED(SIGKILL) || status == EXITED(3),
       "a child whose pages the kernel writes gets an error, or is killed");
    if (status != KILLED(SIGKILL) && status != EXITED(3))
        diag("wait status 0x%x", status);
    is_long(count_wrong(words), 0, "... the parent's pages are as they were");
    for (size_t i = 0; i < nr_pages; i++)
        words[i * PAGE / 8 + 1] = i;
    is_long(count_wrong(words), 0, "the parent writes to all of them without a copy");
    is_long(free_or_heap_frames(), after, "... which takes no frame");
    return done_testing();
}
