/*
 * tests/guest/memfd_basic.c - memfd_create: files of memory without a place in the tree
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define KERNEL ((void *)0xffff800000000000)

static char name[300];

static void check_file(void)
{
    int fd = memfd_create("name", MFD_CLOEXEC), second;
    struct stat st;
    char read_back[10];

    ok(fd >= 0, "memfd_create");
    is_long(fcntl(fd, F_GETFD), FD_CLOEXEC, "... closed by exec");
    is_long(fcntl(fd, F_GETFL), O_RDWR | 0100000, "... for reading and writing");
    is_long(fstat(fd, &st), 0, "fstat");
    is_long(st.st_mode, S_IFREG | 0777, "... is a file");
    ok(st.st_nlink == 0 && st.st_size == 0 && st.st_blocks == 0, "... without link and content");
    is_long(write(fd, "hello", 5), 5, "write");
    is_long(pread(fd, read_back, 10, 0), 5, "read");
    is_long(memcmp(read_back, "hello", 5), 0, "... the same bytes");
    is_long(ftruncate(fd, 3 * PAGE), 0, "ftruncate");
    is_long(lseek(fd, 0, SEEK_HOLE), PAGE, "... makes a hole");
    second = memfd_create("name", 0);
    is_long(fcntl(second, F_GETFD), 0, "without MFD_CLOEXEC it stays open");
    is_long(lseek(second, 0, SEEK_END), 0, "another of the same name is another file");
    close(second);
    close(fd);
}

static void check_mapping(void)
{
    int fd = memfd_create("", 0), status;
    char *map, *copy;
    pid_t pid;

    ok(fd >= 0, "the empty name");
    ftruncate(fd, 2 * PAGE);
    map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    copy = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    ok(map != MAP_FAILED && copy != MAP_FAILED, "shared and private mappings");
    close(fd);
    map[PAGE] = 's';
    is_long(copy[PAGE], 's', "outlive the descriptor and see the same file");
    copy[PAGE] = 'p';
    is_long(map[PAGE], 's', "what is private stays private");
    tap_flush();
    pid = fork();
    if (pid == 0) {
        map[0] = 'c';
        copy[0] = 'c';
        _exit(0);
    }
    waitpid(pid, &status, 0);
    is_long(map[0], 'c', "a child shares what is shared");
    is_long(copy[PAGE], 'p', "... and not what is private");
    munmap(map, 2 * PAGE);
    munmap(copy, 2 * PAGE);
}

static void check_errors(void)
{
    int fd = memfd_create("seals", 0), file = open("/tmp/plain", O_RDWR | O_CREAT, 0600);

    memset(name, 'n', sizeof(name));
    is_long(raw(SYS_memfd_create, name, 0), -EINVAL, "a long name");
    name[250] = '\0';
    is_long(raw(SYS_memfd_create, name, 0), -EINVAL, "... of 250 characters");
    name[249] = '\0';
    is_long(raw(SYS_close, raw(SYS_memfd_create, name, 0)), 0, "... of 249 is taken");
    is_long(raw(SYS_memfd_create, KERNEL, 0), -EFAULT, "a name in the kernel");
    is_long(raw(SYS_memfd_create, "x", 0x80), -EINVAL, "an unknown flag");
    is_long(raw(SYS_fcntl, fd, F_GET_SEALS), F_SEAL_SEAL, "without MFD_ALLOW_SEALING it is sealed");
    is_long(raw(SYS_fcntl, fd, F_ADD_SEALS, F_SEAL_GROW), -EPERM, "... and takes no other seal");
    is_long(raw(SYS_fcntl, fd, F_ADD_SEALS, 0x1000), -EINVAL, "... nor an unknown one");
    is_long(raw(SYS_fcntl, file, F_GET_SEALS), F_SEAL_SEAL, "a file of /tmp is the same");
    is_long(raw(SYS_fcntl, 0, F_GET_SEALS), -EINVAL, "a terminal is not");
    close(fd);
    close(file);
    unlink("/tmp/plain");
}

/* The same with a name, below /dev/shm. */
static void check_shared_memory(void)
{
    int fd = shm_open("/shared", O_RDWR | O_CREAT | O_EXCL, 0600), second;
    char *map, *other;

    ok(fd >= 0, "shm_open");
    ftruncate(fd, PAGE);
    second = shm_open("/shared", O_RDWR, 0);
    map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    other = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, second, 0);
    ok(map != MAP_FAILED && other != MAP_FAILED, "two mappings of it");
    map[7] = 'x';
    is_long(other[7], 'x', "... are the same memory");
    is_long(shm_unlink("/shared"), 0, "shm_unlink");
    is_long(shm_open("/shared", O_RDWR, 0), -1, "... takes the name");
    is_errno(ENOENT, "... ENOENT");
    other[7] = 'y';
    is_long(map[7], 'y', "... and leaves the memory");
    munmap(map, PAGE);
    munmap(other, PAGE);
    close(fd);
    close(second);
}

int main(void)
{
    check_file();
    check_shared_memory();
    check_mapping();
    check_errors();
    return done_testing();
}
