/*
 * malloc/mallinfo.c - figures about the heap
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "malloc/libc_heap.h"

static struct heap_stats stats_now(void)
{
    struct heap *heap = libc_heap();
    struct heap_stats stats;

    memset(&stats, 0, sizeof(stats));
    if (heap != NULL)
        heap_get_stats(heap, &stats);
    return stats;
}

struct mallinfo2 mallinfo2(void)
{
    struct heap_stats stats = stats_now();

    return (struct mallinfo2){
        .arena = stats.region_len - stats.hole_len + stats.standin_len,
        .ordblks = stats.nr_free_runs,
        .smblks = stats.nr_small_free,
        .hblks = stats.nr_mapped,
        .hblkhd = stats.mapped_len,
        .fsmblks = stats.small_free_len,
        .uordblks = stats.small_len + stats.run_len,
        .fordblks = stats.small_free_len + stats.free_len,
        .keepcost = stats.top_len,
    };
}

struct mallinfo mallinfo(void)
{
    struct mallinfo2 info = mallinfo2();

    return (struct mallinfo){
        .arena = (int)info.arena,
        .ordblks = (int)info.ordblks,
        .smblks = (int)info.smblks,
        .hblks = (int)info.hblks,
        .hblkhd = (int)info.hblkhd,
        .fsmblks = (int)info.fsmblks,
        .uordblks = (int)info.uordblks,
        .fordblks = (int)info.fordblks,
        .keepcost = (int)info.keepcost,
    };
}

void malloc_stats(void)
{
    struct mallinfo2 info = mallinfo2();

    fprintf(stderr, "system bytes     = %10zu\n", info.arena + info.hblkhd);
    fprintf(stderr, "in use bytes     = %10zu\n", info.uordblks + info.hblkhd);
    fprintf(stderr, "mmap regions     = %10zu\n", info.hblks);
    fprintf(stderr, "mmap bytes       = %10zu\n", info.hblkhd);
}

int malloc_info(int options, FILE *stream)
{
    struct heap_stats stats = stats_now();

    if (options != 0) {
        errno = EINVAL;
        return -1;
    }
    fprintf(stream, "<malloc version=\"loam-1\">\n");
    fprintf(stream, "  <region size=\"%zu\" holes=\"%zu\" top=\"%zu\"/>\n", stats.region_len,
            stats.hole_len, stats.top_len);
    fprintf(stream, "  <standin size=\"%zu\"/>\n", stats.standin_len);
    fprintf(stream, "  <tables size=\"%zu\"/>\n", stats.meta_len);
    fprintf(stream, "  <total type=\"small\" count=\"%zu\" size=\"%zu\"/>\n", stats.nr_small,
            stats.small_len);
    fprintf(stream, "  <total type=\"pages\" count=\"%zu\" size=\"%zu\"/>\n", stats.nr_run,
            stats.run_len);
    fprintf(stream, "  <total type=\"mmap\" count=\"%zu\" size=\"%zu\"/>\n", stats.nr_mapped,
            stats.mapped_len);
    fprintf(stream, "  <total type=\"rest\" count=\"%zu\" size=\"%zu\"/>\n",
            stats.nr_free_runs + stats.nr_small_free, stats.free_len + stats.small_free_len);
    fprintf(stream, "</malloc>\n");
    return ferror(stream) ? -1 : 0;
}
