/* stdio/perror.c - what errno means, on stderr */
#include <errno.h>
#include <stdio.h>
#include <string.h>

void perror(const char *s)
{
    const char *text = strerror(errno);

    if (s && *s != '\0')
        fprintf(stderr, "%s: %s\n", s, text);
    else
        fprintf(stderr, "%s\n", text);
}
