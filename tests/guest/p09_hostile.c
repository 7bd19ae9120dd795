/*
 * tests/guest/p09_hostile.c - P9: bad pointers, lengths and descriptors for every system call
 *
 * Each must be answered with Linux's errno, and at the end all must work as before.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

static const unsigned long bad[] = {
    1,                  /* in the page at 0 */
    0x123456789000,     /* nothing there */
    0x7ffffffff000,     /* the end of user space */
    0x00007ffffffffff8, /* in the gap behind it */
    0x0000800000000000, /* the first address that is not canonical */
    0x8000000000000000, /* in the middle of these */
    0xffff7ffffffffff8, /* the last of them */
    0xffff800000000000, /* the kernel's first */
    0xffffffff80000000, /* its image */
    0xfffffffffffff000, /* the last page */
    0xfffffffffffffff8, /* the last word: a length makes it wrap */
};

#define NR_BAD (sizeof(bad) / sizeof(bad[0]))

static int file, null;
static char *readonly;  /* a page that cannot be written */
static char *last_page; /* a writable page with nothing behind it */
static char buffer[256];

/* A test that `call`, an expression of `at`, gives result for every bad address. */
#define for_bad(result, what, call)                                                                \
    do {                                                                                           \
        long wrong = 0;                                                                            \
        for (size_t i = 0; i < NR_BAD; i++) {                                                      \
            unsigned long at = bad[i];                                                             \
            long got = (call);                                                                     \
            if (got != (result)) {                                                                 \
                diag("0x%lx: %ld, want %ld", at, got, (long)(result));                             \
                wrong++;                                                                           \
            }                                                                                      \
        }                                                                                          \
        is_long(wrong, 0, "%s", what);                                                             \
    } while (0)

static void check_read(void)
{
    for_bad(-EFAULT, "read to bad addresses", raw(SYS_read, file, at, 16));
    for_bad(-EFAULT, "... of a page", raw(SYS_read, file, at, PAGE));
    for_bad(-EFAULT, "pread to bad addresses", raw(SYS_pread64, file, at, 16, 0));
    is_long(raw(SYS_read, file, readonly, 16), -EFAULT, "read to a read-only page");
    is_long(raw(SYS_read, file, (uintptr_t)check_read & ~7UL, 16), -EFAULT, "read to text");
    is_long(raw(SYS_read, file, buffer, ~0UL), -EFAULT, "read of 2^64 - 1 bytes");
    is_long(raw(SYS_read, file, buffer, 1UL << 63), -EFAULT, "read of 2^63 bytes");
    is_long(raw(SYS_lseek, file, 0, 1), 0, "... nothing was read by all that");
    is_long(raw(SYS_read, file, last_page + PAGE - 10, 100), 10,
            "read to where memory ends: as much as fits");
    is_long(memcmp(last_page + PAGE - 10, "\177ELF", 4), 0, "... the file's bytes");
    is_long(raw(SYS_lseek, file, 0, 1), 10, "... the position is behind them");
    is_long(raw(SYS_read, file, last_page + PAGE, 100), -EFAULT, "read where it has ended");
    is_long(raw(SYS_read, file, 1, 0), 0, "read of 0 bytes to nowhere");
    raw(SYS_lseek, file, 0, 0);
}

static void check_write(void)
{
    struct iovec vector[3] = {{buffer, 8}, {buffer, 8}, {buffer, 8}};

    fflush(stdout);
    for_bad(-EFAULT, "write from bad addresses", raw(SYS_write, 1, at, 16));
    is_long(raw(SYS_write, 1, buffer, 1UL << 63), -EFAULT, "write of 2^63 bytes");
    is_long(raw(SYS_write, 1, last_page + PAGE, 1), -EFAULT, "write from where memory has ended");
    is_long(raw(SYS_write, 1, buffer, 0), 0, "write of 0 bytes");
    for_bad(-EFAULT, "writev with bad vectors", raw(SYS_writev, 1, at, 1));
    for_bad(-EFAULT, "writev from bad addresses",
            (vector[0].iov_base = (void *)at, raw(SYS_writev, 1, vector, 1)));
    vector[0].iov_base = buffer;
    vector[1].iov_len = 1UL << 63;
    is_long(raw(SYS_writev, null, vector, 3), -EINVAL, "writev with a negative length");
    is_long(raw(SYS_writev, null, vector, 1UL << 31), -EINVAL, "writev with 2^31 pieces");
    is_long(raw(SYS_writev, null, last_page + PAGE - 8, 1), -EFAULT, "a vector where memory ends");
}

static void check_paths(void)
{
    for_bad(-EFAULT, "open of bad addresses", raw(SYS_open, at, 0, 0));
    for_bad(-EFAULT, "openat of bad addresses", raw(SYS_openat, AT_FDCWD, at, 0, 0));
    for_bad(-EFAULT, "execve of bad addresses", raw(SYS_execve, at, 0, 0));
    is_long(raw(SYS_open, 0, 0), -EFAULT, "open of a null pointer");
    memset(last_page, 'x', PAGE);
    is_long(raw(SYS_open, last_page + PAGE - 20, 0), -EFAULT, "a name that runs out of memory");
    last_page[PAGE - 1] = '\0';
    is_long(raw(SYS_open, last_page + PAGE - 20, 0), -ENOENT, "one that just does not");
    is_long(raw(SYS_open, last_page, 0), -ENAMETOOLONG, "one of 4095 characters, but all one word");
}

