/*
 * tests/bench/bench.c - instructions per operation, one row per function
 *
 * Run in QEMU with -icount shift=0, where the time-stamp counter counts the guest's instructions,
 * user's and kernel's together. Prints "name<TAB>instructions" for every row: the median of a few
 * runs, less an empty loop of the same length. The same ELF runs on Loam and on Linux.
 *
 * Mappings lie beside one that is populated, so that they share its page table; first touches are
 * the mean over consecutive pages, page tables included.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"

#define NR_RUNS 5

struct row {
    const char *name;
    long nr; /* operations per run */
    void (*prepare)(long nr);
    void (*run)(long nr);
    void (*clean_up)(long nr);
};

static char *memory;  /* what prepare_... made for the run */
static char *program; /* our own path, for the rows that run a program */

static uint64_t instructions(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static void *map(size_t len)
{
    void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED) {
        perror("bench: mmap");
        exit(1);
    }
    return p;
}

/* The length of loops is not known to the compiler, and each turn has an effect it must keep. */
static void keep(void)
{
    __asm__ volatile("" : : : "memory");
}

static void empty_loop(long nr)
{
    for (long i = 0; i < nr; i++)
        keep();
}

/* Mapped pages, not touched. */
static void prepare_pages(long nr)
{
    memory = map((size_t)nr * PAGE);
}

static void clean_up_pages(long nr)
{
    munmap(memory, (size_t)nr * PAGE);
}

static void run_write(long nr)
{
    for (long i = 0; i < nr; i++)
        *(volatile char *)(memory + (size_t)i * PAGE) = 1;
}

static void run_read(long nr)
{
    for (long i = 0; i < nr; i++)
        (void)*(volatile char *)(memory + (size_t)i * PAGE);
}

static void prepare_touched_pages(long nr)
{
    prepare_pages(nr);
    run_write(nr);
}

static void run_getpid(long nr)
{
    for (long i = 0; i < nr; i++)
        raw(SYS_getpid);
}

static void prepare_brk(long nr)
{
    (void)nr;
    memory = (char *)(((uintptr_t)sbrk(0) + PAGE - 1) & ~(PAGE - 1));
    brk(memory);
}

static void run_brk(long nr)
{
    for (long i = 1; i <= nr; i++)
        raw(SYS_brk, memory + (size_t)i * PAGE);
}

static void clean_up_brk(long nr)
{
    (void)nr;
    brk(memory);
}

static void run_map(long nr)
{
    for (long i = 0; i < nr; i++)
        munmap(map(PAGE), PAGE);
}

static void run_map_touch(long nr)
{
    for (long i = 0; i < nr; i++) {
        volatile char *p = map(PAGE);

        *p = 1;
        munmap((void *)(uintptr_t)p, PAGE);
    }
}

static void prepare_16_mib(long nr)
{
    (void)nr;
    prepare_touched_pages(4096);
}

static void run_protect(long nr)
{
    char *page = memory + 2048 * PAGE;

    for (long i = 0; i < nr; i++) {
        mprotect(page, PAGE, PROT_READ);
        mprotect(page, PAGE, PROT_READ | PROT_WRITE);
    }
}

static void clean_up_16_mib(long nr)
{
    (void)nr;
    clean_up_pages(4096);
}

/* Run ourselves to do nothing; a function of its own, for vfork returns twice into its caller. */
__attribute__((noinline)) static void start_and_wait(char **argv)
{
    char *envp[] = {NULL};
    pid_t pid = vfork();

    if (pid == 0) {
        execve(argv[0], argv, envp);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static void run_program(long nr)
{
    char *argv[] = {program, (char[]){"exit"}, NULL};

    for (long i = 0; i < nr; i++)
        start_and_wait(argv);
}

static void pairs(long nr, size_t size)
{
    for (long i = 0; i < nr; i++) {
        void *p = malloc(size);

        __asm__ volatile("" : "+r"(p) : : "memory"); /* or the compiler drops the pair */
        free(p);
    }
}

static void run_malloc_16(long nr)
{
    pairs(nr, 16);
}

static void run_malloc_64(long nr)
{
    pairs(nr, 64);
}

static void run_malloc_1k(long nr)
{
    pairs(nr, 1024);
}

static void run_malloc_4k(long nr)
{
    pairs(nr, 4096);
}

static void run_malloc_1m(long nr)
{
    pairs(nr, 1 << 20);
}

static const struct row rows[] = {
    {"getpid, raw system call", 1000, NULL, run_getpid, NULL},
    {"brk grow by one page, untouched", 256, prepare_brk, run_brk, clean_up_brk},
    {"first write to a private page", 1024, prepare_pages, run_write, clean_up_pages},
    {"first read (zero page)", 1024, prepare_pages, run_read, clean_up_pages},
    {"mmap + munmap of one untouched page", 500, NULL, run_map, NULL},
    {"mmap + touch + munmap of one page", 500, NULL, run_map_touch, NULL},
    {"munmap, per touched page", 1024, prepare_touched_pages, clean_up_pages, NULL},
    {"mprotect of one page inside 16 MiB and back", 200, prepare_16_mib, run_protect,
     clean_up_16_mib},
    {"vfork + execve + exit + wait", 20, NULL, run_program, NULL},
    {"malloc + free, 16 B", 1000, NULL, run_malloc_16, NULL},
    {"malloc + free, 64 B", 1000, NULL, run_malloc_64, NULL},
    {"malloc + free, 1 KiB", 1000, NULL, run_malloc_1k, NULL},
    {"malloc + free, 4 KiB", 1000, NULL, run_malloc_4k, NULL},
    {"malloc + free, 1 MiB untouched", 200, NULL, run_malloc_1m, NULL},
};

static uint64_t measure(void (*run)(long nr), long nr)
{
    uint64_t start = instructions();

    run(nr);
    return instructions() - start;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Returns instructions per operation, rounded. */
static uint64_t median(const struct row *row)
{
    uint64_t taken[NR_RUNS];

    for (int i = 0; i < NR_RUNS; i++) {
        if (row->prepare)
            row->prepare(row->nr);
        taken[i] = measure(row->run, row->nr);
        if (row->clean_up)
            row->clean_up(row->nr);
    }
    qsort(taken, NR_RUNS, sizeof(taken[0]), compare);
    uint64_t loop = measure(empty_loop, row->nr), middle = taken[NR_RUNS / 2];

    return middle < loop ? 0 : (middle - loop + (uint64_t)row->nr / 2) / (uint64_t)row->nr;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "exit") == 0)
        return 0;
    program = argv[0];

    /* The neighbour whose page table the rows share: of another protection, so that none merges. */
    char *neighbour = map(16 * PAGE);

    memset(neighbour, 1, 16 * PAGE);
    mprotect(neighbour, 16 * PAGE, PROT_READ);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        printf("%s\t%lu\n", rows[i].name, (unsigned long)median(&rows[i]));
        fflush(stdout);
    }
    return 0;
}
