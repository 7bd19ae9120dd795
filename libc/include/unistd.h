/*
 * unistd.h - the system calls of POSIX and Linux that have no other home
 *
 * Every function is the Linux call of that name (man pages, section 2) unless its comment says
 * otherwise.
 */
#ifndef _UNISTD_H
#define _UNISTD_H

#include <bits/posix_types.h>
#define __need_NULL
#include <stddef.h>
#include <stdint.h>
#include <bits/confnames.h>
#include <bits/getopt_posix.h>

#define STDIN_FILENO  0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif
#define SEEK_DATA 3
#define SEEK_HOLE 4

#define F_OK 0
#define R_OK 4
#define W_OK 2
#define X_OK 1

#define F_ULOCK 0
#define F_LOCK  1
#define F_TLOCK 2
#define F_TEST  3

#define _POSIX_VDISABLE 0

extern char **environ;

/* Files. */
ssize_t read(int fd, void *buf, size_t n);
ssize_t write(int fd, const void *buf, size_t n);
ssize_t pread(int fd, void *buf, size_t n, off_t offset);
ssize_t pwrite(int fd, const void *buf, size_t n, off_t offset);
off_t lseek(int fd, off_t offset, int whence);
int close(int fd);
/* flags: CLOSE_RANGE_* of <linux/close_range.h>. */
int close_range(unsigned first, unsigned last, int flags);
int dup(int fd);
int dup2(int fd, int new_fd);
int dup3(int fd, int new_fd, int flags);
int pipe(int fds[2]);
int pipe2(int fds[2], int flags);
int isatty(int fd);
char *ttyname(int fd);
int ttyname_r(int fd, char *buf, size_t size);
int ftruncate(int fd, off_t length);
int truncate(const char *path, off_t length);
int fsync(int fd);
int fdatasync(int fd);
void sync(void);
int syncfs(int fd);
int lockf(int fd, int command, off_t length);
ssize_t copy_file_range(int in, off_t *in_offset, int out, off_t *out_offset, size_t n,
                        unsigned flags);

/* Names. */
int access(const char *path, int mode);
int faccessat(int dir, const char *path, int mode, int flags);
int eaccess(const char *path, int mode);
int euidaccess(const char *path, int mode);
int link(const char *old_path, const char *new_path);
int linkat(int old_dir, const char *old_path, int new_dir, const char *new_path, int flags);
int symlink(const char *target, const char *path);
int symlinkat(const char *target, int dir, const char *path);
ssize_t readlink(const char *__restrict path, char *__restrict buf, size_t size);
ssize_t readlinkat(int dir, const char *__restrict path, char *__restrict buf, size_t size);
int unlink(const char *path);
int unlinkat(int dir, const char *path, int flags);
int rmdir(const char *path);
int chdir(const char *path);
int fchdir(int fd);
int chroot(const char *path);
/* With buf NULL the result is from malloc. */
char *getcwd(char *buf, size_t size);
char *get_current_dir_name(void);
int chown(const char *path, uid_t uid, gid_t gid);
int fchown(int fd, uid_t uid, gid_t gid);
int lchown(const char *path, uid_t uid, gid_t gid);
int fchownat(int dir, const char *path, uid_t uid, gid_t gid, int flags);

/* Processes. */
pid_t fork(void);
pid_t vfork(void) __attribute__((__returns_twice__));
pid_t _Fork(void);
int execve(const char *path, char *const argv[], char *const envp[]);
int execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags);
int fexecve(int fd, char *const argv[], char *const envp[]);
int execv(const char *path, char *const argv[]);
int execvp(const char *file, char *const argv[]);
int execvpe(const char *file, char *const argv[], char *const envp[]);
int execl(const char *path, const char *arg, ...) __attribute__((__sentinel__));
int execle(const char *path, const char *arg, ...) __attribute__((__sentinel__(1)));
int execlp(const char *file, const char *arg, ...) __attribute__((__sentinel__));
void _exit(int status) __attribute__((__noreturn__));
pid_t getpid(void);
pid_t getppid(void);
pid_t gettid(void);
pid_t getpgid(pid_t pid);
pid_t getpgrp(void);
pid_t getsid(pid_t pid);
int setpgid(pid_t pid, pid_t pgid);
int setpgrp(void);
pid_t setsid(void);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t pgid);
int nice(int increment);
int daemon(int keep_directory, int keep_files);

/* Users. */
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int getgroups(int count, gid_t groups[]);
int setuid(uid_t uid);
int seteuid(uid_t uid);
int setreuid(uid_t ruid, uid_t euid);
int setresuid(uid_t ruid, uid_t euid, uid_t suid);
int getresuid(uid_t *ruid, uid_t *euid, uid_t *suid);
int setgid(gid_t gid);
int setegid(gid_t gid);
int setregid(gid_t rgid, gid_t egid);
int setresgid(gid_t rgid, gid_t egid, gid_t sgid);
int getresgid(gid_t *rgid, gid_t *egid, gid_t *sgid);

/* Time. */
unsigned alarm(unsigned seconds);
unsigned ualarm(unsigned useconds, unsigned interval);
unsigned sleep(unsigned seconds);
int usleep(useconds_t useconds);
int pause(void);

/* Memory. brk and sbrk: what the heap is made of. */

/*
 * Move the end of the heap (the program break) to addr.
 *
 * Returns     0, or -1 with ENOMEM and nothing changed
 * Source      brk(2)
 */
int brk(void *addr);

/*
 * Move the program break by increment bytes, which may be negative.
 *
 * Returns     the break as it was before; (void *)-1 with ENOMEM and nothing changed when the
 * kernel refuses or the sum leaves the address space. sbrk(0) asks and never changes. Source
 * sbrk(2)
 */
void *sbrk(intptr_t increment);
int getpagesize(void);

/* The machine. */
long sysconf(int name);
long pathconf(const char *path, int name);
long fpathconf(int fd, int name);
size_t confstr(int name, char *buf, size_t size);
int gethostname(char *name, size_t size);
int sethostname(const char *name, size_t size);
int getdomainname(char *name, size_t size);
int setdomainname(const char *name, size_t size);
long gethostid(void);
int getentropy(void *buf, size_t n);
int acct(const char *path);
int vhangup(void);

/*
 * Any system call by number (sys/syscall.h): up to six arguments, each a long or a pointer.
 *
 * Returns     the call's result, or -1 with errno
 */
long syscall(long number, ...);

void swab(const void *__restrict src, void *__restrict dst, ssize_t n);

#endif
