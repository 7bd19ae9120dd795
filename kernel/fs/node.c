/*
 * fs/node.c - the tree of files: nodes, their names and how long they live
 */
#include "fs/node.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>

#include "dev/clock.h"
#include "fs/file.h"
#include "fs/lock.h"
#include "fs/mount.h"
#include "fs/pipe.h"
#include "lib/assert.h"
#include "mm/kheap.h"

#define ATIME_MAX_AGE (24UL * 60 * 60 * 1000000000) /* "relatime" of mount(8) */
#define DELETED       " (deleted)"
#define KEY_LEN       sizeof(uint64_t)

struct node *fs_root;
struct mutex fs_lock;

static uint64_t next_inode = 1;

static struct node *node_of(const struct tree_node *node)
{
    return node ? container_of(node, struct node, by_name) : NULL;
}

/* The first eight bytes of a name, the first of all highest, and zeros behind: numbers in the order of names. */
static inline uint64_t key_of(const char *name, size_t len)
{
    uint64_t key = 0;

    if (len >= KEY_LEN) {
        memcpy(&key, name, KEY_LEN);
        return __builtin_bswap64(key);
    }
    for (size_t i = 0; i < len; i++)
        key = key << 8 | (uint8_t)name[i];
    return len ? key << (8 * (KEY_LEN - len)) : 0;
}

/* What comes behind equal keys. */
NOINLINE static int compare_rest(const struct node *node, const char *name, size_t len)
{
    size_t shorter = MIN(len, node->name_len);
    int order =
        shorter > KEY_LEN ? memcmp(name + KEY_LEN, node->name + KEY_LEN, shorter - KEY_LEN) : 0;

    return order ? order : (len > node->name_len) - (len < node->name_len);
}

/* Order of names: shorter prefix first. key: of the name. */
static inline int compare(const struct node *node, uint64_t key, const char *name, size_t len)
{
    if (key != node->name_key)
        return key > node->name_key ? 1 : -1;
    return len > KEY_LEN || node->name_len > KEY_LEN ? compare_rest(node, name, len) : 0;
}

static const struct file_ops *ops_of(uint32_t mode, uint32_t rdev)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return &object_file_ops;
    case S_IFDIR:
        return &directory_ops;
    case S_IFCHR:
        return device_ops(rdev);
    case S_IFIFO:
        return &pipe_ops;
    default:
        return NULL;
    }
}

static void set_type(struct node *node, uint32_t mode, uint32_t rdev)
{
    node->mode = mode;
    node->rdev = rdev;
    node->ops = ops_of(mode, rdev);
}

struct node *node_new(uint32_t mode, uint32_t rdev)
{
    struct node *node = kzalloc(sizeof(*node));

    if (!node)
        return NULL;
    node->refs = 1;
    node->inode = __atomic_fetch_add(&next_inode, 1, __ATOMIC_RELAXED);
    node->atime = node->mtime = node->ctime = clock_realtime_ns();
    list_init(&node->aliases);
    list_init(&node->locks);
    fs_owner(&node->uid, &node->gid);
    mutex_init(&node->lock, RANK_NODE);
    set_type(node, mode, rdev);
    return node;
}

/* Free a node that nobody uses. Returns its parent, on which it held a reference. */
static struct node *node_free(struct node *node)
{
    struct node *parent = node->parent == node ? NULL : node->parent;

    mount_leave(node->mount);
    node_put(node->alias_of);
    if (node->pipe)
        pipe_destroy(node->pipe);
    kfree(node->link);
    kfree(node->name);
    kfree(node);
    return parent;
}

/* The object of a node that nobody uses is gone: nobody can ask for its name any more. */
static void object_released(void *owner)
{
    struct node *parent = node_free(owner);

    if (parent)
        node_put(parent);
}

void node_release(struct node *node)
{
    while (node) {
        if (node->object) {
            object_put(node->object);
            return; /* object_released() goes on, now or when the last mapping is gone */
        }
        node = node_free(node);
        if (node && __atomic_sub_fetch(&node->refs, 1, __ATOMIC_ACQ_REL))
            return;
    }
}

void node_set_object(struct node *node, struct object *object)
{
    object->owner = node;
    object->released = object_released;
    node->object = object;
}

int fs_init(void)
{
    mutex_init(&fs_lock, RANK_TREE);
    lock_init();
    fs_root = node_new(S_IFDIR | 0755, 0);
    if (!fs_root)
        return -ENOMEM;
    fs_root->name = node_copy_name("", 0);
    if (!fs_root->name)
        return -ENOMEM;
    fs_root->parent = fs_root;
    fs_root->flags = NODE_NAMED;
    return mount_enter(&mount_root, fs_root);
}

char *node_copy_name(const char *name, size_t name_len)
{
    char *copy = kmalloc(name_len + 1);

    if (!copy)
        return NULL;
    memcpy(copy, name, name_len);
    copy[name_len] = 0;
    return copy;
}

void node_set_name(struct node *parent, struct node *node, char *name)
{
    struct node *old_parent = node->parent;

    kfree(node->name);
    node->name = name;
    node->name_len = strlen(name);
    node->name_key = key_of(name, node->name_len);
    node_get(parent);
    node->parent = parent;
    if (old_parent)
        node_put(old_parent);
}

void node_link(struct node *parent, struct node *node, char *name)
{
    struct tree_node **link = &parent->children.root, *above = NULL;
    size_t name_len = strlen(name);
    uint64_t key = key_of(name, name_len);

    ASSERT(!(node->flags & NODE_NAMED));
    while (*link) {
        above = *link;
        link = compare(node_of(above), key, name, name_len) < 0 ? &above->left : &above->right;
    }
    node_set_name(parent, node, name);
    node->flags |= NODE_NAMED;
    node_get(node);
    tree_insert(&parent->children, &node->by_name, above, link);
}

