/*
 * tests/guest/p07_fragmentation.c - P7: a request that fits in the sum of the holes but in none of
 * them
 *
 * All of the address space is reserved (PROT_NONE promises no memory), then every second 64 KiB of
 * a stretch are given back: 16 holes of 64 KiB, where 128 KiB cannot be placed.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define HOLE      (64UL << 10)
#define NR_HOLES  16UL
#define STRETCH   ((2 * NR_HOLES + 1) * HOLE)
#define NR_PIECES 4096

static struct {
    char *start;
    size_t len;
} pieces[NR_PIECES];
static size_t nr_pieces;

static char *stretch;

static char *reserve(size_t len)
{
    return mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static char *ask(size_t len)
{
    return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Take what is left in ever smaller pieces, down to single pages. */
static void fill(void)
{
    for (size_t len = 1UL << 46; len >= PAGE; len /= 2) {
        char *start;

        while ((start = reserve(len)) != MAP_FAILED) {
            if (nr_pieces == NR_PIECES)
                bail_out("the address space is more fragmented than expected");
            pieces[nr_pieces].start = start;
            pieces[nr_pieces++].len = len;
        }
        if (errno != ENOMEM)
            bail_out("mmap: %s", strerror(errno));
    }
}

static void drain(void)
{
    while (nr_pieces > 0) {
        nr_pieces--;
        if (munmap(pieces[nr_pieces].start, pieces[nr_pieces].len) != 0)
            bail_out("munmap: %s", strerror(errno));
    }
}

static char *hole(size_t i)
{
    return stretch + (2 * i + 1) * HOLE;
}

/* Returns how many of the holes can be mapped as a whole; unmaps them again. */
static size_t count_holes(void)
{
    size_t nr = 0;

    for (size_t i = 0; i < NR_HOLES; i++) {
        char *map = mmap(hole(i), HOLE, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

        nr += map == hole(i);
        if (map != MAP_FAILED)
            munmap(map, HOLE);
    }
    return nr;
}

static void check_refusal(void)
{
    for (size_t i = 0; i < NR_HOLES; i++)
        munmap(hole(i), HOLE);
    is_ptr(ask(2 * HOLE), MAP_FAILED, "128 KiB do not fit into 16 holes of 64 KiB");
    is_errno(ENOMEM, "... and get ENOMEM");
    is_ptr(ask(HOLE + 1), MAP_FAILED, "64 KiB and a byte do not");
    is_errno(ENOMEM, "... ENOMEM");
    is_long(count_holes(), NR_HOLES, "... and nothing has changed: all holes are there");
}

static void check_holes_fill(void)
{
    char *maps[NR_HOLES];
    size_t inside = 0, written = 0;

    for (size_t i = 0; i < NR_HOLES; i++) {
        maps[i] = ask(HOLE);
        inside += maps[i] != MAP_FAILED && maps[i] >= stretch && maps[i] < stretch + STRETCH &&
                  (size_t)(maps[i] - stretch) % (2 * HOLE) == HOLE;
    }
    is_long(inside, NR_HOLES, "16 requests of 64 KiB fill the holes exactly");
    is_ptr(ask(PAGE), MAP_FAILED, "then not even a page is left");
    is_errno(ENOMEM, "... ENOMEM");
    for (size_t i = 0; inside == NR_HOLES && i < NR_HOLES; i++) {
        maps[i][0] = (char)i;
        maps[i][HOLE - 1] = (char)i;
        written +=
            can_read(maps[i] + HOLE - 8) && !can_read(maps[i] + HOLE) && !can_read(maps[i] - 8);
    }
    is_long(written, NR_HOLES, "each is memory, its neighbours are not");
    munmap(stretch, STRETCH);
}

int main(void)
{
    char *large;

    grow_stack(); /* with no address space left it cannot */
    stretch = reserve(STRETCH);
    if (stretch == MAP_FAILED)
        bail_out("mmap: %s", strerror(errno));
    fill();
    ok(nr_pieces > 0, "the address space can be filled with reservations");
    is_ptr(reserve(PAGE), MAP_FAILED, "then there is no room for a page");
    is_errno(ENOMEM, "... ENOMEM");
    check_refusal();
    check_holes_fill();
    is_ptr(large = reserve(STRETCH), stretch, "after that the whole stretch is one hole again");
    munmap(large, STRETCH);
    drain();
    ok((large = reserve(1UL << 46)) != MAP_FAILED, "half of the address space is free again");
    munmap(large, 1UL << 46);
    return done_testing();
}
