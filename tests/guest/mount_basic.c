/*
 * tests/guest/mount_basic.c - mount(2) and umount2(2): tmpfs and proc over directories
 */
#include <errno.h>
#include <fcntl.h>
#include <asm/statfs.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <unistd.h>

#include "child.h"
#include "procfile.h"
#include "raw.h"
#include "tap.h"

#define AT          "/tmp/mnt"
#define TMPFS_MAGIC 0x01021994
#define PROC_MAGIC  0x9fa0
#define DETACH      2
#define NOFOLLOW    8

static char page[PAGE];

static long mount_at(const char *type, const char *target, unsigned long flags, const char *options)
{
    return raw(SYS_mount, "source", target, type, flags, options);
}

static long unmount(const char *target, int flags)
{
    return raw(SYS_umount2, target, flags);
}

static long make(const char *path)
{
    long fd = raw(SYS_open, path, O_CREAT | O_RDWR, 0600);

    return fd < 0 ? fd : raw(SYS_close, fd);
}

static int exists(const char *path)
{
    return raw(SYS_access, path, F_OK) == 0;
}

static unsigned long device_of(const char *path)
{
    struct stat st = {0};

    stat(path, &st);
    return (unsigned long)st.st_dev;
}

/* The line of /proc/mounts about a target, without its source; "" if there is none. */
static const char *line_of(const char *target)
{
    static char line[256];
    char start[64];

    snprintf(start, sizeof(start), " %s ", target);
    const char *at = strstr(procfile("/proc/mounts"), start), *last = NULL;
    for (; at; at = strstr(at + 1, start))
        last = at;
    snprintf(line, sizeof(line), "%.*s", last ? (int)strcspn(last + 1, "\n") : 0,
             last ? last + 1 : "");
    return line;
}

static int starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void check_tmpfs(void)
{
    struct statfs fs;
    char path[64] = "";

    make(AT "/below");
    unsigned long outside = device_of(AT);
    is_long(mount_at("tmpfs", AT, 0, NULL), 0, "a tmpfs over a directory");
    ok(!exists(AT "/below"), "hides what is in it");
    ok(device_of(AT) != outside && device_of(AT "/..") == outside, "it is another device");
    is_long(make(AT "/inside"), 0, "a file can be made in it");
    ok(device_of(AT "/inside") == device_of(AT), "... on that device");
    is_long(raw(SYS_rename, AT "/inside", "/tmp/out"), -EXDEV, "... not moved out");
    is_long(raw(SYS_link, AT "/inside", "/tmp/out"), -EXDEV, "... nor linked");
    is_long(raw(SYS_rename, AT, "/tmp/other"), -EBUSY, "the place cannot be renamed");
    is_long(raw(SYS_rmdir, AT), -EBUSY, "... nor removed");
    is_long(raw(SYS_mkdir, AT "/d", 0755), 0, "a directory in it");
    raw(SYS_chdir, AT "/d");
    raw(SYS_getcwd, path, sizeof(path));
    is_str(path, AT "/d", "... has a path through the mount");
    is_long(unmount(AT, 0), -EBUSY, "it is busy while we are there");
    raw(SYS_chdir, "/");
    is_long(raw(SYS_statfs, AT, &fs), 0, "statfs");
    ok(fs.f_type == TMPFS_MAGIC && fs.f_blocks > 0 && fs.f_bfree <= fs.f_blocks, "... a tmpfs");
    ok(starts(line_of(AT), AT " tmpfs rw,relatime"), "/proc/mounts has it");
    int fd = (int)raw(SYS_open, AT "/inside", O_RDWR);
    is_long(unmount(AT, 0), -EBUSY, "it is busy while a file is open");
    unlink(AT "/inside");
    is_long(unmount(AT, 0), -EBUSY, "... also one without a name");
    raw(SYS_ftruncate, fd, PAGE);
    char *map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    is_long(unmount(AT, 0), -EBUSY, "... also one that is mapped");
    munmap(map, PAGE);
    is_long(unmount(AT, 0), 0, "it is unmounted");
    ok(exists(AT "/below"), "what it hid is there again");
    is_str(line_of(AT), "", "/proc/mounts has it no more");
    is_long(unmount(AT, 0), -EINVAL, "nothing is mounted there now");
    unlink(AT "/below");
}

