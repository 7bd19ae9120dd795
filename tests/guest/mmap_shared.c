/*
 * tests/guest/mmap_shared.c - shared memory: anonymous and a file's, in one process and across
 * fork, while the file is written, truncated, extended, punched and deleted
 */
#include <linux/falloc.h>

#include "memory.h"

#define SECOND (FREE + 64 * PAGE)

static void punch(int fd, size_t first, size_t nr_pages)
{
    if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)(first * PAGE),
                  (off_t)(nr_pages * PAGE)) != 0)
        bail_out("fallocate: %s", strerror(errno));
}

static void truncate_to(int fd, size_t len)
{
    if (ftruncate(fd, (off_t)len) != 0)
        bail_out("ftruncate: %s", strerror(errno));
}

static void check_anonymous(void)
{
    char *p = map_at(FREE, 4, RW, SHARED, -1, 0);

    is_str(contents(p, 4), "0000", "shared anonymous memory is zero");
    is_long(in_child(mark(p, 2, 'a'); 0), EXITED(0), "a child writes to it");
    is_str(contents(p, 4), "ab00", "... the parent sees that");
    is_long(in_child(munmap(p + PAGE, 3 * PAGE); mprotect(p, PAGE, PROT_READ); 0), EXITED(0),
            "a child unmaps and protects");
    is_str(contents(p, 4), "ab00", "... its own mapping");
    is_str(rights(p, 4), "wwww", "... and rights");
    is_long(in_child(fixed(p, 4, RW); mark(p, 4, 'w'); 0), EXITED(0),
            "a child maps private memory there");
    is_str(contents(p, 4), "ab00", "... the parent does not see that");
    is_long(
        in_child(in_child(mark(p, 4, 'A'); 0) != EXITED(0) || strcmp(contents(p, 4), "ABCD") != 0),
        EXITED(0), "a grandchild writes, a child sees it");
    is_str(contents(p, 4), "ABCD", "... and the parent");
    is_long(in_child(madvise(p, 2 * PAGE, MADV_REMOVE)), EXITED(0), "a child removes pages");
    is_str(contents(p, 4), "00CD", "... the parent finds zeros");
    mprotect(p, 4 * PAGE, PROT_READ);
    is_str(touch(p + 2 * PAGE, PROT_WRITE), "SIGSEGV ACCERR", "read-only, it cannot be written");
    mprotect(p, 4 * PAGE, RW);
    p[2 * PAGE] = '!';
    is_str(contents(p, 4), "00!D", "... and again it can");
    unmap(p, 4);
}

/* Two mappings have nothing to do with each other, however alike. */
static void check_separate(void)
{
    char *p = map_at(FREE, 2, RW, SHARED, -1, 0);
    char *q = map_at(FREE + 2 * PAGE, 2, RW, SHARED, -1, 0);

    mark(p, 2, 'a');
    is_str(contents(q, 2), "00", "two shared mappings are two");
    is_str(areas(p, 4), "0-2 rw-s, 2-4 rw-s", "... side by side, too");
    unmap(p + PAGE, 2);
    is_str(contents(p, 4), "a--0", "... unmapped in part");
    unmap(p, 4);
}

