/*
 * tests/guest/mmap_flags.c - mmap: every flag, the modes a file must be open in, and every errno
 *
 * Places, lengths and MAP_FIXED are mmap_basic.c's, MAP_LOCKED's limits mlock_all.c's.
 */
#include "memory.h"

#define NAME "/tmp/mmap-flags"

static void check_types(int fd)
{
    is_long(map(NULL, PAGE, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0), -EINVAL,
            "MAP_SHARED_VALIDATE is for files");
    is_long(map(NULL, PAGE, RW, 4 | MAP_ANONYMOUS, -1, 0), -EINVAL, "type 4");
    is_long(map(NULL, PAGE, RW, 15 | MAP_ANONYMOUS, -1, 0), -EINVAL, "type 15");
    is_long(map(NULL, PAGE, RW, 0, fd, 0), -EINVAL, "type 0, of a file");
    is_long(map(NULL, PAGE, RW, 4, fd, 0), -EINVAL, "type 4");
    is_long(map(FREE, PAGE, RW, MAP_SHARED_VALIDATE, fd, 0), (long)FREE, "MAP_SHARED_VALIDATE");
    *FREE = '!';
    is_long(file_byte(fd, 0), '!', "... is MAP_SHARED");
    unmap(FREE, 1);
    is_long(map(FREE, PAGE, RW, MAP_SHARED_VALIDATE | MAP_POPULATE | MAP_NORESERVE, fd, 0),
            (long)FREE, "... with flags it knows");
    unmap(FREE, 1);
    is_long(map(FREE, PAGE, RW, MAP_SHARED_VALIDATE | (1 << 25), fd, 0), -EOPNOTSUPP,
            "... with one it does not");
    is_long(map(FREE, PAGE, RW, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0), -EOPNOTSUPP,
            "... and MAP_SYNC");
    is_long(map(FREE, PAGE, RW, MAP_SHARED_VALIDATE | MAP_FIXED_NOREPLACE, fd, 0), -EOPNOTSUPP,
            "... and MAP_FIXED_NOREPLACE");
    is_long(map(FREE, PAGE, RW, MAP_SHARED | (1 << 25), fd, 0), (long)FREE,
            "MAP_SHARED ignores what it does not know");
    unmap(FREE, 1);
    is_long(
        map(FREE, PAGE, RW, ANON | MAP_DENYWRITE | MAP_EXECUTABLE | MAP_STACK | (1 << 25), -1, 0),
        (long)FREE, "so does MAP_PRIVATE");
    unmap(FREE, 1);
}

static void check_prot(void)
{
    char *p = FREE;

    is_long(map(p, PAGE, RW | 0x40, ANON, -1, 0), (long)p, "unknown protection is ignored");
    is_str(rights(p, 1), "w", "... the rest is not");
    p[0] = '\xc3';
    is_str(touch(p, PROT_EXEC), "SIGSEGV ACCERR", "... it cannot be executed");
    unmap(p, 1);
    map_at(p, 1, PROT_EXEC, ANON, -1, 0);
    is_str(areas(p, 1), "0-1 --xp", "PROT_EXEC alone");
    ok(strncmp(touch(p, PROT_WRITE), "SIGSEGV", 7) == 0, "... cannot be written");
    map_at(p, 1, RW | PROT_EXEC, ANON, -1, 0);
    p[0] = '\xc3';
    is_str(touch(p, PROT_EXEC), "ok", "with all rights it can be executed");
    map_at(p, 1, PROT_WRITE, ANON, -1, 0);
    is_str(areas(p, 1), "0-1 -w-p", "PROT_WRITE alone");
    is_str(touch(p, PROT_READ), "ok", "... can be read on this processor");
    unmap(p, 1);
    is_str(touch(p, PROT_READ), "SIGSEGV MAPERR", "what is not mapped is MAPERR");
}

