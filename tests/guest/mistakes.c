/*
 * tests/guest/mistakes.c - mistakes that kernels and libraries like this one were found to make,
 * one line each and some that stand for it
 *
 * What needs a machine without frames is mistakes_full.c's, and no frame for a copy on write
 * five_cow_full.c's.
 */
#include "child.h"
#include "memory.h"

static void check_read_only_memory(void)
{
    char *p = fixed(FREE, 2, PROT_READ), *none = fixed(FREE + 2 * PAGE, 1, PROT_NONE);
    int ends[2], fd = make_file(1, 'A');

    make_pipe(ends);
    write(ends[1], "hello", 5);
    is_long(raw(SYS_read, ends[0], p, 5), -EFAULT, "read(2) from a pipe into read-only memory");
    is_long(raw(SYS_pread64, fd, p, 5, 0), -EFAULT, "... from a file");
    is_long(raw(SYS_pread64, fd, "constant", 5, 0), -EFAULT, "... into a constant");
    is_long(raw(SYS_pread64, fd, (uintptr_t)check_read_only_memory, 5, 0), -EFAULT,
            "... into text");
    is_long(raw(SYS_write, ends[1], none, 5), -EFAULT, "write(2) of memory without access");
    is_str(contents(p, 3), "00-", "... nothing has changed");
    unmap(p, 3);
    close(fd);
    close(ends[0]);
    close(ends[1]);
}

static void check_breaks(void)
{
    char *start, *old = sbrk(0);

    is_ptr(sbrk(-(1L << 40)), -1, "sbrk below the start");
    is_long(raw(SYS_brk, ~0UL), (long)old, "brk(-1)");
    is_ptr(sbrk(INTPTR_MIN), -1, "sbrk(-huge)");
    is_ptr(sbrk(-(intptr_t)old - 16), -1, "... that wraps to the top");
    is_ptr(sbrk(0), old, "... the break stays");
    start = old + -(uintptr_t)old % PAGE;
    brk(start + PAGE);
    start[0] = 'x';
    is_long(brk(start + 4096 * PAGE), 0, "a heap that grows by 16 MiB at once after a first touch");
    is_str(contents(start, 3), "x00", "... is there");
    is_str(touch(start + 4095 * PAGE, PROT_WRITE), "ok", "... to its end");
    for (size_t i = 1; i < 4096; i += 64)
        start[i * PAGE] = 'y';
    is_long(start[0] + start[4033 * PAGE], 'x' + 'y', "... and keeps what is written");
    brk(start + 4 * PAGE);
    mark(start, 4, 'a');
    is_long(in_child(brk(start)), EXITED(0), "brk shrink after fork");
    is_str(contents(start, 4), "abcd", "... keeps the other side's pages");
    brk(old);
}

static void check_library(void)
{
    is_ptr(malloc((size_t)launder(SIZE_MAX - 10)), 0, "malloc near SIZE_MAX");
    is_ptr(malloc((size_t)launder(SIZE_MAX)), 0, "... of SIZE_MAX");
    is_ptr(calloc((size_t)launder(SIZE_MAX / 2), 3), 0, "calloc whose product wraps");
}

static void check_unmapping(void)
{
    char *p = fixed(FREE, 8, RW);

    mark(p, 8, 'a');
    is_long(raw(SYS_munmap, p + 6 * PAGE, PAGE + 1), 0, "munmap of an unaligned length");
    is_str(contents(p, 8), "abcdef--", "... takes the whole last page");
    is_long(raw(SYS_munmap, p, 0x7ffffffff000), -EINVAL, "munmap past user space");
    is_long(raw(SYS_munmap, p, ~0UL), -EINVAL, "munmap with a huge end");
    is_long(raw(SYS_munmap, p, -(long)p), -EINVAL, "... of 2^64");
    is_str(contents(p, 8), "abcdef--", "... nothing has changed");
    mprotect(p + 3 * PAGE, 3 * PAGE, PROT_READ);
    is_long(raw(SYS_munmap, p + PAGE, 3 * PAGE), 0, "munmap of two areas, of both a part");
    is_str(contents(p, 8), "a---ef--", "... leaves the rest of both");
    is_long(raw(SYS_munmap, p + 2 * PAGE, 3 * PAGE), 0, "munmap that starts in a hole");
    is_str(contents(p, 8), "a----f--", "... takes what lies behind");
    is_long(map(p - PAGE, 3 * PAGE, RW, ANON | MAP_FIXED, -1, 0), (long)(p - PAGE),
            "MAP_FIXED that starts in a hole");
    is_str(contents(p - PAGE, 9), "000---f--", "... replaces what lies behind");
    unmap(p - PAGE, 9);
}

