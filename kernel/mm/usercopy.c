/*
 * mm/usercopy.c - the only code that dereferences a user address
 *
 * The access itself is in arch/entry.asm, in instructions that are listed as ones that may
 * fault: a fault that space_fault() cannot handle continues at their fix-up and the copy ends
 * early.
 */
#include "mm/usercopy.h"

#include <asm/errno.h>
#include <string.h>

#define FIRST_PIECE 64UL /* of a string, looked through by itself */

/* arch/entry.asm. Returns the number of bytes not copied. */
size_t copy_user(void *to, const void *from, size_t len);
int exchange_user(uint32_t *word, uint32_t *expected, uint32_t new);

size_t copy_from_user_partial(void *to, vaddr_t from, size_t len)
{
    return user_range_ok(from, len) ? copy_user(to, (const void *)from, len) : len;
}

size_t copy_to_user_partial(vaddr_t to, const void *from, size_t len)
{
    return user_range_ok(to, len) ? copy_user((void *)to, from, len) : len;
}

int copy_from_user(void *to, vaddr_t from, size_t len)
{
    return copy_from_user_partial(to, from, len) ? -EFAULT : 0;
}

int copy_to_user(vaddr_t to, const void *from, size_t len)
{
    return copy_to_user_partial(to, from, len) ? -EFAULT : 0;
}

int exchange_user_word(vaddr_t at, uint32_t *expected, uint32_t new)
{
    if (!user_range_ok(at, sizeof(new)) || exchange_user((uint32_t *)at, expected, new))
        return -EFAULT;
    return 0;
}

ssize_t copy_string_from_user(char *to, vaddr_t from, size_t size)
{
    for (size_t done = 0; done < size;) {
        /* Page by page, as what follows the string's last page need not be there; most are short. */
        size_t most = done ? PAGE_SIZE : FIRST_PIECE;
        size_t piece = MIN(MIN(size - done, most), PAGE_SIZE - (from + done) % PAGE_SIZE);
        if (copy_from_user(to + done, from + done, piece) < 0)
            return -EFAULT;
        const char *nul = memchr(to + done, 0, piece);
        if (nul)
            return nul - to;
        done += piece;
    }
    return -ENAMETOOLONG;
}
