/*
 * bench/malloc/work.c PROGRAM - what real programs do with memory, without what else they do
 *
 * Prints the processor's time in microseconds and the peak of resident memory in KiB.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static unsigned long state = 1;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005ul + 1442695040888963407ul;
    return (unsigned)((state >> 32) * below >> 32);
}

/* An interpreter's objects: small, of a few sizes, most die young; tables that double. */
static void objects(void)
{
    enum { NR = 1 << 16 };
    static const unsigned short sizes[] = {24, 32, 40, 40, 56, 56, 64, 80, 120, 200};
    static void *live[NR];

    for (unsigned i = 0; i < 6000000; i++) {
        unsigned place = draw(8) != 0 ? draw(NR / 64) : draw(NR);
        size_t size = sizes[draw(10)];
        free(live[place]);
        live[place] = memset(malloc(size), 0, size);
        if (i % 1000 != 0)
            continue;
        void *table = NULL;
        for (size_t len = 64; len <= 16384; len *= 2)
            table = realloc(table, len);
        free(table);
    }
    for (unsigned i = 0; i < NR; i++)
        free(live[i]);
}

/* A parser: a tree of nodes of which each has a text, built and dropped. */
struct node {
    struct node *left, *right;
    char *text;
    long tag[2];
};

static struct node *build(unsigned depth)
{
    struct node *node = calloc(1, sizeof(*node));
    unsigned len = 1 + draw(30);

    node->text = memset(malloc(len + 1), 'x', len);
    if (depth != 0) {
        node->left = build(depth - 1);
        node->right = build(depth - 1);
    }
    return node;
}

static void drop(struct node *node)
{
    if (node == NULL)
        return;
    drop(node->left);
    drop(node->right);
    free(node->text);
    free(node);
}

static void trees(void)
{
    for (unsigned i = 0; i < 40; i++)
        drop(build(15));
}

/* An aggregator of logs: lines split into words that are kept, grown by appending, and flushed. */
static void lines(void)
{
    enum { NR = 4096 };
    static char *buckets[NR];
    static size_t lens[NR];

    for (unsigned i = 0; i < 3000000; i++) {
        unsigned bucket = draw(NR), len = 4 + draw(60);
        char *word = malloc(len + 1);
        memset(word, 'a', len);
        word[len] = 0;
        buckets[bucket] = realloc(buckets[bucket], lens[bucket] + len + 1);
        memcpy(buckets[bucket] + lens[bucket], word, len + 1);
        lens[bucket] += len;
        free(word);
        if (lens[bucket] > 4000) {
            free(buckets[bucket]);
            buckets[bucket] = NULL;
            lens[bucket] = 0;
        }
    }
    for (unsigned i = 0; i < NR; i++)
        free(buckets[i]);
}

/* A table of keys and values whose working set moves on. */
static void table(void)
{
    enum { NR = 200000 };
    static char *keys[NR], *values[NR];

    for (unsigned i = 0; i < 3000000; i++) {
        unsigned place = (i / 20 + draw(NR / 4)) % NR;
        size_t len = 16 + draw(16), size = draw(10) == 0 ? 500 + draw(3000) : 20 + draw(200);
        free(keys[place]);
        free(values[place]);
        keys[place] = memset(malloc(len), 'k', len);
        values[place] = memset(malloc(size), 'v', size);
    }
    for (unsigned i = 0; i < NR; i++) {
        free(keys[i]);
        free(values[i]);
    }
}

/* Two producers, two consumers: what one thread allocates another frees. */
struct queue {
    pthread_mutex_t lock;
    pthread_cond_t change;
    void *batch[16][256];
    unsigned head, tail;
};

static struct queue queues[2];

static void *produce(void *arg)
{
    struct queue *queue = arg;

    for (unsigned i = 0; i < 6000; i++) {
        void *batch[256];
        for (unsigned j = 0; j < 256; j++) {
            size_t size = 16 + (i * 131 + j * 17) % 400;
            batch[j] = memset(malloc(size), 1, 16);
        }
        pthread_mutex_lock(&queue->lock);
        while (queue->head - queue->tail == 16)
            pthread_cond_wait(&queue->change, &queue->lock);
        memcpy(queue->batch[queue->head++ % 16], batch, sizeof(batch));
        pthread_cond_signal(&queue->change);
        pthread_mutex_unlock(&queue->lock);
    }
    return NULL;
}

static void *consume(void *arg)
{
    struct queue *queue = arg;

    for (unsigned i = 0; i < 6000; i++) {
        void *batch[256];
        pthread_mutex_lock(&queue->lock);
        while (queue->head == queue->tail)
            pthread_cond_wait(&queue->change, &queue->lock);
        memcpy(batch, queue->batch[queue->tail++ % 16], sizeof(batch));
        pthread_cond_signal(&queue->change);
        pthread_mutex_unlock(&queue->lock);
        for (unsigned j = 0; j < 256; j++)
            free(batch[j]);
    }
    return NULL;
}

static void threads(void)
{
    pthread_t thread[4];

    for (unsigned i = 0; i < 2; i++) {
        pthread_mutex_init(&queues[i].lock, NULL);
        pthread_cond_init(&queues[i].change, NULL);
        pthread_create(&thread[2 * i], NULL, produce, &queues[i]);
        pthread_create(&thread[2 * i + 1], NULL, consume, &queues[i]);
    }
    for (unsigned i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
}

/* Allocate many, free every other, allocate larger. */
static void fragments(void)
{
    enum { NR = 200000 };
    static void *first[NR], *second[NR / 2];

    for (unsigned round = 0; round < 8; round++) {
        for (unsigned i = 0; i < NR; i++)
            first[i] = memset(malloc(64 + i % 8 * 32), 1, 64);
        for (unsigned i = 0; i < NR; i += 2)
            free(first[i]);
        for (unsigned i = 0; i < NR / 2; i++)
            second[i] = memset(malloc(384 + i % 8 * 64), 1, 64);
        for (unsigned i = 1; i < NR; i += 2)
            free(first[i]);
        for (unsigned i = 0; i < NR / 2; i++)
            free(second[i]);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } programs[] = {
        {"objects", objects}, {"trees", trees},     {"lines", lines},
        {"table", table},     {"threads", threads}, {"fragments", fragments},
    };
    struct rusage usage;

    for (unsigned i = 0; argc == 2 && i < sizeof(programs) / sizeof(*programs); i++) {
        if (strcmp(argv[1], programs[i].name) != 0)
            continue;
        programs[i].run();
        getrusage(RUSAGE_SELF, &usage);
        printf("%ld %ld\n",
               (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
                   usage.ru_stime.tv_usec,
               usage.ru_maxrss);
        return 0;
    }
    return 1;
}
