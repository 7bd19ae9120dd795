/*
 * bench/malloc/space.c CASE - how much memory stays resident for how much that is live
 *
 * Prints one number, in thousandths where it is a ratio. All blocks are written to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t resident(void)
{
    char text[64] = {0};
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;

    /* No buffer of the library's: it would come from the heap that is measured. */
    setvbuf(file, NULL, _IONBF, 0);
    if (fgets(text, sizeof(text), file) != NULL)
        sscanf(text, "%*u %lu", &pages);
    fclose(file);
    return pages * 4096;
}

/* Not from the heap that is measured. */
static void *blocks[16 << 20];

static void *fresh(size_t size)
{
    return memset(malloc(size), 1, size);
}

/* Bytes that a block of a size costs, in thousandths. */
static size_t cost(size_t size, size_t n)
{
    size_t before;

    /* The table of pointers is resident before, too. */
    memset(blocks, 1, n * sizeof(*blocks));
    before = resident();
    for (size_t i = 0; i < n; i++)
        blocks[i] = fresh(size);
    return (resident() - before) * 1000 / n;
}

/* Many, every other one freed, then larger ones. */
static size_t every_other(void)
{
    size_t n = 200000, live = 0;

    memset(blocks, 1, 2 * n * sizeof(*blocks));
    size_t before = resident();
    for (size_t i = 0; i < n; i++)
        blocks[i] = fresh(64 + i % 8 * 32);
    for (size_t i = 0; i < n; i += 2)
        free(blocks[i]);
    for (size_t i = 1; i < n; i += 2)
        live += 64 + i % 8 * 32;
    for (size_t i = 0; i < n / 2; i++) {
        size_t size = 384 + i % 8 * 64;
        blocks[n + i] = fresh(size);
        live += size;
    }
    return (resident() - before) * 1000 / live;
}

/* Phases of sizes of their own, each but for a few freed before the next. */
static size_t phases(void)
{
    size_t live = 0, nr_kept = 0;

    memset(blocks, 1, 2000000 * sizeof(*blocks));
    size_t before = resident();
    for (size_t phase = 0; phase < 8; phase++) {
        size_t size = (size_t)24 << phase, n = ((size_t)32 << 20) / size;
        for (size_t i = 0; i < n; i++)
            blocks[1000000 + i] = fresh(size);
        for (size_t i = 0; i < n; i++) {
            if (i % 10 != 0) {
                free(blocks[1000000 + i]);
            } else {
                blocks[nr_kept++] = blocks[1000000 + i];
                live += size;
            }
        }
    }
    return (resident() - before) * 1000 / live;
}

/* A peak of 147 MiB freed but for one block in a few hundred: what is resident soon after, in KiB. */
static size_t peak(void)
{
    size_t n = 0, total = 0;

    memset(blocks, 1, 1000000 * sizeof(*blocks));
    size_t before = resident();
    for (size_t size; total < (size_t)147 << 20; total += size) {
        size = 32 + n * 7919 % 400;
        blocks[n++] = fresh(size);
    }
    for (size_t i = 0; i < n; i++)
        if (i % 300 != 0)
            free(blocks[i]);
    /* Soon: what a program goes on with. */
    for (size_t i = 0; i < 10000; i++)
        free(fresh(32 + i % 400));
    return (resident() - before) / 1024;
}

/* Memory of its own that a process has which has just started, in KiB. */
static size_t start(void)
{
    char line[128];
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    unsigned long kib = 0;

    setvbuf(file, NULL, _IONBF, 0);
    while (fgets(line, sizeof(line), file) != NULL)
        if (sscanf(line, "Anonymous: %lu", &kib) == 1)
            break;
    fclose(file);
    return kib;
}

int main(int argc, char **argv)
{
    const char *name = argc == 2 ? argv[1] : "";
    size_t figure;

    if (strcmp(name, "16") == 0)
        figure = cost(16, 4000000);
    else if (strcmp(name, "1000") == 0)
        figure = cost(1000, 100000);
    else if (strcmp(name, "every-other") == 0)
        figure = every_other();
    else if (strcmp(name, "phases") == 0)
        figure = phases();
    else if (strcmp(name, "peak") == 0)
        figure = peak();
    else if (strcmp(name, "start") == 0)
        figure = start();
    else
        return 1;
    printf("%zu\n", figure);
    return 0;
}
