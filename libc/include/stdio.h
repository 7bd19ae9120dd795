/*
 * stdio.h - streams, formatted input and output (C11 7.21, POSIX.1-2017, and what glibc adds)
 *
 * Every function does what the standards say; comments stand where they leave something open.
 */
#ifndef _STDIO_H
#define _STDIO_H

#include <bits/posix_types.h>
#define __need_NULL
#include <stddef.h>

typedef __builtin_va_list va_list;
#ifndef __GNUC_VA_LIST
#define __GNUC_VA_LIST
typedef __builtin_va_list __gnuc_va_list;
#endif

typedef struct __stdio_file FILE;

/* A position in a stream: its offset. */
typedef struct {
    off_t __offset;
} fpos_t;

#define EOF (-1)

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

#define BUFSIZ       4096
#define FOPEN_MAX    1000
#define FILENAME_MAX 4096
#define L_tmpnam     20
#define TMP_MAX      238328
#define L_ctermid    20
#define P_tmpdir     "/tmp"

#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2

extern FILE *stdin;
extern FILE *stdout;
extern FILE *stderr;
#define stdin  stdin
#define stdout stdout
#define stderr stderr

#define __STDIO_PRINTF(fmt, args) __attribute__((__format__(__printf__, fmt, args)))
#define __STDIO_SCANF(fmt, args)  __attribute__((__format__(__scanf__, fmt, args)))

/* Opening and closing. Modes: r w a, each with + b x e; x is O_EXCL, e is O_CLOEXEC. */
FILE *fopen(const char *__restrict path, const char *__restrict mode);
FILE *freopen(const char *__restrict path, const char *__restrict mode, FILE *__restrict file);
FILE *fdopen(int fd, const char *mode);
FILE *fmemopen(void *__restrict buf, size_t size, const char *__restrict mode);
FILE *open_memstream(char **buf, size_t *size);
FILE *tmpfile(void);
int fclose(FILE *file);
int fileno(FILE *file);

/* What fopencookie() calls instead of the system; a missing one has no effect (write) or fails
 * (seek). */
typedef ssize_t cookie_read_function_t(void *cookie, char *buf, size_t size);
typedef ssize_t cookie_write_function_t(void *cookie, const char *buf, size_t size);
typedef int cookie_seek_function_t(void *cookie, off64_t *offset, int whence);
typedef int cookie_close_function_t(void *cookie);
typedef struct {
    cookie_read_function_t *read;
    cookie_write_function_t *write;
    cookie_seek_function_t *seek;
    cookie_close_function_t *close;
} cookie_io_functions_t;
FILE *fopencookie(void *__restrict cookie, const char *__restrict mode,
                  cookie_io_functions_t functions);

/* Buffering. fflush() of an input stream puts the file offset where the program has read to. */
int fflush(FILE *file);
int setvbuf(FILE *__restrict file, char *__restrict buf, int mode, size_t size);
void setbuf(FILE *__restrict file, char *__restrict buf);
void setbuffer(FILE *file, char *buf, size_t size);
void setlinebuf(FILE *file);

/* Bytes and lines. At least 8 bytes can be pushed back by ungetc(). */
size_t fread(void *__restrict buf, size_t size, size_t nr, FILE *__restrict file);
size_t fwrite(const void *__restrict buf, size_t size, size_t nr, FILE *__restrict file);
int fgetc(FILE *file);
int getc(FILE *file);
int getchar(void);
int ungetc(int c, FILE *file);
int fputc(int c, FILE *file);
int putc(int c, FILE *file);
int putchar(int c);
char *fgets(char *__restrict s, int size, FILE *__restrict file);
int fputs(const char *__restrict s, FILE *__restrict file);
int puts(const char *s);
ssize_t getline(char **__restrict line, size_t *__restrict size, FILE *__restrict file);
ssize_t getdelim(char **__restrict line, size_t *__restrict size, int delimiter,
                 FILE *__restrict file);
int getw(FILE *file);
int putw(int w, FILE *file);

/* Positions. */
int fseek(FILE *file, long offset, int whence);
int fseeko(FILE *file, off_t offset, int whence);
long ftell(FILE *file);
off_t ftello(FILE *file);
void rewind(FILE *file);
int fgetpos(FILE *__restrict file, fpos_t *__restrict pos);
int fsetpos(FILE *file, const fpos_t *pos);

