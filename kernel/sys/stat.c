/*
 * sys/stat.c - what is known of a file
 *
 * Source  stat(2); Linux, mm/shmem.c, for the sizes of directories
 */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/fcntl.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/file.h"
#include "fs/mount.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/path.h"
#include "sys/syscall.h"

#define STAT_BLOCK    512  /* st_blocks counts these */
#define ST_VALID      0x20 /* of statfs(2): f_flags means something */
#define ST_RELATIME   0x1000
#define ST_SAME       0xf /* ST_RDONLY, NOSUID, NODEV, NOEXEC are as MS_* */
#define ST_NOATIME    0x400
#define ST_NODIRATIME 0x800
#define ENTRY_SIZE    20 /* what a name adds to the size of its directory, "." and ".." among them */
#define NS_PER_S      1000000000UL

static void count_children(const struct node *node, struct stat *stat)
{
    if (node->hooks)
        return; /* one link, as where nobody counts: find(1) knows */
    stat->st_nlink = 2;
    stat->st_size = 2 * ENTRY_SIZE;
    mutex_lock(&fs_lock);
    for (struct tree_node *at = tree_first(&node->children); at; at = tree_next(at)) {
        const struct node *child = container_of(at, struct node, by_name);
        stat->st_nlink += (child->mode & S_IFMT) == S_IFDIR;
        stat->st_size += ENTRY_SIZE;
    }
    if (!(node->flags & NODE_NAMED))
        stat->st_nlink = 0;
    mutex_unlock(&fs_lock);
}

static struct stat describe(const struct node *node)
{
    unsigned type = node->mode & S_IFMT;
    struct stat stat = {
        .st_dev = mount_device(node),
        .st_ino = node->inode,
        .st_nlink = type == S_IFIFO && !node->name ? 1 : node_nr_names(node),
        .st_mode = node->mode,
        .st_rdev = node->rdev,
        .st_uid = node->uid,
        .st_gid = node->gid,
        .st_size = (int64_t)node_size(node),
        .st_blksize = PAGE_SIZE,
        .st_atime = node->atime / NS_PER_S,
        .st_atime_nsec = node->atime % NS_PER_S,
        .st_mtime = node->mtime / NS_PER_S,
        .st_mtime_nsec = node->mtime % NS_PER_S,
        .st_ctime = node->ctime / NS_PER_S,
        .st_ctime_nsec = node->ctime % NS_PER_S,
    };

    if (node->object)
        stat.st_blocks = (int64_t)(node->object->nr_pages * (PAGE_SIZE / STAT_BLOCK));
    if (type == S_IFDIR)
        count_children(node, &stat);
    else if (type == S_IFLNK && node->link)
        stat.st_size = (int64_t)strlen(node->link);
    return stat;
}

static int64_t copy_stat(const struct node *node, vaddr_t to)
{
    const struct stat stat = describe(node);

    return copy_to_user(to, &stat, sizeof(stat));
}

int64_t sys_fstat(struct trap_frame *frame)
{
    const struct file *file = fd_get_any(&process_current()->files, (int)frame->rdi);

    return file ? copy_stat(file->node, frame->rsi) : -EBADF;
}

static int64_t stat_at(int fd, vaddr_t address, vaddr_t to, unsigned flags)
{
    const unsigned known =
        AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE;
    struct node *node;
    int64_t result = user_path_lookup(fd, address, flags, &node);

    if (result && result != -EFAULT && flags & ~known)
        return -EINVAL;
    if (result)
        return result;
    result = flags & ~known ? -EINVAL : copy_stat(node, to);
    node_put(node);
    return result;
}

int64_t sys_stat(struct trap_frame *frame)
{
    return stat_at(AT_FDCWD, frame->rdi, frame->rsi, 0);
}

int64_t sys_lstat(struct trap_frame *frame)
{
    return stat_at(AT_FDCWD, frame->rdi, frame->rsi, AT_SYMLINK_NOFOLLOW);
}

int64_t sys_newfstatat(struct trap_frame *frame)
{
    return stat_at((int)frame->rdi, frame->rsi, frame->rdx, (unsigned)frame->r10);
}

static struct statx_timestamp timestamp(unsigned long seconds, unsigned long ns)
{
    return (struct statx_timestamp){.tv_sec = (int64_t)seconds, .tv_nsec = (uint32_t)ns};
}

