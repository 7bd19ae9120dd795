/*
 * tests/guest/tmpfs_basic.c - files of /tmp: made, written, read, renamed, removed
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

static char buffer[5 * PAGE], other[5 * PAGE];

static long size_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 ? (long)st.st_size : -errno;
}

static long mode_of(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 ? (long)st.st_mode : -errno;
}

static long links_of(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 ? (long)st.st_nlink : -errno;
}

static void check_create(void)
{
    int fd = open("/tmp/a", O_RDWR | O_CREAT | O_EXCL, 0666);

    ok(fd >= 0, "open makes a file");
    is_long(mode_of("/tmp/a"), S_IFREG | 0644, "... with the mode less the umask");
    is_long(size_of(fd), 0, "... that is empty");
    is_long(read(fd, buffer, 10), 0, "... and reads so");
    is_long(fcntl(fd, F_GETFL), O_RDWR | 0100000, "F_GETFL tells how it was opened");
    close(fd);
    is_long(raw(SYS_open, "/tmp/a", O_RDWR | O_CREAT | O_EXCL, 0666), -EEXIST, "O_EXCL again");
    is_long(umask(027), 022, "umask was 022");
    fd = creat("/tmp/b", 0777);
    is_long(umask(022), 027, "... and was set");
    is_long(mode_of("/tmp/b"), S_IFREG | 0750, "creat obeys it");
    is_long(raw(SYS_read, fd, buffer, 1), -EBADF, "... and opens for writing only");
    is_long(write(fd, "hello", 5), 5, "write");
    close(fd);
    fd = open("/tmp/b", O_RDONLY | O_CREAT, 0);
    is_long(read(fd, buffer, 10), 5, "what was written is read");
    ok(memcmp(buffer, "hello", 5) == 0, "... the same bytes");
    is_long(raw(SYS_write, fd, "x", 1), -EBADF, "write to a file opened for reading");
    close(fd);
    fd = open("/tmp/b", O_RDONLY | O_TRUNC);
    is_long(size_of(fd), 0, "O_TRUNC empties, even for reading");
    close(fd);
    is_long(open("/tmp/x", O_RDONLY), -1, "without O_CREAT nothing is made");
    is_errno(ENOENT, "... ENOENT");
    fd = open("/tmp/private", O_RDWR | O_CREAT, 0);
    ok(fd >= 0 && write(fd, "x", 1) == 1, "a file that nobody may open can be made and written");
    close(fd);
    unlink("/tmp/private");
    unlink("/tmp/b");
}

static void check_offsets(void)
{
    int fd = open("/tmp/a", O_RDWR), second = open("/tmp/a", O_RDWR | O_APPEND);
    struct iovec pieces[3] = {{buffer, 3}, {NULL, 0}, {buffer + 3, 7}};

    for (size_t i = 0; i < sizeof(buffer); i++)
        buffer[i] = (char)(i * 7 + i / 256);
    is_long(write(fd, buffer, sizeof(buffer)), sizeof(buffer), "write over pages");
    is_long(lseek(fd, 0, SEEK_CUR), sizeof(buffer), "... moves");
    is_long(pread(fd, other, sizeof(other), 0), sizeof(other), "pread");
    is_long(memcmp(buffer, other, sizeof(buffer)), 0, "... the same bytes");
    is_long(pwrite(fd, "ABC", 3, PAGE - 1), 3, "pwrite across a page's end");
    is_long(pread(fd, other, 5, PAGE - 2), 5, "pread there");
    ok(memcmp(other + 1, "ABC", 3) == 0 && other[0] == buffer[PAGE - 2] &&
           other[4] == buffer[PAGE + 2],
       "... three bytes and no more have changed");
    is_long(lseek(fd, 0, SEEK_CUR), sizeof(buffer), "neither moves");
    is_long(write(second, "end", 3), 3, "O_APPEND");
    is_long(size_of(fd), sizeof(buffer) + 3, "... writes at the end");
    is_long(lseek(second, 0, SEEK_CUR), sizeof(buffer) + 3, "... and leaves the offset there");
    is_long(pwrite(second, "END", 3, 0), 3, "pwrite with O_APPEND");
    is_long(size_of(fd), sizeof(buffer) + 6, "... appends, as Linux has it");
    lseek(fd, 0, SEEK_SET);
    is_long(writev(fd, pieces, 3), 10, "writev");
    is_long(lseek(fd, 0, SEEK_CUR), 10, "... moves once");
    is_long(preadv(fd, (struct iovec[]){{other, 4}, {other + 100, 6}}, 2, 0), 10, "preadv");
    ok(memcmp(other, buffer, 4) == 0 && memcmp(other + 100, buffer + 4, 6) == 0, "... in pieces");
    is_long(pwritev(fd, pieces, 3, 20), 10, "pwritev");
    is_long(pread(fd, other, 10, 20), 10, "... is there");
    is_long(memcmp(other, buffer, 10), 0, "... the same bytes");
    lseek(fd, -3, SEEK_END);
    is_long(readv(fd, (struct iovec[]){{other, 2}, {other + 2, 100}}, 2), 3, "readv at the end");
    ok(memcmp(other, "END", 3) == 0, "... gets what there is");
    is_long(readv(fd, pieces, 3), 0, "... and then nothing");
    is_long(writev(fd, pieces, 0), 0, "writev of no pieces");
    close(fd);
    close(second);
}

static void check_truncate(void)
{
    int fd = open("/tmp/a", O_RDWR | O_TRUNC);

    memset(buffer, 'x', sizeof(buffer));
    write(fd, buffer, 3 * PAGE);
    is_long(ftruncate(fd, PAGE + 100), 0, "ftruncate cuts off");
    is_long(size_of(fd), PAGE + 100, "... there");
    is_long(ftruncate(fd, 3 * PAGE), 0, "ftruncate extends");
    is_long(pread(fd, other, 3 * PAGE, 0), 3 * PAGE, "... by zeros");
    is_long(other[PAGE + 99], 'x', "... after the last byte that stayed");
    is_long(other[PAGE + 100], 0, "... from the first that went");
    is_long(other[2 * PAGE], 0, "... and in the page behind");
    is_long(truncate("/tmp/a", 1), 0, "truncate by name");
    is_long(size_of(fd), 1, "... is seen through the descriptor");
    is_long(lseek(fd, 100, SEEK_SET), 100, "an offset behind the end");
    is_long(read(fd, buffer, 10), 0, "... reads nothing");
    is_long(write(fd, "y", 1), 1, "... is written to");
    is_long(size_of(fd), 101, "... and the file reaches there");
    is_long(pread(fd, other, 101, 0), 101, "with a gap");
    ok(other[0] == 'x' && other[1] == 0 && other[99] == 0 && other[100] == 'y', "... of zeros");
    close(fd);
}

static void check_unlink(void)
{
    int fd = open("/tmp/a", O_RDWR), second;
    struct stat st;

    is_long(links_of("/tmp/a"), 1, "a file has one link");
    is_long(unlink("/tmp/a"), 0, "unlink of an open file");
    is_long(mode_of("/tmp/a"), -ENOENT, "... takes its name");
    is_long(pwrite(fd, "still", 5, 0), 5, "... and leaves it");
    fstat(fd, &st);
    is_long(st.st_nlink, 0, "... with no link");
    second = open("/tmp/a", O_RDWR | O_CREAT, 0600);
    is_long(size_of(second), 0, "the name can be given again, to another file");
    is_long(pread(fd, other, 5, 0), 5, "the first is still there");
    is_long(memcmp(other, "still", 5), 0, "... with its bytes");
    close(fd);
    close(second);
    fd = open("/tmp", O_RDWR | O_TMPFILE, 0600);
    ok(fd >= 0, "O_TMPFILE");
    is_long(write(fd, "nameless", 8), 8, "... is a file");
    fstat(fd, &st);
    ok(st.st_nlink == 0 && st.st_size == 8 && st.st_mode == (S_IFREG | 0600), "... without a name");
    close(fd);
}

static void check_directories(void)
{
    int dir, fd;
    struct stat before, after;

    is_long(mkdir("/tmp/d", 0777), 0, "mkdir");
    is_long(mode_of("/tmp/d"), S_IFDIR | 0755, "... less the umask");
    is_long(links_of("/tmp/d"), 2, "... with two links");
    is_long(mkdir("/tmp/d/e/", 01777), 0, "mkdir with a slash behind");
    is_long(mode_of("/tmp/d/e"), S_IFDIR | 01755, "... and the sticky bit");
    is_long(links_of("/tmp/d"), 3, "a directory in it is a link more");
    dir = open("/tmp/d", O_RDONLY | O_DIRECTORY);
    fd = openat(dir, "f", O_WRONLY | O_CREAT, 0644);
    ok(fd >= 0, "openat makes a file in it");
    close(fd);
    is_long(stat("/tmp/d", &before), 0, "stat");
    is_long(before.st_size, 80, "a directory with two names has 80 bytes");
    is_long(mkdirat(dir, "g", 0700), 0, "mkdirat");
    is_long(fstat(dir, &after), 0, "fstat");
    is_long(after.st_size, 100, "... with three 100");
    is_long(after.st_ino == before.st_ino, 1, "it is the same directory");
    is_long(fstatat(dir, "g", &after, 0), 0, "fstatat");
    is_long(after.st_mode, S_IFDIR | 0700, "... of a name in it");
    is_long(fstatat(dir, "", &after, AT_EMPTY_PATH), 0, "... of itself");
    is_long(after.st_ino == before.st_ino, 1, "... is itself");
    is_long(unlinkat(dir, "g", AT_REMOVEDIR), 0, "unlinkat of a directory");
    is_long(unlinkat(dir, "f", 0), 0, "unlinkat of a file");
    is_long(rmdir("/tmp/d/e"), 0, "rmdir");
    is_long(rmdir("/tmp/d/"), 0, "rmdir with a slash behind");
    is_long(raw(SYS_openat, dir, "new", O_CREAT | O_WRONLY, 0600), -ENOENT,
            "nothing is made in a directory that was removed");
    is_long(raw(SYS_mkdirat, dir, "new", 0600), -ENOENT, "... no directory");
    fstat(dir, &after);
    is_long(after.st_nlink, 0, "it has no link");
    close(dir);
}

static void check_rename(void)
{
    struct stat st;
    ino_t inode;
    int fd = open("/tmp/old", O_CREAT | O_WRONLY, 0600);

    write(fd, "content", 7);
    fstat(fd, &st);
    inode = st.st_ino;
    close(fd);
    is_long(rename("/tmp/old", "/tmp/new"), 0, "rename");
    is_long(mode_of("/tmp/old"), -ENOENT, "... takes the old name");
    stat("/tmp/new", &st);
    ok(st.st_ino == inode && st.st_size == 7, "... and gives the new one to the same file");
    is_long(rename("/tmp/new", "/tmp/new"), 0, "rename to itself");
    close(open("/tmp/other", O_CREAT | O_WRONLY, 0600));
    fd = open("/tmp/other", O_RDONLY);
    is_long(renameat2(AT_FDCWD, "/tmp/new", AT_FDCWD, "/tmp/other", RENAME_NOREPLACE), -1,
            "RENAME_NOREPLACE does not replace");
    is_errno(EEXIST, "... EEXIST");
    is_long(rename("/tmp/new", "/tmp/other"), 0, "rename does");
    fstat(fd, &st);
    ok(st.st_nlink == 0 && st.st_ino != inode, "the file that was there has lost its name");
    close(fd);
    mkdir("/tmp/d", 0755);
    mkdir("/tmp/e", 0755);
    is_long(rename("/tmp/other", "/tmp/d/file"), 0, "rename into a directory");
    is_long(rename("/tmp/d", "/tmp/e"), 0, "rename of a directory over an empty one");
    is_long(mode_of("/tmp/e/file"), S_IFREG | 0600, "... takes along what is in it");
    is_long(links_of("/tmp/e"), 2, "... and its links");
    unlink("/tmp/e/file");
    rmdir("/tmp/e");
}

static void check_links(void)
{
    static const char target[] = "linked";

    close(open("/tmp/linked", O_CREAT | O_WRONLY, 0640));
    is_long(symlink(target, "/tmp/link"), 0, "symlink");
    is_long(mode_of("/tmp/link"), S_IFLNK | 0777, "lstat sees it");
    is_long(readlink("/tmp/link", other, 100), 6, "readlink");
    is_long(memcmp(other, target, 6), 0, "... tells where it goes");
    is_long(readlink("/tmp/link", other, 3), 3, "... cut off");
    is_long(access("/tmp/link", W_OK), 0, "access goes there");
    is_long(chmod("/tmp/link", 0600), 0, "chmod goes there");
    is_long(mode_of("/tmp/linked"), S_IFREG | 0600, "... and changes the mode");
    is_long(unlink("/tmp/linked"), 0, "unlink of the target");
    is_long(open("/tmp/link", O_RDONLY), -1, "the link goes nowhere");
    close(open("/tmp/link", O_CREAT | O_WRONLY, 0600));
    is_long(mode_of("/tmp/linked"), S_IFREG | 0600, "O_CREAT makes what it goes to");
    is_long(unlink("/tmp/link"), 0, "unlink of the link");
    is_long(mode_of("/tmp/linked"), S_IFREG | 0600, "... leaves the target");
    unlink("/tmp/linked");
}

static void check_working_directory(void)
{
    char path[64];

    mkdir("/tmp/w", 0755);
    is_long(chdir("/tmp/w"), 0, "chdir");
    is_str(getcwd(path, sizeof(path)), "/tmp/w", "getcwd");
    is_long(raw(SYS_getcwd, path, 6), -ERANGE, "... needs room for the NUL");
    is_long(raw(SYS_getcwd, path, 7), 7, "... and tells the length with it");
    close(open("here", O_CREAT | O_WRONLY, 0600));
    is_long(mode_of("/tmp/w/here"), S_IFREG | 0600, "relative paths start there");
    is_long(mode_of("../w/./here"), S_IFREG | 0600, "... with dots, too");
    unlink("here");
    is_long(rmdir("/tmp/w"), 0, "it can be removed");
    is_long(raw(SYS_getcwd, path, sizeof(path)), -ENOENT, "... and has no path then");
    is_long(raw(SYS_open, "x", O_CREAT | O_WRONLY, 0600), -ENOENT, "... nor takes a file");
    is_long(chdir(".."), 0, "it still has a parent");
    is_str(getcwd(path, sizeof(path)), "/tmp", "... where it was");
    is_long(chdir("/"), 0, "chdir to the root");
    is_str(getcwd(path, sizeof(path)), "/", "getcwd");
}

/* The copy faults on the page that is read or written: no lock may be in its way. */
static void check_copy_to_itself(void)
{
    int fd = open("/tmp/self", O_RDWR | O_CREAT, 0600);
    char *map;

    for (int i = 0; i < 4; i++) {
        memset(buffer, 'a' + i, PAGE);
        write(fd, buffer, PAGE);
    }
    map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ok(map != MAP_FAILED, "a shared mapping");
    is_long(pread(fd, map + PAGE, PAGE, 0), PAGE, "read into a mapping of the file");
    ok(map[PAGE] == 'a' && map[2 * PAGE - 1] == 'a' && map[2 * PAGE] == 'c', "... copies");
    is_long(pwrite(fd, map + 3 * PAGE, PAGE, 2 * PAGE), PAGE, "write from a mapping of the file");
    ok(map[2 * PAGE] == 'd' && map[3 * PAGE - 1] == 'd', "... copies");
    is_long(pwrite(fd, map, PAGE, 0), PAGE, "a page to itself");
    is_long(pread(fd, map, 4 * PAGE, 0), 4 * PAGE, "all pages to themselves");
    ok(map[0] == 'a' && map[PAGE] == 'a' && map[2 * PAGE] == 'd' && map[3 * PAGE] == 'd',
       "... and nothing is lost");
    map[5] = 'Z';
    is_long(pread(fd, other, 1, 5), 1, "what is stored through the mapping");
    is_long(other[0], 'Z', "... is read");
    pwrite(fd, "Y", 1, 6);
    is_long(map[6], 'Y', "what is written is seen through the mapping");
    munmap(map, 4 * PAGE);
    close(fd);
    unlink("/tmp/self");
}