static void check_stack(void)
{
    is_long(mount_at("tmpfs", AT, 0, NULL), 0, "one");
    make(AT "/first");
    is_long(mount_at("tmpfs", AT, 0, NULL), 0, "... over one");
    ok(!exists(AT "/first"), "the second hides the first");
    raw(SYS_mkdir, AT "/d", 0700);
    is_long(mount_at("tmpfs", AT "/d", 0, NULL), 0, "... and one in it");
    make(AT "/d/third");
    is_long(unmount(AT, 0), -EBUSY, "it is busy with another in it");
    is_long(raw(SYS_rmdir, AT "/d"), -EBUSY, "... whose place stays");
    is_long(unmount(AT "/d", 0), 0, "the third goes");
    ok(!exists(AT "/d/third"), "... with what was in it");
    is_long(unmount(AT, 0), 0, "the second goes");
    ok(exists(AT "/first"), "the first is seen again");
    is_long(unmount(AT, 0), 0, "... and goes");
    is_long(raw(SYS_rmdir, AT), 0, "the place can be removed");
    raw(SYS_mkdir, AT, 0700);
}

/* From inside a covered directory, the place is what covers it. */
static void check_covered(void)
{
    raw(SYS_chdir, AT);
    is_long(mount_at("tmpfs", ".", 0, NULL), 0, "over where we stand");
    is_long(mount_at("tmpfs", ".", 0, NULL), 0, "... and once more");
    make(AT "/second");
    is_long(unmount(AT, 0), 0, "the second goes");
    ok(!exists(AT "/second"), "... with its file");
    is_long(unmount(AT, 0), 0, "the first goes");
    is_long(unmount(AT, 0), -EINVAL, "... and there was no third");
    raw(SYS_mkdir, AT "/child", 0700);
    raw(SYS_chdir, AT "/child");
    mount_at("tmpfs", AT, 0, NULL);
    mount_at("tmpfs", AT, 0, NULL);
    make(AT "/second");
    ok(exists("../second"), "from a child of what is covered the way up leads to what covers it");
    raw(SYS_chdir, "/");
    unmount(AT, 0);
    unmount(AT, 0);
    raw(SYS_rmdir, AT "/child");
}

/* A path longer than PATH_MAX, by steps: /proc/mounts has all of it. */
static void check_long_path(void)
{
    char name[200];
    int failed = 0;

    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = 0;
    mount_at("tmpfs", AT, 0, NULL);
    raw(SYS_chdir, AT);
    for (int i = 0; i < 25; i++)
        failed += raw(SYS_mkdir, name, 0700) || raw(SYS_chdir, name);
    is_long(failed, 0, "a directory deeper than a path is long");
    is_long(mount_at("tmpfs", ".", 0, NULL), 0, "a tmpfs over it");
    const char *line = strstr(procfile("/proc/mounts"), AT "/n");
    ok(line && strcspn(line, " ") == strlen(AT) + 25 * sizeof(name), "... is listed");
    is_long(unmount(AT, DETACH), 0, "... and gone");
    raw(SYS_chdir, "/");
}

static void check_deep(void)
{
    int failed = 0;

    mount_at("tmpfs", AT, 0, NULL);
    raw(SYS_chdir, AT);
    for (int i = 0; i < 3000; i++)
        failed += raw(SYS_mkdir, "d", 0700) || raw(SYS_chdir, "d");
    is_long(failed, 0, "3,000 directories, each in the last");
    is_long(unmount(AT, DETACH), 0, "... are detached while we are in the last");
    raw(SYS_chdir, "/");
}

static void check_detach(void)
{
    char byte = 0;

    mount_at("tmpfs", AT, 0, NULL);
    raw(SYS_mkdir, AT "/d", 0700);
    mount_at("tmpfs", AT "/d", 0, NULL);
    int fd = (int)raw(SYS_open, AT "/d/file", O_CREAT | O_RDWR, 0600);
    raw(SYS_write, fd, "x", 1);
    is_long(unmount(AT, DETACH), 0, "what is used can be detached, with what is in it");
    ok(!exists(AT "/d"), "... it is gone from the tree");
    is_str(line_of(AT "/d"), "", "... all of it");
    is_long(raw(SYS_pread64, fd, &byte, 1, 0), 1, "the open file is there");
    is_long(byte, 'x', "... as it was");
    close(fd);
}

