/*
 * tests/guest/shm_basic.c - shared memory of System V: segments, attachments, who may what
 */
#include <errno.h>
#include <linux/shm.h>
#include <string.h>
#include <time.h>

#include "memory.h"

#define KEY       0x10a3
#define SIZE      (3 * PAGE + 100)
#define SHM_DEST  01000
#define MODE_BITS 01777

static struct shmid64_ds status;

static long get(int key, size_t size, int flags)
{
    return raw(SYS_shmget, key, size, flags);
}

static long attach(long id, const void *address, int flags)
{
    return raw(SYS_shmat, id, address, flags);
}

static long detach(const void *address)
{
    return raw(SYS_shmdt, address);
}

static long stat_of(long id)
{
    return raw(SYS_shmctl, id, IPC_STAT, &status);
}

/* Attachments, or -errno. */
static long nr_attached(long id)
{
    long error = stat_of(id);

    return error ? error : (long)status.shm_nattch;
}

static long delete_id(long id)
{
    return raw(SYS_shmctl, id, IPC_RMID, NULL);
}

/* ---- segments --------------------------------------------------------------------------------- */

static void check_keys(void)
{
    long id = get(KEY, SIZE, IPC_CREAT | IPC_EXCL | 0640), other;

    ok(id >= 0, "a segment with a key");
    is_long(get(KEY, SIZE, IPC_CREAT | IPC_EXCL), -EEXIST, "... is made once");
    is_long(get(KEY, SIZE, IPC_CREAT), id, "... and found");
    is_long(get(KEY, 0, 0), id, "... whatever its size");
    is_long(get(KEY, SIZE + 1, 0), -EINVAL, "... but a larger one");
    is_long(get(KEY + 1, SIZE, 0), -ENOENT, "another key");
    is_long(get(KEY + 1, 0, IPC_CREAT), -EINVAL, "a new one of no size");
    is_long(get(KEY + 1, (size_t)-1, IPC_CREAT), -EINVAL, "... of too much");
    is_long(get(KEY + 1, 1UL << 45, IPC_CREAT), -ENOMEM, "... of more than there is");
    other = get(IPC_PRIVATE, 1, 0600);
    ok(other >= 0 && other != id, "one without a key");
    is_long(delete_id(other), 0, "... goes");
    is_long(delete_id(other), -EINVAL, "... once");
    other = get(IPC_PRIVATE, 1, 0600);
    ok(other >= 0 && other != id, "... the next has another number");
    is_long(delete_id(other), 0, "... and goes");
    is_long(stat_of(id), 0, "IPC_STAT");
    is_long(status.shm_perm.key, KEY, "the key");
    is_long(status.shm_perm.mode & MODE_BITS, 0640, "the mode");
    is_long((long)status.shm_segsz, SIZE, "the size, to the byte");
    is_long((long)status.shm_nattch, 0, "nobody has it");
    is_long(status.shm_cpid, getpid(), "who made it");
    is_long(status.shm_lpid, 0, "who had it last: nobody");
    ok(status.shm_atime == 0 && status.shm_dtime == 0, "... ever");
    ok(status.shm_ctime >= time(NULL) - 10 && status.shm_ctime <= time(NULL), "when it was made");
    is_long(raw(SYS_shmctl, id, IPC_STAT, 8), -EFAULT, "IPC_STAT to a bad pointer");
    is_long(raw(SYS_shmctl, id, IPC_SET, 8), -EFAULT, "IPC_SET from one");
    is_long(raw(SYS_shmctl, id, 77, NULL), -EINVAL, "a strange command");
    is_long(raw(SYS_shmctl, -1, IPC_STAT, &status), -EINVAL, "a strange number");
    is_long(delete_id(id), 0, "it is removed");
    is_long(get(KEY, SIZE, 0), -ENOENT, "... and not found");
}

