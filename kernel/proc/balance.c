/*
 * proc/balance.c - the balance of the books (P10)
 *
 * The machine is counted before process 1 is given anything and again when it has ended. Both times
 * what is kept only because it may be of use again is taken back first, so that every count must be
 * the very same: a frame, a table, an area, a byte that differs has been lost or freed twice.
 *
 * Source  DESIGN P10
 */
#include "proc/balance.h"

#include "fs/mount.h"
#include "fs/tmpfs.h"
#include "lib/log.h"
#include "mm/commit.h"
#include "mm/kernel_map.h"
#include "mm/kheap.h"
#include "proc/family.h"
#include "proc/process.h"
#include "proc/shm.h"

enum item {
    FREE_FRAMES,
    KERNEL_FRAMES,
    TABLES,
    PROMISED_PAGES,
    PROMISED_TABLES,
    SPACES,
    AREAS,
    OBJECTS,
    PROCESSES,
    BLOCKS,
    BYTES,
    NR_ITEMS
};

static const char *const names[NR_ITEMS] = {
    [FREE_FRAMES] = "frames free or accounted for",
    [KERNEL_FRAMES] = "frames of kernel stacks and heap",
    [TABLES] = "page-table pages",
    [PROMISED_PAGES] = "promised pages",
    [PROMISED_TABLES] = "promised page-table pages",
    [SPACES] = "spaces",
    [AREAS] = "areas",
    [OBJECTS] = "objects",
    [PROCESSES] = "processes",
    [BLOCKS] = "kmalloc'ed blocks",
    [BYTES] = "kmalloc'ed bytes",
};

/* Of these there is less when a file that the initrd brought was cut or removed. */
static const bool is_of_files[NR_ITEMS] = {
    [KERNEL_FRAMES] = true, [TABLES] = true, [OBJECTS] = true, [BLOCKS] = true, [BYTES] = true,
};

struct books {
    size_t counts[NR_ITEMS];
    size_t nr_files, nr_file_pages;
};

bool balance_wanted;

static struct books before;

/* Take back what is kept though nobody uses it now. Only this check asks for that. */
static void drain(void)
{
    process_free_gone();
    mount_remove_all();
    tmpfs_remove_all();
    shm_remove_all();
    kheap_trim();
}

static struct books count(void)
{
    struct books books = {
        .counts = {
            [KERNEL_FRAMES] = kernel_map_nr_frames,
            [TABLES] = kernel_pagetable.nr_tables,
            [PROMISED_PAGES] = commit_promised.nr_pages,
            [PROMISED_TABLES] = commit_promised.nr_tables,
            [OBJECTS] = object_nr_all,
            [FREE_FRAMES] = frame_nr_free() + object_nr_all_pages + kernel_map_nr_frames,
        }};

    for (const struct space *space = NULL; (space = space_next(space));) {
        books.counts[SPACES]++;
        books.counts[AREAS] += space->areas.nr_areas;
        books.counts[TABLES] += space->pagetable.nr_tables;
    }
    for (const struct process *process = NULL; (process = process_next(process));)
        books.counts[PROCESSES]++;
    books.counts[FREE_FRAMES] += books.counts[TABLES];
    kheap_count(&books.counts[BLOCKS], &books.counts[BYTES]);
    books.nr_files = tmpfs_count();
    books.nr_file_pages = object_nr_all_pages;
    return books;
}

void balance_open(void)
{
    if (!balance_wanted)
        return;
    drain();
    before = count();
}

bool balance_close(void)
{
    bool equal = true;

    if (!balance_wanted)
        return true;
    drain();
    struct books after = count();
    bool less = after.nr_files < before.nr_files || after.nr_file_pages < before.nr_file_pages;
    for (int i = 0; i < NR_ITEMS; i++) {
        if (after.counts[i] == before.counts[i])
            continue;
        if (less && is_of_files[i] && after.counts[i] < before.counts[i])
            continue;
        log_print("balance: %s: %lu before, %lu after\n", names[i], before.counts[i],
                  after.counts[i]);
        equal = false;
    }
    return equal;
}
