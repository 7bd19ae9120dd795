/*
 * tests/guest/futex_basic.c - futexes, of one process and of two, and robust lists
 */
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"
#include "task.h"

#define ANY 0xffffffffu

static uint32_t word, other, done;

static long futex(uint32_t *address, int operation, uint32_t value, const void *time,
                  uint32_t *second, uint32_t third)
{
    return raw(SYS_futex, address, operation | FUTEX_PRIVATE_FLAG, value, time, second, third);
}

/* How many wait for a word: those that can be moved to where they are. */
static long nr_waiting(uint32_t *address)
{
    return futex(address, FUTEX_CMP_REQUEUE, 0, (void *)0x7fffffffL, address, *address);
}

static void wait_until_waiting(uint32_t *address, long nr)
{
    while (nr_waiting(address) < nr)
        raw(SYS_sched_yield);
}

static int wait_word(void *argument)
{
    *(long *)argument = futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0);
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static int wait_bit(void *argument)
{
    *(long *)argument = futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 4);
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void check_futex(void)
{
    struct task tasks[4];
    struct timespec time = {0, 20 * MS}, bad = {0, -1};
    long results[4] = {77, 77, 77, 77};

    word = done = 0;
    is_long(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0), -EAGAIN, "the word holds another value");
    is_long(futex(&word, FUTEX_WAIT, 0, &time, NULL, 0), -ETIMEDOUT, "nobody wakes it");
    is_long(futex(&word, FUTEX_WAIT, 0, &bad, NULL, 0), -EINVAL, "no such time");
    is_long(futex((uint32_t *)((char *)&word + 1), FUTEX_WAIT, 0, NULL, NULL, 0), -EINVAL,
            "half a word");
    is_long(futex((uint32_t *)8, FUTEX_WAIT, 0, NULL, NULL, 0), -EFAULT, "no word");
    is_long(futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0), -EINVAL, "no bits");
    is_long(futex(&word, 99, 0, NULL, NULL, 0), -ENOSYS, "a strange operation");
    is_long(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0), 0, "nobody waits");
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_nsec += 20 * MS;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    is_long(futex(&word, FUTEX_WAIT_BITSET, 0, &time, NULL, ANY), -ETIMEDOUT, "to a time");

    for (int i = 0; i < 3; i++)
        start(&tasks[i], wait_word, &results[i]);
    start(&tasks[3], wait_bit, &results[3]);
    wait_until_waiting(&word, 4);
    is_long(nr_waiting(&word), 4, "four wait");
    is_long(futex(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 4), 1, "one that waits for a bit");
    is_long(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, &other, 1), -EAGAIN,
            "moved if the word holds 1");
    long moved = futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, &other, 0);
    is_long(moved, 2, "one woken, one moved");
    long woken = futex(&other, FUTEX_WAKE, 10, NULL, NULL, 0);
    is_long(woken, 1, "... which waits for another word now");
    is_long(futex(&word, FUTEX_WAKE, 0, NULL, NULL, 0), 1, "one is left, and woken for no number");
    for (int i = 0; i < 4; i++)
        join(&tasks[i]);
    ok(!results[0] && !results[1] && !results[2] && !results[3], "all were woken");
    is_long(done, 4, "... and went on");
}

/* A word in memory that parent and child share. */
static void check_shared_futex(void)
{
    uint32_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status;

    tap_flush();
    pid_t child = fork();
    if (child == 0) {
        pause_ms(20);
        __atomic_store_n(shared, 1, __ATOMIC_SEQ_CST);
        _exit(raw(SYS_futex, shared, FUTEX_WAKE, 1, NULL, NULL, 0) != 1);
    }
    is_long(raw(SYS_futex, shared, FUTEX_WAIT, 0, NULL, NULL, 0), 0, "another process wakes");
    waitpid(child, &status, 0);
    is_long(status, 0, "... one");
    munmap(shared, 4096);
}

/* ---- FUTEX_WAKE_OP ---------------------------------------------------------------------------- */

static int wait_other(void *argument)
{
    *(long *)argument = futex(&other, FUTEX_WAIT, other, NULL, NULL, 0);
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
    return 0;
}

/* What becomes of other, which holds `before`. Nobody waits. */
static long operate(uint32_t before, uint32_t encoded)
{
    other = before;
    long woken = futex(&word, FUTEX_WAKE_OP, 1, (void *)1, &other, encoded);

    return woken ? woken : (long)other;
}

