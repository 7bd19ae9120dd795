/*
 * tests/host/fuzz_malloc.c - libFuzzer target for the allocator core
 *
 * The first byte is the source's shape and whether to harden; then each operation is a byte for what to do, one for which
 * block, two or three for a size. Blocks are filled and compared, and the whole heap is checked
 * after every operation. Build with clang -fsanitize=fuzzer,address,undefined.
 */
#include "malloc_source.h"

/* runs: 3000 */

#define NR_BLOCKS 64

struct input {
    const uint8_t *data;
    size_t len;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static unsigned char *blocks[NR_BLOCKS];
static size_t sizes[NR_BLOCKS];

static unsigned next_byte(struct input *input)
{
    if (input->len == 0)
        return 0;
    input->len--;
    return *input->data++;
}

static size_t next_size(struct input *input, unsigned operation)
{
    size_t size = next_byte(input);

    if (operation & 0x10)
        size |= (size_t)next_byte(input) << 8;
    if (operation & 0x20)
        size = (size | (size_t)next_byte(input) << 16) & 0x1fffff;
    return size;
}

static void require(int condition, const char *what)
{
    if (!condition)
        die(what);
}

static void keep(unsigned i, unsigned char *block, size_t size)
{
    if (block == NULL)
        return;
    blocks[i] = block;
    sizes[i] = size;
    memset(block, (int)i + 1, size < 64 ? size : 64);
    if (size > 64)
        memset(block + size - 64, (int)i + 1, 64);
}

static void compare(unsigned i, size_t size)
{
    for (size_t k = 0; k < size && k < 64; k++)
        require(blocks[i][k] == i + 1, "a block has changed");
    for (size_t k = size; k > 64 && k > size - 64; k--)
        require(size != sizes[i] || blocks[i][k - 1] == i + 1, "a block's end has changed");
}

static void operate(struct heap *heap, struct input *input)
{
    unsigned operation = next_byte(input), i = next_byte(input) % NR_BLOCKS;
    size_t size = next_size(input, operation);
    unsigned align = operation >> 4;

    if (blocks[i] != NULL)
        compare(i, sizes[i]);
    switch (operation & 7) {
    case 0:
        heap_trim(heap, size);
        break;
    case 1:
        if (blocks[i] != NULL) {
            unsigned char *block = heap_resize(heap, blocks[i], size);
            if (block != NULL) {
                blocks[i] = block;
                compare(i, size < sizes[i] ? 0 : sizes[i] < 64 ? sizes[i] : 64);
            }
            keep(i, block, size);
            break;
        }
        /* fall through */
    case 2:
    case 3:
        heap_free(heap, blocks[i]);
        blocks[i] = NULL;
        keep(i, heap_alloc(heap, size), size);
        break;
    case 4:
        heap_free(heap, blocks[i]);
        blocks[i] = NULL;
        keep(i, heap_alloc_aligned(heap, (size_t)1 << (align + 3), size), size);
        require(blocks[i] == NULL || (uintptr_t)blocks[i] % ((size_t)1 << (align + 3)) == 0,
                "align");
        break;
    case 5:
        source_state.fail_at = source_state.nr_calls + (long)(size & 7);
        break;
    case 6: { /* a pointer that is none: must be reported, and nothing else happen */
        unsigned char *wild = blocks[i] != NULL ? blocks[i] + 1 + size % 4000 : (void *)(size * 8);
        int valid = wild == NULL;
        for (unsigned k = 0; k < NR_BLOCKS; k++)
            valid = valid || wild == blocks[k];
        if (valid)
            break;
        heap_free(heap, wild);
        require(source_state.nr_misuse == 1, "misuse was not reported");
        source_state.nr_misuse = 0;
        break;
    }
    default:
        heap_free(heap, blocks[i]);
        blocks[i] = NULL;
        break;
    }
    require(test_intact(heap), "heap_check");
    require(source_state.nr_misuse == 0, "misuse was reported without reason");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct input input = {data, len};
    struct heap_source functions = source_init();

    unsigned shape = next_byte(&input);
    source_shape(&functions, (int)(shape % NR_SHAPES));
    struct heap *heap = source_heap(NULL, &functions);
    if (shape & 0x80)
        heap_set_option(heap, HEAP_HARDEN, 1);
    while (input.len != 0)
        operate(heap, &input);
    for (unsigned i = 0; i < NR_BLOCKS; i++) {
        heap_free(heap, blocks[i]);
        blocks[i] = NULL;
    }
    source_state.fail_at = -1;
    heap_trim(heap, 0);
    require(test_intact(heap), "heap_check at the end");
    source_destroy(heap);
    require(source_state.map_len == 0 && (functions.shrink == NULL || source_state.len == 0),
            "the source does not have all back");
    return 0;
}
