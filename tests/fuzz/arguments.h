/*
 * tests/fuzz/arguments.h - what the calls of calls.c are given: hostile, likely, and in between
 */
#pragma once

#include <fcntl.h>
#include <limits.h>
#include <linux/ipc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "random.h"
#include "raw.h"

#define ARENA       0x10000000UL
#define ARENA_PAGES 64UL
#define NR_FDS      24
#define NR_OPENED   11 /* of them, at first */
#define PROGRAM     "/tmp/fuzz-p"
#define NR_RESULTS  8

/* What arguments point to, with nothing behind it: where the kernel writes too much, that shows. */
static struct place {
    uint64_t structure[448];
    struct iovec vector[32];
} *const place = (void *)0x20000000;
_Static_assert(sizeof(struct place) == PAGE, "nothing behind it");

static long results[NR_RESULTS]; /* of earlier calls */
static const long *segment;      /* of shared memory, the one made last by any child */
static sigjmp_buf after_fault;
static volatile sig_atomic_t may_fault; /* and then goes on there */

/* What signals are caught with. */
static void on_fault(int signal);
static void on_signal(int signal, siginfo_t *info, void *context);

static const uint64_t hostile[] = {
    0,
    1,
    2,
    7,
    8,
    0xfff,
    0x1000,
    0x1001,
    0xffff,
    0x10000, /* at the bottom */
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x100000000, /* 32 bits */
    0x123456789000,
    0x7fffffffe000,
    0x7fffffffefff,
    0x7ffffffff000,
    0x7ffffffffff8,
    0x7fffffffffff,
    0x800000000000,
    0x8000000000000000,
    0x7fffffffffffffff,
    0x7ffffffffffff000,
    0xffff7ffffffffff8,
    0xffff800000000000,
    0xffffc00000000000,
    0xffffd00000000000,
    0xffffffff80000000,
    0xffffffff80100000,
    0xffffffffffe00000,
    0xfffffffffffff000,
    0xfffffffffffffff8,
    0xffffffffffffffff,
};

static const char *const harmless_paths[] = {
    "/",
    "/bin/true",
    "/bin/false",
    "/bin",
    "/dev/null",
    "/dev/zero",
    "/tmp",
    "/proc/meminfo",
    "/proc/self/maps",
    "/proc/self/pagemap",
    "/proc/self/smaps",
    "/proc/self/status",
    "/proc/self/stat",
    "/proc/self",
    "/proc",
    "/nowhere",
    "",
    ".",
    "..",
    "bin/../bin/./true",
    "/bin/true/x",
    "/proc/vmstat",
    "/proc/buddyinfo",
};
static const char *const own_paths[] = {"/tmp/fuzz-a",   "/tmp/fuzz-b",           "/tmp/fuzz-d",
                                        "/tmp/fuzz-d/x", "/tmp/fuzz-d/../fuzz-a", "/tmp/fuzz-l",
                                        PROGRAM};

static uint64_t any_word(void)
{
    switch (random_below(8)) {
    case 0:
        return random_word();
    case 1:
        return random_word() >> random_below(64);
    case 2:
        return (1UL << random_below(64)) + random_below(3) - 1;
    case 3:
        return (uint64_t)pick(results);
    case 4:
        return ARENA + random_below(ARENA_PAGES * PAGE);
    case 5:
        return random_below(40);
    default:
        return pick(hostile);
    }
}

/* A page, mostly of the arena. */
static uint64_t page_address(void)
{
    switch (random_below(32)) {
    case 0:
        return any_word();
    case 1:
        return pick(hostile);
    case 2:
        return ARENA + random_below(ARENA_PAGES * PAGE); /* unaligned */
    case 3:
        return (uint64_t)pick(results) & ~(PAGE - 1);
    case 4:
        return 0;
    case 5:
        return (uint64_t)sbrk(0) + random_below(16) * PAGE;
    default:
        return ARENA + random_below(ARENA_PAGES + 2) * PAGE;
    }
}

static uint64_t page_length(void)
{
    switch (random_below(24)) {
    case 0:
        return any_word();
    case 1:
        return random_below(4 * PAGE);
    case 2:
        return random_below(600) * PAGE; /* more than a page table */
    default:
        return (1 + random_below(12)) * PAGE;
    }
}

