/*
 * proc/futex.c - waiting for a word of memory to change
 *
 * A word is known by its place: in a space, or in an object that is mapped shared. Who waits is in a list
 * before it looks at the word, so that who changes the word and then wakes it misses nobody.
 *
 * Source  futex(2), get_robust_list(2); Linux, Documentation/locking/robust-futex-ABI.rst
 */
#include "proc/futex.h"

#include <asm/errno.h>
#include <linux/futex.h>

#include "arch/timer.h"
#include "mm/object.h"
#include "mm/usercopy.h"
#include "sched/wait.h"

#define NR_BUCKETS 64

struct key {
    struct space *space; /* of the running process, which keeps it */
    struct object
        *object;     /* a reference, where the word is in one that is mapped shared; else NULL */
    uint64_t offset; /* in the object, or address in the space */
};

struct sleeper {
    struct list node; /* in the bucket of key */
    struct key key;
    uint32_t bitset;
    bool woken;
    struct thread *thread;
};

static struct spinlock lock; /* guards all of this */
static struct list buckets[NR_BUCKETS];

static struct list *bucket_of(const struct key *key)
{
    uint64_t mixed = (((uintptr_t)key->space ^ (uintptr_t)key->object) >> 6) + (key->offset >> 2);
    struct list *bucket = &buckets[mixed % NR_BUCKETS];

    if (!bucket->next)
        list_init(bucket);
    return bucket;
}

static bool is_same(const struct key *a, const struct key *b)
{
    return a->space == b->space && a->object == b->object && a->offset == b->offset;
}

/*
 * 0 and *key, to be given to drop_key(). -EINVAL: the word does not lie at a multiple of its size; -EFAULT:
 * it cannot be a program's.
 */
static int find_key(vaddr_t address, bool shared, struct key *key)
{
    struct space *space = process_current()->space;

    *key = (struct key){space, NULL, address};
    if (address % sizeof(uint32_t))
        return -EINVAL;
    if (!user_range_ok(address, sizeof(uint32_t)))
        return -EFAULT;
    if (shared)
        key->object = space_shared_object(space, address, &key->offset);
    if (key->object)
        key->space = NULL;
    return 0;
}

static void drop_key(const struct key *key)
{
    if (key->object)
        object_put(key->object);
}

static void enter(struct sleeper *sleeper)
{
    uint64_t flags = spin_lock(&lock);

    list_append(bucket_of(&sleeper->key), &sleeper->node);
    spin_unlock(&lock, flags);
}

/* Out of the list, if nobody has taken it out to wake it. Whether somebody has. */
static bool leave(struct sleeper *sleeper)
{
    uint64_t flags = spin_lock(&lock);
    bool woken = sleeper->woken;

    if (!woken)
        list_remove(&sleeper->node);
    spin_unlock(&lock, flags);
    return woken;
}

static bool is_woken(const struct sleeper *sleeper)
{
    return __atomic_load_n(&sleeper->woken, __ATOMIC_ACQUIRE);
}

/* Sleep until woken, or till a signal or the deadline. */
static void sleep_till(const struct sleeper *self, uint64_t deadline)
{
    while (!is_woken(self)) {
        thread_prepare_block();
        if (is_woken(self) || self->thread->interrupted ||
            (deadline != NEVER && timer_now_ns() >= deadline)) {
            thread_cancel_block();
            break;
        }
        thread_block();
    }
}

/* Wait in the list, whose key is found. */
static int wait_in(struct sleeper *self, vaddr_t address, uint32_t value, uint64_t deadline)
{
    struct timeout timeout;
    uint32_t now;
    int error = 0;

    enter(self);
    if (copy_from_user(&now, address, sizeof(now)) < 0)
        error = -EFAULT;
    else if (now != value)
        error = -EAGAIN;
    if (error) {
        /* Woken meanwhile, it has had what was meant for one that sleeps. */
        return leave(self) && error == -EAGAIN ? 0 : error;
    }
    if (deadline == NEVER) {
        sleep_till(self, NEVER);
    } else {
        timeout_start_wake(&timeout, deadline);
        sleep_till(self, deadline);
        timeout_cancel(&timeout);
    }
    if (is_woken(self) || leave(self))
        return 0;
    return deadline != NEVER && timer_now_ns() >= deadline ? -ETIMEDOUT : -EINTR;
}