static void check_options(void)
{
    struct statfs fs;
    struct stat st;
    int fd, made = 0;
    char path[64];

    is_long(mount_at("tmpfs", AT, 0, "size=16k,nr_inodes=5,mode=751,uid=3,gid=4"), 0,
            "with options");
    stat(AT, &st);
    ok((st.st_mode & 07777) == 0751 && st.st_uid == 3 && st.st_gid == 4, "... mode and owner");
    raw(SYS_statfs, AT, &fs);
    ok(fs.f_blocks == 4 && fs.f_bfree == 4 && fs.f_files == 5 && fs.f_ffree == 4, "... its size");
    ok(strstr(line_of(AT), "size=16k,nr_inodes=5,mode=751,uid=3,gid=4") != NULL, "... are shown");
    fd = (int)raw(SYS_open, AT "/big", O_CREAT | O_RDWR, 0600);
    for (int i = 0; i < 4; i++)
        made += raw(SYS_write, fd, page, PAGE) == (long)PAGE;
    is_long(made, 4, "four pages fit");
    is_long(raw(SYS_write, fd, page, PAGE), -ENOSPC, "... not five");
    raw(SYS_statfs, AT, &fs);
    is_long((long)fs.f_bfree, 0, "... none is free");
    is_long(mount_at("tmpfs", AT, MS_REMOUNT, "size=8k"), -EINVAL, "it cannot be made smaller");
    is_long(mount_at("tmpfs", AT, MS_REMOUNT, "size=20k"), 0, "... but larger");
    is_long(raw(SYS_write, fd, page, PAGE), (long)PAGE, "five pages fit");
    raw(SYS_ftruncate, fd, PAGE);
    raw(SYS_statfs, AT, &fs);
    is_long((long)fs.f_bfree, 4, "what a file gives back is free");
    close(fd);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), AT "/%d", i);
        is_long(make(path), 0, "a file");
    }
    is_long(make(AT "/more"), -ENOSPC, "... no more than five");
    is_long(raw(SYS_link, AT "/1", AT "/more"), -ENOSPC, "... names either");
    is_long(raw(SYS_unlink, AT "/1"), 0, "one less");
    is_long(make(AT "/more"), 0, "... one more");
    is_long(unmount(AT, 0), 0, "it goes");
    is_long(mount_at("tmpfs", AT, 0, "sise=4k"), -EINVAL, "a strange option");
    is_long(mount_at("tmpfs", AT, 0, "size=x"), -EINVAL, "a strange size");
    is_long(mount_at("tmpfs", AT, 0, "mode=9"), -EINVAL, "a strange mode");
    is_long(mount_at("tmpfs", AT, 0, "size=1m,"), 0, "a comma at the end");
    is_long(unmount(AT, 0), 0, "... is none");
}

static int can_run(const char *path)
{
    char *arguments[] = {"true", NULL}, *none[] = {NULL};
    pid_t pid = fork();

    if (pid == 0) {
        long result = raw(SYS_execve, path, arguments, none);
        _exit((int)-result);
    }
    return child_wait(pid);
}

static void copy_program(const char *to)
{
    int from = open("/bin/true", O_RDONLY), fd = open(to, O_CREAT | O_WRONLY, 0755);

    for (long n; (n = raw(SYS_read, from, page, PAGE)) > 0;)
        raw(SYS_write, fd, page, n);
    close(from);
    close(fd);
}

