/*
 * sys/attribute.c - what can be changed about a file beside its content: mode, owner, times
 *
 * Source  chmod(2), chown(2), utimensat(2)
 */
#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <linux/time.h>
#include <linux/utime.h>

#include "dev/clock.h"
#include "fs/file.h"
#include "fs/mount.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/path.h"
#include "sys/syscall.h"

#define S_IRWXUGO  (S_IRWXU | S_IRWXG | S_IRWXO)
#define MODE_BITS  (S_IRWXUGO | S_ISUID | S_ISGID | S_ISVTX)
#define KEEP       UINT32_MAX /* chown(2): -1 */
#define NS_PER_S   1000000000UL
#define UTIME_NOW  ((1L << 30) - 1) /* as <sys/stat.h> has them */
#define UTIME_OMIT ((1L << 30) - 2)

static struct fd_table *files(void)
{
    return &process_current()->files;
}

/* What is made up has nothing to change. 0, -EROFS, -EPERM. */
static int check_change(const struct node *node)
{
    return mount_is_read_only(node) ? -EROFS : node->kind || node->hooks ? -EPERM : 0;
}

static bool is_mine(const struct node *node)
{
    const struct credentials *c = &process_current()->credentials;

    return c->euid == 0 || c->euid == node->uid;
}

static int64_t change_mode(struct node *node, uint32_t mode)
{
    int error = check_change(node);

    if (error || !is_mine(node))
        return error ? error : -EPERM;
    node->mode = (node->mode & S_IFMT) | (mode & MODE_BITS);
    node->ctime = clock_realtime_ns();
    return 0;
}

static int64_t change_mode_at(int fd, vaddr_t address, uint32_t mode)
{
    struct node *node;
    int64_t result = user_path_lookup(fd, address, 0, &node);

    if (result)
        return result;
    result = change_mode(node, mode);
    node_put(node);
    return result;
}

int64_t sys_chmod(struct trap_frame *frame)
{
    return change_mode_at(AT_FDCWD, frame->rdi, (uint32_t)frame->rsi);
}

int64_t sys_fchmodat(struct trap_frame *frame)
{
    return change_mode_at((int)frame->rdi, frame->rsi, (uint32_t)frame->rdx);
}

int64_t sys_fchmod(struct trap_frame *frame)
{
    const struct file *file = fd_get(files(), (int)frame->rdi);

    return file ? change_mode(file->node, (uint32_t)frame->rsi) : -EBADF;
}

/* Root gives a file to whom it wants; its owner, to a group of his. */
static int64_t change_owner(struct node *node, uint32_t uid, uint32_t gid)
{
    const struct credentials *c = &process_current()->credentials;
    bool root = c->euid == 0;
    int error = check_change(node);

    if (error)
        return error;
    if (!root && ((uid != KEEP && (uid != node->uid || !is_mine(node))) ||
                  (gid != KEEP && (!is_mine(node) || !credentials_have_group(c, gid)))))
        return -EPERM;
    node->uid = uid == KEEP ? node->uid : uid;
    node->gid = gid == KEEP ? node->gid : gid;
    if ((node->mode & S_IFMT) != S_IFDIR)
        node->mode &= ~(uint32_t)(S_ISUID | (node->mode & S_IXGRP ? S_ISGID : 0));
    node->ctime = clock_realtime_ns();
    return 0;
}

