/*
 * proc/maps.c - /proc/PID/maps, smaps, smaps_rollup and pagemap: a process's memory, area by area
 *
 * A record is an area, and is known by an address: reading on finds the first area that ends above
 * it, whatever came and went in between.
 *
 * Source  proc(5); Linux, fs/proc/task_mmu.c and Documentation/admin-guide/mm/pagemap.rst
 */
#include "proc/maps.h"

#include <asm/errno.h>
#include <asm/mman.h>
#include <string.h>

#include "fs/mount.h"
#include "mm/commit.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/resident.h"

#define NAME_COLUMN 73
#define BATCH       PAGE_SIZE /* of text, from which on no further area is added to it */
#define SHARED_DEVICE                                                                              \
    2U /* instead of st_dev: of objects of no file, whose numbers are no inodes' */
#define SHARED_NAME   "/dev/zero (deleted)"
#define NEWLINE       "\\012"
#define PAGEMAP_PIECE 512UL /* entries made at a time */

#define PAGEMAP_PRESENT    (1UL << 63)
#define PAGEMAP_FILE       (1UL << 61) /* a page of an object */
#define PAGEMAP_EXCLUSIVE  (1UL << 56) /* mapped once */
#define PAGEMAP_SOFT_DIRTY (1UL << 55) /* written since nobody cleared the bit: nobody can, here */

/* A space that is looked at, with a reference. */
struct view {
    struct space *space; /* NULL: of a zombie */
    vaddr_t stack_start;
};

static int view_begin(struct view *view, uint64_t subject)
{
    const struct process *process = process_find_serial(subject);

    if (!process)
        return -ESRCH;
    *view = (struct view){process->space, process->program.stack_start};
    if (view->space) {
        space_get(view->space);
        mutex_lock(&view->space->lock);
    }
    return 0;
}

static void view_end(const struct view *view)
{
    if (!view->space)
        return;
    mutex_unlock(&view->space->lock);
    space_put(view->space);
}

/* Write each newline from `start` on as its number: it would end the line. */
static void escape_newlines(struct text *text, size_t start)
{
    for (size_t i = start; i < text->len; i++) {
        if (text->buffer[i] != '\n' || !text_reserve(text, strlen(NEWLINE)))
            continue;
        char *at = text->buffer + i;
        memmove(at + strlen(NEWLINE), at + 1, text->len - i - 1);
        memcpy(at, NEWLINE, strlen(NEWLINE));
        text->len += strlen(NEWLINE) - 1;
    }
}

static void append_path(struct text *text, const struct node *node)
{
    char *to = text_reserve(text, PATH_LEN_MAX);
    size_t start = text->len;

    if (!to)
        return;
    ssize_t len = node_path(node, to, PATH_LEN_MAX);
    text->len += len < 0 ? 0 : (size_t)len;
    escape_newlines(text, start);
}

/* What an anonymous area is called, NULL for nothing. */
static const char *name_of(const struct view *view, const struct area *area)
{
    if (area->start <= view->space->brk && area->end >= view->space->brk_start)
        return "[heap]";
    return area->start <= view->stack_start && area->end >= view->stack_start ? "[stack]" : NULL;
}

/* A line of maps up to the name. */
static void append_range(struct text *text, const struct area *area)
{
    const struct object *object = area->object;
    const struct node *node = object ? object->owner : NULL;
    unsigned device = node ? mount_device(node) : object ? SHARED_DEVICE : 0;
    uint64_t inode = node ? node->inode : object ? object->number : 0;

    text_print(text, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", area->start, area->end,
               area->prot & PROT_READ ? 'r' : '-', area->prot & PROT_WRITE ? 'w' : '-',
               area->prot & PROT_EXEC ? 'x' : '-', area->flags & AREA_SHARED ? 's' : 'p',
               object ? area->offset : 0, 0U, device, inode);
}

static void append_line(struct text *text, const struct view *view, const struct area *area)
{
    const char *name = area->object ? SHARED_NAME : name_of(view, area);
    size_t start = text->len;

    append_range(text, area);
    if (area->object && area->object->owner) {
        text_pad(text, start, NAME_COLUMN);
        append_path(text, area->object->owner);
    } else if (name) {
        text_pad(text, start, NAME_COLUMN);
        text_print(text, "%s", name);
    }
    text_append(text, "\n", 1);
}

typedef void show_area_fn(struct text *text, const struct view *view, const struct area *area);

