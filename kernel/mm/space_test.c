/*
 * mm/space_test.c - address spaces: areas come, go, join and split; refusals change nothing
 */
#include "mm/space_test.h"

#include <asm/errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/ktest.h"
#include "mm/commit.h"
#include "mm/memory_test.h"

struct space *space_test_create(void)
{
    struct space *space = space_create();

    if (space) {
        space->brk_start = space->brk = BASE;
        space->mmap_top = BASE + GIB(1);
        space->stack_top = USER_END;
    }
    return space;
}

const char *space_test_layout(const struct space *space)
{
    static char text[256];
    size_t len = 0;

    text[0] = 0;
    area_for_each (area, &space->areas) {
        int added = snprintf(
            text + len, sizeof(text) - len, "%s%ld-%ld%c%c%c%s%s%s%s", len ? " " : "",
            (int64_t)(area->start - BASE) / (int64_t)PAGE_SIZE,
            (int64_t)(area->end - BASE) / (int64_t)PAGE_SIZE, area->prot & PROT_READ ? 'r' : '-',
            area->prot & PROT_WRITE ? 'w' : '-', area->prot & PROT_EXEC ? 'x' : '-',
            area->flags & AREA_ACCOUNTED ? "p" : "", area->flags & AREA_SHARED ? "s" : "",
            area->flags & AREA_GROWSDOWN ? "d" : "", area->object ? "o" : "");
        len = MIN(len + (size_t)added, sizeof(text) - 1);
    }
    return text;
}

int space_test_map(struct space *space, size_t start, size_t end, unsigned prot, unsigned flags)
{
    mutex_lock(&space->lock);
    int error = space_map(space, PAGE(start), PAGE(end), prot, flags, NULL, 0);
    mutex_unlock(&space->lock);
    return error;
}

int space_test_unmap(struct space *space, size_t start, size_t end)
{
    mutex_lock(&space->lock);
    int error = space_unmap(space, PAGE(start), PAGE(end));
    space_check(space);
    mutex_unlock(&space->lock);
    return error;
}

int space_test_clear(struct space *space, size_t n, size_t len)
{
    for (size_t done = 0; done < len; done += PAGE_SIZE) {
        size_t piece = MIN(len - done, PAGE_SIZE);
        if (space_write(space, PAGE(n) + done, frame_address(zero_frame), piece) < 0)
            return -EFAULT;
    }
    return 0;
}

pte_t space_test_entry(const struct space *space, size_t n)
{
    const pte_t *slot = pagetable_find(&space->pagetable, PAGE(n));

    return slot ? *slot : 0;
}

size_t space_test_promise_all(void)
{
    size_t nr_pages = commit_limit - commit_promised.nr_pages;

    if (commit_policy != OVERCOMMIT_NEVER)
        return 0;
    return memory_test_charge(nr_pages) == 0 ? nr_pages : 0;
}

void space_test_promise_back(size_t nr_pages)
{
    memory_test_uncharge(nr_pages);
}

static bool is_layout(const struct space *space, const char *layout)
{
    return strcmp(space_test_layout(space), layout) == 0;
}

static int replace(struct space *space, size_t start, size_t end, unsigned prot)
{
    mutex_lock(&space->lock);
    int error = space_replace(space, PAGE(start), PAGE(end), prot, 0, NULL, 0);
    mutex_unlock(&space->lock);
    return error;
}

