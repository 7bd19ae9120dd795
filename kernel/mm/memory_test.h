/*
 * mm/memory_test.h - the accounts of memory, and a shortage of it, for tests
 */
#ifndef MM_MEMORY_TEST_H
#define MM_MEMORY_TEST_H

#include "lib/types.h"

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
