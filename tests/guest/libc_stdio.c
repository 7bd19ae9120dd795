/*
 * tests/guest/libc_stdio.c - streams: reading, pushing back, seeking, buffering, errors
 *
 * Reads the text of the GPL, which is in the initrd (another path may be given as argument); what
 * is written goes to memory or /dev/null, because files cannot be made everywhere.
 */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "tap.h"

#define FIRST_LINE "                    GNU GENERAL PUBLIC LICENSE\n"

static const char *path = "/share/gpl-3.txt";
static char buffer[100000];

static unsigned checksum(const char *s, size_t len)
{
    unsigned sum = 1;

    while (len-- > 0)
        sum = sum * 31 + (unsigned char)*s++;
    return sum;
}

static void check_open(void)
{
    FILE *file;

    errno = 0;
    ok(!fopen("/nonexistent/file", "r"), "fopen of what is not there");
    is_errno(ENOENT, "... ENOENT");
    errno = 0;
    ok(!fopen(path, "q"), "fopen with an unknown mode");
    is_errno(EINVAL, "... EINVAL");
    errno = 0;
    ok(!fdopen(99, "r"), "fdopen of a closed descriptor");
    is_errno(EBADF, "... EBADF");
    file = fopen(path, "rb");
    ok(file && fileno(file) > 2, "fopen");
    errno = 0;
    is_long(fputc('x', file), EOF, "writing to a stream for reading");
    is_errno(EBADF, "... EBADF");
    ok(ferror(file) && !feof(file), "... sets the error flag");
    clearerr(file);
    is_long(fgetc(file), ' ', "reading goes on");
    ok(!ferror(file), "clearerr");
    is_long(fclose(file), 0, "fclose");
}

/* The same text by every way of reading. */
static void check_reading(void)
{
    FILE *file = fopen(path, "r");
    size_t size = fread(buffer, 1, sizeof buffer, file);
    unsigned sum = checksum(buffer, size);
    size_t len = 0;
    size_t room = 0;
    char *line = NULL;
    ssize_t n;
    int lines = 0;
    int c;

    ok(size > 30000, "fread of the whole file");
    ok(feof(file) && !ferror(file), "... up to its end");
    is_long(fgetc(file), EOF, "nothing follows");
    rewind(file);
    ok(!feof(file), "rewind");
    for (len = 0; (c = getc(file)) != EOF; ++len)
        buffer[len] = (char)c;
    ok(len == size && checksum(buffer, len) == sum, "getc gives the same");
    rewind(file);
    for (len = 0; fgets(buffer + len, 50, file); len += strlen(buffer + len))
        ;
    ok(len == size && checksum(buffer, len) == sum, "fgets gives the same");
    rewind(file);
    for (len = 0; (n = getline(&line, &room, file)) > 0; len += (size_t)n, ++lines)
        memcpy(buffer + len, line, (size_t)n);
    ok(len == size && checksum(buffer, len) == sum, "getline gives the same");
    is_long(lines, 674, "... line by line");
    ok(n == -1 && feof(file), "... and -1 at the end");
    rewind(file);
    is_long(getdelim(&line, &room, 'G', file), 21, "getdelim");
    is_str(line, "                    G", "... stops behind the delimiter");
    is_long(fread(buffer, 7, 3, file), 3, "fread of items");
    is_long(fread(buffer, 0, 3, file), 0, "... of size 0");
    is_long(ftell(file), 42, "... where that leaves the stream");
    free(line);
    fclose(file);
}

static void check_unbuffered(void)
{
    FILE *file = fopen(path, "r");
    int fd = fileno(file);

    is_long(setvbuf(file, NULL, _IONBF, 0), 0, "setvbuf: unbuffered");
    ok(fgets(buffer, 100, file) != NULL, "a line");
    is_str(buffer, FIRST_LINE, "... the first");
    is_long(lseek(fd, 0, SEEK_CUR), (long)strlen(FIRST_LINE), "... and nothing more was read");
    is_long(setvbuf(file, NULL, 99, 0), -1, "setvbuf with an unknown mode");
    is_long(setvbuf(file, buffer, _IOFBF, 100), 0, "setvbuf: a buffer of the program's");
    is_long(fgetc(file), ' ', "reading through it");
    is_long(fflush(file), 0, "fflush");
    is_long(lseek(fd, 0, SEEK_CUR), (long)strlen(FIRST_LINE) + 1,
            "... puts the offset where we are");
    fclose(file);
}

static void check_pushback(void)
{
    FILE *file = fopen(path, "r");
    int i;

    is_long(ungetc('a', file), 'a', "ungetc before anything was read");
    is_long(ungetc(EOF, file), EOF, "ungetc of EOF");
    is_long(fgetc(file), 'a', "... comes first");
    is_long(fgetc(file), ' ', "then the file");
    for (i = 0; i < 8; ++i)
        ungetc('0' + i, file);
    is_long(fread(buffer, 1, 9, file), 9, "eight bytes pushed back");
    ok(!memcmp(buffer, "76543210 ", 9), "... come last first");
    is_long(ungetc(255, file), 255, "byte 255 is no EOF");
    is_long(fgetc(file), 255, "... and comes back");
    fseek(file, 0, SEEK_END);
    is_long(fgetc(file), EOF, "at the end");
    ungetc('e', file);
    ok(!feof(file), "ungetc clears the end flag");
    is_long(fgetc(file), 'e', "... and is read");
    is_long(fgetc(file), EOF, "... before the end");
    ungetc('x', file);
    is_long(fseek(file, 20, SEEK_SET), 0, "fseek");
    is_long(fgetc(file), 'G', "... forgets what was pushed back");
    fclose(file);
}

