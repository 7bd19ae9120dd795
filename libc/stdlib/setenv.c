/*
 * stdlib/setenv.c - changing the environment
 *
 * The vector and the strings that the kernel or the program gave are never written to or freed. A
 * vector of our own replaces the first at the first addition; strings made by setenv are remembered
 * in `made`, so that changing a variable a million times costs the memory of one.
 *
 * Invariant: made holds exactly the strings from malloc that environ may still refer to.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct vector {
    char **entry;
    size_t count;
    size_t capacity;
};

static struct vector own; /* Our vector, terminated by NULL, when environ == own.entry. */
static struct vector made;

static int reserve(struct vector *v, size_t count)
{
    size_t capacity = v->capacity < 16 ? 16 : v->capacity;
    char **entry;

    if (count <= v->capacity)
        return 0;
    while (capacity < count)
        capacity *= 2;
    entry = reallocarray(v->entry, capacity, sizeof(*entry));
    if (!entry)
        return -1;
    v->entry = entry;
    v->capacity = capacity;
    return 0;
}

/* Free a string that has left the environment, if it is ours. */
static void drop(const char *string)
{
    for (size_t i = 0; i < made.count; i++) {
        if (made.entry[i] == string) {
            free(made.entry[i]);
            made.entry[i] = made.entry[--made.count];
            return;
        }
    }
}

static char **find(const char *name, size_t len)
{
    for (char **entry = environ; entry && *entry; entry++) {
        if (strncmp(*entry, name, len) == 0 && (*entry)[len] == '=')
            return entry;
    }
    return NULL;
}

/* Put one more entry at the end of the environment. */
static int append(char *string)
{
    size_t count = 0;
    int adopt = environ != own.entry;
    char **old = environ;

    while (old && old[count])
        count++;
    if (reserve(&own, count + 2) < 0)
        return -1;
    if (adopt && count > 0)
        memcpy(own.entry, old, count * sizeof(*old));
    own.entry[count] = string;
    own.entry[count + 1] = NULL;
    environ = own.entry;
    return 0;
}

static int put(char *string, size_t len)
{
    char **entry = find(string, len);
    char *old;

    if (!entry)
        return append(string);
    old = *entry;
    *entry = string;
    if (old != string)
        drop(old);
    return 0;
}

static int valid(const char *name, size_t len)
{
    if (len > 0 && name[len] == 0)
        return 1;
    errno = EINVAL;
    return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
    size_t len = name ? strcspn(name, "=") : 0;
    size_t value_len;
    char *string;

    if (!valid(name, len))
        return -1;
    if (!overwrite && find(name, len))
        return 0;
    value_len = strlen(value);
    if (reserve(&made, made.count + 1) < 0)
        return -1;
    string = malloc(len + value_len + 2);
    if (!string)
        return -1;
    memcpy(string, name, len);
    string[len] = '=';
    memcpy(string + len + 1, value, value_len + 1);
    if (put(string, len) < 0) {
        free(string);
        return -1;
    }
    made.entry[made.count++] = string;
    return 0;
}

int putenv(char *assignment)
{
    size_t len = strcspn(assignment, "=");

    if (assignment[len] != '=')
        return unsetenv(assignment);
    if (len == 0) {
        errno = EINVAL;
        return -1;
    }
    return put(assignment, len);
}

int unsetenv(const char *name)
{
    size_t len = name ? strcspn(name, "=") : 0;
    char **entry;
    char *old;

    if (!valid(name, len))
        return -1;
    /* A vector that came from outside may name the variable more than once. */
    while ((entry = find(name, len)) != NULL) {
        old = *entry;
        for (; entry[0]; entry++)
            entry[0] = entry[1];
        drop(old);
    }
    return 0;
}

int clearenv(void)
{
    environ = NULL;
    while (made.count > 0)
        free(made.entry[--made.count]);
    return 0;
}
