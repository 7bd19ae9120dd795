/*
 * tests/guest/tmpfs_errors.c - what calls on files and names refuse, and how
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define KERNEL ((void *)0xffff800000000000)

static char name[5000];
static int file, reader, writer, dir, null;

static long size_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 ? (long)st.st_size : -errno;
}

/* What open(2) refuses, it has not emptied. */
static void check_refused_truncation(void)
{
    int fd = open("/tmp/full", O_RDWR | O_CREAT, 0600);

    is_long(write(fd, "x", 1), 1, "a file of one byte");
    is_long(raw(SYS_open, "/tmp/full", O_RDWR | O_TRUNC | O_DIRECT), -EINVAL, "O_TRUNC, O_DIRECT");
    is_long(size_of(fd), 1, "... leaves it there");
    close(fd);
    unlink("/tmp/full");
}

static void check_open(void)
{
    is_long(raw(SYS_open, "/tmp/d", O_CREAT | O_RDONLY, 0600), -EISDIR, "O_CREAT of a directory");
    is_long(raw(SYS_open, "/tmp/d", O_RDWR), -EISDIR, "a directory for writing");
    is_long(raw(SYS_open, "/tmp/d", O_TRUNC), -EISDIR, "... O_TRUNC");
    is_long(raw(SYS_open, "/tmp/d", O_CREAT | O_EXCL, 0600), -EEXIST, "... O_EXCL");
    is_long(raw(SYS_open, "/tmp/new/", O_CREAT | O_RDWR, 0600), -EISDIR, "O_CREAT with a slash");
    is_long(raw(SYS_open, "/tmp/f/", O_CREAT | O_RDWR, 0600), -EISDIR, "... of a file");
    is_long(raw(SYS_open, "/tmp/f/", O_RDWR), -ENOTDIR, "a file with a slash");
    is_long(raw(SYS_open, "/tmp/no/new", O_CREAT | O_RDWR, 0600), -ENOENT, "no such directory");
    is_long(raw(SYS_open, "/tmp/f/new", O_CREAT | O_RDWR, 0600), -ENOTDIR, "in a file");
    is_long(raw(SYS_open, "/tmp/f", O_RDONLY | O_DIRECTORY), -ENOTDIR, "O_DIRECTORY of a file");
    is_long(raw(SYS_open, "", O_CREAT | O_RDWR, 0600), -ENOENT, "the empty name");
    is_long(raw(SYS_open, KERNEL, O_CREAT | O_RDWR, 0600), -EFAULT, "a name in the kernel");
    is_long(raw(SYS_open, "/tmp/l", O_RDONLY | O_NOFOLLOW), -ELOOP, "O_NOFOLLOW of a link");
    is_long(raw(SYS_open, "/tmp/l", O_RDONLY | O_NOFOLLOW | O_DIRECTORY), -ENOTDIR,
            "... and O_DIRECTORY");
    is_long(raw(SYS_open, "/tmp/l", O_CREAT | O_EXCL | O_RDWR, 0600), -EEXIST, "O_EXCL of a link");
    is_long(raw(SYS_open, "/tmp/gone", O_CREAT | O_EXCL | O_RDWR, 0600), -EEXIST,
            "... that goes nowhere");
    is_long(raw(SYS_open, "/tmp/loop", O_CREAT | O_RDWR, 0600), -ELOOP, "a link to itself");
    is_long(raw(SYS_open, "/tmp/f", O_RDWR | O_DIRECT), -EINVAL, "O_DIRECT");
    is_long(raw(SYS_open, "/tmp", O_RDONLY | O_TMPFILE, 0600), -EINVAL, "O_TMPFILE for reading");
    is_long(raw(SYS_open, "/tmp/f", O_RDWR | O_TMPFILE, 0600), -ENOTDIR, "O_TMPFILE in a file");
    is_long(raw(SYS_open, "/tmp", O_RDWR | O_CREAT | O_TMPFILE, 0600), -EINVAL,
            "O_TMPFILE and O_CREAT");
    memcpy(name, "/tmp/", 5);
    memset(name + 5, 'n', 256);
    is_long(raw(SYS_open, name, O_CREAT | O_RDWR, 0600), -ENAMETOOLONG, "a name of 256 characters");
    is_long(raw(SYS_mkdir, name, 0700), -ENAMETOOLONG, "... for a directory");
    is_long(raw(SYS_symlink, "x", name), -ENAMETOOLONG, "... for a link");
    is_long(raw(SYS_rename, "/tmp/f", name), -ENAMETOOLONG, "... for a file that has one");
    is_long(raw(SYS_unlink, name), -ENAMETOOLONG, "... to be removed");
    name[260] = '\0';
    is_long(raw(SYS_open, name, O_CREAT | O_EXCL | O_RDWR, 0600) >= 0, 1, "255 are taken");
    is_long(raw(SYS_unlink, name), 0, "... and removed");
    raw(SYS_close, null + 1);
}

