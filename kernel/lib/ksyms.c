/*
 * lib/ksyms.c - binary search in the kernel's own symbol table
 */
#include "lib/ksyms.h"

const char *ksym_find(uint64_t address, uint64_t *offset)
{
    size_t low = 0,
           high = ksym_count; /* the answer is the last entry in [0, high) not above address */

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ksym_table[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    *offset = low ? address - ksym_table[low - 1].address : address;
    return low ? ksym_table[low - 1].name : "?";
}
