/*
 * tests/host/area_model.h - the areas of an address space beside a sorted array
 *
 * The array is searched by brute force, page by page. The space is NR_PAGES pages from `base` on;
 * what lies outside of them stays free.
 */
#ifndef TESTS_AREA_MODEL_H
#define TESTS_AREA_MODEL_H

#include "mm/area.h"
#include "unit.h"

/* link: kernel/mm/area.c kernel/lib/tree.c */
/* cflags: -iquote kernel */

#define NR_PAGES  160
#define NR_BACKED 3 /* objects areas are backed by, the first being none */

/* What one area must be. */
struct expected {
    struct area *area;
    vaddr_t start, end;
    uint64_t offset;
    unsigned prot, flags, object;
};

static struct {
    struct area_tree areas;
    struct expected expected[NR_PAGES];
    size_t nr;
    vaddr_t base;
} m;

/* Areas see objects as names only. */
static inline struct object *object_named(unsigned name)
{
    static char names[NR_BACKED];

    return name ? (struct object *)(void *)&names[name] : NULL;
}

static inline vaddr_t page(size_t index)
{
    return m.base + index * PAGE_SIZE;
}

static inline void model_init(vaddr_t base)
{
    memset(&m, 0, sizeof(m));
    m.base = base;
    area_tree_init(&m.areas);
}

static inline bool is_free(vaddr_t start, vaddr_t end)
{
    for (size_t i = 0; i < m.nr; i++) {
        if (m.expected[i].start < end && start < m.expected[i].end)
            return false;
    }
    return true;
}

/* Make room at index i of the array. */
static inline struct expected *model_add(size_t i, struct expected value)
{
    memmove(&m.expected[i + 1], &m.expected[i], (m.nr - i) * sizeof(*m.expected));
    m.expected[i] = value;
    m.nr++;
    return &m.expected[i];
}

static inline struct area *area_new(void)
{
    struct area *area = malloc(sizeof(*area));

    memset(area, 0xa5, sizeof(*area));
    return area;
}

static inline void model_insert(vaddr_t start, vaddr_t end)
{
    size_t i = 0;

    if (start >= end || !is_free(start, end))
        return;
    while (i < m.nr && m.expected[i].start < start)
        i++;
    struct expected *new = model_add(
        i, (struct expected){area_new(), start, end, pick(4) * PAGE_SIZE, (unsigned)pick(2),
                             (unsigned)pick(2), (unsigned)pick(NR_BACKED)});
    new->area->start = start;
    new->area->end = end;
    new->area->offset = new->offset;
    new->area->prot = new->prot;
    new->area->flags = new->flags;
    new->area->object = object_named(new->object);
    area_insert(&m.areas, new->area, area_find(&m.areas, start));
}

static inline void model_remove(size_t i)
{
    area_remove(&m.areas, m.expected[i].area);
    free(m.expected[i].area);
    m.nr--;
    memmove(&m.expected[i], &m.expected[i + 1], (m.nr - i) * sizeof(*m.expected));
}

static inline void model_split(size_t i)
{
    size_t nr_pages = (m.expected[i].end - m.expected[i].start) / PAGE_SIZE;

    if (nr_pages < 2)
        return;
    vaddr_t at = m.expected[i].start + (1 + pick(nr_pages - 1)) * PAGE_SIZE;
    struct expected *upper = model_add(i + 1, m.expected[i]), *lower = upper - 1;
    upper->offset += at - upper->start;
    upper->start = at;
    lower->end = at;
    struct area *area = lower->area, *part = area_new();
    part->prot = area->prot;
    part->flags = area->flags;
    part->object = area->object;
    if (pick(2)) {
        upper->area = part;
        area_split(&m.areas, area, at, part);
    } else {
        lower->area = part;
        area_split_below(&m.areas, area, at, part);
    }
}

/* Somewhere between the area before and its own last page. */
static inline void model_move_start(size_t i)
{
    struct expected *e = &m.expected[i];
    vaddr_t low = i ? e[-1].end : m.base;
    vaddr_t start = low + pick((e->end - low) / PAGE_SIZE) * PAGE_SIZE;

    e->offset += start - e->start;
    e->start = start;
    area_set_start(&m.areas, e->area, start);
}

