/*
 * tests/sequences/model.c - the shadow of the windows' pages and of the memory objects
 */
#include "model.h"

#include <string.h>
#include <sys/mman.h>

#include "report.h"

#define PAGE 4096UL

struct window window[NR_WINDOWS] = {
    [WINDOW_HIGH] = {0x600000000000, 1, 512},
    [WINDOW_LOW] = {0x50000000, 514, 32},
    [WINDOW_HEAP] = {0, 547, 48}, /* where the program break is */
};
const unsigned cell_offset[NR_CELLS] = {0, 1360, 2728, 4088};
struct board *board;
struct page page[NR_PAGES];
int model_depth;
enum lock model_future_lock;
uintptr_t model_brk;

static uint32_t last_area;

/* ---- places ------------------------------------------------------------------------------------ */

static const struct window *window_of_index(int index)
{
    for (int i = 0; i < NR_WINDOWS; i++)
        if (index >= window[i].first && index < window[i].first + window[i].nr)
            return &window[i];
    return NULL;
}

uintptr_t page_address(int index)
{
    const struct window *w = window_of_index(index);

    if (!w)
        report_die("an index outside the windows");
    return w->base + (uintptr_t)(index - w->first) * PAGE;
}

int page_index(uintptr_t address)
{
    for (int i = 0; i < NR_WINDOWS; i++)
        if (address - window[i].base < (uintptr_t)window[i].nr * PAGE)
            return window[i].first + (int)((address - window[i].base) / PAGE);
    return -1;
}

long place(uintptr_t address)
{
    for (int i = 0; i < NR_WINDOWS; i++)
        if (address - window[i].base <= (uintptr_t)window[i].nr * PAGE)
            return (long)(0xa0000000 + 0x10000000 * (unsigned)i + (address - window[i].base));
    return (long)address;
}

int pages_to_window_end(int index)
{
    const struct window *w = window_of_index(index);

    return w ? w->first + w->nr - index : 0;
}

/* ---- contents and objects ------------------------------------------------------------------------ */

/* The bytes of a word that lie in [offset, offset + len) of the page, as a mask. */
static uint64_t mask_of(unsigned at, unsigned offset, unsigned len)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < 8; i++)
        if (at + i >= offset && at + i < offset + len)
            mask |= 0xffUL << (8 * i);
    return mask;
}

void content_copy(struct content *to, const struct content *from, unsigned offset, unsigned len)
{
    if (len == PAGE) {
        *to = *from;
        return;
    }
    for (int i = 0; i < NR_CELLS; i++) {
        uint64_t mask = mask_of(cell_offset[i], offset, len);

        to->cell[i] = (to->cell[i] & ~mask) | (from->cell[i] & mask);
    }
}

void content_clear(struct content *content, unsigned offset, unsigned len)
{
    static const struct content zero;

    content_copy(content, &zero, offset, len);
}

int object_fits(uint64_t nr_pages)
{
    return board->nr_objects < NR_OBJECTS && nr_pages <= NR_CONTENTS - board->nr_contents;
}

struct object *object_new(uint64_t nr_pages)
{
    if (!object_fits(nr_pages))
        return NULL;
    struct object *object = &board->object[board->nr_objects++];

    *object = (struct object){.size = nr_pages * PAGE,
                              .cut = nr_pages,
                              .first = board->nr_contents,
                              .nr_max = (unsigned)nr_pages};
    memset(&board->content[object->first], 0, nr_pages * sizeof(struct content));
    board->nr_contents += object->nr_max;
    return object;
}

uint64_t object_nr_pages(int object)
{
    return (board->object[object].size + PAGE - 1) / PAGE;
}

struct content *object_content(int object, uint64_t index)
{
    if (index >= board->object[object].nr_max)
        report_die("an object is larger than its shadow");
    return &board->content[board->object[object].first + index];
}

/* Pages of the object at and behind end are gone, copies of them too. */
static void drop_pages_behind(int object, uint64_t end)
{
    for (int i = 0; i < NR_PAGES; i++)
        if (page[i].mapped && page[i].object == object && page[i].offset >= end)
            page[i].own = 0;
}

void object_resize(int object, uint64_t size)
{
    struct object *o = &board->object[object];
    uint64_t old = object_nr_pages(object);
    uint64_t end = (size + PAGE - 1) / PAGE;

    if (size < o->size) {
        for (uint64_t i = end; i < old; i++)
            *object_content(object, i) = (struct content){0};
        if (size % PAGE)
            content_clear(object_content(object, end - 1), size % PAGE, PAGE - size % PAGE);
        drop_pages_behind(object, end);
        if (end < o->cut)
            o->cut = end;
    }
    o->size = size;
}

/* ---- pages --------------------------------------------------------------------------------------- */

const struct content *page_content(int index)
{
    static const struct content zero;
    const struct page *p = &page[index];

    if (p->own)
        return &p->content;
    if (p->object == NO_OBJECT)
        return &zero;
    return p->offset < object_nr_pages(p->object) ? object_content(p->object, p->offset) : NULL;
}

struct content *page_content_for_write(int index)
{
    struct page *p = &page[index];
    const struct content *content = page_content(index);

