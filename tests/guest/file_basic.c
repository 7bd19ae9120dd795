/*
 * tests/guest/file_basic.c - open, read, lseek, fstat and writev on files that nobody writes
 *
 * The regular file is the test's own program; the directory is where it lies.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

static char *self;
static char directory[4096];
static const char *last_name; /* of self within directory */
static long size;

static char buffer[8192], other[8192];

static long sys_open(const char *path, int flags)
{
    return raw(SYS_open, path, flags, 0);
}

static void check_open(void)
{
    static char name[5000];
    int fd = open(self, O_RDONLY);

    ok(fd > 2, "open");
    is_long(open(self, O_RDONLY), fd + 1, "the next descriptor follows");
    is_long(close(fd), 0, "close");
    is_long(open("/dev/null", O_RDWR), fd, "the lowest free descriptor is given");
    is_long(raw(SYS_close, fd), 0, "close");
    is_long(raw(SYS_close, fd), -EBADF, "close of a closed descriptor");
    is_long(raw(SYS_close, fd + 1), 0, "the other is still open");
    is_long(raw(SYS_close, -1), -EBADF, "close(-1)");
    is_long(raw(SYS_close, 1 << 30), -EBADF, "close(2^30)");

    is_long(sys_open("/nowhere", O_RDONLY), -ENOENT, "a name that does not exist");
    is_long(sys_open("/nowhere/near", O_RDONLY), -ENOENT, "a directory that does not exist");
    is_long(sys_open("", O_RDONLY), -ENOENT, "the empty name");
    snprintf(name, sizeof(name), "%s/more", self);
    is_long(sys_open(name, O_RDONLY), -ENOTDIR, "a file is no directory");
    snprintf(name, sizeof(name), "%s/", self);
    is_long(sys_open(name, O_RDONLY), -ENOTDIR, "... nor with a slash behind it");
    snprintf(name, sizeof(name), "%s/../%s", self, last_name);
    is_long(sys_open(name, O_RDONLY), -ENOTDIR, "... nor for ..");
    is_long(sys_open(self, O_RDONLY | O_DIRECTORY), -ENOTDIR, "O_DIRECTORY of a file");
    is_long(sys_open(directory, O_WRONLY), -EISDIR, "a directory opened for writing");
    is_long(sys_open(directory, O_RDWR), -EISDIR, "... for reading and writing");
    is_long(sys_open(self, O_RDONLY | O_CREAT | O_EXCL), -EEXIST, "O_EXCL of a file that exists");
    name[0] = '/';
    memset(name + 1, 'x', 256);
    name[257] = '\0';
    is_long(sys_open(name, O_RDONLY), -ENAMETOOLONG, "a name of 256 characters");
    name[256] = '\0';
    is_long(sys_open(name, O_RDONLY), -ENOENT, "... of 255");
    memset(name, '/', 4096);
    is_long(sys_open(name, O_RDONLY), -ENAMETOOLONG, "a path of 4096 characters");
}

static void check_paths(void)
{
    static char path[16384];
    long fd, dir = sys_open(directory, O_RDONLY | O_DIRECTORY);

    ok(dir > 0, "a directory can be opened for reading");
    is_long(raw(SYS_read, dir, buffer, 10), -EISDIR, "... but not read");
    fd = raw(SYS_openat, dir, last_name, O_RDONLY);
    ok(fd > dir, "openat finds a name below a directory");
    close((int)fd);
    fd = raw(SYS_openat, -1, self, O_RDONLY);
    ok(fd > dir, "... and a path from the root without one");
    is_long(raw(SYS_openat, fd, last_name, O_RDONLY), -ENOTDIR, "openat below a file");
    close((int)fd);
    is_long(raw(SYS_openat, 1000, last_name, O_RDONLY), -EBADF, "openat below a closed descriptor");
    is_long(raw(SYS_openat, dir, "nowhere", O_RDONLY), -ENOENT,
            "openat of a name that does not exist");
    is_long(raw(SYS_openat, dir, "", O_RDONLY), -ENOENT, "openat of the empty name");

    snprintf(path, sizeof(path), "%s/.//././//%s", directory, last_name);
    ok((fd = sys_open(path, O_RDONLY)) > 0, "slashes and dots");
    close((int)fd);
    snprintf(path, sizeof(path), "/../..%s/../%s/%s", directory, strrchr(directory, '/') + 1,
             last_name);
    ok((fd = sys_open(path, O_RDONLY)) > 0, "two dots, above the root too");
    close((int)fd);
    ok((fd = sys_open("/", O_RDONLY)) > 0, "the root");
    close((int)fd);
    close((int)dir);
}

