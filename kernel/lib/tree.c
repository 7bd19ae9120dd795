/*
 * lib/tree.c - intrusive AVL tree with augmented nodes
 *
 * Insertion and removal first bring the summaries up to date, then share one repair: walk from the
 * lowest changed node towards the root and rotate where the children's heights differ by two. Both
 * walks stop where a subtree is, seen from above, what it was: most end a level or two up. Rotation
 * changes no summary but those of the two nodes that change places.
 *
 * Invariant: for every node the heights of its children differ by at most one, height is one more
 * than the larger, and update() has run since anything below changed; prev and next name the
 * neighbours in order.
 */
#include "lib/tree.h"

static inline int height(const struct tree_node *node)
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

static inline void set_height(struct tree_node *node)
{
    node->height = 1 + MAX(height(node->left), height(node->right));
}

/* Recompute all of a node that was moved. */
static void refresh(const struct tree *tree, struct tree_node *node)
{
    set_height(node);
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

/*
 * Restore heights and balance from node, the lowest place that changed, up to where nothing did. A
 * new node has height 0, which is no subtree's: there the walk goes on.
 */
static void repair(struct tree *tree, struct tree_node *node)
{
    for (; node; node = node->parent) {
        int left = height(node->left), right = height(node->right), was = node->height;
        if (left > right + 1) {
            if (height(node->left->left) < height(node->left->right))
                rotate_left(tree, node->left);
            node = rotate_right(tree, node);
        } else if (right > left + 1) {
            if (height(node->right->right) < height(node->right->left))
                rotate_right(tree, node->right);
            node = rotate_left(tree, node);
        } else {
            node->height = 1 + MAX(left, right);
        }
        if (node->height == was)
            return;
    }
}

static void set_next(struct tree_node *node, struct tree_node *next)
{
    if (node)
        node->next = next;
    if (next)
        next->prev = node;
}

void tree_insert(struct tree *tree, struct tree_node *node, struct tree_node *parent,
                 struct tree_node **link)
{
    bool is_left = parent && link == &parent->left;
    struct tree_node *next = is_left || !parent ? parent : parent->next;

    set_next(is_left ? parent->prev : parent, node);
    set_next(node, next);
    node->parent = parent;
    node->left = node->right = NULL;
    node->height = 0;
    *link = node;
    if (tree->update) {
        tree->update(node);
        tree_update(parent, tree->update);
    }
    repair(tree, node);
}

void tree_insert_between(struct tree *tree, struct tree_node *node, struct tree_node *prev,
                         struct tree_node *next)
{
    /* One of them has no child on this side: the other one, if any, is above it. */
    if (next && !next->left)
        tree_insert(tree, node, next, &next->left);
    else
        tree_insert(tree, node, prev, prev ? &prev->right : &tree->root);
}

/* The successor of node, which has two children, takes its place. Returns what lost a child. */
static struct tree_node *replace_by_heir(struct tree *tree, struct tree_node *node)
{
    struct tree_node *heir = node->next; /* has no left child */
    struct tree_node *lowest = heir->parent == node ? heir : heir->parent;

    *link_of(tree, heir) = heir->right;
    if (heir->right)
        heir->right->parent = heir->parent;
    *link_of(tree, node) = heir;
    heir->parent = node->parent;
    heir->height = node->height;
    heir->left = node->left;
    heir->left->parent = heir;
    heir->right = node->right;
    if (heir->right)
        heir->right->parent = heir;
    return lowest;
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
    struct tree_node *lowest = node->parent, *heir = NULL;

    if (node->left && node->right) {
        lowest = replace_by_heir(tree, node);
        heir = node->next;
    } else {
        struct tree_node *child = node->left ? node->left : node->right;
        *link_of(tree, node) = child;
        if (child)
            child->parent = lowest;
    }
    set_next(node->prev, node->next);
    if (tree->update) {
        tree_update(lowest, tree->update);
        if (heir) { /* what it was says nothing about what is above it now */
            tree->update(heir);
            tree_update(heir->parent, tree->update);
        }
    }
    repair(tree, lowest);
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
