/*
 * fs/mount.c - file systems that are mounted
 */
#include "fs/mount.h"

#include <asm/errno.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/tmpfs.h"
#include "lib/assert.h"
#include "mm/kheap.h"

#define NR_TYPES 4

static const struct file_system rootfs_type = {.name = "rootfs", .magic = TMPFS_MAGIC};
static char root_source[] = "rootfs";

struct mount mount_root = {.type = &rootfs_type,
                           .source = root_source,
                           .flags = MS_KERNMOUNT,
                           .device = 1,
                           .mounted = true};

static const struct file_system *types[NR_TYPES];
static size_t nr_types;
static struct list mounts;
static unsigned last_device = 2; /* 2 is what maps.c gives memory of no file */

void mount_add_type(const struct file_system *type)
{
    ASSERT(nr_types < NR_TYPES);
    types[nr_types++] = type;
}

const struct file_system *mount_next_type(const struct file_system *type)
{
    size_t i = 0;

    while (type && types[i++] != type)
        ;
    return i < nr_types ? types[i] : NULL;
}

static const struct file_system *find_type(const char *name)
{
    for (const struct file_system *type = NULL; (type = mount_next_type(type));) {
        if (strcmp(type->name, name) == 0)
            return type;
    }
    return NULL;
}

INIT_ONCE void mount_init(void)
{
    list_init(&mounts);
    list_append(&mounts, &mount_root.node);
    mount_add_type(&tmpfs_type);
}

const struct mount *mount_next(const struct mount *mount)
{
    const struct list *next = mount ? mount->node.next : mounts.next;

    return next == &mounts ? NULL : container_of(next, struct mount, node);
}

/* ---- nodes ------------------------------------------------------------------------------------ */

int mount_enter(struct mount *mount, struct node *node)
{
    if (!mount)
        return 0;
    if (mount->max_nodes && mount->nr_nodes >= mount->max_nodes)
        return -ENOSPC;
    mount->nr_nodes++;
    node->mount = mount;
    if (node->object)
        node->object->quota = &mount->pages;
    return 0;
}

static void free_mount(struct mount *mount)
{
    kfree(mount->source);
    kfree(mount);
}

void mount_leave(struct mount *mount)
{
    if (mount && --mount->nr_nodes == 0 && !mount->mounted)
        free_mount(mount);
}

/* ---- mount ------------------------------------------------------------------------------------ */

/* The mount that lies on a directory, NULL if there is none. fs_lock held. */
static struct mount *mount_on(const struct node *directory)
{
    list_for_each (at, &mounts) {
        struct mount *mount = container_of(at, struct mount, node);
        if (mount->covered == directory)
            return mount;
    }
    return NULL;
}

struct node *mount_top(struct node *directory)
{
    while (directory->flags & NODE_COVERED)
        directory = mount_on(directory)->root;
    return directory;
}

/* Put the mount's root, which has no name, in the place of a directory. fs_lock held. */
static int cover(struct mount *mount, struct node *directory)
{
    if ((directory->mode & S_IFMT) != S_IFDIR)
        return -ENOTDIR;
    if (directory == fs_root)
        return -EBUSY;
    directory = mount_top(directory); /* of who stands in one that is covered */
    if (!(directory->flags & NODE_NAMED) || directory->kind || !directory->parent)
        return -ENOENT;
    char *name = node_copy_name(directory->name, directory->name_len);
    if (!name)
        return -ENOMEM;
    mount->covered = directory;
    struct node *parent = directory->parent;
    node_unlink(directory);
    directory->flags |= NODE_NAMED | NODE_COVERED; /* by whoever stands in it, it is what it was */
    node_link(parent, mount->root, name);
    list_append(&mounts, &mount->node);
    return 0;
}

/* Take the root out of the tree, and put back what it covered. Its name's reference. fs_lock held. */
static struct node *uncover(struct mount *mount)
{
    struct node *root = mount->root, *parent = root->parent;
    char *name = mount->covered->name;

    node_unlink(root);
    mount->covered->name = NULL;
    mount->covered->flags &= ~(unsigned)(NODE_NAMED | NODE_COVERED);
    node_link(parent, mount->covered, name);
    node_put(mount->covered);
    mount->covered = NULL;
    mount->mounted = false;
    list_remove(&mount->node);
    return root;
}

