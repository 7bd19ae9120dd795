/*
 * tests/host/malloc_source.h - a page source for tests of the allocator core
 *
 * The contiguous region is a window of address space whose pages become accessible one extend at a
 * time, so that touching a page the heap does not own faults at once. Everything is counted: at the
 * end of a test the source must have back all it gave. Any call can be made to fail; somebody else
 * can be made to move the break; and dropped pages can be made inaccessible until commit.
 */
/* cflags: -DHEAP_THREADS=1 */

#ifndef TESTS_MALLOC_SOURCE_H
#define TESTS_MALLOC_SOURCE_H

#define _GNU_SOURCE
#include "../../libc/malloc/heap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WINDOW_LEN ((size_t)1 << 32)
#define NR_MAPS    4096

struct map_entry {
    char *start;
    size_t len;
};

struct test_source {
    char *window;
    size_t len;       /* bytes of the window below the break */
    size_t alien_len; /* of them: taken by somebody else */
    size_t limit;     /* the break never passes this */
    size_t map_limit; /* bytes that may be mapped at one time */
    struct map_entry maps[NR_MAPS];
    size_t nr_maps, map_len;
    long nr_calls;  /* calls that can fail */
    long fail_at;   /* this one does; -1: none */
    long fail_from; /* this one and all later ones do; -1: none */
    int locked;
    int nr_misuse;
    enum heap_misuse misuse;
    const void *misuse_address;
};

static struct test_source source_state;

static inline int source_fails(struct test_source *source)
{
    long call = source->nr_calls++;

    if (!source->locked) {
        fprintf(stderr, "source called without the lock\n");
        abort();
    }
    return call == source->fail_at || (source->fail_from >= 0 && call >= source->fail_from);
}

static inline void die(const char *what)
{
    fprintf(stderr, "test source: %s\n", what);
    abort();
}

static inline void *source_extend(void *ctx, size_t len)
{
    struct test_source *source = ctx;
    char *start = source->window + source->len;

    if (len == 0 || len % HEAP_PAGE != 0)
        die("extend: bad length");
    if (source_fails(source) || len > source->limit - source->len)
        return NULL;
    if (mprotect(start, len, PROT_READ | PROT_WRITE) != 0)
        return NULL;
    source->len += len;
    return start;
}

