/*
 * fs/pipe.c - pipes
 *
 * A ring of slots of up to a page each, as Linux has it, so that a pipe is full when Linux's is. A
 * write starts in the last page if what it has beyond whole pages fits there, else in a new one: no
 * write of PIPE_BUF bytes or less is ever split. With O_DIRECT each page written is a packet, which
 * one read takes whole or loses the rest of. A page that is empty is kept for the next write. The
 * pages are charged to the promises.
 *
 * The pipe's lock is its node's, and is held while a copy to or from the program runs.
 *
 * Source  pipe(7), pipe2(2); Linux, fs/pipe.c
 */
#include "fs/pipe.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <asm/poll.h>
#include <linux/stat.h>
#include <string.h>

#include "lib/assert.h"
#include "mm/commit.h"
#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "sched/wait.h"

#define FIRST_SLOTS 16
#define SIZE_MOST   (1U << 31)

struct slot {
    pfn_t pfn;
    uint16_t offset, len; /* what is left to read in the page */
    bool is_packet;       /* ends a read, and nothing is added to it */
};

struct pipe {
    struct wait_queue readers, writers;

    /* Protected by the node's lock */
    unsigned nr_readers, nr_writers;           /* open ends */
    unsigned nr_both;                          /* of these, files that are both */
    uint64_t nr_reader_opens, nr_writer_opens; /* ever */
    uint32_t head, tail;                       /* slots ever filled, ever emptied */
    uint32_t nr_slots;                         /* a power of two */
    struct slot *slots;                        /* [nr_slots] */
    pfn_t spare;                               /* of no slot: the last emptied, or NO_FRAME */
    struct promise promise;                    /* of its pages: the slots' in use, and the spare */
};

static bool is_empty(const struct pipe *pipe)
{
    return pipe->head == pipe->tail;
}

static bool is_full(const struct pipe *pipe)
{
    return pipe->head - pipe->tail >= pipe->nr_slots;
}

/* What a reader, or a writer, waits for. Without the lock too: it is looked at again with it. */
static bool is_readable(const struct pipe *pipe)
{
    return !is_empty(pipe) || !pipe->nr_writers;
}

static bool is_writable(const struct pipe *pipe)
{
    return !is_full(pipe) || !pipe->nr_readers;
}

static struct slot *slot_at(const struct pipe *pipe, uint32_t position)
{
    return &pipe->slots[position & (pipe->nr_slots - 1)];
}

/* Promise the pages in use and nr_more. 0 or -ENOMEM. */
static int charge(struct pipe *pipe, uint32_t nr_more)
{
    return commit_settle(&pipe->promise, pipe->head - pipe->tail + nr_more, 0);
}

/* The first slot is empty, or given up. */
static void drop_first(struct pipe *pipe)
{
    pfn_t pfn = slot_at(pipe, pipe->tail)->pfn;

    pipe->tail++;
    if (pipe->spare == NO_FRAME) {
        pipe->spare = pfn;
    } else {
        frame_put(pfn);
        charge(pipe, 1);
    }
    wait_queue_wake(&pipe->writers);
    if (pipe->nr_both) /* they poll with the readers */
        wait_queue_wake(&pipe->readers);
}

/* Give up the pages: nobody reads and nobody writes. */
static void drop_all(struct pipe *pipe)
{
    while (!is_empty(pipe))
        drop_first(pipe);
    if (pipe->spare == NO_FRAME)
        return;
    frame_put(pipe->spare);
    pipe->spare = NO_FRAME;
    charge(pipe, 0);
}

/* A page to write in, which is the spare then. NO_FRAME if there is none. */
static pfn_t take_page(struct pipe *pipe)
{
    if (pipe->spare == NO_FRAME && charge(pipe, 1) == 0) {
        pipe->spare = frame_alloc(0);
        if (pipe->spare == NO_FRAME)
            charge(pipe, 0);
    }
    return pipe->spare;
}

/* Read from the first slot. Bytes, or -EFAULT with nothing taken. */
static ssize_t read_slot(struct pipe *pipe, struct vector *to)
{
    struct slot *slot = slot_at(pipe, pipe->tail);
    size_t n = MIN(slot->len, to->len);

    if (vector_write(to, (const char *)frame_address(slot->pfn) + slot->offset, n) < n)
        return -EFAULT;
    slot->offset += (uint16_t)n;
    slot->len -= (uint16_t)n;
    if (slot->is_packet)
        to->len = 0; /* the read ends here */
    if (slot->len == 0 || slot->is_packet)
        drop_first(pipe);
    return (ssize_t)n;
}

static ssize_t pipe_read(struct file *file, struct vector *to, uint64_t *offset)
{
    struct node *node = file->node;
    struct pipe *pipe = node->pipe;
    ssize_t done = 0, n = 0;

    (void)offset;
    if (to->len == 0)
        return 0;
    mutex_lock(&node->lock);
    while (to->len) {
        if (!is_empty(pipe)) {
            n = read_slot(pipe, to);
            if (n < 0)
                break;
            done += n;
            continue;
        }
        if (!pipe->nr_writers || done)
            break;
        n = -EAGAIN;
        if (file->flags & O_NONBLOCK)
            break;
        mutex_unlock(&node->lock);
        if (!wait_until_interruptible(&pipe->readers, is_readable(pipe)))
            return -ERESTARTSYS;
        mutex_lock(&node->lock);
        n = 0;
    }
    mutex_unlock(&node->lock);
    return done ? done : MIN(n, 0);
}

