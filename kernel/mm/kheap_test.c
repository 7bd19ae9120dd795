/*
 * mm/kheap_test.c - kmalloc: every size, no overlap, all memory back
 *
 * The allocator core has its own tests on the host; here it is its page source that is tested, the
 * window of frames.
 */
#include "mm/kheap.h"

#include <string.h>

#include "lib/ktest.h"
#include "mm/frame.h"
#include "mm/kernel_map.h"
#include "mm/memory_test.h"

#define NR_BLOCKS 60

static bool holds(const unsigned char *block, size_t len, unsigned char value)
{
    for (size_t i = 0; i < len; i++) {
        if (block[i] != value)
            return false;
    }
    return true;
}

/* From one byte to some hundred KiB. */
static size_t size_of(size_t i)
{
    return (1UL << i % 19) + i;
}

KTEST(kheap_blocks_of_many_sizes_do_not_overlap)
{
    static unsigned char *blocks[NR_BLOCKS];
    size_t before = memory_test_free(), max = kernel_map_max_frames;

    kernel_map_max_frames = SIZE_MAX; /* the kernel's reserve is another test's matter */
    for (size_t i = 0; i < NR_BLOCKS; i++) {
        blocks[i] = kmalloc(size_of(i));
        KTEST_CHECK(blocks[i] && (uint64_t)blocks[i] % 16 == 0);
        memset(blocks[i], (int)i, size_of(i));
    }
    for (size_t i = 0; i < NR_BLOCKS; i += 2) {
        KTEST_CHECK(holds(blocks[i], size_of(i), (unsigned char)i));
        kfree(blocks[i]);
    }
    kheap_trim(); /* takes frames from between blocks in use */
    for (size_t i = 0; i < NR_BLOCKS; i += 2) {
        blocks[i] = kzalloc(size_of(i));
        KTEST_CHECK(blocks[i] && holds(blocks[i], size_of(i), 0));
    }
    for (size_t i = 0; i < NR_BLOCKS; i++) {
        KTEST_CHECK(holds(blocks[i], size_of(i), i % 2 ? (unsigned char)i : 0));
        kfree(blocks[i]);
    }
    KTEST_CHECK(memory_test_free() == before);
    kernel_map_max_frames = max;
}

KTEST(kheap_zeroed_blocks_are_zero_though_memory_was_used)
{
    for (size_t len = 8; len <= 65536; len *= 8) {
        unsigned char *dirty = kmalloc(len);
        memset(dirty, 0xff, len);
        kfree(dirty);
        unsigned char *clean = kzalloc(len);
        KTEST_CHECK(clean && holds(clean, len, 0));
        kfree(clean);
    }
}

KTEST(kheap_aligns_to_any_power_of_two)
{
    size_t before = memory_test_free();

    for (size_t align = 1; align <= 65536; align *= 2) {
        void *block = kmalloc_aligned(100, align);
        KTEST_CHECK(block && (uint64_t)block % align == 0);
        kfree(block);
    }
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(kheap_refuses_sizes_that_cannot_be)
{
    size_t before = memory_test_free();

    KTEST_CHECK(!kmalloc(SIZE_MAX) && !kmalloc(SIZE_MAX / 2) && !kzalloc(SIZE_MAX - 10));
    kfree(NULL);
    KTEST_CHECK(memory_test_free() == before);
}

/* What was mapped before the frames ran out is unmapped again. */
KTEST(kheap_refuses_a_block_for_which_only_some_frames_are_left)
{
    size_t before = memory_test_free();

    memory_test_take(200);
    KTEST_CHECK(!kmalloc(250 * PAGE_SIZE) && frame_nr_free() == 200);
    memory_test_give();
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(kheap_without_frames_refuses_and_recovers)
{
    size_t before = memory_test_free();

    memory_test_take(0);
    KTEST_CHECK(!kmalloc(64) && !kmalloc(3 * PAGE_SIZE) && !kzalloc(100000));
    memory_test_give();
    KTEST_CHECK(memory_test_free() == before);
    void *block = kmalloc(64);
    KTEST_CHECK(block);
    kfree(block);
    KTEST_CHECK(memory_test_free() == before);
}