static void check_times(void)
{
    struct timespec now;
    struct stat st, later;
    int fd = open("/tmp/times", O_RDWR | O_CREAT, 0600);

    clock_gettime(CLOCK_REALTIME, &now);
    fstat(fd, &st);
    ok(st.st_mtime >= now.tv_sec - 2 && st.st_mtime <= now.tv_sec, "a new file's time is now");
    do
        write(fd, "x", 1);
    while (fstat(fd, &later) == 0 && later.st_mtim.tv_sec == st.st_mtim.tv_sec &&
           later.st_mtim.tv_nsec == st.st_mtim.tv_nsec);
    ok(later.st_mtim.tv_sec > st.st_mtim.tv_sec || later.st_mtim.tv_nsec > st.st_mtim.tv_nsec,
       "writing it moves its time on");
    ok(later.st_ctim.tv_sec == later.st_mtim.tv_sec &&
           later.st_ctim.tv_nsec == later.st_mtim.tv_nsec,
       "... both of them");
    close(fd);
    unlink("/tmp/times");
}

int main(void)
{
    check_create();
    check_offsets();
    check_truncate();
    check_unlink();
    check_directories();
    check_rename();
    check_links();
    check_working_directory();
    check_copy_to_itself();
    check_times();
    is_long(fsync(1) == 0 || errno == EINVAL, 1, "fsync of the terminal has nothing to say");
    is_long(unlink("/tmp/a"), 0, "the last file goes");
    return done_testing();
}
