/*
 * tests/host/fuzz_cmdline.c - libFuzzer target for the command line's words
 *
 * The input is a line as it stands. Whatever it is: words lie in the text in order, each ended, and
 * none is longer than the line.
 */
#include "lib/cmdline.h"
#include "unit.h"

/* link: kernel/lib/cmdline.c */
/* cflags: -iquote kernel */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct cmdline *cmdline = malloc(sizeof(*cmdline));
    char *line = malloc(len + 1);

    for (size_t i = 0; i < len; i++)
        line[i] = data[i] & 3 ? (char)data[i] : "x\"\\ "[data[i] >> 2 & 3]; /* much that matters */
    line[len] = 0;
    cmdline_split(cmdline, line);
    ASSERT(cmdline->nr_words <= CMDLINE_MAX_WORDS && !cmdline->words[cmdline->nr_words]);
    const char *at = cmdline->text;
    for (size_t i = 0; i < cmdline->nr_words; i++) {
        ASSERT(cmdline->words[i] == at);
        at += strlen(at) + 1;
        ASSERT(at <= cmdline->text + CMDLINE_MAX);
    }
    ASSERT((size_t)(at - cmdline->text) <= len + 1);
    free(line);
    free(cmdline);
    return 0;
}
