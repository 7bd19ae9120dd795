/*
 * mm/fault_test.c - what a touched page becomes, and what it costs
 */
#include <string.h>

#include "lib/ktest.h"
#include "mm/commit.h"
#include "mm/memory_test.h"
#include "mm/space_test.h"

/* A space with pages [0, nr_pages) of the object, or of anonymous memory. */
static struct space *space_with(size_t nr_pages, unsigned prot, unsigned flags,
                                struct object *object)
{
    struct space *space = space_test_create();

    mutex_lock(&space->lock);
    KTEST_CHECK(space_map(space, PAGE(0), PAGE(nr_pages), prot, flags, object, 0) == 0);
    mutex_unlock(&space->lock);
    return space;
}

static enum fault_result touch(struct space *space, size_t n, enum access access)
{
    return space_fault(space, PAGE(n) + 123, access);
}

static pfn_t frame_at(const struct space *space, size_t n)
{
    return pte_frame(space_test_entry(space, n));
}

static bool is_writable(const struct space *space, size_t n)
{
    return space_test_entry(space, n) & PTE_WRITE;
}

KTEST(fault_first_read_maps_zeros_and_costs_no_frame)
{
    size_t before = memory_test_free();
    struct space *space = space_with(4, RW, 0, NULL);

    KTEST_CHECK(touch(space, 0, ACCESS_READ) == FAULT_HANDLED); /* page tables */
    size_t with_tables = frame_nr_free();
    KTEST_CHECK(touch(space, 1, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(frame_nr_free() == with_tables);
    KTEST_CHECK(frame_at(space, 1) == zero_frame && !is_writable(space, 1));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(fault_first_write_costs_one_cleared_frame)
{
    size_t before = memory_test_free();
    struct space *space = space_with(4, RW, 0, NULL);
    uint64_t word = 1;

    KTEST_CHECK(touch(space, 0, ACCESS_READ) == FAULT_HANDLED);
    size_t with_tables = frame_nr_free();
    KTEST_CHECK(touch(space, 1, ACCESS_WRITE) == FAULT_HANDLED && is_writable(space, 1));
    KTEST_CHECK(touch(space, 0, ACCESS_WRITE) == FAULT_HANDLED && is_writable(space, 0));
    KTEST_CHECK(frame_nr_free() == with_tables - 2);
    KTEST_CHECK(frame_at(space, 0) != zero_frame);
    KTEST_CHECK(space_read(space, PAGE(0) + 8, &word, sizeof(word)) == 0 && word == 0);
    pfn_t pfn = frame_at(space, 1);
    KTEST_CHECK(touch(space, 1, ACCESS_WRITE) == FAULT_HANDLED && frame_at(space, 1) == pfn);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

/* Resident are all pages but untouched ones; a mapping's own are those that no object shows. */
KTEST(fault_counts_resident_pages)
{
    struct object *object = object_create_copy("object", 7);
    struct space *space = space_with(1, RW, 0, object);
    const struct pagetable *pt = &space->pagetable;

    KTEST_CHECK(space_test_map(space, 1, 3, RW, 0) == 0);
    KTEST_CHECK(touch(space, 1, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(pt->nr_pages == 0 && pt->nr_anon == 0);
    KTEST_CHECK(touch(space, 0, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(pt->nr_pages == 1 && pt->nr_anon == 0);
    KTEST_CHECK(touch(space, 2, ACCESS_WRITE) == FAULT_HANDLED);
    KTEST_CHECK(pt->nr_pages == 2 && pt->nr_anon == 1);
    KTEST_CHECK(touch(space, 0, ACCESS_WRITE) == FAULT_HANDLED);
    KTEST_CHECK(pt->nr_pages == 2 && pt->nr_anon == 2);
    KTEST_CHECK(touch(space, 1, ACCESS_WRITE) == FAULT_HANDLED);
    KTEST_CHECK(pt->nr_pages == 3 && pt->nr_anon == 3);
    for (size_t n = 0; n < 3; n++)
        KTEST_CHECK(space_test_entry(space, n) & PTE_ANON);
    space_check(space);
    space_put(space);
    object_put(object);
}

KTEST(fault_rights_follow_the_area)
{
    struct space *space = space_with(1, PROT_READ, 0, NULL);

    KTEST_CHECK(space_test_map(space, 1, 2, PROT_NONE, 0) == 0);
    KTEST_CHECK(space_test_map(space, 2, 3, PROT_READ | PROT_EXEC, 0) == 0);
    KTEST_CHECK(space_test_map(space, 3, 4, PROT_WRITE, 0) == 0);
    KTEST_CHECK(touch(space, 0, ACCESS_WRITE) == FAULT_ACCERR);
    KTEST_CHECK(touch(space, 0, ACCESS_EXECUTE) == FAULT_HANDLED); /* the page comes first */
    KTEST_CHECK(touch(space, 0, ACCESS_EXECUTE) == FAULT_ACCERR);
    KTEST_CHECK(touch(space, 1, ACCESS_EXECUTE) == FAULT_ACCERR);
    KTEST_CHECK(touch(space, 1, ACCESS_READ) == FAULT_ACCERR);
    KTEST_CHECK(touch(space, 2, ACCESS_EXECUTE) == FAULT_HANDLED);
    KTEST_CHECK(!(space_test_entry(space, 2) & PTE_NX));
    KTEST_CHECK(touch(space, 0, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK((space_test_entry(space, 0) & PTE_NX) == pte_nx());
    KTEST_CHECK(touch(space, 3, ACCESS_READ) == FAULT_HANDLED); /* the processor cannot refuse it */
    space_put(space);
}

KTEST(fault_outside_of_areas_is_maperr)
{
    struct space *space = space_with(1, RW, 0, NULL);

    KTEST_CHECK(touch(space, 1, ACCESS_READ) == FAULT_MAPERR);
    KTEST_CHECK(space_fault(space, BASE - 1, ACCESS_READ) == FAULT_MAPERR);
    KTEST_CHECK(space_fault(space, 0, ACCESS_WRITE) == FAULT_MAPERR);
    KTEST_CHECK(space_fault(space, USER_END, ACCESS_READ) == FAULT_MAPERR);
    KTEST_CHECK(space_fault(space, KERNEL_BASE, ACCESS_READ) == FAULT_MAPERR);
    KTEST_CHECK(space_fault(space, UINT64_MAX, ACCESS_WRITE) == FAULT_MAPERR);
    KTEST_CHECK(space->pagetable.nr_tables == 1);
    space_put(space);
}

KTEST(fault_private_page_of_an_object_is_shared_until_written)
{
    size_t before = memory_test_free();
    struct object *object = object_create_copy("object", 7);
    struct space *space = space_with(2, RW, 0, object);
    pfn_t pfn = object_page(object, 0);
    char text[7];

    KTEST_CHECK(touch(space, 0, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(frame_at(space, 0) == pfn && !is_writable(space, 0) && frame_of(pfn)->refs == 2);
    KTEST_CHECK(space_write(space, PAGE(0), "O", 1) == 0);
    KTEST_CHECK(frame_at(space, 0) != pfn && frame_of(pfn)->refs == 1);
    KTEST_CHECK(space_read(space, PAGE(0), text, 7) == 0 && strcmp(text, "Object") == 0);
    KTEST_CHECK(strcmp(frame_address(pfn), "object") == 0);
    KTEST_CHECK(touch(space, 1, ACCESS_READ) == FAULT_BEYOND);
    KTEST_CHECK(touch(space, 1, ACCESS_WRITE) == FAULT_BEYOND);
    space_put(space);
    object_put(object);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(fault_first_touch_that_writes_copies_the_objects_page)
{
    size_t before = memory_test_free();
    struct object *object = object_create_copy("object", 7);
    struct space *space = space_with(1, RW, 0, object);
    char text[7];

    KTEST_CHECK(space_write(space, PAGE(0) + 5, "T", 1) == 0);
    KTEST_CHECK(space_read(space, PAGE(0), text, 7) == 0 && strcmp(text, "objecT") == 0);
    KTEST_CHECK(strcmp(frame_address(object_page(object, 0)), "object") == 0);
    object_put(object); /* the area still holds it */
    KTEST_CHECK(touch(space, 0, ACCESS_READ) == FAULT_HANDLED);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

/* Whoever is alone with a frame writes to it; whoever is not gets a copy. */
KTEST(fault_copies_on_write_only_while_another_owner_is_there)
{
    size_t before = memory_test_free();
    struct space *space = space_with(1, RW, 0, NULL);

    KTEST_CHECK(space_write(space, PAGE(0), "x", 2) == 0);
    pfn_t old = frame_at(space, 0);
    frame_get(old);
    KTEST_CHECK(space_mprotect(space, PAGE(0), PAGE_SIZE, PROT_READ) == 0);
    KTEST_CHECK(space_mprotect(space, PAGE(0), PAGE_SIZE, RW) == 0);
    KTEST_CHECK(frame_at(space, 0) == old && !is_writable(space, 0));
    KTEST_CHECK(touch(space, 0, ACCESS_WRITE) == FAULT_HANDLED);
    pfn_t new = frame_at(space, 0);
    KTEST_CHECK(new != old &&frame_of(old)->refs == 1 && strcmp(frame_address(new), "x") == 0);
    frame_put(old);

    KTEST_CHECK(space_mprotect(space, PAGE(0), PAGE_SIZE, PROT_READ) == 0);
    KTEST_CHECK(space_mprotect(space, PAGE(0), PAGE_SIZE, RW) == 0);
    KTEST_CHECK(touch(space, 0, ACCESS_WRITE) == FAULT_HANDLED);
    KTEST_CHECK(frame_at(space, 0) == new &&is_writable(space, 0));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(fault_shared_memory_has_a_frame_from_the_first_read_on)
{
    size_t before = memory_test_free();
    struct object *object = object_create_empty(PAGE_SIZE, OBJECT_PROMISED);
    struct space *space = space_with(1, RW, AREA_SHARED, object);

    KTEST_CHECK(touch(space, 0, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(frame_at(space, 0) == object_page(object, 0) && is_writable(space, 0));
    space_put(space);
    object_put(object);
    KTEST_CHECK(memory_test_free() == before);
}

/* Three tables and a page: each refused in turn, tables as before each time. */
KTEST(fault_without_memory_changes_nothing)
{
    size_t before = memory_test_free(), nr = 0;
    struct space *space = space_with(1, RW, 0, NULL);
    enum fault_result result = FAULT_NO_MEMORY;

    for (; result == FAULT_NO_MEMORY && nr < 10; nr++) {
        memory_test_take(nr);
        result = touch(space, 0, ACCESS_WRITE);
        if (result == FAULT_NO_MEMORY)
            KTEST_CHECK(frame_nr_free() == nr && space->pagetable.nr_tables == 1);
        memory_test_give();
    }
    KTEST_CHECK(result == FAULT_HANDLED && nr == 5);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(fault_copy_on_write_without_memory_keeps_the_page)
{
    size_t before = memory_test_free();
    struct object *object = object_create_copy("object", 7);
    struct space *space = space_with(1, RW, 0, object);
    char text[7];

    KTEST_CHECK(touch(space, 0, ACCESS_READ) == FAULT_HANDLED);
    memory_test_take(0);
    KTEST_CHECK(touch(space, 0, ACCESS_WRITE) == FAULT_NO_MEMORY);
    KTEST_CHECK(space_write(space, PAGE(0), "x", 1) < 0);
    KTEST_CHECK(space_read(space, PAGE(0), text, 7) == 0 && strcmp(text, "object") == 0);
    memory_test_give();
    KTEST_CHECK(space_write(space, PAGE(0), "O", 1) == 0);
    space_put(space);
    object_put(object);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(fault_transfers_cross_pages_and_stop_where_a_program_would)
{
    size_t before = memory_test_free();
    struct space *space = space_with(2, RW, 0, NULL);
    char text[8] = "?";

    KTEST_CHECK(space_write(space, PAGE(1) - 3, "abcdef", 6) == 0);
    KTEST_CHECK(space_read(space, PAGE(1) - 3, text, 6) == 0 && memcmp(text, "abcdef", 6) == 0);
    KTEST_CHECK(space_write(space, PAGE(1) - 2, "\0\0\0", 4) == 0);
    KTEST_CHECK(space_read(space, PAGE(1) - 3, text, 6) == 0 && memcmp(text, "a\0\0\0\0f", 6) == 0);
    KTEST_CHECK(space_read(space, PAGE(2) - 1, text, 2) < 0);
    KTEST_CHECK(space_write(space, PAGE(2) - 1, text, 2) < 0);
    KTEST_CHECK(space_read(space, PAGE(9), text, 0) == 0);
    KTEST_CHECK(space_read(space, UINT64_MAX - 2, text, 8) < 0);
    KTEST_CHECK(space_read(space, USER_END - 4, text, 8) < 0);
    KTEST_CHECK(space_write(space, (vaddr_t)text, "x", 1) < 0); /* the kernel's own memory */
    KTEST_CHECK(space_mprotect(space, PAGE(0), PAGE_SIZE, PROT_READ) == 0);
    KTEST_CHECK(space_write(space, PAGE(0), "x", 1) < 0);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(fault_stack_grows_down_to_the_page_touched)
{
    size_t before = memory_test_free(), promised = commit_promised.nr_pages;
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 5000, 5001, RW, AREA_GROWSDOWN) == 0);
    KTEST_CHECK(touch(space, 4990, ACCESS_WRITE) == FAULT_HANDLED);
    KTEST_CHECK(strcmp(space_test_layout(space), "4990-5001rw-pd") == 0);
    KTEST_CHECK(commit_promised.nr_pages == promised + 11);
    KTEST_CHECK(touch(space, 5001, ACCESS_WRITE) == FAULT_MAPERR);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before && commit_promised.nr_pages == promised);
}

KTEST(fault_stack_stops_at_its_limit)
{
    size_t nr_max = MIB(8) >> PAGE_SHIFT;
    struct space *space = space_test_create();

    space->limits.stack = MIB(8);
    KTEST_CHECK(space_test_map(space, 5000, 5001, RW, AREA_GROWSDOWN) == 0);
    KTEST_CHECK(touch(space, 5001 - nr_max - 1, ACCESS_WRITE) == FAULT_MAPERR);
    KTEST_CHECK(strcmp(space_test_layout(space), "5000-5001rw-pd") == 0);
    KTEST_CHECK(touch(space, 5001 - nr_max, ACCESS_WRITE) == FAULT_HANDLED);
    space_put(space);
}

KTEST(fault_stack_keeps_its_distance_from_what_is_below)
{
    size_t gap = STACK_GUARD_GAP >> PAGE_SHIFT;
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 5000, 5001, RW, AREA_GROWSDOWN) == 0);
    KTEST_CHECK(space_test_map(space, 4000, 4001, PROT_READ, 0) == 0);
    KTEST_CHECK(touch(space, 4001 + gap - 1, ACCESS_WRITE) == FAULT_MAPERR);
    KTEST_CHECK(touch(space, 4001 + gap, ACCESS_WRITE) == FAULT_HANDLED);
    KTEST_CHECK(space_mprotect(space, PAGE(4000), PAGE_SIZE, PROT_NONE) == 0);
    KTEST_CHECK(touch(space, 4001, ACCESS_WRITE) ==
                FAULT_HANDLED); /* such an area is a guard itself */
    KTEST_CHECK(touch(space, 4000, ACCESS_WRITE) == FAULT_ACCERR);
    space_put(space);
}

KTEST(fault_stack_does_not_grow_without_a_promise)
{
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 5000, 5001, RW, AREA_GROWSDOWN) == 0);
    size_t taken = space_test_promise_all();
    if (taken) {
        KTEST_CHECK(touch(space, 4999, ACCESS_WRITE) == FAULT_MAPERR);
        KTEST_CHECK(strcmp(space_test_layout(space), "5000-5001rw-pd") == 0);
        space_test_promise_back(taken);
    }
    KTEST_CHECK(touch(space, 4999, ACCESS_WRITE) == FAULT_HANDLED);
    space_put(space);
}

KTEST(fault_stack_does_not_grow_below_user_memory)
{
    struct space *space = space_test_create();

    mutex_lock(&space->lock);
    KTEST_CHECK(space_map(space, USER_START, USER_START + PAGE_SIZE, RW, AREA_GROWSDOWN, NULL, 0) ==
                0);
    mutex_unlock(&space->lock);
    KTEST_CHECK(space_fault(space, USER_START - 1, ACCESS_WRITE) == FAULT_MAPERR);
    KTEST_CHECK(space_fault(space, 0, ACCESS_READ) == FAULT_MAPERR);
    space_put(space);
}

/* Two stacks without rights, the upper grown down to the lower: still no neighbours that could be
 * one. */
KTEST(fault_stack_that_reaches_its_like_joins_it)
{
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 4000, 4001, PROT_NONE, AREA_GROWSDOWN) == 0);
    KTEST_CHECK(space_test_map(space, 4003, 4004, PROT_NONE, AREA_GROWSDOWN) == 0);
    KTEST_CHECK(touch(space, 4001, ACCESS_READ) != FAULT_HANDLED);
    area_for_each (area, &space->areas)
        KTEST_CHECK(!area_can_merge(area_prev(area), area));
    space_put(space);
}
