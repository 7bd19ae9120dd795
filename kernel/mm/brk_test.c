/*
 * mm/brk_test.c - the program break: what moves it, what it costs, what refuses it
 */
#include <string.h>

#include "lib/ktest.h"
#include "mm/commit.h"
#include "mm/memory_test.h"
#include "mm/space_test.h"

static bool is_layout(const struct space *space, const char *layout)
{
    return strcmp(space_test_layout(space), layout) == 0;
}

KTEST(brk_is_any_byte_and_the_heap_is_whole_pages)
{
    size_t promised = commit_promised.nr_pages;
    struct space *space = space_test_create();

    KTEST_CHECK(space_brk(space, 0) == BASE && is_layout(space, ""));
    KTEST_CHECK(space_brk(space, BASE + 1) == BASE + 1 && is_layout(space, "0-1rw-p"));
    KTEST_CHECK(space_brk(space, PAGE(1)) == PAGE(1) && is_layout(space, "0-1rw-p"));
    KTEST_CHECK(space_brk(space, PAGE(1) + 1) == PAGE(1) + 1 && is_layout(space, "0-2rw-p"));
    KTEST_CHECK(commit_promised.nr_pages == promised + 2);
    KTEST_CHECK(space_brk(space, BASE) == BASE && is_layout(space, ""));
    KTEST_CHECK(commit_promised.nr_pages == promised);
    space_put(space);
}

KTEST(brk_growth_costs_no_frame_and_shrinking_gives_all_back)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();
    char byte = 1;

    KTEST_CHECK(space_brk(space, PAGE(1)) == PAGE(1));
    size_t with_area = frame_nr_free();
    KTEST_CHECK(space_brk(space, PAGE(1000)) == PAGE(1000) && frame_nr_free() == with_area);
    KTEST_CHECK(space_write(space, PAGE(10), &byte, 1) == 0 &&
                space_write(space, PAGE(999), &byte, 1) == 0);
    KTEST_CHECK(frame_nr_free() < with_area);
    KTEST_CHECK(space_brk(space, PAGE(1)) == PAGE(1) && frame_nr_free() == with_area);
    KTEST_CHECK(space_brk(space, PAGE(1000)) == PAGE(1000));
    KTEST_CHECK(space_read(space, PAGE(10), &byte, 1) == 0 &&
                byte == 0); /* what comes back is zero */
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(brk_outside_of_reason_changes_nothing)
{
    struct space *space = space_test_create();
    vaddr_t brk = PAGE(3) + 5;

    KTEST_CHECK(space_brk(space, brk) == brk);
    KTEST_CHECK(space_brk(space, BASE - 1) == brk);
    KTEST_CHECK(space_brk(space, UINT64_MAX) == brk);
    KTEST_CHECK(space_brk(space, USER_END + 1) == brk);
    KTEST_CHECK(space_brk(space, USER_END) == brk);
    KTEST_CHECK(space_brk(space, KERNEL_BASE) == brk);
    KTEST_CHECK(is_layout(space, "0-4rw-p"));
    space_put(space);
}

/* As on Linux, a page stays free between heap and mapping, and a gap below a stack. */
KTEST(brk_stops_below_a_mapping_and_below_a_stack)
{
    struct space *space = space_test_create();
    size_t gap = STACK_GUARD_GAP >> PAGE_SHIFT;

    KTEST_CHECK(space_test_map(space, 10, 11, PROT_READ, 0) == 0);
    KTEST_CHECK(space_brk(space, PAGE(9) + 1) == BASE);
    KTEST_CHECK(space_brk(space, PAGE(20)) == BASE);
    KTEST_CHECK(space_brk(space, PAGE(9)) == PAGE(9));
    KTEST_CHECK(space_test_unmap(space, 10, 11) == 0);
    KTEST_CHECK(space_test_map(space, 1000, 1001, RW, AREA_GROWSDOWN) == 0);
    KTEST_CHECK(space_brk(space, PAGE(1000 - gap)) == PAGE(9));
    KTEST_CHECK(space_brk(space, PAGE(1000 - gap - 1)) == PAGE(1000 - gap - 1));
    space_put(space);
}

KTEST(brk_shrinks_over_a_hole_the_program_made)
{
    size_t before = memory_test_free(), promised = commit_promised.nr_pages;
    struct space *space = space_test_create();

    KTEST_CHECK(space_brk(space, PAGE(10)) == PAGE(10));
    KTEST_CHECK(space_munmap(space, PAGE(4), 2 * PAGE_SIZE) == 0);
    KTEST_CHECK(space_mprotect(space, PAGE(8), PAGE_SIZE, PROT_NONE) == 0);
    KTEST_CHECK(space_brk(space, PAGE(2)) == PAGE(2) && is_layout(space, "0-2rw-p"));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before && commit_promised.nr_pages == promised);
}

/* A mapping set right behind the heap becomes one area with it; the break still goes back alone. */
KTEST(brk_shrinks_away_from_a_mapping_behind_it)
{
    struct space *space = space_test_create();

    KTEST_CHECK(space_brk(space, PAGE(4)) == PAGE(4));
    KTEST_CHECK(space_test_map(space, 4, 6, RW, 0) == 0 && is_layout(space, "0-6rw-p"));
    KTEST_CHECK(space_brk(space, PAGE(5)) == PAGE(4));
    KTEST_CHECK(space_brk(space, PAGE(2)) == PAGE(2) && is_layout(space, "0-2rw-p 4-6rw-p"));
    KTEST_CHECK(space_brk(space, PAGE(4)) == PAGE(2));
    KTEST_CHECK(space_brk(space, PAGE(3)) == PAGE(3) && is_layout(space, "0-3rw-p 4-6rw-p"));
    space_put(space);
}

KTEST(brk_without_memory_for_an_area_is_refused)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    memory_test_take(0);
    KTEST_CHECK(space_brk(space, PAGE(1)) == BASE && is_layout(space, ""));
    memory_test_give();
    KTEST_CHECK(space_brk(space, PAGE(1)) == PAGE(1));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}
