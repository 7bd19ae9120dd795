/*
 * lib/tree.h - intrusive AVL tree with augmented nodes
 *
 * The caller finds the place of a new node and links it; the tree keeps itself balanced, and keeps
 * a summary of each subtree up to date through the update function it was given. That one function
 * is what makes "the largest gap below this node" possible (mm/area.c).
 *
 * Source  Adelson-Velsky and Landis, 1962; Cormen et al., "Augmenting Data Structures".
 */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include "lib/types.h"

struct tree_node {
    struct tree_node *parent, *left, *right;
    struct tree_node *prev, *next; /* in order; NULL at the ends */
    int height;                    /* of the subtree, in nodes; a leaf has 1 */
};

/*
 * Recompute node's summary from its own data and its children. Returns whether it is another one
 * now: what is above need not be looked at where it is not. May be NULL: no summary.
 */
typedef bool tree_update_fn(struct tree_node *node);

struct tree {
    struct tree_node *root;
    tree_update_fn *update; /* constant after initialisation */
};

/*
 * Link node as the child of parent that *link is (&parent->left, &parent->right, or &tree->root
 * with parent NULL), which is NULL now, and rebalance. O(log n).
 */
void tree_insert(struct tree *tree, struct tree_node *node, struct tree_node *parent,
                 struct tree_node **link);

/* The same where the neighbours of the new node are known; NULL: it has none on that side. */
void tree_insert_between(struct tree *tree, struct tree_node *node, struct tree_node *prev,
                         struct tree_node *next);

/* Unlink node and rebalance. O(log n). */
void tree_remove(struct tree *tree, struct tree_node *node);

/*
 * node's own data changed: bring the summaries from it towards the root up to date. update is the
 * tree's, named here so that it can be called in place. O(log n).
 */
static inline void tree_update(struct tree_node *node, tree_update_fn *update)
{
    while (node && update(node))
        node = node->parent;
}

/* The ends, NULL if the tree is empty. O(log n). */
struct tree_node *tree_first(const struct tree *tree);
struct tree_node *tree_last(const struct tree *tree);

/* In-order neighbours, NULL at the ends. */
static inline struct tree_node *tree_next(const struct tree_node *node)
{
    return node->next;
}

static inline struct tree_node *tree_prev(const struct tree_node *node)
{
    return node->prev;
}

#endif
