/*
 * lib/tree.c - intrusive AVL tree with augmented nodes
 *
 * Insertion and removal share one repair: walk from the lowest changed node to the root, refresh
 * height and summary, rotate where the children's heights differ by two.
 *
 * Invariant: for every node the heights of its children differ by at most one, height is one more
 * than the larger, and update() has run since anything below changed.
 */
#include "lib/tree.h"

static int height(const struct tree_node *node)
{
    return node ? node->height : 0;
}

/* The pointer that leads to node: in its parent, or the tree's root. */
static struct tree_node **link_of(struct tree *tree, struct tree_node *node)
{
    struct tree_node *parent = node->parent;

    if (!parent)
        return &tree->root;
    return parent->left == node ? &parent->left : &parent->right;
}

static void refresh(struct tree *tree, struct tree_node *node)
{
    node->height = 1 + MAX(height(node->left), height(node->right));
    if (tree->update)
        tree->update(node);
}

/* Lift node's left child into its place; returns that child. */
static struct tree_node *rotate_right(struct tree *tree, struct tree_node *node)
{
    struct tree_node *child = node->left;

    *link_of(tree, node) = child;
    child->parent = node->parent;
    node->left = child->right;
    if (node->left)
        node->left->parent = node;
    child->right = node;
    node->parent = child;
    refresh(tree, node);
    refresh(tree, child);
    return child;
}

/* Lift node's right child into its place; returns that child. */
static struct tree_node *rotate_left(struct tree *tree, struct tree_node *node)
{
    struct tree_node *child = node->right;

    *link_of(tree, node) = child;
    child->parent = node->parent;
    node->right = child->left;
    if (node->right)
        node->right->parent = node;
    child->left = node;
    node->parent = child;
    refresh(tree, node);
    refresh(tree, child);
    return child;
}

/* Restore the invariant from node, the lowest place that changed, up to the root. */
static void repair(struct tree *tree, struct tree_node *node)
{
    for (; node; node = node->parent) {
        refresh(tree, node);
        int lean = height(node->left) - height(node->right);
        if (lean > 1) {
            if (height(node->left->left) < height(node->left->right))
                rotate_left(tree, node->left);
            node = rotate_right(tree, node);
        } else if (lean < -1) {
            if (height(node->right->right) < height(node->right->left))
                rotate_right(tree, node->right);
            node = rotate_left(tree, node);
        }
    }
}

void tree_insert(struct tree *tree, struct tree_node *node, struct tree_node *parent,
                 struct tree_node **link)
{
    *node = (struct tree_node){.parent = parent};
    *link = node;
    repair(tree, node);
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
    struct tree_node *lowest; /* where the repair starts */

    if (node->left && node->right) {
        /* The successor, which has no left child, takes node's place. */
        struct tree_node *heir = node->right;
        while (heir->left)
            heir = heir->left;
        lowest = heir->parent == node ? heir : heir->parent;
        *link_of(tree, heir) = heir->right;
        if (heir->right)
            heir->right->parent = heir->parent;
        *link_of(tree, node) = heir;
        heir->parent = node->parent;
        heir->left = node->left;
        heir->left->parent = heir;
        heir->right = node->right;
        if (heir->right)
            heir->right->parent = heir;
    } else {
        struct tree_node *child = node->left ? node->left : node->right;
        *link_of(tree, node) = child;
        if (child)
            child->parent = node->parent;
        lowest = node->parent;
    }
    repair(tree, lowest);
}

void tree_update(struct tree *tree, struct tree_node *node)
{
    for (; node; node = node->parent)
        tree->update(node);
}

struct tree_node *tree_first(const struct tree *tree)
{
    struct tree_node *node = tree->root;

    while (node && node->left)
        node = node->left;
    return node;
}

struct tree_node *tree_last(const struct tree *tree)
{
    struct tree_node *node = tree->root;

    while (node && node->right)
        node = node->right;
    return node;
}

struct tree_node *tree_next(const struct tree_node *node)
{
    if (node->right) {
        struct tree_node *next = node->right;
        while (next->left)
            next = next->left;
        return next;
    }
    while (node->parent && node->parent->right == node)
        node = node->parent;
    return node->parent;
}

struct tree_node *tree_prev(const struct tree_node *node)
{
    if (node->left) {
        struct tree_node *prev = node->left;
        while (prev->right)
            prev = prev->right;
        return prev;
    }
    while (node->parent && node->parent->left == node)
        node = node->parent;
    return node->parent;
}
