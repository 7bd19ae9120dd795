/*
 * tests/host/cmdline_random.c - words written in random ways come back as they were
 *
 * Each character of each word is written plainly, behind a backslash or between quotes, whichever
 * may be; lines may hold more words or characters than fit, and then the first words must be there.
 * argv[1]: seed.
 */
#include "lib/cmdline.h"
#include "unit.h"

/* link: kernel/lib/cmdline.c */
/* cflags: -iquote kernel */

#define NR_LINES  4000
#define MAX_WORDS 400
#define MAX_LEN   40

static char words[MAX_WORDS][MAX_LEN + 1];
static char line[MAX_WORDS * (4 * MAX_LEN + 8)];

static char *write_word(char *at, const char *word)
{
    bool quoted = false;

    if (!*word)
        at = stpcpy(at, "\"\"");
    for (; *word; word++) {
        if (pick(5) == 0) {
            *at++ = '"';
            quoted = !quoted;
        }
        bool special = *word == '"' || *word == '\\' || (*word == ' ' && !quoted);
        if (special || pick(8) == 0)
            *at++ = '\\';
        *at++ = *word;
    }
    if (quoted)
        *at++ = '"';
    return at;
}

static void make_line(size_t nr_words)
{
    char *at = line;

    for (size_t i = 0; i < nr_words; i++) {
        size_t len = pick(pick(2) ? 5 : MAX_LEN);
        for (size_t k = 0; k < len; k++)
            words[i][k] = "ab=/\\\" \t\x80"[pick(9)];
        words[i][len] = 0;
        at = write_word(at, words[i]);
        for (size_t nr = 1 + pick(2); nr; nr--)
            *at++ = ' ';
    }
    *at = 0;
}

/* The number of words that fit. */
static size_t nr_fitting(size_t nr_words)
{
    size_t used = 0, nr = 0;

    while (nr < nr_words && nr < CMDLINE_MAX_WORDS && used + strlen(words[nr]) + 1 <= CMDLINE_MAX)
        used += strlen(words[nr++]) + 1;
    return nr;
}

static bool agrees(const struct cmdline *cmdline, size_t nr_words)
{
    size_t nr = nr_fitting(nr_words);

    if (cmdline->nr_words != nr || cmdline->is_cut != (nr < nr_words) || cmdline->words[nr])
        return false;
    for (size_t i = 0; i < nr; i++) {
        if (strcmp(cmdline->words[i], words[i]) != 0)
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct cmdline cmdline;
    bool good = true;

    unit_seed(argc, argv);
    for (int i = 0; good && i < NR_LINES; i++) {
        size_t nr_words = pick(pick(4) ? 12 : MAX_WORDS);
        make_line(nr_words);
        cmdline_split(&cmdline, line);
        good = agrees(&cmdline, nr_words);
    }
    if (!good)
        printf("# line: %s\n", line);
    test_ok(good, "%d random lines give the words they were made of", NR_LINES);
    return test_end();
}