static void check_file(void)
{
    int fd = make_file(4, 'a');
    char *p = map_at(FREE, 4, RW, MAP_SHARED, fd, 0);
    char *q = map_at(SECOND, 2, RW, MAP_SHARED, fd, 1);
    char *copy = map_at(SECOND + 8 * PAGE, 4, RW, MAP_PRIVATE, fd, 0);

    is_str(contents(p, 4), "abcd", "a shared file mapping shows the file");
    q[0] = 'B';
    is_str(contents(p, 4), "aBcd", "... what another mapping writes");
    is_long(file_byte(fd, 1), 'B', "... which read finds");
    is_long(pwrite(fd, "C", 1, 2 * (off_t)PAGE), 1, "... what write writes");
    is_str(contents(p, 4), "aBCd", "... is seen");
    is_str(contents(copy, 4), "aBCd", "... also by a private mapping, until it has a copy");
    copy[0] = 'x';
    p[0] = 'A';
    is_str(contents(copy, 4), "xBCd", "... then no more");
    is_long(in_child(p[3 * PAGE] = 'D'; copy[PAGE] = 'y'; 0), EXITED(0),
            "a child writes to both kinds");
    is_str(contents(p, 4), "ABCD", "... shared is seen by the parent");
    is_str(contents(copy, 4), "xBCD", "... private is not");
    close(fd);
    is_str(contents(q, 2), "BC", "the descriptor closed, the mapping stays");
    unmap(p, 4);
    q[PAGE] = 'z';
    is_str(contents(copy, 4), "xBzD", "... and the others");
    unmap(SECOND, 16);
}

static void check_truncate(void)
{
    int fd = make_file(4, 'a');
    char *p = map_at(FREE, 6, RW, MAP_SHARED, fd, 0);
    char *copy = map_at(SECOND, 4, RW, MAP_PRIVATE, fd, 0);

    is_str(touch(p + 4 * PAGE, PROT_READ), "SIGBUS ADRERR", "behind the file: SIGBUS on a read");
    is_str(touch(p + 5 * PAGE, PROT_WRITE), "SIGBUS ADRERR", "... and on a write");
    memset(p, 'x', 4 * PAGE);
    copy[0] = '1';
    copy[3 * PAGE] = '4';
    (void)contents(p, 4);
    truncate_to(fd, PAGE + 100);
    is_str(contents(p, 4), "xx--", "truncated: what lies behind is gone");
    is_str(touch(p + 2 * PAGE, PROT_WRITE), "SIGBUS ADRERR", "... SIGBUS");
    is_str(touch(p + PAGE + 100, PROT_WRITE), "ok", "... the last page is there to its end");
    is_long(p[PAGE + 99] * 256 + p[PAGE + 100], 'x' * 256, "... its rest is zero");
    is_str(contents(copy, 4), "1x--", "... private copies behind the end are gone");
    is_str(touch(copy + 3 * PAGE, PROT_READ), "SIGBUS ADRERR", "... SIGBUS");
    is_long(in_child(can_read(p + 2 * PAGE) + can_write(p + 2 * PAGE)), EXITED(0),
            "... also in a child");
    truncate_to(fd, 5 * PAGE);
    is_str(contents(p, 6), "xx000-", "extended: zeros");
    is_str(contents(copy, 4), "1x00", "... also where a copy was");
    p[4 * PAGE] = 'e';
    is_long(file_byte(fd, 4), 'e', "... that can be written");
    truncate_to(fd, 0);
    is_str(contents(p, 6), "------", "truncated to nothing");
    is_str(contents(copy, 4), "----", "... copies as well");
    is_str(areas(p, 6), "0-6 rw-s", "... the areas stay");
    is_long(pwrite(fd, "q", 1, (off_t)PAGE), 1, "written again");
    is_str(contents(p, 6), "0q----", "... it is there");
    unmap(p, 6);
    unmap(copy, 4);
    close(fd);
}

/* A private mapping keeps its copy of the page in which the file now ends. */
static void check_truncate_copy(void)
{
    int fd = make_file(2, 'a');
    char *copy = map_at(FREE, 2, RW, MAP_PRIVATE, fd, 0);

    memset(copy, 'y', 2 * PAGE);
    truncate_to(fd, 10);
    is_str(contents(copy, 2), "y-", "truncated within a page: the copy of that page stays");
    is_long(copy[PAGE - 1], 'y', "... to its end");
    unmap(copy, 2);
    close(fd);
}

