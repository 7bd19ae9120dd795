/* loam-only: fills all memory; Linux kills where it has promised too much */
/* mem: 64M */
/* kargs: overcommit=never */
/*
 * tests/guest/p08_full.c - P8 at the last frame: memory is taken by every route at once, in ever
 * smaller pieces, until each route says no; then everything that was given is touched
 *
 * Routes: the break, private and shared anonymous memory, files in /tmp, pages far apart (each with
 * page tables of its own), pipes, and children that share pages copy-on-write. Nobody is killed, no
 * touch fails, and at the end what was given can be had again.
 */
#include <sched.h>

#include "meminfo.h"
#include "memory.h"

#define NR_PIECES 4096
#define FAR       (1UL << 30) /* two pages this far apart share no table but the top ones */

static struct piece {
    char *start;
    size_t nr_pages;
    size_t stride; /* bytes between the pages that are touched */
} pieces[NR_PIECES];

static size_t nr_pieces;
static int file;
static size_t file_pages;
static char *far_place = (char *)0x300000000000;

/* Returns whether it was given. */
static int keep(char *start, size_t nr_pages, size_t stride)
{
    if (start == MAP_FAILED || nr_pieces == NR_PIECES)
        return 0;
    pieces[nr_pieces++] = (struct piece){start, nr_pages, stride};
    return 1;
}

static int take_break(size_t nr_pages)
{
    return keep(sbrk((intptr_t)(nr_pages * PAGE)), nr_pages, PAGE);
}

static int take_private(size_t nr_pages)
{
    return keep(mmap(NULL, nr_pages * PAGE, RW, ANON, -1, 0), nr_pages, PAGE);
}

static int take_shared(size_t nr_pages)
{
    return keep(mmap(NULL, nr_pages * PAGE, RW, SHARED, -1, 0), nr_pages, PAGE);
}

/* Written by the call, so that the file's pages are there, or it says how many are. */
static int take_file(size_t nr_pages)
{
    size_t done = 0;

    while (done < nr_pages && pwrite(file, "f", 1, (off_t)((file_pages + done) * PAGE)) == 1)
        done++;
    file_pages += done;
    return done == nr_pages;
}

static int take_far(size_t nr_pages)
{
    size_t done = 0;

    while (done < nr_pages && keep(mmap(far_place, PAGE, RW, ANON, -1, 0), 1, PAGE)) {
        far_place += FAR;
        done++;
    }
    return done == nr_pages;
}

static int take_pipe(size_t nr_pages)
{
    static char page[PAGE];
    int ends[2];

    if (pipe2(ends, O_NONBLOCK) != 0)
        return 0;
    for (size_t i = 0; i < nr_pages && i < 16; i++)
        if (write(ends[1], page, PAGE) != (ssize_t)PAGE)
            return 0;
    return 1;
}

static pid_t child_pid;
static volatile int *child_goes; /* shared; a pipe would need memory when there is none */

/* A child that will write to all that it shares with us. */
static void fork_writer(void)
{
    child_goes = mmap(NULL, PAGE, RW, SHARED, -1, 0);
    *child_goes = 0;
    tap_flush();
    child_pid = fork();
    if (child_pid == 0) {
        while (!*child_goes)
            sched_yield();
        for (size_t i = 0; i < nr_pieces; i++)
            for (size_t page = 0; page < pieces[i].nr_pages; page++)
                ((volatile char *)pieces[i].start)[page * pieces[i].stride] = 2;
        _exit(0);
    }
}

static size_t touch_everything(void)
{
    size_t nr = 0;

    for (size_t i = 0; i < nr_pieces; i++)
        for (size_t page = 0; page < pieces[i].nr_pages; page++, nr++)
            ((volatile char *)pieces[i].start)[page * pieces[i].stride] = 1;
    return nr;
}

static void fill(void)
{
    static int (*const routes[])(size_t) = {take_break, take_private, take_shared,
                                            take_file,  take_far,     take_pipe};
    size_t nr_routes = sizeof(routes) / sizeof(routes[0]);

    for (size_t nr_pages = 256; nr_pages; nr_pages /= 2) {
        size_t refused = 0;

        for (size_t i = 0; refused < nr_routes && nr_pieces < NR_PIECES; i++)
            refused = routes[i % nr_routes](nr_pages) ? 0 : refused + 1;
    }
}

/* All that was given is touched by a child; the books must balance when it has gone. */
static int fill_and_touch(void)
{
    size_t nr;

    take_private(1024);
    take_break(512);
    fork_writer();
    if (child_pid < 0)
        return 1;
    fill();
    nr = touch_everything();
    *child_goes = 1;
    if (wait_status(child_pid) != EXITED(0))
        return 2;
    if (touch_everything() != nr || nr < 2048)
        return 3;
    return fork() == -1 && errno == ENOMEM ? 0 : 4;
}

int main(void)
{
    long before = 0, after;

    file = make_file(0, 'a');
    for (int i = 0; i < 3; i++) {
        is_long(in_child(fill_and_touch()), EXITED(0),
                "all memory taken by every route, and touched; no process is killed");
        is_long(ftruncate(file, 0), 0, "... its file is made empty");
        file_pages = 0;
        if (i == 0)
            before = free_or_heap_frames();
    }
    after = free_or_heap_frames();
    is_long(after, before, "... and all frames are free again");
    return done_testing();
}
