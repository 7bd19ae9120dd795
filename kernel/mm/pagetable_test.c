/*
 * mm/pagetable_test.c - page tables: what is mapped is found, what is empty is gone
 */
#include "mm/pagetable.h"

#include "lib/ktest.h"
#include "mm/memory_test.h"

#define ENTRY (PTE_PRESENT | PTE_USER)
#define VA    0x40000000UL /* the first page of a table of the third level */

/* Map a fresh frame at va. */
static pfn_t map(struct pagetable *pt, vaddr_t va)
{
    pte_t *slot = pagetable_reach(pt, va);
    pfn_t pfn = frame_alloc(0);

    pagetable_set(pt, slot, pfn << PAGE_SHIFT | ENTRY);
    return pfn;
}

static void count(void *context, vaddr_t va, pte_t *slot)
{
    size_t *sums = context;

    sums[0]++;
    sums[1] += va;
    sums[2] += pte_frame(*slot);
}

/* Entries in [start, end). */
static size_t nr_mapped(struct pagetable *pt, vaddr_t start, vaddr_t end)
{
    size_t sums[3] = {0};

    pagetable_visit(pt, start, end, count, sums);
    return sums[0];
}

KTEST(pagetable_finds_what_was_set_and_nothing_else)
{
    size_t before = memory_test_free();
    struct pagetable pt;

    KTEST_CHECK(pagetable_create(&pt) == 0 && pt.nr_tables == 1);
    KTEST_CHECK(!pagetable_find(&pt, VA));
    pfn_t pfn = map(&pt, VA);
    KTEST_CHECK(pt.nr_tables == 4);
    KTEST_CHECK(pte_frame(*pagetable_find(&pt, VA)) == pfn);
    KTEST_CHECK(!pagetable_find(&pt, VA + PAGE_SIZE));
    KTEST_CHECK(!pagetable_find(&pt, VA + PT_SPAN(1)) && !pagetable_find(&pt, VA + PT_SPAN(2)));
    KTEST_CHECK(!pagetable_find(&pt, 0) && !pagetable_find(&pt, USER_END - PAGE_SIZE));
    pagetable_unmap(&pt, VA, VA + PAGE_SIZE);
    pagetable_destroy(&pt);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(pagetable_shares_the_kernels_upper_half)
{
    struct pagetable pt;
    vaddr_t here = (vaddr_t)&pt; /* the boot stack, in the image */

    KTEST_CHECK(pagetable_create(&pt) == 0);
    KTEST_CHECK(pagetable_find(&pt, here) && *pagetable_find(&pt, here) & PTE_PRESENT);
    KTEST_CHECK(!(*pagetable_find(&pt, here) & PTE_USER));
    pagetable_destroy(&pt);
}

KTEST(pagetable_visits_each_entry_once_in_its_range_only)
{
    static const vaddr_t pages[] = {
        PAGE_SIZE,           VA - PAGE_SIZE,  VA,
        VA + PAGE_SIZE,      VA + PT_SPAN(1), 5 * PT_SPAN(3) + PT_SPAN(2),
        USER_END - PAGE_SIZE};
    size_t before = memory_test_free(), sums[3] = {0}, vas = 0, frames = 0;
    struct pagetable pt;

    KTEST_CHECK(pagetable_create(&pt) == 0);
    for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
        vas += pages[i];
        frames += map(&pt, pages[i]);
    }
    pagetable_visit(&pt, 0, USER_END, count, sums);
    KTEST_CHECK(sums[0] == ARRAY_SIZE(pages) && sums[1] == vas && sums[2] == frames);
    KTEST_CHECK(nr_mapped(&pt, VA, VA + PAGE_SIZE) == 1);
    KTEST_CHECK(nr_mapped(&pt, VA - PAGE_SIZE, VA + 2 * PAGE_SIZE) == 3);
    KTEST_CHECK(nr_mapped(&pt, VA + 2 * PAGE_SIZE, VA + PT_SPAN(1)) == 0);
    KTEST_CHECK(nr_mapped(&pt, 0, 0) == 0);
    pagetable_unmap(&pt, 0, USER_END);
    KTEST_CHECK(nr_mapped(&pt, 0, USER_END) == 0 && pt.nr_tables == 1);
    pagetable_destroy(&pt);
    KTEST_CHECK(memory_test_free() == before);
}