/*
 * Put the bytes that are no whole page behind what the last slot holds, if they fit. Their number, 0
 * if they do not, or -EFAULT.
 */
static ssize_t append_to_last(struct pipe *pipe, struct vector *from)
{
    size_t n = from->len % PAGE_SIZE;

    if (is_empty(pipe) || n == 0)
        return 0;
    struct slot *slot = slot_at(pipe, pipe->head - 1);
    size_t end = (size_t)slot->offset + slot->len;
    if (slot->is_packet || end + n > PAGE_SIZE)
        return 0;
    if (vector_read(from, (char *)frame_address(slot->pfn) + end, n) < n)
        return -EFAULT;
    slot->len += (uint16_t)n;
    return (ssize_t)n;
}

/* Fill a new slot. Bytes, -EFAULT or -ENOMEM. */
static ssize_t write_slot(struct pipe *pipe, struct vector *from, bool is_packet)
{
    size_t len = MIN(from->len, PAGE_SIZE);
    pfn_t pfn = take_page(pipe);

    if (pfn == NO_FRAME)
        return -ENOMEM;
    if (vector_read(from, frame_address(pfn), len) < len)
        return -EFAULT;
    *slot_at(pipe, pipe->head) =
        (struct slot){.pfn = pfn, .len = (uint16_t)len, .is_packet = is_packet};
    pipe->head++;
    pipe->spare = NO_FRAME;
    return (ssize_t)len;
}

/* Node locked; unlocked while it sleeps. Why no more can be written, or 0 and there is room. */
static int wait_for_room(struct file *file)
{
    struct node *node = file->node;
    struct pipe *pipe = node->pipe;

    for (;;) {
        if (!pipe->nr_readers) {
            pipe_signal_broken();
            return -EPIPE;
        }
        if (!is_full(pipe))
            return 0;
        if (file->flags & O_NONBLOCK)
            return -EAGAIN;
        mutex_unlock(&node->lock);
        bool woken = wait_until_interruptible(&pipe->writers, is_writable(pipe));
        mutex_lock(&node->lock);
        if (!woken)
            return -ERESTARTSYS;
    }
}

/* Node locked. Bytes, or why there are none. */
static ssize_t write_slots(struct file *file, struct vector *from)
{
    struct pipe *pipe = file->node->pipe;
    ssize_t done = pipe->nr_readers ? append_to_last(pipe, from) : 0;

    if (done < 0)
        return done;
    if (done)
        wait_queue_wake(&pipe->readers);
    while (from->len) {
        ssize_t n = wait_for_room(file);
        if (!n)
            n = write_slot(pipe, from, file->flags & O_DIRECT);
        if (n < 0)
            return done ? done : n;
        done += n;
        wait_queue_wake(&pipe->readers);
    }
    return done;
}

static ssize_t pipe_write(struct file *file, struct vector *from, uint64_t *offset)
{
    (void)offset;
    if (from->len == 0)
        return 0;
    mutex_lock(&file->node->lock);
    ssize_t result = write_slots(file, from);
    mutex_unlock(&file->node->lock);
    return result;
}

static int64_t pipe_ioctl(struct file *file, unsigned command, vaddr_t argument)
{
    const struct pipe *pipe = file->node->pipe;
    int32_t nr_bytes = 0;

    if (command != FIONREAD)
        return -ENOTTY;
    mutex_lock(&file->node->lock);
    for (uint32_t at = pipe->tail; at != pipe->head; at++)
        nr_bytes += slot_at(pipe, at)->len;
    mutex_unlock(&file->node->lock);
    return copy_to_user(argument, &nr_bytes, sizeof(nr_bytes));
}

/* Who can read and write is told of what it can read. */
static struct wait_queue *pipe_poll(struct file *file, unsigned *events)
{
    struct pipe *pipe = file->node->pipe;

    *events = 0;
    if (file_readable(file)) {
        *events |= is_empty(pipe) ? 0 : POLLIN | POLLRDNORM;
        /* A FIFO that nobody has opened to write yet has not lost its writers. */
        *events |= pipe->nr_writers || (file->node->name && !pipe->nr_writer_opens) ? 0 : POLLHUP;
    }
    if (file_writable(file)) {
        *events |= is_full(pipe) ? 0 : POLLOUT | POLLWRNORM;
        *events |= pipe->nr_readers ? 0 : POLLERR;
    }
    return file_readable(file) ? &pipe->readers : &pipe->writers;
}

void pipe_destroy(struct pipe *pipe)
{
    drop_all(pipe);
    kfree(pipe->slots);
    kfree(pipe);
}

