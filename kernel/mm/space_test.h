/*
 * mm/space_test.h - a space that no process runs in, for tests
 *
 * Pages are named by their number from BASE on.
 */
#ifndef MM_SPACE_TEST_H
#define MM_SPACE_TEST_H

#include <asm/mman.h>

#include "mm/space.h"

#define BASE    0x10000000UL
#define PAGE(n) (BASE + (vaddr_t)(n)*PAGE_SIZE)
#define RW      (PROT_READ | PROT_WRITE)

/* An empty space: the break at BASE, mappings below 1 GiB above it, the stack at the end. */
MUST_CHECK struct space *space_test_create(void);

/*
 * What the areas are, as "0-2rw- 7-8r--": pages [0, 2) and [7, 8). Behind the rights: p promised, s
 * shared, d grows down, o of an object. Valid until the next call.
 */
const char *space_test_layout(const struct space *space);

/* space_map() of anonymous pages [start, end), and space_unmap(), with the lock. */
MUST_CHECK int space_test_map(struct space *space, size_t start, size_t end, unsigned prot,
                              unsigned flags);
MUST_CHECK int space_test_unmap(struct space *space, size_t start, size_t end);

/* Write len zeros from page n on, as space_write(). */
MUST_CHECK int space_test_clear(struct space *space, size_t n, size_t len);

/* The entry of page n; 0 where there is none. */
pte_t space_test_entry(const struct space *space, size_t n);

/*
 * Promise everything that can still be promised, and take that back. Returns the number of pages, 0
 * where the policy in force would not refuse the next one.
 */
size_t space_test_promise_all(void);
void space_test_promise_back(size_t nr_pages);

#endif
