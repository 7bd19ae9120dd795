/*
 * malloc/loammalloc.c - the heap of a program on Linux: a heap for each thread, above one break
 *
 * With the other files of the malloc family it is libloammalloc.so, to be preloaded, and
 * libloammalloc.a. The break is moved with sbrk(), of which the C library keeps account.
 */
#include "malloc/libc_heap.h"

#include "internal/syscall.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static struct heap none;
__thread struct heap *__malloc_heap = &none;

/* The heap that all threads' join; nobody allocates from it. NULL: there was no memory for it. */
static struct heap *root;

/* sbrk() sets errno, which free() must not change. */
static void *move_break(intptr_t by)
{
    int saved = errno;
    void *old = sbrk(by);

    errno = saved;
    return old != (void *)-1 ? old : NULL;
}

static void *extend(void *ctx, size_t len)
{
    uintptr_t start = len <= PTRDIFF_MAX ? (uintptr_t)move_break((intptr_t)len) : 0;
    size_t odd = (0 - start) & (HEAP_PAGE - 1);

    (void)ctx;
    if (LIKELY(odd == 0))
        return (void *)start;
    /* Somebody else left it inside a page. */
    if ((uintptr_t)move_break((intptr_t)odd) == start + len)
        return (void *)(start + odd);
    return NULL;
}

static int shrink(void *ctx, void *end, size_t len)
{
    (void)ctx;
    return move_break(0) == end && move_break(-(intptr_t)len) != NULL ? 0 : -1;
}

/*
 * 0: free; 1: taken; 2: taken, and somebody waits (Drepper, "Futexes Are Tricky", mutex2). A pthread_mutex_t
 * does the same in five times as many instructions, which a block of whole pages would pay twice.
 */
static int taken;

static void lock(void *ctx)
{
    int expected = 0;

    (void)ctx;
    if (LIKELY(__atomic_compare_exchange_n(&taken, &expected, 1, 0, __ATOMIC_ACQUIRE,
                                           __ATOMIC_RELAXED)))
        return;
    while (__atomic_exchange_n(&taken, 2, __ATOMIC_ACQUIRE) != 0)
        syscall_raw(__NR_futex, &taken, FUTEX_WAIT_PRIVATE, 2, NULL);
}

static void unlock(void *ctx)
{
    (void)ctx;
    if (UNLIKELY(__atomic_exchange_n(&taken, 0, __ATOMIC_RELEASE) == 2))
        syscall_raw(__NR_futex, &taken, FUTEX_WAKE_PRIVATE, 1);
}

/* A thread ends. Where a later destructor of its allocates, this is called once more. */
static void leave(void *heap)
{
    __malloc_heap = &none;
    heap_leave(heap);
}

static void create(void)
{
    struct heap_source source = __malloc_pages;

    source.extend = extend;
    source.shrink = shrink;
    source.lock = lock;
    source.unlock = unlock;
    if (pthread_key_create(&key, leave) == 0)
        root = __malloc_create(&source);
}

struct heap *__malloc_heap_make(void)
{
    pthread_once(&once, create);
    struct heap *heap = root != NULL ? heap_join(root) : NULL;
    if (heap == NULL)
        return NULL;
    __malloc_heap = heap;
    pthread_setspecific(key, heap);
    return heap;
}

static void before_fork(void)
{
    if (root != NULL)
        heap_freeze(root);
}

static void in_parent(void)
{
    if (root != NULL)
        heap_thaw(root, 0);
}

static void in_child(void)
{
    if (root != NULL)
        heap_thaw(__malloc_heap->arena != NULL ? __malloc_heap : root, 1);
}

__attribute__((constructor)) static void start(void)
{
    struct heap *heap = libc_heap();

    pthread_atfork(before_fork, in_parent, in_child);
    if (heap != NULL)
        __malloc_check_at_exit(heap);
}
