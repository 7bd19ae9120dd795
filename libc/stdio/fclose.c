/* stdio/fclose.c - write a stream out and end it */
#include "internal/stdio_file.h"

#include <errno.h>
#include <stdlib.h>

int fclose(FILE *file)
{
    int result = __stdio_sync(file);
    int error = errno;
    int closed = file->ops->close ? file->ops->close(file) : 0;

    if (closed < 0 && result == 0) {
        result = EOF;
        error = -closed;
    }
    if (file->flags & STDIO_STATIC) {
        /* It may be used again by mistake: then calls fail, and touch no later owner of the number.
         */
        file->flags = STDIO_STATIC;
        file->fd = -1;
        file->wpos = file->wend = NULL;
        __stdio_discard(file);
    } else {
        __stdio_list_remove(file);
        free(file);
    }
    errno = error;
    return result;
}
