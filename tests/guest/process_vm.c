/*
 * tests/guest/process_vm.c - process_vm_readv and process_vm_writev: another process's memory
 */
#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "memory.h"

#define NR_LARGE 40UL /* pages */

static char *theirs; /* in a child that waits: three pages "abc", of which the last is read only */
static const char *nowhere = FREE + 99 * PAGE;
static pid_t child;
static int ends[2], back[2];

static long transfer(long call, pid_t pid, const struct iovec *local, size_t nr_local,
                     const struct iovec *remote, size_t nr_remote)
{
    return raw(call, pid, local, nr_local, remote, nr_remote, 0);
}

static long get(void *to, size_t len, const void *from)
{
    struct iovec local = {to, len}, remote = {(void *)(uintptr_t)from, len};

    return transfer(SYS_process_vm_readv, child, &local, 1, &remote, 1);
}

static long put(void *to, const void *from, size_t len)
{
    struct iovec local = {(void *)(uintptr_t)from, len}, remote = {to, len};

    return transfer(SYS_process_vm_writev, child, &local, 1, &remote, 1);
}

/* The child waits for a turn, says what it finds there, and so on. */
static int wait_and_tell(void)
{
    for (;;) {
        wait_turn(ends);
        if (write(back[1], theirs + PAGE, 1) != 1)
            return 1;
    }
}

/* The first byte of the child's second page, as it sees it. */
static int what_it_sees(void)
{
    char byte = 0;

    send_turn(ends);
    return read(back[0], &byte, 1) == 1 ? byte : -1;
}

static void check_copies(void)
{
    static char buffer[3 * PAGE], large[NR_LARGE * PAGE];

    is_long(get(buffer, 1, theirs), 1, "a byte is read");
    is_long(buffer[0], 'a', "... of the other's memory");
    is_long(theirs[0], 'x', "... not of ours, which is at the same place");
    is_long(get(buffer, sizeof(buffer), theirs), sizeof(buffer), "three pages");
    is_str(contents(buffer, 3), "abc", "... with what is in them");
    is_long(get(buffer, PAGE, theirs + PAGE - 100), (long)PAGE, "from one page into the next");
    ok(buffer[99] == 0 && buffer[100] == 'b', "... each part of its own");
    is_long(put(theirs + PAGE, "X", 1), 1, "a byte is written");
    is_long(what_it_sees(), 'X', "... the other sees it");
    is_long(put(theirs + 2 * PAGE, "Y", 1), -EFAULT, "none where it may not write");
    is_long(put(theirs + 2 * PAGE - 10, buffer, 20), 10, "... up to there");
    is_long(get(buffer, PAGE, theirs + 2 * PAGE + 96), (long)PAGE - 96, "read up to its end");
    is_long(get(buffer, 1, nowhere), -EFAULT, "what is not there");
    is_long(get(buffer, 1, (void *)0xffff800000000000), -EFAULT, "what is the kernel's");
    is_long(get((void *)(uintptr_t)nowhere, 1, theirs), -EFAULT, "to where nothing is");
    is_long(get((void *)0xffff800000000000, 1, theirs), -EFAULT, "... or the kernel");
    memset(large, 'l', sizeof(large));
    is_long(put(theirs + 8 * PAGE, large, sizeof(large)), sizeof(large), "many pages");
    memset(large, 0, sizeof(large));
    is_long(get(large, sizeof(large), theirs + 8 * PAGE), sizeof(large), "... and back");
    ok(large[0] == 'l' && large[sizeof(large) - 1] == 'l', "... as they were");
}

static void check_vectors(void)
{
    char a[4] = "", b[8] = "", *two = theirs + PAGE + 200;
    struct iovec local[2] = {{a, 3}, {b, 7}};
    struct iovec remote[3] = {{two, 5}, {two + 5, 0}, {two + 5, 5}};
    struct iovec bad = {two, (size_t)-1};

    is_long(put(two, "0123456789", 10), 10, "ten bytes");
    is_long(transfer(SYS_process_vm_readv, child, local, 2, remote, 3), 10, "two to three pieces");
    ok(strcmp(a, "012") == 0 && strcmp(b, "3456789") == 0, "... all in their places");
    is_long(transfer(SYS_process_vm_readv, child, local, 1, remote, 3), 3, "less room");
    is_long(transfer(SYS_process_vm_readv, child, local, 2, remote, 1), 5, "less to read");
    is_long(transfer(SYS_process_vm_readv, child, local, 0, remote, 1), 0, "no room");
    is_long(transfer(SYS_process_vm_readv, child, local, 1, remote, 0), 0, "nothing to read");
    is_long(transfer(SYS_process_vm_readv, child, local, 1025, remote, 1), -EINVAL, "many pieces");
    is_long(transfer(SYS_process_vm_readv, child, local, 1, remote, 1025), -EINVAL, "... there");
    is_long(transfer(SYS_process_vm_readv, child, &bad, 1, remote, 1), -EINVAL, "a bad length");
    is_long(transfer(SYS_process_vm_readv, child, local, 1, &bad, 1), -EINVAL, "... there");
    is_long(raw(SYS_process_vm_readv, child, 8, 1, remote, 1, 0), -EFAULT, "pieces nowhere");
    is_long(raw(SYS_process_vm_readv, child, local, 1, 8, 1, 0), -EFAULT, "... there");
    is_long(raw(SYS_process_vm_readv, child, local, 1, remote, 1, 1), -EINVAL, "a flag");
    is_long(transfer(SYS_process_vm_readv, 32000, local, 1, remote, 1), -ESRCH, "of nobody");
    is_long(transfer(SYS_process_vm_readv, getpid(), local, 1, &(struct iovec){b, 7}, 1), 3,
            "of ourselves");
    is_str(a, "345", "... too");
}

static int as_user(void)
{
    char byte;

    return raw(SYS_setgid, 1000) || raw(SYS_setuid, 1000) || get(&byte, 1, theirs) != -EPERM;
}

int main(void)
{
    theirs = fixed(FREE, 8 + NR_LARGE, RW);
    unmap(FREE + 3 * PAGE, 5);
    mark(theirs, 3, 'x');
    make_pipe(ends);
    make_pipe(back);
    child = start_child();
    if (child == 0) {
        mark(theirs, 3, 'a');
        mprotect(theirs + 2 * PAGE, PAGE, PROT_READ);
        _exit(wait_and_tell());
    }
    what_it_sees(); /* it is ready */
    check_copies();
    check_vectors();
    is_long(in_child(as_user()), EXITED(0), "another user's process is not for us");
    kill(child, SIGKILL);
    is_long(wait_status(child), KILLED(SIGKILL), "the other ends");
    is_long(get(&(char){0}, 1, theirs), -ESRCH, "... and has no memory");
    return done_testing();
}
