/*
 * tests/host/buddy_edges.c - the buddy allocator where it is empty, full, ragged or misused
 */
#include "buddy_model.h"

static void test_empty(void)
{
    model_init(0);
    model_check();
    test_ok(buddy_alloc(&m.buddy, 0) == NO_FRAME, "no frames: nothing to give");
    model_init(64);
    buddy_add(&m.buddy, 10, 10);
    model_check();
    test_ok(buddy_alloc(&m.buddy, 0) == NO_FRAME && m.buddy.nr_managed == 0,
            "an empty range adds nothing");
}

static void test_exhaustion(void)
{
    size_t nr = 0;

    model_init(3000);
    model_add(1, 3000);
    while (m.buddy.nr_free) {
        model_alloc(0);
        nr++;
    }
    test_ok(nr == 2999, "every frame can be had, one by one");
    bool refused = true;
    for (unsigned order = 0; order < BUDDY_ORDERS; order++)
        refused = refused && buddy_alloc(&m.buddy, order) == NO_FRAME;
    model_check();
    test_ok(refused, "then every order is refused, and nothing changes");
    model_put_all();
    model_check();
    buddy_join_spare(&m.buddy, m.buddy.nr_spare);
    test_ok(m.buddy.nr_blocks[BUDDY_ORDERS - 1] == 1, "all put: the largest block is whole again");
}

static void test_checkerboard(void)
{
    model_init(2048);
    model_add(0, 2048);
    while (m.buddy.nr_free)
        model_alloc(0);
    for (size_t i = m.nr_blocks; i-- > 0;) {
        if (m.blocks[i].pfn % 2)
            model_put(&m.blocks[i]);
    }
    model_check();
    test_ok(m.buddy.nr_free == 1024 && buddy_alloc(&m.buddy, 1) == NO_FRAME,
            "every second frame free: a pair is refused, and nothing is lost");
    model_put_all();
    model_check();
}

/* Two ranges that meet inside a block are one block once both are there, in either order. */
static void test_ranges_meet(void)
{
    model_init(MAX_FRAMES);
    model_add(1031, 1017);
    model_check();
    model_add(1024, 7);
    model_check();
    test_ok(m.buddy.nr_blocks[BUDDY_ORDERS - 1] == 1, "ranges that meet join across the seam");
    model_add(4096, MAX_FRAMES);
    model_check();
    test_ok(buddy_alloc(&m.buddy, 10) != NO_FRAME && buddy_alloc(&m.buddy, 10) == NO_FRAME,
            "the ragged end of the table makes no block that reaches past it");
}

static void test_references(void)
{
    model_init(16);
    model_add(0, 16);
    pfn_t pfn = buddy_alloc(&m.buddy, 3);
    m.frames[pfn].refs++;
    model_put_frame(pfn);
    test_ok(m.buddy.nr_free == 8, "a block with an owner left stays");
    buddy_split(&m.buddy, pfn);
    for (pfn_t i = 1; i < 8; i += 2)
        model_put_frame(pfn + i);
    test_ok(m.buddy.nr_free == 12, "a split block is freed frame by frame");
    for (pfn_t i = 0; i < 8; i += 2)
        model_put_frame(pfn + i);
    buddy_join_spare(&m.buddy, m.buddy.nr_spare);
    buddy_check(&m.buddy);
    test_ok(m.buddy.nr_blocks[4] == 1, "and is one block again when the last frame is back");
}

/* Single frames come back first; they never stand in the way of a larger block. */
static void test_spare(void)
{
    model_init(4096);
    model_add(0, 4096);
    pfn_t first = buddy_alloc(&m.buddy, 0), second = buddy_alloc(&m.buddy, 0);
    test_ok(second == first + 1, "frames asked for one by one lie side by side");
    model_put_frame(first);
    test_ok(buddy_alloc(&m.buddy, 0) == first, "the last frame freed is the next one given");
    model_put_frame(first);
    model_put_frame(second);
    test_ok(m.buddy.nr_spare > 0 && m.buddy.nr_free == 4096, "spare frames count as free");
    for (int i = 0; i < 4; i++)
        model_alloc(BUDDY_ORDERS - 1);
    test_ok(m.buddy.nr_free == 0 && m.buddy.nr_spare == 0,
            "all of memory can be had in the largest blocks while frames are spare");
    model_put_all();
    while (m.buddy.nr_free)
        model_alloc(0);
    model_put_all();
    model_check();
    test_ok(m.buddy.nr_spare <= BUDDY_SPARE, "of many frames freed, most are joined at once");
}

static void test_misuse(void)
{
    model_init(64);
    model_add(8, 56);
    pfn_t pfn = buddy_alloc(&m.buddy, 2), shared = buddy_alloc(&m.buddy, 2);
    m.frames[shared].refs++;
    test_ok(ASSERTS(model_put_frame(0)), "put of a reserved frame asserts");
    test_ok(ASSERTS(model_put_frame(pfn + 1)), "put of the inside of a block asserts");
    test_ok(ASSERTS(buddy_split(&m.buddy, shared)), "split of a block with two owners asserts");
    model_put_frame(pfn);
    test_ok(ASSERTS(model_put_frame(pfn)), "put of a free block asserts");
    test_ok(ASSERTS((void)!buddy_alloc(&m.buddy, BUDDY_ORDERS)),
            "an order that does not exist asserts");
    test_ok(ASSERTS(buddy_add(&m.buddy, 60, 65)), "add past the table's end asserts");
    test_ok(ASSERTS(buddy_add(&m.buddy, 32, 40)), "add of frames that are free asserts");
}

/* A check that cannot fail proves nothing. */
static void test_check_sees(void)
{
    model_init(64);
    model_add(0, 64);
    (void)!buddy_alloc(&m.buddy, 0);
    m.buddy.nr_free++;
    test_ok(ASSERTS(buddy_check(&m.buddy)), "buddy_check sees a wrong count of free frames");
    m.buddy.nr_free--;
    m.buddy.nonempty ^= 1U << 3;
    test_ok(ASSERTS(buddy_check(&m.buddy)), "buddy_check sees a wrong bit of nonempty");
    m.buddy.nonempty ^= 1U << 3;
    m.buddy.nr_spare++;
    test_ok(ASSERTS(buddy_check(&m.buddy)), "buddy_check sees a wrong count of spare frames");
    m.buddy.nr_spare--;
    m.frames[9].refs = 1;
    test_ok(ASSERTS(buddy_check(&m.buddy)), "buddy_check sees a free frame with an owner");
    m.frames[9].refs = 0;
    m.frames[m.buddy.first[5]].order = 1;
    test_ok(ASSERTS(buddy_check(&m.buddy)), "buddy_check sees a block in the wrong list");
}

int main(void)
{
    test_empty();
    test_exhaustion();
    test_checkerboard();
    test_ranges_meet();
    test_references();
    test_spare();
    test_misuse();
    test_check_sees();
    return test_end();
}