/* Memory to read or write: in the arena, often across the end of a page. */
static uint64_t buffer(void)
{
    switch (random_below(16)) {
    case 0:
        return any_word();
    case 1:
        return (uint64_t)place + random_below(PAGE);
    case 2:
    case 3:
    case 4:
    case 5:
        return ARENA + (1 + random_below(ARENA_PAGES)) * PAGE - random_below(64);
    default:
        return ARENA + random_below(ARENA_PAGES) * PAGE + random_below(2) * random_below(PAGE);
    }
}

static uint64_t length(void)
{
    static const uint64_t usual[] = {0, 1, 7, 8, 16, 100, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE};

    switch (random_below(12)) {
    case 0:
        return any_word();
    case 1:
        return random_below(20 * PAGE);
    default:
        return pick(usual);
    }
}

/* A structure of words that are hostile, or small, or pointers; at times where memory ends. */
static uint64_t structure_address(void)
{
    if (one_in(8))
        return one_in(2) ? 0 : buffer();
    for (size_t i = 0; i < 8; i++)
        place->structure[i] = one_in(3) ? any_word() : random_below(16);
    if (one_in(3)) {
        uint64_t *to = (uint64_t *)(ARENA + (1 + random_below(ARENA_PAGES)) * PAGE - 32);

        may_fault = 1;
        if (sigsetjmp(after_fault, 0) == 0)
            memcpy(to, place->structure, 32);
        may_fault = 0;
        return (uint64_t)to;
    }
    return (uint64_t)place->structure;
}

static uint64_t vector_address(void)
{
    if (one_in(8))
        return buffer();
    for (size_t i = 0; i < sizeof(place->vector) / sizeof(place->vector[0]); i++)
        place->vector[i] = (struct iovec){(void *)buffer(), length()};
    return (uint64_t)place->vector;
}

static uint64_t path(const char *const *names, size_t nr)
{
    static char longest[2 * PATH_MAX];

    switch (random_below(24)) {
    case 0:
        return any_word();
    case 1:
        return buffer();
    case 2:
        memset(longest, 'x', sizeof(longest) - 1);
        for (size_t i = 0; i < sizeof(longest) - 1; i += 1 + random_below(300))
            longest[i] = '/';
        return (uint64_t)longest + random_below(sizeof(longest));
    default:
        return (uint64_t)names[random_below(nr)];
    }
}

#define path_of(names) path(names, sizeof(names) / sizeof((names)[0]))

static uint64_t mapping_flags(void)
{
    static const uint64_t extra[] = {MAP_FIXED,           MAP_FIXED,     MAP_FIXED,
                                     MAP_FIXED_NOREPLACE, MAP_NORESERVE, MAP_POPULATE,
                                     MAP_GROWSDOWN,       MAP_STACK,     MAP_LOCKED,
                                     MAP_32BIT,           MAP_FIXED,     1UL << 18 /* HUGETLB */};
    uint64_t flags = one_in(3) ? MAP_SHARED : MAP_PRIVATE;

    if (one_in(32))
        return any_word();
    flags |= one_in(4) ? 0 : MAP_ANONYMOUS;
    flags |= pick(extra);
    return one_in(4) ? flags | pick(extra) : flags;
}

/* The kernel's struct sigaction: an action of this program, or something hostile in a part of it. */
static uint64_t action_address(void)
{
    static const uint64_t flags[] = {SA_ONSTACK, SA_RESTART, SA_NODEFER, SA_RESETHAND, SA_SIGINFO};
    uint64_t *action = place->structure;

    if (one_in(8))
        return structure_address();
    raw(SYS_rt_sigaction, SIGUSR1, 0, action, 8); /* for the way back, which libc knows */
    switch (random_below(8)) {
    case 0:
        action[0] = random_below(2); /* SIG_DFL, SIG_IGN */
        break;
    case 1:
        action[random_below(4)] = any_word();
        break;
    default:
        action[0] = one_in(2) ? (uint64_t)on_fault : (uint64_t)on_signal;
    }
    if (!one_in(4))
        action[1] ^= pick(flags);
    return (uint64_t)action;
}

/* A stack_t, somewhere in the arena. */
static uint64_t stack_address(void)
{
    stack_t *stack = (stack_t *)place->structure;

    if (one_in(8))
        return structure_address();
    *stack = (stack_t){.ss_sp = (void *)page_address(), .ss_size = page_length()};
    if (one_in(4))
        stack->ss_flags = (int)any_word();
    return (uint64_t)stack;
}

