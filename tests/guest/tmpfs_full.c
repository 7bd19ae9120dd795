/*
 * tests/guest/tmpfs_full.c - files that take all there is: ENOSPC, and nothing else goes wrong
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

#define PIECE (64 * PAGE)

static char buffer[PIECE];

static long pages_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 ? (long)st.st_blocks * 512 / (long)PAGE : -errno;
}

static int make(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT, 0600);

    if (fd < 0)
        bail_out("open: %s", strerror(errno));
    return fd;
}

/* Write until no more goes. Returns the last result, *total the bytes. */
static long fill(int fd, long *total)
{
    long n;

    *total = 0;
    while ((n = raw(SYS_write, fd, buffer, PIECE)) > 0)
        *total += n;
    return n;
}

/* A process that starts another program. How that ends. */
static int run_true(void)
{
    static char *arguments[] = {"true", NULL};

    execv("/bin/true", arguments);
    return 99;
}

static void check_write(void)
{
    int fd = make("/tmp/full"), second = make("/tmp/second");
    long total, pages;
    struct stat st;

    is_long(fill(fd, &total), -ENOSPC, "write until no page is left");
    fstat(fd, &st);
    is_long(st.st_size, total, "the file is as long as what was written");
    is_long(total % (long)PAGE, 0, "... whole pages, the last write partly");
    is_long(pages_of(fd), total / (long)PAGE, "... each of them there");
    is_long(raw(SYS_pwrite64, second, "x", 1, 0), -ENOSPC, "another file has none either");
    is_long(pages_of(second), 0, "... and is as it was");
    is_long(raw(SYS_pwrite64, fd, "y", 1, total - 1), 1, "pages that are there can be written");
    is_long(raw(SYS_ftruncate, second, 100 * PAGE), 0, "holes can still be had");
    is_long(ftruncate(fd, total - 8 * (long)PAGE), 0, "eight pages are given back");
    is_long(raw(SYS_write, second, buffer, PIECE), 8 * PAGE, "and taken by the other file");
    pages = pages_of(second);
    is_long(raw(SYS_fallocate, second, 0, 50 * PAGE, 10 * PAGE), -ENOSPC, "fallocate");
    is_long(pages_of(second), pages, "... takes none");
    is_long(child_call(run_true), 0, "a program can be started though there is no room for files");
    ftruncate(fd, total - 16 * (long)PAGE);
    is_long(raw(SYS_fallocate, second, 0, 4 * PAGE, 50 * PAGE), -ENOSPC, "fallocate of too many");
    is_long(pages_of(second), pages, "... gives back those it got");
    is_long(lseek(second, 0, SEEK_HOLE), 8 * PAGE, "... and none that were there");
    is_long(raw(SYS_fallocate, second, 0, 4 * PAGE, 12 * PAGE), 0, "fallocate of what there is");
    is_long(raw(SYS_mkdir, "/tmp/d", 0700), 0, "a directory takes no page");
    rmdir("/tmp/d");
    close(fd);
    close(second);
    unlink("/tmp/full");
    unlink("/tmp/second");
}

/* What a file gave back is there again: for the next file, and to the page. */
static void check_again(void)
{
    long first, second;
    int fd = make("/tmp/full");

    fill(fd, &first);
    unlink("/tmp/full");
    close(fd);
    fd = memfd_create("x", 0);
    ok(fd >= 0, "a file can be made");
    close(fd);
    fd = make("/tmp/full");
    fill(fd, &second);
    is_long(second - first, 0, "a full file that is removed gives back every page");
    close(fd);
    unlink("/tmp/full");
}

int main(void)
{
    memset(buffer, 'f', sizeof(buffer));
    check_write();
    check_again();
    return done_testing();
}
