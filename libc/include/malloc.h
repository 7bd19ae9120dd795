/*
 * malloc.h - the allocator beyond what stdlib.h declares (names and structs as in glibc)
 */
#ifndef _MALLOC_H
#define _MALLOC_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* An alignment that is no power of two is EINVAL. */
void *memalign(size_t alignment, size_t size) __attribute__((__malloc__, __alloc_size__(2)));
void *pvalloc(size_t size) __attribute__((__malloc__));

/* Bytes that may be used, at least those asked for. 0 for NULL. */
size_t malloc_usable_size(void *mem);

/* Give free memory back to the kernel but for pad bytes at the break. 1 if any was, else 0. */
int malloc_trim(size_t pad);

/*
 * Options of mallopt(). Until one of the first four is set, freeing a mapped block of up to 32 MiB
 * raises the mmap threshold above its size, and the trim threshold to twice that.
 */
#define M_TRIM_THRESHOLD (-1) /* bytes free below the break before it is lowered; -1: never */
#define M_TOP_PAD        (-2) /* bytes more than needed when the break is raised, left when lowered */
#define M_MMAP_THRESHOLD (-3) /* requests of so many bytes or more are mapped; at most 32 MiB */
#define M_MMAP_MAX       (-4) /* mapped blocks at one time; 0: none */
#define M_PERTURB        (-6) /* fill blocks: with ~value when allocated, value when freed; 0: do not */

#define M_HARDEN                                                                                   \
    (-64)            /* 1: find writes outside of blocks and after free; before the first malloc */
#define M_SEED (-65) /* what the order of blocks is drawn from */

/* Returns 1, or 0 for an option or value that there is not. */
int mallopt(int option, int value);

struct mallinfo2 {
    size_t arena;    /* bytes taken by brk and by ranges that stand in for it */
    size_t ordblks;  /* free runs of pages */
    size_t smblks;   /* free blocks of small sizes */
    size_t hblks;    /* mapped blocks */
    size_t hblkhd;   /* bytes in them */
    size_t usmblks;  /* 0, as in glibc */
    size_t fsmblks;  /* bytes in free blocks of small sizes */
    size_t uordblks; /* bytes in use, mapped blocks not counted */
    size_t fordblks; /* bytes free */
    size_t keepcost; /* bytes that malloc_trim(0) takes from the top */
};

/* The same with numbers that may wrap. */
struct mallinfo {
    int arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};

struct mallinfo2 mallinfo2(void);
struct mallinfo mallinfo(void);

/* End the program if the heap is damaged, or something was written outside of its blocks. */
void malloc_check(void);

/* Print a summary on standard error. */
void malloc_stats(void);

/* Print the state of the heap as XML. options must be 0 (else EINVAL). Returns 0 or -1. */
int malloc_info(int options, FILE *stream);

#endif