void node_unlink(struct node *node)
{
    ASSERT(node->flags & NODE_NAMED);
    tree_remove(&node->parent->children, &node->by_name);
    node->flags &= ~NODE_NAMED;
}

struct node *node_new_alias(struct node *node)
{
    struct node *alias = node_new(node->mode, node->rdev);

    if (!alias)
        return NULL;
    node_get(node);
    alias->alias_of = node;
    list_append(&node->aliases, &alias->aliases);
    node->nr_aliases++;
    return alias;
}

/* It stands for nothing any more that somebody could look for. */
static void detach_alias(struct node *alias)
{
    if (list_empty(&alias->aliases))
        return;
    list_remove(&alias->aliases);
    alias->alias_of->nr_aliases--;
}

void node_drop_alias(struct node *alias)
{
    detach_alias(alias);
    node_put(alias);
}

struct node *node_remove_name(struct node *directory, const char *name)
{
    struct node *node = node_child(directory, name, strlen(name));

    node_unlink(node);
    if (node->alias_of) {
        detach_alias(node);
    } else if (node->nr_aliases) {
        struct node *alias = container_of(node->aliases.next, struct node, aliases);
        char *other = alias->name;
        node_unlink(alias);
        detach_alias(alias);
        alias->name = NULL;
        node_link(alias->parent, node, other);
        node_put(alias); /* its name's; there is one more of the node, which is not the last */
    }
    return node;
}

struct node *node_create(struct node *parent, const char *name, size_t name_len, uint32_t mode,
                         uint32_t rdev)
{
    mutex_lock(&fs_lock);
    struct node *node = node_child(parent, name, name_len);
    if (node) {
        set_type(node, mode, rdev);
    } else {
        char *copy = node_copy_name(name, name_len);
        node = copy ? node_new(mode, rdev) : NULL;
        if (node && mount_enter(parent->mount, node) == 0) {
            node_link(parent, node, copy);
            node_put(node);
        } else {
            kfree(copy);
            node_put(node);
            node = NULL;
        }
    }
    mutex_unlock(&fs_lock);
    return node;
}

struct node *node_child(const struct node *parent, const char *name, size_t name_len)
{
    const struct tree_node *at = parent->children.root;
    uint64_t key = key_of(name, name_len);

    while (at) {
        int order = compare(node_of(at), key, name, name_len);
        if (order == 0)
            return node_of(at);
        at = order < 0 ? at->left : at->right;
    }
    return NULL;
}

struct node *node_child_after(const struct node *parent, const char *name)
{
    const struct tree_node *at = parent->children.root, *found = NULL;

    if (!name)
        return node_of(tree_first(&parent->children));
    size_t len = strlen(name);
    while (at) {
        bool after = compare(node_of(at), key_of(name, len), name, len) < 0;
        found = after ? at : found;
        at = after ? at->left : at->right;
    }
    return node_of(found);
}

struct node *node_first_leaf(struct node *node)
{
    struct tree_node *child;

    while ((child = tree_first(&node->children)))
        node = node_of(child);
    return node;
}

struct node *node_next_leaf(const struct node *at)
{
    struct tree_node *next = at == fs_root ? NULL : tree_next(&at->by_name);

    if (at == fs_root)
        return NULL;
    return next ? node_first_leaf(node_of(next)) : at->parent;
}

void node_remove_below(struct node *directory)
{
    struct node *at = directory; /* where to go on; with a reference */

    node_get(at);
    for (bool done = false; !done;) {
        struct node *removed = NULL, *next = directory;
        mutex_lock(&fs_lock);
        struct node *leaf = node_first_leaf(at);
        done = leaf == directory;
        if (!done && leaf->flags & NODE_NAMED) { /* else somebody else has removed it */
            next = leaf->parent;
            removed = node_remove_name(next, leaf->name);
        }
        node_get(next);
        mutex_unlock(&fs_lock);
        node_put(at);
        node_put(removed);
        at = next;
    }
    node_put(at);
}

/* fs_lock held. The path is written from its end; *start is where it begins. */
static int write_path(const struct node *node, char *to, size_t size, size_t *start)
{
    *start = size;
    do {
        size_t len = node->name_len;
        if (len + 1 > *start)
            return -ENAMETOOLONG;
        *start -= len;
        memcpy(to + *start, node->name, len);
        to[--*start] = '/';
        node = node->parent;
    } while (node != fs_root);
    return 0;
}

ssize_t node_path(const struct node *node, char *to, size_t size)
{
    size_t start;

    if ((node->mode & S_IFMT) == S_IFIFO && !node->name) {
        int len = snprintf(to, size, "pipe:[%lu]", node->inode);
        return (size_t)len < size ? len : -ENAMETOOLONG;
    }
    mutex_lock(&fs_lock);
    int error = write_path(node, to, size, &start);
    bool deleted = !(node->flags & NODE_NAMED);
    mutex_unlock(&fs_lock);
    if (error)
        return error;
    size_t len = size - start;
    memmove(to, to + start, len);
    if (len + (deleted ? strlen(DELETED) : 0) >= size)
        return -ENAMETOOLONG;
    strcpy(to + len, deleted ? DELETED : "");
    return (ssize_t)strlen(to);
}

void node_was_read(struct node *node)
{
    uint64_t now = clock_realtime_ns();

    if (node->flags & NODE_WRITABLE &&
        (node->atime <= MAX(node->mtime, node->ctime) || now - node->atime >= ATIME_MAX_AGE) &&
        !(mount_flags(node) & (MS_RDONLY | MS_NOATIME)))
        node->atime = now;
}

void node_was_changed(struct node *node)
{
    node->mtime = node->ctime = clock_realtime_ns();
}