int mount_add(const char *type, const char *source, struct node *directory, unsigned flags,
              char *options)
{
    const struct file_system *kind = find_type(type);
    struct mount *mount = kind ? kzalloc(sizeof(*mount)) : NULL;

    if (!mount)
        return kind ? -ENOMEM : -ENODEV;
    mount->type = kind;
    mount->flags = flags;
    mount->device = ++last_device;
    mount->mounted = true;
    mount->source = node_copy_name(source, strlen(source));
    int error = mount->source ? kind->make(mount, options) : -ENOMEM;
    if (error)
        goto free;
    mutex_lock(&fs_lock);
    error = cover(mount, directory);
    mutex_unlock(&fs_lock);
    if (!error)
        return 0;
    node_remove_below(mount->root);
    node_put(mount->root);

free:
    free_mount(mount);
    return error;
}

/* ---- what is mounted -------------------------------------------------------------------------- */

/* The mount with its root there, NULL if there is none. */
static struct mount *find(const struct node *root)
{
    return mount_is_root(root) && root->mount && root->mount->mounted ? root->mount : NULL;
}

static size_t nr_children(const struct node *node)
{
    size_t nr = 0;

    for (struct tree_node *at = tree_first(&node->children); at; at = tree_next(at))
        nr++;
    return nr;
}

/*
 * Whether somebody uses anything in it: a node that has more references than the tree gives it and
 * the caller has on the root, a file that is mapped or lives on without a name, or another mount. fs_lock
 * held.
 */
static bool is_busy(const struct mount *mount)
{
    size_t nr_seen = 0;

    if (mount == &mount_root)
        return true;
    for (const struct node *node = node_first_leaf(mount->root);; node = node_next_leaf(node)) {
        bool root = node == mount->root;
        size_t owners = 1 + nr_children(node) + node->nr_aliases + (root ? 2 : 0);
        nr_seen++;
        if (node->mount != mount || node->refs != owners ||
            (node->object && node->object->refs > 1))
            return true;
        if (root)
            return nr_seen != mount->nr_nodes;
    }
}

int mount_change(struct node *root, unsigned flags, char *options)
{
    mutex_lock(&fs_lock);
    struct mount *mount = find(root);
    int error = mount ? 0 : -EINVAL;
    if (!error && flags & ~mount->flags & MS_RDONLY && is_busy(mount))
        error = -EBUSY;
    if (!error && mount->type->change)
        error = mount->type->change(mount, options);
    if (!error)
        mount->flags = flags | (mount->flags & MS_KERNMOUNT);
    mutex_unlock(&fs_lock);
    return error;
}

/* The mount that lies deepest of those below one, or that one itself. fs_lock held. */
static struct mount *deepest(struct mount *mount)
{
    /* What lies in a mount is younger. */
    list_for_each (at, &mounts) {
        struct mount *other = container_of(at, struct mount, node);
        if (other->covered && other->covered->mount == mount)
            mount = other;
    }
    return mount;
}

/* Give up what was taken out of the tree, and the name's reference on its root. Takes fs_lock. */
static void let_go(struct node *root)
{
    node_put(root);
    node_remove_below(root);
    node_put(root); /* the mount's; with the last node it goes itself */
}

int mount_remove(struct node *root, bool detach)
{
    for (bool done = false; !done;) {
        mutex_lock(&fs_lock);
        struct mount *mount = find(root), *last = NULL;
        int error = !mount ? -EINVAL : mount == &mount_root ? -EBUSY : 0;
        if (!error && !detach && is_busy(mount))
            error = -EBUSY;
        if (!error)
            last = deepest(mount);
        struct node *gone = last ? uncover(last) : NULL;
        mutex_unlock(&fs_lock);
        if (error)
            return error;
        done = last == mount;
        let_go(gone);
    }
    return 0;
}

void mount_remove_all(void)
{
    for (;;) {
        mutex_lock(&fs_lock);
        struct mount *last = container_of(mounts.prev, struct mount, node);
        struct node *gone = last->flags & MS_KERNMOUNT ? NULL : uncover(last);
        mutex_unlock(&fs_lock);
        if (!gone)
            return;
        let_go(gone);
    }
}
