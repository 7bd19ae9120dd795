/*
 * lib/cmdline.h - the kernel's command line
 */
#ifndef LIB_CMDLINE_H
#define LIB_CMDLINE_H

#include "lib/types.h"

#define CMDLINE_MAX       4096
#define CMDLINE_MAX_WORDS 256

/* Words as they were written, quotes and backslashes undone. */
struct cmdline {
    char text[CMDLINE_MAX];
    const char *words[CMDLINE_MAX_WORDS + 1]; /* NULL-terminated */
    size_t nr_words;
    bool is_cut; /* the line was longer than this holds */
};

/*
 * Split a line at spaces. Double quotes group, a backslash takes the next character as it is: the
 * form in which GRUB hands over what stood in its configuration.
 */
void cmdline_split(struct cmdline *cmdline, const char *line);

#endif
