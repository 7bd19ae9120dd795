/*
 * fs/node.h - the tree of files
 *
 * A node is a directory, a regular file, a symbolic link or a device. In this tree a node has one
 * name, so that name and node are one. It is built while the kernel starts and only read from then
 * on: no lock is needed.
 */
#ifndef FS_NODE_H
#define FS_NODE_H

#include "lib/tree.h"
#include "lib/types.h"
#include "mm/object.h"

#define NAME_LEN_MAX 255
#define PATH_LEN_MAX 4096 /* with the NUL */

struct file_ops;

struct node {
    struct tree_node by_name; /* in parent->children */
    struct node *parent;      /* the root is its own */
    uint32_t mode;            /* type and permissions, as in struct stat */
    uint32_t rdev;            /* devices: major << 8 | minor */
    uint64_t inode;
    int64_t mtime; /* seconds since 1970 */
    const struct file_ops *ops;

    struct tree children;  /* of a directory, by name */
    struct object *object; /* content of a regular file; NULL: ops makes it up, or it is empty */
    char *link;            /* target of a symbolic link */
    char name[];           /* one component; "" for the root */
};

extern struct node *fs_root;

/* Make the root directory. 0 or -ENOMEM. */
MUST_CHECK int fs_init(void);

/*
 * Make a node in directory parent, or give the one of that name there a new type.
 *
 * mode     as in struct stat; ops follow from it and rdev
 * Returns  NULL if out of memory
 */
MUST_CHECK struct node *node_create(struct node *parent, const char *name, size_t name_len,
                                    uint32_t mode, uint32_t rdev);

/* The child of that name; NULL if there is none. */
struct node *node_child(const struct node *parent, const char *name, size_t name_len);

static inline uint64_t node_size(const struct node *node)
{
    return node->object ? node->object->size : 0;
}

/* path.c */

enum lookup_flags {
    LOOKUP_NO_FOLLOW =
        1 << 0, /* the last component may be a symbolic link, and is the result then */
};

/*
 * Find the node that path names, from directory `start` unless path starts with a slash.
 *
 * Returns  0 and *found; -ENOENT, with *found the directory where only the last component is
 *          missing, else NULL; -ENOTDIR, -ELOOP, -ENAMETOOLONG, -ENOMEM
 * Source   path_resolution(7)
 */
MUST_CHECK int path_lookup(struct node *start, const char *path, unsigned flags,
                           struct node **found);

/* initrd.c */

/*
 * Unpack the archive at physical memory [start, end) into the tree. Files whose data is page
 * aligned are used where they lie. Panics, naming the place, if it is no newc cpio archive or is
 * cut short.
 */
void initrd_unpack(paddr_t start, paddr_t end);

#endif