static void check_seeking(void)
{
    FILE *file = fopen(path, "r");
    fpos_t pos;

    is_long(ftell(file), 0, "ftell at the start");
    fread(buffer, 1, 5000, file);
    is_long(ftell(file), 5000, "... after a read");
    is_long(fseek(file, -4980, SEEK_CUR), 0, "back from the current position");
    is_long(fgetc(file), 'G', "... the right byte");
    is_long(fgetpos(file, &pos), 0, "fgetpos");
    is_long(fseek(file, 0, SEEK_END), 0, "to the end");
    is_long(fgetc(file), EOF, "... where nothing is");
    is_long(fsetpos(file, &pos), 0, "fsetpos");
    ok(!feof(file) && fgetc(file) == 'N', "... clears the end flag and is back");
    errno = 0;
    is_long(fseek(file, -1, SEEK_SET), -1, "before the start");
    is_errno(EINVAL, "... EINVAL");
    errno = 0;
    is_long(fseek(file, 0, 99), -1, "an unknown origin");
    is_errno(EINVAL, "... EINVAL");
    is_long(ftell(file), 22, "the position is as before");
    is_long(fgetc(file), 'U', "... and so is the text");
    fclose(file);
}

static void check_writing(void)
{
    char *s = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&s, &size);
    int i;

    fputs("one ", file);
    putc('t', file);
    fwrite("wo th", 1, 5, file);
    is_long(ftell(file), 10, "ftell counts what is still buffered");
    fprintf(file, "%s\n", "ree");
    is_long(fflush(file), 0, "fflush");
    is_str(s, "one two three\n", "what was written");
    is_long(size, 14, "... its size");
    for (i = 0; i < 20000; ++i)
        fputc('a' + i % 26, file);
    fseek(file, 4, SEEK_SET);
    fputs("2.. ", file);
    fseek(file, 0, SEEK_END);
    fclose(file);
    ok(size == 20014 && s[20013] == 'a' + 19999 % 26 && s[20014] == '\0', "a string that grew");
    ok(!memcmp(s, "one 2.. three\nabc", 17), "... and was changed in the middle");
    free(s);
    file = fopen("/dev/null", "w");
    is_long(fwrite(buffer, 1, sizeof buffer, file), sizeof buffer, "fwrite of more than a buffer");
    is_long(fwrite(buffer, 3, 5, file), 5, "fwrite of items");
    is_long(fwrite(buffer, SIZE_MAX / 2, 3, file), 0, "fwrite of more than there can be");
    is_long(fgetc(file), EOF, "reading from a stream for writing");
    fclose(file);
}

static void check_memory(void)
{
    char array[12] = "0123456789";
    FILE *file = fmemopen(array, 10, "r+");

    is_long(fgetc(file), '0', "fmemopen for update: reading");
    fseek(file, 2, SEEK_SET);
    fputs("AB", file);
    fseek(file, 0, SEEK_CUR);
    is_long(fgetc(file), '4', "... writing and reading on");
    is_str(array, "01AB456789", "... the array");
    fseek(file, 8, SEEK_SET);
    fputs("xyz", file);
    errno = 0;
    is_long(fflush(file), EOF, "writing past its end");
    is_errno(ENOSPC, "... ENOSPC");
    is_str(array, "01AB4567xy", "... what fits is written");
    fclose(file);
    strcpy(array, "abc");
    file = fmemopen(array, 10, "a");
    fputs("de", file);
    fclose(file);
    is_str(array, "abcde", "appending starts at the null");
}

static void check_reopen(void)
{
    FILE *file = fopen("/dev/null", "r");
    FILE *again = freopen(path, "r", file);

    ok(again == file, "freopen gives the same stream");
    ok(fgets(buffer, 100, again) != NULL, "... that reads");
    is_str(buffer, FIRST_LINE, "... the other file");
    errno = 0;
    ok(!freopen("/nonexistent/file", "r", again), "freopen of what is not there");
    is_errno(ENOENT, "... ENOENT");
    ok(freopen(path, "r", stdin) == stdin, "stdin from a file");
    is_long(fileno(stdin), 0, "... keeps its number");
    is_long(scanf("%s", buffer), 1, "scanf");
    is_str(buffer, "GNU", "... reads from it");
    is_long(getchar(), ' ', "getchar goes on there");
}

static void check_bad_descriptor(void)
{
    int fd = open("/dev/null", O_WRONLY);
    FILE *file = fdopen(fd, "w");

    ok(file != NULL, "fdopen");
    close(fd);
    is_long(fputs("lost", file), 1, "output is buffered");
    errno = 0;
    is_long(fflush(file), EOF, "what cannot be written");
    is_errno(EBADF, "... EBADF");
    ok(ferror(file), "... sets the error flag");
    is_long(fclose(file), EOF, "... and fclose says it, too");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        path = argv[1];
    check_open();
    check_reading();
    check_unbuffered();
    check_pushback();
    check_seeking();
    check_writing();
    check_memory();
    check_reopen();
    check_bad_descriptor();
    return done_testing();
}
