/*
 * tests/fuzz/calls.c - P9: random system calls with hostile arguments
 *
 *     calls NR_CALLS [SEED [ONLY]]
 *
 * Children of this process make the calls, LIFE each, a few of them at a time; whatever ends one,
 * another takes its place, until NR_CALLS are made. Child number i draws everything from SEED and i,
 * so that ONLY makes one of them do it again, and name each call in the kernel's log before it is
 * made. The seed is printed.
 *
 * A child may sleep for ever. Beside the children one more process is always started that ends at
 * once: each time it has, every child has had its turn, and one that is still there after PATIENCE
 * such turns is killed. So nothing here waits for time to pass, and a kernel that hangs is found by
 * dev/watchdog.c: no process ends any more.
 *
 * The kernel must survive it, keep its books (P10), answer -ENOSYS or better, and do this process no
 * harm. Numbers known or not, those of the table or any words: see table.h for what is left out. It
 * runs on Linux too, as a user who is not root: it asks for anything, in /tmp and with signals to
 * itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ipc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "random.h"
#include "raw.h"
#include "table.h"
#include "tap.h"

#define LIFE        1000 /* calls of one child */
#define LATER_LIFE  20   /* of a child of a child */
#define NR_CHILDREN 3
#define ENOUGH      500000 /* calls, to have made each */
#define PATIENCE    4
#define MAX_REFUSED 1000 /* times that no child could be started */
#define RARITY      16
#define FORGERY     8 /* one signal in so many returns to a changed frame */
#define TICKETS     2 /* of a call that is answered and does not stand in table.h */

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

/* Written by all children. */
static struct shared {
    uint32_t life[NR_CHILDREN]; /* calls made by the child in this place */
    uint32_t made[NR_NUMBERS];  /* calls of each number */
    uint32_t well[NR_NUMBERS];  /* ... that did not return an error */
    long segment;               /* of shared memory, made last */
} * shared;

static unsigned char is_answered[NR_NUMBERS]; /* not with -ENOSYS */
static const struct call *call_of[NR_NUMBERS];
static unsigned short lottery[8192]; /* a number for each ticket */
static size_t nr_tickets;

static int traces;     /* name each call */
static int generation; /* 0 in a child, 1 in its children */
static long results[NR_RESULTS];
static sigjmp_buf after_fault;
static volatile sig_atomic_t may_fault; /* and then goes on there */

/* ---- arguments -------------------------------------------------------------------------------- */

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

static void on_fault(int signal);
static void on_signal(int signal, siginfo_t *info, void *context);

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
        return one_in(8) ? any_word() : (uint64_t)shared->segment;
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

/* ---- calls ------------------------------------------------------------------------------------ */

static int is_forbidden(long number)
{
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
        if (forbidden[i] == number)
            return 1;
    /* The parent ends those that are in the group of its child. */
    return number == SYS_setsid ||
           (generation > 0 && (number == SYS_fork || number == SYS_vfork || number == SYS_clone ||
                               number == SYS_clone3 || number == SYS_setpgid));
}

static long draw_number(void)
{
    static const uint32_t unknown[] = {NR_NUMBERS, 511,        512,       1000,
                                       0x40000000, 0x7fffffff, 0xffffffff};

    if (one_in(256))
        return (long)(pick(unknown) | (random_word() & 0xffffffff00000000) * random_below(2));
    return lottery[random_below(nr_tickets)];
}

static void trace(long number, const uint64_t *a)
{
    char line[200];
    int fd = (int)raw(SYS_open, "/dev/kmsg", O_WRONLY);
    int len = snprintf(line, sizeof(line), "call %ld(%#lx, %#lx, %#lx, %#lx, %#lx, %#lx)\n", number,
                       a[0], a[1], a[2], a[3], a[4], a[5]);

    raw(SYS_write, fd, line, len);
    raw(SYS_close, fd);
}

