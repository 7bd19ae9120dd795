/*
 * proc/memory.c - /proc/meminfo, vmstat, buddyinfo and iomem: the machine's memory
 *
 * Of Linux's fields those that mean something here, in its order: there is one zone, no swap, and
 * no page that waits to be written anywhere.
 *
 * Source  proc(5); Linux, fs/proc/meminfo.c and mm/vmstat.c
 */
#include "dev/iomem.h"
#include "mm/commit.h"
#include "mm/kernel_map.h"
#include "proc/process.h"
#include "proc/resident.h"
#include "proc/stack.h"
#include "proc/system.h"

#define NODE_ZONE   "Node 0, zone %8s "
#define STACK_PAGES (KERNEL_STACK_SIZE / PAGE_SIZE)
#define NEST_MAX    8

/* The machine's memory, in pages. */
struct machine {
    size_t nr_total, nr_free;
    size_t nr_object; /* files and shared memory */
    size_t nr_anonymous, nr_mapped, nr_locked;
    size_t nr_stacks, nr_kernel_heap, nr_tables;
};

/* A sum of proportional sizes as pages, rounded: each page's shares make it whole. */
static size_t whole_pages(uint64_t pss)
{
    return (pss + (PAGE_SIZE << PSS_SHIFT) / 2) >> (PAGE_SHIFT + PSS_SHIFT);
}

static struct machine look_around(void)
{
    struct space_summary all = {0};
    struct machine machine = {0};

    resident_add_all(&all);
    for (const struct process *p = NULL; (p = process_next(p));)
        machine.nr_stacks += STACK_PAGES;
    machine.nr_total = frame_buddy.nr_managed;
    machine.nr_free = frame_nr_free();
    machine.nr_object = object_nr_all_pages;
    machine.nr_anonymous = whole_pages(all.resident.pss_anonymous);
    machine.nr_mapped = whole_pages(all.resident.pss_object);
    machine.nr_locked = whole_pages(all.resident.pss_locked);
    machine.nr_kernel_heap = kernel_map_nr_frames - MIN(kernel_map_nr_frames, machine.nr_stacks);
    machine.nr_tables = all.nr_tables;
    return machine;
}

static void print_kib(struct text *text, const char *name, size_t nr_pages)
{
    text_print(text, "%-16s%8lu kB\n", name, nr_pages << (PAGE_SHIFT - 10));
}

int meminfo_show(struct text *text, uint64_t subject, uint64_t at)
{
    struct machine machine = look_around();
    const struct {
        const char *name;
        size_t nr_pages;
    } lines[] = {
        {"MemTotal:", machine.nr_total},
        {"MemFree:", machine.nr_free},
        {"MemAvailable:", machine.nr_free},
        {"Buffers:", 0},
        {"Cached:", machine.nr_object},
        {"SwapCached:", 0},
        {"Unevictable:", machine.nr_locked},
        {"Mlocked:", machine.nr_locked},
        {"SwapTotal:", 0},
        {"SwapFree:", 0},
        {"Dirty:", 0},
        {"Writeback:", 0},
        {"AnonPages:", machine.nr_anonymous},
        {"Mapped:", machine.nr_mapped},
        {"Shmem:", machine.nr_object},
        {"KReclaimable:", 0},
        {"Slab:", machine.nr_kernel_heap},
        {"SReclaimable:", 0},
        {"SUnreclaim:", machine.nr_kernel_heap},
        {"KernelStack:", machine.nr_stacks},
        {"PageTables:", machine.nr_tables},
        {"NFS_Unstable:", 0},
        {"Bounce:", 0},
        {"WritebackTmp:", 0},
        {"CommitLimit:", commit_limit},
        {"Committed_AS:", commit_promised.nr_pages},
    };

    (void)subject, (void)at;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        print_kib(text, lines[i].name, lines[i].nr_pages);
    return 0;
}

int vmstat_show(struct text *text, uint64_t subject, uint64_t at)
{
    struct machine machine = look_around();
    const struct {
        const char *name;
        uint64_t count;
    } lines[] = {
        {"nr_free_pages", machine.nr_free},
        {"nr_mlock", machine.nr_locked},
        {"nr_unevictable", machine.nr_locked},
        {"nr_anon_pages", machine.nr_anonymous},
        {"nr_mapped", machine.nr_mapped},
        {"nr_file_pages", machine.nr_object},
        {"nr_dirty", 0},
        {"nr_writeback", 0},
        {"nr_shmem", machine.nr_object},
        {"nr_kernel_stack", machine.nr_stacks << (PAGE_SHIFT - 10)}, /* KiB */
        {"nr_page_table_pages", machine.nr_tables},
        {"pgpgin", 0},
        {"pgpgout", 0},
        {"pswpin", 0},
        {"pswpout", 0},
        {"pgalloc_normal", frame_nr_given},
        {"pgfree", frame_nr_given + frame_nr_free()}, /* with those that were free at boot */
        {"pgfault", process_totals().nr_faults},
        {"pgmajfault", 0},
    };

    (void)subject, (void)at;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        text_print(text, "%s %lu\n", lines[i].name, lines[i].count);
    return 0;
}

int buddyinfo_show(struct text *text, uint64_t subject, uint64_t at)
{
    (void)subject, (void)at;
    text_print(text, NODE_ZONE, "Normal");
    for (unsigned order = 0; order < BUDDY_ORDERS; order++)
        text_print(text, "%6lu ", frame_buddy.nr_blocks[order]);
    text_append(text, "\n", 1);
    return 0;
}

/* Addresses are for root, as on Linux. */
int iomem_show(struct text *text, uint64_t subject, uint64_t at)
{
    bool permitted = process_current()->credentials.euid == 0;
    const struct iomem *all;
    size_t nr = iomem_all(&all), depth = 0;
    paddr_t ends[NEST_MAX] = {0}; /* of the ranges that this one lies in */

    (void)subject, (void)at;
    for (size_t i = 0; i < nr; i++) {
        while (depth && all[i].start >= ends[depth - 1])
            depth--;
        text_print(text, "%*s%08lx-%08lx : %s\n", (int)depth * 2, "", permitted ? all[i].start : 0,
                   permitted ? all[i].end - 1 : 0, all[i].name);
        if (depth < NEST_MAX)
            ends[depth++] = all[i].end;
    }
    return 0;
}