/* One end less; the other side may have waited for what cannot come any more. With the last all goes. */
static void pipe_release(struct file *file)
{
    struct node *node = file->node;
    struct pipe *pipe = node->pipe;

    mutex_lock(&node->lock);
    pipe->nr_readers -= file_readable(file);
    pipe->nr_writers -= file_writable(file);
    pipe->nr_both -= file_readable(file) && file_writable(file);
    if (pipe->nr_readers || pipe->nr_writers) {
        wait_queue_wake(&pipe->readers);
        wait_queue_wake(&pipe->writers);
    } else {
        node->pipe = NULL;
        pipe_destroy(pipe);
    }
    mutex_unlock(&node->lock);
}

static struct pipe *pipe_new(void)
{
    struct pipe *pipe = kzalloc(sizeof(*pipe));

    if (!pipe)
        return NULL;
    pipe->slots = kmalloc(FIRST_SLOTS * sizeof(*pipe->slots));
    if (!pipe->slots) {
        kfree(pipe);
        return NULL;
    }
    pipe->nr_slots = FIRST_SLOTS;
    pipe->spare = NO_FRAME;
    wait_queue_init(&pipe->readers);
    wait_queue_init(&pipe->writers);
    return pipe;
}

/* A FIFO, fifo(7): an end waits for the other to be opened. */
static int fifo_open(struct file *file)
{
    struct node *node = file->node;
    bool reads = file_readable(file), writes = file_writable(file);

    mutex_lock(&node->lock);
    if (!node->pipe)
        node->pipe = pipe_new();
    struct pipe *pipe = node->pipe;
    int error = !pipe                                                                   ? -ENOMEM
                : writes && !reads && file->flags & O_NONBLOCK && pipe->nr_readers == 0 ? -ENXIO
                                                                                        : 0;
    if (!error) {
        pipe->nr_readers += reads;
        pipe->nr_writers += writes;
        pipe->nr_both += reads && writes;
        pipe->nr_reader_opens += reads;
        pipe->nr_writer_opens += writes;
    }
    mutex_unlock(&node->lock);
    if (error)
        return error;
    wait_queue_wake(&pipe->readers);
    wait_queue_wake(&pipe->writers);
    /* A pipe without name is opened once more by /proc/PID/fd: it has had both. */
    if ((reads && writes) || file->flags & O_NONBLOCK || !node->name)
        return 0;
    uint64_t seen = reads ? pipe->nr_writer_opens : pipe->nr_reader_opens;
    bool met = reads ? wait_until_interruptible(&pipe->readers,
                                                pipe->nr_writers || pipe->nr_writer_opens != seen)
                     : wait_until_interruptible(&pipe->writers,
                                                pipe->nr_readers || pipe->nr_reader_opens != seen);
    if (met)
        return 0;
    pipe_release(file);
    return -ERESTARTSYS;
}

const struct file_ops pipe_ops = {
    .open = fifo_open,
    .read_vector = pipe_read,
    .write_vector = pipe_write,
    .ioctl = pipe_ioctl,
    .poll = pipe_poll,
    .release = pipe_release,
};

int pipe_open(unsigned flags, struct file **reader, struct file **writer)
{
    struct node *node = node_new(S_IFIFO | 0600, 0);

    if (!node)
        return -ENOMEM;
    node->pipe = pipe_new();
    if (!node->pipe)
        goto put_node;
    *reader = file_new(node, &pipe_ops, O_RDONLY | flags);
    if (!*reader)
        goto put_node;
    node->pipe->nr_readers = 1;
    *writer = file_new(node, &pipe_ops, O_WRONLY | flags);
    if (!*writer)
        goto put_reader;
    node_get(node);
    node->pipe->nr_writers = 1;
    return 0;

put_reader:
    file_put(*reader); /* and with it the node */
    return -ENOMEM;
put_node:
    node_put(node);
    return -ENOMEM;
}

int64_t pipe_capacity(struct file *file)
{
    const struct pipe *pipe = file->node->pipe;

    return pipe ? (int64_t)pipe->nr_slots << PAGE_SHIFT : -EBADF;
}

/* Node locked. */
static int64_t resize(struct pipe *pipe, uint32_t nr_slots)
{
    uint32_t nr_used = pipe->head - pipe->tail;

    if (nr_used > nr_slots)
        return -EBUSY;
    struct slot *slots = kmalloc(nr_slots * sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    for (uint32_t i = 0; i < nr_used; i++)
        slots[i] = *slot_at(pipe, pipe->tail + i);
    kfree(pipe->slots);
    pipe->slots = slots;
    pipe->nr_slots = nr_slots;
    pipe->tail = 0;
    pipe->head = nr_used;
    return (int64_t)nr_slots << PAGE_SHIFT;
}

int64_t pipe_set_capacity(struct file *file, uint32_t size)
{
    struct pipe *pipe = file->node->pipe;
    uint64_t rounded = PAGE_SIZE;

    if (!pipe)
        return -EBADF;
    if (size > SIZE_MOST)
        return -EINVAL;
    while (rounded < size)
        rounded *= 2;
    mutex_lock(&file->node->lock);
    int64_t result = resize(pipe, (uint32_t)(rounded >> PAGE_SHIFT));
    mutex_unlock(&file->node->lock);
    wait_queue_wake(&pipe->writers);
    return result;
}