/* Draw a call and make it. */
static void make_call(void)
{
    long number = draw_number();
    const struct call *call = number >= 0 && number < NR_NUMBERS ? call_of[number] : NULL;
    const char *kinds = call ? call->arguments : "";
    uint64_t a[6];

    if (is_forbidden(number & 0xffffffff) || (call && call->tickets == RARE && !one_in(RARITY)))
        return;
    for (size_t i = 0; i < 6; i++) {
        char kind = *kinds ? *kinds++ : 'x';
        a[i] = argument(kind);
    }
    if (traces)
        trace(number, a);
    if (number >= 0 && number < NR_NUMBERS)
        shared->made[number]++;
    volatile int own_generation = generation;
    long result = raw(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    int is_twin = result == 0 && (number == SYS_fork || number == SYS_vfork || number == SYS_clone);
    generation = own_generation + is_twin; /* one that shares its parent's memory has changed it */
    pick(results) = result;
    if (number == SYS_shmget && result >= 0)
        shared->segment = result;
    if (number >= 0 && number < NR_NUMBERS)
        shared->well[number] += result >= 0 || result < -4095;
}

/* ---- what a child has ------------------------------------------------------------------------- */

static void on_fault(int signal)
{
    if (!may_fault)
        _exit(signal); /* its own text, data or stack is gone */
    siglongjmp(after_fault, 1);
}

/* At times what the kernel put on the stack is not what it finds there on the way back. */
static void on_signal(int signal, siginfo_t *info, void *context)
{
    uint64_t *words = context;

    (void)signal;
    (void)info;
    if (one_in(FORGERY))
        words[random_below(sizeof(ucontext_t) / sizeof(*words))] = any_word();
}

static void catch_faults(void)
{
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_NODEFER};

    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

/* What it sends to itself shall not end it each time. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};

    for (int signal = 1; signal <= 64; signal++)
        sigaction(signal, &action, NULL);
    catch_faults();
}

/* A place with pages of every kind: private, shared, a file's, without rights, and holes. */
static void build_arena(void)
{
    static const int rights[] = {PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ,
                                 PROT_NONE};

    mmap(place, PAGE, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (uint64_t page = 0; page < ARENA_PAGES; page += 4) {
        void *at = (void *)(ARENA + page * PAGE);
        int file = one_in(3), flags = MAP_FIXED | (one_in(3) ? MAP_SHARED : MAP_PRIVATE);

        if (one_in(8))
            munmap(at, 4 * PAGE);
        else
            mmap(at, (1 + random_below(4)) * PAGE, pick(rights), flags | (file ? 0 : MAP_ANONYMOUS),
                 file ? 3 + (int)random_below(4) : -1, (off_t)(random_below(3) * PAGE));
    }
}

/*
 * A program for execve(2) in which a few words are not what they should be, most of them of its
 * headers. The other children write the same one.
 */
static void write_program(void)
{
    static uint64_t image[4096];
    int from = open("/bin/true", O_RDONLY), to = open(PROGRAM, O_RDWR | O_CREAT | O_TRUNC, 0700);
    ssize_t len = read(from, image, sizeof(image));
    size_t nr_words = len > 0 ? (size_t)len / sizeof(*image) : 1;

    for (int i = (int)random_below(4); i > 0; i--)
        image[random_below(one_in(4) ? nr_words : 36)] = any_word();
    if (one_in(2))
        ((unsigned char *)image)[random_below(288)] ^= (unsigned char)(1 << random_below(8));
    write(to, image, one_in(8) && len > 0 ? random_below((uint64_t)len) : (size_t)len);
    close(from);
    close(to);
}

static void open_files(void)
{
    int ends[2];

    for (int fd = 0; fd < NR_FDS; fd++)
        close(fd);
    write_program();
    symlink("fuzz-a", "/tmp/fuzz-l");
    open("/dev/null", O_RDWR);
    open("/dev/zero", O_RDWR);
    open("/tmp/fuzz-b", O_RDWR | O_CREAT, 0600);
    open("/bin/true", O_RDONLY);
    open("/tmp/fuzz-a", O_RDWR | O_CREAT, 0600);
    if (syscall(SYS_memfd_create, "fuzz", 0) >= 0)
        ftruncate(5, 10 * (off_t)PAGE);
    open("/bin", O_RDONLY);
    open("/proc/self/maps", O_RDONLY);
    if (pipe2(ends, O_NONBLOCK) < 0)
        open("/proc/meminfo", O_RDONLY);
    if (one_in(8))
        open("/dev/console", O_RDONLY | O_NOCTTY);
}

/* Touch memory, as far as it lets itself be touched. */
static void touch(void)
{
    volatile uint64_t *at = (volatile uint64_t *)(page_address() & ~7UL);

    may_fault = 1;
    if (sigsetjmp(after_fault, 0) == 0)
        *at = one_in(2) ? *at : random_word();
    may_fault = 0;
}

/* The next allocations but a few of this process fail (Linux, fault-injection.rst). */
static void let_an_allocation_fail(void)
{
    char digit[2] = {(char)('1' + random_below(9)), 0};
    int fd = (int)raw(SYS_open, "/proc/self/fail-nth", O_WRONLY);

    raw(SYS_write, fd, digit, 1);
    raw(SYS_close, fd);
}

static void live(uint64_t seed, uint64_t index, uint32_t *life)
{
    random_seed(seed, index);
    setsid(); /* a group of its own, that signals may be sent to */
    open_files();
    catch_signals();
    build_arena();
    for (int left = LIFE; left > 0; left--) {
        if (generation == 1) {
            generation++;
            left = LATER_LIFE;
        }
        if (one_in(16))
            touch();
        if (one_in(100))
            build_arena();
        if (one_in(100))
            catch_faults();
        if (one_in(64))
            let_an_allocation_fail();
        make_call();
        *life += generation == 0;
    }
    char *arguments[] = {one_in(8) ? (char *)8 : (char *)PROGRAM, NULL};
    if (one_in(2))
        raw(SYS_execve, PROGRAM, arguments, NULL);
    raw(SYS_exit_group, 0);
}

/* ---- the parent ------------------------------------------------------------------------------- */

/* Whether a kernel has the call: asked with words that no call can accept. */
static int answers(int number)
{
    int status = 0;

    if (number == SYS_pause || is_forbidden(number))
        return 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(raw(number, -1, -1, -1, -1, -1, -1) == -ENOSYS ? 1 : 0);
    return waitpid(pid, &status, 0) == pid && status != 1 << 8;
}

static void buy_tickets(void)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        call_of[known[i].number] = &known[i];
    for (int number = 0; number < NR_NUMBERS; number++) {
        int tickets = 1;

        is_answered[number] = (unsigned char)answers(number);
        if (is_answered[number])
            tickets = call_of[number] ? call_of[number]->tickets : TICKETS;
        while (tickets-- > 0)
            lottery[nr_tickets++] = (unsigned short)number;
    }
}

struct child {
    pid_t pid; /* 0: none in this place */
    int turns; /* of the others it has seen */
};

static void start(struct child *child, size_t slot, uint64_t seed, uint64_t index)
{
    shared->life[slot] = 0;
    child->turns = 0;
    fflush(stdout);
    child->pid = fork();
    if (child->pid == 0)
        live(seed, index, &shared->life[slot]);
    if (child->pid < 0)
        child->pid = 0;
}

static pid_t start_turn(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return pid;
}

static void kill_one(const struct child *children)
{
    size_t i = 0;

    while (i < NR_CHILDREN && !children[i].pid)
        i++;
    if (i < NR_CHILDREN)
        kill(children[i].pid, SIGKILL);
}

/* Returns how many calls the children made. */
static unsigned long run_children(unsigned long nr_calls, uint64_t seed)
{
    struct child children[NR_CHILDREN] = {{0}};
    unsigned long made = 0;
    uint64_t index = 0, nr_refused = 0;
    pid_t turn = start_turn();

    for (;;) {
        int nr_alive = 0, status;

        for (size_t i = 0; i < NR_CHILDREN; i++) {
            if (!children[i].pid && made < nr_calls)
                start(&children[i], i, seed, index++);
            nr_alive += children[i].pid != 0;
        }
        if (!nr_alive && made >= nr_calls)
            break;
        if (turn < 0)
            kill_one(children); /* they have all the memory, and may sleep */
        pid_t pid = waitpid(-1, &status, 0);
        if (pid < 0 && ++nr_refused == MAX_REFUSED)
            bail_out("no process can be started: %s", strerror(errno));
        for (size_t i = 0; i < NR_CHILDREN; i++) {
            if (pid == turn && children[i].pid && ++children[i].turns > PATIENCE)
                kill(children[i].pid, SIGKILL);
            if (pid != children[i].pid || pid <= 0)
                continue;
            kill(-pid, SIGKILL); /* what it has left */
            children[i].pid = 0;
            made += shared->life[i] < LIFE ? shared->life[i] : LIFE;
        }
        if (pid == turn || turn < 0)
            turn = start_turn();
    }
    kill(turn, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    for (size_t i = 0; i < sizeof(own_paths) / sizeof(own_paths[0]); i++)
        unlink(own_paths[i]);
    return made;
}

/* Sums that show whether somebody wrote into this process. */
static uint64_t own_sum(void)
{
    const unsigned char *areas[] = {(const void *)known, (const void *)lottery,
                                    (const void *)hostile};
    const size_t sizes[] = {sizeof(known), sizeof(lottery), sizeof(hostile)};
    uint64_t sum = 0;

    for (size_t i = 0; i < 3; i++)
        for (size_t at = 0; at < sizes[i]; at++)
            sum = sum * 31 + areas[i][at];
    return sum;
}

/* The counts by number lie where calls may write or drop pages: in a long run some are lost. */
static void report(unsigned long made, unsigned long nr_calls)
{
    unsigned long total = 0, well = 0, nr_answered = 0, nr_untried = 0;

    for (int number = 0; number < NR_NUMBERS; number++) {
        total += shared->made[number];
        well += shared->well[number];
        nr_answered += is_answered[number];
        nr_untried += is_answered[number] && !shared->made[number];
    }
    for (int number = 0; number < NR_NUMBERS; number++)
        if (shared->made[number] && !shared->well[number] && is_answered[number])
            diag("call %d never succeeded", number);
    diag("%lu calls, %lu of them without an error; %lu of %d numbers are answered", made, well,
         nr_answered, NR_NUMBERS);
    ok(made >= nr_calls, "%lu calls are made", nr_calls);
    ok(well >= total / 20, "one in twenty does something");
    ok(nr_answered >= 30, "the kernel has calls");
    if (nr_calls >= ENOUGH)
        is_long(nr_untried, 0, "all of them were tried");
}

int main(int argc, char **argv)
{
    unsigned long nr_calls = argc > 1 ? strtoul(argv[1], NULL, 0) : 10000;
    uint64_t seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;

    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        bail_out("no shared memory");
    diag("seed %lu", seed);
    buy_tickets();
    if (argc > 3) {
        traces = 1;
        live(seed, strtoul(argv[3], NULL, 0), &shared->life[0]);
    }
    uint64_t before = own_sum();
    unsigned long made = run_children(nr_calls, seed);
    ok(own_sum() == before, "this process is as it was");
    report(made, nr_calls);
    return done_testing();
}
