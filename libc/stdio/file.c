/*
 * stdio/file.c - the states of a stream: filling and flushing its buffer, changing between input
 * and output
 *
 * C asks a program to call fflush or fseek between reading and writing an update stream; as in
 * glibc, one that does not is served all the same. An error of the system shows in errno and the
 * error flag, and output that could not be written stays in the buffer for the next flush.
 */
#include "internal/stdio_file.h"
#include "internal/syscall.h"

#include <asm/termbits.h>
#include <asm-generic/ioctls.h>
#include <errno.h>
#include <string.h>

int __stdio_fail(FILE *file, long error)
{
    file->flags |= STDIO_ERROR;
    errno = (int)-error;
    return EOF;
}

void __stdio_set_mode(FILE *file, int mode)
{
    file->flags &= ~(unsigned)(STDIO_UNDECIDED | STDIO_LINE_BUFFERED | STDIO_UNBUFFERED);
    if (mode == _IOLBF)
        file->flags |= STDIO_LINE_BUFFERED;
    if (mode == _IONBF)
        file->flags |= STDIO_UNBUFFERED;
    file->newline = mode == _IOLBF ? '\n' : -1;
}

void __stdio_decide(FILE *file)
{
    struct termios unused;

    if (!(file->flags & STDIO_UNDECIDED))
        return;
    if (file->fd >= 0 && syscall_raw(__NR_ioctl, file->fd, TCGETS, &unused) == 0)
        __stdio_set_mode(file, _IOLBF);
    else
        __stdio_set_mode(file, _IOFBF);
}

void __stdio_discard(FILE *file)
{
    file->flags &= ~(unsigned)STDIO_READING;
    file->rpos = file->rend = file->buf;
}

/* Leave the writing state; the buffer is empty. */
static void end_write(FILE *file)
{
    file->flags &= ~(unsigned)STDIO_WRITING;
    file->wpos = file->wend = NULL;
}

/* Write all of it. Returns how much was written; if that is less, the error is noted. */
static size_t write_all(FILE *file, const unsigned char *bytes, size_t len)
{
    size_t done = 0;
    ssize_t n;

    while (done < len) {
        n = file->ops->write ? file->ops->write(file, (const char *)bytes + done, len - done)
                             : (ssize_t)(len - done);
        if (n <= 0) {
            __stdio_fail(file, n < 0 ? n : -EIO);
            break;
        }
        done += (size_t)n;
    }
    return done;
}

int __stdio_flush(FILE *file)
{
    size_t len = (size_t)(file->wpos - file->buf);
    size_t done;

    if (!(file->flags & STDIO_WRITING))
        return 0;
    done = write_all(file, file->buf, len);
    memmove(file->buf, file->buf + done, len - done);
    file->wpos -= done;
    return done == len ? 0 : EOF;
}

int __stdio_begin_write(FILE *file)
{
    if (file->flags & STDIO_WRITING)
        return 0;
    if (!(file->flags & STDIO_CAN_WRITE))
        return __stdio_fail(file, -EBADF);
    if (file->flags & STDIO_READING) {
        __stdio_sync(file);
        __stdio_discard(file);
    }
    __stdio_decide(file);
    file->flags |= STDIO_WRITING;
    file->wpos = file->buf;
    file->wend = file->flags & STDIO_UNBUFFERED ? file->buf : file->buf + file->size;
    return 0;
}

static int begin_read(FILE *file)
{
    if (!(file->flags & STDIO_CAN_READ))
        return __stdio_fail(file, -EBADF);
    if (file->flags & STDIO_WRITING) {
        if (__stdio_flush(file) == EOF)
            return EOF;
        end_write(file);
    }
    __stdio_decide(file);
    file->flags |= STDIO_READING;
    return 0;
}

int __stdio_fill(FILE *file)
{
    ssize_t n;

    if (begin_read(file) == EOF || (file->flags & STDIO_EOF))
        return EOF;
    /* Whoever waits for a line should see the question first. */
    if ((file->flags & (STDIO_LINE_BUFFERED | STDIO_UNBUFFERED)) &&
        (__stdout_file.flags & STDIO_LINE_BUFFERED))
        __stdio_flush(&__stdout_file);
    n = 0;
    if (file->ops->read)
        n = file->ops->read(file, (char *)file->buf,
                            file->flags & STDIO_UNBUFFERED ? 1 : file->size);
    file->rpos = file->rend = file->buf;
    if (n < 0)
        return __stdio_fail(file, n);
    if (n == 0) {
        file->flags |= STDIO_EOF;
        return EOF;
    }
    file->rend += n;
    return 0;
}

/* Put bytes into the buffer, writing it out as often as it is full. Long runs are written straight
 * from there. */
static size_t write_buffered(FILE *file, const unsigned char *bytes, size_t len)
{
    size_t room = (size_t)(file->wend - file->wpos);

    if (len > room) {
        if (__stdio_flush(file) == EOF)
            return 0;
        if (len >= file->size)
            return write_all(file, bytes, len);
    }
    memcpy(file->wpos, bytes, len);
    file->wpos += len;
    return len;
}

/* The length of bytes up to and with the last newline. */
static size_t whole_lines(const unsigned char *bytes, size_t len)
{
    while (len > 0 && bytes[len - 1] != '\n')
        --len;
    return len;
}

size_t __stdio_write(FILE *file, const unsigned char *bytes, size_t len)
{
    size_t lines;
    size_t done;

    if (len == 0 || __stdio_begin_write(file) == EOF)
        return 0;
    if (file->flags & STDIO_UNBUFFERED)
        return __stdio_flush(file) == EOF ? 0 : write_all(file, bytes, len);
    lines = file->flags & STDIO_LINE_BUFFERED ? whole_lines(bytes, len) : 0;
    if (lines > 0) {
        done = write_buffered(file, bytes, lines);
        if (done < lines)
            return done;
        if (__stdio_flush(file) == EOF)
            return 0;
    }
    return lines + write_buffered(file, bytes + lines, len - lines);
}

int __stdio_overflow(FILE *file, unsigned char c)
{
    return __stdio_write(file, &c, 1) == 1 ? c : EOF;
}

/* The offset below is where the program has read to: step back over what it has not used. */
static int sync_read(FILE *file)
{
    off_t unread = file->rend - file->rpos;
    off_t result = 0;

    if (unread != 0)
        result = file->ops->seek ? file->ops->seek(file, -unread, SEEK_CUR) : -ESPIPE;
    if (result == -ESPIPE)
        return 0;
    if (result < 0) {
        errno = (int)-result;
        return EOF;
    }
    __stdio_discard(file);
    return 0;
}

int __stdio_sync(FILE *file)
{
    if (file->flags & STDIO_WRITING) {
        if (__stdio_flush(file) == EOF)
            return EOF;
        end_write(file);
    }
    return file->flags & STDIO_READING ? sync_read(file) : 0;
}