static void check_path_only(void)
{
    int fd = open("/tmp/f", O_PATH | O_RDWR | O_TRUNC), link = open("/tmp/l", O_PATH | O_NOFOLLOW);
    struct stat st;

    ok(fd >= 0 && link >= 0, "O_PATH");
    is_long(size_of(fd), 6, "... empties nothing");
    is_long(fcntl(fd, F_GETFL), O_PATH, "... has no mode");
    is_long(raw(SYS_read, fd, name, 1), -EBADF, "... cannot be read");
    is_long(raw(SYS_write, fd, name, 1), -EBADF, "... nor written");
    is_long(raw(SYS_lseek, fd, 0, SEEK_SET), -EBADF, "... has no place in it");
    is_long(raw(SYS_ftruncate, fd, 0), -EBADF, "... cannot be truncated");
    is_long(raw(SYS_fcntl, fd, F_SETFL, 0), -EBADF, "... F_SETFL");
    is_long(raw(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), -EBADF, "... nor mapped");
    is_long(raw(SYS_fchmod, fd, 0600), -EBADF, "... nor changed");
    is_long(fstat(link, &st), 0, "a link can be opened so");
    is_long(st.st_mode, S_IFLNK | 0777, "... itself");
    is_long(readlinkat(link, "", name, 10), 1, "... and be read by readlinkat");
    close(fd);
    close(link);
}

static void check_content(void)
{
    struct iovec bad = {KERNEL, 1}, huge = {name, (size_t)-1};

    is_long(raw(SYS_ftruncate, file, -1), -EINVAL, "ftruncate to -1");
    is_long(raw(SYS_ftruncate, reader, 0), -EINVAL, "... of a file opened for reading");
    is_long(raw(SYS_ftruncate, dir, 0), -EINVAL, "... of a directory");
    is_long(raw(SYS_ftruncate, null, 0), -EINVAL, "... of a device");
    is_long(raw(SYS_ftruncate, 1000, 0), -EBADF, "... of a closed descriptor");
    is_long(raw(SYS_ftruncate, 1000, -1), -EINVAL, "... to -1");
    is_long(raw(SYS_truncate, "/tmp/f", -1), -EINVAL, "truncate to -1");
    is_long(raw(SYS_truncate, "/tmp/d", 0), -EISDIR, "... of a directory");
    is_long(raw(SYS_truncate, "/dev/null", 0), -EINVAL, "... of a device");
    is_long(raw(SYS_truncate, "/tmp/no", 0), -ENOENT, "... of nothing");
    is_long(raw(SYS_fallocate, file, 0, -1, 10), -EINVAL, "fallocate from -1");
    is_long(raw(SYS_fallocate, file, 0, 0, 0), -EINVAL, "... of nothing");
    is_long(raw(SYS_fallocate, file, 0, INT64_MAX, 1), -EFBIG, "... past the largest offset");
    is_long(raw(SYS_fallocate, file, 2, 0, 10), -EOPNOTSUPP, "... a hole that changes the size");
    is_long(raw(SYS_fallocate, file, 0x80, 0, 10), -EOPNOTSUPP, "... an unknown mode");
    is_long(raw(SYS_fallocate, reader, 0, 0, 10), -EBADF, "... of a file opened for reading");
    is_long(raw(SYS_fallocate, null, 0, 0, 10), -ENODEV, "... of a device");
    is_long(raw(SYS_fallocate, 1000, 0, 0, 0), -EBADF, "... of a closed descriptor");
    is_long(raw(SYS_fallocate, file, 0, 0, 1L << 50), -ENOSPC, "... of more than there is");
    is_long(raw(SYS_pwrite64, file, "x", 1, -1), -EINVAL, "pwrite at -1");
    is_long(raw(SYS_pwrite64, file, "x", 1, INT64_MAX), -EINVAL, "... at the largest offset");
    is_long(raw(SYS_pwrite64, file, "", 0, INT64_MAX), 0, "... of nothing");
    is_long(raw(SYS_pwrite64, reader, "x", 1, 0), -EBADF, "... to a file opened for reading");
    is_long(raw(SYS_preadv, file, &bad, 1, -1), -EINVAL, "preadv at -1");
    is_long(raw(SYS_preadv, file, &bad, 1, 0), -EFAULT, "... into the kernel");
    is_long(raw(SYS_pwritev, file, &huge, 1, 0), -EINVAL, "pwritev of a negative length");
    is_long(raw(SYS_readv, writer, &bad, 1), -EFAULT, "readv looks at the pieces first");
    is_long(raw(SYS_readv, file, &bad, 1025), -EINVAL, "... at their number before");
    is_long(raw(SYS_readv, file, KERNEL, 1), -EFAULT, "... and where they are");
    is_long(size_of(file), 6, "nothing of that has changed the size");
    is_long(raw(SYS_lseek, file, INT64_MAX, SEEK_SET), INT64_MAX, "the largest offset");
    is_long(raw(SYS_write, file, "x", 1), -EINVAL, "... takes no byte");
    is_long(raw(SYS_read, file, name, 1), -EINVAL, "... and has none");
    is_long(raw(SYS_lseek, file, 0, SEEK_SET), 0, "back");
    is_long(raw(SYS_fsync, file), 0, "fsync");
    is_long(raw(SYS_fdatasync, dir), 0, "fdatasync of a directory");
    is_long(raw(SYS_fsync, null), -EINVAL, "... of a device");
    is_long(raw(SYS_fsync, 1000), -EBADF, "... of a closed descriptor");
}

