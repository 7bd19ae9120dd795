/*
 * mm/mprotect_test.c - mprotect(2): areas split and join, pages keep their content
 */
#include <asm/errno.h>
#include <string.h>

#include "lib/ktest.h"
#include "mm/commit.h"
#include "mm/memory_test.h"
#include "mm/space_test.h"

static int protect(struct space *space, size_t start, size_t end, unsigned prot)
{
    return space_mprotect(space, PAGE(start), (end - start) * PAGE_SIZE, prot);
}

static bool is_layout(const struct space *space, const char *layout)
{
    return strcmp(space_test_layout(space), layout) == 0;
}

KTEST(mprotect_splits_an_area_and_joins_it_again)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 10, RW, 0) == 0);
    KTEST_CHECK(protect(space, 4, 6, PROT_READ) == 0 &&
                is_layout(space, "0-4rw-p 4-6r--p 6-10rw-p"));
    KTEST_CHECK(protect(space, 0, 4, PROT_READ) == 0 && is_layout(space, "0-6r--p 6-10rw-p"));
    KTEST_CHECK(protect(space, 5, 10, PROT_READ) == 0 && is_layout(space, "0-10r--p"));
    KTEST_CHECK(protect(space, 1, 9, RW) == 0 && is_layout(space, "0-1r--p 1-9rw-p 9-10r--p"));
    KTEST_CHECK(protect(space, 0, 10, RW) == 0 && is_layout(space, "0-10rw-p"));
    KTEST_CHECK(protect(space, 0, 10, RW) == 0 && is_layout(space, "0-10rw-p"));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(mprotect_over_several_areas_makes_them_one)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 2, RW, 0) == 0);
    KTEST_CHECK(space_test_map(space, 2, 4, PROT_READ, 0) == 0);
    KTEST_CHECK(space_test_map(space, 4, 6, PROT_NONE, 0) == 0);
    KTEST_CHECK(protect(space, 1, 5, RW) == 0 && is_layout(space, "0-5rw-p 5-6---"));
    KTEST_CHECK(space->promise.nr_pages == 5);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

/* The area at the range's end is split for a change it does not need, and must be whole again. */
KTEST(mprotect_joins_what_it_split_in_vain)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 6, RW, 0) == 0);
    KTEST_CHECK(protect(space, 2, 6, PROT_READ) == 0 && is_layout(space, "0-2rw-p 2-6r--p"));
    KTEST_CHECK(protect(space, 1, 4, PROT_READ) == 0 && is_layout(space, "0-1rw-p 1-6r--p"));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(mprotect_changes_what_lies_before_a_hole_and_says_enomem)
{
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 2, RW, 0) == 0);
    KTEST_CHECK(space_test_map(space, 4, 6, RW, 0) == 0);
    KTEST_CHECK(protect(space, 1, 5, PROT_READ) == -ENOMEM);
    KTEST_CHECK(is_layout(space, "0-1rw-p 1-2r--p 4-6rw-p"));
    KTEST_CHECK(protect(space, 2, 5, PROT_READ) == -ENOMEM);
    KTEST_CHECK(protect(space, 8, 9, PROT_READ) == -ENOMEM);
    KTEST_CHECK(is_layout(space, "0-1rw-p 1-2r--p 4-6rw-p"));
    space_put(space);
}

KTEST(mprotect_keeps_the_pages_and_their_content)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();
    char text[4] = "";

    KTEST_CHECK(space_test_map(space, 0, 1, RW, 0) == 0);
    KTEST_CHECK(space_write(space, PAGE(0), "abc", 4) == 0);
    size_t with_page = frame_nr_free();
    KTEST_CHECK(protect(space, 0, 1, PROT_NONE) == 0);
    KTEST_CHECK(space_test_entry(space, 0) && !(space_test_entry(space, 0) & PTE_PRESENT));
    KTEST_CHECK(space_read(space, PAGE(0), text, 4) < 0);
    KTEST_CHECK(protect(space, 0, 1, PROT_READ) == 0 && !(space_test_entry(space, 0) & PTE_WRITE));
    KTEST_CHECK(space_read(space, PAGE(0), text, 4) == 0 && strcmp(text, "abc") == 0);
    KTEST_CHECK(space_write(space, PAGE(0), "x", 1) < 0);
    KTEST_CHECK(protect(space, 0, 1, RW) == 0 && space_write(space, PAGE(0), "x", 1) == 0);
    KTEST_CHECK(frame_nr_free() == with_page);
    KTEST_CHECK(protect(space, 0, 1, PROT_NONE) == 0);
    space_put(space); /* a page that is not present is freed as well */
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(mprotect_gives_and_takes_the_right_to_execute)
{
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 1, RW, 0) == 0 && space_test_clear(space, 0, 1) == 0);
    KTEST_CHECK((space_test_entry(space, 0) & PTE_NX) == pte_nx());
    KTEST_CHECK(protect(space, 0, 1, PROT_READ | PROT_EXEC) == 0);
    KTEST_CHECK(!(space_test_entry(space, 0) & (PTE_NX | PTE_WRITE)));
    KTEST_CHECK(protect(space, 0, 1, PROT_READ) == 0);
    KTEST_CHECK((space_test_entry(space, 0) & PTE_NX) == pte_nx());
    space_put(space);
}

