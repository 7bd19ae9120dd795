/*
 * lib/tree.c - intrusive balanced tree with augmented nodes
 *
 * Only insertion rebalances, as in an AVL tree, and removal leaves all ranks as they are. So a node that
 * comes where another went finds the tree ready for it, and most calls look at two or three nodes. The
 * height is at most 1.44 log2 of the number of insertions there ever were: 86 after 2^60 of them.
 *
 * Invariant: the rank of a node is greater than those of its children, where no child has rank -1;
 * prev and next name the neighbours in order.
 */
#include "lib/tree.h"

static inline int rank(const struct tree_node *node)
{
    return node ? node->rank : -1;
}

/* The pointer that leads to node: in its parent, or the tree's root. */
static struct tree_node **link_of(struct tree *tree, struct tree_node *node)
{
    struct tree_node *parent = node->parent;

    if (!parent)
        return &tree->root;
    return parent->left == node ? &parent->left : &parent->right;
}

/* child, if there is one, hangs on *link now, of parent. */
static void hang(struct tree_node *child, struct tree_node *parent, struct tree_node **link)
{
    *link = child;
    if (child)
        child->parent = parent;
}

/* Lift node into the place of its parent. */
static void rotate(struct tree *tree, struct tree_node *node)
{
    struct tree_node *parent = node->parent;

    hang(node, parent->parent, link_of(tree, parent));
    if (parent->left == node) {
        hang(node->right, parent, &parent->left);
        node->right = parent;
    } else {
        hang(node->left, parent, &parent->right);
        node->left = parent;
    }
    parent->parent = node;
    if (tree->update) {
        tree->update(parent);
        tree->update(node);
    }
}

void tree_rebalance(struct tree *tree, struct tree_node *node)
{
    for (struct tree_node *parent; (parent = node->parent) && parent->rank == node->rank;) {
        bool is_left = parent->left == node;
        struct tree_node *inner = is_left ? node->right : node->left;
        if (rank(is_left ? parent->right : parent->left) == parent->rank - 1) {
            node = parent;
            node->rank++;
            continue;
        }
        if (rank(inner) == node->rank - 1) {
            rotate(tree, inner);
            inner->rank++;
            node->rank--;
            node = inner;
        }
        rotate(tree, node);
        parent->rank--;
    }
}

/* The neighbours of node become each other's. */
static inline void unlink(struct tree_node *node)
{
    if (node->prev)
        node->prev->next = node->next;
    if (node->next)
        node->next->prev = node->prev;
}

/* Put the next node, which has no left child, in place of node, which has two. */
NOINLINE static void replace_by_next(struct tree *tree, struct tree_node *node)
{
    struct tree_node *heir = node->next;

    hang(heir->right, heir->parent, link_of(tree, heir));
    hang(node->left, heir, &heir->left);
    hang(node->right, heir, &heir->right);
    heir->rank = node->rank;
    if (tree->update)
        tree->update(heir);
    hang(heir, node->parent, link_of(tree, node));
    unlink(node);
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
    if (node->left && node->right) {
        replace_by_next(tree, node);
        return;
    }
    hang(node->left ? node->left : node->right, node->parent, link_of(tree, node));
    unlink(node);
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
