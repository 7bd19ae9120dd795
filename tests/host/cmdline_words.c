/*
 * tests/host/cmdline_words.c - how the kernel's command line is split into words
 */
#include "lib/cmdline.h"
#include "unit.h"

/* link: kernel/lib/cmdline.c */
/* cflags: -iquote kernel */

static struct cmdline cmdline;

/* The words, each in brackets, then "cut" if something was lost. */
static const char *split(const char *line)
{
    static char shown[2 * CMDLINE_MAX + 3 * CMDLINE_MAX_WORDS];
    char *at = shown;

    memset(&cmdline, 0xa5, sizeof(cmdline));
    cmdline_split(&cmdline, line);
    *at = 0;
    for (size_t i = 0; i < cmdline.nr_words; i++)
        at += sprintf(at, "[%s]", cmdline.words[i]);
    if (cmdline.words[cmdline.nr_words] != NULL)
        return "words are not terminated";
    if (cmdline.is_cut)
        strcpy(at, "cut");
    return shown;
}

static void test_forms(void)
{
    static const struct {
        const char *line, *words, *what;
    } forms[] = {
        {"", "", "an empty line has no words"},
        {"    ", "", "nor has a line of spaces"},
        {"selftest", "[selftest]", "one word"},
        {"  a  b c  ", "[a][b][c]", "spaces around and between are one separator"},
        {"a\tb", "[a\tb]", "a tab separates nothing"},
        {"\"a b\" c", "[a b][c]", "quotes group"},
        {"x\"a b\"y", "[xa by]", "quotes inside a word"},
        {"\"\"", "[]", "empty quotes are an empty word"},
        {"a \"\" b", "[a][][b]", "also between others"},
        {"\"a b", "[a b]", "a quote that is not closed goes to the end"},
        {"a\\ b", "[a b]", "a backslash takes a space"},
        {"\\\"a", "[\"a]", "and a quote"},
        {"\\\\", "[\\]", "and a backslash"},
        {"\"a\\\"b c\"", "[a\"b c]", "also inside quotes"},
        {"\\n", "[n]", "it has no other meaning"},
        {"a\\", "[a\\]", "at the end of the line it is a character"},
        {"'a b'", "['a][b']", "single quotes are characters"},
        {"overcommit=never -- sh -c \"a  b\"", "[overcommit=never][--][sh][-c][a  b]",
         "a whole line"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        const char *words = split(forms[i].line);
        test_ok(strcmp(words, forms[i].words) == 0, "%s", forms[i].what);
        if (strcmp(words, forms[i].words) != 0)
            printf("# <%s> gave %s\n", forms[i].line, words);
    }
}

/* A line of nr characters c, with tail behind. */
static const char *line_of(size_t nr, char c, const char *tail)
{
    static char line[3 * CMDLINE_MAX];

    memset(line, c, nr);
    strcpy(line + nr, tail);
    return line;
}

static void test_too_long(void)
{
    split(line_of(CMDLINE_MAX - 1, 'x', ""));
    test_ok(cmdline.nr_words == 1 && !cmdline.is_cut && strlen(cmdline.words[0]) == CMDLINE_MAX - 1,
            "the longest word that fits");
    split(line_of(CMDLINE_MAX, 'x', ""));
    test_ok(cmdline.nr_words == 0 && cmdline.is_cut,
            "one character more is cut, no half word is left");
    split(line_of(CMDLINE_MAX - 3, 'x', " ab"));
    test_ok(cmdline.nr_words == 1 && cmdline.is_cut, "a second word that does not fit is dropped");
    split(line_of(CMDLINE_MAX - 3, 'x', " a"));
    test_ok(cmdline.nr_words == 2 && !cmdline.is_cut, "one that does is kept");
    split(line_of(2 * CMDLINE_MAX, ' ', "a"));
    test_ok(cmdline.nr_words == 1 && !cmdline.is_cut, "spaces take no room");
    split(line_of(2 * CMDLINE_MAX, '"', "a"));
    test_ok(cmdline.nr_words == 1 && !cmdline.is_cut, "nor do quotes");
}

static void test_too_many(void)
{
    char line[3 * CMDLINE_MAX_WORDS + 3] = "";

    for (size_t i = 0; i < CMDLINE_MAX_WORDS; i++)
        strcpy(line + 2 * i, "w ");
    split(line);
    test_ok(cmdline.nr_words == CMDLINE_MAX_WORDS && !cmdline.is_cut,
            "the largest number of words");
    strcat(line, "w");
    split(line);
    test_ok(cmdline.nr_words == CMDLINE_MAX_WORDS && cmdline.is_cut, "one more is cut");
}

/* Even an empty word takes a byte, which is not there once the text is full. */
static void test_empty_word_too_many(void)
{
    split(line_of(CMDLINE_MAX - 1, 'x', " \"\" \"\""));
    test_ok(cmdline.nr_words == 1 && cmdline.is_cut, "an empty word behind a full text is cut");
}

int main(void)
{
    test_forms();
    test_too_long();
    test_too_many();
    test_empty_word_too_many();
    return test_end();
}