KTEST(mprotect_refuses_what_cannot_be)
{
    struct space *space = space_test_create();
    unsigned both = PROT_GROWSDOWN | PROT_GROWSUP;

    KTEST_CHECK(space_test_map(space, 0, 2, RW, 0) == 0);
    KTEST_CHECK(space_mprotect(space, PAGE(0) + 1, PAGE_SIZE, PROT_READ) == -EINVAL);
    KTEST_CHECK(space_mprotect(space, PAGE(0), PAGE_SIZE, 0x80) == -EINVAL);
    KTEST_CHECK(space_mprotect(space, PAGE(0), PAGE_SIZE, both) == -EINVAL);
    KTEST_CHECK(space_mprotect(space, PAGE(0), PAGE_SIZE, PROT_READ | PROT_GROWSUP) == -EINVAL);
    KTEST_CHECK(space_mprotect(space, PAGE(0), PAGE_SIZE, PROT_READ | PROT_GROWSDOWN) == -EINVAL);
    KTEST_CHECK(space_mprotect(space, PAGE(0), SIZE_MAX, PROT_READ) == -ENOMEM);
    KTEST_CHECK(space_mprotect(space, PAGE(0), -PAGE(0), PROT_READ) == -ENOMEM);
    KTEST_CHECK(space_mprotect(space, PAGE(7), 0, PROT_READ) == 0);
    KTEST_CHECK(is_layout(space, "0-2rw-p"));
    space_put(space);
}

KTEST(mprotect_growsdown_reaches_to_the_stacks_start)
{
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 5, 9, RW, AREA_GROWSDOWN) == 0);
    KTEST_CHECK(space_mprotect(space, PAGE(7), PAGE_SIZE, PROT_READ | PROT_GROWSDOWN) == 0);
    KTEST_CHECK(is_layout(space, "5-8r--pd 8-9rw-pd"));
    KTEST_CHECK(space_mprotect(space, PAGE(2), PAGE_SIZE, PROT_READ | PROT_GROWSDOWN) == -ENOMEM);
    space_put(space);
}

KTEST(mprotect_never_makes_a_shared_file_writable)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();
    struct object *object = object_create_copy("x", 1);

    mutex_lock(&space->lock);
    KTEST_CHECK(
        space_map(space, PAGE(1), PAGE(2), PROT_READ, AREA_SHARED | AREA_NOWRITE, object, 0) == 0);
    mutex_unlock(&space->lock);
    KTEST_CHECK(space_test_map(space, 0, 1, PROT_READ, 0) == 0);
    KTEST_CHECK(protect(space, 1, 2, RW) == -EACCES);
    KTEST_CHECK(protect(space, 0, 2, RW) == -EACCES && is_layout(space, "0-1rw-p 1-2r--so"));
    KTEST_CHECK(protect(space, 1, 2, PROT_NONE) == 0);
    space_put(space);
    object_put(object);
    KTEST_CHECK(memory_test_free() == before);
}

/* Two splits want two areas. Whatever is missing, nothing is changed. */
KTEST(mprotect_inside_an_area_survives_each_refusal)
{
    size_t before = memory_test_free(), promised = commit_promised.nr_pages, nr = 0;
    struct space *space = space_test_create();
    int error = -ENOMEM;

    KTEST_CHECK(space_test_map(space, 0, 10, PROT_READ, 0) == 0);
    for (; error && nr < 8; nr++) {
        memory_test_take_but_blocks(nr, sizeof(struct area));
        error = protect(space, 4, 6, RW);
        memory_test_give();
        if (error)
            KTEST_CHECK(is_layout(space, "0-10r--") && commit_promised.nr_pages == promised);
    }
    KTEST_CHECK(nr == 3 && is_layout(space, "0-4r-- 4-6rw-p 6-10r--"));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before && commit_promised.nr_pages == promised);
}
