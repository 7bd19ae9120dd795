/*
 * fs/vector.h - one side of a transfer, the program's: pieces of memory that are used up from the front
 *
 * read(2) is a readv(2) with one piece. What makes its calls atomic (a file that is appended to, a
 * pipe) takes a vector; what does not takes piece by piece.
 */
#ifndef FS_VECTOR_H
#define FS_VECTOR_H

#include <linux/uio.h>

#include "lib/types.h"

struct vector {
    struct iovec *pieces; /* [nr_pieces] that are left; the first shrinks from its start */
    size_t nr_pieces;
    size_t len;  /* bytes left: the sum of the pieces */
    bool kernel; /* the pieces are the kernel's own memory: sendfile(2) */
};

/* The next len bytes, at most those left, are used up. */
void vector_skip(struct vector *vector, size_t len);

/*
 * Copy up to len bytes, at most those left, between the kernel and the program.
 *
 * Returns  how many were copied, and used up: fewer if the program's memory cannot be touched
 * Locking  as usercopy.h
 */
MUST_CHECK size_t vector_write(struct vector *vector, const void *from, size_t len);
MUST_CHECK size_t vector_read(struct vector *vector, void *to, size_t len);

/* Whether the next byte, which there is, can be read now. */
MUST_CHECK bool vector_is_readable(const struct vector *vector);

#endif
