/*
 * lib/tree.h - intrusive balanced tree with augmented nodes
 *
 * The caller finds the place of a new node and links it; the tree keeps itself balanced. What a node
 * knows of its subtree is the caller's: where a node gets other children, the tree calls the update
 * function it was given. That one function is what makes "the largest gap below this node" possible
 * (mm/area.c).
 *
 * Source  Sen and Tarjan, "Deletion Without Rebalancing in Balanced Binary Trees", 2010; Cormen et
 *         al., "Augmenting Data Structures".
 */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include "lib/types.h"

struct tree_node {
    struct tree_node *parent, *left, *right;
    struct tree_node *prev, *next; /* in order; NULL at the ends */
    int rank;                      /* above that of its children; the height never exceeds it */
};

/*
 * Recompute what node knows of its subtree from its own data and its children. It need not be exact,
 * but must hold: only where nodes change places it is called, not for what is above a new or a removed
 * node. May be NULL: nothing is known.
 */
typedef void tree_update_fn(struct tree_node *node);

struct tree {
    struct tree_node *root;
    tree_update_fn *update; /* constant after initialisation */
};

/* For tree_insert(): node's rank is that of its parent. */
void tree_rebalance(struct tree *tree, struct tree_node *node);

/*
 * Link node as the child of parent that *link is (&parent->left, &parent->right, or &tree->root
 * with parent NULL), which is NULL now, and rebalance. O(log n), O(1) on average.
 */
static inline void tree_insert(struct tree *tree, struct tree_node *node, struct tree_node *parent,
                               struct tree_node **link)
{
    bool is_left = parent && link == &parent->left;

    node->prev = is_left ? parent->prev : parent;
    node->next = is_left || !parent ? parent : parent->next;
    if (node->prev)
        node->prev->next = node;
    if (node->next)
        node->next->prev = node;
    node->left = node->right = NULL;
    node->rank = 0;
    node->parent = parent;
    *link = node;
    if (parent && parent->rank == 0)
        tree_rebalance(tree, node);
}

/* Unlink node. O(1). */
void tree_remove(struct tree *tree, struct tree_node *node);

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
