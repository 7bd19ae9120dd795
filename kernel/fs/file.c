/*
 * fs/file.c - open files: what open(2) finds or makes
 *
 * Source  open(2); Linux, fs/namei.c and fs/open.c, for the order of errors
 */
#include "fs/file.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stdio.h>

#include "fs/lock.h"
#include "fs/mount.h"
#include "fs/name.h"
#include "fs/tmpfs.h"
#include "lib/assert.h"
#include "mm/kheap.h"

#define KNOWN_FLAGS                                                                                \
    (O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC | FASYNC | \
     O_DIRECT | O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH |          \
     O_TMPFILE)
#define OPEN_ONLY (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)
#define CAN_SET   (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

/* Of a file that is only a place in the tree: O_PATH. */
static const struct file_ops path_ops = {0};

/* Whether open(2) may open this node, which it found and did not make, with these flags. */
static int check_found(const struct node *node, unsigned flags)
{
    unsigned type = node->mode & S_IFMT;
    bool writes = (flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC;

    if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        return -EEXIST;
    if (type == S_IFDIR && flags & O_CREAT)
        return -EISDIR;
    if (type != S_IFDIR && flags & O_DIRECTORY)
        return -ENOTDIR;
    if (flags & O_PATH)
        return 0;
    if (type == S_IFLNK)
        return -ELOOP; /* O_NOFOLLOW */
    if (type == S_IFDIR && writes)
        return -EISDIR;
    if (type == S_IFREG && writes && mount_is_read_only(node))
        return -EROFS;
    if (type == S_IFREG && writes && !(node->flags & NODE_WRITABLE))
        return -EACCES;
    if (type == S_IFREG && writes && node->nr_runners)
        return -ETXTBSY;
    if ((type == S_IFCHR || type == S_IFBLK) && mount_flags(node) & MS_NODEV)
        return -EACCES;
    return node->ops ? 0 : -ENXIO;
}

/* Make a file at the end of a path. fs_lock held. */
static int make(const struct path_end *end, unsigned flags, uint32_t mode, struct node **made)
{
    struct node *node = tmpfs_new(mode);

    if (!node)
        return -ENOMEM;
    int error = name_add(end, node);
    if (!error && flags & O_DIRECTORY)
        error = -ENOTDIR; /* and the file stays, as Linux 6.1 has it */
    if (error)
        node_put(node);
    *made = error ? NULL : node;
    return error;
}

/* The node that is to be opened, with a reference. */
static int find_or_make(struct node *start, const char *path, unsigned flags, uint32_t mode,
                        struct node **node)
{
    bool no_follow = flags & O_NOFOLLOW || (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
    unsigned lookup =
        (no_follow ? LOOKUP_NO_FOLLOW : 0) | (flags & O_CREAT ? (unsigned)LOOKUP_MAKE : 0);
    struct path_end end;

    mutex_lock(&fs_lock);
    int error = path_resolve(start, path, lookup, &end);
    if (error) {
        mutex_unlock(&fs_lock);
        return error;
    }
    if (end.node) {
        error = check_found(end.node, flags);
        *node = end.node;
        end.node = error ? end.node : NULL; /* the reference is the caller's */
    } else {
        error = flags & O_CREAT ? make(&end, flags, mode, node) : -ENOENT;
    }
    mutex_unlock(&fs_lock);
    path_end_drop(&end);
    return error;
}

/* O_TMPFILE: a file that has no name, in the directory at path. */
static int make_unnamed(struct node *start, const char *path, unsigned flags, uint32_t mode,
                        struct node **made)
{
    struct node *directory;
    char name[32];

    if (flags & O_CREAT || !(flags & O_DIRECTORY) || (flags & O_ACCMODE) == O_RDONLY)
        return -EINVAL;
    int error = path_lookup(start, path, flags & O_NOFOLLOW ? LOOKUP_NO_FOLLOW : 0, &directory);
    if (error)
        return error;
    if ((directory->mode & S_IFMT) != S_IFDIR)
        error = -ENOTDIR;
    else if (!(directory->flags & NODE_WRITABLE))
        error = -EOPNOTSUPP;
    else if (mount_is_read_only(directory))
        error = -EROFS;
    struct node *node = error ? NULL : tmpfs_new(mode);
    if (node) {
        int len = snprintf(name, sizeof(name), "#%lu", node->inode);
        char *copy = node_copy_name(name, (size_t)len);
        mutex_lock(&fs_lock);
        error = copy ? mount_enter(directory->mount, node) : -ENOMEM;
        mutex_unlock(&fs_lock);
        if (!error) {
            node_set_name(directory, node, copy);
            node->flags |= flags & O_EXCL ? 0 : NODE_LINKABLE;
        } else {
            kfree(copy);
            node_put(node);
            node = NULL;
        }
    }
    node_put(directory);
    *made = node;
    return error ? error : node ? 0 : -ENOMEM;
}

int file_open(struct node *start, const char *path, unsigned flags, uint32_t mode,
              struct file **opened)
{
    struct node *node;

    flags &= flags & O_PATH ? O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC : KNOWN_FLAGS;
    struct file *file = file_new(NULL, NULL, flags & ~OPEN_ONLY);
    if (!file)
        return -ENOMEM; /* before anything is made or emptied */
    int error = flags & __O_TMPFILE ? make_unnamed(start, path, flags, mode, &node)
                                    : find_or_make(start, path, flags, mode, &node);
    if (error)
        goto free_file;
    file->node = node;
    file->ops = flags & O_PATH ? &path_ops : node->ops;
    if (flags & O_DIRECT)
        error = -EINVAL; /* nothing here has another way to a device than through memory */
    else if (file->ops->open)
        error = file->ops->open(file);
    if (error)
        goto put_node;
    if (file_writable(file) && (node->mode & S_IFMT) == S_IFREG) {
        file->flags |= FILE_WRITES;
        node->nr_writers++;
    }
    if (flags & O_TRUNC && node->object)
        tmpfs_truncate(node, 0);
    *opened = file;
    return 0;

put_node:
    node_put(node);
free_file:
    kfree(file);
    return error;
}

struct file *file_new(struct node *node, const struct file_ops *ops, unsigned flags)
{
    struct file *file = kmalloc(sizeof(*file));

    if (!file)
        return NULL;
    *file = (struct file){.refs = 1, .flags = flags, .node = node, .ops = ops};
    mutex_init(&file->lock, RANK_FILE);
    return file;
}

void file_get(struct file *file)
{
    file->refs++;
}

void file_put(struct file *file)
{
    ASSERT(file->refs > 0);
    if (--file->refs)
        return;
    if (!list_empty(&file->node->locks))
        lock_clear_all(file->node, file);
    if (file->ops->release)
        file->ops->release(file);
    file->node->nr_writers -= file->flags / FILE_WRITES;
    node_put(file->node);
    kfree(file);
}

int file_set_flags(struct file *file, unsigned flags)
{
    if (flags & O_DIRECT && (file->node->mode & S_IFMT) != S_IFIFO)
        return -EINVAL;
    file->flags = (file->flags & ~CAN_SET) | (flags & CAN_SET);
    return 0;
}
