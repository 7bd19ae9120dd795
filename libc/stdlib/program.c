/*
 * stdlib/program.c - getprogname(), and the machine's load
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

const char *getprogname(void)
{
    return program_invocation_short_name;
}

int getloadavg(double averages[], int count)
{
    struct sysinfo info;

    if (count <= 0)
        return count == 0 ? 0 : -1;
    if (sysinfo(&info) < 0)
        return -1;
    if (count > 3)
        count = 3;
    for (int i = 0; i < count; i++)
        averages[i] = (double)info.loads[i] / (1 << SI_LOAD_SHIFT);
    return count;
}
