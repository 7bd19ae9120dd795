/*
 * mm/object_test.c - memory objects: contents, ends, owners
 */
#include "mm/object.h"

#include <asm/errno.h>
#include <string.h>

#include "lib/ktest.h"
#include "mm/commit.h"
#include "mm/kheap.h"
#include "mm/memory_test.h"

#define LEN (2 * PAGE_SIZE + 100)

/* LEN bytes no two pages of which are alike. */
static char *make_data(void)
{
    char *data = kmalloc(LEN);

    for (size_t i = 0; i < LEN; i++)
        data[i] = (char)(i % 251);
    return data;
}

KTEST(object_copy_holds_the_bytes_and_zeros_behind_them)
{
    size_t before = memory_test_free();
    char *data = make_data(), *copy = kmalloc(LEN);
    struct object *object = object_create_copy(data, LEN);

    KTEST_CHECK(object && object->size == LEN && object->nr_pages == 3);
    object_read(object, 0, copy, LEN);
    KTEST_CHECK(memcmp(copy, data, LEN) == 0);
    object_read(object, PAGE_SIZE - 3, copy, 7);
    KTEST_CHECK(memcmp(copy, data + PAGE_SIZE - 3, 7) == 0);
    object_read(object, LEN, copy, 0);
    const char *last = frame_address(object_page(object, 2));
    KTEST_CHECK(last[99] == data[LEN - 1] && last[100] == 0 && last[PAGE_SIZE - 1] == 0);
    object_put(object);
    kfree(copy);
    kfree(data);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(object_has_no_page_past_its_end)
{
    struct object *object = object_create_copy("abc", 3), *empty = object_create_copy("", 0);

    KTEST_CHECK(object_page(object, 0) != NO_FRAME && object_page(object, 1) == NO_FRAME);
    KTEST_CHECK(object_page(object, UINT64_MAX) == NO_FRAME);
    KTEST_CHECK(empty && empty->size == 0 && object_page(empty, 0) == NO_FRAME);
    object_put(object);
    object_put(empty);
}

KTEST(object_over_frames_takes_their_references)
{
    size_t before = memory_test_free();
    pfn_t first = frame_alloc(2);

    buddy_split(&frame_buddy, first);
    struct object *object = object_create(first, 4 * PAGE_SIZE);
    KTEST_CHECK(object && object_page(object, 0) == first && object_page(object, 3) == first + 3);
    KTEST_CHECK(object_page(object, 4) == NO_FRAME);
    object_get(object);
    object_put(object);
    KTEST_CHECK(object->refs == 1 && frame_of(first)->refs == 1);
    object_put(object);
    KTEST_CHECK(memory_test_free() == before);
}

/* A mapping may hold a page longer than the object lives. */
KTEST(object_pages_in_use_elsewhere_outlive_it)
{
    size_t before = memory_test_free();
    struct object *object = object_create_copy("abc", 3);
    pfn_t pfn = object_page(object, 0);

    frame_get(pfn);
    object_put(object);
    KTEST_CHECK(memcmp(frame_address(pfn), "abc", 4) == 0 && frame_of(pfn)->refs == 1);
    frame_put(pfn);
    KTEST_CHECK(memory_test_free() == before);
}

/* The n-th frame is not there, for every n until all are. */
KTEST(object_copy_without_memory_leaves_nothing_behind)
{
    size_t before = memory_test_free(), nr = 0;
    char *data = make_data();
    struct object *object = NULL;

    for (; !object && nr < 20; nr++) {
        memory_test_take(nr);
        object = object_create_copy(data, LEN);
        if (!object) {
            kheap_trim();
            KTEST_CHECK(frame_nr_free() == nr);
        }
        memory_test_give();
    }
    KTEST_CHECK(object && nr > 4);
    object_put(object);
    kfree(data);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(object_holes_become_pages_one_by_one)
{
    size_t before = memory_test_free(), promised = commit_promised.nr_pages;
    struct object *object = object_create_empty(GIB(1) + 1, 0);
    pfn_t first, last, again;

    KTEST_CHECK(object && object->nr_pages == 0 && commit_promised.nr_pages == promised);
    KTEST_CHECK(object_page(object, 0) == NO_FRAME);
    KTEST_CHECK(object_make_page(object, GIB(1) >> PAGE_SHIFT, &last) == 0);
    KTEST_CHECK(object_make_page(object, 0, &first) == 0 && first != last);
    KTEST_CHECK(object_make_page(object, 0, &again) == 0 && again == first);
    KTEST_CHECK(object_make_page(object, (GIB(1) >> PAGE_SHIFT) + 1, &again) == -EFAULT);
    KTEST_CHECK(object->nr_pages == 2 && commit_promised.nr_pages == promised + 2);
    object_put(object);
    KTEST_CHECK(memory_test_free() == before && commit_promised.nr_pages == promised);
}

KTEST(object_promised_as_a_whole_is_charged_once)
{
    size_t promised = commit_promised.nr_pages;
    struct object *object = object_create_empty(3 * PAGE_SIZE, OBJECT_PROMISED);
    pfn_t pfn;

    KTEST_CHECK(object && commit_promised.nr_pages == promised + 3);
    KTEST_CHECK(object_make_page(object, 2, &pfn) == 0 && commit_promised.nr_pages == promised + 3);
    object_put(object);
    KTEST_CHECK(commit_promised.nr_pages == promised);
}