/* The last page of a buffer is missing: what comes before it is transferred. */
static void check_faults(void)
{
    char *p = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = open("/tmp/faults", O_RDWR | O_CREAT, 0600);
    struct iovec pieces[2] = {{p, 10}, {p + 2 * PAGE, 10}};
    struct stat st;

    memset(p, 'p', 2 * PAGE);
    munmap(p + 2 * PAGE, PAGE);
    is_long(raw(SYS_write, fd, p + 2 * PAGE, 10), -EFAULT, "write from nowhere");
    is_long(size_of(fd), 0, "... writes nothing");
    fstat(fd, &st);
    is_long(st.st_blocks, 0, "... and takes no page");
    is_long(raw(SYS_write, fd, p + 2 * PAGE - 100, 200), 100,
            "write to the last byte that is there");
    is_long(size_of(fd), 100, "... writes that much");
    is_long(raw(SYS_pwrite64, fd, p, 3 * PAGE, 10), 2 * PAGE, "over pages");
    is_long(size_of(fd), 10 + 2 * PAGE, "... writes that much");
    is_long(raw(SYS_pwritev, fd, pieces, 2, 0), 10, "pwritev stops at the piece that is not there");
    is_long(raw(SYS_pread64, fd, p + 2 * PAGE - 100, 200, 0), 100, "pread fills what is there");
    is_long(raw(SYS_pread64, fd, p + 2 * PAGE, 200, 0), -EFAULT, "... or nothing");
    is_long(raw(SYS_preadv, fd, pieces, 2, 0), 10, "preadv stops there, too");
    mprotect(p, PAGE, PROT_READ);
    is_long(raw(SYS_pread64, fd, p, 100, 0), -EFAULT, "pread into memory for reading");
    is_long(raw(SYS_pread64, fd, p + PAGE - 1, 100, 0), -EFAULT, "... that begins so");
    close(fd);
    unlink("/tmp/faults");
    munmap(p, 2 * PAGE);
}