static void check_reading(void)
{
    int fd = open(self, O_RDONLY), second = open(self, O_RDONLY);
    long total = 0, n, sum = 0;

    while ((n = raw(SYS_read, fd, buffer, 777)) > 0)
        total += n;
    is_long(n, 0, "read ends with 0");
    is_long(total, size, "... after as many bytes as fstat says");
    is_long(raw(SYS_read, fd, buffer, 1), 0, "... and stays there");
    is_long(raw(SYS_read, second, buffer, 4), 4, "another descriptor is at its own place");
    is_long(memcmp(buffer, "\177ELF", 4), 0, "... the start");
    is_long(raw(SYS_read, second, buffer, 0), 0, "read of 0 bytes");
    is_long(raw(SYS_lseek, second, 0, SEEK_CUR), 4, "... moves nothing");
    is_long(raw(SYS_lseek, second, -3, SEEK_END), size - 3, "lseek from the end");
    is_long(raw(SYS_read, second, buffer, 100), 3, "read stops at the end");
    is_long(raw(SYS_lseek, second, 1, SEEK_SET), 1, "lseek from the start");
    is_long(raw(SYS_lseek, second, 2, SEEK_CUR), 3, "lseek from here");
    is_long(raw(SYS_lseek, second, -4, SEEK_CUR), -EINVAL, "lseek before the start");
    is_long(raw(SYS_lseek, second, -1, SEEK_SET), -EINVAL, "... directly");
    is_long(raw(SYS_lseek, second, -size - 1, SEEK_END), -EINVAL, "... from the end");
    is_long(raw(SYS_lseek, second, INT64_MAX, SEEK_CUR), -EINVAL, "lseek past the largest offset");
    is_long(raw(SYS_lseek, second, 0, 99), -EINVAL, "lseek from nowhere");
    is_long(raw(SYS_lseek, second, 0, SEEK_CUR), 3, "... has not moved by all that");
    is_long(raw(SYS_lseek, second, size + 1000, SEEK_SET), size + 1000, "lseek behind the end");
    is_long(raw(SYS_read, second, buffer, 10), 0, "... where there is nothing to read");
    is_long(raw(SYS_lseek, 1000, 0, SEEK_SET), -EBADF, "lseek of a closed descriptor");

    raw(SYS_lseek, second, 0, SEEK_SET);
    is_long(raw(SYS_pread64, second, other, 8000, 100), 8000, "pread");
    is_long(raw(SYS_read, second, buffer, 8192), 8192, "read across pages");
    is_long(memcmp(buffer + 100, other, 8000), 0, "... agree");
    is_long(raw(SYS_lseek, second, 0, SEEK_CUR), 8192, "pread does not move");
    is_long(raw(SYS_pread64, second, other, 10, size - 4), 4, "pread stops at the end");
    is_long(raw(SYS_pread64, second, other, 10, size), 0, "... at it");
    is_long(raw(SYS_pread64, second, other, 10, 1L << 60), 0, "... and far behind");
    is_long(raw(SYS_pread64, second, other, 10, INT64_MAX - 5), -EINVAL,
            "pread past the largest offset");
    is_long(raw(SYS_pread64, second, other, 10, -1), -EINVAL, "pread before the start");
    is_long(raw(SYS_pread64, 1000, other, 10, 0), -EBADF, "pread of a closed descriptor");
    for (long at = 0; at < size; at += n) {
        n = raw(SYS_pread64, fd, buffer, 8191, at);
        for (long i = 0; i < n; i++)
            sum += (unsigned char)buffer[i] * (at + i + 1);
    }
    raw(SYS_lseek, fd, 0, SEEK_SET);
    for (long at = 0; (n = raw(SYS_read, fd, buffer, 333)) > 0; at += n)
        for (long i = 0; i < n; i++)
            sum -= (unsigned char)buffer[i] * (at + i + 1);
    is_long(sum, 0, "in pieces of any size all bytes are the same");
    close(fd);
    close(second);
}

