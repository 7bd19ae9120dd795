/*
 * tests/fuzz/table.h - what is known about system calls: their arguments, and which are left alone
 *
 * A call that does not stand here is made with any words at all, so that a new one is tried from its
 * first day on; a line here only makes its arguments more to the point.
 */
#pragma once

#include <sys/syscall.h>

#define NR_NUMBERS 451 /* one more than the highest number of <asm/unistd.h> */
_Static_assert(SYS_set_mempolicy_home_node == NR_NUMBERS - 1, "the last one known");

/*
 * Kinds of argument, see argument() in arguments.h:
 *
 *     f descriptor        b buffer       l its length     v vector        w structure
 *     a page address      n its length   o file offset    s path          t path that may change
 *     p protection        m mmap flags   r mremap flags   h advice        y msync or mlock flags
 *     q the same, aligned D who is waited for             M fallocate mode
 *     O open flags        i small number g signal         d process       C clone flags
 *     F fcntl command     I ioctl command A action       K signal stack   0 zero
 *     H shared memory     S its flags
 *     x any word (also all that are not given)
 */
#define RARE 1

struct call {
    short number;
    unsigned char tickets; /* how often it is drawn; RARE: it ends the process or sleeps */
    const char *arguments;
};

static const struct call known[] = {
    {SYS_read, 20, "fbl"},
    {SYS_write, 20, "fbl"},
    {SYS_open, 12, "sOi"},
    {SYS_close, 6, "f"},
    {SYS_stat, 8, "sw"},
    {SYS_fstat, 8, "fw"},
    {SYS_lstat, 8, "sw"},
    {SYS_poll, RARE, "wii"},
    {SYS_lseek, 8, "foi"},
    {SYS_mmap, 60, "anpmfq"},
    {SYS_mprotect, 50, "anp"},
    {SYS_munmap, 10, "an"},
    {SYS_brk, 20, "a"},
    {SYS_rt_sigaction, 12, "gAw8"},
    {SYS_rt_sigprocmask, 8, "iww8"},
    {SYS_rt_sigreturn, RARE, ""},
    {SYS_ioctl, 8, "fIw"},
    {SYS_pread64, 16, "fblo"},
    {SYS_pwrite64, 16, "fblo"},
    {SYS_readv, 12, "fvi"},
    {SYS_writev, 12, "fvi"},
    {SYS_access, 8, "si"},
    {SYS_pipe, 6, "w"},
    {SYS_select, RARE, "iwwww"},
    {SYS_sched_yield, 4, ""},
    {SYS_mremap, 50, "annra"},
    {SYS_msync, 20, "any"},
    {SYS_mincore, 20, "anb"},
    {SYS_madvise, 50, "anh"},
    {SYS_dup, 6, "f"},
    {SYS_dup2, 6, "ff"},
    {SYS_pause, RARE, ""},
    {SYS_nanosleep, RARE, "ww"},
    {SYS_alarm, RARE, "i"},
    {SYS_setitimer, RARE, "iww"},
    {SYS_shmget, 4, "inS"},
    {SYS_shmat, 8, "Hax"},
    {SYS_shmctl, 4, "Hiw"},
    {SYS_sendfile, 8, "ffwl"},
    {SYS_clone, 3, "Cawww"},
    {SYS_fork, 3, ""},
    {SYS_vfork, 2, ""},
    {SYS_execve, RARE, "sww"},
    {SYS_exit, RARE, "i"},
    {SYS_wait4, 4, "Diww"},
    {SYS_kill, 4, "dg"},
    {SYS_uname, 4, "w"},
    {SYS_fcntl, 12, "fFi"},
    {SYS_fsync, 2, "f"},
    {SYS_fdatasync, 2, "f"},
    {SYS_truncate, 8, "to"},
    {SYS_ftruncate, 12, "fo"},
    {SYS_getdents64, 8, "fbl"},
    {SYS_getcwd, 6, "bl"},
    {SYS_chdir, 6, "s"},
    {SYS_fchdir, 4, "f"},
    {SYS_rename, 6, "tt"},
    {SYS_mkdir, 6, "ti"},
    {SYS_rmdir, 6, "t"},
    {SYS_creat, 6, "ti"},
    {SYS_link, 6, "tt"},
    {SYS_unlink, 6, "t"},
    {SYS_symlink, 6, "st"},
    {SYS_readlink, 6, "sbl"},
    {SYS_chmod, 4, "ti"},
    {SYS_fchmod, 4, "fi"},
    {SYS_chown, 4, "tii"},
    {SYS_umask, 2, "i"},
    {SYS_gettimeofday, 4, "ww"},
    {SYS_getrlimit, 4, "iw"},
    {SYS_getrusage, 4, "iw"},
    {SYS_setrlimit, 4, "iw"},
    {SYS_sysinfo, 4, "w"},
    {SYS_ptrace, 4, "idww"},
    {SYS_setuid, RARE, "i"},
    {SYS_setgid, RARE, "i"},
    {SYS_shmdt, 6, "a"},
    {SYS_setpgid, 2, "dd"},
    {SYS_setreuid, RARE, "ii"},
    {SYS_setregid, RARE, "ii"},
    {SYS_setresuid, RARE, "iii"},
    {SYS_getresuid, 2, "www"},
    {SYS_setresgid, RARE, "iii"},
    {SYS_getresgid, 2, "www"},
    {SYS_rt_sigpending, 4, "w8"},
    {SYS_rt_sigtimedwait, RARE, "wwwi"},
    {SYS_rt_sigqueueinfo, 4, "dgw"},
    {SYS_rt_sigsuspend, RARE, "w8"},
    {SYS_sigaltstack, 12, "Kw"},
    {SYS_mknod, 2, "tix"},
    {SYS_setpriority, 2, "idi"},
    {SYS_mlock, 20, "an"},
    {SYS_munlock, 20, "an"},
    {SYS_mlockall, 6, "y"},
    {SYS_munlockall, 6, ""},
    {SYS_sched_setparam, 2, "dw"},
    {SYS_sched_setscheduler, 2, "diw"},
    {SYS_arch_prctl, 4, "xw"},
    {SYS_prctl, 4, "iwwww"},
    {SYS_tkill, 4, "dg"},
    {SYS_futex, 4, "wiiwwi"},
    {SYS_sched_setaffinity, 2, "dlw"},
    {SYS_remap_file_pages, 8, "an0oi"},
    {SYS_set_tid_address, 4, "w"},
    {SYS_fadvise64, 4, "fooi"},
    {SYS_clock_gettime, 4, "iw"},
    {SYS_clock_nanosleep, RARE, "iiww"},
    {SYS_exit_group, RARE, "i"},
    {SYS_tgkill, 4, "ddg"},
    {SYS_mbind, 4, "anixxi"},
    {SYS_ioprio_set, 2, "idi"},
    {SYS_migrate_pages, 2, "diww"},
    {SYS_move_pages, 2, "diwwwi"},
    {SYS_waitid, 4, "idwiw"},
    {SYS_openat, 12, "fsOi"},
    {SYS_mkdirat, 4, "fti"},
    {SYS_newfstatat, 8, "fswi"},
    {SYS_unlinkat, 6, "fti"},
    {SYS_renameat, 4, "ftft"},
    {SYS_symlinkat, 4, "sft"},
    {SYS_readlinkat, 4, "fsbl"},
    {SYS_fchmodat, 4, "fti"},
    {SYS_faccessat, 4, "fsi"},
    {SYS_pselect6, RARE, "iwwwww"},
    {SYS_ppoll, RARE, "wiwwi"},
    {SYS_set_robust_list, 4, "wl"},
    {SYS_splice, 4, "fwfwli"},
    {SYS_fallocate, 12, "fMoo"},
    {SYS_dup3, 4, "ffO"},
    {SYS_pipe2, 6, "wO"},
    {SYS_preadv, 12, "fvio"},
    {SYS_pwritev, 12, "fvio"},
    {SYS_rt_tgsigqueueinfo, 4, "ddgw"},
    {SYS_prlimit64, 12, "diww"},
    {SYS_process_vm_readv, 6, "dvivi0"},
    {SYS_process_vm_writev, 6, "dvivi0"},
    {SYS_sched_setattr, 2, "dwi"},
    {SYS_renameat2, 6, "ftfti"},
    {SYS_getrandom, 10, "bli"},
    {SYS_memfd_create, 8, "si"},
    {SYS_execveat, RARE, "fswwi"},
    {SYS_membarrier, 2, "iii"},
    {SYS_mlock2, 12, "any"},
    {SYS_copy_file_range, 6, "fwfwli"},
    {SYS_preadv2, 6, "fvio0i"},
    {SYS_pwritev2, 6, "fvio0i"},
    {SYS_pkey_mprotect, 4, "anpi"},
    {SYS_statx, 6, "fsiiw"},
    {SYS_pidfd_send_signal, 2, "fgwi"},
    {SYS_pidfd_open, 2, "di"},
    {SYS_clone3, RARE, "wl"},
    {SYS_close_range, RARE, "ffi"},
    {SYS_faccessat2, 4, "fsii"},
    {SYS_process_madvise, 6, "fvihi"},
};

/* What no process may do to all the others: the machine's end, its clock, its files, its programs. */
static const short forbidden[] = {
    SYS_reboot,        SYS_kexec_load,    SYS_kexec_file_load, SYS_init_module, SYS_finit_module,
    SYS_delete_module, SYS_settimeofday,  SYS_clock_settime,   SYS_adjtimex,    SYS_clock_adjtime,
    SYS_mount,         SYS_umount2,       SYS_pivot_root,      SYS_swapon,      SYS_swapoff,
    SYS_acct,          SYS_syslog,        SYS_sethostname,     SYS_vhangup,     SYS_setdomainname,
    SYS_move_mount,    SYS_mount_setattr, SYS_open_tree,
};
