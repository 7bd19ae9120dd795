/*
 * malloc/libc_pages.c - mmap and its kin as a page source, and what both C libraries' heaps begin with
 *
 * The system is called directly: errno must survive free(), and a program may have functions called
 * mmap or madvise of its own. What the kernel does not implement is as if refused.
 */
#include "malloc/libc_heap.h"

#include "internal/syscall.h"
#include <errno.h>
#include <linux/mman.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

/* 1: hardened unless the environment says MALLOC_HARDEN=0. */
#ifndef MALLOC_HARDEN_DEFAULT
#define MALLOC_HARDEN_DEFAULT 0
#endif

_Alignas(HEAP_PAGE) struct malloc_place __malloc_place;

static void unmap(void *ctx, void *range, size_t len)
{
    (void)ctx;
    syscall_raw(__NR_munmap, range, len);
}

static void *checked(long result)
{
    return result < 0 && result >= -4095 ? NULL : (void *)result;
}

/* A range at a multiple of align: more is mapped, and the ends are cut off. */
static void *map_aligned(void *ctx, size_t len, size_t align, int prot, int flags)
{
    size_t slack = align - HEAP_PAGE, total;

    if (__builtin_add_overflow(len, slack, &total))
        return NULL;
    char *raw =
        checked(syscall_raw(__NR_mmap, 0, total, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0));
    if (raw == NULL || slack == 0)
        return raw;
    size_t before = (0 - (uintptr_t)raw) & (align - 1);
    if (before != 0)
        unmap(ctx, raw, before);
    if (before != slack)
        unmap(ctx, raw + before + len, slack - before);
    return raw + before;
}

static void *map(void *ctx, size_t len, size_t align)
{
    return map_aligned(ctx, len, align, PROT_READ | PROT_WRITE, 0);
}

static void *reserve(void *ctx, size_t len, size_t align)
{
    return map_aligned(ctx, len, align, PROT_NONE, MAP_NORESERVE);
}

static int expose(void *ctx, void *start, size_t len)
{
    (void)ctx;
    return syscall_raw(__NR_mprotect, start, len, PROT_READ | PROT_WRITE) == 0 ? 0 : -1;
}

static int hide(void *ctx, void *start, size_t len)
{
    (void)ctx;
    return syscall_raw(__NR_mmap, start, len, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
                       0) == (long)start
               ? 0
               : -1;
}

static void *remap(void *ctx, void *range, size_t old_len, size_t new_len)
{
    (void)ctx;
    return checked(syscall_raw(__NR_mremap, range, old_len, new_len, MREMAP_MAYMOVE));
}

static void discard(void *ctx, void *start, size_t len)
{
    (void)ctx;
    syscall_raw(__NR_madvise, start, len, MADV_DONTNEED);
}

/* One line on standard error, and the end. The heap's lock is not held. */
static void misuse(void *ctx, enum heap_misuse what, const void *address)
{
    char text[2 + 2 * sizeof(uintptr_t) + 1];
    char *digit = text + sizeof(text) - 1;
    uintptr_t rest = (uintptr_t)address;

    (void)ctx;
    *digit = 0;
    do {
        *--digit = "0123456789abcdef"[rest & 15];
        rest >>= 4;
    } while (rest != 0);
    __write_error("malloc: ", heap_misuse_text(what), " 0x", digit, "\n", NULL);
    abort();
}

const struct heap_source __malloc_pages = {
    .map = map,
    .unmap = unmap,
    .remap = remap,
    .discard = discard,
    .reserve = reserve,
    .expose = expose,
    .hide = hide,
    .misuse = misuse,
};

static void configure(struct heap *heap)
{
    const char *seed_text = getenv("MALLOC_SEED"), *harden = getenv("MALLOC_HARDEN");
    const void *bytes = (const void *)getauxval(AT_RANDOM);
    size_t seed = 0;

    if (seed_text != NULL)
        seed = strtoul(seed_text, NULL, 0);
    else if (bytes != NULL)
        memcpy(&seed, bytes, sizeof(seed));
    heap_set_option(heap, HEAP_SEED, seed);
    if (harden != NULL ? *harden != 0 && *harden != '0' : MALLOC_HARDEN_DEFAULT)
        heap_set_option(heap, HEAP_HARDEN, 1);
}

struct heap *__malloc_create(const struct heap_source *source)
{
    struct malloc_place *place = &__malloc_place;
    struct heap *heap = heap_create(place->storage, source);

    /* Where it is refused, they are just bytes that nobody uses. */
    hide(NULL, place->before, HEAP_PAGE);
    hide(NULL, place->after, HEAP_PAGE);
    if (heap != NULL)
        configure(heap);
    return heap;
}

static void check_at_exit(void)
{
    malloc_check();
}

void __malloc_check_at_exit(struct heap *heap)
{
    if (heap_get_option(heap, HEAP_HARDEN) != 0)
        atexit(check_at_exit);
}

void *__malloc_no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}
