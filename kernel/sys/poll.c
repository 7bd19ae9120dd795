/*
 * sys/poll.c - poll(2) and select(2)
 *
 * select's sets are turned into what poll waits for, and back.
 *
 * Source  poll(2), select(2); Linux, fs/select.c, for what a set means
 */
#include "fs/poll.h"

#include <asm/errno.h>
#include <linux/time.h>
#include <string.h>

#include "mm/kheap.h"
#include "mm/usercopy.h"
#include "proc/process.h"
#include "sys/syscall.h"
#include "sys/time.h"

#define NS_PER_MS   1000000UL
#define NS_PER_US   1000UL
#define NS_PER_S    1000000000UL
#define SECONDS_MAX (INT64_MAX / (int64_t)NS_PER_S)
#define WORD_BITS   64

/* What the three sets of select(2) are about. */
#define READABLE    (POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR)
#define WRITABLE    (POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR)
#define EXCEPTIONAL POLLPRI

static struct fd_table *files(void)
{
    return &process_current()->files;
}

/* The file at fd with a reference; NULL if there is none to wait for. */
static struct file *take_file(int64_t fd)
{
    struct file *file = fd_peek(files(), fd);

    if (!file || file->flags & O_PATH)
        return NULL;
    file_get(file);
    return file;
}

static uint64_t deadline_after(uint64_t ns)
{
    uint64_t now = timer_now_ns();

    if (ns == 0)
        return 0;
    return ns > INT64_MAX - now ? NEVER : now + ns;
}

static uint64_t time_left(uint64_t deadline)
{
    uint64_t now = timer_now_ns();

    return deadline > now ? deadline - now : 0;
}

static void drop_items(struct poll_item *items, size_t nr)
{
    for (size_t i = 0; i < nr; i++) {
        if (items[i].file)
            file_put(items[i].file);
    }
    kfree(items);
}

/* --- poll --------------------------------------------------------------------------------------- */

static void prepare_item(struct poll_item *item, const struct pollfd *fd)
{
    item->file = take_file(fd->fd);
    item->wanted = (uint16_t)fd->events;
}

/* Wait, and say in fds[nr] what is so. */
static int64_t poll_fds(struct pollfd *fds, size_t nr, uint64_t deadline)
{
    struct poll_item *items = kzalloc(nr * sizeof(*items));
    int64_t nr_bad = 0;

    if (!items && nr)
        return -ENOMEM;
    for (size_t i = 0; i < nr; i++) {
        prepare_item(&items[i], &fds[i]);
        nr_bad += fds[i].fd >= 0 && !items[i].file;
    }
    int64_t result = poll_wait(items, nr, nr_bad ? 0 : deadline);
    for (size_t i = 0; i < nr; i++)
        fds[i].revents = (int16_t)(fds[i].fd >= 0 && !items[i].file ? POLLNVAL : items[i].got);
    drop_items(items, nr);
    return nr_bad ? MAX(result, 0) + nr_bad : result;
}

static int64_t do_poll(vaddr_t user, unsigned nr, uint64_t deadline)
{
    if (nr > process_current()->limits[RLIMIT_NOFILE].soft)
        return -EINVAL;
    struct pollfd *fds = kmalloc(nr * sizeof(*fds) + 1);
    if (!fds)
        return -ENOMEM;
    int64_t result = copy_from_user(fds, user, nr * sizeof(*fds));
    if (!result)
        result = poll_fds(fds, nr, deadline);
    for (unsigned i = 0; i < nr && result >= 0; i++) {
        if (copy_to_user(user + i * sizeof(*fds) + offsetof(struct pollfd, revents),
                         &fds[i].revents, sizeof(fds[i].revents)) < 0)
            result = -EFAULT;
    }
    kfree(fds);
    return result;
}

/* One that was stopped and goes on waits to the same deadline. */
static int64_t poll_to(vaddr_t fds, unsigned nr, uint64_t deadline)
{
    struct task *self = task_current();
    int64_t result = do_poll(fds, nr, deadline);

    if (result != -ERESTARTNOHAND)
        return result;
    self->restart =
        (struct restart){.kind = RESTART_POLL, .deadline = deadline, .fds = fds, .nr_fds = nr};
    return -ERESTART_RESTARTBLOCK;
}

int64_t sys_poll(struct trap_frame *frame)
{
    int timeout = (int)frame->rdx;

    return poll_to(frame->rdi, (unsigned)frame->rsi,
                   timeout < 0 ? NEVER : deadline_after((uint64_t)timeout * NS_PER_MS));
}

