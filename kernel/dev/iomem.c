/*
 * dev/iomem.c - what lies where in physical memory
 */
#include "dev/iomem.h"

#define MAX_RANGES 96

static struct iomem ranges[MAX_RANGES];
static size_t nr_ranges;

static bool comes_before(const struct iomem *a, const struct iomem *b)
{
    return a->start < b->start || (a->start == b->start && a->end > b->end);
}

INIT_ONCE void iomem_add(paddr_t start, paddr_t end, const char *name)
{
    const struct iomem range = {start, end, name};

    if (start >= end || nr_ranges == MAX_RANGES)
        return;
    size_t i = nr_ranges++;
    for (; i > 0 && comes_before(&range, &ranges[i - 1]); i--)
        ranges[i] = ranges[i - 1];
    ranges[i] = range;
}

size_t iomem_all(const struct iomem **all)
{
    *all = ranges;
    return nr_ranges;
}
