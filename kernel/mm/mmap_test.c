/*
 * mm/mmap_test.c - mmap(2) and munmap(2): where mappings go, and which are refused
 */
#include <asm/errno.h>
#include <linux/mman.h>
#include <string.h>

#include "lib/ktest.h"
#include "mm/memory_test.h"
#include "mm/space_test.h"

#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define FIXED     (ANONYMOUS | MAP_FIXED)

static struct backing anonymous;

static int64_t map(struct space *space, vaddr_t addr, size_t nr_pages, unsigned flags)
{
    return space_mmap(space, addr, nr_pages * PAGE_SIZE, PROT_NONE, flags, &anonymous);
}

static bool is_layout(const struct space *space, const char *layout)
{
    return strcmp(space_test_layout(space), layout) == 0;
}

KTEST(mmap_places_top_down_in_the_highest_hole)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();
    int64_t top = (int64_t)space->mmap_top, page = PAGE_SIZE;

    KTEST_CHECK(map(space, 0, 4, ANONYMOUS) == top - 4 * page);
    KTEST_CHECK(map(space, 0, 2, ANONYMOUS) == top - 6 * page);
    KTEST_CHECK(space->areas.nr_areas == 1);
    KTEST_CHECK(space_munmap(space, (vaddr_t)(top - 4 * page), 2 * PAGE_SIZE) == 0);
    KTEST_CHECK(map(space, 0, 3, ANONYMOUS) == top - 9 * page); /* the hole is too small */
    KTEST_CHECK(map(space, 0, 1, ANONYMOUS) == top - 3 * page);
    KTEST_CHECK(map(space, 0, 1, ANONYMOUS) == top - 4 * page);
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(mmap_rounds_the_length_up)
{
    struct space *space = space_test_create();

    KTEST_CHECK(space_mmap(space, PAGE(0), 1, RW, FIXED, &anonymous) == (int64_t)PAGE(0));
    KTEST_CHECK(space_mmap(space, PAGE(1), PAGE_SIZE + 1, RW, FIXED, &anonymous) ==
                (int64_t)PAGE(1));
    KTEST_CHECK(is_layout(space, "0-3rw-p"));
    KTEST_CHECK(space_munmap(space, PAGE(1), 1) == 0 && is_layout(space, "0-1rw-p 2-3rw-p"));
    space_put(space);
}

KTEST(mmap_takes_a_hint_where_it_is_free)
{
    struct space *space = space_test_create();

    KTEST_CHECK(map(space, PAGE(5) + 17, 2, ANONYMOUS) == (int64_t)PAGE(5));
    KTEST_CHECK(map(space, PAGE(4), 2, ANONYMOUS) != (int64_t)PAGE(4));
    KTEST_CHECK(map(space, PAGE(4), 1, ANONYMOUS) == (int64_t)PAGE(4));
    KTEST_CHECK(map(space, 1, 1, ANONYMOUS) > (int64_t)PAGE(6)); /* no hint: it lies in page 0 */
    KTEST_CHECK(map(space, PAGE_SIZE, 1, ANONYMOUS) == (int64_t)USER_START);
    KTEST_CHECK(map(space, USER_END - PAGE_SIZE, 2, ANONYMOUS) < (int64_t)space->mmap_top);
    KTEST_CHECK(map(space, UINT64_MAX, 1, ANONYMOUS) < (int64_t)space->mmap_top);
    space_check(space);
    space_put(space);
}

KTEST(mmap_fixed_replaces_and_noreplace_does_not)
{
    struct space *space = space_test_create();
    unsigned no_replace = ANONYMOUS | MAP_FIXED_NOREPLACE;

    KTEST_CHECK(space_test_map(space, 0, 4, RW, 0) == 0);
    KTEST_CHECK(map(space, PAGE(3), 2, no_replace) == -EEXIST);
    KTEST_CHECK(map(space, PAGE(4), 2, no_replace) == (int64_t)PAGE(4));
    KTEST_CHECK(map(space, PAGE(1), 1, FIXED) == (int64_t)PAGE(1));
    KTEST_CHECK(is_layout(space, "0-1rw-p 1-2--- 2-4rw-p 4-6---"));
    space_put(space);
}

KTEST(mmap_refuses_what_cannot_be)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();

    KTEST_CHECK(map(space, 0, 0, ANONYMOUS) == -EINVAL);
    KTEST_CHECK(space_mmap(space, 0, SIZE_MAX, RW, ANONYMOUS, &anonymous) == -ENOMEM);
    KTEST_CHECK(space_mmap(space, 0, USER_END + 1, RW, ANONYMOUS, &anonymous) == -ENOMEM);
    KTEST_CHECK(space_mmap(space, 0, USER_END, PROT_NONE, ANONYMOUS, &anonymous) == -ENOMEM);
    KTEST_CHECK(map(space, PAGE(0) + 1, 1, FIXED) == -EINVAL);
    KTEST_CHECK(map(space, 0, 1, FIXED) == -EPERM);
    KTEST_CHECK(map(space, USER_START - PAGE_SIZE, 1, FIXED) == -EPERM);
    KTEST_CHECK(map(space, USER_END, 1, FIXED) == -ENOMEM);
    KTEST_CHECK(map(space, USER_END - PAGE_SIZE, 2, FIXED) == -ENOMEM);
    KTEST_CHECK(map(space, -PAGE_SIZE, 1, FIXED) == -ENOMEM);
    KTEST_CHECK(is_layout(space, ""));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(munmap_refuses_what_cannot_be)
{
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 0, 2, RW, 0) == 0);
    KTEST_CHECK(space_munmap(space, PAGE(0) + 1, PAGE_SIZE) == -EINVAL);
    KTEST_CHECK(space_munmap(space, PAGE(0), 0) == -EINVAL);
    KTEST_CHECK(space_munmap(space, PAGE(0), SIZE_MAX) == -EINVAL);
    KTEST_CHECK(space_munmap(space, PAGE(0), USER_END) == -EINVAL);
    KTEST_CHECK(space_munmap(space, USER_END + PAGE_SIZE, PAGE_SIZE) == -EINVAL);
    KTEST_CHECK(is_layout(space, "0-2rw-p"));
    KTEST_CHECK(space_munmap(space, 0, USER_END) == 0 && is_layout(space, ""));
    space_put(space);
}

