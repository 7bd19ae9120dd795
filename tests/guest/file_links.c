/*
 * tests/guest/file_links.c - hard links, FIFOs and other special files, owners and times
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define DIR "/tmp/links"

static struct stat st;

static int stat_of(const char *path)
{
    return lstat(path, &st) ? -errno : 0;
}

static int same(const char *one, const char *two)
{
    struct stat a, b;

    return lstat(one, &a) == 0 && lstat(two, &b) == 0 && a.st_ino == b.st_ino;
}

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    int good = write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    return close(fd) || !good;
}

static int has_text(const char *path, const char *text)
{
    char buffer[64] = "";
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, buffer, sizeof(buffer) - 1);

    close(fd);
    return n >= 0 && strcmp(buffer, text) == 0;
}

static void check_links(void)
{
    is_long(mkdir(DIR, 0755), 0, "a directory");
    is_long(write_file(DIR "/a", "one"), 0, "a file");
    is_long(link(DIR "/a", DIR "/b"), 0, "one more name for it");
    ok(same(DIR "/a", DIR "/b"), "... of the same file");
    stat_of(DIR "/a");
    is_long(st.st_nlink, 2, "... that has two");
    is_long(write_file(DIR "/b", "two"), 0, "what is written by one name");
    ok(has_text(DIR "/a", "two"), "... is read by the other");
    is_long(link(DIR "/b", DIR "/c"), 0, "a third");
    is_long(unlink(DIR "/a"), 0, "the first goes");
    is_long(stat_of(DIR "/a"), -ENOENT, "... it is gone");
    ok(has_text(DIR "/b", "two") && has_text(DIR "/c", "two"), "... and the others stay");
    stat_of(DIR "/c");
    is_long(st.st_nlink, 2, "... two");
    is_long(rename(DIR "/b", DIR "/d"), 0, "one is renamed");
    ok(same(DIR "/c", DIR "/d"), "... of the same file");
    is_long(rename(DIR "/c", DIR "/d"), 0, "one to the other of the same file");
    ok(stat_of(DIR "/c") == 0 && stat_of(DIR "/d") == 0, "... changes nothing");
    is_long(write_file(DIR "/e", "other"), 0, "another file");
    is_long(rename(DIR "/e", DIR "/c"), 0, "... in place of one name");
    ok(has_text(DIR "/c", "other") && has_text(DIR "/d", "two"), "... leaves the other");
    stat_of(DIR "/d");
    is_long(st.st_nlink, 1, "... alone");
    is_long(link(DIR "/d", DIR "/c"), -1, "a name that there is");
    is_errno(EEXIST, "... EEXIST");
    is_long(link(DIR "/none", DIR "/f"), -1, "of no file");
    is_errno(ENOENT, "... ENOENT");
    is_long(link(DIR, DIR "/f"), -1, "of a directory");
    is_errno(EPERM, "... EPERM");
    is_long(link("/proc/self/stat", DIR "/f"), -1, "of a file of another file system");
    is_errno(EXDEV, "... EXDEV");
    is_long(link(DIR "/d", DIR "/none/f"), -1, "in no directory");
    is_errno(ENOENT, "... ENOENT");
    is_long(mkdir(DIR "/sub", 0755), 0, "a directory below");
    is_long(link(DIR "/d", DIR "/sub/d"), 0, "a name there");
    is_long(unlink(DIR "/d"), 0, "the one above goes");
    ok(has_text(DIR "/sub/d", "two"), "... the one below stays");
    is_long(rename(DIR "/sub/d", DIR "/d"), 0, "... and moves up");
    is_long(rmdir(DIR "/sub"), 0, "... from what is empty then");
}

static void check_linkat(void)
{
    char path[64];
    int fd = open(DIR, O_RDWR | O_TMPFILE, 0600);

    is_long(symlink("d", DIR "/s"), 0, "a symbolic link");
    is_long(link(DIR "/s", DIR "/t"), 0, "a second name of that");
    stat_of(DIR "/t");
    ok(S_ISLNK(st.st_mode) && st.st_nlink == 2, "... is one of the link");
    is_long(linkat(AT_FDCWD, DIR "/s", AT_FDCWD, DIR "/u", AT_SYMLINK_FOLLOW), 0, "or followed");
    ok(same(DIR "/u", DIR "/d"), "... of the file");
    is_long(linkat(AT_FDCWD, DIR "/s", AT_FDCWD, DIR "/v", 0x8000), -1, "a strange flag");
    is_errno(EINVAL, "... EINVAL");
    is_long(write(fd, "late", 4), 4, "a file without name");
    is_long(raw(SYS_linkat, fd, "", AT_FDCWD, DIR "/late", AT_EMPTY_PATH), 0, "gets one");
    ok(has_text(DIR "/late", "late"), "... by which it is read");
    close(fd);
    fd = open(DIR "/late", O_RDONLY);
    unlink(DIR "/late");
    is_long(raw(SYS_linkat, fd, "", AT_FDCWD, DIR "/late", AT_EMPTY_PATH), -ENOENT,
            "what was removed gets none");
    close(fd);
    fd = open(DIR, O_RDWR | O_TMPFILE | O_EXCL, 0600);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    is_long(linkat(AT_FDCWD, path, AT_FDCWD, DIR "/late", AT_SYMLINK_FOLLOW), -1,
            "nor what never shall");
    is_errno(ENOENT, "... ENOENT");
    close(fd);
}

static pid_t open_in_child(int flags, const char *text)
{
    tap_flush();
    pid_t child = fork();

    if (child == 0) {
        int fd = open(DIR "/fifo", flags);
        char c;
        if (text)
            _exit(write(fd, text, strlen(text)) != (ssize_t)strlen(text));
        _exit(read(fd, &c, 1) != 1);
    }
    return child;
}

static void nothing(int signal)
{
    (void)signal;
}

/* What is closed at all ends begins anew. */
static void check_fifo_again(void)
{
    struct pollfd poll_fd = {.events = POLLIN | POLLOUT};
    int fd = open(DIR "/fifo", O_RDWR | O_NONBLOCK);

    ok(fcntl(fd, F_SETPIPE_SZ, 4096) == 4096, "a FIFO is made small");
    while (write(fd, "1234567", 7) == 7)
        ;
    poll_fd.fd = fd;
    is_long(poll(&poll_fd, 1, 0), 1, "full at both ends");
    is_long(poll_fd.revents, POLLIN, "... it can be read and not written");
    close(fd);
    poll_fd.fd = open(DIR "/fifo", O_RDONLY | O_NONBLOCK);
    ok(fcntl(poll_fd.fd, F_GETPIPE_SZ) == 65536, "opened again it is as at first");
    is_long(poll(&poll_fd, 1, 0), 0, "... empty, and no writer is lost yet");
    close(poll_fd.fd);
}