static void check_modes(void)
{
    int reader = open(self, O_RDONLY), writer = open("/dev/null", O_WRONLY);
    struct iovec pieces[] = {{buffer, 10}, {NULL, 0}, {other, 20}};

    is_long(raw(SYS_write, reader, "x", 1), -EBADF, "write to a file opened for reading");
    is_long(raw(SYS_writev, reader, pieces, 3), -EBADF, "... writev");
    is_long(raw(SYS_read, writer, buffer, 1), -EBADF, "read from a file opened for writing");
    is_long(raw(SYS_write, writer, "x", 1), 1, "/dev/null takes all");
    is_long(raw(SYS_writev, writer, pieces, 3), 30, "... in pieces");
    is_long(raw(SYS_writev, writer, pieces, 0), 0, "... in no pieces");
    is_long(raw(SYS_writev, writer, pieces, -1), -EINVAL, "-1 pieces are refused");
    is_long(raw(SYS_writev, writer, pieces, 1025), -EINVAL, "... and 1025");
    close(writer);
    writer = open("/dev/null", O_RDWR);
    is_long(raw(SYS_read, writer, buffer, 100), 0, "/dev/null is empty");
    is_long(raw(SYS_write, 1000, "x", 1), -EBADF, "write to a closed descriptor");
    is_long(raw(SYS_read, 1000, buffer, 1), -EBADF, "read from a closed descriptor");
    is_long(raw(SYS_writev, 1000, pieces, 3), -EBADF, "writev to a closed descriptor");
    close(reader);
    close(writer);
}

static void check_stat(void)
{
    struct stat st;
    int fd = open(self, O_RDONLY);
    ino_t inode;

    is_long(raw(SYS_fstat, fd, &st), 0, "fstat of a file");
    ok(S_ISREG(st.st_mode), "... a regular one");
    ok(st.st_mode & S_IXUSR, "... that can be run");
    is_long(st.st_size, size, "... of the size where lseek ends");
    ok(st.st_nlink >= 1 && st.st_blksize > 0, "... with a link and a block size");
    is_long(st.st_uid + st.st_gid, 0, "... of root");
    inode = st.st_ino;
    close(fd);
    fd = open(self, O_RDONLY);
    fstat(fd, &st);
    is_long(st.st_ino, (long)inode, "the same file has the same number");
    close(fd);
    fd = open(directory, O_RDONLY);
    is_long(fstat(fd, &st), 0, "fstat of a directory");
    ok(S_ISDIR(st.st_mode), "... a directory");
    ok(st.st_ino != inode, "... with another number");
    close(fd);
    fd = open("/dev/null", O_RDONLY);
    is_long(fstat(fd, &st), 0, "fstat of /dev/null");
    ok(S_ISCHR(st.st_mode), "... a character device");
    is_long(st.st_rdev, 0x103, "... 1, 3");
    close(fd);
    is_long(raw(SYS_fstat, 1000, &st), -EBADF, "fstat of a closed descriptor");
}

static void check_many(void)
{
    long last = 0, fd;
    int first = -1;

    while ((fd = sys_open("/dev/null", O_RDONLY)) >= 0 && fd < 1 << 20) {
        if (first < 0)
            first = (int)fd;
        last = fd;
    }
    is_long(fd, -EMFILE, "descriptors end with EMFILE");
    is_long(last, 1023, "... after 1024");
    close(first + 7);
    is_long(sys_open("/dev/null", O_RDONLY), first + 7, "one that is closed can be had again");
    while (last >= first)
        close((int)last--);
}

int main(void)
{
    int fd;
    char *slash;

    self = child_self();
    snprintf(directory, sizeof(directory), "%s", self);
    slash = strrchr(directory, '/');
    if (!slash || slash == directory || self[0] != '/')
        bail_out("%s: start me by a path like /test/file_basic", self);
    *slash = '\0';
    last_name = slash + 1;
    fd = open(self, O_RDONLY);
    size = lseek(fd, 0, SEEK_END);
    close(fd);

    check_open();
    check_paths();
    check_reading();
    check_modes();
    check_stat();
    check_many();
    return done_testing();
}
