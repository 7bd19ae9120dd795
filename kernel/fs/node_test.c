/*
 * fs/node_test.c - the tree of files: names, types, and what the initrd brought
 */
#include "fs/node_test.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>

#include "lib/assert.h"
#include "lib/ktest.h"
#include "mm/kheap.h"
#include "mm/memory_test.h"

static struct node *old_root;

static struct node *node_of(struct tree_node *node)
{
    return container_of(node, struct node, by_name);
}

void node_test_begin(void)
{
    int error;

    old_root = fs_root;
    error = fs_init();
    ASSERT(!error);
}

/* Without recursion: the tree may be deep. */
void node_test_end(void)
{
    struct node *at = fs_root;

    for (;;) {
        struct tree_node *child = tree_first(&at->children);
        if (child) {
            at = node_of(child);
            continue;
        }
        struct node *empty = at;
        at = at->parent;
        if (empty == at)
            break;
        node_unlink(empty);
        node_put(empty);
    }
    KTEST_CHECK(fs_root->refs == 1);
    node_put(fs_root);
    fs_root = old_root;
}

static struct node *create(struct node *parent, const char *name, uint32_t mode)
{
    struct node *node = node_create(parent, name, strlen(name), mode, 0);

    ASSERT(node);
    return node;
}

struct node *node_test_directory(struct node *parent, const char *name)
{
    return create(parent, name, S_IFDIR | 0755);
}

struct node *node_test_file(struct node *parent, const char *name)
{
    return create(parent, name, S_IFREG | 0644);
}

struct node *node_test_link(struct node *parent, const char *name, const char *target)
{
    struct node *node = create(parent, name, S_IFLNK | 0777);

    node->link = kmalloc(strlen(target) + 1);
    ASSERT(node->link);
    strcpy(node->link, target);
    return node;
}

/* One name that is another's beginning is another name; the length counts, not a NUL. */
KTEST(node_children_are_told_apart_by_their_whole_names)
{
    static const char *const names[] = {"b",  "a", "ab",   "abc",     "aa",
                                        "b ", "B", "\xff", ".hidden", "..."};
    size_t before = memory_test_free();

    node_test_begin();
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        node_test_file(fs_root, names[i]);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const struct node *child = node_child(fs_root, names[i], strlen(names[i]));
        KTEST_CHECK(child && strcmp(child->name, names[i]) == 0 && child->parent == fs_root);
    }
    KTEST_CHECK(node_child(fs_root, "abcd", 2) == node_child(fs_root, "ab", 2));
    KTEST_CHECK(!node_child(fs_root, "abcd", 4) && !node_child(fs_root, "", 0));
    node_test_end();
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(node_many_children_in_one_directory)
{
    size_t before = memory_test_free();
    char name[8];

    node_test_begin();
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "%d", i * 7 % 500);
        node_test_file(fs_root, name);
    }
    KTEST_CHECK(fs_root->children.root->rank < 13); /* 1.44 log2 n: the tree is balanced */
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "%d", i);
        KTEST_CHECK(node_child(fs_root, name, strlen(name)));
    }
    node_test_end();
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(node_created_again_keeps_its_place_and_takes_the_new_type)
{
    node_test_begin();
    struct node *file = node_test_file(fs_root, "x");
    uint64_t inode = file->inode;
    KTEST_CHECK(node_test_directory(fs_root, "x") == file && file->inode == inode);
    KTEST_CHECK((file->mode & S_IFMT) == S_IFDIR);
    KTEST_CHECK(node_test_file(fs_root, "y")->inode != inode);
    node_test_end();
}

KTEST(node_without_memory_is_refused)
{
    size_t before = memory_test_free();

    node_test_begin();
    memory_test_take(0);
    KTEST_CHECK(!node_create(fs_root, "x", 1, S_IFREG, 0));
    KTEST_CHECK(!node_child(fs_root, "x", 1));
    memory_test_give();
    node_test_end();
    KTEST_CHECK(memory_test_free() == before);
}

/* What is used stays, with all that leads to it, when its name is gone; and goes with its user. */
KTEST(node_lives_as_long_as_it_is_used)
{
    char path[32];
    size_t before = memory_test_free();

    node_test_begin();
    struct node *d = node_test_directory(fs_root, "d"), *f = node_test_file(d, "f");
    KTEST_CHECK(fs_root->refs == 2 && d->refs == 2 && f->refs == 1);
    node_get(f);
    node_unlink(f);
    node_put(f);
    KTEST_CHECK(f->refs == 1 && d->refs == 2 && !node_child(d, "f", 1));
    node_unlink(d);
    node_put(d);
    KTEST_CHECK(d->refs == 1);
    KTEST_CHECK(node_path(f, path, sizeof(path)) == 14 && strcmp(path, "/d/f (deleted)") == 0);
    node_put(f);
    KTEST_CHECK(fs_root->refs == 1 && !fs_root->children.root);
    node_test_end();
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(node_of_a_mapped_object_keeps_its_name)
{
    char path[32];
    size_t before = memory_test_free();

    node_test_begin();
    struct node *f = node_test_file(fs_root, "f");
    struct object *object = object_create_empty(0, 0);
    ASSERT(object);
    node_set_object(f, object);
    object_get(object);
    node_unlink(f);
    node_put(f);
    KTEST_CHECK(f->refs == 0 && object->refs == 1 && object->owner == f);
    KTEST_CHECK(node_path(f, path, sizeof(path)) == 12 && strcmp(path, "/f (deleted)") == 0);
    KTEST_CHECK(fs_root->refs == 2);
    object_put(object);
    KTEST_CHECK(fs_root->refs == 1);
    node_test_end();
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(node_path_fits_or_is_enametoolong)
{
    char path[8];

    node_test_begin();
    struct node *g = node_test_file(node_test_directory(fs_root, "def"), "gh");
    KTEST_CHECK(node_path(fs_root, path, 2) == 1 && strcmp(path, "/") == 0);
    KTEST_CHECK(node_path(fs_root, path, 1) == -ENAMETOOLONG);
    KTEST_CHECK(node_path(g, path, 8) == 7 && strcmp(path, "/def/gh") == 0);
    KTEST_CHECK(node_path(g, path, 7) == -ENAMETOOLONG);
    KTEST_CHECK(node_path(g, path, 4) == -ENAMETOOLONG && node_path(g, path, 0) == -ENAMETOOLONG);
    node_test_end();
}

/* The frames of the initrd's files are the archive's own, and counted like any other. */
KTEST(node_files_of_the_initrd_are_there_and_own_their_frames)
{
    struct node *init;

    KTEST_CHECK(path_lookup(fs_root, "/bin/init", 0, &init) == 0);
    KTEST_CHECK((init->mode & S_IFMT) == S_IFREG && node_size(init) > PAGE_SIZE);
    KTEST_CHECK(memcmp(frame_address(object_page(init->object, 0)), "\177ELF", 4) == 0);
    for (size_t i = 0; i < init->object->nr_pages; i++) {
        const struct frame *frame = frame_of(object_page(init->object, i));
        KTEST_CHECK(frame->state == FRAME_USED && frame->order == 0 && frame->refs == 1);
    }
    node_put(init);
}