/* P7: a request fits in the sum of the holes but in none of them. */
KTEST(mmap_refuses_what_fits_in_no_single_hole)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();
    vaddr_t low = PAGE(100), high = space->mmap_top + GIB(1); /* a hole on each side of mmap_top */

    KTEST_CHECK(map(space, USER_START, (USER_END - USER_START) >> PAGE_SHIFT, FIXED) > 0);
    KTEST_CHECK(map(space, 0, 1, ANONYMOUS) == -ENOMEM);
    KTEST_CHECK(space_munmap(space, low, 10 * PAGE_SIZE) == 0);
    KTEST_CHECK(space_munmap(space, high, 10 * PAGE_SIZE) == 0);
    KTEST_CHECK(map(space, 0, 15, ANONYMOUS) == -ENOMEM);
    KTEST_CHECK(space->areas.nr_areas == 3);
    KTEST_CHECK(map(space, 0, 10, ANONYMOUS) == (int64_t)low);
    KTEST_CHECK(map(space, 0, 10, ANONYMOUS) ==
                (int64_t)high); /* only when the lower side is full */
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(mmap_takes_no_hint_inside_a_stacks_guard_gap)
{
    size_t gap = STACK_GUARD_GAP >> PAGE_SHIFT;
    struct space *space = space_test_create();

    KTEST_CHECK(space_test_map(space, 5000, 5001, RW, AREA_GROWSDOWN) == 0);
    KTEST_CHECK(map(space, PAGE(5000 - gap), 1, ANONYMOUS) != (int64_t)PAGE(5000 - gap));
    KTEST_CHECK(map(space, PAGE(4999 - gap), 1, ANONYMOUS) == (int64_t)PAGE(4999 - gap));
    space_put(space);
}

KTEST(mmap_chooses_no_place_inside_a_stacks_guard_gap)
{
    struct space *space = space_test_create();
    int64_t gap = STACK_GUARD_GAP, page = PAGE_SIZE;

    int64_t stack = map(space, 0, 1, ANONYMOUS | MAP_GROWSDOWN);
    KTEST_CHECK(map(space, 0, 1, ANONYMOUS) == stack - gap - page);
    space_put(space);
}

KTEST(mmap_32bit_starts_at_1_gib_and_stays_below_2)
{
    struct space *space = space_test_create();
    vaddr_t first = GIB(1);

    KTEST_CHECK(map(space, 0, 1, ANONYMOUS | MAP_32BIT) == (int64_t)first);
    KTEST_CHECK(map(space, 0, 2, ANONYMOUS | MAP_32BIT) == (int64_t)(first + PAGE_SIZE));
    KTEST_CHECK(space_munmap(space, first, PAGE_SIZE) == 0);
    KTEST_CHECK(map(space, 0, 2, ANONYMOUS | MAP_32BIT) == (int64_t)(first + 3 * PAGE_SIZE));
    KTEST_CHECK(map(space, 0, 1, ANONYMOUS | MAP_32BIT) == (int64_t)first);
    KTEST_CHECK(map(space, 0, GIB(1) >> PAGE_SHIFT, ANONYMOUS | MAP_32BIT) == -ENOMEM);
    space_put(space);
}

KTEST(mmap_populate_touches_every_page)
{
    size_t before = memory_test_free();
    struct space *space = space_test_create();
    unsigned flags = FIXED | MAP_POPULATE;

    KTEST_CHECK(space_mmap(space, PAGE(0), 3 * PAGE_SIZE, RW, flags, &anonymous) ==
                (int64_t)PAGE(0));
    for (size_t i = 0; i < 3; i++)
        KTEST_CHECK(space_test_entry(space, i) & PTE_WRITE);
    KTEST_CHECK(map(space, PAGE(3), 1, flags) == (int64_t)PAGE(3) && !space_test_entry(space, 3));
    space_put(space);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(mmap_without_a_promise_is_refused)
{
    struct space *space = space_test_create();
    unsigned no_reserve = ANONYMOUS | MAP_NORESERVE;
    size_t taken = space_test_promise_all();

    if (taken) {
        KTEST_CHECK(space_mmap(space, 0, PAGE_SIZE, RW, ANONYMOUS, &anonymous) == -ENOMEM);
        KTEST_CHECK(space_mmap(space, 0, PAGE_SIZE, RW, no_reserve, &anonymous) == -ENOMEM);
        KTEST_CHECK(space_mmap(space, 0, PAGE_SIZE, PROT_READ, ANONYMOUS, &anonymous) > 0);
        space_test_promise_back(taken);
    }
    KTEST_CHECK(space_mmap(space, 0, PAGE_SIZE, RW, ANONYMOUS, &anonymous) > 0);
    space_put(space);
}
