/* loam-only: Linux promises by a ratio, not by what is free, and kills for lack of memory */
/* mem: 64M */
/* kargs: overcommit=never */
/*
 * tests/guest/p08_delivery.c - P8: memory promised to the last page is there when touched
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define NR_PIECES 32768

static struct {
    char *start;
    size_t len;
} pieces[NR_PIECES];
static size_t nr_pieces;

/* Ask for pieces of len bytes until they are refused. */
static void fill(size_t len)
{
    for (; nr_pieces < NR_PIECES; nr_pieces++) {
        char *start = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (start == MAP_FAILED)
            return;
        pieces[nr_pieces].start = start;
        pieces[nr_pieces].len = len;
    }
    bail_out("memory does not end");
}

/* All of it must be there: a process that dies here was lied to. */
static size_t touch_all(void)
{
    size_t wrong = 0;

    for (size_t i = 0; i < nr_pieces; i++)
        for (size_t at = 0; at < pieces[i].len; at += PAGE)
            *(uint64_t *)(pieces[i].start + at) = i ^ at;
    for (size_t i = 0; i < nr_pieces; i++)
        for (size_t at = 0; at < pieces[i].len; at += PAGE)
            wrong += *(uint64_t *)(pieces[i].start + at) != (i ^ at);
    return wrong;
}

static size_t total(void)
{
    size_t sum = 0;

    for (size_t i = 0; i < nr_pieces; i++)
        sum += pieces[i].len;
    return sum;
}

static size_t take_and_give_back(void)
{
    size_t sum;

    fill(1UL << 20);
    fill(PAGE);
    is_errno(ENOMEM, "memory is given out until ENOMEM");
    sum = total();
    is_long(touch_all(), 0, "every page that was given can be written and read");
    while (nr_pieces > 0) {
        nr_pieces--;
        munmap(pieces[nr_pieces].start, pieces[nr_pieces].len);
    }
    return sum;
}

int main(void)
{
    size_t first, second;

    diag("all memory is taken twice"); /* stdio has its buffer now */
    grow_stack();                      /* which is not promised, and refused when all is taken */
    first = take_and_give_back();
    ok(first >= 32UL << 20, "at least 32 MiB could be had");
    second = take_and_give_back();
    ok(second + (64UL << 10) >= first, "after all is given back as much can be had again");
    return done_testing();
}