    p->vague = 0;
    if (!content)
        return NULL;
    if (p->shared)
        return object_content(p->object, p->offset);
    if (!p->own) {
        p->content = *content;
        p->own = 1;
    }
    return &p->content;
}

/* What everybody can see of index and the page behind it lets both lie in one area. */
int page_is_visibly_continued(int index)
{
    const struct page *a = &page[index], *b = &page[index + 1];

    return a->mapped && b->mapped && a->prot == b->prot && a->shared == b->shared &&
           a->object == b->object && (a->object == NO_OBJECT || a->offset + 1 == b->offset);
}

int pages_surely_in_one_area(int first, int nr)
{
    int n = 1;

    while (n < nr && page[first + n].mapped && page[first + n].area == page[first].area)
        n++;
    return n;
}

int pages_before_hole(int first, int nr)
{
    int n = 0;

    while (n < nr && page[first + n].mapped)
        n++;
    return n;
}

int pages_all_mapped(int first, int nr)
{
    return pages_before_hole(first, nr) == nr;
}

void model_split(int first, int nr)
{
    uint32_t old = 0;
    int end = first + nr;

    /* Every run of one area inside the range, and its rest behind it, gets a number of its own. */
    for (int i = first; i < NR_PAGES; i++) {
        if (i >= end && page[i].area != old)
            break;
        if (page[i].area != old || i == first || i == end) {
            old = page[i].area;
            last_area++;
        }
        page[i].area = last_area;
    }
}

void model_unmap(int first, int nr)
{
    model_split(first, nr);
    memset(&page[first], 0, (size_t)nr * sizeof(page[0]));
}

void model_map(int first, int nr, const struct page *like)
{
    uint32_t area = ++last_area;

    model_split(first, nr);
    for (int i = 0; i < nr; i++) {
        page[first + i] = *like;
        page[first + i].mapped = 1;
        page[first + i].own = page[first + i].lazy = page[first + i].vague = 0;
        page[first + i].offset = like->offset + (uint32_t)i;
        page[first + i].area = area;
    }
}

static int is_writable_copy(const struct page *p)
{
    return (p->prot & PROT_WRITE) && !p->shared;
}

/* Every fault that the kernel takes on behalf of the process. Returns whether it could. */
static int populate_page(int index)
{
    struct page *p = &page[index];

    if (!p->mapped || !p->prot || !page_content(index))
        return 0;
    if (p->lock == LOCK_ONFAULT)
        return 1;
    if (is_writable_copy(p))
        page_content_for_write(index);
    if (!p->lazy)
        p->vague = 0;
    return 1;
}

void model_populate(int first, int nr, enum populate how)
{
    for (int i = first; i < first + nr; i++)
        if (!populate_page(i) && how == POPULATE_UP_TO_ERROR)
            return;
}

void model_protect(int index, unsigned prot)
{
    struct page *p = &page[index];
    int was_writable = p->prot & PROT_WRITE;

    p->prot = (uint8_t)prot;
    /* Locked memory that becomes writable gets its copies at once. */
    if (!was_writable && p->lock == LOCK_NOW && is_writable_copy(p))
        populate_page(index);
}

int model_has_growsdown(void)
{
    for (int i = 0; i < NR_PAGES; i++)
        if (page[i].mapped && page[i].growsdown)
            return 1;
    return 0;
}

int model_grow_down(int index)
{
    int above = index;

    while (above < NR_PAGES - 1 && !page[above].mapped && pages_to_window_end(above) > 0)
        above++;
    if (above == index || !page[above].mapped || !page[above].growsdown)
        return 0;
    struct page like = page[above];
    uint32_t area = page[above].area;

    like.own = like.lazy = like.vague = 0;
    for (int i = index; i < above; i++) {
        page[i] = like;
        page[i].area = area;
    }
    return 1;
}

void model_forked(void)
{
    model_depth++;
    model_future_lock = LOCK_NONE;
    for (int i = 0; i < NR_PAGES; i++) {
        struct page *p = &page[i];

        if (!p->mapped)
            continue;
        p->lock = LOCK_NONE;
        if (p->dontfork)
            model_unmap(i, 1);
        if (p->wipeonfork)
            p->own = p->lazy = 0;
        /*
         * Linux copies page tables where the area has anonymous pages, and the zero page with them;
         * elsewhere the zero page has to be mapped anew. Which is the case depends on how areas merged.
         */
        if (p->object == NO_OBJECT && !p->own)
            p->vague = 1;
    }
}

void model_cut(void)
{
    for (int i = 0; i < board->nr_objects; i++)
        drop_pages_behind(i, board->object[i].cut);
}

void model_reset(void)
{
    memset(page, 0, sizeof(page));
    board->nr_objects = NR_FILES;
    board->nr_contents = NR_FILES * MAX_FILE_PAGES;
    for (int i = 0; i < OBJECT_PROGRAM; i++) {
        board->object[i].size = 0;
        board->object[i].cut = 0;
    }
    memset(board->content, 0, OBJECT_PROGRAM * MAX_FILE_PAGES * sizeof(struct content));
    model_future_lock = LOCK_NONE;
    last_area = 0;
}
