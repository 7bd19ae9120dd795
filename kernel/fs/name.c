/*
 * fs/name.c - making, removing and changing the names of files
 *
 * What is made up (/proc) keeps its names, and gets no others: EPERM, ENOENT.
 *
 * Each call finds and changes names in one hold of fs_lock. A node that has lost its name is let go
 * after that: giving up a large file takes its time.
 *
 * Source  mkdir(2), symlink(2), unlink(2), rmdir(2), rename(2); Linux, fs/namei.c, for the order of
 *         errors
 */
#include "fs/name.h"

#include <asm/errno.h>
#include <linux/fs.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/mount.h"
#include "fs/tmpfs.h"
#include "mm/kheap.h"

static bool is_directory(const struct node *node)
{
    return (node->mode & S_IFMT) == S_IFDIR;
}

int name_add(const struct path_end *end, struct node *node)
{
    struct node *directory = end->directory;

    if (!(directory->flags & NODE_WRITABLE) || !(directory->flags & NODE_NAMED))
        return -ENOENT;
    if (mount_is_read_only(directory))
        return -EROFS;
    char *name = node_copy_name(end->name, strlen(end->name));
    /* What has been in a mount without a name is in it already. */
    int error = !name ? -ENOMEM : node->mount ? 0 : mount_enter(directory->mount, node);
    if (error) {
        kfree(name);
        return error;
    }
    node->flags |= NODE_WRITABLE | NODE_MADE;
    node_link(directory, node, name);
    node_was_changed(directory);
    return 0;
}

/* Give the node the name at path, where there is none; the reference is used up. */
static int add_at(struct node *start, const char *path, struct node *node)
{
    struct path_end end;

    mutex_lock(&fs_lock);
    int error = path_resolve(start, path, LOOKUP_NAME, &end);
    bool resolved = !error;
    if (!error && (end.node || end.last != LAST_NAME))
        error = -EEXIST;
    if (!error && end.slash && !is_directory(node))
        error = -ENOENT;
    if (!error)
        error = name_add(&end, node);
    mutex_unlock(&fs_lock);
    if (resolved)
        path_end_drop(&end);
    node_put(node);
    return error;
}

int name_make_directory(struct node *start, const char *path, uint32_t mode)
{
    struct node *node = node_new(S_IFDIR | mode, 0);

    return node ? add_at(start, path, node) : -ENOMEM;
}

int name_make_link(struct node *start, const char *path, const char *target)
{
    struct node *node = node_new(S_IFLNK | 0777, 0);

    if (!node)
        return -ENOMEM;
    node->link = node_copy_name(target, strlen(target));
    if (!node->link) {
        node_put(node);
        return -ENOMEM;
    }
    return add_at(start, path, node);
}

static int check_remove(const struct path_end *end)
{
    if (end->last != LAST_NAME)
        return -EISDIR;
    if (mount_is_read_only(end->directory))
        return -EROFS;
    if (!end->node)
        return -ENOENT;
    if (is_directory(end->node))
        return -EISDIR;
    if (end->slash)
        return -ENOTDIR;
    return end->directory->flags & NODE_WRITABLE ? 0 : -EPERM;
}

static int check_remove_directory(const struct path_end *end)
{
    if (end->last != LAST_NAME)
        return end->last == LAST_DOT ? -EINVAL : end->last == LAST_DOTDOT ? -ENOTEMPTY : -EBUSY;
    if (mount_is_read_only(end->directory))
        return -EROFS;
    if (!end->node)
        return -ENOENT;
    if (!is_directory(end->node))
        return -ENOTDIR;
    if (mount_is_root(end->node))
        return -EBUSY;
    if (!(end->directory->flags & NODE_WRITABLE))
        return -EPERM;
    return end->node->children.root ? -ENOTEMPTY : 0;
}

/* Take the name at the end of a path away. The reference that was its own. */
static struct node *remove_end(const struct path_end *end)
{
    struct node *removed = node_remove_name(end->directory, end->name);

    node_was_changed(end->directory);
    end->node->ctime = end->directory->ctime;
    return removed;
}

static int remove_at(struct node *start, const char *path, int (*check)(const struct path_end *end))
{
    struct node *removed = NULL;
    struct path_end end;

    mutex_lock(&fs_lock);
    int error = path_resolve(start, path, LOOKUP_NAME, &end);
    bool resolved = !error;
    if (!error)
        error = check(&end);
    if (!error)
        removed = remove_end(&end);
    mutex_unlock(&fs_lock);
    node_put(removed);
    if (resolved)
        path_end_drop(&end);
    return error;
}

int name_remove(struct node *start, const char *path)
{
    return remove_at(start, path, check_remove);
}

int name_remove_directory(struct node *start, const char *path)
{
    return remove_at(start, path, check_remove_directory);
}

/* Whether a node is a directory, or lies in it. */
static bool is_within(const struct node *node, const struct node *directory)
{
    for (; node != fs_root; node = node->parent) {
        if (node == directory)
            return true;
    }
    return node == directory;
}

