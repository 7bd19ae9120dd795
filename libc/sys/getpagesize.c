/*
 * sys/getpagesize.c - the size of a page, as the kernel told it at the start
 */
#include <unistd.h>
#include <sys/auxv.h>

int getpagesize(void)
{
    unsigned long size = getauxval(AT_PAGESZ);

    return size != 0 ? (int)size : 4096;
}