KTEST(space_map_joins_areas_that_are_alike)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 2, RW, 0) == 0);
    KTEST_CHECK(space_test_map(space, 4, 6, RW, 0) == 0);
    KTEST_CHECK(is_layout(space, "0-2rw-p 4-6rw-p"));
    KTEST_CHECK(space_test_map(space, 2, 4, RW, 0) == 0);
    KTEST_CHECK(is_layout(space, "0-6rw-p"));
    KTEST_CHECK(space_test_map(space, 6, 7, PROT_READ, 0) == 0);
    KTEST_CHECK(space_test_map(space, 7, 8, RW, AREA_SHARED) == 0);
    KTEST_CHECK(is_layout(space, "0-6rw-p 6-7r-- 7-8rw-s"));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(space_map_joins_pages_of_an_object_only_where_they_follow)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();
    char data[1] = {0};
    struct object *object = object_create_copy(data, 1);

    mutex_lock(&space->lock);
    KTEST_CHECK(space_map(space, PAGE(0), PAGE(2), PROT_READ, 0, object, 0) == 0);
    KTEST_CHECK(space_map(space, PAGE(2), PAGE(3), PROT_READ, 0, object, 2 * PAGE_SIZE) == 0);
    KTEST_CHECK(is_layout(space, "0-3r--o") && object->refs == 2);
    KTEST_CHECK(space_map(space, PAGE(3), PAGE(4), PROT_READ, 0, object, 0) == 0);
    KTEST_CHECK(is_layout(space, "0-3r--o 3-4r--o") && object->refs == 3);
    KTEST_CHECK(space_unmap(space, PAGE(1), PAGE(2)) == 0);
    KTEST_CHECK(is_layout(space, "0-1r--o 2-3r--o 3-4r--o") && object->refs == 4);
    mutex_unlock(&space->lock);
    space_put(space);
    KTEST_CHECK(object->refs == 1);
    object_put(object);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(space_unmap_cuts_areas_at_both_ends_and_in_the_middle)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 10, RW, 0) == 0);
    KTEST_CHECK(space_test_unmap(space, 4, 6) == 0);
    KTEST_CHECK(is_layout(space, "0-4rw-p 6-10rw-p") && space->promise.nr_pages == 8);
    KTEST_CHECK(space_test_unmap(space, 2, 8) == 0);
    KTEST_CHECK(is_layout(space, "0-2rw-p 8-10rw-p") && space->promise.nr_pages == 4);
    KTEST_CHECK(space_test_unmap(space, 2, 8) == 0); /* a hole: nothing to do */
    KTEST_CHECK(space_test_unmap(space, 9, 100) == 0);
    KTEST_CHECK(is_layout(space, "0-2rw-p 8-9rw-p") && space->promise.nr_pages == 3);
    KTEST_CHECK(space_test_unmap(space, 0, 9) == 0);
    KTEST_CHECK(is_layout(space, "") && space->promise.nr_pages == 0);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(space_unmap_takes_the_pages_away)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 10, RW, 0) == 0);
    KTEST_CHECK(space_test_clear(space, 0, 10 * PAGE_SIZE) == 0);
    size_t with_pages = frame_nr_free();
    KTEST_CHECK(space_test_unmap(space, 0, 9) == 0 && frame_nr_free() == with_pages + 9);
    KTEST_CHECK(!space_test_entry(space, 8) && space_test_entry(space, 9));
    KTEST_CHECK(space_test_unmap(space, 9, 10) == 0 && space->pagetable.nr_tables == 1);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(space_replace_takes_the_place_of_all_that_was_there)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 4, RW, 0) == 0);
    KTEST_CHECK(space_test_map(space, 6, 8, PROT_READ, 0) == 0);
    KTEST_CHECK(space_test_clear(space, 2, PAGE_SIZE) == 0);
    KTEST_CHECK(replace(space, 2, 7, PROT_READ) == 0);
    KTEST_CHECK(is_layout(space, "0-2rw-p 2-8r--") && space->promise.nr_pages == 2);
    KTEST_CHECK(!space_test_entry(space, 2));
    KTEST_CHECK(replace(space, 0, 8, RW) == 0);
    KTEST_CHECK(is_layout(space, "0-8rw-p") && space->promise.nr_pages == 8);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(space_promises_are_counted_and_taken_back)
{
    size_t promised = commit_promised.nr_pages;
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 5, RW, 0) == 0);
    KTEST_CHECK(space_test_map(space, 5, 7, PROT_READ | PROT_EXEC, 0) == 0);
    KTEST_CHECK(space_test_map(space, 7, 10, PROT_NONE, 0) == 0);
    KTEST_CHECK(space_test_map(space, 10, 13, PROT_READ, AREA_SHARED) == 0);
    KTEST_CHECK(commit_promised.nr_pages ==
                promised + 5); /* what is shared is promised by its object */
    KTEST_CHECK(space_test_unmap(space, 3, 11) == 0);
    KTEST_CHECK(commit_promised.nr_pages == promised + 3);
    space_put(space);
    KTEST_CHECK(commit_promised.nr_pages == promised);
}

