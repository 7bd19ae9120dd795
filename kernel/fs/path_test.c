/*
 * fs/path_test.c - from a path to a node: the rules of path_resolution(7)
 */
#include <asm/errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/node_test.h"
#include "lib/ktest.h"
#include "mm/kheap.h"
#include "mm/memory_test.h"

/* /d/e/f, /d/g and what tests add. */
static struct node *d, *e, *f, *g;

static void begin(void)
{
    node_test_begin();
    d = node_test_directory(fs_root, "d");
    e = node_test_directory(d, "e");
    f = node_test_file(e, "f");
    g = node_test_file(d, "g");
}

/* Whether path, from directory d, is the node. */
static bool leads_to_with(const char *path, unsigned flags, const struct node *node)
{
    struct node *found = NULL;

    if (path_lookup(d, path, flags, &found) == 0)
        node_put(found);
    return found == node;
}

static bool leads_to(const char *path, const struct node *node)
{
    return leads_to_with(path, 0, node);
}

static int error_of(const char *path, unsigned flags)
{
    struct node *found;
    int error = path_lookup(d, path, flags, &found);

    if (!error)
        node_put(found);
    return error;
}

KTEST(path_is_absolute_or_relative)
{
    size_t before = memory_test_free();

    begin();
    KTEST_CHECK(leads_to("/d/e/f", f) && leads_to("e/f", f) && leads_to("g", g));
    KTEST_CHECK(leads_to("/", fs_root) && leads_to("/d", d) && leads_to(".", d));
    KTEST_CHECK(error_of("d/e/f", 0) == -ENOENT && error_of("/e/f", 0) == -ENOENT);
    KTEST_CHECK(error_of("", 0) == -ENOENT && error_of("E/f", 0) == -ENOENT);
    node_test_end();
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(path_dots_and_repeated_slashes)
{
    begin();
    KTEST_CHECK(leads_to("..", fs_root) && leads_to("e/..", d) && leads_to("e/../g", g));
    KTEST_CHECK(leads_to("/../../..", fs_root) && leads_to("/..//d/./e/./f", f));
    KTEST_CHECK(leads_to("./././g", g) && leads_to("////d////e////f", f) &&
                leads_to("//", fs_root));
    KTEST_CHECK(error_of("...", 0) == -ENOENT && error_of("x/../g", 0) == -ENOENT);
    node_test_end();
}

KTEST(path_through_a_file_is_enotdir)
{
    begin();
    KTEST_CHECK(error_of("g/x", 0) == -ENOTDIR && error_of("g/.", 0) == -ENOTDIR);
    KTEST_CHECK(error_of("g/..", 0) == -ENOTDIR && error_of("e/f/../f", 0) == -ENOTDIR);
    node_test_end();
}

KTEST(path_trailing_slash_asks_for_a_directory)
{
    begin();
    KTEST_CHECK(leads_to("e/", e) && leads_to("e///", e) && leads_to("/d/", d));
    KTEST_CHECK(error_of("g/", 0) == -ENOTDIR && error_of("e/f//", 0) == -ENOTDIR);
    KTEST_CHECK(error_of("x/", 0) == -ENOENT);
    node_test_end();
}

KTEST(path_names_and_paths_have_a_longest)
{
    static char path[PATH_LEN_MAX + 2], name[NAME_LEN_MAX + 2];

    begin();
    memset(name, 'n', NAME_LEN_MAX);
    struct node *node = node_test_file(d, name);
    KTEST_CHECK(leads_to(name, node));
    name[NAME_LEN_MAX] = 'n';
    KTEST_CHECK(error_of(name, 0) == -ENAMETOOLONG);

    memset(path, '/', PATH_LEN_MAX - 1);
    KTEST_CHECK(leads_to(path, fs_root));
    memcpy(path + PATH_LEN_MAX - 4, "d/g", 3);
    KTEST_CHECK(leads_to(path, g));
    memset(name, 0, sizeof(name));
    memset(path, 0, sizeof(path));
    node_test_end();
}

/* Whatever is wrong first decides: a name behind a file or in no directory is not looked at. */
KTEST(path_errors_come_in_the_order_of_the_walk)
{
    static char path[NAME_LEN_MAX + 16];

    begin();
    memset(path, 'n', sizeof(path) - 1);
    memcpy(path, "g/", 2);
    KTEST_CHECK(error_of(path, 0) == -ENOTDIR);
    memcpy(path, "x/", 2);
    KTEST_CHECK(error_of(path, 0) == -ENOENT);
    memcpy(path, "e/", 2);
    KTEST_CHECK(error_of(path, 0) == -ENAMETOOLONG);
    node_test_end();
}

KTEST(path_follows_symbolic_links)
{
    size_t before = memory_test_free();

    begin();
    struct node *link = node_test_link(d, "link", "e");
    node_test_link(d, "absolute", "/d/e/f");
    node_test_link(e, "up", "../g");
    node_test_link(d, "chain", "link/up");
    node_test_link(d, "slash", "e/");
    node_test_link(d, "file", "g/");
    node_test_link(d, "gone", "nothing");
    KTEST_CHECK(leads_to("link", e) && leads_to("link/f", f) && leads_to("link/", e));
    KTEST_CHECK(leads_to("absolute", f) && leads_to("e/up", g) && leads_to("chain", g));
    KTEST_CHECK(leads_to("link/..", d) && leads_to("slash", e) && leads_to("slash/f", f));
    KTEST_CHECK(error_of("file", 0) == -ENOTDIR && error_of("absolute/", 0) == -ENOTDIR);
    KTEST_CHECK(error_of("gone", 0) == -ENOENT && error_of("gone/x", 0) == -ENOENT);
    KTEST_CHECK(leads_to_with("link", LOOKUP_NO_FOLLOW, link));
    KTEST_CHECK(leads_to_with("link/", LOOKUP_NO_FOLLOW, e));
    KTEST_CHECK(leads_to_with("link/f", LOOKUP_NO_FOLLOW, f));
    KTEST_CHECK(error_of("gone", LOOKUP_NO_FOLLOW) == 0);
    node_test_end();
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(path_loops_and_long_chains_are_eloop)
{
    size_t before = memory_test_free();
    char name[8], target[8];

    begin();
    node_test_link(d, "self", "self");
    node_test_link(d, "a", "b");
    node_test_link(d, "b", "/d/a");
    node_test_link(d, "deeper", "deeper/x");
    KTEST_CHECK(error_of("self", 0) == -ELOOP && error_of("a", 0) == -ELOOP);
    KTEST_CHECK(error_of("deeper", 0) == -ELOOP && error_of("self/x", 0) == -ELOOP);
    KTEST_CHECK(error_of("self", LOOKUP_NO_FOLLOW) == 0);
    node_test_link(d, "l0", "g");
    for (int i = 1; i <= 40; i++) {
        snprintf(name, sizeof(name), "l%d", i);
        snprintf(target, sizeof(target), "l%d", i - 1);
        node_test_link(d, name, target);
    }
    KTEST_CHECK(leads_to("l39", g)); /* 40 links, as on Linux */
    KTEST_CHECK(error_of("l40", 0) == -ELOOP);
    node_test_end();
    KTEST_CHECK(memory_test_free() == before);
}

/* Only the path as given has a longest, and each target: not what they make together. */
KTEST(path_grows_beyond_its_longest_through_a_link)
{
    static char path[PATH_LEN_MAX];

    begin();
    char *target = kzalloc(3000);
    memset(target, '/', 2999);
    memcpy(target + 2990, "d/e", 3);
    node_test_link(d, "long", target);
    memset(path, '/', 3000);
    memcpy(path, "long", 4);
    path[3000] = 'f';
    KTEST_CHECK(leads_to(path, f));
    memset(path, 0, sizeof(path));
    kfree(target);
    node_test_end();
}

/* Only a link that is followed takes any. */
KTEST(path_lookup_of_a_link_without_memory_is_enomem)
{
    size_t before = memory_test_free();

    begin();
    node_test_link(d, "link", "e/f");
    memory_test_take(0);
    KTEST_CHECK(leads_to("g", g));
    KTEST_CHECK(error_of("link", 0) == -ENOMEM);
    memory_test_give();
    KTEST_CHECK(leads_to("link", f));
    node_test_end();
    KTEST_CHECK(memory_test_free() == before);
}

/* Where a path ends is known whether or not there is something. */
KTEST(path_ends_in_a_name_or_in_none)
{
    struct path_end end;

    begin();
    struct node *link = node_test_link(d, "link", "e/new");
    mutex_lock(&fs_lock);
    KTEST_CHECK(path_resolve(d, "e/f", LOOKUP_NAME, &end) == 0);
    KTEST_CHECK(end.directory == e && end.node == f && end.last == LAST_NAME && !end.slash);
    KTEST_CHECK(strcmp(end.name, "f") == 0);
    path_end_drop(&end);
    KTEST_CHECK(path_resolve(d, "e/x//", 0, &end) == 0);
    KTEST_CHECK(end.directory == e && !end.node && end.slash && strcmp(end.name, "x") == 0);
    path_end_drop(&end);
    KTEST_CHECK(path_resolve(d, "link", 0, &end) == 0);
    KTEST_CHECK(end.directory == e && !end.node && strcmp(end.name, "new") == 0);
    path_end_drop(&end);
    KTEST_CHECK(path_resolve(d, "link/", LOOKUP_NAME, &end) == 0);
    KTEST_CHECK(end.directory == d && end.node == link && end.slash);
    path_end_drop(&end);
    KTEST_CHECK(path_resolve(d, "e/", LOOKUP_MAKE, &end) == -EISDIR);
    KTEST_CHECK(path_resolve(d, "x/y", 0, &end) == -ENOENT);
    KTEST_CHECK(path_resolve(d, "/", 0, &end) == 0 && end.last == LAST_ROOT);
    path_end_drop(&end);
    KTEST_CHECK(path_resolve(d, "e/./", 0, &end) == 0 && end.last == LAST_DOT && end.node == e);
    path_end_drop(&end);
    KTEST_CHECK(path_resolve(d, "e/..", 0, &end) == 0 && end.last == LAST_DOTDOT && end.node == d);
    path_end_drop(&end);
    mutex_unlock(&fs_lock);
    node_test_end();
}