/* How many are woken of one that waits for word and one for other, which holds 5. */
static long wake_both(int comparison, uint32_t with)
{
    struct task tasks[2];
    long results[2] = {77, 77};

    word = done = 0;
    other = 5;
    start(&tasks[0], wait_word, &results[0]);
    start(&tasks[1], wait_other, &results[1]);
    wait_until_waiting(&word, 1);
    wait_until_waiting(&other, 1);
    long woken = futex(&word, FUTEX_WAKE_OP, 10, (void *)10, &other,
                       FUTEX_OP(FUTEX_OP_ADD, 1, comparison, with));
    if (other != 6)
        woken = -(long)other;
    futex(&other, FUTEX_WAKE, 10, NULL, NULL, 0);
    for (int i = 0; i < 2; i++)
        join(&tasks[i]);
    return results[0] || results[1] ? -1 : woken;
}

static void check_wake_op(void)
{
    is_long(operate(9, FUTEX_OP(FUTEX_OP_SET, 77, FUTEX_OP_CMP_EQ, 0)), 77, "a word is set");
    is_long(operate(9, FUTEX_OP(FUTEX_OP_ADD, 0xfff, FUTEX_OP_CMP_EQ, 0)), 8, "... added to -1");
    is_long(operate(9, FUTEX_OP(FUTEX_OP_OR, 6, FUTEX_OP_CMP_EQ, 0)), 15, "... or");
    is_long(operate(15, FUTEX_OP(FUTEX_OP_ANDN, 6, FUTEX_OP_CMP_EQ, 0)), 9, "... and not");
    is_long(operate(15, FUTEX_OP(FUTEX_OP_XOR, 6, FUTEX_OP_CMP_EQ, 0)), 9, "... exclusive or");
    is_long(operate(1, FUTEX_OP((FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT), 20, FUTEX_OP_CMP_EQ, 0)),
            1 << 20 | 1, "... with a bit");
    is_long(operate(1, FUTEX_OP(5, 6, FUTEX_OP_CMP_EQ, 0)), -ENOSYS, "no such operation");
    is_long(operate(1, FUTEX_OP(0, 6, 6, 0)), -ENOSYS, "no such comparison");
    is_long(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, (uint32_t *)8, 0), -EFAULT, "no word");
    is_long(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, (uint32_t *)((char *)&other + 2), 0), -EINVAL,
            "half of one");
    uint32_t *fixed = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    is_long(futex(&word, FUTEX_WAKE_OP, 1, (void *)1, fixed, 0), -EFAULT, "one that is read only");
    munmap(fixed, 4096);
    is_long(wake_both(FUTEX_OP_CMP_EQ, 5), 2, "both are woken: it was 5");
    is_long(wake_both(FUTEX_OP_CMP_EQ, 6), 1, "one: it was not 6");
    is_long(wake_both(FUTEX_OP_CMP_NE, 6), 2, "both: it was not 6");
    is_long(wake_both(FUTEX_OP_CMP_LT, 5), 1, "one: it was not less than 5");
    is_long(wake_both(FUTEX_OP_CMP_LE, 5), 2, "both: it was 5 or less");
    is_long(wake_both(FUTEX_OP_CMP_GT, 0xfff), 2, "both: it was more than -1");
    is_long(wake_both(FUTEX_OP_CMP_GE, 6), 1, "one: it was not 6 or more");
}

/* ---- robust lists ----------------------------------------------------------------------------- */

static struct {
    struct robust_list list;
    uint32_t word;
} robust = {.word = 0};
static struct robust_list_head head;

static int die_with_mutex(void *argument)
{
    (void)argument;
    head = (struct robust_list_head){.list = {&robust.list},
                                     .futex_offset = (char *)&robust.word - (char *)&robust.list};
    robust.list.next = &head.list;
    raw(SYS_set_robust_list, &head, sizeof(head));
    __atomic_store_n(&robust.word, (uint32_t)raw(SYS_gettid) | FUTEX_WAITERS, __ATOMIC_SEQ_CST);
    return 0;
}

static void check_robust(void)
{
    struct robust_list_head *got = NULL;
    struct task task;
    size_t len = 0;

    start(&task, die_with_mutex, NULL);
    join(&task);
    is_long(robust.word, FUTEX_OWNER_DIED | FUTEX_WAITERS,
            "a robust mutex says that its owner died");
    is_long(raw(SYS_set_robust_list, &head, 1), -EINVAL, "a list of another size");
    is_long(raw(SYS_set_robust_list, &head, sizeof(head)), 0, "a list");
    is_long(raw(SYS_get_robust_list, 0, &got, &len), 0, "... is given");
    ok(got == &head && len == sizeof(head), "... as it was set");
    is_long(raw(SYS_get_robust_list, 30000, &got, &len), -ESRCH, "... of nobody");
    raw(SYS_set_robust_list, NULL, sizeof(head));
}

int main(void)
{
    check_futex();
    check_shared_futex();
    check_wake_op();
    check_robust();
    return done_testing();
}
