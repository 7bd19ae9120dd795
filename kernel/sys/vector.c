/*
 * sys/vector.c - pieces of memory that a program passes
 */
#include "sys/vector.h"

#include <asm/errno.h>

#include "mm/kheap.h"
#include "mm/usercopy.h"

int user_pieces_copy(vaddr_t from, size_t nr, struct iovec **pieces)
{
    struct iovec *copy = nr <= IOV_MAX ? kmalloc(nr * sizeof(*copy)) : NULL;

    if (!copy)
        return nr <= IOV_MAX ? -ENOMEM : -EINVAL;
    int error = copy_from_user(copy, from, nr * sizeof(*copy));
    for (size_t i = 0; i < nr && !error; i++)
        error = (ssize_t)copy[i].iov_len < 0 ? -EINVAL : 0;
    if (error)
        kfree(copy);
    *pieces = copy;
    return error;
}

int user_vector(struct iovec *pieces, size_t nr, struct vector *vector)
{
    *vector = (struct vector){.pieces = pieces, .nr_pieces = nr};
    for (size_t i = 0; i < nr; i++) {
        if (!user_range_ok((vaddr_t)pieces[i].iov_base, pieces[i].iov_len))
            return -EFAULT;
        pieces[i].iov_len = MIN(pieces[i].iov_len, IO_MAX - vector->len);
        vector->len += pieces[i].iov_len;
    }
    return 0;
}