static int64_t change_owner_at(int fd, vaddr_t address, unsigned flags, uint32_t uid, uint32_t gid)
{
    struct node *node;

    if (flags & ~(unsigned)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    int64_t result = user_path_lookup(fd, address, flags, &node);
    if (result)
        return result;
    result = change_owner(node, uid, gid);
    node_put(node);
    return result;
}

int64_t sys_chown(struct trap_frame *frame)
{
    return change_owner_at(AT_FDCWD, frame->rdi, 0, (uint32_t)frame->rsi, (uint32_t)frame->rdx);
}

int64_t sys_lchown(struct trap_frame *frame)
{
    return change_owner_at(AT_FDCWD, frame->rdi, AT_SYMLINK_NOFOLLOW, (uint32_t)frame->rsi,
                           (uint32_t)frame->rdx);
}

int64_t sys_fchownat(struct trap_frame *frame)
{
    return change_owner_at((int)frame->rdi, frame->rsi, (unsigned)frame->r8, (uint32_t)frame->rdx,
                           (uint32_t)frame->r10);
}

int64_t sys_fchown(struct trap_frame *frame)
{
    const struct file *file = fd_get(files(), (int)frame->rdi);

    return file ? change_owner(file->node, (uint32_t)frame->rsi, (uint32_t)frame->rdx) : -EBADF;
}

/* --- times ---------------------------------------------------------------------------------------- */

/* What becomes of atime and mtime, in nanoseconds. */
struct times {
    bool keep[2];
    bool now[2];
    uint64_t ns[2];
};

static const struct times both_now = {.now = {true, true}};

static int64_t set_times(struct node *node, const struct times *times)
{
    uint64_t now = clock_realtime_ns(), *fields[2] = {&node->atime, &node->mtime};

    if (times->keep[0] && times->keep[1])
        return 0;
    int error = check_change(node);
    if (error || !is_mine(node))
        return error ? error : -EPERM;
    for (int i = 0; i < 2; i++) {
        if (!times->keep[i])
            *fields[i] = times->now[i] ? now : times->ns[i];
    }
    node->ctime = now;
    return 0;
}

static int64_t set_times_at(int fd, vaddr_t address, unsigned flags, const struct times *times)
{
    struct node *node;

    if (flags & ~(unsigned)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    int64_t result = user_path_lookup(fd, address, flags, &node);
    if (result)
        return result;
    result = set_times(node, times);
    node_put(node);
    return result;
}

/* Times before 1970 are not kept: they are 1970. */
static uint64_t ns_of(int64_t seconds, int64_t ns)
{
    if (seconds < 0)
        return 0;
    return seconds >= INT64_MAX / (int64_t)NS_PER_S ? (uint64_t)INT64_MAX
                                                    : (uint64_t)seconds * NS_PER_S + (uint64_t)ns;
}

/* A struct timespec[2] of utimensat(2). */
static int64_t get_times(vaddr_t from, struct times *times)
{
    struct timespec user[2];

    *times = both_now;
    if (!from)
        return 0;
    if (copy_from_user(user, from, sizeof(user)) < 0)
        return -EFAULT;
    for (int i = 0; i < 2; i++) {
        times->now[i] = user[i].tv_nsec == UTIME_NOW;
        times->keep[i] = user[i].tv_nsec == UTIME_OMIT;
        if (times->now[i] || times->keep[i])
            continue;
        if (user[i].tv_nsec < 0 || user[i].tv_nsec >= (int64_t)NS_PER_S)
            return -EINVAL;
        times->ns[i] = ns_of(user[i].tv_sec, user[i].tv_nsec);
    }
    return 0;
}

/* Without a path it is about what is open at fd: futimens(3). */
int64_t sys_utimensat(struct trap_frame *frame)
{
    int fd = (int)frame->rdi;
    unsigned flags = (unsigned)frame->r10;
    struct times times;
    int64_t error = get_times(frame->rdx, &times);

    if (error)
        return error;
    if (times.keep[0] && times.keep[1])
        return 0;
    if (frame->rsi || fd == AT_FDCWD)
        return set_times_at(fd, frame->rsi, flags, &times);
    if (flags & ~(unsigned)AT_EMPTY_PATH)
        return -EINVAL;
    const struct file *file = fd_get(files(), fd);
    return file ? set_times(file->node, &times) : -EBADF;
}

/* A struct timeval[2] of utimes(2). */
static int64_t set_times_us(int fd, vaddr_t address, vaddr_t from)
{
    struct times times = both_now;
    struct timeval user[2];

    if (from && copy_from_user(user, from, sizeof(user)) < 0)
        return -EFAULT;
    for (int i = 0; from && i < 2; i++) {
        if (user[i].tv_usec < 0 || user[i].tv_usec >= 1000000)
            return -EINVAL;
        times.now[i] = false;
        times.ns[i] = ns_of(user[i].tv_sec, user[i].tv_usec * 1000);
    }
    return set_times_at(fd, address, 0, &times);
}

int64_t sys_utimes(struct trap_frame *frame)
{
    return set_times_us(AT_FDCWD, frame->rdi, frame->rsi);
}

int64_t sys_futimesat(struct trap_frame *frame)
{
    return set_times_us((int)frame->rdi, frame->rsi, frame->rdx);
}

int64_t sys_utime(struct trap_frame *frame)
{
    struct times times = both_now;
    struct utimbuf user;

    if (frame->rsi) {
        if (copy_from_user(&user, frame->rsi, sizeof(user)) < 0)
            return -EFAULT;
        times = (struct times){.ns = {ns_of(user.actime, 0), ns_of(user.modtime, 0)}};
    }
    return set_times_at(AT_FDCWD, frame->rdi, 0, &times);
}
