/*
 * fs/node.c - the tree of files
 */
#include "fs/node.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/file.h"
#include "mm/kheap.h"

struct node *fs_root;

static uint64_t next_inode = 1;

static struct node *node_of(const struct tree_node *node)
{
    return node ? container_of(node, struct node, by_name) : NULL;
}

/* Order of names: shorter prefix first. */
static int compare(const struct node *node, const char *name, size_t name_len)
{
    size_t len = strlen(node->name);
    int order = memcmp(name, node->name, MIN(len, name_len));

    return order ? order : (name_len > len) - (name_len < len);
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
    default:
        return NULL;
    }
}

static struct node *node_new(const char *name, size_t name_len)
{
    struct node *node = kzalloc(sizeof(*node) + name_len + 1);

    if (!node)
        return NULL;
    node->inode = next_inode++;
    memcpy(node->name, name, name_len);
    return node;
}

static void set_type(struct node *node, uint32_t mode, uint32_t rdev)
{
    node->mode = mode;
    node->rdev = rdev;
    node->ops = ops_of(mode, rdev);
}

int fs_init(void)
{
    fs_root = node_new("", 0);
    if (!fs_root)
        return -ENOMEM;
    fs_root->parent = fs_root;
    set_type(fs_root, S_IFDIR | 0755, 0);
    return 0;
}

struct node *node_create(struct node *parent, const char *name, size_t name_len, uint32_t mode,
                         uint32_t rdev)
{
    struct tree_node **link = &parent->children.root, *above = NULL;
    struct node *node = node_child(parent, name, name_len);

    if (!node) {
        node = node_new(name, name_len);
        if (!node)
            return NULL;
        while (*link) {
            above = *link;
            link = compare(node_of(above), name, name_len) < 0 ? &above->left : &above->right;
        }
        node->parent = parent;
        tree_insert(&parent->children, &node->by_name, above, link);
    }
    set_type(node, mode, rdev);
    return node;
}

struct node *node_child(const struct node *parent, const char *name, size_t name_len)
{
    const struct tree_node *at = parent->children.root;

    while (at) {
        int order = compare(node_of(at), name, name_len);
        if (order == 0)
            return node_of(at);
        at = order < 0 ? at->left : at->right;
    }
    return NULL;
}
