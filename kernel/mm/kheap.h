/*
 * mm/kheap.h - memory for the kernel's own objects
 */
#ifndef MM_KHEAP_H
#define MM_KHEAP_H

#include "lib/types.h"

void kheap_init(void);

/*
 * A block of len bytes, aligned to 16, content undefined; kzalloc() fills it with zeros.
 *
 * Returns  NULL if out of memory
 * Locking  takes the heap's lock; not from interrupts
 */
MUST_CHECK void *kmalloc(size_t len);
MUST_CHECK void *kzalloc(size_t len);

/* As kmalloc(), aligned to a power of two. */
MUST_CHECK void *kmalloc_aligned(size_t len, size_t align);

/* NULL is ignored. Anything else that kmalloc() did not give, or that was freed before, panics. */
void kfree(void *block);

/* Blocks in use, and the bytes they take. */
void kheap_count(size_t *nr_blocks, size_t *nr_bytes);

/* Give spare pages back to the frame allocator. For the balance of the books (P10). */
void kheap_trim(void);

#endif
