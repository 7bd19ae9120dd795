/*
 * stdio/streams.c - stdin, stdout, stderr, the list of the other open streams, and the end of them
 * all
 *
 * Buffers are static: a program that only prints never calls malloc. __stdio_exit() lives here
 * because no program has a stream without this file.
 */
#include "internal/stdio_file.h"

static unsigned char stdin_buf[STDIO_UNGET + BUFSIZ];
static unsigned char stdout_buf[STDIO_UNGET + BUFSIZ];

FILE __stdin_file = {
    .newline = -1,
    .flags = STDIO_CAN_READ | STDIO_UNDECIDED | STDIO_STATIC,
    .fd = 0,
    .buf = stdin_buf + STDIO_UNGET,
    .size = BUFSIZ,
    .ops = &__stdio_fd_ops,
};

FILE __stdout_file = {
    .newline = -1,
    .flags = STDIO_CAN_WRITE | STDIO_UNDECIDED | STDIO_STATIC,
    .fd = 1,
    .buf = stdout_buf + STDIO_UNGET,
    .size = BUFSIZ,
    .ops = &__stdio_fd_ops,
};

FILE __stderr_file = {
    .newline = -1,
    .flags = STDIO_CAN_WRITE | STDIO_UNBUFFERED | STDIO_STATIC,
    .fd = 2,
    .buf = __stderr_file.small + STDIO_UNGET,
    .size = STDIO_SMALL,
    .ops = &__stdio_fd_ops,
};

FILE *stdin = &__stdin_file;
FILE *stdout = &__stdout_file;
FILE *stderr = &__stderr_file;

FILE *__stdio_list;

void __stdio_list_add(FILE *file)
{
    file->prev = NULL;
    file->next = __stdio_list;
    if (__stdio_list)
        __stdio_list->prev = file;
    __stdio_list = file;
}

void __stdio_list_remove(FILE *file)
{
    if (file->next)
        file->next->prev = file->prev;
    if (file->prev)
        file->prev->next = file->next;
    else
        __stdio_list = file->next;
}

void __stdio_exit(void)
{
    FILE *file;

    for (file = __stdio_list; file; file = file->next)
        __stdio_sync(file);
    __stdio_sync(&__stdin_file);
    __stdio_sync(&__stdout_file);
    __stdio_sync(&__stderr_file);
}
