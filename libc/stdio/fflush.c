/* stdio/fflush.c - write a stream's output; of an input stream, put the offset where the program is
 */
#include "internal/stdio_file.h"

/* fflush(NULL) is about output only (C11 7.21.5.2p3). */
static int flush_output(FILE *file)
{
    return file->flags & STDIO_WRITING ? __stdio_sync(file) : 0;
}

static int flush_all(void)
{
    int result = flush_output(&__stdout_file) | flush_output(&__stderr_file);
    FILE *file;

    for (file = __stdio_list; file; file = file->next)
        result |= flush_output(file);
    return result;
}

int fflush(FILE *file)
{
    return file ? __stdio_sync(file) : flush_all();
}

int fflush_unlocked(FILE *file) __attribute__((__alias__("fflush")));
