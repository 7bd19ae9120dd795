/*
 * sched/fail_test.c - the allocation that was asked to fails, and no other
 */
#include "sched/fail.h"

#include "lib/ktest.h"
#include "mm/frame.h"
#include "mm/kheap.h"
#include "mm/memory_test.h"

KTEST(fail_nth_hits_the_nth_allocation_of_either_kind)
{
    size_t before = memory_test_free();
    void *first = kmalloc(8); /* the heap's own frame is there now */

    fail_set_nth(3);
    pfn_t frame = frame_alloc(0);
    KTEST_CHECK(frame != NO_FRAME && fail_nth() == 2);
    void *block = kmalloc(8);
    KTEST_CHECK(block && fail_nth() == 1);
    KTEST_CHECK(frame_alloc(0) == NO_FRAME && fail_nth() == 0);
    kfree(block);
    kfree(first);
    frame_put(frame);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(fail_nth_hits_every_function_that_allocates)
{
    size_t before = memory_test_free();

    fail_set_nth(1);
    KTEST_CHECK(frame_alloc_zeroed() == NO_FRAME);
    fail_set_nth(1);
    KTEST_CHECK(!kmalloc(8));
    fail_set_nth(1);
    KTEST_CHECK(!kzalloc(8));
    fail_set_nth(1);
    KTEST_CHECK(!kmalloc_aligned(64, 64));
    KTEST_CHECK(fail_nth() == 0 && memory_test_free() == before);
}

KTEST(fail_words_are_understood_or_refused)
{
    KTEST_CHECK(!fail_set_option("fail=frame:"));
    KTEST_CHECK(!fail_set_option("fail=frame:0"));
    KTEST_CHECK(!fail_set_option("fail=frame:1x"));
    KTEST_CHECK(!fail_set_option("fail=frame:99999999999999999999"));
    KTEST_CHECK(!fail_set_option("fail=stack:1"));
    KTEST_CHECK(!fail_set_option("fail=frame"));
}
