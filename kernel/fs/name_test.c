/*
 * fs/name_test.c - making and changing names where memory is short
 *
 * What the calls do and refuse is tested by programs, beside Linux: tests/guest/tmpfs_*.c.
 */
#include "fs/name.h"

#include <asm/errno.h>
#include <linux/stat.h>
#include <string.h>

#include "fs/file.h"
#include "fs/memfd.h"
#include "fs/node_test.h"
#include "fs/tmpfs.h"
#include "lib/ktest.h"
#include "mm/commit.h"
#include "mm/memory_test.h"

static struct node *tmp;

static int make_directory(void)
{
    return name_make_directory(tmp, "new", 0755);
}

static int make_link(void)
{
    return name_make_link(tmp, "new", "target");
}

static int change_name(void)
{
    return name_change(tmp, "old", tmp, "a-name-that-is-longer-than-the-old-one", 0);
}

static int replace_name(void)
{
    return name_change(tmp, "old", tmp, "other", 0);
}

static int close_opened(int error, struct file *file)
{
    if (!error)
        file_put(file);
    return error;
}

static int open_new(void)
{
    struct file *file;
    int error = file_open(tmp, "new", O_RDWR | O_CREAT, 0644, &file);

    return close_opened(error, file);
}

static int open_unnamed(void)
{
    struct file *file;
    int error = file_open(fs_root, "tmp", O_RDWR | O_TMPFILE, 0644, &file);

    return close_opened(error, file);
}

static int open_memfd(void)
{
    struct file *file;
    int error = memfd_open("name", &file);

    return close_opened(error, file);
}

/* A tree with /tmp, and old and other in it. */
static void begin(void)
{
    node_test_begin();
    tmp = node_test_directory(fs_root, "tmp");
    tmpfs_init();
    node_test_file(tmp, "old")->flags |= NODE_WRITABLE;
    node_test_file(tmp, "other")->flags |= NODE_WRITABLE;
}

static unsigned nr_children(void)
{
    unsigned nr = 0;

    for (struct tree_node *at = tree_first(&tmp->children); at; at = tree_next(at))
        nr++;
    return nr;
}

/*
 * Do it with nr_left frames to be had. Returns its error. A file that open(2) has made
 * stays if what opens it cannot be had, as on Linux; of all else nothing is left.
 */
static int try(int (*step)(void), size_t nr_left)
{
    begin();
    memory_test_take(nr_left);
    int error = step();
    memory_test_give();
    KTEST_CHECK(error == 0 || error == -ENOMEM);
    if (error && step != open_new) {
        KTEST_CHECK(nr_children() == 2 && node_child(tmp, "old", 3) && node_child(tmp, "other", 5));
        KTEST_CHECK(tmp->refs == 3);
    }
    node_test_end();
    return error;
}

KTEST(name_is_not_made_or_changed_without_memory)
{
    static int (*const steps[])(void) = {make_directory, make_link,    change_name, replace_name,
                                         open_new,       open_unnamed, open_memfd};
    size_t before = memory_test_free(), promised = commit_promised.nr_pages;

    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        size_t nr_failed = 0;
        while (nr_failed < 100 && try(steps[i], nr_failed) != 0)
            nr_failed++;
        KTEST_CHECK(nr_failed > 0 && nr_failed < 100);
        KTEST_CHECK(memory_test_free() == before && commit_promised.nr_pages == promised);
    }
}
