/*
 * tests/guest/error_order.c - where two things are wrong, the one that Linux names is named
 *
 * Each line was a difference once.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static void test_files(long fd)
{
    char name[320] = "/bin/init/";
    long iov[4] = {(long)0xffff800000000000, 8, 0, -1};
    long both = raw(SYS_open, "/dev/null", O_ACCMODE);

    is_long(raw(SYS_open, "/nodir/x", O_CREAT | O_WRONLY, 0644), -ENOENT,
            "O_CREAT in a directory that is not there");
    is_long(raw(SYS_open, "/bin/init/x", O_CREAT | O_WRONLY, 0644), -ENOTDIR,
            "O_CREAT below a file");
    memset(name + 10, 'a', 300);
    is_long(raw(SYS_open, name, O_RDONLY), -ENOTDIR, "a name that is too long below a file");
    ok(both >= 0, "access mode 3 can be opened");
    is_long(raw(SYS_read, both, iov, 1), -EBADF, "... and not read");
    is_long(raw(SYS_write, both, iov, 1), -EBADF, "... nor written");
    raw(SYS_close, both);
    is_long(raw(SYS_writev, fd, 1, 1), -EFAULT,
            "writev: a bad vector before a file that is read-only");
    is_long(raw(SYS_writev, fd, 0, 2000), -EINVAL, "writev: too many pieces before that");
    is_long(raw(SYS_writev, fd, 0, 0), -EBADF, "writev: nothing, to a file that is read-only");
    is_long(raw(SYS_writev, 1, iov, 2), -EINVAL, "writev: a negative length before a bad address");
    is_long(raw(SYS_lseek, fd, 0, 1L << 32), 0, "lseek: whence is 32 bits wide");
    is_long(raw(SYS_lseek, raw(SYS_open, "/", O_RDONLY), 0, SEEK_END), -EINVAL,
            "lseek: a directory has no end");
}

static void test_mappings(long fd)
{
    is_long(raw(SYS_mmap, 0, 1UL << 62, PROT_READ, MAP_ANONYMOUS, -1, 0), -ENOMEM,
            "mmap: length before type");
    is_long(raw(SYS_mmap, 0x1000001, PAGE, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_SHARED, fd, 0),
            -EINVAL, "mmap: alignment before the file's mode");
    is_long(raw(SYS_mmap, 0x1000001, PAGE, PROT_READ, MAP_FIXED | MAP_ANONYMOUS, -1, 0), -EINVAL,
            "mmap: alignment, no type");
    is_long(raw(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, 1UL << 63), -EOVERFLOW,
            "mmap: an offset that no file has");
    is_long(raw(SYS_mprotect, 0x10000000, PAGE, PROT_GROWSUP | PROT_READ), -ENOMEM,
            "mprotect: the hole before the flag");
    long stack = raw(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, ANON | MAP_GROWSDOWN, -1, 0);
    long next = raw(SYS_mmap, 0, PAGE, PROT_READ, ANON, -1, 0);
    is_long((stack - next) / (long)PAGE - 1, 256, "mmap leaves the guard gap below MAP_GROWSDOWN");
    long big = raw(SYS_mmap, 0, 40L << 20, PROT_READ | PROT_WRITE, ANON, -1, 0);
    is_long(raw(SYS_getrandom, big, 40L << 20, 0), 40L << 20, "getrandom gives all that is asked");
    raw(SYS_munmap, big, 40L << 20);
}

static int tid = 5;

static void test_processes(void)
{
    char *self = child_self(), *argv[] = {self, (char *)"nothing", NULL};
    int status = 0;

    is_long(raw(SYS_execve, "/nonexistent", 1, 0), -EFAULT, "execve: the strings before the file");
    is_long(raw(SYS_kill, getpid(), SIGTSTP), 0, "SIGTSTP to a group nobody could continue");
    ok(1, "... does not stop it");
    tap_flush();
    long pid = raw(SYS_vfork);
    if (pid == 0) {
        raw(SYS_set_tid_address, &tid);
        raw(SYS_execve, self, argv, environ);
        raw(SYS_exit, 1);
    }
    is_long(raw(SYS_wait4, pid, &status, 0, 0), pid, "a child that left our space by execve");
    is_long(tid, 0, "... cleared its tid address");
}

/* The last: the table stays full. */
static void test_full_table(void)
{
    while (raw(SYS_open, "/dev/null", O_RDONLY) >= 0)
        ;
    is_long(raw(SYS_open, "/nonexistent", O_RDONLY), -EMFILE, "open: a full table before the file");
}

static int nothing(char **args)
{
    (void)args;
    return 0;
}

static const struct child children[] = {{"nothing", nothing}, {NULL, NULL}};

int main(int argc, char **argv)
{
    if (argc > 1)
        return child_main(children, argv);
    long fd = raw(SYS_open, "/bin/init", O_RDONLY);

    test_files(fd);
    test_mappings(fd);
    test_processes();
    test_full_table();
    return done_testing();
}
