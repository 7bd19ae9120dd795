/*
 * mm/fork_test.c - a twin shares what it may, copies what it must, and leaves nothing when refused
 */
#include <asm/mman.h>
#include <string.h>

#include "lib/ktest.h"
#include "mm/commit.h"
#include "mm/memory_test.h"
#include "mm/space_test.h"

#define RW (PROT_READ | PROT_WRITE)

static pfn_t frame_at(const struct space *space, unsigned page)
{
    const pte_t *slot = pagetable_find(&space->pagetable, PAGE(page));

    return slot && *slot ? pte_frame(*slot) : NO_FRAME;
}

/* Three written pages, then three untouched ones, and one that may be read only. */
static struct space *make_parent(void)
{
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 6, RW, 0) == 0);
    KTEST_CHECK(space_test_map(space, 6, 7, PROT_READ, 0) == 0);
    for (unsigned i = 0; i < 3; i++)
        KTEST_CHECK(space_write(space, PAGE(i), "abc", 3) == 0);
    return space;
}

KTEST(fork_shares_frames_until_one_side_writes)
{
    size_t before = memory_test_free(), promised = commit_promised.nr_pages;
    struct space *parent = make_parent(), *child = space_clone(parent);
    char text[3];

    KTEST_CHECK(child && commit_promised.nr_pages == promised + 12);
    KTEST_CHECK(frame_at(child, 1) == frame_at(parent, 1) && frame_at(child, 4) == NO_FRAME);
    KTEST_CHECK(child->pagetable.nr_pages == 3 && child->pagetable.nr_anon == 3);
    KTEST_CHECK(space_write(child, PAGE(1), "xyz", 3) == 0);
    KTEST_CHECK(child->pagetable.nr_pages == 3 && child->pagetable.nr_anon == 3);
    space_check(child);
    KTEST_CHECK(frame_at(child, 1) != frame_at(parent, 1));
    KTEST_CHECK(space_read(parent, PAGE(1), text, 3) == 0 && memcmp(text, "abc", 3) == 0);
    /* The last owner takes the page without a copy. */
    pfn_t last = frame_at(parent, 1);
    KTEST_CHECK(space_write(parent, PAGE(1), "def", 3) == 0 && frame_at(parent, 1) == last);
    space_put(parent);
    KTEST_CHECK(space_read(child, PAGE(0), text, 3) == 0 && memcmp(text, "abc", 3) == 0);
    space_put(child);
    KTEST_CHECK(memory_test_free() == before && commit_promised.nr_pages == promised);
}

KTEST(fork_without_memory_changes_nothing)
{
    size_t before = memory_test_free(), promised = commit_promised.nr_pages, nr = 0;
    struct space *parent = make_parent(), *child = NULL;

    for (; !child && nr < 20; nr++) {
        memory_test_take(nr);
        child = space_clone(parent);
        memory_test_give();
        KTEST_CHECK(child || commit_promised.nr_pages == promised + 6);
    }
    KTEST_CHECK(child && nr > 3);
    if (child)
        space_put(child);
    KTEST_CHECK(space_write(parent, PAGE(2), "x", 1) == 0);
    space_put(parent);
    KTEST_CHECK(memory_test_free() == before && commit_promised.nr_pages == promised);
}

KTEST(fork_without_a_promise_is_refused)
{
    struct space *parent = make_parent();
    size_t taken = space_test_promise_all();

    if (taken) {
        KTEST_CHECK(!space_clone(parent));
        space_test_promise_back(taken);
    }
    space_put(parent);
}