/* State. */
int feof(FILE *file);
int ferror(FILE *file);
void clearerr(FILE *file);

/* A process has one thread so far, which always has the lock. */
void flockfile(FILE *file);
int ftrylockfile(FILE *file);
void funlockfile(FILE *file);
int getc_unlocked(FILE *file);
int getchar_unlocked(void);
int putc_unlocked(int c, FILE *file);
int putchar_unlocked(int c);
int fgetc_unlocked(FILE *file);
int fputc_unlocked(int c, FILE *file);
size_t fread_unlocked(void *__restrict buf, size_t size, size_t nr, FILE *__restrict file);
size_t fwrite_unlocked(const void *__restrict buf, size_t size, size_t nr, FILE *__restrict file);
char *fgets_unlocked(char *__restrict s, int size, FILE *__restrict file);
int fputs_unlocked(const char *__restrict s, FILE *__restrict file);
int fflush_unlocked(FILE *file);
int feof_unlocked(FILE *file);
int ferror_unlocked(FILE *file);
void clearerr_unlocked(FILE *file);
int fileno_unlocked(FILE *file);

/*
 * Formatted output. Floating point is exact at any precision. Beyond C11: %b %B (C23), %C %S and
 * numbered arguments (POSIX), %m (glibc). %lc and %ls write UTF-8.
 */
int printf(const char *__restrict fmt, ...) __STDIO_PRINTF(1, 2);
int fprintf(FILE *__restrict file, const char *__restrict fmt, ...) __STDIO_PRINTF(2, 3);
int sprintf(char *__restrict s, const char *__restrict fmt, ...) __STDIO_PRINTF(2, 3);
int snprintf(char *__restrict s, size_t size, const char *__restrict fmt, ...) __STDIO_PRINTF(3, 4);
int dprintf(int fd, const char *__restrict fmt, ...) __STDIO_PRINTF(2, 3);
int asprintf(char **__restrict s, const char *__restrict fmt, ...) __STDIO_PRINTF(2, 3);
int vprintf(const char *__restrict fmt, __gnuc_va_list ap) __STDIO_PRINTF(1, 0);
int vfprintf(FILE *__restrict file, const char *__restrict fmt, __gnuc_va_list ap)
    __STDIO_PRINTF(2, 0);
int vsprintf(char *__restrict s, const char *__restrict fmt, __gnuc_va_list ap)
    __STDIO_PRINTF(2, 0);
int vsnprintf(char *__restrict s, size_t size, const char *__restrict fmt, __gnuc_va_list ap)
    __STDIO_PRINTF(3, 0);
int vdprintf(int fd, const char *__restrict fmt, __gnuc_va_list ap) __STDIO_PRINTF(2, 0);
int vasprintf(char **__restrict s, const char *__restrict fmt, __gnuc_va_list ap)
    __STDIO_PRINTF(2, 0);

/* Formatted input. Beyond C11: %m (allocated strings), %C %S, numbered arguments (POSIX), %b (C23).
 */
int scanf(const char *__restrict fmt, ...) __STDIO_SCANF(1, 2);
int fscanf(FILE *__restrict file, const char *__restrict fmt, ...) __STDIO_SCANF(2, 3);
int sscanf(const char *__restrict s, const char *__restrict fmt, ...) __STDIO_SCANF(2, 3);
int vscanf(const char *__restrict fmt, __gnuc_va_list ap) __STDIO_SCANF(1, 0);
int vfscanf(FILE *__restrict file, const char *__restrict fmt, __gnuc_va_list ap)
    __STDIO_SCANF(2, 0);
int vsscanf(const char *__restrict s, const char *__restrict fmt, __gnuc_va_list ap)
    __STDIO_SCANF(2, 0);

/* Files by name. */
void perror(const char *s);
int remove(const char *path);
int rename(const char *from, const char *to);
int renameat(int from_dir, const char *from, int to_dir, const char *to);
/* flags: RENAME_NOREPLACE and others of <linux/fs.h>. */
int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
char *tmpnam(char *s);
char *ctermid(char *s);

#undef __STDIO_PRINTF
#undef __STDIO_SCANF

#endif
