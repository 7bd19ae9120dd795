/*
 * lib/types.h - the words every kernel file uses
 *
 * Integer types that carry meaning, page arithmetic, and the few compiler attributes worth a name.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

typedef uint64_t paddr_t; /* physical address, bytes */
typedef uint64_t vaddr_t; /* virtual address, bytes; a user's until usercopy.c says otherwise */
typedef uint64_t pfn_t;   /* page frame number: paddr_t >> PAGE_SHIFT */
typedef int64_t ssize_t;

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

/*
 * x rounded to a multiple of a, a power of two. align_up() wraps to 0 where x is within a of 2^64.
 */
#define align_down(x, a) ((x) & ~((__typeof__(x))(a)-1))
#define align_up(x, a)   align_down((x) + ((__typeof__(x))(a)-1), a)

#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)
#define static_assert _Static_assert
#define MUST_CHECK      __attribute__((warn_unused_result))
#define NORETURN        __attribute__((noreturn))
#define PRINTF(fmt, va) __attribute__((format(printf, fmt, va)))
#define INIT_ONCE       __attribute__((cold, noinline)) /* runs once, while the kernel starts */
#define NOINLINE        __attribute__((noinline))
#define ALWAYS_INLINE   inline __attribute__((always_inline)) /* of a way that must be short */

/* The structure of the given type that holds `member` at address p. */
#define container_of(p, type, member) ((type *)((uintptr_t)(p)-offsetof(type, member)))

#endif
