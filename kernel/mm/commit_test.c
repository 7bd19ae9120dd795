/*
 * mm/commit_test.c - promises: what each policy grants
 */
#include "mm/commit.h"

#include "lib/ktest.h"
#include "mm/frame.h"
#include "mm/memory_test.h"

/* Run under a policy of the test's own; the old one comes back with the same limit. */
static int set_policy(int policy)
{
    int old = commit_policy;

    (void)memory_test_free(); /* the limit follows from what is free now */
    commit_init(policy);
    return old;
}

KTEST(commit_never_promises_more_than_there_is)
{
    int old = set_policy(OVERCOMMIT_NEVER);
    size_t left = commit_limit - commit_promised.nr_pages, promised = commit_promised.nr_pages;

    KTEST_CHECK(commit_limit > 0 && commit_limit < frame_nr_free());
    KTEST_CHECK(memory_test_charge(left + 1) < 0 && commit_promised.nr_pages == promised);
    KTEST_CHECK(memory_test_charge(SIZE_MAX / 2) < 0 && commit_promised.nr_pages == promised);
    KTEST_CHECK(memory_test_charge(left) == 0 && memory_test_charge(1) < 0 &&
                memory_test_charge(0) == 0);
    memory_test_uncharge(left);
    KTEST_CHECK(commit_promised.nr_pages == promised);
    set_policy(old);
}

KTEST(commit_guess_refuses_only_what_no_machine_of_this_size_holds)
{
    int old = set_policy(OVERCOMMIT_GUESS);
    size_t promised = commit_promised.nr_pages;

    KTEST_CHECK(memory_test_charge(frame_buddy.nr_managed) == 0 &&
                memory_test_charge(frame_buddy.nr_managed) == 0);
    KTEST_CHECK(memory_test_charge(frame_buddy.nr_managed + 1) < 0);
    memory_test_uncharge(2 * frame_buddy.nr_managed);
    KTEST_CHECK(commit_promised.nr_pages == promised);
    set_policy(old);
}

KTEST(commit_always_refuses_nothing)
{
    int old = set_policy(OVERCOMMIT_ALWAYS);
    size_t huge = GIB(1) >> PAGE_SHIFT << 17; /* all of user space */

    KTEST_CHECK(memory_test_charge(huge) == 0);
    memory_test_uncharge(huge);
    set_policy(old);
}

/* Promises made under another policy may exceed the limit: then nothing more is promised. */
KTEST(commit_beyond_the_limit_refuses_without_wrapping)
{
    int old = set_policy(OVERCOMMIT_ALWAYS);
    size_t too_many = commit_limit + 5;

    KTEST_CHECK(memory_test_charge(too_many) == 0);
    set_policy(OVERCOMMIT_NEVER);
    KTEST_CHECK(memory_test_charge(1) < 0);
    memory_test_uncharge(too_many);
    set_policy(old);
}
