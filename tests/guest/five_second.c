/*
 * tests/guest/five_second.c - DESIGN section 5, the second comer: memory that changes while a call
 * uses it, and calls whose file is the memory they copy to or from
 *
 * The calls block in a pipe until the change has been made, so every order of events is the same
 * each time. Threads are not needed: the other process shares the memory, or a signal handler
 * changes it.
 */
#include <linux/falloc.h>

#include "memory.h"

#define NR 4

static char *shared; /* a file's pages, mapped shared */
static int file;

static void map_file(void)
{
    file = make_file(NR, 'a');
    shared = map_at(FREE, NR, RW, MAP_SHARED, file, 0);
}

static void unmap_file(void)
{
    unmap(FREE, NR);
    close(file);
}

/*
 * A child reads from a pipe into page 1 of the shared file while the parent does something to the
 * file; then the parent writes "hello" into the pipe. Returns the child's wait status.
 */
static int read_while(void (*change)(void), int (*judge)(long result))
{
    int data[2];
    pid_t pid;

    make_pipe(data);
    (void)contents(shared, NR);
    tap_flush();
    pid = fork();
    if (pid == 0) {
        (void)contents(shared, NR);
        _exit(judge(raw(SYS_read, data[0], shared + PAGE, 5)));
    }
    change();
    if (write(data[1], "hello", 5) != 5)
        bail_out("write: %s", strerror(errno));
    close(data[0]);
    close(data[1]);
    return wait_status(pid);
}

static void truncate_all(void)
{
    ftruncate(file, 0);
}

static void punch(void)
{
    fallocate(file, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, (off_t)PAGE, (off_t)PAGE);
}

static void truncate_and_extend(void)
{
    ftruncate(file, 0);
    ftruncate(file, NR * (off_t)PAGE);
}

static int is_fault(long result)
{
    return result != -EFAULT;
}

static int is_hello(long result)
{
    return result != 5 || memcmp(shared + PAGE, "hello", 5) != 0;
}

static void check_change(void)
{
    map_file();
    is_long(read_while(truncate_all, is_fault), EXITED(0),
            "read into a page of a file that is truncated meanwhile is EFAULT");
    is_str(touch(shared + PAGE, PROT_READ), "SIGBUS ADRERR", "... the page is gone");
    unmap_file();
    map_file();
    is_long(read_while(punch, is_hello), EXITED(0),
            "read into a page that became a hole meanwhile");
    is_long(memcmp(shared + PAGE, "hello", 6), 0, "... makes a new one, zero behind the bytes");
    is_long(file_byte(file, 1), 'h', "... of the file");
    unmap_file();
    map_file();
    is_long(read_while(truncate_and_extend, is_hello), EXITED(0),
            "read into a page that was truncated away and came back");
    is_str(contents(shared, NR), "0h00", "... the file has the bytes");
    unmap_file();
}

/* What a failed read leaves in the pipe can be read later. */
static void check_nothing_lost(void)
{
    int data[2];
    char text[8] = "";

    make_pipe(data);
    write(data[1], "hello", 5);
    is_long(raw(SYS_read, data[0], 8, 5), -EFAULT, "read to a bad address");
    is_long(read(data[0], text, 5), 5, "... loses nothing");
    is_str(text, "hello", "... of what was there");
    is_long(raw(SYS_write, data[1], 8, 5), -EFAULT, "write from a bad address");
    is_long(write(data[1], "x", 1), 1, "... puts nothing there");
    is_long(read(data[0], text, 5), 1, "... that would be read");
    close(data[0]);
    close(data[1]);
}

/* ---- the handler of a signal changes what the call is about to use ------------------------- */

static char *target;

static int handled[2]; /* the handler has run */

static void on_unmap(int signal)
{
    (void)signal;
    munmap(target, PAGE);
    send_turn(handled);
}

static void on_protect(int signal)
{
    (void)signal;
    mprotect(target, PAGE, PROT_READ);
    send_turn(handled);
}

static void on_replace(int signal)
{
    (void)signal;
    fixed(target, 1, RW);
    send_turn(handled);
}

/* Read from a pipe to target; a child sends the signal first and writes afterwards. */
static long read_with_signal(void (*handler)(int))
{
    struct sigaction action;
    int data[2];
    long result;
    pid_t parent = getpid(), pid;

    make_pipe(handled);

    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
    target = fixed(FREE, 1, RW);
    target[0] = 't';
    make_pipe(data);
    tap_flush();
    pid = fork();
    if (pid == 0) {
        kill(parent, SIGUSR1);
        wait_turn(handled);
        _exit(write(data[1], "hello", 5) != 5);
    }
    result = raw(SYS_read, data[0], target, 5);
    wait_status(pid);
    close(data[0]);
    close(data[1]);
    close(handled[0]);
    close(handled[1]);
    return result;
}

