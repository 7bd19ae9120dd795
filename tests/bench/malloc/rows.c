/*
 * bench/malloc/rows.c ROW - one row of the table of instructions, for callgrind to count
 *
 * Counted is what happens inside counted(), the loop included. Prints how many operations that was, and how
 * far the time stamp counter got, which under QEMU's -icount shift=0 counts instructions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NR_BLOCKS 10000

static void *blocks[NR_BLOCKS];
static unsigned sizes[NR_BLOCKS], order[NR_BLOCKS];
static unsigned long state = 1;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005ul + 1442695040888963407ul;
    return (unsigned)((state >> 32) * below >> 32);
}

/* The compiler knows what malloc and free are and would leave pairs of them out. */
static inline void keep(void *block)
{
    __asm__ volatile("" : : "r"(block) : "memory");
}

static unsigned long now(void)
{
    return (unsigned long)__builtin_ia32_rdtsc();
}

static unsigned long pairs(size_t size)
{
    unsigned long n = 100000;

    for (unsigned long i = 0; i < n; i++) {
        void *block = malloc(size);
        keep(block);
        free(block);
    }
    return n;
}

static unsigned long zeroed(size_t size)
{
    unsigned long n = 1000;

    for (unsigned long i = 0; i < n; i++) {
        void *block = calloc(1, size);
        keep(block);
        free(block);
    }
    return n;
}

/* 10,000 blocks, then free them all, in rounds. */
static unsigned long rounds(void)
{
    unsigned n = 20;

    for (unsigned round = 0; round < n; round++) {
        for (unsigned i = 0; i < NR_BLOCKS; i++)
            blocks[i] = malloc(sizes[i]);
        for (unsigned i = 0; i < NR_BLOCKS; i++)
            free(blocks[order[i]]);
    }
    return (unsigned long)n * NR_BLOCKS;
}

static unsigned long doubling(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        void *block = NULL;
        for (size_t size = 1; size <= 1 << 20; size *= 2)
            block = realloc(block, size);
        free(block);
    }
    return n;
}

static unsigned long steps(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        void *block = NULL;
        for (size_t size = 4096; size <= 1 << 20; size += 4096)
            block = realloc(block, size);
        free(block);
    }
    return n;
}

__attribute__((noinline)) static unsigned long counted(const char *row)
{
    if (strncmp(row, "pair-", 5) == 0)
        return pairs((size_t)atol(row + 5));
    if (strncmp(row, "calloc-", 7) == 0)
        return zeroed((size_t)atol(row + 7));
    if (strcmp(row, "doubling") == 0)
        return doubling(10);
    if (strcmp(row, "steps") == 0)
        return steps(10);
    return rounds();
}

/* fifo, lifo, random, of 16 bytes each; or mixed-fifo ... of 16 to 1024 bytes. */
static void prepare(const char *row)
{
    int mixed = strncmp(row, "mixed-", 6) == 0;
    const char *how = mixed ? row + 6 : row;

    for (unsigned i = 0; i < NR_BLOCKS; i++) {
        sizes[i] = mixed ? 16 + draw(1009) : 16;
        order[i] = strcmp(how, "lifo") == 0 ? NR_BLOCKS - 1 - i : i;
    }
    for (unsigned i = NR_BLOCKS - 1; strcmp(how, "random") == 0 && i != 0; i--) {
        unsigned other = draw(i + 1), saved = order[i];
        order[i] = order[other];
        order[other] = saved;
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 1;
    prepare(argv[1]);
    /* Once not counted: thresholds adapt. */
    if (strcmp(argv[1], "doubling") == 0)
        doubling(1);
    if (strcmp(argv[1], "steps") == 0)
        steps(1);
    /* What is printed has its buffer before the counting begins. */
    printf("%s ", argv[1]);
    fflush(stdout);
    unsigned long start = now();
    unsigned long n = counted(argv[1]);
    unsigned long end = now();
    printf("%lu %lu\n", n, end - start);
    return 0;
}
