/*
 * tests/guest/tmpfs_holes.c - files with holes: what they hold, what they cost, how they are found
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

static char buffer[4 * PAGE];

static long pages_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 ? (long)st.st_blocks * 512 / (long)PAGE : -errno;
}

static long size_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 ? (long)st.st_size : -errno;
}

static int make(void)
{
    int fd = open("/tmp/holes", O_RDWR | O_CREAT | O_TRUNC, 0600);

    if (fd < 0)
        bail_out("open");
    return fd;
}

static void check_extend(void)
{
    int fd = make();

    is_long(ftruncate(fd, 1L << 40), 0, "a file of a terabyte");
    is_long(size_of(fd), 1L << 40, "... is that large");
    is_long(pages_of(fd), 0, "... and costs nothing");
    is_long(pread(fd, buffer, PAGE, 1L << 39), PAGE, "... reads");
    is_long(buffer[0] | buffer[PAGE - 1], 0, "... as zeros");
    is_long(pages_of(fd), 0, "... which costs nothing either");
    is_long(pwrite(fd, "x", 1, (1L << 39) + 5), 1, "a byte in its middle");
    is_long(pages_of(fd), 1, "... costs a page");
    is_long(pread(fd, buffer, 7, (1L << 39) + 2), 7, "around it");
    is_long(memcmp(buffer, "\0\0\0x\0\0\0", 7), 0, "... are zeros");
    is_long(pwrite(fd, buffer, PAGE, PAGE / 2), PAGE, "a page across two");
    is_long(pages_of(fd), 3, "... costs two");
    is_long(ftruncate(fd, PAGE), 0, "truncated to a page");
    is_long(pages_of(fd), 1, "... one is left");
    is_long(ftruncate(fd, 0), 0, "truncated to nothing");
    is_long(pages_of(fd), 0, "... none is left");
    close(fd);
}

static void check_seek(void)
{
    int fd = make();

    ftruncate(fd, 1L << 42);
    is_long(lseek(fd, 0, SEEK_DATA), -1, "SEEK_DATA in a hole");
    is_errno(ENXIO, "... ENXIO");
    is_long(lseek(fd, 5, SEEK_HOLE), 5, "SEEK_HOLE in a hole is there");
    pwrite(fd, "x", 1, 10 * PAGE + 7);
    pwrite(fd, buffer, 2 * PAGE, 11 * PAGE);
    pwrite(fd, "x", 1, (1L << 41) + 7);
    is_long(lseek(fd, 0, SEEK_DATA), 10 * PAGE, "the first data");
    is_long(lseek(fd, 10 * PAGE + 9, SEEK_DATA), 10 * PAGE + 9, "in data it is there");
    is_long(lseek(fd, 10 * PAGE + 9, SEEK_HOLE), 13 * PAGE, "the hole behind it");
    is_long(lseek(fd, 13 * PAGE, SEEK_DATA), 1L << 41, "the next data, far away");
    is_long(lseek(fd, 1L << 41, SEEK_HOLE), (1L << 41) + PAGE, "... and the hole behind it");
    is_long(lseek(fd, (1L << 41) + PAGE, SEEK_DATA), -1, "no data follows");
    is_errno(ENXIO, "... ENXIO");
    is_long(lseek(fd, 1L << 42, SEEK_HOLE), -1, "SEEK_HOLE at the end");
    is_errno(ENXIO, "... ENXIO");
    is_long(lseek(fd, -1, SEEK_DATA), -1, "SEEK_DATA before the start");
    is_errno(ENXIO, "... ENXIO");
    ftruncate(fd, 12 * PAGE + 100);
    is_long(lseek(fd, 11 * PAGE, SEEK_HOLE), 12 * PAGE + 100, "the end is a hole");
    is_long(lseek(fd, 0, SEEK_CUR), 12 * PAGE + 100, "the offset is where the last one was found");
    close(fd);
}

static void check_allocate(void)
{
    int fd = make();

    is_long(fallocate(fd, 0, 100, 2 * PAGE), 0, "fallocate");
    is_long(size_of(fd), 100 + 2 * PAGE, "... extends");
    is_long(pages_of(fd), 3, "... and takes the pages");
    is_long(fallocate(fd, FALLOC_FL_KEEP_SIZE, 8 * PAGE, PAGE), 0, "FALLOC_FL_KEEP_SIZE");
    is_long(size_of(fd), 100 + 2 * PAGE, "... does not extend");
    is_long(pages_of(fd), 4, "... and takes the page");
    is_long(pread(fd, buffer, sizeof(buffer), 0), 100 + 2 * PAGE, "all of it reads");
    is_long(buffer[0] | buffer[2 * PAGE], 0, "... as zeros");
    is_long(fallocate(fd, 0, 0, PAGE), 0, "what is there already");
    is_long(pages_of(fd), 4, "... takes nothing");
    is_long(ftruncate(fd, 10), 0, "ftruncate");
    is_long(pages_of(fd), 1, "... gives back what is behind the end, too");
    close(fd);
}

static void check_punch(void)
{
    const int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    int fd = make();

    memset(buffer, 'x', sizeof(buffer));
    write(fd, buffer, sizeof(buffer));
    is_long(fallocate(fd, punch, PAGE, PAGE), 0, "a page is punched out");
    is_long(pages_of(fd), 3, "... and given back");
    is_long(pread(fd, buffer, sizeof(buffer), 0), sizeof(buffer), "the size stays");
    ok(buffer[PAGE - 1] == 'x' && buffer[PAGE] == 0 && buffer[2 * PAGE - 1] == 0 &&
           buffer[2 * PAGE] == 'x',
       "... with zeros in it");
    is_long(lseek(fd, 0, SEEK_HOLE), PAGE, "it is a hole");
    is_long(fallocate(fd, punch, 2 * PAGE + 10, PAGE), 0, "parts of two pages are punched out");
    is_long(pages_of(fd), 3, "... which stay");
    pread(fd, buffer, sizeof(buffer), 0);
    ok(buffer[2 * PAGE + 9] == 'x' && buffer[2 * PAGE + 10] == 0 && buffer[3 * PAGE + 9] == 0 &&
           buffer[3 * PAGE + 10] == 'x',
       "... with zeros in them");
    is_long(fallocate(fd, punch, 3 * PAGE + 20, 30), 0, "a part of one page");
    pread(fd, buffer, sizeof(buffer), 0);
    ok(buffer[3 * PAGE + 19] == 'x' && buffer[3 * PAGE + 20] == 0 && buffer[3 * PAGE + 49] == 0 &&
           buffer[3 * PAGE + 50] == 'x',
       "... is zeros");
    is_long(fallocate(fd, punch, 0, 1L << 60), 0, "all and more");
    is_long(pages_of(fd), 0, "... is given back");
    is_long(size_of(fd), sizeof(buffer), "... and the size stays");
    close(fd);
}

static void check_mapped(void)
{
    int fd = make();
    char *map;

    ftruncate(fd, 3 * PAGE);
    map = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ok(map != MAP_FAILED, "a mapping of a hole");
    is_long(map[PAGE], 0, "... reads as zeros");
    map[2 * PAGE] = 'm';
    is_long(lseek(fd, 0, SEEK_DATA) <= (long)(2 * PAGE), 1, "a store makes a page");
    is_long(pread(fd, buffer, 1, 2 * PAGE), 1, "... that is read");
    is_long(buffer[0], 'm', "... with what was stored");
    is_long(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 3 * PAGE), 0,
            "a hole is punched under the mapping");
    is_long(map[2 * PAGE], 0, "... and seen through it");
    map[2 * PAGE] = 'n';
    pread(fd, buffer, 1, 2 * PAGE);
    is_long(buffer[0], 'n', "a store makes a new page, which is the file's");
    munmap(map, 3 * PAGE);
    close(fd);
}

int main(void)
{
    check_extend();
    check_seek();
    check_allocate();
    check_punch();
    check_mapped();
    is_long(unlink("/tmp/holes"), 0, "unlink");
    return done_testing();
}