int64_t poll_restart(const struct restart *restart)
{
    return poll_to(restart->fds, restart->nr_fds, restart->deadline);
}

/* --- what ppoll and pselect block meanwhile --------------------------------------------------------- */

static int64_t block_meanwhile(vaddr_t mask, size_t size)
{
    uint64_t blocked;

    if (!mask)
        return 0;
    if (size != sizeof(blocked))
        return -EINVAL;
    if (copy_from_user(&blocked, mask, sizeof(blocked)) < 0)
        return -EFAULT;
    signal_block_meanwhile(blocked);
    return 0;
}

/* The old mask is in force again: at once, or behind the handler that ended the wait. */
static int64_t unblock(vaddr_t mask, int64_t result)
{
    if (mask && result != -ERESTARTNOHAND)
        signal_unblock();
    return result;
}

int64_t sys_ppoll(struct trap_frame *frame)
{
    uint64_t ns, deadline = NEVER;
    int64_t error = frame->rdx ? time_from_user(frame->rdx, &ns) : 0;

    if (!error && frame->rdx)
        deadline = deadline_after(ns);
    if (!error)
        error = block_meanwhile(frame->r10, frame->r8);
    if (error)
        return error;
    int64_t result = unblock(frame->r10, do_poll(frame->rdi, (unsigned)frame->rsi, deadline));
    /* As on Linux, it is no error where what is left cannot be said. */
    if (frame->rdx && time_to_user(frame->rdx, deadline == NEVER ? ns : time_left(deadline)) < 0)
        return result == -ERESTARTNOHAND ? -EINTR : result;
    return result;
}

/* --- select --------------------------------------------------------------------------------------------- */

enum { READ_SET, WRITE_SET, EXCEPT_SET, NR_SETS };

/* The sets of a call, each of nr_words. */
struct sets {
    vaddr_t user[NR_SETS]; /* 0: not asked for */
    size_t nr_fds, nr_words;
    uint64_t *words; /* [NR_SETS][nr_words] */
};

static bool in_set(const struct sets *sets, int which, size_t fd)
{
    return sets->words[(size_t)which * sets->nr_words + fd / WORD_BITS] >> fd % WORD_BITS & 1;
}

static unsigned wanted_of(const struct sets *sets, size_t fd)
{
    return (in_set(sets, READ_SET, fd) ? READABLE : 0) |
           (in_set(sets, WRITE_SET, fd) ? WRITABLE : 0) |
           (in_set(sets, EXCEPT_SET, fd) ? EXCEPTIONAL : 0);
}

/* Bits of the last word that are beyond the count are not asked for. */
static int64_t get_sets(struct sets *sets)
{
    size_t size = sets->nr_words * sizeof(*sets->words), over = sets->nr_fds % WORD_BITS;

    for (size_t i = 0; i < NR_SETS; i++) {
        uint64_t *words = sets->words + i * sets->nr_words;
        if (sets->user[i] && copy_from_user(words, sets->user[i], size) < 0)
            return -EFAULT;
        if (over)
            words[sets->nr_words - 1] &= (1UL << over) - 1;
    }
    return 0;
}

static int64_t put_sets(const struct sets *sets)
{
    size_t size = sets->nr_words * sizeof(*sets->words);

    for (size_t i = 0; i < NR_SETS; i++) {
        if (sets->user[i] &&
            copy_to_user(sets->user[i], sets->words + i * sets->nr_words, size) < 0)
            return -EFAULT;
    }
    return 0;
}

/* Leave a descriptor in the sets that it is ready for. How many. */
static int64_t keep_ready(struct sets *sets, size_t fd, unsigned got)
{
    static const unsigned about[NR_SETS] = {READABLE, WRITABLE, EXCEPTIONAL};
    int64_t nr = 0;

    for (int i = 0; i < NR_SETS; i++) {
        if (!in_set(sets, i, fd))
            continue;
        if (got & about[i])
            nr++;
        else
            sets->words[(size_t)i * sets->nr_words + fd / WORD_BITS] &= ~(1UL << fd % WORD_BITS);
    }
    return nr;
}

