/*
 * lib/ksyms.h - names for kernel addresses
 *
 * The table is made from the linked kernel itself and linked in by a second pass (see Makefile).
 */
#ifndef LIB_KSYMS_H
#define LIB_KSYMS_H

#include "lib/types.h"

struct ksym {
    uint64_t address;
    const char *name;
};

extern const struct ksym ksym_table[]; /* functions, by ascending address */
extern const size_t ksym_count;

/* The function that holds the address, or "?"; *offset is the distance from its start, in bytes. */
const char *ksym_find(uint64_t address, uint64_t *offset);

#endif
