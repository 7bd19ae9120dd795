/*
 * tests/guest/mmap_file.c - private mappings of a file: its bytes, its tail, its end, own copies
 *
 * The file is the test's own program, which is there on every system.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "raw.h"
#include "tap.h"

static int fd;
static size_t size, nr_pages;
static char page_of_file[PAGE];

static const char *file_page(size_t i)
{
    memset(page_of_file, 0, PAGE);
    if (pread(fd, page_of_file, PAGE, (off_t)(i * PAGE)) < 0)
        bail_out("pread: %s", strerror(errno));
    return page_of_file;
}

static size_t count_differing(const char *map, size_t first_page, size_t nr)
{
    size_t wrong = 0;

    for (size_t i = 0; i < nr; i++)
        wrong += memcmp(map + i * PAGE, file_page(first_page + i), PAGE) != 0;
    return wrong;
}

static char *map_file(size_t len, int prot, size_t first_page)
{
    return mmap(NULL, len, prot, MAP_PRIVATE, fd, (off_t)(first_page * PAGE));
}

static void check_contents(void)
{
    char *map = map_file(size, PROT_READ, 0), *part;
    size_t tail = 0;

    if (map == MAP_FAILED)
        bail_out("mmap: %s", strerror(errno));
    is_long(memcmp(map, "\177ELF", 4), 0, "the file's first bytes are there");
    is_long(count_differing(map, 0, nr_pages), 0, "every page is as read() sees it");
    for (size_t i = size; i < nr_pages * PAGE; i++)
        tail += map[i] != 0;
    is_long(tail, 0, "the rest of the last page is zero");
    ok(!can_write(map), "a read-only mapping cannot be written");
    part = map_file(2 * PAGE, PROT_READ, 1);
    is_long(count_differing(part, 1, 2), 0, "a mapping may begin within the file");
    munmap(part, 2 * PAGE);
    is_long(munmap(map, size), 0, "a length that is no multiple of a page can be unmapped");
}

static void check_private(void)
{
    char *map = map_file(size, PROT_READ | PROT_WRITE, 0), *again;
    char read_first = map[PAGE];

    map[0] = '#';
    map[PAGE] = (char)(read_first + 1);
    is_long(map[0], '#', "a private mapping can be written");
    is_long(memcmp(map + 1, file_page(0) + 1, PAGE - 1), 0, "... byte by byte");
    is_long(page_of_file[0], 0x7f, "... and the file does not change");
    is_long(file_page(1)[0], read_first, "... nor where it was read before");
    again = map_file(size, PROT_READ, 0);
    is_long(again[0], 0x7f, "another mapping sees the file");
    is_long(map[0], '#', "... and the first its own copy");
    is_long(mprotect(map, size, PROT_READ), 0, "read-only again");
    is_long(map[0], '#', "... it keeps the copy");
    is_long(mprotect(again, PAGE, PROT_READ | PROT_WRITE), 0,
            "a private mapping of a file opened for "
            "reading can be made writable");
    again[1] = '!';
    is_long(map[1], 'E', "copies are separate");
    munmap(map, size);
    munmap(again, size);
}

static void check_read_into(void)
{
    char *map = map_file(size, PROT_READ | PROT_WRITE, 0);

    is_long(pread(fd, map + PAGE, PAGE, 0), (long)PAGE, "read() into a mapping of the same file");
    is_long(memcmp(map + PAGE, map, PAGE), 0, "... copies");
    munmap(map, size);
}

static void check_beyond_end(void)
{
    char *map = mmap(NULL, (nr_pages + 2) * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    char *behind = map_file(PAGE, PROT_READ, nr_pages + 10);

    ok(map != MAP_FAILED, "a mapping may be larger than the file");
    is_long(count_differing(map, 0, nr_pages), 0, "... the file is there");
    ok(!can_read(map + nr_pages * PAGE), "... but nothing behind it");
    ok(behind != MAP_FAILED && !can_read(behind),
       "a mapping may lie behind the file, and has nothing");
    munmap(map, (nr_pages + 2) * PAGE);
    munmap(behind, PAGE);
    is_long(child_run("read-behind"), CHILD_KILLED(SIGBUS), "reading behind the end is SIGBUS");
    is_long(child_run("write-behind"), CHILD_KILLED(SIGBUS), "writing behind the end is SIGBUS");
}

static void check_refusals(void)
{
    char directory[] = "/";
    int null = open("/dev/null", O_RDWR), write_only = open("/dev/null", O_WRONLY);
    int dir = open(directory, O_RDONLY);

    is_long(raw(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, 123), -EINVAL,
            "an unaligned offset");
    is_long(raw(SYS_mmap, 0, 0, PROT_READ, MAP_PRIVATE, fd, 0), -EINVAL, "length 0");
    is_long(raw(SYS_mmap, 0, PAGE, PROT_READ, 0, fd, 0), -EINVAL, "no type");
    is_long(raw(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, -PAGE), -EOVERFLOW,
            "an offset no file can have");
    is_long(raw(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), -EACCES,
            "shared and writable, but opened for reading");
    is_long(raw(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, write_only, 0), -EACCES,
            "not opened for reading");
    is_long(raw(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, null, 0), -ENODEV,
            "a device without memory");
    is_long(raw(SYS_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, dir, 0), -ENODEV, "a directory");
    close(null);
    close(write_only);
    close(dir);
}

/* The mapping holds the file: the descriptor may go. */
static void check_close(void)
{
    int other = open(child_self(), O_RDONLY);
    char *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, other, 0);

    close(other);
    is_long(count_differing(map, 0, nr_pages), 0, "a mapping stays when the file is closed");
    munmap(map, size);
}

static void open_self(void)
{
    struct stat st;

    fd = open(child_self(), O_RDONLY);
    if (fd < 0 || fstat(fd, &st) < 0)
        bail_out("%s: %s", child_self(), strerror(errno));
    size = (size_t)st.st_size;
    nr_pages = (size + PAGE - 1) / PAGE;
}

static int behind(int prot)
{
    volatile char *map = mmap(NULL, (nr_pages + 1) * PAGE, prot, MAP_PRIVATE, fd, 0);

    if (prot & PROT_WRITE)
        map[nr_pages * PAGE] = 1;
    else
        return map[nr_pages * PAGE];
    return 0;
}

static int read_behind(char **args)
{
    (void)args;
    return behind(PROT_READ);
}

static int write_behind(char **args)
{
    (void)args;
    return behind(PROT_READ | PROT_WRITE);
}

static const struct child children[] = {
    {"read-behind", read_behind}, {"write-behind", write_behind}, {NULL, NULL}};

int main(int argc, char **argv)
{
    open_self();
    if (argc > 1)
        return child_main(children, argv);
    check_contents();
    check_private();
    check_read_into();
    check_beyond_end();
    check_refusals();
    check_close();
    close(fd);
    return done_testing();
}
