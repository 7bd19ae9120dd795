/*
 * internal/stdio_file.h - what a FILE is
 *
 * A stream is at any time idle, reading or writing:
 *
 *     idle      nothing in the buffer
 *     reading   [rpos, rend) was read from below and not yet by the program; pushed back bytes lie
 * in front writing   [buf, wpos) was written by the program and not yet below
 *
 *         UNGET room   buf                                buf + size
 *     ----------------|---------------------------------|
 *            ^rpos after ungetc()            ^rend
 *
 * rpos == rend unless reading; wpos == wend == NULL unless writing. So the fast paths of getc and
 * putc need no look at the state. "Below" is a file descriptor, memory or a program's functions:
 * struct stdio_ops.
 *
 * A process has one thread so far, so a FILE has no lock.
 */
#ifndef INTERNAL_STDIO_FILE_H
#define INTERNAL_STDIO_FILE_H

#include <stdio.h>

#define STDIO_UNGET 8  /* bytes that can be pushed back in front of a full buffer */
#define STDIO_SMALL 16 /* bytes of the buffer inside a FILE; unbuffered streams use it */

/* What lies below a stream. All return -errno on failure; a missing function is a stream that
 * cannot. */
struct stdio_ops {
    ssize_t (*read)(FILE *file, char *buf, size_t size); /* 0 at the end */
    ssize_t (*write)(FILE *file, const char *buf, size_t size);
    off_t (*seek)(FILE *file, off_t offset, int whence); /* the new offset */
    int (*close)(FILE *file);
};

enum {
    STDIO_CAN_READ = 1,
    STDIO_CAN_WRITE = 2,
    STDIO_APPEND = 4,
    STDIO_READING = 8,
    STDIO_WRITING = 16,
    STDIO_EOF = 32,
    STDIO_ERROR = 64,
    STDIO_LINE_BUFFERED = 128,
    STDIO_UNBUFFERED = 256,
    STDIO_UNDECIDED = 512, /* line buffered if a terminal; nobody has looked yet */
    STDIO_STATIC = 1024,   /* stdin, stdout, stderr: not from malloc, not in the list */
};

struct __stdio_file {
    unsigned char *rpos;
    unsigned char *rend;
    unsigned char *wpos;
    unsigned char *wend; /* end of the buffer; wpos == wend sends putc to the slow path */
    int newline;         /* '\n' if putc of it must flush, else -1 */
    unsigned flags;
    int fd; /* -1: none */
    unsigned char *buf;
    size_t size;
    const struct stdio_ops *ops;
    void *cookie; /* belongs to ops */
    FILE *prev;   /* the list of open streams */
    FILE *next;
    unsigned char small[STDIO_UNGET + STDIO_SMALL];
};

/* What lies below fopen(), fdopen(), stdin, ... */
extern const struct stdio_ops __stdio_fd_ops;

/* The static streams themselves; a program may assign other values to stdin, stdout, stderr. */
extern FILE __stdin_file;
extern FILE __stdout_file;
extern FILE __stderr_file;

/* The streams that fopen() and its like made. */
extern FILE *__stdio_list;
void __stdio_list_add(FILE *file);
void __stdio_list_remove(FILE *file);

/* Write everything back and put input offsets where the program has read to. exit() calls this
 * last. */
void __stdio_exit(void);

/*
 * Read an fopen() mode.
 *
 * flags    receives STDIO_CAN_READ, STDIO_CAN_WRITE, STDIO_APPEND
 * Returns  the flags for open(2), or -1 with EINVAL
 */
int __stdio_parse_mode(const char *mode, unsigned *flags);

/*
 * Make a stream and add it to the list.
 *
 * flags    of STDIO_CAN_READ, ...
 * size     of the buffer
 * extra    bytes of the caller's, to be found at file->cookie; 0: none, cookie is NULL
 * Returns  the stream, or NULL with ENOMEM
 */
FILE *__stdio_new(const struct stdio_ops *ops, int fd, unsigned flags, size_t size, size_t extra);

/* Fill the empty buffer. Returns 0, or EOF with the stream's end or error flag set. */
int __stdio_fill(FILE *file);

/* Enter the writing state. Returns 0, or EOF with error flag and errno. */
int __stdio_begin_write(FILE *file);

/* Write the buffer out. What could not be written stays in it. Returns 0, or EOF with error flag
 * and errno. */
int __stdio_flush(FILE *file);

/* Write bytes through the buffer, as the buffering mode says. Returns how many were taken. */
size_t __stdio_write(FILE *file, const unsigned char *bytes, size_t len);

/* The slow path of putc(): no room, a newline, or not writing. Returns c or EOF. */
int __stdio_overflow(FILE *file, unsigned char c);

/*
 * Make the offset below equal to the program's and go idle. A stream that reads from something that
 * cannot seek keeps its buffer. Returns 0, or EOF with errno.
 */
int __stdio_sync(FILE *file);

/* Drop what was read but not used, and go idle. */
void __stdio_discard(FILE *file);

/* Find out whether an undecided stream is a terminal, and buffer accordingly. Keeps errno. */
void __stdio_decide(FILE *file);

/* Set the buffering mode: _IOFBF, _IOLBF or _IONBF. */
void __stdio_set_mode(FILE *file, int mode);

/* Set errno and the error flag from a -errno. Returns EOF. */
int __stdio_fail(FILE *file, long error);

static inline int __stdio_getc(FILE *file)
{
    if (file->rpos == file->rend && __stdio_fill(file) == EOF)
        return EOF;
    return *file->rpos++;
}

static inline int __stdio_putc(FILE *file, int c)
{
    unsigned char byte = (unsigned char)c;

    if (file->wpos == file->wend || byte == file->newline)
        return __stdio_overflow(file, byte);
    return *file->wpos++ = byte;
}

#endif