static void check_places(void)
{
    char *p = fixed(FREE, 1, RW);
    long at;

    is_long(map(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST,
            "MAP_FIXED_NOREPLACE where something is");
    is_long(map(p - PAGE, 3 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST,
            "... or in the middle");
    is_long(map(p + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), (long)(p + PAGE),
            "... where nothing is");
    is_long(map(p + 1, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), -EINVAL, "... unaligned");
    is_long(map(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE | MAP_FIXED, -1, 0), -EEXIST,
            "... wins over MAP_FIXED");
    is_long(map((void *)0x7ffffffff000, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), -ENOMEM,
            "... outside user space");
    unmap(p, 2);

    at = map(NULL, 3 * PAGE, RW, ANON | MAP_32BIT, -1, 0);
    ok(at > 0 && at + 3 * (long)PAGE <= 1L << 31, "MAP_32BIT gives a place below 2 GiB");
    raw(SYS_munmap, at, 3 * PAGE);
    is_long(map(NULL, 1UL << 31, PROT_NONE, ANON | MAP_32BIT, -1, 0), -ENOMEM,
            "... or none if there is none");
    is_long(map(FREE, PAGE, RW, ANON | MAP_32BIT | MAP_FIXED, -1, 0), (long)FREE,
            "... MAP_FIXED wins");
    unmap(FREE, 1);
    at = map(FREE, PAGE, RW, ANON | MAP_32BIT, -1, 0);
    ok(at > 0 && at < 1L << 31, "... but a hint does not");
    raw(SYS_munmap, at, PAGE);
}

static void check_populate(int fd)
{
    char *p = map_at(FREE, 4, RW, ANON | MAP_POPULATE, -1, 0);

    is_str(resident(p, 4), "xxxx", "MAP_POPULATE makes resident");
    is_str(contents(p, 4), "0000", "... zeros");
    map_at(p, 4, PROT_READ, ANON | MAP_POPULATE, -1, 0);
    is_str(resident(p, 4), "xxxx", "... read-only");
    map_at(p, 4, PROT_NONE, ANON | MAP_POPULATE, -1, 0);
    is_str(resident(p, 4), "....", "... not without access");
    map_at(p, 4, RW, ANON | MAP_POPULATE | MAP_NONBLOCK, -1, 0);
    is_str(resident(p, 4), "....", "... not with MAP_NONBLOCK");
    map_at(p, 4, RW, SHARED | MAP_POPULATE, -1, 0);
    is_str(resident(p, 4), "xxxx", "... shared memory");
    map_at(p, 6, RW, MAP_PRIVATE | MAP_POPULATE, fd, 2);
    is_str(resident(p, 6), "xx....", "... a file up to its end");
    is_str(touch(p + 2 * PAGE, PROT_READ), "SIGBUS ADRERR", "... and no further");
    is_long(file_byte(fd, 2), 'c', "... the file stays");
    unmap(p, 6);
}

static void check_growsdown(int fd)
{
    char *p = map_at(FREE, 2, RW, ANON | MAP_GROWSDOWN | MAP_STACK, -1, 0);

    is_str(touch(p - PAGE, PROT_WRITE), "ok", "MAP_GROWSDOWN grows on a touch below");
    is_str(areas(p - 8 * PAGE, 10), "7-10 rw-p", "... by a page");
    is_str(touch(p - 5 * PAGE, PROT_READ), "ok", "... or several");
    is_str(areas(p - 8 * PAGE, 10), "3-10 rw-p", "... up to the one touched");
    fixed(p - 300 * PAGE, 1, RW);
    is_str(touch(p - 44 * PAGE, PROT_WRITE), "SIGSEGV MAPERR", "... not into the guard gap");
    is_str(touch(p - 43 * PAGE, PROT_WRITE), "ok", "... but up to it");
    is_long(map(p - 100 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0), (long)(p - 100 * PAGE),
            "MAP_FIXED may go into the gap");
    is_str(touch(p - 44 * PAGE, PROT_WRITE), "SIGSEGV MAPERR", "... then nothing grows");
    raw(SYS_munmap, p - 300 * PAGE, 302 * PAGE);

    map_at(p, 1, RW, ANON | MAP_GROWSDOWN, -1, 0);
    fixed(p - 300 * PAGE, 1, PROT_NONE);
    is_str(touch(p - 299 * PAGE, PROT_WRITE), "ok", "a neighbour without access needs no gap");
    is_str(touch(p - 300 * PAGE, PROT_WRITE), "SIGSEGV ACCERR", "... and is guard enough");
    raw(SYS_munmap, p - 300 * PAGE, 302 * PAGE);
    map_at(p, 1, PROT_READ, ANON | MAP_GROWSDOWN, -1, 0);
    is_str(touch(p - PAGE, PROT_WRITE), "SIGSEGV ACCERR", "read-only memory can grow");
    is_str(areas(p - 8 * PAGE, 10), "7-9 r--p", "... also by what fails then");
    raw(SYS_munmap, p - 300 * PAGE, 302 * PAGE);
    is_long(map(p, PAGE, RW, SHARED | MAP_GROWSDOWN, -1, 0), -EINVAL,
            "shared memory does not grow down");
    is_long(map(p, PAGE, RW, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0), -EINVAL, "nor do files");
    is_long(map(p, PAGE, RW, MAP_SHARED | MAP_GROWSDOWN, fd, 0), -EINVAL, "... shared");
}

static void check_growsdown_protect(void)
{
    char *p = map_at(FREE, 4, RW, ANON | MAP_GROWSDOWN, -1, 0);

    is_long(raw(SYS_mprotect, p + 2 * PAGE, PAGE, PROT_READ | PROT_GROWSDOWN), 0,
            "mprotect with PROT_GROWSDOWN");
    is_str(rights(p, 4), "rrrw", "... begins at the start of the area");
    unmap(p, 4);
    fixed(p, 4, RW);
    is_long(raw(SYS_mprotect, p + 2 * PAGE, PAGE, PROT_READ | PROT_GROWSDOWN), -EINVAL,
            "... which must be one that grows down");
    is_long(raw(SYS_mprotect, p + 2 * PAGE, PAGE, PROT_READ | PROT_GROWSUP), -EINVAL,
            "... and none grows up");
    unmap(p, 4);
}

/* open mode, sharing, protection: result, and whether mprotect may make it writable later. */
static void check_modes(void)
{
    static const struct {
        int open, flags, prot;
        long result, protect;
        const char *what;
    } modes[] = {
        {O_RDONLY, MAP_SHARED, PROT_READ, 0, -EACCES, "read-only, shared, to read"},
        {O_RDONLY, MAP_SHARED, RW, -EACCES, 0, "read-only, shared, to write"},
        {O_RDONLY, MAP_SHARED, PROT_WRITE, -EACCES, 0, "read-only, shared, only to write"},
        {O_RDONLY, MAP_SHARED, PROT_NONE, 0, -EACCES, "read-only, shared, without access"},
        {O_RDONLY, MAP_PRIVATE, PROT_READ, 0, 0, "read-only, private, to read"},
        {O_RDONLY, MAP_PRIVATE, RW, 0, 0, "read-only, private, to write"},
        {O_WRONLY, MAP_SHARED, PROT_READ, -EACCES, 0, "write-only, shared, to read"},
        {O_WRONLY, MAP_SHARED, PROT_WRITE, -EACCES, 0, "write-only, shared, to write"},
        {O_WRONLY, MAP_SHARED, PROT_NONE, -EACCES, 0, "write-only, shared, without access"},
        {O_WRONLY, MAP_PRIVATE, PROT_READ, -EACCES, 0, "write-only, private, to read"},
        {O_WRONLY, MAP_PRIVATE, PROT_NONE, -EACCES, 0, "write-only, private, without access"},
        {O_RDWR, MAP_SHARED, RW, 0, 0, "read-write, shared, to write"},
        {O_RDWR, MAP_SHARED, PROT_NONE, 0, 0, "read-write, shared, without access"},
        {O_RDWR, MAP_PRIVATE, RW, 0, 0, "read-write, private, to write"},
        {O_RDONLY, MAP_SHARED_VALIDATE, RW, -EACCES, 0, "read-only, shared and checked"},
    };

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        int fd = open(NAME, modes[i].open);
        long at = map(FREE, PAGE, modes[i].prot, modes[i].flags, fd, 0);

        is_long(at == (long)FREE ? 0 : at, modes[i].result, "%s", modes[i].what);
        close(fd);
        if (modes[i].result)
            continue;
        is_long(raw(SYS_mprotect, FREE, PAGE, RW), modes[i].protect, "... then made writable");
        unmap(FREE, 1);
    }
}

static void check_files(int fd)
{
    int ends[2], directory = open("/tmp", O_RDONLY), null = open("/dev/null", O_RDWR);

    make_pipe(ends);
    is_long(map(NULL, PAGE, PROT_READ, MAP_PRIVATE, directory, 0), -ENODEV, "a directory");
    is_long(map(NULL, PAGE, PROT_READ, MAP_SHARED, directory, 0), -ENODEV, "... shared");
    is_long(map(NULL, PAGE, RW, MAP_SHARED, directory, 0), -EACCES, "... to write");
    is_long(map(NULL, PAGE, PROT_READ, MAP_PRIVATE, ends[0], 0), -ENODEV, "a pipe");
    is_long(map(NULL, PAGE, PROT_READ, MAP_PRIVATE, ends[1], 0), -EACCES, "... its other end");
    is_long(map(NULL, PAGE, PROT_READ, MAP_PRIVATE, null, 0), -ENODEV, "/dev/null");
    is_long(map(NULL, 0, PROT_READ, MAP_PRIVATE, null, 0), -EINVAL, "... with length 0");
    is_long(map(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), -EBADF, "no file");
    is_long(map(NULL, 0, PROT_READ, MAP_PRIVATE, -1, 0), -EBADF, "... before length 0");
    is_long(map(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 1), -EINVAL, "... after the offset");
    is_long(map(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 1), -EINVAL, "an unaligned offset");
    is_long(map(NULL, PAGE, PROT_READ, MAP_SHARED, fd, -PAGE), -EOVERFLOW, "an offset of -4096");
    is_long(map(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, -PAGE), -EOVERFLOW, "... that wraps");
    is_long(map(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 1UL << 63), -EOVERFLOW, "... of 2^63");
    is_long(map(NULL, PAGE, PROT_READ, ANON, -1, -PAGE) > 0, 1, "... without a file it is fine");
    is_long(map(FREE, PAGE, PROT_READ, MAP_SHARED, fd, (1UL << 62)), (long)FREE,
            "an offset far past the end");
    is_str(touch(FREE, PROT_READ), "SIGBUS ADRERR", "... is nothing there");
    unmap(FREE, 1);
    close(ends[0]);
    close(ends[1]);
    close(directory);
    close(null);
}

int main(void)
{
    int fd = open(NAME, O_RDWR | O_CREAT, 0644);

    for (long i = 0; i < 4; i++)
        if (pwrite(fd, &"abcd"[i], 1, i * (long)PAGE) != 1)
            bail_out("pwrite");
    ftruncate(fd, 4 * (off_t)PAGE);
    check_prot();
    check_places();
    check_populate(fd);
    check_growsdown(fd);
    check_growsdown_protect();
    check_modes();
    check_files(fd);
    check_types(fd);
    close(fd);
    unlink(NAME);
    return done_testing();
}
