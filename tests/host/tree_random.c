/*
 * tests/host/tree_random.c - the augmented tree against a sorted array
 *
 * After each step the whole tree is proved: order, links to parents, heights, balance, and the
 * summary of every subtree (here the largest of its values, which few changes change). argv[1]: seed.
 */
#include "lib/tree.h"
#include "unit.h"

/* link: kernel/lib/tree.c */
/* cflags: -iquote kernel */

#define NR_ITEMS 300
#define NR_STEPS 8000

struct item {
    struct tree_node node;
    unsigned value, max; /* max: of the values in the subtree; 0 where the tree keeps no summary */
    bool in_tree;
};

static struct item items[NR_ITEMS]; /* ordered by address */
static struct tree tree;
static size_t nr_updates;

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

static bool update(struct tree_node *node)
{
    struct item *item = item_of(node);
    unsigned was = item->max;

    item->max = summary_of(node);
    nr_updates++;
    return item->max != was;
}

/* The node of the item nearest to items[i], in steps of one or of minus one; NULL if there is none. */
static struct tree_node *neighbour(ptrdiff_t i, int step)
{
    do
        i += step;
    while (i >= 0 && i < NR_ITEMS && !items[i].in_tree);
    return i >= 0 && i < NR_ITEMS ? &items[i].node : NULL;
}

/* Where the neighbours are known, or where a search from the root ends. */
static void insert(struct item *item)
{
    struct tree_node **link = &tree.root, *parent = NULL;

    while (*link) {
        parent = *link;
        link = item < item_of(parent) ? &parent->left : &parent->right;
    }
    if (pick(2))
        tree_insert(&tree, &item->node, parent, link);
    else
        tree_insert_between(&tree, &item->node, neighbour(item - items, -1),
                            neighbour(item - items, 1));
    item->in_tree = true;
}

/* Prove the subtree; returns its height. */
static int check_subtree(struct tree_node *node, struct tree_node *parent)
{
    if (!node)
        return 0;
    ASSERT(node->parent == parent);
    int left = check_subtree(node->left, node), right = check_subtree(node->right, node);
    ASSERT(left - right <= 1 && right - left <= 1);
    ASSERT(node->height == 1 + MAX(left, right));
    if (tree.update)
        ASSERT(item_of(node)->max == summary_of(node));
    return node->height;
}

static void check(void)
{
    struct tree_node *node = tree_first(&tree), *prev = NULL;

    check_subtree(tree.root, NULL);
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
    } else if (tree.update && pick(4) == 0) {
        item->value = (unsigned)pick(NR_ITEMS);
        tree_update(&item->node, update);
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
    for (size_t i = 0; i < NR_ITEMS; i++)
        insert(&items[i]);
    check();
    test_ok(tree.root->height <= 11,
            "300 nodes in ascending order: at most 11 levels, 1.44 log2 n");
    nr_updates = 0;
    item_of(tree_first(&tree))->value = NR_ITEMS;
    tree_update(tree_first(&tree), update);
    check();
    test_ok(nr_updates <= 11, "an update of one node visits its ancestors only");
    nr_updates = 0;
    tree_update(tree_first(&tree), update);
    test_ok(nr_updates == 1, "and none where nothing changed");
}

int main(int argc, char **argv)
{
    unit_seed(argc, argv);
    run("with a summary", update);
    run("without a summary", NULL);
    test_ascending();
    return test_end();
}
