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
    int height; /* of the subtree, in nodes; a leaf has 1 */
};

/* Recompute node's summary from its own data and its children. May be NULL: no summary. */
typedef void tree_update_fn(struct tree_node *node);

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

/* Unlink node and rebalance. O(log n). */
void tree_remove(struct tree *tree, struct tree_node *node);

/* node's own data changed: bring the summaries from it to the root up to date. O(log n). */
void tree_update(struct tree *tree, struct tree_node *node);

/* In-order neighbours, NULL at the ends. O(log n), O(1) amortised over a walk. */
struct tree_node *tree_first(const struct tree *tree);
struct tree_node *tree_last(const struct tree *tree);
struct tree_node *tree_next(const struct tree_node *node);
struct tree_node *tree_prev(const struct tree_node *node);

#endif
