/*
 * sys/syscall.h - system calls: check the arguments, make one call down
 *
 * A function gets the user's registers: arguments in rdi, rsi, rdx, r10, r8, r9, as syscall(2)
 * says for x86-64. It returns what the program finds in rax: a value, or a negative errno.
 */
#ifndef SYS_SYSCALL_H
#define SYS_SYSCALL_H

#include "arch/trap.h"

typedef int64_t syscall_fn(struct trap_frame *frame);

/* file.c */
syscall_fn sys_read, sys_write, sys_readv, sys_writev, sys_pread64, sys_pwrite64, sys_preadv,
    sys_pwritev, sys_lseek, sys_ftruncate, sys_fallocate, sys_fsync, sys_getdents64, sys_fadvise64,
    sys_syncfs;

/* fd.c */
syscall_fn sys_close, sys_close_range, sys_dup, sys_dup2, sys_dup3, sys_fcntl, sys_ioctl, sys_pipe,
    sys_pipe2, sys_memfd_create;

/* path.c */
syscall_fn sys_open, sys_openat, sys_creat, sys_truncate, sys_access, sys_faccessat, sys_faccessat2,
    sys_readlink, sys_readlinkat, sys_mkdir, sys_mkdirat, sys_rmdir, sys_unlink, sys_unlinkat,
    sys_symlink, sys_symlinkat, sys_rename, sys_renameat, sys_renameat2, sys_chdir, sys_fchdir,
    sys_getcwd, sys_umask, sys_linkat, sys_mknod, sys_mknodat, sys_link;

/* poll.c */
syscall_fn sys_poll, sys_ppoll, sys_select, sys_pselect6;

/* stat.c */
syscall_fn sys_fstat, sys_stat, sys_lstat, sys_newfstatat, sys_statx, sys_statfs, sys_fstatfs;

/* memory.c */
syscall_fn sys_brk, sys_mmap, sys_munmap, sys_mprotect, sys_msync, sys_mincore, sys_madvise,
    sys_mremap, sys_mlock, sys_mlock2, sys_munlock, sys_mlockall, sys_munlockall;

/* process.c */
syscall_fn sys_fork, sys_vfork, sys_clone, sys_execve, sys_wait4, sys_waitid, sys_exit, sys_getpid,
    sys_getppid, sys_arch_prctl, sys_set_tid_address, sys_exit_group;

/* signal.c */
syscall_fn sys_rt_sigaction, sys_rt_sigprocmask, sys_rt_sigreturn, sys_sigaltstack,
    sys_rt_sigpending, sys_rt_sigsuspend, sys_pause, sys_kill, sys_tkill, sys_tgkill,
    sys_rt_sigqueueinfo, sys_gettid, sys_rt_sigtimedwait;

/* limit.c */
syscall_fn sys_getrlimit, sys_setrlimit, sys_prlimit64, sys_getrusage;

/* user.c */
syscall_fn sys_getuid, sys_geteuid, sys_getgid, sys_getegid, sys_getresuid, sys_getresgid,
    sys_setuid, sys_setgid, sys_setreuid, sys_setregid, sys_setresuid, sys_setresgid, sys_getgroups,
    sys_setgroups, sys_capget, sys_capset;

/* group.c */
syscall_fn sys_getpgid, sys_getpgrp, sys_getsid, sys_setpgid, sys_setsid;

/* sched.c */
syscall_fn sys_sched_yield, sys_sched_getaffinity, sys_sched_setaffinity, sys_getcpu,
    sys_getpriority, sys_setpriority, sys_membarrier;

/* system.c */
syscall_fn sys_uname, sys_getrandom, sys_sysinfo, sys_syslog, sys_personality, sys_prctl, sys_sync;

/* time.c */
syscall_fn sys_clock_gettime, sys_clock_getres, sys_gettimeofday, sys_time, sys_times,
    sys_nanosleep, sys_clock_nanosleep, sys_restart_syscall, sys_getitimer, sys_setitimer,
    sys_alarm;

/* attribute.c */
syscall_fn sys_chmod, sys_fchmod, sys_fchmodat, sys_chown, sys_lchown, sys_fchown, sys_fchownat,
    sys_utimensat, sys_utimes, sys_futimesat, sys_utime;

/* copy.c */
syscall_fn sys_sendfile, sys_copy_file_range;

/* lock.c */
syscall_fn sys_flock;

/* futex.c */
syscall_fn sys_futex, sys_set_robust_list, sys_get_robust_list;

/* shm.c */
syscall_fn sys_shmget, sys_shmat, sys_shmdt, sys_shmctl;

/* process_vm.c */
syscall_fn sys_process_vm_readv, sys_process_vm_writev;

/* mount.c */
syscall_fn sys_mount, sys_umount2;

/* Log the number of each call that is not there, once: the word trace=syscalls. */
extern bool syscall_trace;

#endif
