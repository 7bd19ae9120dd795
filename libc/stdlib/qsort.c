/*
 * stdlib/qsort.c - sorting in place
 *
 * Introsort (Musser, "Introspective Sorting and Selection Algorithms", 1997): quicksort with a
 * pivot from three or nine elements; when it has split 2 log2(count) times without getting done,
 * heapsort finishes what is left, so that no input takes more than O(count log count). Short runs
 * are left to insertion. The smaller part of each split is done first, the larger one waits on a
 * stack of at most 64 entries: no recursion, no allocation.
 */
#include "internal/word.h"
#include <stdlib.h>
#include <string.h>

#define INSERTION_MAX 12
#define NINTHER_MIN   128

struct sort {
    size_t size;
    int (*compare)(const void *, const void *, void *);
    void *context;
};

/* count elements from first on, which may be split `splits` times more. */
struct run {
    char *first;
    size_t count;
    unsigned splits;
};

static int less(const struct sort *sort, const char *a, const char *b)
{
    return sort->compare(a, b, sort->context) < 0;
}

static void swap(char *a, char *b, size_t size)
{
    for (; size >= 8; size -= 8, a += 8, b += 8) {
        uint64_t x = load64(a);
        store64(a, load64(b));
        store64(b, x);
    }
    for (; size > 0; size--, a++, b++) {
        char x = *a;
        *a = *b;
        *b = x;
    }
}

static void sort_by_insertion(const struct sort *sort, char *first, size_t count)
{
    size_t size = sort->size;
    char *end = first + count * size;

    for (char *p = first + size; p < end; p += size) {
        for (char *q = p; q > first && less(sort, q, q - size); q -= size)
            swap(q, q - size, size);
    }
}

/* Let the element at index root sink to its place among the first count. */
static void sift_down(const struct sort *sort, char *first, size_t root, size_t count)
{
    size_t size = sort->size, child;

    while ((child = 2 * root + 1) < count) {
        char *larger = first + child * size;

        if (child + 1 < count && less(sort, larger, larger + size)) {
            child++;
            larger += size;
        }
        if (!less(sort, first + root * size, larger))
            return;
        swap(first + root * size, larger, size);
        root = child;
    }
}

static void sort_by_heap(const struct sort *sort, char *first, size_t count)
{
    for (size_t root = count / 2; root-- > 0;)
        sift_down(sort, first, root, count);
    while (--count > 0) {
        swap(first, first + count * sort->size, sort->size);
        sift_down(sort, first, 0, count);
    }
}

static char *median(const struct sort *sort, char *a, char *b, char *c)
{
    if (less(sort, a, b)) {
        if (less(sort, b, c))
            return b;
        return less(sort, a, c) ? c : a;
    }
    if (less(sort, a, c))
        return a;
    return less(sort, b, c) ? c : b;
}

static char *choose_pivot(const struct sort *sort, const struct run *run)
{
    char *middle = run->first + run->count / 2 * sort->size;
    char *last = run->first + (run->count - 1) * sort->size;
    size_t step = run->count / 8 * sort->size;

    if (run->count < NINTHER_MIN)
        return median(sort, run->first, middle, last);
    return median(sort, median(sort, run->first, run->first + step, run->first + 2 * step),
                  median(sort, middle - step, middle, middle + step),
                  median(sort, last - 2 * step, last - step, last));
}

/*
 * Split the run around a pivot (Hoare): elements equal to it stop both scans, so that many equal
 * ones still split in halves. Scans are bounded by the ends too, since compare may contradict
 * itself.
 *
 * Returns     where the pivot lies then; nothing before is greater, nothing behind is less
 */
static char *partition(const struct sort *sort, const struct run *run)
{
    size_t size = sort->size;
    char *pivot = run->first;
    char *end = run->first + run->count * size;
    char *left = pivot, *right = end;
    char *chosen = choose_pivot(sort, run);

    if (chosen != pivot)
        swap(pivot, chosen, size);
    for (;;) {
        do
            left += size;
        while (left < end && less(sort, left, pivot));
        do
            right -= size;
        while (right > pivot && less(sort, pivot, right));
        if (left >= right)
            break;
        swap(left, right, size);
    }
    if (right != pivot)
        swap(pivot, right, size);
    return right;
}

static unsigned log2_of(size_t n)
{
    return 63 - (unsigned)__builtin_clzl(n);
}

void qsort_r(void *base, size_t count, size_t size,
             int (*compare)(const void *, const void *, void *), void *context)
{
    const struct sort sort = {size, compare, context};
    struct run stack[64], run = {base, count, 0};
    unsigned depth = 0;

    if (count < 2 || size == 0)
        return;
    run.splits = 2 * log2_of(count);
    for (;;) {
        struct run left = run, right = run;

        if (run.count <= INSERTION_MAX || run.splits == 0) {
            if (run.count <= INSERTION_MAX)
                sort_by_insertion(&sort, run.first, run.count);
            else
                sort_by_heap(&sort, run.first, run.count);
            if (depth == 0)
                return;
            run = stack[--depth];
            continue;
        }
        right.first = partition(&sort, &run) + size;
        left.count = (size_t)(right.first - run.first) / size - 1;
        right.count = run.count - left.count - 1;
        left.splits = right.splits = run.splits - 1;
        /* The larger part waits: what is on the stack at least halves from entry to entry. */
        run = left.count < right.count ? left : right;
        stack[depth++] = left.count < right.count ? right : left;
    }
}

/* compare takes no context: it is the context. */
static int call(const void *a, const void *b, void *context)
{
    return (*(int (**)(const void *, const void *))context)(a, b);
}

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    qsort_r(base, count, size, call, &compare);
}
