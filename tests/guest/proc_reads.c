/* mem: 512M */
/*
 * tests/guest/proc_reads.c - files of /proc read in pieces of any size are the same bytes
 */
#include <sys/mman.h>

#include "procfile.h"
#include "raw.h"

#define AT       0x100000000UL
#define NR_AREAS 300UL
#define NR_MANY  10000UL /* a test kernel checks them all at each change: more take minutes there */
#define LARGE    (1UL << 20)
#define MANY_MAX (8UL << 20)

static char whole[LARGE], pieces[LARGE];
static char many[MANY_MAX], again[MANY_MAX];

/* Read a file to its end in pieces of len bytes. Returns its length, or -errno. */
static ssize_t read_pieces(const char *path, char *to, size_t size, size_t len)
{
    int fd = open(path, O_RDONLY);
    size_t done = 0;
    ssize_t n = fd < 0 ? -1 : 1;

    while (n > 0 && done + len <= size && (n = read(fd, to + done, len)) > 0)
        done += (size_t)n;
    ssize_t result = n < 0 ? -errno : (ssize_t)done;
    close(fd);
    return result;
}

/* Places all over the file, in no order. */
static int check_places(const char *path, size_t len)
{
    int fd = open(path, O_RDONLY), nr_bad = 0;
    size_t place = 12345;
    char part[100];

    for (int i = 0; i < 50; i++) {
        place = (place * 1103515245 + 12345) % len;
        ssize_t n = pread(fd, part, sizeof(part), (off_t)place);
        nr_bad += n <= 0 || memcmp(part, whole + place, (size_t)n) != 0;
    }
    nr_bad += pread(fd, part, sizeof(part), (off_t)len) != 0;
    nr_bad += pread(fd, part, sizeof(part), (off_t)len + 100000) != 0;
    nr_bad += read(fd, part, 10) != 10 || memcmp(part, whole, 10) != 0;
    nr_bad +=
        lseek(fd, 5, SEEK_SET) != 5 || read(fd, part, 3) != 3 || memcmp(part, whole + 5, 3) != 0;
    nr_bad += read(fd, part, 3) != 3 || memcmp(part, whole + 8, 3) != 0;
    close(fd);
    return nr_bad;
}

static void check(const char *path)
{
    static const size_t sizes[] = {1, 7, 100, 4096, LARGE / 2};
    ssize_t len = read_pieces(path, whole, sizeof(whole), LARGE / 2);

    ok(len > 11, "%s is read", path);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        ssize_t n = read_pieces(path, pieces, sizeof(pieces), sizes[i]);
        ok(n == len && memcmp(whole, pieces, (size_t)len) == 0, "... in pieces of %zu", sizes[i]);
    }
    is_long(check_places(path, (size_t)len), 0, "... and at any place");
}

/* Areas that cannot merge with each other. */
static void map_areas(size_t nr)
{
    char *base =
        mmap((void *)AT, nr * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

    if (base == MAP_FAILED)
        bail_out("mmap: %s", strerror(errno));
    for (size_t i = 1; i < nr; i += 2)
        if (mprotect(base + i * PAGE, PAGE, PROT_NONE) < 0)
            bail_out("mprotect: %s", strerror(errno));
}

static size_t count_lines(const char *text, const char *prot)
{
    size_t nr = 0;

    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        unsigned long start = strtoul(line, NULL, 16);
        nr += start >= AT && start < AT + NR_MANY * PAGE &&
              strncmp(strchr(line, ' ') + 1, prot, 4) == 0;
    }
    return nr;
}

/* Were it O(n^2), this would not end. */
static void check_many(void)
{
    map_areas(NR_MANY);
    ssize_t len = read_pieces("/proc/self/maps", many, sizeof(many), LARGE);
    ok(len > 0, "maps of very many areas are read");
    many[len] = '\0';
    is_long(count_lines(many, "r--p"), NR_MANY / 2, "... half of them can be read");
    is_long(count_lines(many, "---p"), NR_MANY / 2, "... and half not");
    is_long(read_pieces("/proc/self/maps", again, sizeof(again), 512), len, "in small pieces");
    ok(memcmp(many, again, (size_t)len) == 0, "... they are the same");
    munmap((void *)AT, NR_MANY * PAGE);
}

/* Numbers of /proc/sys are read at once or not at all. */
static void check_setting(void)
{
    int fd = open("/proc/sys/vm/max_map_count", O_RDONLY);
    char text[16] = "";

    is_long(read(fd, text, 2), 2, "two bytes of a setting");
    is_str(text, "65", "... are its start");
    is_long(read(fd, text, 2), 0, "... and no more follow");
    is_long(pread(fd, text, 8, 1), 0, "nor from elsewhere");
    is_long(pread(fd, text, sizeof(text), 0), 6, "but all from the start");
    is_str(text, "65530\n", "... again");
    close(fd);
}

int main(void)
{
    grow_stack();
    memset(whole, 1, sizeof(whole));
    memset(pieces, 1, sizeof(pieces));
    memset(many, 1, sizeof(many));
    memset(again, 1, sizeof(again));
    check("/proc/self/limits");
    check("/proc/self/environ");
    check("/proc/self/cmdline");
    check("/proc/version");
    check("/proc/filesystems");
    map_areas(NR_AREAS);
    check("/proc/self/maps");
    check("/proc/self/smaps");
    munmap((void *)AT, NR_AREAS * PAGE);
    check_setting();
    check_many();
    return done_testing();
}
