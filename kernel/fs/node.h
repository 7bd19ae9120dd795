/*
 * fs/node.h - the tree of files
 *
 * A node is a directory, a regular file, a symbolic link, a device or a pipe. It has one name at most, so
 * that name and node are one. Each further name that link(2) gives it is a node that stands for it, an
 * alias, which nobody but the tree sees: a path that ends at one leads to what it stands for.
 *
 * A node lives as long as somebody uses it: its name, an open file, a working directory, a child.
 * When the last of them is gone its content is given up; the memory of the node itself stays until
 * its object is gone too, so that whoever maps the object can ask what it is called.
 */
#ifndef FS_NODE_H
#define FS_NODE_H

#include "lib/assert.h"
#include "lib/list.h"
#include "lib/tree.h"
#include "lib/types.h"
#include "mm/object.h"
#include "sched/mutex.h"

#define NAME_LEN_MAX 255
#define PATH_LEN_MAX 4096 /* with the NUL */

struct file_ops;
struct mount;
struct node;
struct pipe;

enum node_flags {
    NODE_WRITABLE = 1 << 0, /* may be changed; what is made in it may be, too: all but /proc */
    NODE_NAMED = 1 << 1,    /* is a child of its parent, or covered there. Protected by fs_lock */
    NODE_MADE = 1 << 2,     /* since the kernel started */
    NODE_LINKABLE = 1 << 3, /* never had a name, and may get one: O_TMPFILE */
    NODE_COVERED = 1 << 4,  /* a mount lies on it. Protected by fs_lock */
};

/* What getdents64(2) says of a child. */
struct node_entry {
    uint64_t inode;
    uint32_t mode; /* its type counts */
    char name[NAME_LEN_MAX + 1];
};

/*
 * What a directory or symbolic link is whose content is made up when somebody looks (/proc). A
 * directory has lookup and list, beside children that it has anyway; a link has the other two. All
 * but read_link are called with fs_lock held.
 */
struct node_hooks {
    /*
     * A child that is none in the tree: 0 and *child with a reference, NULL if there is none;
     * -ENOMEM, -EACCES, -ESRCH. It has NODE_NAMED and the directory as parent, which does not list it.
     */
    int (*lookup)(struct node *directory, const char *name, size_t len, struct node **child);
    /* The first such child from place *at on, and its place in *at. False if there is none. */
    bool (*list)(const struct node *directory, uint64_t *at, struct node_entry *entry);
    /* Where the link leads: 0 and *target with a reference; -ENOENT, -ENOMEM, -EACCES. */
    int (*follow)(struct node *link, struct node **target);
    /* Its text for readlink(2), in to[size]: the length; -ENOENT, -ENAMETOOLONG, -EACCES. */
    ssize_t (*read_link)(struct node *link, char *to, size_t size);
};

struct node {
    unsigned refs;  /* atomic: the name, children, open files, working directories, lookups */
    unsigned flags; /* NODE_* */
    uint32_t mode;  /* type and permissions, as in struct stat */
    uint32_t rdev;  /* devices: major << 8 | minor */
    uint32_t uid, gid;
    uint64_t inode; /* Constant */
    const struct file_ops *ops;
    uint64_t atime, mtime, ctime; /* nanoseconds since 1970 */

    /* Protected by fs_lock */
    struct tree_node by_name; /* in parent->children, with NODE_NAMED */
    struct node *parent;      /* holds a reference on it; the root is its own; NULL: none */
    char *name; /* one component; "" for the root; of an unlinked node, the last it had */
    size_t name_len;
    uint64_t name_key;     /* its first bytes as a number: in the order of names */
    struct tree children;  /* of a directory, by name */
    struct node *alias_of; /* Constant: what it stands for, with a reference; else NULL */
    struct list aliases;   /* those that stand for it; of an alias, its place among them */
    uint32_t nr_aliases;
    struct mount *mount; /* Constant once set: which it is in; NULL: none. See mount_enter() */

    /* Either is 0, see ETXTBSY in execve(2) and open(2) */
    uint32_t nr_writers; /* open files, of a regular file, but for those of memfd_create(2) */
    uint32_t nr_runners; /* processes */

    struct list locks; /* of fcntl(2) and flock(2). Protected by lock.c's lock */

    struct mutex lock;     /* RANK_NODE: who changes the content */
    struct object *object; /* content of a regular file; NULL: ops makes it up, or it is empty */
    char *link;            /* Constant: target of a symbolic link */
    struct pipe *pipe; /* of a pipe; of a FIFO from its first open on; lock guards it till then */

    /* Constant: of what is made up; what the hooks, and the functions in ops, know it by */
    const struct node_hooks *hooks;
    const void *kind;
    uint64_t subject;
};

extern struct node *fs_root;

/* Upward call, defined in proc/: whose the files are that are made now. */
void fs_owner(uint32_t *uid, uint32_t *gid);

/* Guards the tree: names, parents, children. Rank RANK_TREE. */
extern struct mutex fs_lock;

/* Make the root directory. 0 or -ENOMEM. */
MUST_CHECK int fs_init(void);

/*
 * A node without a name and with one reference, the caller's; its ops follow from mode and rdev.
 *
 * mode     as in struct stat
 * Returns  NULL if out of memory
 */
MUST_CHECK struct node *node_new(uint32_t mode, uint32_t rdev);

/* Give up a node without users. For node_put() alone. */
void node_release(struct node *node);

/* One user more, one less. Put: no lock of rank RANK_OBJECT is held; NULL is ignored. */
static inline void node_get(struct node *node)
{
    __atomic_fetch_add(&node->refs, 1, __ATOMIC_RELAXED);
}

