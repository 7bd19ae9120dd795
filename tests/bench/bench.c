/*
 * tests/bench/bench.c - instructions per operation, one row per function
 *
 *   bench [ROW]    ROW: only the rows whose name contains this
 *
 * Run in QEMU with -icount shift=0, where the time-stamp counter counts the guest's instructions,
 * user's and kernel's together. Prints "name<TAB>instructions<TAB>operations" for every row: the
 * median of a few runs per operation, less an empty loop of the same length, and how many
 * operations these runs made in all. A dash is printed for a row that this kernel cannot do. The
 * same ELF runs on Loam and on Linux.
 *
 * Mappings lie beside one that is populated, so that they share its page table; first touches are
 * the mean over consecutive pages, page tables included.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"

#define NR_RUNS  5
#define MIB      (1UL << 20)
#define TIB      (1UL << 40)
#define READABLE (PROT_READ | PROT_WRITE)

struct row {
    const char *name;
    long nr; /* operations per run */
    void (*prepare)(long nr);
    void (*run)(long nr);
    void (*clean_up)(long nr);
    enum { HERE, IN_CHILD } where; /* IN_CHILD: a forked child runs it, and we wait for its end */
    long nr_areas;                 /* this many scattered areas are there meanwhile */
};

static char *memory;  /* what prepare_... made for the run */
static char *program; /* our own path, for the rows that run a program */
static jmp_buf give_up;

/* Returns the result of a call without which the row means nothing: its failure ends the row. */
static long must(long result)
{
    if (result < 0)
        longjmp(give_up, 1);
    return result;
}

