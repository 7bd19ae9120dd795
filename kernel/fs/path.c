/*
 * fs/path.c - from a path to a node
 *
 * Symbolic links are followed by putting their target in front of what is left of the path, in one
 * buffer, so that no recursion is needed and the bound on links is a counter.
 *
 * Source  path_resolution(7)
 */
#include <asm/errno.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/node.h"
#include "mm/kheap.h"

#define MAX_LINKS   40
#define BUFFER_SIZE (2 * PATH_LEN_MAX) /* a path and the target of a link in it */

/* What is left to walk. */
struct walk {
    char *rest;   /* in buffer */
    char *buffer; /* BUFFER_SIZE bytes */
    unsigned nr_links;
    struct node *lacking; /* after -ENOENT: the directory that lacks the last component */
};

/* Put the link's target in front of the rest. */
static int follow(struct walk *walk, const struct node *link)
{
    size_t target = strlen(link->link), rest = strlen(walk->rest);

    if (++walk->nr_links > MAX_LINKS)
        return -ELOOP;
    if (target + rest + 2 > BUFFER_SIZE)
        return -ENAMETOOLONG;
    memmove(walk->buffer + target + 1, walk->rest, rest + 1);
    memcpy(walk->buffer, link->link, target);
    walk->buffer[target] = '/';
    walk->rest = walk->buffer;
    if (!rest)
        walk->buffer[target] = 0; /* nothing followed: no slash that asks for a directory */
    return 0;
}

static int step(struct walk *walk, struct node **at, unsigned flags)
{
    const char *name = walk->rest;
    size_t len = strcspn(name, "/");
    bool last = name[len] == 0; /* not even a slash follows */

    if (((*at)->mode & S_IFMT) != S_IFDIR)
        return -ENOTDIR;
    if (len > NAME_LEN_MAX)
        return -ENAMETOOLONG;
    walk->rest += len;
    if (len == 1 && name[0] == '.')
        return 0;
    if (len == 2 && name[0] == '.' && name[1] == '.') {
        *at = (*at)->parent;
        return 0;
    }
    struct node *child = node_child(*at, name, len);
    if (!child) {
        walk->lacking = name[len + strspn(name + len, "/")] == 0 ? *at : NULL;
        return -ENOENT;
    }
    if ((child->mode & S_IFMT) == S_IFLNK && !(last && flags & LOOKUP_NO_FOLLOW)) {
        if (child->link[0] == '/')
            *at = fs_root;
        return follow(walk, child);
    }
    *at = child;
    return 0;
}

static int walk_path(struct walk *walk, struct node *at, unsigned flags, struct node **found)
{
    for (;;) {
        bool slash = *walk->rest == '/';
        walk->rest += strspn(walk->rest, "/");
        if (!*walk->rest) {
            if (slash && (at->mode & S_IFMT) != S_IFDIR)
                return -ENOTDIR;
            *found = at;
            return 0;
        }
        int error = step(walk, &at, flags);
        if (error)
            return error;
    }
}

int path_lookup(struct node *start, const char *path, unsigned flags, struct node **found)
{
    size_t len = strlen(path);

    *found = NULL;
    if (len == 0)
        return -ENOENT;
    if (len >= PATH_LEN_MAX)
        return -ENAMETOOLONG;
    char *buffer = kmalloc(BUFFER_SIZE);
    if (!buffer)
        return -ENOMEM;
    memcpy(buffer, path, len + 1);
    struct walk walk = {.rest = buffer, .buffer = buffer};
    int error = walk_path(&walk, path[0] == '/' ? fs_root : start, flags, found);
    if (error)
        *found = walk.lacking;
    kfree(buffer);
    return error;
}