static void check_fifo(void)
{
    struct sigaction action = {.sa_handler = nothing};
    struct itimerval timer = {{0, 0}, {0, 10000}};
    char buffer[16] = "";
    int status;

    is_long(mkfifo(DIR "/fifo", 0644), 0, "a FIFO");
    stat_of(DIR "/fifo");
    ok(S_ISFIFO(st.st_mode), "... is one");
    is_long(open(DIR "/fifo", O_WRONLY | O_NONBLOCK), -1, "nobody reads");
    is_errno(ENXIO, "... ENXIO");
    int fd = open(DIR "/fifo", O_RDONLY | O_NONBLOCK);
    ok(fd >= 0, "to read nobody waits who says so");
    is_long(read(fd, buffer, 1), 0, "... there is no writer");
    int writer = open(DIR "/fifo", O_WRONLY | O_NONBLOCK);
    ok(writer >= 0, "now somebody reads");
    is_long(write(writer, "abc", 3), 3, "... what is written");
    is_long(read(fd, buffer, sizeof(buffer)), 3, "... of which all arrives");
    is_long(read(fd, buffer, 1), -1, "... and then waits");
    is_errno(EAGAIN, "... EAGAIN");
    close(writer);
    close(fd);
    pid_t child = open_in_child(O_WRONLY, "hello");
    fd = open(DIR "/fifo", O_RDONLY);
    is_long(read(fd, buffer, sizeof(buffer)), 5, "a reader meets a writer");
    close(fd);
    waitpid(child, &status, 0);
    is_long(status, 0, "... which is content");
    child = open_in_child(O_RDONLY, NULL);
    fd = open(DIR "/fifo", O_WRONLY);
    is_long(write(fd, "x", 1), 1, "a writer meets a reader");
    close(fd);
    waitpid(child, &status, 0);
    is_long(status, 0, "... which is content");
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    is_long(open(DIR "/fifo", O_RDONLY), -1, "a signal ends the wait");
    is_errno(EINTR, "... EINTR");
    fd = open(DIR "/fifo", O_RDWR);
    ok(fd >= 0, "both ends at once");
    is_long(write(fd, "self", 4), 4, "... write");
    is_long(read(fd, buffer, sizeof(buffer)), 4, "... and read");
    close(fd);
}

static void check_special(void)
{
    is_long(mknod(DIR "/null", S_IFCHR | 0666, 0x103), 0, "a device");
    int fd = open(DIR "/null", O_RDWR);
    is_long(write(fd, "gone", 4), 4, "... takes what is written");
    close(fd);
    stat_of(DIR "/null");
    ok(S_ISCHR(st.st_mode) && st.st_rdev == 0x103, "... and says what it is");
    is_long(mknod(DIR "/plain", 0600, 0), 0, "a plain file");
    stat_of(DIR "/plain");
    ok(S_ISREG(st.st_mode) && st.st_size == 0, "... is one");
    is_long(mknod(DIR "/x", S_IFDIR | 0700, 0), -1, "a directory");
    is_errno(EPERM, "... EPERM");
    is_long(mknod(DIR "/x", S_IFLNK | 0700, 0), -1, "a link");
    is_errno(EINVAL, "... EINVAL");
    is_long(mknod(DIR "/plain", S_IFIFO | 0700, 0), -1, "what there is");
    is_errno(EEXIST, "... EEXIST");
}

