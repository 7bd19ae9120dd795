/*
 * tests/guest/inject.h - let each allocation of a call fail, one after the other
 *
 * A scenario prepares something and then acts: one system call, or a touch. It is run in a child
 * whose first allocation while it acts fails (/proc/self/fail-nth, Linux's fault-injection.rst), then
 * in one whose second does, and so on, until nothing is left to fail. Each time the call must
 *
 *     succeed all the same, or fail with an errno that its manual page has for want of memory,
 *     leave the memory at ARENA as it was: areas, rights, contents,
 *     and succeed when it is made again.
 *
 * What the machine has free must not change from one round of all that to the next; the kernel's own
 * count at the end (P10) is exact.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "meminfo.h"
#include "raw.h"
#include "tap.h"

#define ARENA       0x200000000000UL /* a place whose page tables nothing else needs */
#define ARENA_PAGES 24UL
#define NTH_MAX     400 /* allocations that no call here makes */

/* How a child ends. */
#define RETURNED               1  /* see the record */
#define REPLACED               10 /* by a program in which the allocation was still to come */
#define REPLACED_AFTER_FAILURE 11

enum inject_flags {
    MAY_DIE =
        1 << 0, /* SIGKILL, SIGSEGV or SIGBUS may end what touches memory that is not to be had */
    NEVER = 1 << 1,      /* allocates nothing */
    ONE_WAY = 1 << 2,    /* cannot be made twice */
    KEEPS_PART = 1 << 3, /* where it fails, what it did to some pages may stay (its manual page) */
};

struct scenario {
    const char *name;
    void (*prepare)(void);
    long (*act)(void); /* as a system call: a negative errno says that it failed */
    unsigned flags;
    int error; /* that is allowed beside ENOMEM; 0: none */
};

/* What a child leaves behind, in memory that is shared with the parent. */
static struct record {
    long result, again; /* of act() */
    long left;          /* allocations to the one that fails; 0: it has failed */
    pid_t twin;         /* a process that prepare() has started; 0: none */
    char picture[8192];
} * record;

static int nth_file = -1;
static int pictured = -1; /* a file that belongs to the picture */

/* The nth allocation from now on fails; 0: none. */
__attribute__((unused)) static void inject_arm(unsigned nth)
{
    char text[16];
    int len = snprintf(text, sizeof(text), "%u", nth);

    raw(SYS_write, nth_file, text, len); /* whatever the offset */
}

/* How many were left; nothing fails any more. */
__attribute__((unused)) static long inject_disarm(void)
{
    char text[16] = "";

    raw(SYS_pread64, nth_file, text, sizeof(text) - 1, 0);
    inject_arm(0);
    return strtol(text, NULL, 10);
}

/* ---- the picture ------------------------------------------------------------------------------ */

static uint32_t sum_of(const volatile unsigned char *page)
{
    uint32_t sum = 1;

    for (size_t i = 0; i < PAGE; i++)
        sum = sum * 31 + page[i];
    return sum;
}

/* Rights and content of a page, or that there is none. Writes to it, but what was there. */
static int draw_page(char *to, size_t size, volatile unsigned char *page)
{
    unsigned char resident;
    int writable = 0;

    if (raw(SYS_mincore, page, PAGE, &resident) == -ENOMEM)
        return snprintf(to, size, "none ");
    if (!can_read(page))
        return snprintf(to, size, "--- ");
    uint32_t sum = sum_of(page);
    uint64_t first = *(volatile uint64_t *)page;
    writable = can_write(page);
    if (writable)
        *(volatile uint64_t *)page = first;
    return snprintf(to, size, "r%c%08x ", writable ? 'w' : '-', sum);
}

/* The lines of /proc/self/maps that lie in the arena, without numbers of files: each has its own. */
static size_t draw_maps(char *to, size_t size)
{
    static char text[16384];
    size_t len = 0, done = 0;
    int fd = open("/proc/self/maps", O_RDONLY);

    for (ssize_t n; fd >= 0 && (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0;)
        len += (size_t)n;
    close(fd);
    text[len] = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        unsigned long start = strtoul(line, NULL, 16);
        int inode = 0, name = 0;
        sscanf(line, "%*s %*s %*s %*s %n%*u %n", &inode, &name);
        if (start >= ARENA && start < ARENA + ARENA_PAGES * PAGE)
            done += (size_t)snprintf(to + done, size - done, "\n%.*s%s", inode, line, line + name);
    }
    return done;
}

/* Size and content of the file, and what it takes. */
static size_t draw_file(char *to, size_t size)
{
    static unsigned char page[PAGE];
    struct stat stat = {0};
    uint32_t sum = 1;
    long done = 0;

    for (long n; (n = raw(SYS_pread64, pictured, page, PAGE, done)) > 0; done += n)
        for (long i = 0; i < n; i++)
            sum = sum * 31 + page[i];
    fstat(pictured, &stat);
    return (size_t)snprintf(to, size, "\nfile %ld:%08x, %ld blocks ", done, sum,
                            (long)stat.st_blocks);
}