static void check_change(void)
{
    long id = get(IPC_PRIVATE, PAGE, 0600);

    stat_of(id);
    status.shm_perm.mode = 07777;
    status.shm_perm.uid = 5;
    status.shm_perm.gid = 6;
    status.shm_segsz = 1;
    is_long(raw(SYS_shmctl, id, IPC_SET, &status), 0, "IPC_SET");
    stat_of(id);
    is_long(status.shm_perm.mode, 0777, "... changes the mode");
    ok(status.shm_perm.uid == 5 && status.shm_perm.gid == 6, "... and the owner");
    ok(status.shm_perm.cuid == 0 && status.shm_perm.cgid == 0, "... not who made it");
    is_long((long)status.shm_segsz, PAGE, "... nor the size");
    status.shm_perm.uid = (unsigned)-1;
    is_long(raw(SYS_shmctl, id, IPC_SET, &status), -EINVAL, "to nobody");
    is_long(raw(SYS_shmctl, id, SHM_LOCK, NULL), 0, "SHM_LOCK");
    stat_of(id);
    is_long(status.shm_perm.mode, 02777, "... is seen");
    is_long(raw(SYS_shmctl, id, SHM_UNLOCK, NULL), 0, "SHM_UNLOCK");
    stat_of(id);
    is_long(status.shm_perm.mode, 0777, "... too");
    delete_id(id);
}

static void check_info(void)
{
    struct shminfo64 limits;
    struct shm_info before, after;
    long id, highest, found = -1;

    ok(raw(SYS_shmctl, 0, IPC_INFO, &limits) >= 0, "IPC_INFO");
    ok(limits.shmmin == 1 && limits.shmmni == 4096, "the limits");
    is_long(proc_number("/proc/sys/kernel/shmmni", ""), 4096, "... are in /proc too");
    ok(raw(SYS_shmctl, 0, SHM_INFO, &before) >= 0, "SHM_INFO");
    id = get(KEY, 5 * PAGE, IPC_CREAT | 0600);
    highest = raw(SYS_shmctl, 0, SHM_INFO, &after);
    is_long(after.used_ids - before.used_ids, 1, "... has one more");
    is_long((long)(after.shm_tot - before.shm_tot), 5, "... with its pages");
    is_long((long)(after.shm_rss - before.shm_rss), 0, "... of which none is there");
    char *at = (char *)attach(id, NULL, 0);
    mark(at, 2, 'a');
    raw(SYS_shmctl, 0, SHM_INFO, &after);
    is_long((long)(after.shm_rss - before.shm_rss), 2, "... until it is touched");
    for (long i = 0; i <= highest; i++) {
        if (raw(SYS_shmctl, i, SHM_STAT, &status) == id)
            found = status.shm_perm.key;
    }
    is_long(found, KEY, "SHM_STAT finds it by its index");
    is_long(raw(SYS_shmctl, highest + 5, SHM_STAT, &status), -EINVAL, "... and none that is not");
    char line[80];
    snprintf(line, sizeof(line), "\n%10d %10ld  %4o %21lu ", KEY, id, 0600, 5 * PAGE);
    ok(strstr(proc_text("/proc/sysvipc/shm"), line) != NULL, "/proc/sysvipc/shm has it");
    snprintf(line, sizeof(line), "/SYSV%08x (deleted)\n", KEY);
    ok(strstr(proc_text("/proc/self/maps"), line) != NULL, "/proc/self/maps has its name");
    detach(at);
    delete_id(id);
}

/* ---- attachments ------------------------------------------------------------------------------ */