/* More pages than one batch holds, across the border of two tables. */
KTEST(pagetable_unmap_frees_pages_and_tables_that_become_empty)
{
    size_t before = memory_test_free();
    vaddr_t start = VA + PT_SPAN(1) - 100 * PAGE_SIZE, end = start + 300 * PAGE_SIZE;
    struct pagetable pt;

    KTEST_CHECK(pagetable_create(&pt) == 0);
    for (vaddr_t va = start; va < end; va += PAGE_SIZE)
        map(&pt, va);
    KTEST_CHECK(pt.nr_tables == 5);
    pagetable_unmap(&pt, start + PAGE_SIZE, VA + PT_SPAN(1));
    KTEST_CHECK(pt.nr_tables == 5 && nr_mapped(&pt, 0, USER_END) == 201);
    pagetable_unmap(&pt, start, start + PAGE_SIZE);
    KTEST_CHECK(pt.nr_tables == 4 && nr_mapped(&pt, 0, USER_END) == 200);
    pagetable_unmap(&pt, start, end);
    KTEST_CHECK(pt.nr_tables == 1);
    pagetable_unmap(&pt, 0, USER_END);
    pagetable_destroy(&pt);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(pagetable_unmap_drops_one_reference_only)
{
    struct pagetable pt;

    KTEST_CHECK(pagetable_create(&pt) == 0);
    pfn_t pfn = map(&pt, VA);
    frame_get(pfn);
    pagetable_unmap(&pt, VA, VA + PAGE_SIZE);
    KTEST_CHECK(frame_of(pfn)->state == FRAME_USED && frame_of(pfn)->refs == 1);
    frame_put(pfn);
    pagetable_destroy(&pt);
}

KTEST(pagetable_counts_pages_but_not_the_frame_of_zeros)
{
    size_t before = memory_test_free();
    struct pagetable pt, twin;

    KTEST_CHECK(pagetable_create(&pt) == 0 && pagetable_create(&twin) == 0);
    map(&pt, VA);
    for (size_t i = 1; i < 4; i++)
        pagetable_set(&pt, pagetable_reach(&pt, VA + i * PAGE_SIZE),
                      frame_alloc(0) << PAGE_SHIFT | ENTRY | PTE_ANON);
    pte_t *zero = pagetable_reach(&pt, VA + 4 * PAGE_SIZE);
    pagetable_set(&pt, zero, zero_frame << PAGE_SHIFT | ENTRY);
    KTEST_CHECK(pt.nr_pages == 4 && pt.nr_anon == 3 && pagetable_peak(&pt) == 4);
    KTEST_CHECK(pagetable_share(&twin, &pt, VA, VA + 5 * PAGE_SIZE) == 0);
    KTEST_CHECK(twin.nr_pages == 4 && twin.nr_anon == 3);
    pagetable_check(&twin);
    pagetable_set(&pt, zero, frame_alloc(0) << PAGE_SHIFT | ENTRY | PTE_ANON);
    KTEST_CHECK(pt.nr_pages == 5 && pt.nr_anon == 4);
    KTEST_CHECK(pagetable_unmap(&pt, VA + PAGE_SIZE, VA + 4 * PAGE_SIZE) == 3);
    KTEST_CHECK(pt.nr_pages == 2 && pt.nr_anon == 1 && pagetable_peak(&pt) == 5);
    pagetable_check(&pt);
    KTEST_CHECK(pagetable_unmap(&twin, VA, VA + 5 * PAGE_SIZE) == 4);
    pagetable_unmap(&pt, VA, VA + 5 * PAGE_SIZE);
    KTEST_CHECK(pt.nr_pages == 0 && pt.nr_anon == 0 && twin.nr_pages == 0 && twin.nr_anon == 0);
    pagetable_destroy(&pt);
    pagetable_destroy(&twin);
    KTEST_CHECK(memory_test_free() == before);
}

#define MOVED (3 * PT_SPAN(2) + 511 * PAGE_SIZE) /* where VA moves: the last page of a table */

/* Entries in both halves of two tables, and a table between them that has none. */
static void map_for_move(struct pagetable *pt)
{
    static const unsigned pages[] = {0, 1, 100, 511, 1024, 1535};

    for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
        map(pt, VA + pages[i] * PAGE_SIZE);
}

/* Both halves of a move. */
static int move(struct pagetable *pt, vaddr_t start, vaddr_t end, vaddr_t to)
{
    if (pagetable_prepare_move(pt, start, end, to) < 0)
        return -1;
    pagetable_move(pt, start, end, to);
    return 0;
}

KTEST(pagetable_move_keeps_frames_and_leaves_no_table)
{
    size_t before = memory_test_free();
    struct pagetable pt;

    KTEST_CHECK(pagetable_create(&pt) == 0);
    map_for_move(&pt);
    pfn_t first = pte_frame(*pagetable_find(&pt, VA)),
          last = pte_frame(*pagetable_find(&pt, VA + 1535 * PAGE_SIZE));
    KTEST_CHECK(move(&pt, VA, VA + 1536 * PAGE_SIZE, MOVED) == 0);
    KTEST_CHECK(nr_mapped(&pt, 0, USER_END) == 6 && pt.nr_pages == 6);
    KTEST_CHECK(nr_mapped(&pt, MOVED, MOVED + 1536 * PAGE_SIZE) == 6);
    KTEST_CHECK(pte_frame(*pagetable_find(&pt, MOVED)) == first);
    KTEST_CHECK(pte_frame(*pagetable_find(&pt, MOVED + 1535 * PAGE_SIZE)) == last);
    /* One for page 0, one for 1 to 511, for 1024, for 1535; two above these, and the root. */
    KTEST_CHECK(pt.nr_tables == 1 + 2 + 4);
    pagetable_check(&pt);
    /* Within one table. */
    KTEST_CHECK(move(&pt, MOVED + PAGE_SIZE, MOVED + 9 * PAGE_SIZE, MOVED + 200 * PAGE_SIZE) == 0);
    KTEST_CHECK(pagetable_find(&pt, MOVED + 200 * PAGE_SIZE) &&
                !pagetable_find(&pt, MOVED + PAGE_SIZE) && pt.nr_tables == 7);
    pagetable_check(&pt);
    pagetable_unmap(&pt, 0, USER_END);
    KTEST_CHECK(pt.nr_tables == 1);
    pagetable_destroy(&pt);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(pagetable_move_without_memory_changes_nothing)
{
    size_t before = memory_test_free(), nr = 0;
    struct pagetable pt;
    int error = -1;

    KTEST_CHECK(pagetable_create(&pt) == 0);
    map_for_move(&pt);
    size_t nr_tables = pt.nr_tables;
    for (; error && nr < 10; nr++) {
        memory_test_take(nr);
        error = move(&pt, VA, VA + 1536 * PAGE_SIZE, MOVED);
        KTEST_CHECK(!error || (frame_nr_free() == nr && pt.nr_tables == nr_tables));
        KTEST_CHECK(nr_mapped(&pt, VA, VA + 1536 * PAGE_SIZE) == (error ? 6 : 0));
        memory_test_give();
        pagetable_check(&pt);
    }
    KTEST_CHECK(!error && nr > 3);
    pagetable_unmap(&pt, 0, USER_END);
    pagetable_destroy(&pt);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(pagetable_move_holds_its_tables_while_others_go)
{
    size_t before = memory_test_free();
    struct pagetable pt;

    KTEST_CHECK(pagetable_create(&pt) == 0);
    map_for_move(&pt);
    map(&pt, MOVED + PAGE_SIZE); /* in a table that is needed */
    KTEST_CHECK(pagetable_prepare_move(&pt, VA, VA + 1536 * PAGE_SIZE, MOVED) == 0);
    memory_test_take(0);
    pagetable_unmap(&pt, MOVED, MOVED + 1536 * PAGE_SIZE);
    pagetable_move(&pt, VA, VA + 1536 * PAGE_SIZE, MOVED);
    memory_test_give();
    KTEST_CHECK(nr_mapped(&pt, MOVED, MOVED + 1536 * PAGE_SIZE) == 6);
    KTEST_CHECK(nr_mapped(&pt, 0, USER_END) == 6);
    pagetable_check(&pt);
    pagetable_unmap(&pt, 0, USER_END);
    pagetable_destroy(&pt);
    KTEST_CHECK(memory_test_free() == before);
}

/* What pagetable_reach() remembers must not outlive the table. */
KTEST(pagetable_reach_forgets_a_table_that_is_gone)
{
    size_t before = memory_test_free();
    struct pagetable pt;

    KTEST_CHECK(pagetable_create(&pt) == 0);
    map(&pt, VA);
    map(&pt, VA + PT_SPAN(1));
    KTEST_CHECK(pagetable_reach(&pt, VA) == pagetable_find(&pt, VA));
    pagetable_unmap(&pt, VA, VA + PAGE_SIZE);
    pfn_t taken = frame_alloc(0); /* most likely the table's frame */
    map(&pt, VA);
    KTEST_CHECK(pagetable_find(&pt, VA) && pt.nr_tables == 5);
    pagetable_check(&pt);
    frame_put(taken);
    pagetable_unmap(&pt, VA, VA + 2 * PT_SPAN(1));
    KTEST_CHECK(pt.nr_tables == 1);
    pagetable_destroy(&pt);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(pagetable_prune_keeps_tables_in_use)
{
    size_t before = memory_test_free();
    struct pagetable pt;

    KTEST_CHECK(pagetable_create(&pt) == 0);
    map(&pt, VA);
    pte_t *slot = pagetable_reach(&pt, VA + PT_SPAN(1));
    KTEST_CHECK(slot && !*slot && pt.nr_tables == 5);
    pagetable_prune(&pt, VA + PT_SPAN(1));
    KTEST_CHECK(pt.nr_tables == 4 && nr_mapped(&pt, 0, USER_END) == 1);
    pagetable_prune(&pt, VA);
    pagetable_prune(&pt, VA + PT_SPAN(3));
    KTEST_CHECK(pt.nr_tables == 4);
    pagetable_unmap(&pt, VA, VA + PAGE_SIZE);
    pagetable_destroy(&pt);
    KTEST_CHECK(memory_test_free() == before);
}

/* An entry may keep its frame while it is not present: mprotect() to PROT_NONE. */
KTEST(pagetable_unmap_frees_frames_of_entries_not_present)
{
    size_t before = memory_test_free();
    struct pagetable pt;

    KTEST_CHECK(pagetable_create(&pt) == 0);
    map(&pt, VA);
    pte_t *slot = pagetable_find(&pt, VA);
    pagetable_replace(slot, *slot & ~PTE_PRESENT);
    KTEST_CHECK(nr_mapped(&pt, VA, VA + PAGE_SIZE) == 1);
    pagetable_unmap(&pt, VA, VA + PAGE_SIZE);
    pagetable_destroy(&pt);
    KTEST_CHECK(memory_test_free() == before);
}

/* Three tables are missing; with less than three frames left none is kept. */
KTEST(pagetable_reach_without_memory_changes_nothing)
{
    size_t before = memory_test_free();
    struct pagetable pt;

    KTEST_CHECK(pagetable_create(&pt) == 0);
    for (size_t nr = 0; nr < 3; nr++) {
        memory_test_take(nr);
        KTEST_CHECK(!pagetable_reach(&pt, VA));
        KTEST_CHECK(pt.nr_tables == 1 && frame_nr_free() == nr);
        memory_test_give();
    }
    memory_test_take(3);
    KTEST_CHECK(pagetable_reach(&pt, VA) && pt.nr_tables == 4 && frame_nr_free() == 0);
    KTEST_CHECK(!pagetable_reach(&pt, VA + PT_SPAN(1)) && pt.nr_tables == 4);
    memory_test_give();
    pagetable_prune(&pt, VA);
    KTEST_CHECK(pt.nr_tables == 1);
    pagetable_destroy(&pt);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(pagetable_create_without_memory_is_refused)
{
    struct pagetable pt;

    memory_test_take(0);
    KTEST_CHECK(pagetable_create(&pt) < 0);
    memory_test_give();
}
