/*
 * tests/guest/file_copy.c - sendfile, copy_file_range, statx, statfs, fadvise
 */
#include <asm/statfs.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdint.h>

#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define SIZE 20000

static char data[SIZE], got[SIZE];

static int make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

    unlink(path);
    return fd;
}

static void check_sendfile(void)
{
    int from = make_file("/tmp/from"), to = make_file("/tmp/to"), fds[2];
    long offset = 1000;

    is_long(write(from, data, SIZE), SIZE, "a file");
    lseek(from, 0, SEEK_SET);
    is_long(raw(SYS_sendfile, to, from, NULL, SIZE), SIZE, "is sent");
    is_long(pread(to, got, SIZE, 0), SIZE, "... all of it");
    ok(memcmp(data, got, SIZE) == 0, "... as it was");
    is_long(lseek(from, 0, SEEK_CUR), SIZE, "... and read to its end");
    is_long(raw(SYS_sendfile, to, from, NULL, SIZE), 0, "nothing is left");
    is_long(raw(SYS_sendfile, to, from, &offset, 500), 500, "from a place");
    is_long(offset, 1500, "... which moves");
    is_long(lseek(from, 0, SEEK_CUR), SIZE, "... and not the file's");
    is_long(lseek(to, 0, SEEK_CUR), SIZE + 500, "... but that of the other");
    is_long(pipe(fds), 0, "a pipe");
    offset = 0;
    is_long(raw(SYS_sendfile, fds[1], from, &offset, 3000), 3000, "to a pipe");
    is_long(read(fds[0], got, SIZE), 3000, "... it arrives");
    ok(memcmp(data, got, 3000) == 0, "... as it was");
    int null = open("/dev/null", O_WRONLY), full = open("/dev/full", O_WRONLY);
    offset = 100;
    is_long(raw(SYS_sendfile, null, from, &offset, 500), 500, "to /dev/null");
    is_long(offset, 600, "... which takes it");
    is_long(raw(SYS_sendfile, full, from, &offset, 500), -EINVAL, "to /dev/full");
    is_long(offset, 600, "... which takes none in this way");
    close(null);
    close(full);
    is_long(raw(SYS_sendfile, to, 999, NULL, 1), -EBADF, "from nothing");
    is_long(raw(SYS_sendfile, 999, from, NULL, 1), -EBADF, "to nothing");
    is_long(raw(SYS_sendfile, fds[0], from, NULL, 1), -EBADF, "to what cannot be written");
    offset = -1;
    is_long(raw(SYS_sendfile, to, from, &offset, 1), -EINVAL, "from before the beginning");
    is_long(raw(SYS_sendfile, to, from, 8, 1), -EFAULT, "a bad pointer");
    close(from);
    close(to);
    close(fds[0]);
    close(fds[1]);
}

static void check_copy(void)
{
    int from = make_file("/tmp/from"), to = make_file("/tmp/to"), fds[2];
    long in = 100, out = 50;

    is_long(write(from, data, SIZE), SIZE, "a file");
    is_long(raw(SYS_copy_file_range, from, &in, to, &out, 5000, 0), 5000, "is copied in part");
    ok(in == 5100 && out == 5050, "... both places move");
    is_long(pread(to, got, 5000, 50), 5000, "... it is there");
    ok(memcmp(data + 100, got, 5000) == 0, "... as it was");
    lseek(from, 0, SEEK_SET);
    is_long(raw(SYS_copy_file_range, from, NULL, to, NULL, 100000, 0), SIZE, "all there is");
    is_long(raw(SYS_copy_file_range, from, NULL, to, NULL, 100000, 0), 0, "... and no more");
    in = 0, out = 10;
    is_long(raw(SYS_copy_file_range, to, &in, to, &out, 100, 0), -EINVAL, "onto itself");
    in = 0, out = 1000;
    is_long(raw(SYS_copy_file_range, to, &in, to, &out, 100, 0), 100, "... beside itself");
    in = lseek(to, 0, SEEK_END) - 10, out = in + 10;
    is_long(raw(SYS_copy_file_range, to, &in, to, &out, 100, 0), 10, "... its end behind itself");
    is_long(raw(SYS_copy_file_range, from, NULL, to, NULL, 1, 1), -EINVAL, "a flag");
    is_long(raw(SYS_copy_file_range, from, NULL, 999, NULL, 1, 0), -EBADF, "to nothing");
    is_long(pipe(fds), 0, "a pipe");
    is_long(raw(SYS_copy_file_range, from, NULL, fds[1], NULL, 1, 0), -EINVAL, "to a pipe");
    close(from);
    close(to);
    close(fds[0]);
    close(fds[1]);
}