int futex_wait(vaddr_t address, bool shared, uint32_t value, uint32_t bitset, uint64_t deadline)
{
    struct sleeper self = {.bitset = bitset, .thread = thread_current()};
    int result = find_key(address, shared, &self.key);

    if (!result)
        result = wait_in(&self, address, value, deadline);
    drop_key(&self.key); /* which may be another than it was: futex_requeue() */
    return result;
}

/* Lock held. */
static void wake(struct sleeper *sleeper)
{
    struct thread *thread = sleeper->thread;

    list_remove(&sleeper->node);
    __atomic_store_n(&sleeper->woken, true, __ATOMIC_RELEASE); /* it may be gone from here on */
    thread_wake(thread);
}

/* One is woken whatever nr is, as on Linux. */
static int wake_key(const struct key *key, int nr, uint32_t bitset)
{
    uint64_t flags = spin_lock(&lock);
    int done = 0;

    list_for_each_safe(node, bucket_of(key))
    {
        struct sleeper *sleeper = container_of(node, struct sleeper, node);
        if (!is_same(&sleeper->key, key) || !(sleeper->bitset & bitset))
            continue;
        wake(sleeper);
        if (++done >= nr)
            break;
    }
    spin_unlock(&lock, flags);
    return done;
}

int futex_wake(vaddr_t address, bool shared, int nr, uint32_t bitset)
{
    struct key key;
    int result = find_key(address, shared, &key);

    if (!result)
        result = wake_key(&key, nr, bitset);
    drop_key(&key);
    return result;
}

/* It waits for another word from now on. The caller has a reference on the object of either. Lock held. */
static void move(struct sleeper *sleeper, const struct key *to)
{
    struct list *from = bucket_of(&sleeper->key);

    if (to->object)
        object_get(to->object);
    drop_key(&sleeper->key); /* not its last */
    sleeper->key = *to;
    if (bucket_of(to) != from) { /* or it would be met again */
        list_remove(&sleeper->node);
        list_append(bucket_of(to), &sleeper->node);
    }
}

static int requeue(const struct key *from, uint32_t nr_wake, uint32_t nr_move, const struct key *to)
{
    uint64_t flags = spin_lock(&lock);
    uint32_t done = 0;

    list_for_each_safe(node, bucket_of(from))
    {
        struct sleeper *sleeper = container_of(node, struct sleeper, node);
        if (!is_same(&sleeper->key, from))
            continue;
        if (done < nr_wake)
            wake(sleeper);
        else if (done - nr_wake < nr_move)
            move(sleeper, to);
        else
            break;
        done++;
    }
    spin_unlock(&lock, flags);
    return (int)done;
}

int futex_requeue(vaddr_t address, bool shared, uint32_t nr_wake, uint32_t nr_move, vaddr_t to,
                  const uint32_t *expected)
{
    struct key from, other = {0};
    uint32_t now;
    int result = find_key(address, shared, &from);

    if (!result)
        result = find_key(to, shared, &other);
    if (!result && expected && copy_from_user(&now, address, sizeof(now)) < 0)
        result = -EFAULT;
    if (!result && expected && now != *expected)
        result = -EAGAIN;
    if (!result)
        result = requeue(&from, nr_wake, nr_move, &other);
    drop_key(&from);
    drop_key(&other);
    return result;
}

/* Twelve bits from `shift` on, with their sign. */
static int32_t signed_field(uint32_t encoded, unsigned shift)
{
    return (int32_t)(encoded << (20 - shift)) >> 20;
}

static uint32_t operate(uint32_t encoded, uint32_t old)
{
    uint32_t operand = (uint32_t)signed_field(encoded, 12);

    if (encoded >> 28 & FUTEX_OP_OPARG_SHIFT)
        operand = 1U << operand % 32;
    switch (encoded >> 28 & 7) {
    case FUTEX_OP_SET:
        return operand;
    case FUTEX_OP_ADD:
        return old + operand;
    case FUTEX_OP_OR:
        return old | operand;
    case FUTEX_OP_ANDN:
        return old & ~operand;
    default: /* FUTEX_OP_XOR */
        return old ^ operand;
    }
}