static void draw_picture(void)
{
    sigset_t mask;
    char *to = record->picture;
    size_t size = sizeof(record->picture), len = draw_maps(to, size);

    sigprocmask(SIG_SETMASK, NULL, &mask);
    len += (size_t)snprintf(to + len, size - len, "\nbreak +%lu ",
                            (unsigned long)sbrk(0) & (16 * PAGE - 1));
    for (size_t i = 0; i < ARENA_PAGES; i++)
        len += (size_t)draw_page(to + len, size - len, (unsigned char *)(ARENA + i * PAGE));
    if (pictured >= 0)
        draw_file(to + len, size - len);
    sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* ---- one run ---------------------------------------------------------------------------------- */

/* In a child: prepare, act with the nth allocation failing, look, and act again if it did fail. */
static void run_scenario(const struct scenario *scenario, unsigned nth)
{
    grow_stack();
    if (scenario->prepare)
        scenario->prepare();
    inject_arm(nth);
    long result = scenario->act();
    record->left = inject_disarm();
    record->result = result;
    if (result < 0 && result > -4096) {
        draw_picture();
        if (!(scenario->flags & ONE_WAY))
            record->again = scenario->act();
    }
    _exit(RETURNED);
}

/* End a grandchild and wait until it is gone; process 1 has it by now, and reaps it. */
static void end_twin(void)
{
    if (record->twin <= 0)
        return;
    kill(record->twin, SIGKILL);
    while (kill(record->twin, 0) == 0)
        sched_yield();
}

static int in_child(const struct scenario *scenario, unsigned nth)
{
    int status = -1;

    fflush(stdout);
    *record = (struct record){.left = -1};
    pid_t pid = fork();
    if (pid == 0)
        run_scenario(scenario, nth);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        bail_out("no child: %s", strerror(errno));
    end_twin();
    return status;
}

/* The picture of what is prepared, before anything is done. */
static void draw_expected(const struct scenario *scenario, char *expected)
{
    pid_t pid = fork();

    if (pid == 0) {
        grow_stack();
        if (scenario->prepare)
            scenario->prepare();
        draw_picture();
        _exit(RETURNED);
    }
    waitpid(pid, NULL, 0);
    end_twin();
    strcpy(expected, record->picture);
}

static int complain(const struct scenario *scenario, unsigned nth, const char *what, long value)
{
    diag("%s, allocation %u fails: %s (%ld)", scenario->name, nth, what, value);
    return 0;
}

/* Whether all is as it should be after the nth allocation has failed. */
static int is_good(const struct scenario *scenario, unsigned nth, int status, const char *expected)
{
    long result = record->result;

    if (status == REPLACED_AFTER_FAILURE << 8)
        return 1;
    if (status != RETURNED << 8) {
        int may_die = scenario->flags & MAY_DIE &&
                      (status == SIGKILL || status == SIGSEGV || status == SIGBUS);
        return may_die || complain(scenario, nth, "the child died, status", status);
    }
    if (result >= 0 || result < -4095)
        return 1;
    if (scenario->flags & NEVER)
        return complain(scenario, nth, "what never allocates fails", result);
    if (result != -ENOMEM && (!scenario->error || result != -scenario->error))
        return complain(scenario, nth, "not an error for want of memory", result);
    if (!(scenario->flags & ONE_WAY) && record->again < 0 && record->again > -4096)
        return complain(scenario, nth, "fails again", record->again);
    if (!(scenario->flags & KEEPS_PART) && strcmp(record->picture, expected) != 0) {
        diag("before: %s", expected);
        diag("after:  %s", record->picture);
        return complain(scenario, nth, "something has changed", result);
    }
    return 1;
}

/* Returns how many allocations could be made to fail; -1: something went wrong. */
static long fail_each(const struct scenario *scenario)
{
    static char expected[sizeof(record->picture)];
    long nr_failed = 0;
    int all_good = 1;

    draw_expected(scenario, expected);
    for (unsigned nth = 1;; nth++) {
        int status = in_child(scenario, nth);

        if (status == REPLACED << 8 || (status == RETURNED << 8 && record->left > 0)) {
            /* Nothing has failed. */
            if (record->result < 0 && record->result > -4096)
                all_good = complain(scenario, 0, "it does not succeed", record->result);
            break;
        }
        nr_failed++;
        all_good &= is_good(scenario, nth, status, expected);
        if (nth == NTH_MAX)
            all_good = complain(scenario, nth, "there is no end of it", status);
        if (!all_good)
            break;
    }
    return all_good ? nr_failed : -1;
}

/* ---- all scenarios ---------------------------------------------------------------------------- */

static void inject_open(void)
{
    nth_file = open("/proc/self/fail-nth", O_RDWR);
    if (nth_file < 0)
        bail_out("/proc/self/fail-nth: %s", strerror(errno));
    record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (record == MAP_FAILED)
        bail_out("no shared memory");
}

/*
 * Every scenario twice; the second time the kernel has at hand what it keeps for reuse, and nothing
 * may be lost. Where its heap has just grown once more, it has not: a third time says which it was.
 */
static inline void inject_all(const struct scenario *scenarios, size_t nr)
{
    inject_open();
    for (const struct scenario *s = scenarios; s < scenarios + nr; s++) {
        long nr_failed = fail_each(s), again = 0, lost = 1;

        for (int i = 0; i < 2 && lost != 0; i++) {
            long before = free_frames();
            again = fail_each(s);
            lost = before - free_frames();
        }

        if (s->flags & NEVER)
            is_long(nr_failed, 0, "%s: allocates nothing", s->name);
        else
            ok(nr_failed > 0, "%s: each allocation can fail", s->name);
        is_long(again, nr_failed, "%s: and once more", s->name);
        is_long(lost, 0, "%s: no frame is lost", s->name);
    }
}

#define inject_scenarios(list) inject_all(list, sizeof(list) / sizeof((list)[0]))
