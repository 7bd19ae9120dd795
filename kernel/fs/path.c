/*
 * fs/path.c - from a path to a node
 *
 * Symbolic links are followed by putting their target in front of what is left of the path, in one
 * buffer that is there from the first of them on, so that no recursion is needed and the bound on
 * links is a counter. A link that is made up leads straight to its node.
 *
 * Where the walk stands, it holds a reference: a directory that is made up has no other.
 *
 * Source  path_resolution(7)
 */
#include <asm/errno.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/mount.h"
#include "mm/kheap.h"

#define MAX_LINKS   40
#define BUFFER_SIZE (2 * PATH_LEN_MAX) /* a path and the target of a link in it */

/* What is left to walk. */
struct walk {
    struct node *at;  /* a reference */
    const char *rest; /* of the path, or in buffer */
    char *buffer;     /* BUFFER_SIZE bytes, from the first link on; else NULL */
    unsigned nr_links;
    unsigned flags; /* LOOKUP_* */
    struct path_end *end;
};

static bool is_directory(const struct node *node)
{
    return (node->mode & S_IFMT) == S_IFDIR;
}

/* Stand at node, whose reference passes to the walk. */
static void move_to(struct walk *walk, struct node *node)
{
    struct node *old = walk->at;

    walk->at = node;
    node_put(old);
}

/* Put the link's target in front of the rest. */
static int follow_text(struct walk *walk, const struct node *link)
{
    size_t target = strlen(link->link), rest = strlen(walk->rest);

    if (target + rest + 2 > BUFFER_SIZE)
        return -ENAMETOOLONG;
    if (!walk->buffer)
        walk->buffer = kmalloc(BUFFER_SIZE);
    if (!walk->buffer)
        return -ENOMEM;
    if (link->link[0] == '/') {
        node_get(fs_root);
        move_to(walk, fs_root);
    }
    memmove(walk->buffer + target + 1, walk->rest, rest + 1);
    memcpy(walk->buffer, link->link, target);
    walk->buffer[target] = '/';
    walk->rest = walk->buffer;
    if (!rest)
        walk->buffer[target] = 0; /* nothing followed: no slash that asks for a directory */
    return 0;
}

static int follow(struct walk *walk, struct node *link)
{
    struct node *target;

    if (++walk->nr_links > MAX_LINKS)
        return -ELOOP;
    if (!link->hooks)
        return follow_text(walk, link);
    int error = link->hooks->follow(link, &target);
    if (!error)
        move_to(walk, target);
    return error;
}

static const char *skip_slashes(const char *path)
{
    while (*path == '/')
        path++;
    return path;
}

/* Whether only slashes follow the component. */
static bool is_last(const struct walk *walk)
{
    return *skip_slashes(walk->rest) == 0;
}

/* Note a component as the path's end. */
static void note_end(struct walk *walk, enum path_last last, const char *name, size_t len)
{
    struct path_end *end = walk->end;

    end->last = last;
    node_get(walk->at);
    node_put(end->directory);
    end->directory = walk->at;
    end->slash = *walk->rest == '/';
    memcpy(end->name, name, len);
    end->name[len] = 0;
}

/* The child of that name, with a reference; NULL if there is none. */
static int find_child(struct node *directory, const char *name, size_t len, struct node **child)
{
    *child = node_child(directory, name, len);
    if (*child && (*child)->alias_of)
        *child = (*child)->alias_of;
    if (*child)
        node_get(*child);
    else if (directory->hooks)
        return directory->hooks->lookup(directory, name, len, child);
    return 0;
}

/* Go to the child of that name, which may be a link. */
static int enter(struct walk *walk, const char *name, size_t len)
{
    bool slash = *walk->rest == '/';
    bool last = is_last(walk);
    bool follows =
        !last || !(walk->flags & LOOKUP_NAME || (!slash && walk->flags & LOOKUP_NO_FOLLOW));
    struct node *child;

    if (last && slash && walk->flags & LOOKUP_MAKE)
        return -EISDIR;
    int error = find_child(walk->at, name, len, &child);
    if (error)
        return error;
    if (last && (!child || walk->flags & LOOKUP_NAME))
        note_end(walk, LAST_NAME, name, len);
    else if (last)
        walk->end->slash = slash;
    if (!child && !last)
        return -ENOENT;
    if (!child || !follows || (child->mode & S_IFMT) != S_IFLNK) {
        move_to(walk, child);
        return 0;
    }
    error = follow(walk, child);
    node_put(child);
    return error;
}

static int step(struct walk *walk)
{
    const char *name = walk->rest;
    size_t len = 0;

    while (name[len] && name[len] != '/')
        len++;
    if (!is_directory(walk->at))
        return -ENOTDIR;
    if (len > NAME_LEN_MAX)
        return -ENAMETOOLONG;
    walk->rest += len;
    if (len == 1 && name[0] == '.') {
        if (is_last(walk))
            note_end(walk, LAST_DOT, "", 0);
    } else if (len == 2 && name[0] == '.' && name[1] == '.') {
        if (is_last(walk))
            note_end(walk, LAST_DOTDOT, "", 0);
        struct node *parent = mount_top(walk->at->parent);
        node_get(parent);
        move_to(walk, parent);
    } else {
        return enter(walk, name, len);
    }
    return 0;
}

static int walk_path(struct walk *walk)
{
    for (;;) {
        walk->rest = skip_slashes(walk->rest);
        if (!*walk->rest || !walk->at)
            return 0;
        int error = step(walk);
        if (error)
            return error;
    }
}

int path_resolve(struct node *start, const char *path, unsigned flags, struct path_end *end)
{
    if (!*path)
        return -ENOENT;
    struct walk walk = {
        .at = path[0] == '/' ? fs_root : start, .rest = path, .flags = flags, .end = end};
    node_get(walk.at);
    node_get(fs_root);
    end->directory = fs_root;
    end->last = LAST_ROOT;
    end->slash = false;
    end->name[0] = 0; /* all of it is more than there is to say */
    int error = walk_path(&walk);
    end->node = walk.at;
    /* A name that is asked for only as a name may be anything, as far as this goes. */
    if (!error && end->node && end->slash && !(flags & LOOKUP_NAME) && !is_directory(end->node))
        error = -ENOTDIR;
    kfree(walk.buffer);
    if (error)
        path_end_drop(end);
    return error;
}

void path_end_drop(struct path_end *end)
{
    node_put(end->directory);
    node_put(end->node);
}

int path_lookup(struct node *start, const char *path, unsigned flags, struct node **found)
{
    struct path_end end;

    mutex_lock(&fs_lock);
    int error = path_resolve(start, path, flags, &end);
    mutex_unlock(&fs_lock);
    *found = NULL;
    if (error)
        return error;
    node_put(end.directory);
    *found = end.node;
    return end.node ? 0 : -ENOENT;
}