static bool compares(uint32_t encoded, int32_t old)
{
    int32_t with = signed_field(encoded, 0);

    switch (encoded >> 24 & 15) {
    case FUTEX_OP_CMP_EQ:
        return old == with;
    case FUTEX_OP_CMP_NE:
        return old != with;
    case FUTEX_OP_CMP_LT:
        return old < with;
    case FUTEX_OP_CMP_LE:
        return old <= with;
    case FUTEX_OP_CMP_GT:
        return old > with;
    default: /* FUTEX_OP_CMP_GE */
        return old >= with;
    }
}

/* Change the word in one step; what it held goes to *old. */
static int operate_on(vaddr_t address, uint32_t encoded, uint32_t *old)
{
    uint32_t seen = 0;

    do {
        *old = seen;
        if (exchange_user_word(address, &seen, operate(encoded, *old)) < 0)
            return -EFAULT;
    } while (seen != *old);
    return 0;
}

int futex_wake_op(vaddr_t address, bool shared, int nr, vaddr_t to, int nr_to, uint32_t encoded)
{
    struct key first, second = {0};
    uint32_t old;
    int result = find_key(address, shared, &first);

    if (!result)
        result = find_key(to, shared, &second);
    if (!result && ((encoded >> 28 & 7) > FUTEX_OP_XOR || (encoded >> 24 & 15) > FUTEX_OP_CMP_GE))
        result = -ENOSYS;
    if (!result)
        result = operate_on(to, encoded, &old);
    if (!result) {
        result = wake_key(&first, nr, FUTEX_ANY);
        if (compares(encoded, (int32_t)old))
            result += wake_key(&second, nr_to, FUTEX_ANY);
    }
    drop_key(&first);
    drop_key(&second);
    return result;
}

/* The owner of a robust mutex ends. False: the list cannot be gone on with. */
static bool mark_dead(const struct task *task, vaddr_t address, bool pending)
{
    uint32_t value;

    if (address % sizeof(value) || copy_from_user(&value, address, sizeof(value)) < 0)
        return false;
    /* It was let go, and nobody has been woken yet. */
    if (pending && !value) {
        (void)!futex_wake(address, true, 1, FUTEX_ANY);
        return true;
    }
    /* Others may say meanwhile that they wait. */
    for (uint32_t seen = value;; value = seen) {
        if ((value & FUTEX_TID_MASK) != (uint32_t)task->tid)
            return true;
        if (exchange_user_word(address, &seen, (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED) < 0)
            return false;
        if (seen == value)
            break;
    }
    if (value & FUTEX_WAITERS)
        (void)!futex_wake(address, true, 1, FUTEX_ANY);
    return true;
}

/* A link of the list; its lowest bit is of mutexes with priority inheritance, which are not here. */
static bool read_link(vaddr_t at, vaddr_t *link)
{
    if (copy_from_user(link, at, sizeof(*link)) < 0)
        return false;
    *link &= ~1UL;
    return true;
}

void futex_leave_robust(struct task *task)
{
    struct robust_list_head head;
    vaddr_t start = task->robust_list, entry, next, pending;

    task->robust_list = 0;
    if (!start || copy_from_user(&head, start, sizeof(head)) < 0)
        return;
    uint64_t offset = (uint64_t)head.futex_offset;
    pending = (vaddr_t)head.list_op_pending & ~1UL;
    entry = (vaddr_t)head.list.next & ~1UL;
    for (unsigned i = 0; entry != start && i < ROBUST_LIST_LIMIT; i++, entry = next) {
        /* First, as who is woken may free it. */
        bool more = read_link(entry, &next);
        if (entry != pending && !mark_dead(task, entry + offset, false))
            return;
        if (!more)
            return;
    }
    if (pending)
        (void)mark_dead(task, pending + offset, true);
}
