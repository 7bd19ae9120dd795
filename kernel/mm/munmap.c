/*
 * mm/munmap.c - munmap(2)
 */
#include "mm/space.h"

int space_munmap(struct space *space, vaddr_t addr, size_t len)
{
    if (addr % PAGE_SIZE || addr > USER_END || len > USER_END - addr || len == 0)
        return -EINVAL;
    mutex_lock(&space->lock);
    int error = space_unmap(space, addr, addr + align_up(len, PAGE_SIZE));
    PARANOID(space_check(space));
    mutex_unlock(&space->lock);
    return error;
}
