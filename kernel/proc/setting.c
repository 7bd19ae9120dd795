/*
 * proc/setting.c - /proc/sys: what can be set, and what is fixed
 *
 * A file that can be written does what it says; the others are for reading only.
 *
 * Source  proc(5); Linux, Documentation/admin-guide/sysctl
 */
#include <limits.h>

#include "mm/commit.h"
#include "mm/space.h"
#include "proc/number.h"
#include "proc/shm.h"
#include "proc/system.h"

int overcommit_memory_show(struct text *text, uint64_t subject, uint64_t at)
{
    (void)subject, (void)at;
    text_print(text, "%d\n", commit_policy);
    return 0;
}

ssize_t overcommit_memory_store(uint64_t subject, const char *input, size_t len, uint64_t offset)
{
    int64_t policy = commit_policy;
    ssize_t n =
        number_parse_setting(input, len, offset, OVERCOMMIT_GUESS, OVERCOMMIT_NEVER, &policy);

    (void)subject;
    commit_policy = (int)policy;
    return n;
}

int max_map_count_show(struct text *text, uint64_t subject, uint64_t at)
{
    (void)subject, (void)at;
    text_print(text, "%u\n", space_max_areas);
    return 0;
}

ssize_t max_map_count_store(uint64_t subject, const char *input, size_t len, uint64_t offset)
{
    int64_t most = space_max_areas;
    ssize_t n = number_parse_setting(input, len, offset, 0, INT_MAX, &most);

    (void)subject;
    space_max_areas = (unsigned)most;
    return n;
}

int mmap_min_addr_show(struct text *text, uint64_t subject, uint64_t at)
{
    (void)subject, (void)at;
    text_print(text, "%lu\n", USER_START);
    return 0;
}

int shmmax_show(struct text *text, uint64_t subject, uint64_t at)
{
    (void)subject, (void)at;
    text_print(text, "%lu\n", SHM_SIZE_MAX);
    return 0;
}
