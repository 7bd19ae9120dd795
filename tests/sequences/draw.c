/*
 * tests/sequences/draw.c - random choices
 */
#include "draw.h"

#include <sys/mman.h>

#include "model.h"
#include "raw.h"

#define FOCUS_PAGES 40 /* of the high window, where most calls of a sequence meet */

static uint64_t state;
static int focus;

uint64_t draw(void)
{
    uint64_t x = state += 0x9e3779b97f4a7c15;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

unsigned draw_below(unsigned n)
{
    return (unsigned)((draw() >> 32) * n >> 32);
}

int draw_chance(unsigned percent)
{
    return draw_below(100) < percent;
}

void draw_seed(uint64_t seed)
{
    state = seed * 0xd1342543de82ef95;
    focus = window[WINDOW_HIGH].first +
            (int)draw_below((unsigned)window[WINDOW_HIGH].nr - FOCUS_PAGES + 1);
}

long draw_choice(const struct choice *choices, size_t nr)
{
    unsigned sum = 0;

    for (size_t i = 0; i < nr; i++)
        sum += choices[i].weight;
    unsigned drawn = draw_below(sum);
    while (drawn >= choices->weight)
        drawn -= choices++->weight;
    return choices->value;
}

int draw_page(void)
{
    static const struct choice places[] = {
        {NR_WINDOWS, 72}, {WINDOW_HIGH, 10}, {WINDOW_LOW, 6}, {WINDOW_HEAP, 12}};
    long where = DRAW_CHOICE(places);
    int index = where == NR_WINDOWS
                    ? focus + (int)draw_below(FOCUS_PAGES)
                    : window[where].first + (int)draw_below((unsigned)window[where].nr);

    /* Often the edge of something. */
    if (draw_chance(40))
        while (pages_to_window_end(index + 1) > 0 && page_is_visibly_continued(index))
            index++;
    if (draw_chance(30) && pages_to_window_end(index + 1) > 0)
        index++;
    return index;
}

int draw_mapped_page(void)
{
    int index = draw_page();

    for (int i = 0; i < 8 && !page[index].mapped; i++)
        index = draw_page();
    return index;
}

int draw_nr_pages(int index)
{
    static const struct choice sizes[] = {{1, 25}, {4, 40}, {12, 25}, {48, 8}, {600, 2}};
    int nr = 1 + (int)draw_below((unsigned)DRAW_CHOICE(sizes));
    int most = pages_to_window_end(index);

    return nr < most ? nr : most;
}

/* Addresses that are none of a process, equal on all kernels. */
static uintptr_t draw_foreign_address(void)
{
    static const uintptr_t addresses[] = {0x7ffffffff000, 0x800000000000, 0xffff800000000000,
                                          0xfffffffffffff000, 0x8000000000000000};

    return addresses[draw_below(sizeof(addresses) / sizeof(addresses[0]))];
}

static size_t draw_hostile_len(enum range_kind kind)
{
    static const size_t wraps[] = {(size_t)-1, (size_t)-PAGE, (size_t)-2 * PAGE, (size_t)-PAGE + 1};
    static const size_t very_long[] = {1UL << 47, 1UL << 62, (1UL << 63) - PAGE, 1UL << 63};

    if (kind == RANGE_VERY_LONG && draw_chance(50))
        return very_long[draw_below(4)];
    return wraps[draw_below(4)];
}

static struct range draw_hostile_range(enum range_kind kind)
{
    struct range range = {page_address(draw_page()), PAGE * (1 + draw_below(4)), 0, 0};

    switch (draw_below(4)) {
    case 0:
        range.len = 0;
        break;
    case 1:
        range.len = draw_hostile_len(kind);
        break;
    case 2:
        range.address = draw_foreign_address();
        break;
    default:
        range.address = draw_foreign_address();
        range.len = draw_hostile_len(RANGE_WRAPS);
    }
    return range;
}

struct range draw_range(enum range_kind kind)
{
    if (draw_chance(5))
        return draw_hostile_range(kind);
    int within = draw_chance(55);
    struct range range = {.first = within ? draw_mapped_page() : draw_page()};

    range.nr = draw_nr_pages(range.first);
    if (within && page[range.first].mapped)
        range.nr = pages_before_hole(range.first, range.nr);
    range.address = page_address(range.first);
    range.len = (size_t)range.nr * PAGE;
    if (draw_chance(15))
        range.len -= draw_below(PAGE);
    /* Not rounded down by all: where such a call fails, nothing has happened. */
    if (draw_chance(3)) {
        unsigned more = 1 + draw_below(PAGE - 1);

        range.address += more;
        range.len = range.len > more ? range.len - more : 1;
    }
    return range;
}

unsigned draw_prot(void)
{
    static const struct choice rights[] = {{PROT_READ | PROT_WRITE, 50},
                                           {PROT_READ, 18},
                                           {PROT_NONE, 10},
                                           {PROT_READ | PROT_WRITE | PROT_EXEC, 9},
                                           {PROT_READ | PROT_EXEC, 6},
                                           {PROT_WRITE, 3},
                                           {PROT_EXEC, 2},
                                           {PROT_READ | PROT_WRITE | PROT_SEM, 2}};

    return (unsigned)DRAW_CHOICE(rights);
}