static void check_structures(void)
{
    unsigned long mask = 0, old = 5;

    for_bad(-EFAULT, "fstat to bad addresses", raw(SYS_fstat, file, at));
    is_long(raw(SYS_fstat, file, readonly), -EFAULT, "fstat to a read-only page");
    is_long(raw(SYS_fstat, file, last_page + PAGE - sizeof(struct stat) + 1), -EFAULT,
            "fstat a byte too near to the end of memory");
    is_long(raw(SYS_fstat, file, last_page + PAGE - sizeof(struct stat)), 0, "... just before it");
    is_long(raw(SYS_fstat, 1000, 1), -EBADF, "fstat looks at the descriptor first");
    for_bad(-EFAULT, "uname to bad addresses", raw(SYS_uname, at));
    is_long(raw(SYS_uname, readonly), -EFAULT, "uname to a read-only page");
    for_bad(-EFAULT, "clock_gettime to bad addresses", raw(SYS_clock_gettime, CLOCK_MONOTONIC, at));
    for_bad(-EFAULT, "getrandom to bad addresses", raw(SYS_getrandom, at, 16, 0));
    is_long(raw(SYS_getrandom, readonly, 16, 0), -EFAULT, "getrandom to a read-only page");
    for_bad(-EFAULT, "rt_sigprocmask from bad addresses", raw(SYS_rt_sigprocmask, 0, at, 0, 8));
    for_bad(-EFAULT, "rt_sigprocmask to bad addresses", raw(SYS_rt_sigprocmask, 0, 0, at, 8));
    is_long(raw(SYS_rt_sigprocmask, 0, &mask, &old, 8), 0, "... works still");
    is_long(old, 0, "... with nothing blocked");
    for_bad(-EFAULT, "arch_prctl to bad addresses", raw(SYS_arch_prctl, 0x1003, at));
    for_bad(getpid(), "set_tid_address does not look", raw(SYS_set_tid_address, at));
    raw(SYS_set_tid_address, 0);
}

/* Returns what wait4 says of a child that ends at once, with its places for status and usage. */
static long wait_result(unsigned long status, unsigned long usage)
{
    pid_t pid = vfork();

    if (pid == 0)
        _exit(0);
    return raw(SYS_wait4, pid, status, 0, usage);
}

static void check_wait(void)
{
    for_bad(-EFAULT, "wait4 with bad addresses", wait_result(at, 0));
    for_bad(-EFAULT, "... for the usage", wait_result(0, at));
    is_long(raw(SYS_wait4, -1, 0, 0, 0), -ECHILD, "... has reaped them all");
}

static void check_memory_calls(void)
{
    char *before = sbrk(0);
    long wrong = 0;

    for (size_t i = 0; i < NR_BAD; i++)
        wrong += raw(SYS_brk, bad[i]) != (long)before && bad[i] != 0x123456789000;
    is_long(wrong, 0, "brk to bad addresses");
    raw(SYS_brk, before);
    wrong = 0;
    for (size_t i = 0; i < NR_BAD; i++) {
        unsigned long page = bad[i] & ~(PAGE - 1);
        int outside = page >= 0x7ffffffff000;

        wrong += raw(SYS_munmap, page, PAGE) != (outside ? -EINVAL : 0);
        wrong += raw(SYS_mprotect, page, PAGE, PROT_READ) != -ENOMEM;
        wrong += raw(SYS_munmap, page, ~0UL) != -EINVAL;
        wrong += raw(SYS_munmap, page + 1, PAGE) != -EINVAL;
        wrong += outside && raw(SYS_mmap, page, PAGE, PROT_READ,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != -ENOMEM;
    }
    is_long(wrong, 0, "munmap, mprotect and mmap of bad addresses");
}

static void check_descriptors(void)
{
    static const long numbers[] = {-1, -2, -100, 1000, 1023, 1024, 65536, INT32_MAX, INT32_MIN};
    long wrong = 0;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        long fd = numbers[i];

        wrong += raw(SYS_read, fd, buffer, 1) != -EBADF;
        wrong += raw(SYS_write, fd, buffer, 1) != -EBADF;
        wrong += raw(SYS_writev, fd, buffer, 0) != -EBADF;
        wrong += raw(SYS_close, fd) != -EBADF;
        wrong += raw(SYS_fstat, fd, buffer) != -EBADF;
        wrong += raw(SYS_lseek, fd, 0, 0) != -EBADF;
        wrong += raw(SYS_ioctl, fd, TIOCGWINSZ, buffer) != -EBADF;
        wrong += raw(SYS_pread64, fd, buffer, 1, 0) != -EBADF;
        wrong += raw(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0) != -EBADF;
        wrong += fd != AT_FDCWD && raw(SYS_openat, fd, "x", 0) != -EBADF;
    }
    is_long(wrong, 0, "descriptors that are not open");
}

static void check_still_works(void)
{
    struct utsname name;

    is_long(raw(SYS_read, file, buffer, 4), 4, "reading still works");
    is_long(uname(&name), 0, "uname still works");
    is_long(child_run("nothing"), CHILD_EXITED(0), "children still work");
    is_long(raw(SYS_getpid), getpid(), "and so does getpid");
}

static int nothing(char **args)
{
    (void)args;
    return 0;
}

static const struct child children[] = {{"nothing", nothing}, {NULL, NULL}};

int main(int argc, char **argv)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;

    if (argc > 1)
        return child_main(children, argv);
    file = open(child_self(), O_RDONLY);
    null = open("/dev/null", O_RDWR);
    readonly = mmap(NULL, PAGE, PROT_READ, flags, -1, 0);
    last_page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
    munmap(last_page + PAGE, PAGE);
    check_read();
    check_write();
    check_paths();
    check_structures();
    check_wait();
    check_memory_calls();
    check_descriptors();
    check_still_works();
    return done_testing();
}