/* Areas from address `at` on, until there is a good piece of text. */
static int show_areas(struct text *text, uint64_t subject, uint64_t at, show_area_fn *show)
{
    struct view view;
    int error = view_begin(&view, subject);

    if (error || !view.space)
        return error;
    const struct area *area = area_find(&view.space->areas, at);
    const struct area *top = &view.space->areas.top;
    for (; area != top && text->len < BATCH && !text->failed; area = area_next(area))
        show(text, &view, area);
    text->next = area != top ? area->start : TEXT_END;
    view_end(&view);
    return 0;
}

int maps_show(struct text *text, uint64_t subject, uint64_t at)
{
    return show_areas(text, subject, at, append_line);
}

/* ---- smaps ----------------------------------------------------------------------------------- */

static void append_size(struct text *text, const char *name, size_t bytes)
{
    text_print(text, "%-16s%8lu kB\n", name, bytes >> 10);
}

/* Lines that smaps and smaps_rollup have in common: these, and those of append_kinds(). */
static void append_pss(struct text *text, const struct resident *r)
{
    size_t pss = (r->pss_anonymous + r->pss_object) >> PSS_SHIFT;

    append_size(text, "Rss:", resident_nr(r) << PAGE_SHIFT);
    append_size(text, "Pss:", pss);
    append_size(text, "Pss_Dirty:", pss);
}

static void append_kinds(struct text *text, const struct resident *r)
{
    append_size(text, "Shared_Clean:", 0);
    append_size(text, "Shared_Dirty:", (resident_nr(r) - r->nr_private) << PAGE_SHIFT);
    append_size(text, "Private_Clean:", 0);
    append_size(text, "Private_Dirty:", r->nr_private << PAGE_SHIFT);
    append_size(text, "Referenced:", r->nr_referenced << PAGE_SHIFT);
    append_size(text, "Anonymous:", r->nr_anonymous << PAGE_SHIFT);
    append_size(text, "LazyFree:", 0);
    append_size(text, "AnonHugePages:", 0);
    append_size(text, "ShmemPmdMapped:", 0);
    append_size(text, "FilePmdMapped:", 0);
    append_size(text, "Shared_Hugetlb:", 0);
    text_print(text, "Private_Hugetlb: %7lu kB\n", 0UL);
    append_size(text, "Swap:", 0);
    append_size(text, "SwapPss:", 0);
    append_size(text, "Locked:", r->pss_locked >> PSS_SHIFT);
}

/* The stack that execve(2) made, which on Linux is the one area that does not start soft-dirty. */
static bool is_first_stack(const struct view *view, const struct area *area)
{
    return area->flags & AREA_GROWSDOWN && area->start >= view->space->mmap_top;
}

/* In the order of Linux's VM_* bits. */
static void append_flags(struct text *text, const struct view *view, const struct area *area)
{
    bool shared = area->flags & AREA_SHARED, read_only = area->flags & AREA_NOWRITE;
    const struct {
        const char *name;
        bool is_set;
    } flags[] = {
        {"rd", area->prot & PROT_READ},
        {"wr", area->prot & PROT_WRITE},
        {"ex", area->prot & PROT_EXEC},
        {"sh", shared && !read_only},
        {"mr", true},
        {"mw", !read_only},
        {"me", !(area->flags & AREA_NOEXEC)},
        {"ms", shared},
        {"gd", area->flags & AREA_GROWSDOWN},
        {"lo", area->flags & AREA_LOCKED},
        {"sr", area->flags & AREA_SEQUENTIAL},
        {"rr", area->flags & AREA_RANDOM},
        {"dc", area->flags & AREA_DONTFORK},
        {"lf", area->flags & AREA_ONFAULT},
        {"ac", area->flags & AREA_ACCOUNTED},
        {"nr", area->flags & AREA_NORESERVE},
        {"wf", area->flags & AREA_WIPEONFORK},
        {"dd", area->flags & AREA_DONTDUMP},
        {"sd", !is_first_stack(view, area)},
    };

    text_print(text, "VmFlags: ");
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        if (flags[i].is_set)
            text_print(text, "%s ", flags[i].name);
    }
    text_append(text, "\n", 1);
}

static void append_block(struct text *text, const struct view *view, const struct area *area)
{
    struct resident resident = {0};

    resident_add(view->space, area, &resident);
    append_line(text, view, area);
    append_size(text, "Size:", area->end - area->start);
    append_size(text, "KernelPageSize:", PAGE_SIZE);
    append_size(text, "MMUPageSize:", PAGE_SIZE);
    append_pss(text, &resident);
    append_kinds(text, &resident);
    text_print(text, "THPeligible:    %d\n", 0);
    append_flags(text, view, area);
}

int smaps_show(struct text *text, uint64_t subject, uint64_t at)
{
    return show_areas(text, subject, at, append_block);
}