static void check_punch(void)
{
    int fd = make_file(6, 'a');
    char *p = map_at(FREE, 6, RW, MAP_SHARED, fd, 0);
    char *copy = map_at(SECOND, 6, RW, MAP_PRIVATE, fd, 0);

    copy[2 * PAGE] = 'x';
    memset(p + 4 * PAGE, 'e', PAGE);
    (void)contents(p, 6);
    punch(fd, 1, 3);
    is_str(contents(p, 6), "a000ef", "a hole reads as zero");
    is_str(contents(copy, 6), "a0x0ef", "... a private copy stays");
    is_str(resident(p + 4 * PAGE, 2), "xx", "... the rest too");
    p[2 * PAGE] = 'C';
    is_str(contents(copy, 6), "a0x0ef", "... apart");
    is_long(file_byte(fd, 2), 'C', "... a write fills the hole");
    is_long(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4 * (off_t)PAGE + 10, 20), 0,
            "a hole within a page");
    is_long(p[4 * PAGE + 9] * 256 + p[4 * PAGE + 10], 'e' * 256,
            "... begins where it was asked to");
    is_long(p[4 * PAGE + 29] * 256 + p[4 * PAGE + 30], 'e', "... and ends there");
    is_long(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 5 * (off_t)PAGE,
                      100 * (off_t)PAGE),
            0, "a hole past the end");
    is_long(lseek(fd, 0, SEEK_END), 6 * (long)PAGE, "... leaves the size");
    is_str(contents(p, 6), "a0C0e0", "... and is zero");
    unmap(p, 6);
    unmap(copy, 6);
    close(fd);
}

static void check_readers(void)
{
    int fd = make_file(2, 'a'), reading;
    char path[64], *p, *q;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    reading = open(path, O_RDONLY);
    q = map_at(SECOND, 2, RW, MAP_SHARED, fd, 0);
    if (reading < 0)
        bail_out("%s: %s", path, strerror(errno));
    p = map_at(FREE, 2, PROT_READ, MAP_SHARED, reading, 0);
    q[0] = 'x';
    is_str(contents(p, 2), "xb", "a mapping for reading sees what another writes");
    is_str(touch(p, PROT_WRITE), "SIGSEGV ACCERR", "... and cannot be written");
    is_long(mprotect(p, PAGE, RW), -1, "... nor made so");
    is_errno(EACCES, "... EACCES");
    unmap(p, 2);
    unmap(q, 2);
    close(reading);
    close(fd);
}

static void check_memfd(void)
{
    int fd = memfd_create("shared", MFD_CLOEXEC);
    char *p;

    ok(fd >= 0, "memfd_create");
    truncate_to(fd, 2 * PAGE);
    p = map_at(FREE, 2, RW, MAP_SHARED, fd, 0);
    is_str(contents(p, 2), "00", "... is zero");
    close(fd);
    is_long(in_child(mark(p, 2, 'm'); 0), EXITED(0), "... a child writes to it");
    is_str(contents(p, 2), "mn", "... the parent sees that");
    unmap(p, 2);
}

/* Untouched pages of a large file cost nothing, and are there. */
static void check_sparse(void)
{
    int fd = make_file(0, 'a');
    char *p;

    truncate_to(fd, 1UL << 40);
    p = mmap(NULL, 1UL << 40, RW, MAP_SHARED | MAP_NORESERVE, fd, 0);
    ok(p != MAP_FAILED, "a file of 1 TiB can be mapped");
    p[(1UL << 40) - 1] = 'z';
    p[1UL << 33] = 'y';
    is_long(file_byte(fd, (1UL << 33) / PAGE), 'y', "... written far inside");
    is_long(p[1UL << 39], 0, "... and is zero elsewhere");
    munmap(p, 1UL << 40);
    close(fd);
}

int main(void)
{
    check_anonymous();
    check_separate();
    check_file();
    check_truncate();
    check_truncate_copy();
    check_punch();
    check_memfd();
    check_sparse();
    check_readers();
    return done_testing();
}
