/*
 * malloc/libc_heap.h - the heap of a program, one for each of its threads
 *
 * The malloc family is built twice: into Loam's C library, which has one thread (libc_heap.c), and into
 * libloammalloc for programs on Linux, which have many (loammalloc.c).
 */
#ifndef MALLOC_LIBC_HEAP_H
#define MALLOC_LIBC_HEAP_H

#include "internal/libc.h"
#include "malloc/heap_fast.h"

/* Options of mallopt() that glibc does not have. */
#ifndef M_HARDEN
#define M_HARDEN (-64)
#define M_SEED   (-65)
#endif

/* The arena, all zero before the first malloc. It lies here, between two pages that become inaccessible. */
extern struct malloc_place {
    unsigned char before[HEAP_PAGE];
    union {
        struct arena arena;
        unsigned char storage[HEAP_STORAGE];
    };
    unsigned char after[HEAP_PAGE];
} __malloc_place HIDDEN;

/* The calling thread's heap; before its first malloc one that has nothing. Never NULL. */
#if HEAP_THREADS
extern __thread struct heap *__malloc_heap HIDDEN __attribute__((tls_model("initial-exec")));
#else
#define __malloc_heap (&__malloc_place.arena.heap)
#endif

/* A page source without region: mmap and its kin, and the end of the program on misuse. */
extern const struct heap_source __malloc_pages HIDDEN;

/*
 * Make the arena, with what the environment asks for: MALLOC_HARDEN, MALLOC_SEED.
 *
 * Returns     its heap; NULL: no memory
 */
struct heap *__malloc_create(const struct heap_source *source) HIDDEN;

/* Where hardening was chosen, have exit() look for writes that nobody looked for since. */
void __malloc_check_at_exit(struct heap *heap) HIDDEN;

#if HEAP_THREADS
/* As in Loam's malloc.h: end the program if the heap is damaged. */
void malloc_check(void);
#endif

/* Make the calling thread's heap. NULL: no memory. */
struct heap *__malloc_heap_make(void) HIDDEN;

static inline struct heap *libc_heap(void)
{
    struct heap *heap = __malloc_heap;

    return LIKELY(heap->arena != NULL) ? heap : __malloc_heap_make();
}

/* The result of an allocation as C wants it: NULL comes with ENOMEM. */
void *__malloc_no_memory(void) HIDDEN;

static inline void *block_or_errno(void *block)
{
    return LIKELY(block != NULL) ? block : __malloc_no_memory();
}

#endif
