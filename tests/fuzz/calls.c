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
#include <sched.h>
#include <sys/wait.h>

#include "arguments.h"
#include "table.h"
#include "tap.h"

#define LIFE        1000 /* calls of one child */
#define LATER_LIFE  20   /* of a child of a child */
#define SECOND_LIFE 2000 /* of a child's second task */
#define NR_CHILDREN 3
#define ENOUGH      500000 /* calls, to have made each */
#define PATIENCE    4
#define MAX_REFUSED 1000 /* times that no child could be started */
#define RARITY      16
#define FORGERY     8 /* one signal in so many returns to a changed frame */
#define TICKETS     2 /* of a call that is answered and does not stand in table.h */

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
    if (one_in(8))
        memcpy(image, one_in(2) ? "#!/bin/true x y\n" : "#! " PROGRAM "\n", 16);
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

/*
 * A second task, which works on the memory and the files that the first one makes its calls with. What it
 * does to them is right by itself, and it draws from a stream of its own.
 */
static int second_task(void *argument)
{
    uint64_t word = (uint64_t)argument | 1;

    for (int left = SECOND_LIFE; left > 0; left--) {
        word = word * 6364136223846793005 + 1442695040888963407;
        char *at = (char *)(ARENA + (word >> 40) % ARENA_PAGES * PAGE);
        size_t len = (1 + (word >> 48) % 8) * PAGE;
        int fd = (int)(word >> 52) % NR_OPENED, shared_too = (int)(word >> 56) & 1;
        int flags = MAP_FIXED | (shared_too ? MAP_SHARED : MAP_PRIVATE);

        switch (word >> 60) {
        case 0:
        case 1:
            raw(SYS_munmap, at, len);
            break;
        case 2:
        case 3:
        case 4:
            raw(SYS_mmap, at, len, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
            break;
        case 5:
            raw(SYS_mmap, at, len, PROT_READ | PROT_WRITE, flags, fd, 0);
            break;
        case 6:
            raw(SYS_mprotect, at, len, shared_too ? PROT_READ : PROT_READ | PROT_WRITE);
            break;
        case 7:
            raw(SYS_madvise, at, len, MADV_DONTNEED);
            break;
        case 8:
            raw(SYS_ftruncate, fd, (word >> 30) % 8 * PAGE);
            break;
        case 9:
            raw(SYS_close, fd);
            break;
        case 10:
            raw(SYS_dup2, (word >> 20) % NR_OPENED, fd);
            break;
        case 11:
            raw(SYS_pwrite64, fd, at, len, 0);
            break;
        case 12:
            raw(SYS_pread64, fd, at, len, 0);
            break;
        default:
            raw(SYS_sched_yield);
        }
    }
    raw(SYS_exit, 0);
    return 0;
}

static void start_second_task(void)
{
    static char stack[65536] __attribute__((aligned(16)));

    clone(second_task, stack + sizeof(stack),
          CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, (void *)random_word());
}

static void live(uint64_t seed, uint64_t index, uint32_t *life)
{
    random_seed(seed, index);
    setsid(); /* a group of its own, that signals may be sent to */
    open_files();
    catch_signals();
    build_arena();
    if (one_in(4))
        start_second_task();
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
    segment = &shared->segment;
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
