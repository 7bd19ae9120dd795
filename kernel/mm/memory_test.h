/*
 * mm/memory_test.h - the accounts of memory, and a shortage of it, for tests
 */
#ifndef MM_MEMORY_TEST_H
#define MM_MEMORY_TEST_H

#include "mm/commit.h"

/* Promise nr_pages to nobody by name, and take them back. */
MUST_CHECK static inline int memory_test_charge(size_t nr_pages)
{
    return commit_settle(&(struct promise){0}, nr_pages, 0);
}

static inline void memory_test_uncharge(size_t nr_pages)
{
    commit_settle(&(struct promise){.nr_pages = nr_pages}, 0, 0);
}

/* Frames that are free once the kernel heap gave back what it can spare. */
size_t memory_test_free(void);

/*
 * Take every frame but nr_left single ones, and all that the kernel heap could give without a new
 * frame: from here on each table and each small object costs a frame that may not be there.
 */
void memory_test_take(size_t nr_left);

/* Take every frame, and all of the kernel heap but nr_left blocks of len bytes; at most 8. */
void memory_test_take_but_blocks(size_t nr_left, size_t len);

/* Give all of it back. */
void memory_test_give(void);

#endif
