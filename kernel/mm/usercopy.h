/*
 * mm/usercopy.h - the only way to a user's memory
 *
 * All work on the running space; the addresses may be anything. Faults are handled as the program's
 * own would be; what cannot be had ends the copy.
 *
 * Locking: may sleep, and takes the space's lock: no lock is held by the caller.
 */
#ifndef MM_USERCOPY_H
#define MM_USERCOPY_H

#include "arch/pte.h"
#include "lib/types.h"

/* All len bytes: 0, or -EFAULT (some may have been copied). */
MUST_CHECK int copy_from_user(void *to, vaddr_t from, size_t len);
MUST_CHECK int copy_to_user(vaddr_t to, const void *from, size_t len);

/* As many bytes as can be: returns how many were not copied. */
MUST_CHECK size_t copy_from_user_partial(void *to, vaddr_t from, size_t len);
MUST_CHECK size_t copy_to_user_partial(vaddr_t to, const void *from, size_t len);

/*
 * Put `new` into a word, at a multiple of its size, that holds *expected: one step to all who see it. *expected
 * becomes what it held. 0, or -EFAULT if it cannot be written.
 */
MUST_CHECK int exchange_user_word(vaddr_t at, uint32_t *expected, uint32_t new);

/*
 * Copy a string with its NUL into to[size].
 *
 * Returns  its length without NUL, -EFAULT, or -ENAMETOOLONG if there is no NUL in the first size
 *          bytes
 */
MUST_CHECK ssize_t copy_string_from_user(char *to, vaddr_t from, size_t size);

/* Whether [va, va + len) lies in user space. */
static inline bool user_range_ok(vaddr_t va, size_t len)
{
    return va <= USER_END && len <= USER_END - va;
}

#endif