static int64_t copy_statx(const struct node *node, vaddr_t to)
{
    const struct stat stat = describe(node);
    const struct statx copy = {
        .stx_mask = STATX_BASIC_STATS,
        .stx_blksize = (uint32_t)stat.st_blksize,
        .stx_nlink = (uint32_t)stat.st_nlink,
        .stx_uid = stat.st_uid,
        .stx_gid = stat.st_gid,
        .stx_mode = (uint16_t)stat.st_mode,
        .stx_ino = stat.st_ino,
        .stx_size = (uint64_t)stat.st_size,
        .stx_blocks = (uint64_t)stat.st_blocks,
        .stx_atime = timestamp(stat.st_atime, stat.st_atime_nsec),
        .stx_ctime = timestamp(stat.st_ctime, stat.st_ctime_nsec),
        .stx_mtime = timestamp(stat.st_mtime, stat.st_mtime_nsec),
        .stx_rdev_major = (uint32_t)(stat.st_rdev >> 8 & 0xfff),
        .stx_rdev_minor = (uint32_t)((stat.st_rdev & 0xff) | (stat.st_rdev >> 12 & 0xfff00)),
        .stx_dev_minor = (uint32_t)stat.st_dev,
    };

    return copy_to_user(to, &copy, sizeof(copy));
}

int64_t sys_statx(struct trap_frame *frame)
{
    const unsigned known =
        AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE;
    unsigned flags = (unsigned)frame->rdx;
    struct node *node;

    if (flags & ~known || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE ||
        (unsigned)frame->r10 & STATX__RESERVED)
        return -EINVAL;
    int64_t result = user_path_lookup((int)frame->rdi, frame->rsi, flags, &node);
    if (result)
        return result;
    result = copy_statx(node, frame->r8);
    node_put(node);
    return result;
}

/* What MS_* of a mount are for statfs(2). */
static unsigned statfs_flags(unsigned flags)
{
    return (flags & ST_SAME) | (flags & MS_NOATIME ? ST_NOATIME : 0) |
           (flags & MS_NODIRATIME ? ST_NODIRATIME : 0) | (flags & MS_RELATIME ? ST_RELATIME : 0);
}

static uint32_t magic_of(const struct node *node)
{
    if (node->mount)
        return node->mount->type->magic;
    return node->pipe ? PIPEFS_MAGIC : TMPFS_MAGIC;
}

/* A tmpfs without a limit has as much room as there is memory. */
static int64_t copy_statfs(const struct node *node, vaddr_t to)
{
    const struct mount *mount = node->mount;
    uint32_t magic = magic_of(node);
    struct statfs copy = {
        .f_type = magic,
        .f_bsize = PAGE_SIZE,
        .f_frsize = PAGE_SIZE,
        .f_namelen = NAME_LEN_MAX,
        .f_fsid.val = {(int)mount_device(node)},
        .f_flags = ST_VALID | statfs_flags(mount_flags(node)),
    };

    if (mount && mount->pages.max_pages) {
        copy.f_blocks = (int64_t)mount->pages.max_pages;
        copy.f_bfree = (int64_t)(mount->pages.max_pages - mount->pages.nr_pages);
    } else if (magic == TMPFS_MAGIC) {
        copy.f_blocks = (int64_t)frame_buddy.nr_managed;
        copy.f_bfree = (int64_t)frame_nr_free();
    }
    copy.f_bavail = (int64_t)MIN((size_t)copy.f_bfree, commit_left_to_files());
    if (mount && mount->max_nodes) {
        copy.f_files = (int64_t)mount->max_nodes;
        copy.f_ffree = (int64_t)(mount->max_nodes - mount->nr_nodes);
    }
    return copy_to_user(to, &copy, sizeof(copy));
}

int64_t sys_statfs(struct trap_frame *frame)
{
    struct node *node;
    int64_t result = user_path_lookup(AT_FDCWD, frame->rdi, 0, &node);

    if (result)
        return result;
    result = copy_statfs(node, frame->rsi);
    node_put(node);
    return result;
}

int64_t sys_fstatfs(struct trap_frame *frame)
{
    const struct file *file = fd_get_any(&process_current()->files, (int)frame->rdi);

    return file ? copy_statfs(file->node, frame->rsi) : -EBADF;
}