static void check_signals(void)
{
    is_long(read_with_signal(on_unmap), -EFAULT, "a handler unmaps the buffer of a read");
    is_str(contents(target, 1), "-", "... it stays unmapped");
    is_long(read_with_signal(on_protect), -EFAULT, "a handler makes it read-only");
    is_str(contents(target, 1), "t", "... it stays as it was");
    is_long(read_with_signal(on_replace), 5, "a handler replaces it");
    is_long(memcmp(target, "hello", 6), 0, "... the new page gets the bytes");
    unmap(target, 1);
}

/* ---- a file's own mapping as buffer --------------------------------------------------------- */

static void check_self(void)
{
    long end = NR * (long)PAGE;

    map_file();
    is_long(pread(file, shared + PAGE, PAGE, 0), (long)PAGE, "read of a file into its mapping");
    is_str(contents(shared, NR), "aacd", "... copies a page");
    is_long(pread(file, shared, PAGE, 2 * (off_t)PAGE), (long)PAGE, "... from behind");
    is_str(contents(shared, NR), "cacd", "... copies too");
    is_long(pread(file, shared, PAGE, 0), (long)PAGE, "... onto itself");
    is_str(contents(shared, NR), "cacd", "... changes nothing");
    is_long(pwrite(file, shared + 3 * PAGE, PAGE, 0), (long)PAGE, "write of its mapping to a file");
    is_str(contents(shared, NR), "dacd", "... copies a page");
    is_long(pwrite(file, shared, end, 0), end, "... all onto itself");
    is_str(contents(shared, NR), "dacd", "... changes nothing");
    is_long(pwrite(file, shared, end, end), end, "... and behind itself");
    is_long(lseek(file, 0, SEEK_END), 2 * end, "... doubles it");
    is_long(file_byte(file, 4) * 256 + file_byte(file, 7), 'd' * 257, "... with the same bytes");

    ftruncate(file, 0);
    ftruncate(file, end);
    is_long(pread(file, shared, end, 0), end, "read of a hole into the hole itself");
    is_str(contents(shared, NR), "0000", "... is zeros");
    madvise(shared, NR * PAGE, MADV_REMOVE);
    is_long(pwrite(file, shared, end, 0), end, "write of a hole into the hole itself");
    is_str(contents(shared, NR), "0000", "... is zeros");
    is_long(pwrite(file, shared + PAGE, 3 * PAGE, PAGE + 1), 3 * (long)PAGE,
            "write of a mapping a byte further");
    unmap_file();

    map_file();
    ftruncate(file, 2 * (off_t)PAGE);
    is_long(pwrite(file, shared + PAGE, 3 * PAGE, 0), (long)PAGE,
            "write of a mapping that ends with the file: what there is");
    is_long(pwrite(file, shared + 2 * PAGE, PAGE, 0), -1, "... from behind the end");
    is_errno(EFAULT, "... is EFAULT");
    is_long(pread(file, shared + PAGE, 2 * PAGE, 0), (long)PAGE,
            "read into it: as much as there is room");
    is_str(contents(shared, NR), "bb--", "... and the end of the file stays where it was");
    is_long(pwrite(file, shared, PAGE, 2 * (off_t)PAGE), (long)PAGE, "what makes the file longer");
    is_str(contents(shared, NR), "bbb-", "... is seen in the mapping");
    unmap_file();
}

/* A private mapping of the file that is read: copies appear while the file is being copied. */
static void check_private(void)
{
    char *p;

    map_file();
    p = map_at(FREE + 16 * PAGE, NR, RW, MAP_PRIVATE, file, 0);
    is_long(pread(file, p, NR * PAGE, 0), NR * (long)PAGE, "read of a file into a private mapping");
    is_str(contents(p, NR), "abcd", "... changes nothing");
    shared[0] = '!';
    is_str(contents(p, NR), "abcd", "... but makes copies");
    is_long(pread(file, p + PAGE, 2 * PAGE, 0), 2 * (long)PAGE, "... and again");
    is_str(contents(p, NR), "a!bd", "... as written");
    is_long(pwrite(file, p, NR * PAGE, 0), NR * (long)PAGE, "write of it to the file");
    is_str(contents(shared, NR), "a!bd", "... copies the copies");
    unmap(p, NR);
    unmap_file();
}

/* Two processes fault the same pages of shared memory in, turn by turn and both at once. */
static void check_together(void)
{
    int wrong = 0;
    char *p = map_at(FREE, 1024, RW, SHARED, -1, 0);
    pid_t pid;

    tap_flush();
    pid = fork();
    for (size_t i = 0; i < 1024; i++)
        __atomic_fetch_add((long *)(p + i * PAGE), 1, __ATOMIC_SEQ_CST);
    if (pid == 0)
        _exit(0);
    is_long(wait_status(pid), EXITED(0), "two processes touch the same 1024 pages");
    for (size_t i = 0; i < 1024; i++)
        wrong += *(long *)(p + i * PAGE) != 2;
    is_long(wrong, 0, "... both find the same");
    unmap(p, 1024);
}

int main(void)
{
    check_change();
    check_nothing_lost();
    check_signals();
    check_self();
    check_private();
    check_together();
    return done_testing();
}