static inline int source_shrink(void *ctx, void *end, size_t len)
{
    struct test_source *source = ctx;

    if (len == 0 || len % HEAP_PAGE != 0)
        die("shrink: bad length");
    if (source_fails(source) || (char *)end != source->window + source->len)
        return -1;
    if (len > source->len)
        die("shrink: below the start");
    source->len -= len;
    if (mmap(source->window + source->len, len, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
        die("shrink: mmap");
    return 0;
}

/* Somebody else moves the break by so many bytes, which may be negative. */
static inline void source_alien(struct test_source *source, long len)
{
    char *start = source->window + source->len;

    if (len > 0) {
        mprotect(start, (size_t)len, PROT_READ | PROT_WRITE);
        memset(start, 0x5a, (size_t)len);
    } else {
        mmap(start + len, (size_t)-len, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    }
    source->len += (size_t)len;
    source->alien_len += (size_t)len;
}

static inline struct map_entry *map_lookup(struct test_source *source, void *start, size_t len)
{
    for (size_t i = 0; i < source->nr_maps; i++)
        if (source->maps[i].start == start && source->maps[i].len == len)
            return &source->maps[i];
    die("a range that was never mapped");
    return NULL;
}

static inline void *source_map(void *ctx, size_t len, size_t align)
{
    struct test_source *source = ctx;

    if (len == 0 || len % HEAP_PAGE != 0 || align < HEAP_PAGE || (align & (align - 1)) != 0)
        die("map: bad length or alignment");
    if (source_fails(source) || source->nr_maps == NR_MAPS ||
        len > source->map_limit - source->map_len)
        return NULL;
    char *raw = mmap(NULL, len + align, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED)
        return NULL;
    char *start = raw + (-(uintptr_t)raw & (align - 1));
    if (start != raw)
        munmap(raw, (size_t)(start - raw));
    munmap(start + len, (size_t)(raw + align - start));
    source->maps[source->nr_maps++] = (struct map_entry){start, len};
    source->map_len += len;
    return start;
}

static inline void source_unmap(void *ctx, void *start, size_t len)
{
    struct test_source *source = ctx;
    struct map_entry *entry = map_lookup(source, start, len);

    munmap(start, len);
    source->map_len -= len;
    *entry = source->maps[--source->nr_maps];
}

static inline void *source_remap(void *ctx, void *start, size_t old_len, size_t new_len)
{
    struct test_source *source = ctx;
    struct map_entry *entry = map_lookup(source, start, old_len);

    if (source_fails(source) || new_len > source->map_limit - source->map_len)
        return NULL;
    char *moved = mremap(start, old_len, new_len, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED)
        return NULL;
    *entry = (struct map_entry){moved, new_len};
    source->map_len += new_len - old_len;
    return moved;
}

static inline void *source_reserve(void *ctx, size_t len, size_t align)
{
    char *start = source_map(ctx, len, align);

    if (start != NULL && mprotect(start, len, PROT_NONE) != 0)
        die("reserve: mprotect");
    return start;
}

static inline int source_expose(void *ctx, void *start, size_t len)
{
    if (source_fails(ctx))
        return -1;
    if (mprotect(start, len, PROT_READ | PROT_WRITE) != 0)
        die("expose of what is not mapped");
    return 0;
}

static inline int source_hide(void *ctx, void *start, size_t len)
{
    if (source_fails(ctx))
        return -1;
    if (madvise(start, len, MADV_DONTNEED) != 0 || mprotect(start, len, PROT_NONE) != 0)
        die("hide of what is not mapped");
    return 0;
}

static inline void source_discard(void *ctx, void *start, size_t len)
{
    (void)ctx;
    if (madvise(start, len, MADV_DONTNEED) != 0)
        die("discard of what is not mapped");
}

/* The same for a heap with commit: a dropped page that is touched without it faults. */
static inline void source_discard_hard(void *ctx, void *start, size_t len)
{
    source_discard(ctx, start, len);
    if (mprotect(start, len, PROT_NONE) != 0)
        die("discard: mprotect");
}

static inline int source_commit(void *ctx, void *start, size_t len)
{
    if (source_fails(ctx))
        return -1;
    if (mprotect(start, len, PROT_READ | PROT_WRITE) != 0)
        die("commit of what is not mapped");
    memset(start, 0xa5, len);
    return 0;
}

static inline void source_misuse(void *ctx, enum heap_misuse what, const void *address)
{
    struct test_source *source = ctx;

    if (source->locked)
        die("misuse reported with the lock held");
    source->nr_misuse++;
    source->misuse = what;
    source->misuse_address = address;
}

static inline void source_lock(void *ctx)
{
    struct test_source *source = ctx;

    if (source->locked++)
        die("lock taken twice");
}

static inline void source_unlock(void *ctx)
{
    struct test_source *source = ctx;

    if (--source->locked)
        die("unlock without lock");
}

/* Start afresh. The window is reserved once. Returns a source with everything but commit. */
static inline struct heap_source source_init(void)
{
    struct test_source *source = &source_state;
    char *window = source->window;

    if (source->len != 0) /* left behind by somebody else's break */
        mmap(window, source->len, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    memset(source, 0, sizeof(*source));
    if (window == NULL)
        window =
            mmap(NULL, WINDOW_LEN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    source->window = window;
    source->limit = WINDOW_LEN;
    source->map_limit = SIZE_MAX / 2;
    source->fail_at = source->fail_from = -1;
    source->locked = 1; /* heap_create() and heap_destroy() take no lock */
    return (struct heap_source){
        .ctx = source,
        .extend = source_extend,
        .shrink = source_shrink,
        .map = source_map,
        .unmap = source_unmap,
        .remap = source_remap,
        .discard = source_discard,
        .misuse = source_misuse,
        .lock = source_lock,
        .unlock = source_unlock,
    };
}

/* heap_create() and heap_destroy() for this source. */
static inline struct heap *source_heap(void *storage, const struct heap_source *source)
{
    source_state.locked = 1;
    if (storage != NULL)
        memset(storage, 0, HEAP_STORAGE);
    struct heap *heap = heap_create(storage, source);
    source_state.locked = 0;
    return heap;
}

static inline void source_destroy(struct heap *heap)
{
    source_state.locked = 1;
    heap_destroy(heap);
}

/* The shapes a source can have; tests that loop over them do with index 0 .. NR_SHAPES - 1. */
#define NR_SHAPES 10

static inline const char *source_shape(struct heap_source *source, int shape)
{
    switch (shape) {
    case 1:
        source->map = NULL;
        source->unmap = NULL;
        source->remap = NULL;
        return "no map";
    case 2:
        source->extend = NULL;
        source->shrink = NULL;
        return "no extend";
    case 3:
        source->remap = NULL;
        source->discard = NULL;
        return "no remap, no discard";
    case 4:
        source->shrink = NULL;
        return "no shrink";
    case 5:
        source->discard = source_discard_hard;
        source->commit = source_commit;
        return "commit";
    case 6:
        source->map = NULL;
        source->unmap = NULL;
        source->remap = NULL;
        source->discard = source_discard_hard;
        source->commit = source_commit;
        return "commit, no map";
    case 7:
        source_state.limit = 256 * HEAP_PAGE;
        return "extend refused from 1 MiB on";
    case 8:
    case 9:
        source->reserve = source_reserve;
        source->expose = source_expose;
        source->hide = source_hide;
        if (shape == 8)
            return "reserve";
        source->remap = NULL;
        source->extend = NULL;
        source->shrink = NULL;
        return "reserve, no extend, no remap";
    default:
        return "everything";
    }
}

/* A small generator of our own, so that a seed means the same everywhere (xorshift64*, Vigna 2014).
 */
static uint64_t random_state = 1;

static inline uint64_t random_next(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 2685821657736338717u;
}

static inline size_t random_below(size_t limit)
{
    return (size_t)(random_next() >> 16) % limit;
}

/* Sets the seed from argv[1] or the time, and says it. */
static inline void random_seed(int argc, char **argv)
{
    struct {
        uint64_t seed;
    } s = {argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)getpid() * 2654435761u + 1};

    random_state = s.seed | 1;
    printf("# seed %llu\n", (unsigned long long)s.seed);
}

static int test_nr, test_failed;

__attribute__((format(printf, 2, 3))) static inline int test_ok(int ok, const char *format, ...)
{
    va_list args;

    printf("%sok %d - ", ok ? "" : "not ", ++test_nr);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
    test_failed += !ok;
    return ok;
}

/* heap_check(), and the sentence if there is one. */
static inline int test_intact(struct heap *heap)
{
    const char *error = heap_check(heap);

    if (error != NULL)
        printf("# heap_check: %s\n", error);
    return error == NULL;
}

static inline int test_end(void)
{
    printf("1..%d\n", test_nr);
    return test_failed != 0;
}

#endif
