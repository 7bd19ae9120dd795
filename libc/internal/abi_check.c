/*
 * internal/abi_check.c - proof that our structures are the kernel's
 *
 * Some exported headers clash with POSIX's names, so those structures are defined in our headers by
 * specification. Here the kernel's are included under other names and compared. No code comes of
 * it.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include "internal/sigaction.h"
#include <asm/shmbuf.h>
#include <asm/sigcontext.h>
#include <linux/utsname.h>

#undef st_atime
#undef st_mtime
#undef st_ctime
#undef sa_handler
#define stat kernel_stat
#include <asm/stat.h>
#undef stat
#define ucontext kernel_ucontext
#define sigset_t __kernel_sigset_t
#include <asm/ucontext.h>
#undef sigset_t

#define SAME_SIZE(ours, kernels) _Static_assert(sizeof(ours) == sizeof(kernels), "size of " #ours)
#define SAME_PLACE(ours, field, kernels, kernel_field)                                             \
    _Static_assert(offsetof(ours, field) == offsetof(kernels, kernel_field) &&                     \
                       sizeof(((ours *)0)->field) == sizeof(((kernels *)0)->kernel_field),         \
                   "field " #field " of " #ours)

SAME_SIZE(struct stat, struct kernel_stat);
SAME_PLACE(struct stat, st_dev, struct kernel_stat, st_dev);
SAME_PLACE(struct stat, st_ino, struct kernel_stat, st_ino);
SAME_PLACE(struct stat, st_nlink, struct kernel_stat, st_nlink);
SAME_PLACE(struct stat, st_mode, struct kernel_stat, st_mode);
SAME_PLACE(struct stat, st_uid, struct kernel_stat, st_uid);
SAME_PLACE(struct stat, st_gid, struct kernel_stat, st_gid);
SAME_PLACE(struct stat, st_rdev, struct kernel_stat, st_rdev);
SAME_PLACE(struct stat, st_size, struct kernel_stat, st_size);
SAME_PLACE(struct stat, st_blksize, struct kernel_stat, st_blksize);
SAME_PLACE(struct stat, st_blocks, struct kernel_stat, st_blocks);
SAME_PLACE(struct stat, st_atim.tv_sec, struct kernel_stat, st_atime);
SAME_PLACE(struct stat, st_atim.tv_nsec, struct kernel_stat, st_atime_nsec);
SAME_PLACE(struct stat, st_mtim.tv_sec, struct kernel_stat, st_mtime);
SAME_PLACE(struct stat, st_ctim.tv_sec, struct kernel_stat, st_ctime);

SAME_SIZE(struct k_sigaction, struct __kernel_sigaction);
SAME_PLACE(struct k_sigaction, handler, struct __kernel_sigaction, sa_handler);
SAME_PLACE(struct k_sigaction, flags, struct __kernel_sigaction, sa_flags);
SAME_PLACE(struct k_sigaction, restorer, struct __kernel_sigaction, sa_restorer);
SAME_PLACE(struct k_sigaction, mask, struct __kernel_sigaction, sa_mask);
SAME_SIZE(sigset_t, __kernel_sigset_t);

SAME_SIZE(mcontext_t, struct sigcontext);
SAME_PLACE(mcontext_t, gregs[REG_R8], struct sigcontext, r8);
SAME_PLACE(mcontext_t, gregs[REG_R15], struct sigcontext, r15);
SAME_PLACE(mcontext_t, gregs[REG_RDI], struct sigcontext, rdi);
SAME_PLACE(mcontext_t, gregs[REG_RSI], struct sigcontext, rsi);
SAME_PLACE(mcontext_t, gregs[REG_RBP], struct sigcontext, rbp);
SAME_PLACE(mcontext_t, gregs[REG_RBX], struct sigcontext, rbx);
SAME_PLACE(mcontext_t, gregs[REG_RDX], struct sigcontext, rdx);
SAME_PLACE(mcontext_t, gregs[REG_RAX], struct sigcontext, rax);
SAME_PLACE(mcontext_t, gregs[REG_RCX], struct sigcontext, rcx);
SAME_PLACE(mcontext_t, gregs[REG_RSP], struct sigcontext, rsp);
SAME_PLACE(mcontext_t, gregs[REG_RIP], struct sigcontext, rip);
SAME_PLACE(mcontext_t, gregs[REG_EFL], struct sigcontext, eflags);
SAME_PLACE(mcontext_t, gregs[REG_ERR], struct sigcontext, err);
SAME_PLACE(mcontext_t, gregs[REG_TRAPNO], struct sigcontext, trapno);
SAME_PLACE(mcontext_t, gregs[REG_OLDMASK], struct sigcontext, oldmask);
SAME_PLACE(mcontext_t, gregs[REG_CR2], struct sigcontext, cr2);
SAME_PLACE(mcontext_t, fpregs, struct sigcontext, fpstate);
SAME_SIZE(struct _libc_fpstate, struct _fpstate_64);
SAME_PLACE(struct _libc_fpstate, mxcsr, struct _fpstate_64, mxcsr);
SAME_PLACE(struct _libc_fpstate, _st, struct _fpstate_64, st_space);
SAME_PLACE(struct _libc_fpstate, _xmm, struct _fpstate_64, xmm_space);
SAME_SIZE(ucontext_t, struct kernel_ucontext);
SAME_PLACE(ucontext_t, uc_stack, struct kernel_ucontext, uc_stack);
SAME_PLACE(ucontext_t, uc_mcontext, struct kernel_ucontext, uc_mcontext);
SAME_PLACE(ucontext_t, uc_sigmask, struct kernel_ucontext, uc_sigmask);

SAME_SIZE(struct rusage, struct __kernel_rusage);
SAME_PLACE(struct rusage, ru_stime, struct __kernel_rusage, ru_stime);
SAME_PLACE(struct rusage, ru_maxrss, struct __kernel_rusage, ru_maxrss);
SAME_PLACE(struct rusage, ru_minflt, struct __kernel_rusage, ru_minflt);
SAME_PLACE(struct rusage, ru_majflt, struct __kernel_rusage, ru_majflt);
SAME_PLACE(struct rusage, ru_nivcsw, struct __kernel_rusage, ru_nivcsw);

SAME_SIZE(struct utsname, struct new_utsname);
SAME_PLACE(struct utsname, release, struct new_utsname, release);
SAME_PLACE(struct utsname, domainname, struct new_utsname, domainname);

/* Numbers that our headers write out because POSIX's names for them are others. */
_Static_assert(_NSIG - 1 == 8 * sizeof(__kernel_sigset_t), "signals");

SAME_SIZE(struct ipc_perm, struct ipc64_perm);
SAME_PLACE(struct ipc_perm, key, struct ipc64_perm, key);
SAME_PLACE(struct ipc_perm, cgid, struct ipc64_perm, cgid);
SAME_PLACE(struct ipc_perm, mode, struct ipc64_perm, mode);
SAME_PLACE(struct ipc_perm, seq, struct ipc64_perm, seq);

SAME_SIZE(struct shmid_ds, struct shmid64_ds);
SAME_PLACE(struct shmid_ds, shm_segsz, struct shmid64_ds, shm_segsz);
SAME_PLACE(struct shmid_ds, shm_ctime, struct shmid64_ds, shm_ctime);
SAME_PLACE(struct shmid_ds, shm_lpid, struct shmid64_ds, shm_lpid);
SAME_PLACE(struct shmid_ds, shm_nattch, struct shmid64_ds, shm_nattch);
