/*
 * programs/cat.c - copies files, or standard input, to standard output byte for byte
 *
 *     cat [FILE...]        "-" is standard input
 *
 * A file that cannot be read is reported and skipped; the status is then 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char buffer[32768];

/* Returns 0, or -1 with errno set. */
static int write_all(const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

static int complain(const char *what)
{
    fprintf(stderr, "cat: %s: %s\n", what, strerror(errno));
    return 1;
}

/* Returns 0, or 1 after a message. */
static int copy(int fd, const char *name)
{
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof(buffer));

        if (n == 0)
            return 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return complain(name);
        if (write_all(buffer, (size_t)n) < 0)
            return complain("standard output");
    }
}

static int copy_file(const char *name)
{
    int fd, status;

    if (strcmp(name, "-") == 0)
        return copy(STDIN_FILENO, "standard input");
    fd = open(name, O_RDONLY);
    if (fd < 0)
        return complain(name);
    status = copy(fd, name);
    close(fd);
    return status;
}

int main(int argc, char **argv)
{
    int status = 0;

    if (argc < 2)
        return copy_file("-");
    for (int i = 1; i < argc; i++)
        status |= copy_file(argv[i]);
    return status;
}
