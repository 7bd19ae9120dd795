/*
 * dev/random.h - random bytes
 */
#ifndef DEV_RANDOM_H
#define DEV_RANDOM_H

#include "lib/types.h"

/* Collect the seed. */
void random_init(void);

/* Fill to[len] with bytes that cannot be told from random ones or foreseen from earlier ones. */
void random_fill(void *to, size_t len);

#endif