static void check_removal(void)
{
    is_long(raw(SYS_unlink, "/tmp/no"), -ENOENT, "unlink of nothing");
    is_long(raw(SYS_unlink, "/tmp/no/"), -ENOENT, "... with a slash");
    is_long(raw(SYS_unlink, "/tmp/d"), -EISDIR, "unlink of a directory");
    is_long(raw(SYS_unlink, "/tmp/d/"), -EISDIR, "... with a slash");
    is_long(raw(SYS_unlink, "/tmp/f/"), -ENOTDIR, "unlink of a file with a slash");
    is_long(raw(SYS_unlink, "/tmp/l/"), -ENOTDIR, "unlink of a link with a slash");
    is_long(raw(SYS_unlink, "/tmp/f/x"), -ENOTDIR, "unlink in a file");
    is_long(raw(SYS_unlink, "/tmp/d/."), -EISDIR, "unlink of .");
    is_long(raw(SYS_unlink, "/"), -EISDIR, "unlink of the root");
    is_long(raw(SYS_unlink, ""), -ENOENT, "unlink of the empty name");
    is_long(raw(SYS_rmdir, "/tmp/no"), -ENOENT, "rmdir of nothing");
    is_long(raw(SYS_rmdir, "/tmp/f"), -ENOTDIR, "rmdir of a file");
    is_long(raw(SYS_rmdir, "/tmp/l"), -ENOTDIR, "rmdir of a link");
    is_long(raw(SYS_rmdir, "/tmp/d"), -ENOTEMPTY, "rmdir of a directory that is not empty");
    is_long(raw(SYS_rmdir, "/tmp/d/."), -EINVAL, "rmdir of .");
    is_long(raw(SYS_rmdir, "/tmp/d/sub/.."), -ENOTEMPTY, "rmdir of ..");
    is_long(raw(SYS_rmdir, "/"), -EBUSY, "rmdir of the root");
    is_long(raw(SYS_unlinkat, AT_FDCWD, "/tmp/no", 1), -EINVAL, "unlinkat with an unknown flag");
    is_long(raw(SYS_unlinkat, 1000, "no", 0), -EBADF, "... at a closed descriptor");
    is_long(raw(SYS_unlinkat, file, "no", 0), -ENOTDIR, "... at a file");
}

static void check_making(void)
{
    is_long(raw(SYS_mkdir, "/tmp/d", 0700), -EEXIST, "mkdir of what is there");
    is_long(raw(SYS_mkdir, "/tmp/f", 0700), -EEXIST, "... of a file");
    is_long(raw(SYS_mkdir, "/tmp/f/", 0700), -EEXIST, "... with a slash");
    is_long(raw(SYS_mkdir, "/tmp/gone", 0700), -EEXIST, "... of a link that goes nowhere");
    is_long(raw(SYS_mkdir, "/tmp/d/.", 0700), -EEXIST, "... of .");
    is_long(raw(SYS_mkdir, "/", 0700), -EEXIST, "... of the root");
    is_long(raw(SYS_mkdir, "/tmp/no/new", 0700), -ENOENT, "... in nothing");
    is_long(raw(SYS_mkdir, "/tmp/f/new", 0700), -ENOTDIR, "... in a file");
    is_long(raw(SYS_mkdir, "", 0700), -ENOENT, "... of the empty name");
    is_long(raw(SYS_symlink, "x", "/tmp/f"), -EEXIST, "symlink at what is there");
    is_long(raw(SYS_symlink, "", "/tmp/new"), -ENOENT, "... to the empty name");
    is_long(raw(SYS_symlink, "x", "/tmp/new/"), -ENOENT, "... with a slash");
    is_long(raw(SYS_readlink, "/tmp/f", name, 10), -EINVAL, "readlink of a file");
    is_long(raw(SYS_readlink, "/tmp/l", name, 0), -EINVAL, "... into nothing");
    is_long(raw(SYS_readlink, "/tmp/l", name, -1), -EINVAL, "... into less");
    is_long(raw(SYS_readlink, "/tmp/l", KERNEL, 10), -EFAULT, "... into the kernel");
    is_long(raw(SYS_readlink, "/tmp/no", name, 10), -ENOENT, "... of nothing");
    is_long(raw(SYS_access, "/tmp/f", 8), -EINVAL, "access for an unknown purpose");
    is_long(raw(SYS_access, "/tmp/f", 1), -EACCES, "... to run a file that cannot be run");
    is_long(raw(SYS_access, "/tmp/d", 7), 0, "... a directory, for all");
    is_long(raw(SYS_access, "/tmp/no", 0), -ENOENT, "... of nothing");
    is_long(raw(SYS_chdir, "/tmp/f"), -ENOTDIR, "chdir to a file");
    is_long(raw(SYS_chdir, "/tmp/no"), -ENOENT, "... to nothing");
    is_long(raw(SYS_fchdir, file), -ENOTDIR, "fchdir to a file");
    is_long(raw(SYS_fchdir, 1000), -EBADF, "... to a closed descriptor");
    is_long(raw(SYS_newfstatat, AT_FDCWD, "/tmp/f", name, 1), -EINVAL, "fstatat, unknown flag");
    is_long(raw(SYS_newfstatat, AT_FDCWD, "", name, 0), -ENOENT, "... the empty name");
    is_long(raw(SYS_newfstatat, 1000, "x", name, 0), -EBADF, "... at a closed descriptor");
    is_long(raw(SYS_stat, "/tmp/f", KERNEL), -EFAULT, "stat into the kernel");
}

