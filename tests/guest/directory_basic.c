/*
 * tests/guest/directory_basic.c - getdents64(2) and readdir(3)
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define NR   300
#define BASE "/tmp/directory"
#define FEW  64UL /* bytes, for two entries */

static int seen[NR];

/* The number in a name that make_all() made, -1 for another. */
static int number_of(const char *name)
{
    char *end;
    long n = name[0] == 'f' ? strtol(name + 1, &end, 10) : -1;

    return n >= 0 && n < NR && !*end ? (int)n : -1;
}

static void make_all(void)
{
    char path[64];

    mkdir(BASE, 0700);
    for (int i = 0; i < NR; i++) {
        snprintf(path, sizeof(path), BASE "/f%d", i);
        close(open(path, O_CREAT | O_WRONLY, 0600));
    }
    mkdir(BASE "/+sub", 0700);
    symlink("nowhere", BASE "/link");
}

static void remove_at(int dir, const char *name)
{
    if (unlinkat(dir, name, 0) < 0)
        bail_out("unlink %s: %s", name, strerror(errno));
}

/* Every number was seen as often as that. */
static void check_seen(int times, const char *what)
{
    int nr_bad = 0;

    for (int i = 0; i < NR; i++)
        nr_bad += seen[i] != times;
    is_long(nr_bad, 0, "%s", what);
}

static void check_types(void)
{
    DIR *dir = opendir(BASE);
    struct dirent *entry;
    struct stat st;
    int nr_dots = 0, nr_bad = 0, nr_other = 0;

    memset(seen, 0, sizeof(seen));
    while (dir && (entry = readdir(dir))) {
        int n = number_of(entry->d_name);

        fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW);
        nr_bad += entry->d_type != st.st_mode >> 12 || entry->d_reclen % 8;
        if (strcmp(entry->d_name, "..") != 0)
            nr_bad += entry->d_ino != st.st_ino;
        if (n >= 0)
            seen[n]++;
        else if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            nr_dots++;
        else
            nr_other++;
    }
    check_seen(1, "every file is listed once");
    is_long(nr_dots, 2, "... . and .. too");
    is_long(nr_other, 2, "... and what else there is");
    is_long(nr_bad, 0, "types and numbers are those of stat");
    is_long(closedir(dir), 0, "closedir");
}

/* Small buffers, and a place in the middle that is found again. */
static void check_places(void)
{
    char buffer[512], name[256] = "";
    int fd = open(BASE, O_RDONLY | O_DIRECTORY), nr = 0;
    long n, middle = 0;

    memset(seen, 0, sizeof(seen));
    while ((n = raw(SYS_getdents64, fd, buffer, FEW)) > 0)
        for (long at = 0; at < n;) {
            struct dirent *entry = (struct dirent *)(void *)(buffer + at);
            int i = number_of(entry->d_name);

            if (i >= 0)
                seen[i]++;
            if (nr == 100)
                snprintf(name, sizeof(name), "%s", entry->d_name);
            if (nr++ == 99)
                middle = entry->d_off;
            at += entry->d_reclen;
        }
    is_long(n, 0, "the end");
    check_seen(1, "every file is listed once in pieces of two entries");
    is_long(raw(SYS_getdents64, fd, buffer, sizeof(buffer)), 0, "... and nothing follows");
    is_long(lseek(fd, middle, SEEK_SET), middle, "a place in the middle");
    raw(SYS_getdents64, fd, buffer, sizeof(buffer));
    is_str(((struct dirent *)(void *)buffer)->d_name, name, "... is where it was");
    lseek(fd, 0, SEEK_SET);
    ok(raw(SYS_getdents64, fd, buffer, sizeof(buffer)) > 0, "the start again");
    close(fd);
}

/* Who removes what it reads misses nothing. */
static void check_removal(void)
{
    char buffer[512];
    int fd = open(BASE, O_RDONLY | O_DIRECTORY);
    long n;

    memset(seen, 0, sizeof(seen));
    while ((n = raw(SYS_getdents64, fd, buffer, FEW)) > 0)
        for (long at = 0; at < n;) {
            struct dirent *entry = (struct dirent *)(void *)(buffer + at);
            int i = number_of(entry->d_name);

            if (i >= 0) {
                seen[i]++;
                remove_at(fd, entry->d_name);
            }
            at += entry->d_reclen;
        }
    check_seen(1, "every file is listed once while each is removed");
    close(fd);
    is_long(unlink(BASE "/link"), 0, "the link is removed");
    is_long(rmdir(BASE "/+sub"), 0, "... and the directory");
}

static void check_errors(void)
{
    char buffer[512];
    int fd = open(BASE, O_RDONLY | O_DIRECTORY), file = open("/test/directory_basic", O_RDONLY);
    int place = open(BASE, O_PATH);

    is_long(raw(SYS_getdents64, fd, buffer, 23), -EINVAL, "a buffer too small for any entry");
    is_long(raw(SYS_getdents64, fd, 1, sizeof(buffer)), -EFAULT, "a buffer that is not there");
    is_long(raw(SYS_getdents64, file, buffer, sizeof(buffer)), -ENOTDIR, "a file");
    is_long(raw(SYS_getdents64, 99, buffer, sizeof(buffer)), -EBADF, "nothing open");
    is_long(raw(SYS_getdents64, place, buffer, sizeof(buffer)), -EBADF, "O_PATH");
    is_long(raw(SYS_getdents64, fd, buffer, sizeof(buffer)), 48, "an empty directory has . and ..");
    is_long(rmdir(BASE), 0, "the directory goes");
    is_long(raw(SYS_getdents64, fd, buffer, sizeof(buffer)), -ENOENT, "... and cannot be listed");
    ok(!opendir(BASE), "... or opened");
    is_errno(ENOENT, "... ENOENT");
    ok(!opendir("/test/directory_basic"), "opendir of a file");
    is_errno(ENOTDIR, "... ENOTDIR");
    close(fd);
    close(file);
    close(place);
}

int main(void)
{
    make_all();
    check_types();
    check_places();
    check_removal();
    check_errors();
    return done_testing();
}