static void check_statx(void)
{
    struct statx stat = {0};
    int fd = open("/tmp/x", O_RDWR | O_CREAT, 0640);

    is_long(write(fd, "12345", 5), 5, "a file");
    is_long(raw(SYS_statx, AT_FDCWD, "/tmp/x", 0, STATX_BASIC_STATS, &stat), 0, "statx");
    ok((stat.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS, "... tells all there is");
    ok(stat.stx_size == 5 && stat.stx_nlink == 1 && (stat.stx_mode & 07777) == 0640,
       "... size, names, mode");
    ok(stat.stx_uid == 0 && stat.stx_mtime.tv_sec > 1600000000, "... owner, times");
    is_long(raw(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_SIZE, &stat), 0, "of what is open");
    is_long(raw(SYS_statx, AT_FDCWD, "/dev/null", 0, STATX_BASIC_STATS, &stat), 0, "of a device");
    ok(stat.stx_rdev_major == 1 && stat.stx_rdev_minor == 3, "... its numbers");
    is_long(raw(SYS_statx, AT_FDCWD, "/tmp/none", 0, 0, &stat), -ENOENT, "of nothing");
    is_long(raw(SYS_statx, AT_FDCWD, "/tmp/x", 0x8, 0, &stat), -EINVAL, "a strange flag");
    is_long(raw(SYS_statx, AT_FDCWD, "/tmp/x", 0x6000, 0, &stat), -EINVAL, "two that do not go");
    is_long(raw(SYS_statx, AT_FDCWD, "/tmp/x", 0, 0x80000000, &stat), -EINVAL, "a reserved bit");
    is_long(raw(SYS_statx, AT_FDCWD, "/tmp/x", 0, 0, 8), -EFAULT, "a bad pointer");
    unlink("/tmp/x");
    close(fd);
}

static void check_statfs(void)
{
    struct statfs stat = {0};
    int fd = open("/proc/self/stat", O_RDONLY);

    is_long(raw(SYS_statfs, "/tmp", &stat), 0, "statfs");
    ok(stat.f_bsize == 4096 && stat.f_namelen == 255, "... pages, long names");
    is_long(raw(SYS_fstatfs, fd, &stat), 0, "fstatfs");
    is_long(stat.f_type, 0x9fa0, "... of /proc");
    raw(SYS_mknod, "/tmp/fifo", S_IFIFO | 0600, 0);
    int fifo = open("/tmp/fifo", O_RDWR);
    struct statfs around = {0};
    raw(SYS_statfs, "/tmp", &around);
    raw(SYS_fstatfs, fifo, &stat);
    is_long(stat.f_type, around.f_type, "a FIFO is where its name is");
    close(fifo);
    unlink("/tmp/fifo");
    ok(around.f_bavail <= around.f_bfree && around.f_bavail > 0, "there is room");
    is_long(raw(SYS_statfs, "/none", &stat), -ENOENT, "of nothing");
    is_long(raw(SYS_fstatfs, 999, &stat), -EBADF, "of what is not open");
    is_long(raw(SYS_statfs, "/tmp", 8), -EFAULT, "a bad pointer");
    close(fd);
}

static void check_advice(void)
{
    int fd = make_file("/tmp/advice"), fds[2];

    is_long(raw(SYS_fadvise64, fd, 0, 0, POSIX_FADV_SEQUENTIAL), 0, "advice");
    is_long(raw(SYS_fadvise64, fd, 0, 0, 77), -EINVAL, "... of no known kind");
    is_long(raw(SYS_fadvise64, fd, 0, -1, 0), -EINVAL, "... for less than nothing");
    is_long(raw(SYS_fadvise64, 999, 0, 0, 0), -EBADF, "... about nothing");
    is_long(pipe(fds), 0, "a pipe");
    is_long(raw(SYS_fadvise64, fds[0], 0, 0, 0), -ESPIPE, "... takes none");
    is_long(raw(SYS_syncfs, fd), 0, "syncfs");
    is_long(raw(SYS_syncfs, 999), -EBADF, "... of nothing");
    close(fd);
    close(fds[0]);
    close(fds[1]);
}

int main(void)
{
    for (int i = 0; i < SIZE; i++)
        data[i] = (char)(i * 7 + i / 251);
    check_sendfile();
    check_copy();
    check_statx();
    check_statfs();
    check_advice();
    return done_testing();
}
