/*
 * sys/mount.c - mount(2) and umount2(2)
 *
 * Not here: MS_BIND, MS_MOVE, MS_STRICTATIME, mounts that are shared, MNT_EXPIRE. Each is EINVAL.
 */
#include <asm/errno.h>
#include <linux/fcntl.h>
#include <string.h>

#include "fs/mount.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/path.h"
#include "sys/syscall.h"

#define MAGIC      0xc0ed0000UL /* in the upper half of flags: what old programs put there */
#define MAGIC_MASK 0xffff0000UL

/* Flags that stay, those that say nothing here, and those that make a mount another one's peer. */
#define KEPT                                                                                       \
    (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_SYNCHRONOUS | MS_DIRSYNC | MS_NOATIME |     \
     MS_NODIRATIME | MS_RELATIME)
#define IGNORED (MS_SILENT | MS_MANDLOCK | MS_POSIXACL | MS_I_VERSION | MS_LAZYTIME)
#define KINDS   (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

#define MNT_FORCE       1UL /* of umount2(2), as <sys/mount.h> has them */
#define MNT_DETACH      2UL
#define UMOUNT_NOFOLLOW 8UL

/* A string of mount(2), PAGE_SIZE bytes with it, to be freed. 0; -EFAULT, -EINVAL (too long), -ENOMEM */
static int take_string(vaddr_t from, char **string)
{
    *string = NULL;
    if (!from)
        return 0;
    char *copy = kmalloc(PAGE_SIZE);
    ssize_t len = copy ? copy_string_from_user(copy, from, PAGE_SIZE) : -ENOMEM;
    if (len < 0) {
        kfree(copy);
        return len == -ENAMETOOLONG ? -EINVAL : (int)len;
    }
    *string = copy;
    return 0;
}

/* Options are what there is of a page. */
static int take_options(vaddr_t from, char **options)
{
    *options = NULL;
    if (!from)
        return 0;
    char *copy = kzalloc(PAGE_SIZE);
    if (!copy)
        return -ENOMEM;
    if (copy_from_user_partial(copy, from, PAGE_SIZE) == PAGE_SIZE) {
        kfree(copy);
        return -EFAULT;
    }
    copy[PAGE_SIZE - 1] = 0;
    *options = copy;
    return 0;
}

/* What of the flags stays: "relatime" unless access times are not kept. */
static unsigned kept_flags(uint64_t flags)
{
    unsigned kept = (unsigned)flags & KEPT;

    return kept & MS_NOATIME ? kept & ~(unsigned)MS_RELATIME : kept | MS_RELATIME;
}

/* Every mount is private here, and that is all it can be. */
static int64_t set_kind(const struct node *root, uint64_t flags)
{
    if ((flags & ~(uint64_t)(MS_REC | MS_SILENT)) != MS_PRIVATE)
        return -EINVAL;
    mutex_lock(&fs_lock);
    bool mounted = mount_is_root(root);
    mutex_unlock(&fs_lock);
    return mounted ? 0 : -EINVAL;
}

static int64_t mount_at(struct node *target, const char *source, const char *type, uint64_t flags,
                        char *options)
{
    if (process_current()->credentials.euid != 0)
        return -EPERM;
    if ((flags & MAGIC_MASK) == MAGIC)
        flags &= ~MAGIC_MASK;
    if (flags & KINDS)
        return set_kind(target, flags);
    if (flags & MS_REMOUNT && !(flags & ~(uint64_t)(KEPT | IGNORED | MS_REMOUNT | MS_BIND)))
        return mount_change(target, kept_flags(flags), flags & MS_BIND ? NULL : options);
    if (flags & ~(uint64_t)(KEPT | IGNORED) || !type)
        return -EINVAL;
    return mount_add(type, source ? source : "none", target, kept_flags(flags), options);
}

int64_t sys_mount(struct trap_frame *frame)
{
    char *source = NULL, *type = NULL, *options = NULL;
    struct node *target;
    int64_t result = take_string(frame->rdx, &type);

    if (!result)
        result = take_string(frame->rdi, &source);
    if (!result)
        result = take_options(frame->r8, &options);
    if (!result)
        result = user_path_lookup(AT_FDCWD, frame->rsi, 0, &target);
    if (!result) {
        result = mount_at(target, source, type, frame->r10, options);
        node_put(target);
    }
    kfree(options);
    kfree(source);
    kfree(type);
    return result;
}

int64_t sys_umount2(struct trap_frame *frame)
{
    uint64_t flags = (unsigned)frame->rsi;
    struct node *target;

    if (flags & ~(MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW))
        return -EINVAL;
    int64_t result = user_path_lookup(AT_FDCWD, frame->rdi,
                                      flags & UMOUNT_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0, &target);
    if (result)
        return result;
    result = process_current()->credentials.euid == 0 ? mount_remove(target, flags & MNT_DETACH)
                                                      : -EPERM;
    node_put(target);
    return result;
}
