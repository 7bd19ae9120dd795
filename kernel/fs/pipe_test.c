/*
 * fs/pipe_test.c - pipes: the ring, as far as it can be seen without a program
 */
#include "fs/pipe.h"

#include <asm/errno.h>

#include "fs/node.h"
#include "lib/ktest.h"
#include "mm/commit.h"
#include "mm/memory_test.h"

/* There is no program, so that a transfer fails at the first byte. */
static ssize_t transfer_nothing(struct file *file,
                                ssize_t (*call)(struct file *, struct vector *, uint64_t *))
{
    struct iovec piece = {(void *)USER_END, 1};
    struct vector vector = {.pieces = &piece, .nr_pieces = 1, .len = 1};
    uint64_t offset = 0;

    return call(file, &vector, &offset);
}

KTEST(pipe_goes_with_its_last_end)
{
    size_t before = memory_test_free();
    struct file *reader, *writer;

    KTEST_CHECK(pipe_open(0, &reader, &writer) == 0);
    KTEST_CHECK(reader->node == writer->node && reader->node->refs == 2);
    KTEST_CHECK(file_readable(reader) && !file_writable(reader));
    KTEST_CHECK(!file_readable(writer) && file_writable(writer));
    file_put(reader);
    KTEST_CHECK(writer->node->refs == 1);
    file_put(writer);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(pipe_without_writers_is_at_its_end)
{
    struct file *reader, *writer;

    KTEST_CHECK(pipe_open(O_NONBLOCK, &reader, &writer) == 0);
    KTEST_CHECK(transfer_nothing(reader, reader->ops->read_vector) == -EAGAIN);
    file_put(writer);
    KTEST_CHECK(transfer_nothing(reader, reader->ops->read_vector) == 0);
    file_put(reader);
}

/* A page that it got is kept for the next. */
KTEST(pipe_write_that_fails_keeps_a_page_at_most)
{
    size_t before = memory_test_free(), promised = commit_promised.nr_pages;
    struct file *reader, *writer;

    KTEST_CHECK(pipe_open(O_NONBLOCK, &reader, &writer) == 0);
    memory_test_take(0);
    KTEST_CHECK(transfer_nothing(writer, writer->ops->write_vector) == -ENOMEM);
    memory_test_give();
    KTEST_CHECK(commit_promised.nr_pages == promised);
    for (int i = 0; i < 3; i++) {
        KTEST_CHECK(transfer_nothing(writer, writer->ops->write_vector) == -EFAULT);
        KTEST_CHECK(transfer_nothing(reader, reader->ops->read_vector) == -EAGAIN);
        KTEST_CHECK(commit_promised.nr_pages == promised + 1);
    }
    file_put(reader);
    file_put(writer);
    KTEST_CHECK(commit_promised.nr_pages == promised);
    KTEST_CHECK(memory_test_free() == before);
}

KTEST(pipe_capacity_is_a_power_of_two_of_pages)
{
    size_t before = memory_test_free();
    struct file *reader, *writer;

    KTEST_CHECK(pipe_open(0, &reader, &writer) == 0);
    KTEST_CHECK(pipe_capacity(reader) == 16 * PAGE_SIZE);
    KTEST_CHECK(pipe_set_capacity(writer, 3 * PAGE_SIZE) == 4 * PAGE_SIZE);
    KTEST_CHECK(pipe_set_capacity(reader, 0) == PAGE_SIZE);
    KTEST_CHECK(pipe_set_capacity(reader, (1U << 31) + 1) == -EINVAL);
    KTEST_CHECK(pipe_capacity(writer) == PAGE_SIZE);
    file_put(reader);
    file_put(writer);
    KTEST_CHECK(memory_test_free() == before);
}

/* The n-th allocation fails, for every n: nothing is left behind. */
KTEST(pipe_without_memory_is_refused)
{
    size_t before = memory_test_free(), nr = 0;
    struct file *reader, *writer;
    int error = -ENOMEM;

    for (; error; nr++) {
        memory_test_take(nr);
        error = pipe_open(0, &reader, &writer);
        KTEST_CHECK(error == 0 || error == -ENOMEM);
        if (!error) {
            file_put(reader);
            file_put(writer);
        }
        memory_test_give();
        KTEST_CHECK(memory_test_free() == before);
    }
    KTEST_CHECK(nr > 1);
}