static void check_sharing(void)
{
    long id = get(IPC_PRIVATE, SIZE, 0600);
    char *first = (char *)attach(id, NULL, 0), *second;
    int ends[2], back[2];

    ok((long)first > 0, "attach");
    is_str(contents(first, 4), "0000", "it is all zeros");
    mark(first, 4, 'a');
    second = (char *)attach(id, NULL, 0);
    ok(second != first, "attach again");
    is_str(contents(second, 4), "abcd", "... the same memory");
    is_long(nr_attached(id), 2, "both count");
    is_long(status.shm_lpid, getpid(), "... ours was the last");
    ok(status.shm_atime >= time(NULL) - 10 && status.shm_dtime == 0, "... just now");
    make_pipe(ends);
    make_pipe(back);
    if (start_child() == 0) {
        second[0] = 'X';
        send_turn(back);
        wait_turn(ends);
        _exit(0);
    }
    wait_turn(back);
    is_long(first[0], 'X', "a child has it too");
    is_long(nr_attached(id), 4, "... and counts");
    send_turn(ends);
    is_long(wait_status(last_child), EXITED(0), "when it ends");
    is_long(nr_attached(id), 2, "... it counts no more");
    is_long(detach(second), 0, "detach");
    is_str(areas(second, 4), "", "... nothing is left there");
    ok(nr_attached(id) == 1 && status.shm_dtime >= time(NULL) - 10, "... it is seen");
    is_long(detach(second), -EINVAL, "once");
    is_long(detach(first + 1), -EINVAL, "not from a byte further");
    is_long(detach(first + PAGE), -EINVAL, "... nor a page");
    char *other = map_any(1, RW, ANON);
    is_long(detach(other), -EINVAL, "what is no segment stays");
    is_long(detach(first), 0, "the last");
    is_long(nr_attached(id), 0, "nobody has it now");
    first = (char *)attach(id, NULL, 0);
    is_long(first[PAGE], 'b', "it kept what it had");
    detach(first);
    is_long(delete_id(id), 0, "it is removed");
    is_long(attach(id, NULL, 0), -EINVAL, "... and cannot be attached");
    is_long(detach((char *)0xffff800000000000), -EINVAL, "nothing is at a kernel address");
    is_long(detach((char *)0x7fffffffffff000), -EINVAL, "... nor at none");
}

static void check_places(void)
{
    long id = get(IPC_PRIVATE, 2 * PAGE, 0600);

    is_long(attach(id, FREE, 0), (long)FREE, "attach at an address");
    is_long(attach(id, FREE, 0), -EINVAL, "... where something is");
    is_long(attach(id, FREE - PAGE, 0), -EINVAL, "... or partly");
    is_long(attach(id, FREE + 8 * PAGE + 5, 0), -EINVAL, "... in the middle of a page");
    is_long(attach(id, FREE + 8 * PAGE + 5, SHM_RND), (long)FREE + 8 * (long)PAGE,
            "... rounded down");
    is_long(detach(FREE + 8 * PAGE), 0, "detach");
    is_long(attach(id, NULL, SHM_REMAP), -EINVAL, "SHM_REMAP without an address");
    fixed(FREE + 8 * PAGE, 2, RW);
    is_long(attach(id, FREE + 8 * PAGE, SHM_REMAP), (long)FREE + 8 * (long)PAGE, "... with one");
    FREE[0] = 'r';
    is_long(FREE[8 * PAGE], 'r', "... is the segment");
    is_long(detach(FREE + 8 * PAGE), 0, "detach");
    is_long(attach(id, FREE + 8 * PAGE, SHM_RDONLY), (long)FREE + 8 * (long)PAGE, "for reading");
    is_str(rights(FREE + 8 * PAGE, 2), "rr", "... it can be read");
    is_long(mprotect(FREE + 8 * PAGE, PAGE, RW), -1, "... and not made writable");
    is_long(errno, EACCES, "... for want of access");
    is_long(detach(FREE + 8 * PAGE), 0, "detach");
    is_long(attach(id, FREE + 8 * PAGE, SHM_EXEC), (long)FREE + 8 * (long)PAGE, "to be run");
    is_str(areas(FREE + 8 * PAGE, 2), "0-2 rwxs", "... can be");
    is_long(detach(FREE + 8 * PAGE), 0, "detach");
    is_long(attach(id, (char *)0xffff800000000000, 0), -ENOMEM, "at a kernel address");
    is_long(detach(FREE), 0, "detach");
    delete_id(id);
}