static void check_read_only(void)
{
    mount_at("tmpfs", AT, 0, NULL);
    make(AT "/file");
    raw(SYS_mkdir, AT "/d", 0700);
    is_long(mount_at("tmpfs", AT, MS_REMOUNT | MS_RDONLY, NULL), 0, "it becomes read-only");
    ok(starts(line_of(AT), AT " tmpfs ro,relatime"), "... is said");
    is_long(raw(SYS_open, AT "/file", O_RDWR), -EROFS, "a file is not written");
    is_long(raw(SYS_open, AT "/new", O_CREAT | O_RDWR, 0600), -EROFS, "... nor made");
    is_long(raw(SYS_open, AT "/file", O_RDONLY | O_TRUNC), -EROFS, "... nor emptied");
    is_long(raw(SYS_truncate, AT "/file", 0), -EROFS, "... by its name");
    is_long(raw(SYS_mkdir, AT "/e", 0700), -EROFS, "mkdir");
    is_long(raw(SYS_mkdir, AT "/d", 0700), -EEXIST, "... of what is there");
    is_long(raw(SYS_symlink, "x", AT "/e"), -EROFS, "symlink");
    is_long(raw(SYS_mknod, AT "/e", S_IFIFO | 0600, 0), -EROFS, "mknod");
    is_long(raw(SYS_link, AT "/file", AT "/e"), -EROFS, "link");
    is_long(raw(SYS_unlink, AT "/file"), -EROFS, "unlink");
    is_long(raw(SYS_unlink, AT "/none"), -EROFS, "... of nothing");
    is_long(raw(SYS_rmdir, AT "/d"), -EROFS, "rmdir");
    is_long(raw(SYS_rename, AT "/file", AT "/e"), -EROFS, "rename");
    is_long(raw(SYS_chmod, AT "/file", 0644), -EROFS, "chmod");
    is_long(raw(SYS_chown, AT "/file", 1, 1), -EROFS, "chown");
    is_long(raw(SYS_utimensat, AT_FDCWD, AT "/file", NULL, 0), -EROFS, "utimensat");
    is_long(raw(SYS_access, AT "/file", W_OK), -EROFS, "access");
    is_long(raw(SYS_access, AT "/file", R_OK), 0, "... for reading");
    is_long(raw(SYS_open, AT "/", O_TMPFILE | O_RDWR, 0600), -EROFS, "a file without a name");
    long fd = raw(SYS_open, AT "/file", O_RDONLY);
    ok(fd >= 0, "it can be read");
    close((int)fd);
    is_long(mount_at("tmpfs", AT, MS_REMOUNT, NULL), 0, "it can be written again");
    is_long(make(AT "/e"), 0, "... indeed");
    is_long(unmount(AT, 0), 0, "it goes");
    is_long(mount_at("tmpfs", AT, MS_RDONLY, NULL), 0, "one that is read-only from the first");
    is_long(make(AT "/e"), -EROFS, "... is");
    is_long(unmount(AT, 0), 0, "... and goes");
}

static void check_rules(void)
{
    is_long(mount_at("tmpfs", AT, MS_NOEXEC | MS_NODEV | MS_NOSUID | MS_NOATIME, NULL), 0,
            "noexec, nodev, nosuid, noatime");
    ok(starts(line_of(AT), AT " tmpfs rw,nosuid,nodev,noexec,noatime"), "... are said");
    copy_program(AT "/true");
    is_long(can_run(AT "/true"), EACCES << 8, "no program is run");
    is_long(raw(SYS_access, AT "/true", X_OK), -EACCES, "... access says so");
    int fd = open(AT "/true", O_RDWR);
    is_long(raw(SYS_mmap, NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0), -EPERM,
            "... nor mapped to be run");
    char *map = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    is_long(raw(SYS_mprotect, map, PAGE, PROT_READ | PROT_EXEC), -EACCES, "... nor later");
    is_long(raw(SYS_mprotect, map, PAGE, PROT_READ | PROT_WRITE), 0, "... but written");
    munmap(map, PAGE);
    close(fd);
    is_long(raw(SYS_mknod, AT "/null", S_IFCHR | 0666, 1 << 8 | 3), 0, "a device");
    is_long(raw(SYS_open, AT "/null", O_RDWR), -EACCES, "... is not opened");
    is_long(mount_at("tmpfs", AT, MS_REMOUNT, NULL), 0, "without these rules");
    is_long(can_run(AT "/true"), 0, "... a program is run");
    long opened = raw(SYS_open, AT "/null", O_RDWR);
    ok(opened >= 0, "... a device opened");
    close((int)opened);
    is_long(unmount(AT, 0), 0, "it goes");
}

