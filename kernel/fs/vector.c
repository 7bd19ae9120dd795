/*
 * fs/vector.c - the program's side of a transfer
 */
#include "fs/vector.h"

#include <string.h>

#include "lib/assert.h"
#include "mm/usercopy.h"

/* Drop pieces in front that are empty: the first is not, while bytes are left. */
static void drop_empty(struct vector *vector)
{
    while (vector->nr_pieces && vector->pieces->iov_len == 0) {
        vector->pieces++;
        vector->nr_pieces--;
    }
}

/* The first len bytes of the first piece are used up. */
static void advance(struct vector *vector, size_t len)
{
    struct iovec *piece = vector->pieces;

    piece->iov_base = (char *)piece->iov_base + len;
    piece->iov_len -= len;
    vector->len -= len;
}

void vector_skip(struct vector *vector, size_t len)
{
    ASSERT(len <= vector->len);
    while (len) {
        drop_empty(vector);
        size_t n = MIN(len, vector->pieces->iov_len);
        advance(vector, n);
        len -= n;
    }
}

/* Bytes that could not be copied. */
static size_t copy_out(const struct vector *vector, const void *from, size_t len)
{
    if (!vector->kernel)
        return copy_to_user_partial((vaddr_t)vector->pieces->iov_base, from, len);
    memcpy(vector->pieces->iov_base, from, len);
    return 0;
}

static size_t copy_in(const struct vector *vector, void *to, size_t len)
{
    if (!vector->kernel)
        return copy_from_user_partial(to, (vaddr_t)vector->pieces->iov_base, len);
    memcpy(to, vector->pieces->iov_base, len);
    return 0;
}

size_t vector_write(struct vector *vector, const void *from, size_t len)
{
    size_t done = 0;

    len = MIN(len, vector->len);
    if (likely(len && len <= vector->pieces->iov_len)) {
        len -= copy_out(vector, from, len);
        advance(vector, len);
        return len;
    }
    while (done < len) {
        drop_empty(vector);
        size_t n = MIN(len - done, vector->pieces->iov_len);
        size_t left = copy_out(vector, (const char *)from + done, n);
        advance(vector, n - left);
        done += n - left;
        if (left)
            break;
    }
    return done;
}

size_t vector_read(struct vector *vector, void *to, size_t len)
{
    size_t done = 0;

    for (len = MIN(len, vector->len); done < len;) {
        drop_empty(vector);
        size_t n = MIN(len - done, vector->pieces->iov_len);
        size_t left = copy_in(vector, (char *)to + done, n);
        advance(vector, n - left);
        done += n - left;
        if (left)
            break;
    }
    return done;
}

bool vector_is_readable(const struct vector *vector)
{
    struct vector copy = *vector;
    char byte;

    drop_empty(&copy);
    return copy_in(&copy, &byte, 1) == 0;
}
