/*
 * sys/lock.h - the commands of fcntl(2) that are about locks
 */
#ifndef SYS_LOCK_H
#define SYS_LOCK_H

#include "fs/file.h"

/* F_GETLK, F_SETLK, F_SETLKW, and those of open files. address: of the program's struct flock. */
int64_t lock_control(struct file *file, int fd, unsigned command, vaddr_t address);

#endif
