/*
 * tests/host/area_edges.c - areas at the limits: gaps in a whole address space, overlaps, merging
 */
#include "area_model.h"

#define LOW  0x10000UL
#define HIGH 0x7ffffffff000UL

static void test_gap_of_everything(void)
{
    model_init(LOW);
    struct area_tree *areas = &m.areas;
    test_ok(area_find_gap(areas, HIGH - LOW, LOW, HIGH) == LOW, "empty: everything is one gap");
    test_ok(area_find_gap(areas, HIGH - LOW + PAGE_SIZE, LOW, HIGH) == 0,
            "one page more is refused");
    test_ok(area_find_gap(areas, SIZE_MAX & PAGE_MASK, LOW, HIGH) == 0, "so is the largest length");
    test_ok(area_find_gap(areas, PAGE_SIZE, LOW, HIGH) == HIGH - PAGE_SIZE,
            "a page goes to the top");
    test_ok(area_find_gap(areas, PAGE_SIZE, HIGH, LOW) == 0 &&
                area_find_gap(areas, PAGE_SIZE, LOW, LOW) == 0,
            "limits that cross or meet hold nothing");
}

/* A gap larger than the request that the limits cut too small is no place. */
static void test_gap_cut_by_limits(void)
{
    model_init(LOW);
    model_insert(page(0), page(10));
    model_insert(page(20), page(30));
    struct area_tree *areas = &m.areas;
    size_t len = 6 * PAGE_SIZE;
    test_ok(area_find_gap(areas, len, page(0), page(30)) == page(14), "the gap between is found");
    test_ok(area_find_gap(areas, len, page(0), page(18)) == page(12),
            "its end cut by the upper limit");
    test_ok(area_find_gap(areas, len, page(0), page(15)) == 0, "cut too short by the upper limit");
    test_ok(area_find_gap(areas, len, page(14), page(25)) == page(14), "its start cut to a fit");
    test_ok(area_find_gap(areas, len, page(15), page(25)) == 0, "cut too short by the lower limit");
    test_ok(area_find_gap(areas, len, page(22), page(28)) == 0, "limits inside an area");
    test_ok(area_find_gap(areas, len, page(10), page(20)) == page(14), "limits that are the gap");
    test_ok(area_find_gap(areas, len, page(0), page(36)) == page(30), "above the last area");
    model_drain();
}

static void test_merge(void)
{
    struct area a = {.start = page(0), .end = page(2), .offset = 0};
    struct area b = {.start = page(2), .end = page(3), .offset = 9 * PAGE_SIZE};

    test_ok(area_can_merge(&a, &b), "anonymous neighbours merge whatever their offsets");
    test_ok(!area_can_merge(&b, &a), "but not the other way round");
    a.object = b.object = object_named(1);
    test_ok(!area_can_merge(&a, &b), "those of an object do not where the offset jumps");
    b.offset = 2 * PAGE_SIZE;
    test_ok(area_can_merge(&a, &b), "but do where it goes on");
    b.object = object_named(2);
    test_ok(!area_can_merge(&a, &b), "not with another object");
    b.object = a.object;
    b.flags = AREA_SHARED;
    test_ok(!area_can_merge(&a, &b), "not with other flags");
    b.flags = 0;
    b.prot = 1;
    test_ok(!area_can_merge(&a, &b), "not with other rights");
    b.prot = 0;
    b.start += PAGE_SIZE;
    b.end += PAGE_SIZE;
    b.offset += PAGE_SIZE;
    test_ok(!area_can_merge(&a, &b), "not across a hole");
}

static void test_misuse(void)
{
    struct area over = {.start = page(8), .end = page(12)},
                empty = {.start = page(9), .end = page(9)};

    model_init(LOW);
    model_insert(page(4), page(10));
    struct area *area = m.expected[0].area;
    test_ok(ASSERTS(area_insert(&m.areas, &over, area_find(&m.areas, over.start))),
            "an area over the end of another asserts");
    test_ok(ASSERTS(area_insert(&m.areas, &empty, area_find(&m.areas, empty.start))),
            "an empty area asserts");
    test_ok(ASSERTS(area_set_start(&m.areas, area, page(10))), "a start at the end asserts");
    test_ok(ASSERTS(area_set_end(&m.areas, area, page(4))), "an end at the start asserts");
    test_ok(ASSERTS(area_split(&m.areas, area, page(4), &over)), "a split at the start asserts");
    model_check();
    area->max_gap--;
    test_ok(ASSERTS(area_check(&m.areas)), "area_check sees a summary that is too small");
    area->max_gap++;
    m.areas.nr_areas++;
    test_ok(ASSERTS(area_check(&m.areas)), "area_check sees a wrong count");
    m.areas.nr_areas--;
    model_drain();
}

/* An area that reaches below, into another: the one above must be compared too. */
static void test_overlap_from_below(void)
{
    struct area below = {.start = page(2), .end = page(5)};

    model_init(LOW);
    model_insert(page(4), page(10));
    test_ok(ASSERTS(area_insert(&m.areas, &below, area_find(&m.areas, below.start))),
            "an area over the start of another asserts");
}

int main(void)
{
    model_init(LOW);
    test_gap_of_everything();
    test_gap_cut_by_limits();
    test_merge();
    test_misuse();
    test_overlap_from_below();
    return test_end();
}
