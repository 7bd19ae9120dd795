/*
 * fuzz/malloc.c OPERATIONS SEED HARDEN - random calls of the malloc family; every block keeps what was written to it
 *
 * Prints TAP. At the end everything is freed, and the program is as small as at its start.
 */
#include <malloc.h>
#include <stdint.h>
#include <unistd.h>

#include "tap.h"

#define NR_SLOTS 4096
#define EDGE     64 /* bytes at each end that are written and compared */

static struct {
    unsigned char *block;
    size_t size;
} slots[NR_SLOTS];

static uint64_t state;

static size_t draw(size_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 32) * below >> 32;
}

/* Small ones mostly. */
static size_t draw_size(void)
{
    size_t kind = draw(1000);

    if (kind < 900)
        return draw(512);
    if (kind < 990)
        return draw(16384);
    return kind < 999 ? draw(200000) : draw(2 << 20);
}

static unsigned char mark(size_t i)
{
    return (unsigned char)(i * 37 + slots[i].size + 1);
}

static void fill(size_t i)
{
    size_t size = slots[i].size, edge = size < EDGE ? size : EDGE;

    memset(slots[i].block, mark(i), edge);
    memset(slots[i].block + size - edge, mark(i), edge);
}

static int intact(size_t i)
{
    size_t size = slots[i].size, edge = size < EDGE ? size : EDGE;

    for (size_t k = 0; slots[i].block && k < edge; k++)
        if (slots[i].block[k] != mark(i) || slots[i].block[size - 1 - k] != mark(i))
            return 0;
    return 1;
}

/* Whether what was kept of a block that was resized is what was there, and what calloc gave is zero. */
static int resize(size_t i, size_t size)
{
    unsigned char old = mark(i), *block = realloc(slots[i].block, size);
    size_t kept = size < slots[i].size ? size : slots[i].size;

    if (!block)
        return 0;
    slots[i].block = block;
    slots[i].size = size;
    for (size_t k = 0; k < kept && k < EDGE; k++)
        if (block[k] != old)
            return 0;
    return 1;
}

static int zeroed(size_t i)
{
    for (size_t k = 0; k < slots[i].size; k++)
        if (slots[i].block[k])
            return 0;
    return 1;
}

static int step(void)
{
    size_t i = draw(NR_SLOTS), size = draw_size(), what = draw(16);
    int good = intact(i);

    if (slots[i].block && what < 3) {
        good = good && resize(i, size);
    } else if (slots[i].block) {
        free(slots[i].block);
        slots[i].block = NULL;
        return good;
    } else {
        size_t align = (size_t)1 << (what == 4 ? draw(13) : 4);
        slots[i].block = what == 3   ? calloc(1, size)
                         : what == 4 ? memalign(align, size)
                                     : malloc(size);
        slots[i].size = size;
        good = good && slots[i].block && (uintptr_t)slots[i].block % align == 0 &&
               (what != 3 || zeroed(i));
    }
    if (good)
        fill(i);
    return good;
}

int main(int argc, char **argv)
{
    unsigned long operations = argc > 1 ? strtoul(argv[1], NULL, 0) : 100000, i;
    struct mallinfo2 info;
    char *start, *end;

    state = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
    if (argc > 3 && atoi(argv[3]) != 0)
        mallopt(M_HARDEN, 1);
    diag("%lu operations", operations);
    start = sbrk(0);
    for (i = 0; i < operations && step(); i++)
        if (i % (operations / 10 + 1) == 0)
            malloc_check();
    ok(i == operations, "every block is aligned, zero where it has to be, and keeps its content");
    for (i = 0; i < NR_SLOTS; i++)
        free(slots[i].block);
    malloc_check();
    malloc_trim(0);
    malloc_check();
    info = mallinfo2();
    end = sbrk(0);
    /* Standard output has a buffer. */
    ok(info.uordblks + info.hblkhd <= 8192, "what is in use in the end is nothing of ours");
    ok(end - start <= 65536, "the break is where it was, but for 64 KiB");
    return done_testing();
}