static inline void model_move_end(size_t i)
{
    struct expected *e = &m.expected[i];
    vaddr_t high = i + 1 < m.nr ? e[1].start : page(NR_PAGES);

    e->end = high - pick((high - e->start) / PAGE_SIZE) * PAGE_SIZE;
    area_set_end(&m.areas, e->area, e->end);
}

static inline bool model_can_merge(const struct expected *a, const struct expected *b)
{
    if (a->end != b->start || a->prot != b->prot || a->flags != b->flags || a->object != b->object)
        return false;
    return a->object == 0 || b->offset - a->offset == a->end - a->start;
}

static inline void model_join(size_t i)
{
    struct expected *e = &m.expected[i];

    if (i + 1 == m.nr || !model_can_merge(e, e + 1))
        return;
    area_join(&m.areas, e->area, e[1].area);
    e->end = e[1].end;
    free(e[1].area);
    m.nr--;
    memmove(e + 1, e + 2, (m.nr - i - 1) * sizeof(*e));
}

static inline void model_step(void)
{
    size_t what = pick(11), i = m.nr ? pick(m.nr) : 0;

    if (what < 4 || !m.nr) {
        size_t start = pick(NR_PAGES), len = 1 + pick(pick(8) ? 4 : NR_PAGES);
        model_insert(page(start), page(MIN(start + len, NR_PAGES)));
    } else if (what < 6) {
        model_remove(i);
    } else if (what < 8) {
        model_split(i);
    } else if (what == 8) {
        model_join(i);
    } else if (what == 9) {
        model_move_start(i);
    } else {
        model_move_end(i);
    }
}

static inline bool same(const struct expected *e, const struct area *area)
{
    return e->area == area && e->start == area->start && e->end == area->end &&
           e->offset == area->offset && e->prot == area->prot && e->flags == area->flags &&
           object_named(e->object) == area->object;
}

/* Every area is where and what the model says, and found from every address. */
static inline void model_check(void)
{
    const struct area *area = area_next(&m.areas.bottom), *prev = &m.areas.bottom;

    area_check(&m.areas);
    ASSERT(m.areas.nr_areas == m.nr);
    for (size_t i = 0; i < m.nr; i++) {
        ASSERT(same(&m.expected[i], area) && area_prev(area) == prev);
        ASSERT(i == 0 ||
               area_can_merge(prev, area) == model_can_merge(&m.expected[i - 1], &m.expected[i]));
        prev = area;
        area = area_next(area);
    }
    ASSERT(area == &m.areas.top && area_prev(area) == prev);
}

static inline void model_check_find(vaddr_t addr)
{
    size_t i = 0;

    while (i < m.nr && m.expected[i].end <= addr)
        i++;
    ASSERT(area_find(&m.areas, addr) == (i < m.nr ? m.expected[i].area : &m.areas.top));
}

/* The highest free place, tried page by page from above. */
static inline vaddr_t model_find_gap(size_t len, vaddr_t low, vaddr_t high)
{
    if (high <= low || high - low < len)
        return 0;
    for (vaddr_t start = high - len;; start -= PAGE_SIZE) {
        if (is_free(start, start + len))
            return start;
        if (start == low)
            return 0;
    }
}

static inline void model_check_gap(void)
{
    size_t len = (1 + pick(pick(2) ? 6 : NR_PAGES + 1)) * PAGE_SIZE;
    vaddr_t low = page(pick(NR_PAGES)), high = page(pick(NR_PAGES + 1));

    if (pick(4)) {
        low = pick(2) ? page(0) : low;
        high = pick(2) ? page(NR_PAGES) : high;
    }
    ASSERT(area_find_gap(&m.areas, len, low, high) == model_find_gap(len, low, high));
}

static inline void model_drain(void)
{
    while (m.nr) {
        model_remove(pick(m.nr));
        model_check();
    }
    ASSERT(m.areas.nr_areas == 0 && area_next(&m.areas.bottom) == &m.areas.top);
}

#endif
