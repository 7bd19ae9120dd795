/*
 * proc/text.h - files whose text is made when it is read
 *
 * A generator appends one record after the other to a buffer; a reader gets it in pieces of any size.
 * Who reads on gets the rest of the record, then the next one: a file of n records costs O(n),
 * however small the pieces are. Who reads elsewhere makes it start again from the first.
 */
#ifndef PROC_TEXT_H
#define PROC_TEXT_H

#include "fs/file.h"
#include "lib/types.h"

#define TEXT_END UINT64_MAX /* no record follows */

struct text {
    struct mutex lock; /* RANK_NODE */

    /* Protected by lock */
    char *buffer; /* size bytes; NULL: none is needed now */
    size_t size;
    size_t from, len;  /* [from, len) was not read yet */
    uint64_t position; /* in the file, of byte `from` */
    uint64_t next;     /* the record after those in the buffer, as the generator counts them */
    bool failed;       /* there was no memory for something */
};

/*
 * What a file says, and takes.
 *
 * subject  the serial number of the process it is about, 0 for the system's
 */
struct text_kind {
    const char *fixed; /* all of it; NULL: show makes it */
    /*
     * Append record `at` (0: the first), or as many as seem right from there, and say in text->next
     * which comes after them, if any: it is TEXT_END otherwise. 0, -ESRCH (the process is gone), ...
     */
    int (*show)(struct text *text, uint64_t subject, uint64_t at);
    /* Take what was written at an offset, with a NUL behind it: how much, or -errno. NULL: none. */
    ssize_t (*store)(uint64_t subject, const char *input, size_t len, uint64_t offset);
    unsigned flags; /* TEXT_* */
};

enum text_flags {
    TEXT_TRACED = 1 << 0, /* for who may trace the process, see process_check_trace() */
    TEXT_WHOLE = 1 << 1,  /* read from its start or not at all: elsewhere is the end. /proc/sys */
};

/* Files over a node whose kind is a struct text_kind. */
extern const struct file_ops text_ops;

/* Append. What does not fit for want of memory sets text->failed, and the reader gets -ENOMEM. */
PRINTF(2, 3) void text_print(struct text *text, const char *format, ...);
void text_append(struct text *text, const void *bytes, size_t len);

/* Append blanks up to column `width` of the line that starts at `start`, one at least. */
void text_pad(struct text *text, size_t start, size_t width);

/* Room for len bytes more, which the caller fills and adds to text->len. NULL: there is none. */
char *text_reserve(struct text *text, size_t len);

#endif
