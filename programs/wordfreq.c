/*
 * programs/wordfreq.c - the most frequent words of a text
 *
 *     wordfreq FILE [N]        prints the N (default 20) most frequent words; FILE "-" is standard
 * input
 *
 * A real use of the heap: the text lies in a buffer that realloc doubles, the words in a hash table
 * that grows by calloc, each with a string of its own, and everything is freed at the end. A word
 * is a run of ASCII letters with apostrophes inside it, case folded.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_NR_SHOWN 20
#define FIRST_NR_SLOTS   64
#define FIRST_TEXT_SIZE  4096

struct text {
    char *bytes;
    size_t len;  /* bytes read */
    size_t size; /* bytes allocated */
};

struct word {
    char *letters; /* NUL-terminated, lower case; NULL: a free slot */
    size_t len;
    unsigned long count;
    uint64_t hash;
};

/*
 * Open addressing with linear probing.
 * Invariant: nr_slots is a power of two and at least a quarter of the slots is free.
 */
struct table {
    struct word *slots;
    size_t nr_slots;
    size_t nr_used;
};

static void *must(void *memory)
{
    if (!memory) {
        fprintf(stderr, "wordfreq: %s\n", strerror(ENOMEM));
        exit(1);
    }
    return memory;
}

/* Read fd to its end. Returns 0, or -1 with errno set. */
static int text_read(struct text *text, int fd)
{
    for (;;) {
        ssize_t n;

        if (text->len == text->size) {
            text->size = text->size ? 2 * text->size : FIRST_TEXT_SIZE;
            text->bytes = must(realloc(text->bytes, text->size));
        }
        n = read(fd, text->bytes + text->len, text->size - text->len);
        if (n == 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0)
            text->len += (size_t)n;
    }
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t hash(const char *letters, size_t len)
{
    uint64_t h = 0xcbf29ce484222325;

    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)letters[i]) * 0x100000001b3;
    return h;
}

/* Returns the slot where the word is or belongs. */
static struct word *table_slot(const struct table *table, const struct word *word)
{
    for (size_t i = word->hash;; i++) {
        struct word *slot = &table->slots[i & (table->nr_slots - 1)];

        if (!slot->letters || (slot->hash == word->hash && slot->len == word->len &&
                               memcmp(slot->letters, word->letters, word->len) == 0))
            return slot;
    }
}

static void table_grow(struct table *table)
{
    struct table larger = {NULL, table->nr_slots ? 2 * table->nr_slots : FIRST_NR_SLOTS,
                           table->nr_used};

    larger.slots = must(calloc(larger.nr_slots, sizeof(*larger.slots)));
    for (size_t i = 0; i < table->nr_slots; i++)
        if (table->slots[i].letters)
            *table_slot(&larger, &table->slots[i]) = table->slots[i];
    free(table->slots);
    *table = larger;
}

/* Count a word; len > 0. The letters are copied if the word is new. */
static void table_count(struct table *table, char *letters, size_t len)
{
    struct word word = {letters, len, 1, hash(letters, len)};
    struct word *slot;

    if (4 * (table->nr_used + 1) > 3 * table->nr_slots)
        table_grow(table);
    slot = table_slot(table, &word);
    if (slot->letters) {
        slot->count++;
        return;
    }
    word.letters = must(malloc(len + 1));
    memcpy(word.letters, letters, len);
    word.letters[len] = '\0';
    *slot = word;
    table->nr_used++;
}

/* Folds the case in place. Returns how many words there are. */
static unsigned long count_words(struct text *text, struct table *table)
{
    unsigned long nr_words = 0;
    char *p = text->bytes, *end = text->bytes + text->len;

    while (p < end) {
        char *start = p;

        while (p < end && (isalpha((unsigned char)*p) || (*p == '\'' && p > start && p + 1 < end &&
                                                          isalpha((unsigned char)p[1])))) {
            *p = (char)tolower((unsigned char)*p);
            p++;
        }
        if (p == start) {
            p++;
            continue;
        }
        table_count(table, start, (size_t)(p - start));
        nr_words++;
    }
    return nr_words;
}

/* Most frequent first, then by the alphabet; free slots last. */
static int compare(const void *left, const void *right)
{
    const struct word *a = left, *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    if (!a->letters || !b->letters)
        return !a->letters - !b->letters;
    return strcmp(a->letters, b->letters);
}

/* Sorting destroys the hash order: the table only serves as an array afterwards. */
static void show(struct table *table, unsigned long nr_words, size_t nr_shown)
{
    unsigned long once = 0;

    qsort(table->slots, table->nr_slots, sizeof(*table->slots), compare);
    for (size_t i = 0; i < table->nr_used; i++) {
        if (i < nr_shown)
            printf("%7lu %s\n", table->slots[i].count, table->slots[i].letters);
        once += table->slots[i].count == 1;
    }
    printf("%lu words, %zu different, %lu of them once\n", nr_words, table->nr_used, once);
}

static void table_free(struct table *table)
{
    for (size_t i = 0; i < table->nr_slots; i++)
        free(table->slots[i].letters);
    free(table->slots);
}

/* Returns 0, or -1 with errno set. */
static int read_file(const char *name, struct text *text)
{
    int fd, result;

    if (strcmp(name, "-") == 0)
        return text_read(text, STDIN_FILENO);
    fd = open(name, O_RDONLY);
    if (fd < 0)
        return -1;
    result = text_read(text, fd);
    close(fd);
    return result;
}

int main(int argc, char **argv)
{
    struct text text = {NULL, 0, 0};
    struct table table = {NULL, 0, 0};
    char *end = NULL;
    size_t nr_shown = argc > 2 ? strtoul(argv[2], &end, 10) : DEFAULT_NR_SHOWN;

    if (argc < 2 || argc > 3 || (end && (!isdigit((unsigned char)argv[2][0]) || *end))) {
        fprintf(stderr, "usage: wordfreq FILE [N]\n");
        return 2;
    }
    if (read_file(argv[1], &text) < 0) {
        fprintf(stderr, "wordfreq: %s: %s\n", argv[1], strerror(errno));
        free(text.bytes);
        return 1;
    }
    table_grow(&table);
    show(&table, count_words(&text, &table), nr_shown);
    table_free(&table);
    free(text.bytes);
    return fflush(stdout) == 0 ? 0 : 1;
}
