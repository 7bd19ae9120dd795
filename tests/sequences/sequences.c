/*
 * tests/sequences/sequences.c - random sequences of memory calls, the same on every kernel
 *
 *     sequences [-v|-V] SEED COUNT STEPS
 *
 * Runs COUNT sequences of STEPS calls. The seed of the n-th is SEED + n, and nothing else decides what
 * it does: "sequences -v SEED+n 1 STEPS" does it again, and prints every call (-V: and all mappings
 * after each). Otherwise one line per
 * sequence has its seed and a hash of all results, the final mappings, residency and contents. The
 * output must be the same on Linux and on Loam (tests/sequences.t); what a page should hold is checked
 * against a model besides (model.h), and every difference printed. The exit status is then 1.
 *
 * The calls meet in three windows (model.h). All other parts of the address space are filled at the
 * start, so that an address that the kernel chooses lies in a window too, at a place that follows from
 * the rules of mmap(2) alone. Nothing undetermined may be drawn or noted; each such case has its
 * comment: neighbours that could be one area (maps.c, known_nr_pages()), pages after MADV_FREE (lazy,
 * vague), bytes behind a file's end (cell_within_file()), the zero page after fork (model_forked()).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "draw.h"
#include "maps.h"
#include "model.h"
#include "raw.h"
#include "report.h"
#include "steps.h"
#include "touch.h"

#define MAX_DEPTH       2 /* of children */
#define MAX_CHILD_STEPS 8
#define NR_FIRST_STEPS  12 /* of a sequence, which only map something */

static int maps_after_steps;

static void step_fork(void);

static void step(void)
{
    static const struct {
        void (*run)(void);
        unsigned weight;
    } steps[] = {{step_mmap, 170}, {step_munmap, 55},  {step_mprotect, 90}, {step_mremap, 80},
                 {step_brk, 45},   {step_limit, 15},   {step_madvise, 110}, {step_lock, 50},
                 {step_msync, 20}, {step_mincore, 35}, {step_touch, 200},   {step_file, 70},
                 {step_copy, 50},  {step_fork, 10}};
    unsigned drawn = draw_below(1000);

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (drawn < steps[i].weight) {
            steps[i].run();
            return;
        }
        drawn -= steps[i].weight;
    }
}

static void check_all(void)
{
    maps_check();
    residency_check();
    content_check();
}

__attribute__((noreturn)) static void be_child(uint64_t seed)
{
    model_forked();
    draw_seed(seed);
    for (unsigned n = 1 + draw_below(MAX_CHILD_STEPS); n > 0; n--)
        step();
    check_all();
    report_flush();
    _exit(0);
}

/* Its few steps are the parent's time: one after the other, or the order would be the kernel's. */
static void step_fork(void)
{
    uint64_t seed = draw();
    uint64_t cut[NR_FILES];
    int status = 0;

    if (model_depth == MAX_DEPTH)
        return;
    note("fork");
    report_flush();
    for (int i = 0; i < NR_FILES; i++) {
        cut[i] = board->object[i].cut;
        board->object[i].cut = object_nr_pages(i);
    }
    long pid = raw(SYS_fork);
    if (pid == 0)
        be_child(seed);
    if (pid < 0 || raw(SYS_wait4, pid, &status, 0, 0) != pid)
        report_die("fork or wait4 failed");
    note("child ended with %lx", status);
    if (status != 0)
        report_failure("the child ended with %x", status);
    model_cut();
    for (int i = 0; i < NR_FILES; i++)
        if (cut[i] < board->object[i].cut)
            board->object[i].cut = cut[i];
}

static void lift_limits(void)
{
    struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};

    raw(SYS_prlimit64, 0, RLIMIT_AS, &none, 0);
    raw(SYS_prlimit64, 0, RLIMIT_DATA, &none, 0);
}

/* Back to empty windows and empty files. */
static void reset(void)
{
    lift_limits();
    raw(SYS_munlockall);
    for (int i = 0; i < NR_WINDOWS; i++)
        raw(SYS_munmap, window[i].base, (size_t)window[i].nr * PAGE);
    /* A break whose pages are gone does not always shrink: it is given a page first. */
    model_brk = (uintptr_t)raw(SYS_brk, 0);
    if (model_brk != window[WINDOW_HEAP].base) {
        raw(SYS_mmap, window[WINDOW_HEAP].base, (size_t)window[WINDOW_HEAP].nr * PAGE, PROT_READ,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        model_brk = (uintptr_t)raw(SYS_brk, window[WINDOW_HEAP].base);
        raw(SYS_munmap, window[WINDOW_HEAP].base, (size_t)window[WINDOW_HEAP].nr * PAGE);
    }
    if (model_brk != window[WINDOW_HEAP].base)
        report_die("the break does not go back to where it began");
    raw(SYS_ftruncate, descriptor[FD_FILE].fd, 0);
    raw(SYS_ftruncate, descriptor[FD_MEMFD].fd, 0);
    model_reset();
}

static void run_sequence(unsigned long seed, int nr_steps)
{
    board->hash = board->seed = seed;
    draw_seed(seed);
    for (board->step = 0; board->step < nr_steps; board->step++) {
        if (report_is_verbose)
            report_print("step %d", board->step);
        if (board->step < NR_FIRST_STEPS)
            step_mmap();
        else
            step();
        if (maps_after_steps)
            maps_check();
    }
    lift_limits();
    check_all();
    report_print("sequence %lu: %016lx", seed, board->hash);
    report_flush();
    reset();
}

static void init(void)
{
    void *shared =
        mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        report_die("no memory for the board");
    board = shared;
    touch_init();
    grow_stack();
    content_init();
    window[WINDOW_HEAP].base = ((uintptr_t)raw(SYS_brk, 0) + PAGE - 1) & -PAGE;
    raw(SYS_brk, window[WINDOW_HEAP].base);
    maps_reserve();
    reset();
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "-v") == 0 || strcmp(argv[1], "-V") == 0)) {
        report_is_verbose = 1;
        maps_after_steps = argv[1][1] == 'V';
        argc--;
        argv++;
    }
    if (argc != 4) {
        report_print("usage: sequences [-v|-V] SEED COUNT STEPS");
        report_flush();
        return 2;
    }
    unsigned long seed = strtoul(argv[1], NULL, 10);
    int count = atoi(argv[2]);

    init();
    for (int i = 0; i < count; i++)
        run_sequence(seed + (unsigned)i, atoi(argv[3]));
    report_print("%d sequences, %d not as modelled", count, board->nr_failures);
    report_flush();
    return board->nr_failures > 0;
}