static void check_lengths(void)
{
    int fd = make_file(2, 'A');
    char *p = map_at(FREE, 2, RW, MAP_SHARED, fd, 0);

    is_long(raw(SYS_msync, p, 100, MS_SYNC), 0, "msync of a length that is no page multiple");
    is_long(raw(SYS_msync, p, PAGE + 100, MS_ASYNC), 0, "... of a page and some");
    is_long(map(NULL, ~0UL, RW, ANON, -1, 0), -ENOMEM, "mmap of 2^64 - 1 bytes");
    is_long(map(NULL, -PAGE, RW, ANON, -1, 0), -ENOMEM, "... of 2^64 - 4096");
    is_long(map(NULL, -PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE), -ENOMEM, "... of a file");
    unmap(p, 2);
    close(fd);
}

static void check_hints(void)
{
    long at = map((void *)0xffff800000000000, PAGE, RW, ANON, -1, 0);

    ok(at > 0 && at < 0x7ffffffff000, "a hint in kernel space");
    raw(SYS_munmap, at, PAGE);
    at = map((void *)0x7fffffffe000, 16 * PAGE, RW, ANON, -1, 0);
    ok(at > 0 && at + 16 * (long)PAGE <= 0x7ffffffff000, "a hint near the top");
    raw(SYS_munmap, at, 16 * PAGE);
}

static void check_sharing(void)
{
    int fd = make_file(2, 'A');
    char *p = map_at(FREE, 2, RW, MAP_PRIVATE, fd, 0);

    p[0] = 'x';
    is_long(in_child(mark(p, 2, 'y'); 0), EXITED(0), "a child writes to private file pages");
    is_str(contents(p, 2), "xB", "... they are not shared across fork");
    unmap(p, 2);
    close(fd);

    p = fixed(FREE, 2, RW);
    mark(p, 2, 'a');
    is_long(in_child(mprotect(p, 2 * PAGE, PROT_READ); mprotect(p, 2 * PAGE, RW); mark(p, 2, 'y');
                     strcmp(contents(p, 2), "yz") != 0),
            EXITED(0), "mprotect(R), mprotect(RW) and a write on copy-on-write pages");
    is_str(contents(p, 2), "ab", "... does not leak");
    unmap(p, 2);
}

/* Instruction fetch from a page that is resident but not executable: once, not for ever. */
static void check_fetch(void)
{
    char *p = fixed(FREE, 1, RW);

    is_str(touch(p, PROT_EXEC), "SIGSEGV ACCERR", "a call into an untouched no-execute page");
    p[0] = '\xc3';
    is_str(touch(p, PROT_EXEC), "SIGSEGV ACCERR", "... into a touched one");
    mprotect(p, PAGE, PROT_READ | PROT_EXEC);
    is_str(touch(p, PROT_EXEC), "ok", "... made executable it returns");
    mprotect(p, PAGE, PROT_READ);
    is_str(touch(p, PROT_EXEC), "SIGSEGV ACCERR", "... and no more");
    unmap(p, 1);
}

static char *stack_at(unsigned long below)
{
    return launder(((getauxval(AT_EXECFN) + PAGE) & ~(PAGE - 1)) - below);
}

static void check_stack(void)
{
    unsigned long mib = 1UL << 20;

    is_long(in_child(strcmp(touch(stack_at(7 * mib), PROT_WRITE), "ok") != 0), EXITED(0),
            "the stack grows");
    is_long(in_child(strcmp(touch(stack_at(8 * mib + PAGE), PROT_WRITE), "SIGSEGV MAPERR") != 0),
            EXITED(0), "... to its limit");
    is_long(
        in_child(fixed(stack_at(4 * mib), 1, RW);
                 strcmp(touch(stack_at(4 * mib - 256 * PAGE), PROT_WRITE), "SIGSEGV MAPERR") != 0),
        EXITED(0), "... and to the guard gap");
}

int main(void)
{
    check_read_only_memory();
    check_breaks();
    check_library();
    check_unmapping();
    check_lengths();
    check_hints();
    check_sharing();
    check_fetch();
    check_stack();
    return done_testing();
}