static void check_owners(void)
{
    int fd = open(DIR "/plain", O_RDWR), status;

    stat_of(DIR "/plain");
    ok(st.st_uid == 0 && st.st_gid == 0, "root's");
    is_long(chmod(DIR "/plain", 06755), 0, "a mode");
    is_long(chown(DIR "/plain", 1000, 100), 0, "is given away");
    stat_of(DIR "/plain");
    ok(st.st_uid == 1000 && st.st_gid == 100, "... to another");
    is_long(st.st_mode & 07777, 0755, "... without what it could do as root");
    is_long(chown(DIR "/plain", -1, 7), 0, "the group alone");
    is_long(fchown(fd, 8, -1), 0, "the owner alone");
    stat_of(DIR "/plain");
    ok(st.st_uid == 8 && st.st_gid == 7, "... both");
    is_long(lchown(DIR "/s", 5, 6), 0, "a link's own");
    stat_of(DIR "/s");
    ok(st.st_uid == 5 && st.st_gid == 6, "... not what it leads to");
    is_long(fchown(999, 1, 1), -1, "of nothing");
    is_errno(EBADF, "... EBADF");
    is_long(raw(SYS_fchownat, AT_FDCWD, DIR "/plain", 1, 1, 0x8000), -EINVAL, "a strange flag");
    is_long(raw(SYS_fchownat, fd, "", 8, 7, AT_EMPTY_PATH), 0, "of what is open");
    tap_flush();
    pid_t child = fork();
    if (child == 0) {
        int bad = setgid(7) || setuid(8) || chown(DIR "/plain", 9, -1) != -1 || errno != EPERM ||
                  chown(DIR "/plain", -1, 9) != -1 || errno != EPERM ||
                  chown(DIR "/plain", 8, 7) != 0 || chmod(DIR "/null", 0600) != -1;
        _exit(bad);
    }
    waitpid(child, &status, 0);
    is_long(status, 0, "others cannot give away");
    close(fd);
}

static void check_times(void)
{
    struct timespec times[2] = {{1000, 5}, {2000, 6}};
    struct timeval old[2] = {{3000, 7}, {4000, 8}};
    int fd = open(DIR "/plain", O_RDWR);

    is_long(raw(SYS_utimensat, AT_FDCWD, DIR "/plain", times, 0), 0, "two times");
    stat_of(DIR "/plain");
    ok(st.st_atim.tv_sec == 1000 && st.st_atim.tv_nsec == 5, "... when it was read");
    ok(st.st_mtim.tv_sec == 2000 && st.st_mtim.tv_nsec == 6, "... when it was written");
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_nsec = UTIME_NOW;
    is_long(raw(SYS_utimensat, fd, NULL, times, 0), 0, "one stays, one is now");
    stat_of(DIR "/plain");
    ok(st.st_atim.tv_sec == 1000 && st.st_mtim.tv_sec > 1600000000, "... so");
    is_long(utimes(DIR "/plain", old), 0, "utimes");
    stat_of(DIR "/plain");
    ok(st.st_atim.tv_sec == 3000 && st.st_mtim.tv_nsec == 8000, "... in microseconds");
    is_long(raw(SYS_utimensat, AT_FDCWD, DIR "/plain", NULL, 0), 0, "both now");
    stat_of(DIR "/plain");
    ok(st.st_atim.tv_sec > 1600000000, "... so");
    times[0].tv_nsec = 1000000000;
    is_long(raw(SYS_utimensat, AT_FDCWD, DIR "/plain", times, 0), -EINVAL, "no such time");
    is_long(raw(SYS_utimensat, AT_FDCWD, DIR "/none", NULL, 0), -ENOENT, "no such file");
    is_long(raw(SYS_utimensat, 999, NULL, NULL, 0), -EBADF, "nothing open");
    is_long(raw(SYS_utimensat, AT_FDCWD, NULL, NULL, 0), -EFAULT, "no path");
    is_long(raw(SYS_utimensat, AT_FDCWD, DIR "/plain", 8, 0), -EFAULT, "a bad pointer");
    close(fd);
}

static void clean_up(void)
{
    static const char *const names[] = {"b", "c", "d", "s", "t", "u", "fifo", "null", "plain"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char path[64];
        snprintf(path, sizeof(path), DIR "/%s", names[i]);
        unlink(path);
    }
    is_long(rmdir(DIR), 0, "all can be removed");
}

int main(void)
{
    check_links();
    check_linkat();
    check_fifo();
    check_fifo_again();
    check_special();
    check_owners();
    check_times();
    clean_up();
    return done_testing();
}