/* Rarely one that cannot be caught. */
static uint64_t harmless_signal(void)
{
    uint64_t signal = random_below(66);

    return (signal == SIGKILL || signal == SIGSTOP) && !one_in(8) ? 0 : signal;
}

/* A process that may be hurt: this one, its children, its group of its own, or none. */
static uint64_t process_number(void)
{
    static const uint64_t numbers[] = {0,          0x7fffffff, 32768,
                                       0x80000000, 4000000,    0xffffffff00000000};

    return one_in(4) ? pick(numbers) : (uint64_t)getpid();
}

/* An argument of that kind, see table.h. */
static uint64_t argument(char kind)
{
    static const uint64_t commands[] = {O_RDONLY,         O_WRONLY,         O_RDWR,
                                        O_RDWR | O_CREAT, O_CREAT | O_EXCL, O_DIRECTORY,
                                        O_RDWR | O_TRUNC, O_PATH,           O_RDWR | O_APPEND,
                                        O_CLOEXEC,        O_NONBLOCK,       O_NOFOLLOW};
    static const uint64_t controls[] = {F_DUPFD_CLOEXEC, F_SETFL,     F_SETPIPE_SZ, F_GETPIPE_SZ,
                                        F_ADD_SEALS,     F_GET_SEALS, F_SETLEASE,   F_GETLEASE,
                                        F_NOTIFY,        F_SETOWN_EX, F_OFD_SETLK,  F_GETLK};
    static const uint64_t requests[] = {TCGETS,     TCSETS,     TCSETSW,   TCSETSF,
                                        TIOCGWINSZ, TIOCSWINSZ, TIOCGPGRP, TIOCSPGRP,
                                        TIOCSCTTY,  TIOCNOTTY,  TCSBRK,    FIONREAD};
    static const uint64_t allocations[] = {0, FALLOC_FL_KEEP_SIZE,
                                           FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE};
    static const uint64_t advice[] = {0,  1,  2,  3,  4,  4,  4,  8,  9,  10, 11, 12,  13, 14,
                                      15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 100, 101};

    switch (kind) {
    case 'f':
        return one_in(16)  ? any_word()
               : one_in(8) ? (uint64_t)AT_FDCWD
                           : random_below(one_in(3) ? NR_FDS : NR_OPENED);
    case 'b':
        return buffer();
    case 'l':
        return length();
    case 'v':
        return vector_address();
    case 'w':
        return structure_address();
    case 'a':
        return page_address();
    case 'n':
        return page_length();
    case 'o':
        return one_in(8)         ? any_word()
               : random_below(2) ? random_below(40) * PAGE
                                 : random_below(99999);
    case 'q':
        return one_in(16) ? any_word() : random_below(40) * PAGE;
    case 'M':
        return one_in(4) ? random_below(64) : pick(allocations);
    case 'd':
        return process_number();
    case 'D':
        return one_in(4) ? process_number() : (uint64_t)-1;
    case 's':
        return one_in(4) ? path_of(own_paths) : path_of(harmless_paths);
    case 't':
        return path_of(own_paths);
    case 'p':
        return one_in(32) ? any_word() : random_below(8) & (one_in(2) ? 3 : 7);
    case 'm':
        return mapping_flags();
    case 'r':
        return one_in(32) ? any_word() : random_below(8);
    case 'h':
        return pick(advice);
    case 'y':
        return one_in(16) ? any_word() : random_below(8);
    case 'O':
        return one_in(16) ? any_word() : pick(commands);
    case 'F':
        return one_in(16) ? any_word() : one_in(2) ? random_below(16) : pick(controls);
    case 'I':
        return one_in(8) ? any_word() : pick(requests);
    case 'A':
        return action_address();
    case 'K':
        return stack_address();
    case '8':
        return one_in(16) ? any_word() : 8; /* the size of a signal set */
    case 'i':
        return one_in(8) ? any_word() : random_below(16);
    case 'g':
        return one_in(8) ? any_word() : harmless_signal();
    case 'H':
        return one_in(8) ? any_word() : (uint64_t)*segment;
    case 'S':
        return one_in(8) ? any_word() : IPC_CREAT | 0600;
    case 'C':
        return (one_in(4) ? random_word() & 0xffffff00 & ~0x8000UL /* CLONE_PARENT */ : 0) |
               (one_in(4) ? random_below(66) : SIGCHLD);
    case '0':
        return 0;
    default:
        return any_word();
    }
}