static inline void node_put(struct node *node)
{
    if (!node)
        return;
    ASSERT(node->refs > 0);
    if (!__atomic_sub_fetch(&node->refs, 1, __ATOMIC_ACQ_REL))
        node_release(node);
}

/* A user that runs it, and for whom it stays as it is. Put: NULL is ignored. */
static inline void node_get_to_run(struct node *node)
{
    node_get(node);
    node->nr_runners++;
}

static inline void node_put_run(struct node *node)
{
    if (node)
        node->nr_runners--;
    node_put(node);
}

/* The node's content, to which it has no other yet; the object's reference passes to the node. */
void node_set_object(struct node *node, struct object *object);

/*
 * Make a node in directory parent, or give the one of that name there a new type. For the tree that
 * the kernel starts with; the reference is the name's.
 *
 * Returns  NULL if out of memory
 */
MUST_CHECK struct node *node_create(struct node *parent, const char *name, size_t name_len,
                                    uint32_t mode, uint32_t rdev);

/* The child of that name; NULL if there is none. Locking: fs_lock is held. */
struct node *node_child(const struct node *parent, const char *name, size_t name_len);

/*
 * The first child whose name comes after `name` (NULL: the first of all), NULL if there is none.
 * O(log n). Locking: fs_lock is held.
 */
struct node *node_child_after(const struct node *parent, const char *name);

/* A copy of a name, for node_link() and node_set_name(). NULL if out of memory. */
MUST_CHECK char *node_copy_name(const char *name, size_t name_len);

/*
 * Make the node, which has no name, the child of that name of parent, which has none such. It takes
 * over the string (kmalloc). Locking: fs_lock is held.
 */
void node_link(struct node *parent, struct node *node, char *name);

/*
 * Take the node's name out of the tree, and the reference that was the name's to the caller.
 * Locking: fs_lock is held.
 */
void node_unlink(struct node *node);

/* A node that stands for another, for node_link(). NULL if out of memory. */
MUST_CHECK struct node *node_new_alias(struct node *node);

/* One that got no name is given up. Locking: fs_lock is held. */
void node_drop_alias(struct node *alias);

/*
 * Take a name out of the tree. Where the node has others, it takes over one of them.
 *
 * Returns  the reference that was the name's, of the node or of what stood for it
 * Locking  fs_lock is held
 */
struct node *node_remove_name(struct node *directory, const char *name);

/* Take away all names below a directory, which nobody finds any more. Takes fs_lock. */
void node_remove_below(struct node *directory);

/*
 * Of a node and all below it, the one that has nothing below and comes first; and the one after `at`, each behind
 * what lies below it. Locking: fs_lock is held, or nobody else is there.
 */
struct node *node_first_leaf(struct node *node);
struct node *node_next_leaf(const struct node *at);

/* How many names a node has. Locking: fs_lock is held. */
static inline uint32_t node_nr_names(const struct node *node)
{
    return node->flags & NODE_NAMED ? 1 + node->nr_aliases : 0;
}

/* Say what a node outside the tree is called, and where. It takes over the string. */
void node_set_name(struct node *parent, struct node *node, char *name);

/*
 * The node's path from the root, as /proc/PID/maps has it: with " (deleted)" behind it when it has
 * no name any more.
 *
 * Returns  its length without the NUL, or -ENAMETOOLONG
 * Locking  takes fs_lock
 */
MUST_CHECK ssize_t node_path(const struct node *node, char *to, size_t size);

/* The node was read, or its content changed: set its times. */
void node_was_read(struct node *node);
void node_was_changed(struct node *node);

static inline uint64_t node_size(const struct node *node)
{
    return node->object ? node->object->size : 0;
}

/* path.c */

enum lookup_flags {
    LOOKUP_NO_FOLLOW =
        1 << 0,           /* the last component may be a symbolic link, and is the result then */
    LOOKUP_NAME = 1 << 1, /* the same, with a slash behind it too: what is asked for is its name */
    LOOKUP_MAKE = 1 << 2, /* to make a file if there is none: -EISDIR with a slash behind it */
};

/* What the last component of a path is. */
enum path_last { LAST_NAME, LAST_ROOT, LAST_DOT, LAST_DOTDOT };

/* Where a path ends. Its names are good while fs_lock is held. */
struct path_end {
    struct node *node; /* what it names; a reference; NULL: only the last component is missing */
    bool slash;        /* follows the last component */

    /* Where node is NULL, or with LOOKUP_NAME */
    struct node *directory; /* that has the last component, or lacks it; a reference */
    enum path_last last;
    char name[NAME_LEN_MAX + 1]; /* of LAST_NAME */
};

/*
 * Find where path ends, which is no longer than PATH_LEN_MAX, from directory `start` unless it starts with a
 * slash.
 *
 * Returns  0 and *end, which path_end_drop() gives back; -ENOENT (not only the last component is
 *          missing), -ENOTDIR, -ELOOP, -ENAMETOOLONG, -ENOMEM, and what hooks say
 * Locking  fs_lock is held
 * Source   path_resolution(7)
 */
MUST_CHECK int path_resolve(struct node *start, const char *path, unsigned flags,
                            struct path_end *end);

/* Best without fs_lock: giving up a large file that was removed takes its time. */
void path_end_drop(struct path_end *end);

/*
 * Find the node that path names.
 *
 * Returns  0 and *found with a reference; -ENOENT, -ENOTDIR, -ELOOP, -ENAMETOOLONG, -ENOMEM
 * Locking  takes fs_lock
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
