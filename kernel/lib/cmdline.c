/*
 * lib/cmdline.c - split the kernel's command line into words
 */
#include "lib/cmdline.h"

#include <string.h>

void cmdline_split(struct cmdline *cmdline, const char *line)
{
    size_t used = 0;

    cmdline->nr_words = 0;
    cmdline->is_cut = false;
    for (;;) {
        line += strspn(line, " ");
        if (!*line)
            break;
        const char *word = cmdline->text + used;
        for (bool quoted = false; *line && (quoted || *line != ' '); line++) {
            if (*line == '"') {
                quoted = !quoted;
                continue;
            }
            if (*line == '\\' && line[1])
                line++;
            if (used < CMDLINE_MAX - 1) /* room for the NUL is kept */
                cmdline->text[used++] = *line;
            else
                cmdline->is_cut = true;
        }
        if (used == CMDLINE_MAX || cmdline->nr_words == CMDLINE_MAX_WORDS)
            cmdline->is_cut = true;
        if (cmdline->is_cut)
            break;
        cmdline->text[used++] = 0;
        cmdline->words[cmdline->nr_words++] = word;
    }
    cmdline->words[cmdline->nr_words] = NULL;
}