static void check_proc(void)
{
    struct statfs fs;
    char path[64], name[16] = "";

    is_long(mount_at("proc", AT, MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), 0, "another /proc");
    raw(SYS_statfs, AT, &fs);
    is_long((long)fs.f_type, PROC_MAGIC, "... is one");
    snprintf(path, sizeof(path), AT "/%d/status", getpid());
    ok(exists(path), "... has this process");
    ok(starts(procfile(AT "/self/comm"), "mount_basic"), "... by name");
    ok(raw(SYS_readlink, AT "/mounts", name, sizeof(name)) == 11 && starts(name, "self/mounts"),
       "... and its mounts");
    is_long(raw(SYS_mkdir, AT "/d", 0700), -ENOENT, "nothing is made in it");
    ok(starts(procfile(AT "/meminfo"), "MemTotal:"), "... the memory");
    is_long(unmount(AT, 0), 0, "it goes");
    ok(strstr(procfile("/proc/filesystems"), "nodev\ttmpfs\n") != NULL &&
           strstr(procfile("/proc/filesystems"), "nodev\tproc\n") != NULL,
       "/proc/filesystems has both");
}

static int as_user(void)
{
    if (raw(SYS_setuid, 1000))
        return 1;
    return mount_at("tmpfs", AT, 0, NULL) != -EPERM || unmount(AT, 0) != -EPERM;
}

static void check_errors(void)
{
    make("/tmp/plain");
    raw(SYS_symlink, AT, "/tmp/to-mnt");
    is_long(mount_at("strangefs", AT, 0, NULL), -ENODEV, "a strange file system");
    is_long(mount_at(NULL, AT, 0, NULL), -EINVAL, "none");
    is_long(mount_at("tmpfs", "/tmp/nowhere", 0, NULL), -ENOENT, "over nothing");
    is_long(mount_at("tmpfs", "/tmp/plain", 0, NULL), -ENOTDIR, "over a file");
    is_long(mount_at("tmpfs", AT, MS_REMOUNT, NULL), -EINVAL, "change what is not there");
    is_long(mount_at("tmpfs", AT, MS_PRIVATE, NULL), -EINVAL, "... make it private");
    is_long(mount_at("tmpfs", (char *)8, 0, NULL), -EFAULT, "a bad target");
    is_long(mount_at((char *)8, AT, 0, NULL), -EFAULT, "a bad type");
    is_long(mount_at("tmpfs", AT, 0, (char *)8), -EFAULT, "bad options");
    is_long(raw(SYS_mount, 8, AT, "tmpfs", 0, NULL), -EFAULT, "a bad source");
    is_long(unmount(AT, 0), -EINVAL, "unmount what is not");
    is_long(unmount("/tmp/nowhere", 0), -ENOENT, "... what is not there");
    is_long(unmount((char *)8, 0), -EFAULT, "... a bad pointer");
    is_long(unmount(AT, 0x100), -EINVAL, "a strange flag");
    is_long(mount_at("tmpfs", "/tmp/to-mnt", 0xc0ed0000, NULL), 0, "by a link, with the old magic");
    is_long(mount_at(NULL, AT, MS_PRIVATE | MS_REC, NULL), 0, "it is private");
    is_long(unmount("/tmp/to-mnt", NOFOLLOW), -EINVAL, "the link is none");
    is_long(unmount("/tmp/to-mnt", 0), 0, "... but leads there");
    is_long(raw(SYS_mount, NULL, AT, "tmpfs", 0, NULL), 0, "from nothing");
    is_long(unmount(AT, 0), 0, "... goes");
    is_long(child_call(as_user), 0, "who is not root mounts nothing");
    unlink("/tmp/plain");
    unlink("/tmp/to-mnt");
}

int main(void)
{
    raw(SYS_mkdir, AT, 0700);
    check_tmpfs();
    check_stack();
    check_covered();
    check_long_path();
    check_deep();
    check_detach();
    check_options();
    check_read_only();
    check_rules();
    check_proc();
    check_errors();
    raw(SYS_rmdir, AT);
    return done_testing();
}
