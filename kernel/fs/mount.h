/*
 * fs/mount.h - file systems that are mounted: parts of the tree with rules of their own
 *
 * A mount's root stands in the tree in place of the directory it covers, so that paths, "..", and what a
 * file is called need to know nothing of mounts. Each node knows its mount.
 *
 * Locking  what a mount says is changed with fs_lock held
 * Source   mount(2), umount(2), tmpfs(5)
 */
#ifndef FS_MOUNT_H
#define FS_MOUNT_H

#include <linux/mount.h>

#include "fs/node.h"

struct mount;

/* A kind of file system. options: as mount(2) has them, to be taken apart; NULL: none. */
struct file_system {
    const char *name;
    uint32_t magic; /* statfs(2): f_type */
    /* Make mount->root, outside the tree and with one reference. 0, -EINVAL, -ENOMEM: nothing is left. */
    int (*make)(struct mount *mount, char *options);
    /* MS_REMOUNT. 0, -EINVAL: nothing changed. NULL: there are no options. */
    int (*change)(struct mount *mount, char *options);
};

struct mount {
    struct list node; /* in the list of mounts, oldest first */
    const struct file_system *type;
    struct node *root;    /* a reference; NULL: fs_root */
    struct node *covered; /* the directory in whose place root is; the reference of its name */
    char *source;         /* as mount(2) was given it */
    unsigned flags;       /* MS_* that stay; MS_KERNMOUNT: made by the kernel */
    unsigned device;      /* Constant: st_dev */
    bool mounted;         /* or about to be */
    struct quota pages;   /* of files */
    size_t nr_nodes;      /* that know it; the last one frees it when it is not mounted */
    size_t max_nodes;     /* 0: no limit */
};

/* What the kernel starts with. */
extern struct mount mount_root;

/* A kind that can be mounted from now on, and the next one; start with NULL, ends with NULL. */
void mount_add_type(const struct file_system *type);

void mount_init(void);

/*
 * The node, which knows no mount yet, belongs to this one from now on. NULL: none, which is so in tests.
 *
 * Returns  0, -ENOSPC (it has as many as it may)
 * Locking  fs_lock is held
 */
MUST_CHECK int mount_enter(struct mount *mount, struct node *node);

/* A node is freed. For node.c alone. */
void mount_leave(struct mount *mount);

/* Whether a node is the root of a mount: its name is not to be changed. Locking: fs_lock is held. */
static inline bool mount_is_root(const struct node *node)
{
    return node == fs_root || (node->mount && node->mount->root == node);
}

/* What lies on a directory, the last of all; itself if nothing does. Locking: fs_lock is held. */
struct node *mount_top(struct node *directory);

/* The flags of the mount that a node is in. */
static inline unsigned mount_flags(const struct node *node)
{
    return node->mount ? node->mount->flags : 0;
}

static inline bool mount_is_read_only(const struct node *node)
{
    return mount_flags(node) & MS_RDONLY;
}

/* st_dev of a node. */
static inline unsigned mount_device(const struct node *node)
{
    return node->mount ? node->mount->device : 1;
}

/*
 * mount(2) of a new instance over a directory, on which the caller has a reference.
 *
 * flags    MS_* that stay
 * Returns  0; -ENODEV (no such kind), -ENOTDIR, -EBUSY (over the root), -ENOENT (directory has no name),
 *          -EINVAL, -ENOMEM
 * Locking  takes fs_lock
 */
MUST_CHECK int mount_add(const char *type, const char *source, struct node *directory,
                         unsigned flags, char *options);

/*
 * mount(2) with MS_REMOUNT. 0; -EINVAL (nothing is mounted there), -EBUSY: to make it read-only while
 * anything in it is used, be it for reading. Takes fs_lock.
 */
MUST_CHECK int mount_change(struct node *root, unsigned flags, char *options);

/*
 * umount2(2), of what has its root at `root`, on which the caller has one reference.
 *
 * detach   MNT_DETACH: who uses something in it keeps that, without a name
 * Returns  0; -EINVAL (nothing is mounted there), -EBUSY
 * Locking  takes fs_lock
 */
MUST_CHECK int mount_remove(struct node *root, bool detach);

/* Unmount all that programs have mounted, for the balance of the books (P10). */
void mount_remove_all(void);

/* The mount behind another, oldest first; start with NULL, ends with NULL. Locking: fs_lock is held. */
const struct mount *mount_next(const struct mount *mount);

/* Its root. */
static inline struct node *mount_root_of(const struct mount *mount)
{
    return mount->root ? mount->root : fs_root;
}

/* The kinds there are: start with NULL, ends with NULL. */
const struct file_system *mount_next_type(const struct file_system *type);

#endif
