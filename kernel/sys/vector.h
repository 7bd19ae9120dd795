/*
 * sys/vector.h - pieces of memory that a program passes
 */
#ifndef SYS_VECTOR_H
#define SYS_VECTOR_H

#include "fs/vector.h"

#define IO_MAX  0x7ffff000UL /* bytes: the most that one call transfers, read(2) */
#define IOV_MAX 1024         /* pieces */

/*
 * Copy a struct iovec[nr] from the program, to be freed with kfree().
 *
 * Returns  0 and *pieces; -EINVAL (nr, or a length that is none), -EFAULT, -ENOMEM
 */
MUST_CHECK int user_pieces_copy(vaddr_t from, size_t nr, struct iovec **pieces);

/*
 * Make a vector of pieces of the running process's memory; what they have over IO_MAX is cut off.
 *
 * Returns  0 and *vector; -EFAULT: one is no user memory
 */
MUST_CHECK int user_vector(struct iovec *pieces, size_t nr, struct vector *vector);

#endif
