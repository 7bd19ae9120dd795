/*
 * tests/guest/libc_system.c - the libc's names of calls that few programs need
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utime.h>

#include "tap.h"

#define PATH "/tmp/libc_system"

static void check_files(void)
{
    const struct utimbuf times = {.actime = 1000, .modtime = 2000};
    struct stat st = {0};
    char got[8] = "";
    off_t offset = 2;
    int from = open(PATH, O_RDWR | O_CREAT | O_TRUNC, 0600);
    int to = open(PATH "2", O_RDWR | O_CREAT | O_TRUNC, 0600);

    is_long(write(from, "abcdef", 6), 6, "a file");
    is_long(sendfile(to, from, &offset, 100), 4, "sendfile");
    is_long(offset, 6, "... moves the place");
    is_long(pread(to, got, sizeof(got), 0), 4, "... what it has sent");
    ok(memcmp(got, "cdef", 4) == 0, "... is there");
    is_long(utime(PATH, &times), 0, "utime");
    is_long(stat(PATH, &st), 0, "... is seen");
    ok(st.st_atime == 1000 && st.st_mtime == 2000, "... both");
    is_long(utime(PATH, NULL), 0, "utime of now");
    stat(PATH, &st);
    ok(st.st_mtime > 1600000000, "... is now");
    errno = 0;
    is_long(utime(PATH "3", NULL), -1, "utime of nothing");
    is_long(errno, ENOENT, "... ENOENT");
    close(from);
    close(to);
    unlink(PATH "2");
}

static void check_file_system(void)
{
    struct statvfs vfs = {0};
    struct statfs fs = {0};
    int fd = open(PATH, O_RDONLY);

    is_long(statfs(PATH, &fs), 0, "statfs");
    is_long(statvfs(PATH, &vfs), 0, "statvfs");
    ok((long)vfs.f_blocks == (long)fs.f_blocks && (long)vfs.f_bsize == (long)fs.f_bsize,
       "... says the same");
    is_long((long)vfs.f_namemax, 255, "... and how long a name may be");
    is_long(fstatfs(fd, &fs), 0, "fstatfs");
    is_long(fstatvfs(fd, &vfs), 0, "fstatvfs");
    errno = 0;
    is_long(fstatvfs(-1, &vfs), -1, "fstatvfs of nothing");
    is_long(errno, EBADF, "... EBADF");
    close(fd);
}

static void check_shared_memory(void)
{
    struct shmid_ds ds = {0};
    key_t key = ftok(PATH, 7);

    ok(key != -1 && ((unsigned)key >> 24) == 7 && ftok(PATH, 8) != key, "ftok");
    int id = shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0600);
    ok(id >= 0, "shmget");
    is_long(shmget(key, 0, 0), id, "... again");
    char *at = shmat(id, NULL, 0), *again = shmat(id, NULL, SHM_RDONLY);
    ok(at != (void *)-1 && again != (void *)-1 && at != again, "shmat, twice");
    strcpy(at, "shared");
    is_str(again, "shared", "... is the same memory");
    is_long(shmctl(id, IPC_STAT, &ds), 0, "shmctl");
    ok(ds.shm_segsz == 5000 && ds.shm_nattch == 2 && ds.shm_cpid == getpid() &&
           ds.shm_perm.mode == 0600,
       "... size, users, maker, mode");
    is_long(shmdt(at) | shmdt(again), 0, "shmdt");
    is_long(shmctl(id, IPC_RMID, NULL), 0, "removed");
    errno = 0;
    is_long((long)shmat(id, NULL, 0), -1, "... it is gone");
    is_long(errno, EINVAL, "... EINVAL");
}

static void check_others(void)
{
    gid_t groups[3] = {5, 7}, got[3] = {0};

    is_long(setgroups(2, groups), 0, "setgroups");
    is_long(getgroups(3, got), 2, "... are two");
    ok(got[0] == 5 && got[1] == 7, "... these");
    is_long(setgroups(0, NULL), 0, "... and none again");
    ok(klogctl(10, NULL, 0) > 0, "klogctl: the log has a size");
    errno = 0;
    is_long(klogctl(99, NULL, 0), -1, "... of nothing known");
    is_long(errno, EINVAL, "... EINVAL");
}

int main(void)
{
    check_files();
    check_file_system();
    check_shared_memory();
    check_others();
    unlink(PATH);
    return done_testing();
}