int smaps_rollup_show(struct text *text, uint64_t subject, uint64_t at)
{
    struct resident sum = {0};
    vaddr_t start = 0, end = 0;
    struct view view;
    int error = view_begin(&view, subject);

    (void)at;
    if (error || !view.space)
        return error ? error : -ESRCH;
    area_for_each (area, &view.space->areas) {
        resident_add(view.space, area, &sum);
        start = start ? start : area->start;
        end = area->end;
    }
    view_end(&view);
    text_print(text, "%08lx-%08lx ---p %08lx 00:00 0 ", start, end, 0UL);
    text_pad(text, 0, NAME_COLUMN);
    text_print(text, "[rollup]\n");
    append_pss(text, &sum);
    append_size(text, "Pss_Anon:", sum.pss_anonymous >> PSS_SHIFT);
    append_size(text, "Pss_File:", 0);
    append_size(text, "Pss_Shmem:", sum.pss_object >> PSS_SHIFT);
    append_kinds(text, &sum);
    return 0;
}

/* ---- pagemap --------------------------------------------------------------------------------- */

/* Entries for [start, start + PAGEMAP_PIECE pages), on their way to the reader. */
struct piece {
    const struct area *area;
    vaddr_t start;
    bool shows_frames; /* to root only */
    uint64_t *entries;
};

static void note_page(void *context, vaddr_t va, pte_t *slot)
{
    const struct piece *piece = context;
    pfn_t pfn = pte_frame(*slot);
    uint64_t entry = PAGEMAP_PRESENT | (piece->shows_frames ? pfn : 0);

    if (pfn != zero_frame) {
        bool anonymous = resident_is_anonymous(piece->area, va, pfn);
        entry |= anonymous ? 0 : PAGEMAP_FILE;
        entry |= resident_nr_mappings(pfn, anonymous) == 1 ? PAGEMAP_EXCLUSIVE : 0;
        entry |= *slot & PTE_DIRTY ? PAGEMAP_SOFT_DIRTY : 0;
    }
    piece->entries[(va - piece->start) >> PAGE_SHIFT] |= entry;
}

/* Space locked. */
static void fill_piece(const struct view *view, struct piece *piece, size_t nr)
{
    vaddr_t end = piece->start + (nr << PAGE_SHIFT);

    memset(piece->entries, 0, nr * sizeof(uint64_t));
    area_for_each_in (area, &view->space->areas, piece->start, end) {
        vaddr_t from = MAX(area->start, piece->start), to = MIN(area->end, end);
        for (vaddr_t va = from; va < to && !is_first_stack(view, area); va += PAGE_SIZE)
            piece->entries[(va - piece->start) >> PAGE_SHIFT] = PAGEMAP_SOFT_DIRTY;
        piece->area = area;
        pagetable_visit(&view->space->pagetable, from, to, note_page, piece);
    }
}

/* The most that one round gives, to the program's memory: bytes, 0 at the end. */
static ssize_t read_piece(struct piece *piece, uint64_t subject, vaddr_t to, size_t len)
{
    size_t nr = MIN(len / sizeof(uint64_t), PAGEMAP_PIECE);
    struct view view;

    nr = MIN(nr, (USER_END - piece->start) >> PAGE_SHIFT);
    int error = view_begin(&view, subject);
    if (error || !view.space)
        return error;
    fill_piece(&view, piece, nr);
    view_end(&view);
    return copy_to_user(to, piece->entries, nr * sizeof(uint64_t)) < 0
               ? -EFAULT
               : (ssize_t)(nr * sizeof(uint64_t));
}

static ssize_t pagemap_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    struct piece piece = {.shows_frames = process_current()->credentials.euid == 0};
    ssize_t n = 0;
    size_t done = 0;

    if (offset % sizeof(uint64_t) || len % sizeof(uint64_t))
        return -EINVAL;
    piece.entries = kmalloc(PAGEMAP_PIECE * sizeof(uint64_t));
    if (!piece.entries)
        return -ENOMEM;
    while (done < len && (offset + done) / sizeof(uint64_t) < USER_END >> PAGE_SHIFT) {
        piece.start = (offset + done) / sizeof(uint64_t) << PAGE_SHIFT;
        n = read_piece(&piece, file->node->subject, to + done, len - done);
        if (n <= 0)
            break;
        done += (size_t)n;
        if (thread_pause_point())
            break;
    }
    kfree(piece.entries);
    return done ? (ssize_t)done : n;
}

static int pagemap_open(struct file *file)
{
    return process_check_trace(file->node->subject);
}

const struct file_ops pagemap_ops = {.open = pagemap_open, .read = pagemap_read, .seekable = true};