/* With nothing left to promise, what wants a promise is refused and what does not is done. */
KTEST(space_refused_promise_leaves_everything_unchanged)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 4, RW, 0) == 0);
    KTEST_CHECK(space_test_map(space, 6, 8, PROT_READ, 0) == 0);
    size_t taken = space_test_promise_all(), promised = commit_promised.nr_pages;
    if (!taken)
        goto out;
    KTEST_CHECK(space_test_map(space, 4, 5, RW, 0) == -ENOMEM);
    KTEST_CHECK(replace(space, 2, 8, RW) == -ENOMEM);
    KTEST_CHECK(space_mprotect(space, PAGE(6), PAGE_SIZE, RW) == -ENOMEM);
    KTEST_CHECK(space_brk(space, BASE + GIB(64)) == BASE);
    KTEST_CHECK(is_layout(space, "0-4rw-p 6-8r--") && commit_promised.nr_pages == promised);
    KTEST_CHECK(space_test_map(space, 4, 5, PROT_READ, 0) == 0);
    KTEST_CHECK(replace(space, 0, 4, RW) == 0); /* the old promise is kept for the new area */
    KTEST_CHECK(is_layout(space, "0-4rw-p 4-5r-- 6-8r--") && commit_promised.nr_pages == promised);
    space_test_promise_back(taken);
out:
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

/* A split needs an area, an area needs memory: without it nothing happens. */
KTEST(space_without_memory_for_an_area_changes_nothing)
{
    size_t before = memory_test_free(), promised = commit_promised.nr_pages;
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 10, RW, 0) == 0);
    KTEST_CHECK(space_test_clear(space, 5, 1) == 0);
    memory_test_take(0);
    KTEST_CHECK(space_test_map(space, 20, 21, RW, 0) == -ENOMEM);
    KTEST_CHECK(space_test_unmap(space, 4, 6) == -ENOMEM);
    KTEST_CHECK(replace(space, 4, 6, PROT_READ) == -ENOMEM);
    KTEST_CHECK(space_mprotect(space, PAGE(4), PAGE_SIZE, PROT_READ) == -ENOMEM);
    KTEST_CHECK(is_layout(space, "0-10rw-p") && commit_promised.nr_pages == promised + 10);
    KTEST_CHECK(space_test_entry(space, 5));
    KTEST_CHECK(!space_create());
    KTEST_CHECK(space_test_unmap(space, 8, 10) == 0); /* splits nothing: never refused */
    memory_test_give();
    KTEST_CHECK(is_layout(space, "0-8rw-p"));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before && commit_promised.nr_pages == promised);
}

/* A hole and what fills it want an area each. Whatever is missing, nothing is changed. */
KTEST(space_replace_inside_an_area_survives_each_refusal)
{
    size_t before = memory_test_free(), promised = commit_promised.nr_pages, nr = 0;
    struct space *space = space_test_create();
    int error = -ENOMEM;

    KTEST_CHECK(space_test_map(space, 0, 10, PROT_READ, 0) == 0);
    for (; error && nr < 8; nr++) {
        memory_test_take_but_blocks(nr, sizeof(struct area));
        error = replace(space, 4, 6, RW);
        memory_test_give();
        if (error)
            KTEST_CHECK(is_layout(space, "0-10r--") && commit_promised.nr_pages == promised);
    }
    KTEST_CHECK(nr == 3 && is_layout(space, "0-4r-- 4-6rw-p 6-10r--"));
    KTEST_CHECK(commit_promised.nr_pages == promised + 2);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(space_lives_until_its_last_user_leaves)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    space_get(space);
    KTEST_CHECK(space_test_map(space, 0, 1, RW, 0) == 0 && space_test_clear(space, 0, 1) == 0);
    space_put(space);
    KTEST_CHECK(space_test_entry(space, 0));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}
