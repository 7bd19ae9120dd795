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

/* node's rank is that of its parent, which must be greater. */
static void rebalance(struct tree *tree, struct tree_node *node)
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
    node->left = node->right = NULL;
    node->rank = 0;
    node->parent = parent;
    *link = node;
    if (parent && parent->rank == 0)
        rebalance(tree, node);
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
    struct tree_node *heir = node->left ? node->left : node->right;

    if (node->left && node->right) {
        heir = node->next; /* has no left child */
        hang(heir->right, heir->parent, link_of(tree, heir));
        hang(node->left, heir, &heir->left);
        hang(node->right, heir, &heir->right);
        heir->rank = node->rank;
        if (tree->update)
            tree->update(heir);
    }
    hang(heir, node->parent, link_of(tree, node));
    set_next(node->prev, node->next);
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