/* Items for what is in the sets. -EBADF: one of them is not open. */
static int64_t prepare_items(const struct sets *sets, struct poll_item *items)
{
    size_t nr = 0;

    for (size_t fd = 0; fd < sets->nr_fds; fd++) {
        unsigned wanted = wanted_of(sets, fd);
        if (!wanted)
            continue;
        items[nr].file = take_file((int64_t)fd);
        items[nr].wanted = wanted;
        if (!items[nr].file)
            return -EBADF;
        nr++;
    }
    return (int64_t)nr;
}

static size_t count_items(const struct sets *sets)
{
    size_t nr = 0;

    for (size_t fd = 0; fd < sets->nr_fds; fd++)
        nr += wanted_of(sets, fd) != 0;
    return nr;
}

static int64_t select_in(struct sets *sets, uint64_t deadline)
{
    size_t nr = count_items(sets), at = 0;
    struct poll_item *items = kzalloc(nr * sizeof(*items) + 1);

    if (!items)
        return -ENOMEM;
    int64_t result = prepare_items(sets, items);
    if (result >= 0)
        result = poll_wait(items, nr, deadline);
    if (result < 0) {
        drop_items(items, nr);
        return result;
    }
    result = 0;
    for (size_t fd = 0; fd < sets->nr_fds; fd++) {
        if (wanted_of(sets, fd))
            result += keep_ready(sets, fd, items[at++].got);
    }
    drop_items(items, nr);
    return result;
}

static int64_t do_select(const struct trap_frame *frame, uint64_t deadline)
{
    int nr_fds = (int)frame->rdi;
    struct sets sets = {.user = {frame->rsi, frame->rdx, frame->r10}};

    if (nr_fds < 0)
        return -EINVAL;
    /* No file is open beyond the table's end: bits there mean nothing. */
    sets.nr_fds = MIN((size_t)nr_fds, MAX(files()->nr_slots, (size_t)WORD_BITS));
    sets.nr_words = (sets.nr_fds + WORD_BITS - 1) / WORD_BITS;
    sets.words = kzalloc(NR_SETS * sets.nr_words * sizeof(*sets.words) + 1);
    if (!sets.words)
        return -ENOMEM;
    int64_t result = get_sets(&sets);
    if (!result)
        result = select_in(&sets, deadline);
    if (result >= 0 && put_sets(&sets) < 0)
        result = -EFAULT;
    kfree(sets.words);
    return result;
}

int64_t sys_select(struct trap_frame *frame)
{
    struct timeval time;
    uint64_t deadline = NEVER;

    if (frame->r8) {
        if (copy_from_user(&time, frame->r8, sizeof(time)) < 0)
            return -EFAULT;
        if (time.tv_sec < 0 || time.tv_usec < 0)
            return -EINVAL;
        uint64_t seconds = (uint64_t)time.tv_sec + (uint64_t)time.tv_usec / (NS_PER_S / NS_PER_US);
        deadline = deadline_after(seconds >= SECONDS_MAX ? (uint64_t)INT64_MAX
                                                         : (uint64_t)time.tv_sec * NS_PER_S +
                                                               (uint64_t)time.tv_usec * NS_PER_US);
    }
    int64_t result = do_select(frame, deadline);
    if (!frame->r8 || deadline == NEVER)
        return result;
    uint64_t left = time_left(deadline);
    time = (struct timeval){(int64_t)(left / NS_PER_S), (int64_t)(left % NS_PER_S / NS_PER_US)};
    /* Done again it would wait for as long as it may still be said. */
    if (copy_to_user(frame->r8, &time, sizeof(time)) < 0 && result == -ERESTARTNOHAND)
        return -EINTR;
    return result;
}

/* The sixth argument is a mask and its size. */
int64_t sys_pselect6(struct trap_frame *frame)
{
    struct {
        vaddr_t mask;
        size_t size;
    } blocked = {0, 0};
    uint64_t ns, deadline = NEVER;

    if (frame->r9 && copy_from_user(&blocked, frame->r9, sizeof(blocked)) < 0)
        return -EFAULT;
    int64_t error = frame->r8 ? time_from_user(frame->r8, &ns) : 0;
    if (!error && frame->r8)
        deadline = deadline_after(ns);
    if (!error)
        error = block_meanwhile(blocked.mask, blocked.size);
    if (error)
        return error;
    int64_t result = unblock(blocked.mask, do_select(frame, deadline));
    if (frame->r8 && time_to_user(frame->r8, deadline == NEVER ? ns : time_left(deadline)) < 0)
        return result == -ERESTARTNOHAND ? -EINTR : result;
    return result;
}