static void check_pieces(void)
{
    long id = get(IPC_PRIVATE, 5 * PAGE, 0600);

    is_long(attach(id, FREE, 0), (long)FREE, "attach");
    mark(FREE, 5, 'a');
    munmap(FREE + 2 * PAGE, PAGE);
    is_long(nr_attached(id), 2, "with a hole it is two areas");
    munmap(FREE, PAGE);
    is_long(nr_attached(id), 2, "... without its start still");
    fixed(FREE + 2 * PAGE, 1, RW);
    is_long(detach(FREE + PAGE), -EINVAL, "it is not at its second page");
    is_long(detach(FREE), 0, "detach where the start was");
    is_str(areas(FREE, 5), "2-3 rw-p", "... takes both, and nothing else");
    is_long(nr_attached(id), 0, "... nobody has it");
    munmap(FREE + 2 * PAGE, PAGE);
    delete_id(id);
}

static void check_removal(void)
{
    long id = get(KEY, 2 * PAGE, IPC_CREAT | 0600), other;

    is_long(attach(id, FREE, 0), (long)FREE, "attach");
    mark(FREE, 2, 'a');
    is_long(delete_id(id), 0, "remove what is attached");
    is_long(nr_attached(id), 1, "... is there still");
    is_long(status.shm_perm.mode & MODE_BITS, SHM_DEST | 0600, "... to go");
    is_long(status.shm_perm.key, IPC_PRIVATE, "... without a key");
    is_long(delete_id(id), 0, "remove it again");
    is_long(get(KEY, PAGE, 0), -ENOENT, "the key is free");
    other = get(KEY, PAGE, IPC_CREAT | IPC_EXCL | 0600);
    ok(other >= 0 && other != id, "... for another");
    is_long(delete_id(other), 0, "... that goes at once");
    is_long(attach(id, FREE + 8 * PAGE, 0), (long)FREE + 8 * (long)PAGE, "attach once more");
    is_str(contents(FREE + 8 * PAGE, 2), "ab", "... it has what it had");
    is_long(detach(FREE), 0, "one goes");
    is_long(nr_attached(id), 1, "... one is left");
    is_long(munmap(FREE + 8 * PAGE, 2 * PAGE), 0, "the other goes by munmap");
    is_long(stat_of(id), -EINVAL, "... and it is gone");
}

/* ---- who may what ----------------------------------------------------------------------------- */

static int as_user(long id, long open)
{
    if (raw(SYS_setgid, 1000) || raw(SYS_setuid, 1000))
        return 1;
    if (attach(id, NULL, 0) != -EACCES || attach(id, NULL, SHM_RDONLY) != -EACCES)
        return 2;
    if (stat_of(id) != -EACCES || delete_id(id) != -EPERM || get(KEY, 0, 0600) != -EACCES)
        return 3;
    if (attach(open, NULL, 0) != -EACCES || attach(open, NULL, SHM_RDONLY) < 0)
        return 4;
    if (stat_of(open) || raw(SYS_shmctl, open, IPC_SET, &status) != -EPERM ||
        delete_id(open) != -EPERM)
        return 5;
    long own = get(IPC_PRIVATE, PAGE, 0600);
    if (own < 0 || attach(own, NULL, 0) < 0 || stat_of(own) || status.shm_perm.uid != 1000)
        return 6;
    return delete_id(own) ? 7 : 0;
}

static void check_rights(void)
{
    long id = get(KEY, PAGE, IPC_CREAT | 0600), readable = get(IPC_PRIVATE, PAGE, 0604);

    is_long(in_child(as_user(id, readable)), EXITED(0), "who is not root has what the mode gives");
    is_long(delete_id(id), 0, "root removes it");
    is_long(delete_id(readable), 0, "... and the other");
}

int main(void)
{
    check_keys();
    check_change();
    check_info();
    check_sharing();
    check_places();
    check_pieces();
    check_removal();
    check_rights();
    return done_testing();
}
