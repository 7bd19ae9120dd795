/*
 * tests/host/tree_random.c - the augmented tree against a sorted array
 *
 * After each step the whole tree is proved: order, links to parents, ranks, and what every node knows
 * of its subtree (here a bound of its values, which is raised by hand and never lowered). argv[1]: seed.
 */
#include "lib/tree.h"
#include "unit.h"

/* link: kernel/lib/tree.c */
/* cflags: -iquote kernel */

#define NR_ITEMS 300
#define NR_STEPS 8000

struct item {
    struct tree_node node;
    unsigned value,
        max; /* max: no value in the subtree is larger; 0 where the tree has no update */
    bool in_tree;
};

static struct item items[NR_ITEMS]; /* ordered by address */
static struct tree tree;
static size_t nr_insertions; /* into this tree since it was empty */

static struct item *item_of(struct tree_node *node)
{
    return container_of(node, struct item, node);
}

static unsigned max_of(struct tree_node *node)
{
    return node ? item_of(node)->max : 0;
}

static unsigned summary_of(struct tree_node *node)
{
    return MAX(item_of(node)->value, MAX(max_of(node->left), max_of(node->right)));
}

static void update(struct tree_node *node)
{
    item_of(node)->max = summary_of(node);
}

static void insert(struct item *item)
{
    struct tree_node **link = &tree.root, *parent = NULL;

    item->value = item->max = tree.update ? (unsigned)pick(NR_ITEMS) : 0;
    while (*link) {
        parent = *link;
        item_of(parent)->max = MAX(item_of(parent)->max, item->max);
        link = item < item_of(parent) ? &parent->left : &parent->right;
    }
    tree_insert(&tree, &item->node, parent, link);
    item->in_tree = true;
    nr_insertions++;
}

/* Prove the subtree; returns its height. */
static int check_subtree(struct tree_node *node, struct tree_node *parent)
{
    if (!node)
        return 0;
    ASSERT(node->parent == parent && (!parent || node->rank < parent->rank));
    int left = check_subtree(node->left, node), right = check_subtree(node->right, node);
    int height = 1 + MAX(left, right);
    ASSERT(height <= node->rank + 1);
    if (tree.update)
        ASSERT(item_of(node)->max >= summary_of(node));
    return height;
}

/* The most levels there may be: 1.44 log2 of the insertions, and one. */
static int most_levels(void)
{
    int levels = 2;

    /* A node of rank r takes as many insertions as the Fibonacci number r + 2 says (Sen, Tarjan). */
    for (size_t a = 1, b = 2; b <= nr_insertions; levels++) {
        size_t sum = a + b;
        a = b;
        b = sum;
    }
    return levels;
}

static void check(void)
{
    struct tree_node *node = tree_first(&tree), *prev = NULL;

    ASSERT(check_subtree(tree.root, NULL) <= most_levels());
    for (size_t i = 0; i < NR_ITEMS; i++) {
        if (!items[i].in_tree)
            continue;
        ASSERT(node == &items[i].node && tree_prev(node) == prev);
        prev = node;
        node = tree_next(node);
    }
    ASSERT(!node && tree_last(&tree) == prev);
}

static void step(size_t nr_full)
{
    struct item *item = &items[pick(NR_ITEMS)];

    if (!item->in_tree) {
        if (pick(NR_ITEMS) < nr_full)
            insert(item);
    } else if (pick(NR_ITEMS) >= nr_full) {
        tree_remove(&tree, &item->node);
        item->in_tree = false;
    }
    check();
}

static void run(const char *name, tree_update_fn *fn)
{
    memset(items, 0, sizeof(items));
    tree = (struct tree){.update = fn};
    nr_insertions = 0;
    check();
    for (int i = 0; i < NR_STEPS; i++)
        step(i / 1000 % 2 ? 30 : 270);
    for (size_t i = 0; i < NR_ITEMS; i++) {
        if (items[i].in_tree)
            tree_remove(&tree, &items[i].node);
        items[i].in_tree = false;
        check();
    }
    test_ok(!tree.root, "%s: %d random steps agree with the model", name, NR_STEPS);
}

/* Ascending order is what an unbalanced tree is worst at. */
static void test_ascending(void)
{
    memset(items, 0, sizeof(items));
    tree = (struct tree){.update = update};
    nr_insertions = 0;
    for (size_t i = 0; i < NR_ITEMS; i++)
        insert(&items[i]);
    check();
    test_ok(check_subtree(tree.root, NULL) <= 11,
            "300 nodes in ascending order: at most 11 levels, 1.44 log2 n");
}

int main(int argc, char **argv)
{
    unit_seed(argc, argv);
    run("with a summary", update);
    run("without a summary", NULL);
    test_ascending();
    return test_end();
}