/* What is wrong with the two ends whatever is there. */
static int check_ends(const struct path_end *from, const struct path_end *to, unsigned flags)
{
    bool from_writable = from->directory->flags & NODE_WRITABLE;
    bool to_writable = to->directory->flags & NODE_WRITABLE;

    if (from->directory->mount != to->directory->mount)
        return -EXDEV;
    if (from->last != LAST_NAME)
        return -EBUSY;
    if (to->last != LAST_NAME)
        return flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
    if (mount_is_read_only(from->directory))
        return -EROFS;
    return from_writable && to_writable ? 0 : -EPERM;
}

static int check_change(const struct path_end *from, const struct path_end *to, unsigned flags)
{
    int error = check_ends(from, to, flags);

    if (error)
        return error;
    if (!from->node)
        return -ENOENT;
    if (to->node && flags & RENAME_NOREPLACE)
        return -EEXIST;
    if (!is_directory(from->node) && (from->slash || to->slash))
        return -ENOTDIR;
    if (is_within(to->directory, from->node))
        return -EINVAL;
    if (to->node && is_within(from->directory, to->node))
        return -ENOTEMPTY;
    if (!(to->directory->flags & NODE_NAMED))
        return -ENOENT;
    if (to->node == from->node)
        return 0;
    if (to->node && is_directory(from->node) != is_directory(to->node))
        return is_directory(from->node) ? -ENOTDIR : -EISDIR;
    if (mount_is_root(from->node) || (to->node && mount_is_root(to->node)))
        return -EBUSY;
    return to->node && to->node->children.root ? -ENOTEMPTY : 0;
}

/* Move what has from's name over to's, if there is one; that goes to *replaced. */
static int move(const struct path_end *from, const struct path_end *to, struct node **replaced)
{
    char *name = node_copy_name(to->name, strlen(to->name));

    if (!name)
        return -ENOMEM;
    if (to->node)
        *replaced = remove_end(to);
    struct node *node = node_child(from->directory, from->name, strlen(from->name));
    node_unlink(node);
    node_was_changed(from->directory);
    from->node->ctime = from->directory->ctime;
    node_link(to->directory, node, name);
    node_was_changed(to->directory);
    node_put(node); /* the old name's reference: the new one has its own */
    return 0;
}

/* fs_lock held. *replaced is the reference of the name that was there, if one was. */
static int change(const struct path_end *from, const struct path_end *to, unsigned flags,
                  struct node **replaced)
{
    int error = check_change(from, to, flags);

    if (error || from->node == to->node)
        return error;
    return move(from, to, replaced);
}

int name_change(struct node *old_start, const char *old_path, struct node *new_start,
                const char *new_path, unsigned flags)
{
    struct node *replaced = NULL;
    struct path_end from, to;

    mutex_lock(&fs_lock);
    int error = path_resolve(old_start, old_path, LOOKUP_NAME, &from);
    if (error)
        goto unlock;
    error = path_resolve(new_start, new_path, LOOKUP_NAME, &to);
    if (!error) {
        error = change(&from, &to, flags, &replaced);
        mutex_unlock(&fs_lock);
        path_end_drop(&to);
    } else {
        mutex_unlock(&fs_lock);
    }
    path_end_drop(&from);
    node_put(replaced);
    return error;

unlock:
    mutex_unlock(&fs_lock);
    return error;
}

static int check_link(const struct path_end *from, const struct path_end *to)
{
    if (!from->node)
        return -ENOENT;
    if (to->node || to->last != LAST_NAME)
        return -EEXIST;
    if (to->slash)
        return -ENOENT;
    if (from->node->mount != to->directory->mount)
        return -EXDEV;
    if (mount_is_read_only(to->directory))
        return -EROFS;
    if (!(from->node->flags & NODE_WRITABLE) || from->node->hooks ||
        !(to->directory->flags & NODE_WRITABLE))
        return -EPERM;
    if (is_directory(from->node))
        return -EPERM;
    return from->node->flags & (NODE_NAMED | NODE_LINKABLE) ? 0 : -ENOENT;
}

/* fs_lock held. */
static int add_link(const struct path_end *from, const struct path_end *to)
{
    struct node *node = from->node;
    int error = check_link(from, to);

    if (error)
        return error;
    if (!(node->flags & NODE_NAMED)) {
        error = name_add(to, node);
        node->flags &= ~(unsigned)(error ? 0 : NODE_LINKABLE);
    } else {
        struct node *alias = node_new_alias(node);
        error = alias ? name_add(to, alias) : -ENOMEM;
        if (error && alias)
            node_drop_alias(alias);
        else if (alias)
            node_put(alias);
    }
    if (!error)
        node->ctime = to->directory->ctime;
    return error;
}

int name_link(struct node *node, struct node *new_start, const char *new_path)
{
    const struct path_end from = {.node = node};
    struct path_end to;

    mutex_lock(&fs_lock);
    int error = path_resolve(new_start, new_path, LOOKUP_NAME, &to);
    bool resolved = !error;
    if (!error)
        error = add_link(&from, &to);
    mutex_unlock(&fs_lock);
    if (resolved)
        path_end_drop(&to);
    return error;
}

int name_make_special(struct node *start, const char *path, uint32_t mode, uint32_t rdev)
{
    struct node *node =
        (mode & S_IFMT) == S_IFREG ? tmpfs_new(mode & ~(uint32_t)S_IFMT) : node_new(mode, rdev);

    return node ? add_at(start, path, node) : -ENOMEM;
}