static void check_rename(void)
{
    is_long(raw(SYS_rename, "/tmp/no", "/tmp/new"), -ENOENT, "rename of nothing");
    is_long(raw(SYS_rename, "/tmp/f", "/tmp/no/new"), -ENOENT, "... into nothing");
    is_long(raw(SYS_rename, "/tmp/f", "/tmp/d"), -EISDIR, "... of a file over a directory");
    is_long(raw(SYS_rename, "/tmp/e", "/tmp/f"), -ENOTDIR, "... of a directory over a file");
    is_long(raw(SYS_rename, "/tmp/e", "/tmp/d"), -ENOTEMPTY, "... over one that is not empty");
    is_long(raw(SYS_rename, "/tmp/d", "/tmp/d/sub/new"), -EINVAL, "... into itself");
    is_long(raw(SYS_rename, "/tmp/d", "/tmp/d/new"), -EINVAL, "... into itself");
    is_long(raw(SYS_rename, "/tmp/d/sub", "/tmp/d"), -ENOTEMPTY, "... over what it is in");
    is_long(raw(SYS_rename, "/tmp/f/", "/tmp/new"), -ENOTDIR, "... of a file with a slash");
    is_long(raw(SYS_rename, "/tmp/f", "/tmp/new/"), -ENOTDIR, "... to a name with a slash");
    is_long(raw(SYS_rename, "/tmp/d/.", "/tmp/new"), -EBUSY, "... of .");
    is_long(raw(SYS_rename, "/tmp/d", "/tmp/e/.."), -EBUSY, "... to ..");
    is_long(raw(SYS_renameat2, AT_FDCWD, "/tmp/f", AT_FDCWD, "/tmp/e", 0x80), -EINVAL,
            "... with an unknown flag");
    is_long(raw(SYS_rename, "/tmp/e", "/tmp/e"), 0, "... to itself does nothing");
    is_long(raw(SYS_access, "/tmp/d/sub", 0) | raw(SYS_access, "/tmp/e", 0), 0, "all is there");
}

int main(void)
{
    mkdir("/tmp/d", 0755);
    mkdir("/tmp/d/sub", 0755);
    mkdir("/tmp/e", 0755);
    file = open("/tmp/f", O_RDWR | O_CREAT, 0644);
    write(file, "foobar", 6);
    symlink("f", "/tmp/l");
    symlink("nowhere", "/tmp/gone");
    symlink("loop", "/tmp/loop");
    reader = open("/tmp/f", O_RDONLY);
    writer = open("/tmp/f", O_WRONLY);
    dir = open("/tmp/d", O_RDONLY);
    null = open("/dev/null", O_RDWR);

    check_open();
    check_refused_truncation();
    check_path_only();
    check_content();
    check_faults();
    check_removal();
    check_making();
    check_rename();

    unlink("/tmp/f");
    unlink("/tmp/l");
    unlink("/tmp/gone");
    unlink("/tmp/loop");
    rmdir("/tmp/d/sub");
    rmdir("/tmp/d");
    is_long(rmdir("/tmp/e"), 0, "all is gone");
    return done_testing();
}