static uint64_t instructions(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
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

static uint64_t measure(void (*run)(long nr), long nr)
{
    uint64_t start = instructions();

    run(nr);
    return instructions() - start;
}

static char *map_with(size_t len, int prot, int flags)
{
    void *p = mmap(NULL, len, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

    must(p == MAP_FAILED ? -1 : 0);
    return p;
}

static char *map(size_t len)
{
    return map_with(len, READABLE, 0);
}

static void unmap(char *start, size_t len)
{
    must(munmap(start, len));
}

/* ---- single pages ------------------------------------------------------------------------------ */

static void run_getpid(long nr)
{
    for (long i = 0; i < nr; i++)
        raw(SYS_getpid);
}

static void prepare_brk(long nr)
{
    (void)nr;
    memory = (char *)(((uintptr_t)sbrk(0) + PAGE - 1) & ~(PAGE - 1));
    must(brk(memory));
}

static void run_brk(long nr)
{
    for (long i = 1; i <= nr; i++)
        raw(SYS_brk, memory + (size_t)i * PAGE);
}

static void clean_up_brk(long nr)
{
    (void)nr;
    must(brk(memory));
}

/* Mapped pages, not touched. */
static void prepare_pages(long nr)
{
    memory = map((size_t)nr * PAGE);
}

static void clean_up_pages(long nr)
{
    unmap(memory, (size_t)nr * PAGE);
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

static void run_map(long nr)
{
    for (long i = 0; i < nr; i++)
        unmap(map(PAGE), PAGE);
}

static void run_map_touch(long nr)
{
    for (long i = 0; i < nr; i++) {
        char *p = map(PAGE);

        *(volatile char *)p = 1;
        unmap(p, PAGE);
    }
}

/* ---- megabytes --------------------------------------------------------------------------------- */

static void prepare_16_mib(long nr)
{
    (void)nr;
    prepare_touched_pages(16 * MIB / PAGE);
}

static void clean_up_16_mib(long nr)
{
    (void)nr;
    clean_up_pages(16 * MIB / PAGE);
}

static void run_protect(long nr)
{
    char *page = memory + 8 * MIB;

    for (long i = 0; i < nr; i++) {
        must(mprotect(page, PAGE, PROT_READ));
        must(mprotect(page, PAGE, PROT_READ | PROT_WRITE));
    }
}

/*
 * Every operation has a place of its own: 1 MiB of touched pages, which the pages behind it keep from
 * growing, and a hole of 2 MiB to move to. Both lie across a border of page tables, and the touched
 * pages outside them keep the tables.
 *
 *   0      1/2             1 1/2               4      4 1/2               6 1/2   7      8 MiB
 *   | page |  1 MiB touched  | mapped           | page |        hole         | page        |
 */
#define PLACE (8 * MIB)
#define OLD   (MIB / 2)
#define NEW   (4 * MIB + MIB / 2)

static void prepare_move(long nr)
{
    char *all = map(((size_t)nr + 1) * PLACE), *end = all + ((size_t)nr + 1) * PLACE;

    memory = (char *)(((uintptr_t)all + PLACE - 1) & ~(PLACE - 1));
    if (memory > all)
        unmap(all, (size_t)(memory - all));
    unmap(memory + (size_t)nr * PLACE, (size_t)(end - memory) - (size_t)nr * PLACE);
    for (char *p = memory; p < memory + (size_t)nr * PLACE; p += PLACE) {
        p[0] = p[4 * MIB] = p[7 * MIB] = 1;
        memset(p + OLD, 1, MIB);
        unmap(p + NEW, 2 * MIB);
    }
}

static void run_move(long nr)
{
    for (char *p = memory; p < memory + (size_t)nr * PLACE; p += PLACE) {
        raw(SYS_mremap, p + OLD, MIB, 2 * MIB, MREMAP_MAYMOVE | MREMAP_FIXED, p + NEW);
        must(raw(SYS_mremap, p + NEW, 2 * MIB, MIB, 0));
    }
}

static void clean_up_move(long nr)
{
    unmap(memory, (size_t)nr * PLACE);
}

static void prepare_reservation(long nr)
{
    (void)nr;
    memory = map_with(64 * TIB, PROT_NONE, MAP_NORESERVE);
}

static void run_unmap_reservation(long nr)
{
    (void)nr;
    unmap(memory, 64 * TIB);
}

/* ---- processes --------------------------------------------------------------------------------- */

static void run_fork(long nr)
{
    for (long i = 0; i < nr; i++) {
        pid_t pid = (pid_t)must(fork());

        if (pid == 0)
            _exit(0);
        must(waitpid(pid, NULL, 0));
    }
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

/* ---- many areas -------------------------------------------------------------------------------- */

/*
 * Pages mapped one by one, every other one, so that none merges with the next. A new page of another
 * protection finds its place between two of them and stays an area of its own.
 */
static char *scattered;
static long nr_scattered;

static void scatter(long nr)
{
    if (nr == nr_scattered)
        return;
    if (nr_scattered)
        unmap(scattered, (size_t)nr_scattered * 2 * PAGE);
    nr_scattered = 0;
    if (nr == 0)
        return;
    scattered = map_with((size_t)nr * 2 * PAGE, PROT_NONE, MAP_NORESERVE);
    unmap(scattered, (size_t)nr * 2 * PAGE);
    nr_scattered = nr;
    for (char *p = scattered; p < scattered + (size_t)nr * 2 * PAGE; p += 2 * PAGE) {
        void *at = mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

        must(at == MAP_FAILED ? -1 : 0);
    }
}

#define NR_NEW 8
static char *new_pages[NR_NEW];

static void run_map_new(long nr)
{
    for (long i = 0; i < nr; i++)
        new_pages[i] = map(PAGE);
}

static void run_unmap_new(long nr)
{
    for (long i = 0; i < nr; i++)
        unmap(new_pages[i], PAGE);
}

/* ---- malloc ------------------------------------------------------------------------------------ */

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

/* ---- processes, threads and files -------------------------------------------------------------- */

static int ends[4]; /* two pipes: to the child, and back */
static pid_t child;

static void echo_for_ever(void)
{
    char c;

    close(ends[1]);
    while (read(ends[0], &c, 1) == 1 && write(ends[3], &c, 1) == 1)
        ;
    _exit(0);
}

static void prepare_pipes(long nr)
{
    (void)nr;
    must(pipe(ends));
    must(pipe(ends + 2));
    child = fork();
    must(child);
    if (child == 0)
        echo_for_ever();
}

static void run_pipes(long nr)
{
    char c = 'x';

    for (long i = 0; i < nr; i++)
        must(write(ends[1], &c, 1) == 1 && read(ends[2], &c, 1) == 1 ? 0 : -1);
}

static void clean_up_pipes(long nr)
{
    (void)nr;
    for (int i = 0; i < 4; i++)
        close(ends[i]);
    waitpid(child, NULL, 0);
}

static int file;

static void prepare_file(long nr)
{
    static char page[4096];

    (void)nr;
    file = open("/tmp/bench", O_RDWR | O_CREAT, 0600);
    must(file);
    must(pwrite(file, page, sizeof(page), 0));
}

static void clean_up_file(long nr)
{
    (void)nr;
    close(file);
    unlink("/tmp/bench");
}

static void run_open(long nr)
{
    for (long i = 0; i < nr; i++)
        close((int)must(open("/tmp/bench", O_RDONLY)));
}

static void run_file_read(long nr)
{
    static char page[4096];

    for (long i = 0; i < nr; i++)
        must(pread(file, page, sizeof(page), 0));
}

static void run_file_write(long nr)
{
    static char page[4096];

    for (long i = 0; i < nr; i++)
        must(pwrite(file, page, sizeof(page), 0));
}

static void run_program_by_fork(long nr)
{
    for (long i = 0; i < nr; i++) {
        pid_t pid = fork();
        must(pid);
        if (pid == 0) {
            execl(program, program, "exit", NULL);
            _exit(1);
        }
        must(waitpid(pid, NULL, 0));
    }
}

static uint32_t turn;    /* whose it is: 0 or 1 */
static int thread_lives; /* cleared by the kernel at its end */
static long nr_turns;

static void take_turns(uint32_t mine, long nr)
{
    for (long i = 0; i < nr; i++) {
        uint32_t now;
        while ((now = __atomic_load_n(&turn, __ATOMIC_SEQ_CST)) != mine)
            raw(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, now, NULL, NULL, 0);
        __atomic_store_n(&turn, !mine, __ATOMIC_SEQ_CST);
        raw(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

static int other_thread(void *unused)
{
    (void)unused;
    take_turns(1, nr_turns);
    return 0;
}

static void run_switches(long nr)
{
    static char stack[65536] __attribute__((aligned(16)));

    turn = 0;
    nr_turns = nr / 2;
    must(clone(other_thread, stack + sizeof(stack),
               CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
                   CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
               NULL, &thread_lives, NULL, &thread_lives));
    take_turns(0, nr_turns);
    for (int tid; (tid = __atomic_load_n(&thread_lives, __ATOMIC_SEQ_CST)) != 0;)
        raw(SYS_futex, &thread_lives, FUTEX_WAIT, tid, NULL, NULL, 0);
}

/* ---- the table --------------------------------------------------------------------------------- */

static const struct row rows[] = {
    {"getpid, raw system call", 1000, NULL, run_getpid, NULL, HERE, 0},
    {"brk grow by one page, untouched", 256, prepare_brk, run_brk, clean_up_brk, HERE, 0},
    {"first write to a private page", 1024, prepare_pages, run_write, clean_up_pages, HERE, 0},
    {"first read (zero page)", 1024, prepare_pages, run_read, clean_up_pages, HERE, 0},
    {"copy-on-write fault", 1024, prepare_touched_pages, run_write, clean_up_pages, IN_CHILD, 0},
    {"mmap + munmap of one untouched page", 500, NULL, run_map, NULL, HERE, 0},
    {"mmap + touch + munmap of one page", 500, NULL, run_map_touch, NULL, HERE, 0},
    {"munmap, per touched page", 1024, prepare_touched_pages, clean_up_pages, NULL, HERE, 0},
    {"mprotect of one page inside 16 MiB and back", 200, prepare_16_mib, run_protect,
     clean_up_16_mib, HERE, 0},
    {"mremap 1 MiB resident to 2 MiB and back", 4, prepare_move, run_move, clean_up_move, HERE, 0},
    {"fork + exit + wait, 16 MiB resident", 5, prepare_16_mib, run_fork, clean_up_16_mib, HERE, 0},
    {"vfork + execve + exit + wait", 20, NULL, run_program, NULL, HERE, 0},
    {"fork + execve + exit + wait", 20, NULL, run_program_by_fork, NULL, HERE, 0},
    {"pipe, round trip between two processes", 500, prepare_pipes, run_pipes, clean_up_pipes, HERE,
     0},
    {"open + close of a file in /tmp", 500, prepare_file, run_open, clean_up_file, HERE, 0},
    {"read of 4 KiB from a file in /tmp", 500, prepare_file, run_file_read, clean_up_file, HERE, 0},
    {"write of 4 KiB to a file in /tmp", 500, prepare_file, run_file_write, clean_up_file, HERE, 0},
    {"switch between two threads by a futex", 1000, NULL, run_switches, NULL, HERE, 0},
    {"munmap of an untouched 64 TiB reservation", 1, prepare_reservation, run_unmap_reservation,
     NULL, HERE, 0},
    {"malloc + free, 16 B", 1000, NULL, run_malloc_16, NULL, HERE, 0},
    {"malloc + free, 64 B", 1000, NULL, run_malloc_64, NULL, HERE, 0},
    {"malloc + free, 1 KiB", 1000, NULL, run_malloc_1k, NULL, HERE, 0},
    {"malloc + free, 4 KiB", 1000, NULL, run_malloc_4k, NULL, HERE, 0},
    {"malloc + free, 1 MiB untouched", 200, NULL, run_malloc_1m, NULL, HERE, 0},
    {"10 areas: one mmap", NR_NEW, NULL, run_map_new, run_unmap_new, HERE, 10},
    {"10 areas: one munmap", NR_NEW, run_map_new, run_unmap_new, NULL, HERE, 10},
    {"1,000 areas: one mmap", NR_NEW, NULL, run_map_new, run_unmap_new, HERE, 1000},
    {"1,000 areas: one munmap", NR_NEW, run_map_new, run_unmap_new, NULL, HERE, 1000},
    {"10,000 areas: one mmap", NR_NEW, NULL, run_map_new, run_unmap_new, HERE, 10000},
    {"10,000 areas: one munmap", NR_NEW, run_map_new, run_unmap_new, NULL, HERE, 10000},
    {"100,000 areas: one mmap", NR_NEW, NULL, run_map_new, run_unmap_new, HERE, 100000},
    {"100,000 areas: one munmap", NR_NEW, run_map_new, run_unmap_new, NULL, HERE, 100000},
};

/* What run() took in a forked child, which hands it over in shared memory. */
static uint64_t measure_in_child(const struct row *row)
{
    uint64_t *taken = mmap(NULL, PAGE, READABLE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    must(taken == MAP_FAILED ? -1 : 0);
    *taken = 0;

    pid_t pid = (pid_t)must(fork());

    if (pid == 0) {
        *taken = measure(row->run, row->nr);
        _exit(0);
    }
    must(waitpid(pid, NULL, 0));

    uint64_t result = *taken;

    must(result ? 0 : -1);
    unmap((char *)taken, PAGE);
    return result;
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

    scatter(row->nr_areas);
    for (int i = 0; i < NR_RUNS; i++) {
        if (row->prepare)
            row->prepare(row->nr);
        taken[i] = row->where == HERE ? measure(row->run, row->nr) : measure_in_child(row);
        if (row->clean_up)
            row->clean_up(row->nr);
    }
    qsort(taken, NR_RUNS, sizeof(taken[0]), compare);
    uint64_t loop = measure(empty_loop, row->nr), middle = taken[NR_RUNS / 2];

    return middle < loop ? 0 : (middle - loop + (uint64_t)row->nr / 2) / (uint64_t)row->nr;
}

/* A row that gave up must not leave its memory to the next. */
static void clean_up_failure(const struct row *row)
{
    if (setjmp(give_up) == 0 && memory && row->clean_up)
        row->clean_up(row->nr);
}

static void print_row(const struct row *row)
{
    memory = NULL;
    if (setjmp(give_up) == 0) {
        printf("%s\t%lu\t%ld\n", row->name, (unsigned long)median(row), NR_RUNS * row->nr);
    } else {
        printf("%s\t-\t0\n", row->name);
        clean_up_failure(row);
    }
    fflush(stdout);
}

/* Where the limit cannot be raised, the rows that need more areas print a dash. */
static void raise_max_map_count(void)
{
    int fd = open("/proc/sys/vm/max_map_count", O_WRONLY);

    if (fd < 0)
        return;
    (void)!write(fd, "300000", 6);
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "exit") == 0)
        return 0;
    program = argv[0];
    raise_max_map_count();

    /* The neighbour whose page table the rows share: of another protection, so that none merges. */
    char *neighbour = map(16 * PAGE);

    memset(neighbour, 1, 16 * PAGE);
    must(mprotect(neighbour, 16 * PAGE, PROT_READ));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (argc < 2 || strstr(rows[i].name, argv[1]))
            print_row(&rows[i]);
    return 0;
}
