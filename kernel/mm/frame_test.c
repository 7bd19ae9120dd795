/*
 * mm/frame_test.c - page frames: given once, zeroed, counted, and all of them
 */
#include "mm/frame.h"

#include "lib/ktest.h"
#include "mm/memory_test.h"

#define OURS UINT16_MAX /* as a number of entries: more than a page table has */

static bool is_zero(pfn_t pfn)
{
    const uint64_t *words = frame_address(pfn);

    for (size_t i = 0; i < PAGE_SIZE / 8; i++) {
        if (words[i])
            return false;
    }
    return true;
}

KTEST(frame_alloc_and_put_balance)
{
    size_t before = frame_nr_free();
    pfn_t one = frame_alloc(0), many = frame_alloc(5);

    KTEST_CHECK(one != NO_FRAME && many != NO_FRAME && one != many);
    KTEST_CHECK(many % 32 == 0 && many < frame_buddy.nr_frames);
    KTEST_CHECK(frame_nr_free() == before - 33);
    frame_put(one);
    frame_put(many);
    KTEST_CHECK(frame_nr_free() == before);
}

KTEST(frame_alloc_zeroed_clears_what_was_there)
{
    pfn_t dirty = frame_alloc(0);
    *(uint64_t *)frame_address(dirty) = 1;
    frame_put(dirty);

    pfn_t clean = frame_alloc_zeroed();
    KTEST_CHECK(clean == dirty); /* or the test proves nothing: the last freed is the next given */
    KTEST_CHECK(is_zero(clean));
    frame_put(clean);
}

KTEST(frame_lives_until_its_last_owner_leaves)
{
    size_t before = frame_nr_free();
    pfn_t pfn = frame_alloc(0);

    frame_get(pfn);
    KTEST_CHECK(frame_of(pfn)->refs == 2);
    frame_put(pfn);
    KTEST_CHECK(frame_of(pfn)->refs == 1 && frame_nr_free() == before - 1);
    frame_put(pfn);
    KTEST_CHECK(frame_nr_free() == before);
}

KTEST(frame_of_zeros_is_never_counted_nor_freed)
{
    size_t before = frame_nr_free();
    unsigned refs = frame_of(zero_frame)->refs;

    frame_get(zero_frame);
    frame_put(zero_frame);
    frame_put(zero_frame);
    KTEST_CHECK(frame_of(zero_frame)->refs == refs && frame_nr_free() == before);
    KTEST_CHECK(is_zero(zero_frame));
}

/*
 * Every frame can be had, every order is refused then, and all come back as large blocks. Frames
 * are marked in the table, untouched themselves: the host need not have as much memory as the
 * machine.
 */
KTEST(frame_all_of_memory_and_back)
{
    size_t before = frame_nr_free(), nr = 0;

    for (pfn_t pfn; (pfn = frame_alloc(0)) != NO_FRAME; nr++)
        frame_of(pfn)->nr_entries = OURS;
    KTEST_CHECK(nr == before && frame_nr_free() == 0);
    for (unsigned order = 0; order < BUDDY_ORDERS; order++)
        KTEST_CHECK(frame_alloc(order) == NO_FRAME);
    for (pfn_t pfn = 0; pfn < frame_buddy.nr_frames; pfn++) {
        if (frame_of(pfn)->state == FRAME_USED && frame_of(pfn)->nr_entries == OURS)
            frame_put(pfn);
    }
    KTEST_CHECK(frame_nr_free() == before);
    pfn_t largest = frame_alloc(BUDDY_ORDERS - 1);
    KTEST_CHECK(largest != NO_FRAME);
    frame_put(largest);
}

KTEST(frame_shortage_leaves_just_what_was_asked_for)
{
    size_t before = memory_test_free();

    for (size_t nr = 0; nr < 4; nr++) {
        memory_test_take(nr);
        KTEST_CHECK(frame_nr_free() == nr);
        memory_test_give();
        KTEST_CHECK(memory_test_free() == before);
    }
}
