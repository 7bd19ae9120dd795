/*
 * fs/tty.c - the terminal: what is typed and printed. Whose it is: tty_job.c
 *
 * Input is edited on arrival: in canonical mode a line becomes readable when its delimiter comes.
 * The buffer is a ring of bytes with a mark on those that delimit; what is after the last mark can
 * still be erased. Output is copied from the program in pieces and written out in the writer's own
 * time.
 *
 * Not here: VLNEXT, VREPRINT, flow control by VSTOP.
 *
 * Source  termios(3); POSIX.1-2017 XBD 11, General Terminal Interface.
 */
#include "fs/tty.h"

#include <asm/errno.h>
#include <asm/ioctls.h>
#include <asm/poll.h>
#include <asm/signal.h>
#include <asm/termbits.h>
#include <linux/termios.h>
#include <string.h>

#include "dev/serial.h"
#include "dev/vga.h"
#include "fs/file.h"
#include "mm/usercopy.h"
#include "sched/wait.h"

#define RING_SIZE 4096 /* a power of two; also the longest line, as on Linux */
#define LINE_MARK 0x100
#define END_MARK  0x200 /* VEOF: delimits, and is not read */
#define PIECE     256
#define RDEV_TTY  (5 << 8) /* /dev/tty */

#define NS_PER_TENTH 100000000UL /* VTIME's unit, in nanoseconds */

struct tty {
    struct spinlock lock;
    struct wait_queue readers;

    /* Protected by lock */
    struct termios termios;
    struct winsize winsize;
    uint16_t ring[RING_SIZE]; /* bytes, with marks */
    size_t head, tail;        /* ever written, ever read */
    size_t nr_delimiters;     /* marks in [tail, head) */
    bool input_ended;         /* CONSOLE_EOF came */
};

static struct tty tty = {
    .termios =
        {
            .c_iflag = ICRNL | IXON,
            .c_oflag = OPOST | ONLCR,
            .c_cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL,
            .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
            .c_cc =
                {
                    [VINTR] = 3,
                    [VQUIT] = 28,
                    [VERASE] = 127,
                    [VKILL] = 21,
                    [VEOF] = 4,
                    [VMIN] = 1,
                    [VSTART] = 17,
                    [VSTOP] = 19,
                    [VSUSP] = 26,
                    [VREPRINT] = 18,
                    [VDISCARD] = 15,
                    [VWERASE] = 23,
                    [VLNEXT] = 22,
                },
        },
    .winsize = {.ws_row = 25, .ws_col = 80},
};

static void emit(const char *text, size_t len)
{
    serial_write(COM1, text, len);
    vga_write(text, len);
}

void tty_print(const char *text, size_t len)
{
    emit(text, len);
}

/* /dev/tty is the caller's own terminal. */
static int tty_open(struct file *file)
{
    return file->node->rdev == RDEV_TTY && !tty_is_callers() ? -ENXIO : 0;
}

INIT_ONCE void tty_init(enum console_mode mode)
{
    wait_queue_init(&tty.readers);
    if (mode == CONSOLE_PIPE) {
        tty.termios.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
        tty.termios.c_lflag &= ~(tcflag_t)(ISIG | ICANON | ECHO | IEXTEN);
    }
}

/* Output with OPOST. */
static void emit_processed(const char *text, size_t len)
{
    tcflag_t flags = tty.termios.c_oflag;

    if (!(flags & OPOST) || !(flags & (ONLCR | OCRNL))) {
        emit(text, len);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' && flags & ONLCR)
            emit("\r\n", 2);
        else if (text[i] == '\r' && flags & OCRNL)
            emit("\n", 1);
        else
            emit(text + i, 1);
    }
}

static size_t room(void)
{
    /* One place is kept for the delimiter that makes a long line readable. */
    size_t used = tty.head - tty.tail;

    return used < RING_SIZE - 1 ? RING_SIZE - 1 - used : 0;
}

static void ring_put(uint16_t c)
{
    if (tty.head - tty.tail == RING_SIZE)
        return;
    tty.ring[tty.head++ % RING_SIZE] = c;
    tty.nr_delimiters += c > UINT8_MAX;
}

static bool is_control(uint8_t c)
{
    return c < 32 || c == 127;
}

static void echo(uint8_t c)
{
    char caret[2] = {'^', (char)(c ^ 0x40)};
    char plain = (char)c;

    if (!(tty.termios.c_lflag & ECHO))
        return;
    if (is_control(c) && c != '\n' && c != '\t' && tty.termios.c_lflag & ECHOCTL)
        emit(caret, 2);
    else
        emit_processed(&plain, 1);
}

/* Take the last byte back, if it belongs to the line that is being typed. */
static bool erase_one(void)
{
    if (tty.head == tty.tail || tty.ring[(tty.head - 1) % RING_SIZE] > UINT8_MAX)
        return false;
    uint8_t c = (uint8_t)tty.ring[--tty.head % RING_SIZE];
    if (tty.termios.c_lflag & ECHO) {
        /* The bytes of a character in UTF-8 that follow its first take no place on the screen. */
        size_t width = (c & 0xc0) == 0x80                               ? 0
                       : is_control(c) && tty.termios.c_lflag & ECHOCTL ? 2
                                                                        : 1;
        while (width--)
            emit("\b \b", 3);
    }
    return true;
}

static void erase_word(void)
{
    while (tty.head != tty.tail && tty.ring[(tty.head - 1) % RING_SIZE] == ' ' && erase_one())
        ;
    while (tty.head != tty.tail && tty.ring[(tty.head - 1) % RING_SIZE] != ' ' && erase_one())
        ;
}

/* The character that asks for a function, unless it is switched off. */
static bool is_special(uint8_t c, int which)
{
    return tty.termios.c_cc[which] == c && c != 0;
}

/* The signal that c asks for, or 0. */
static int signal_of(uint8_t c)
{
    if (!(tty.termios.c_lflag & ISIG))
        return 0;
    if (is_special(c, VINTR))
        return SIGINT;
    if (is_special(c, VQUIT))
        return SIGQUIT;
    return is_special(c, VSUSP) ? SIGTSTP : 0;
}

/* A byte in canonical mode. */
static void edit(uint8_t c)
{
    if (is_special(c, VERASE)) {
        while (erase_one() && (tty.ring[tty.head % RING_SIZE] & 0xc0) == 0x80)
            ; /* the rest of a UTF-8 character */
    } else if (is_special(c, VKILL)) {
        while (erase_one())
            ;
    } else if (is_special(c, VWERASE) && tty.termios.c_lflag & IEXTEN) {
        erase_word();
    } else if (is_special(c, VEOF)) {
        ring_put(END_MARK);
    } else if (c == '\n' || is_special(c, VEOL) || is_special(c, VEOL2)) {
        if (c == '\n' && tty.termios.c_lflag & ECHONL && !(tty.termios.c_lflag & ECHO))
            emit_processed("\n", 1);
        echo(c);
        ring_put(c | LINE_MARK);
    } else if (room()) {
        echo(c);
        ring_put(c);
    }
}

/* Input modes: what the byte becomes, -1 if it is dropped. */
static int map_input(uint8_t c)
{
    tcflag_t flags = tty.termios.c_iflag;

    if (flags & ISTRIP)
        c &= 0x7f;
    if (c == '\r')
        return flags & IGNCR ? -1 : flags & ICRNL ? '\n' : c;
    if (c == '\n' && flags & INLCR)
        return '\r';
    return c;
}

static int receive(uint8_t byte)
{
    int c = map_input(byte);
    if (c < 0)
        return 0;
    int signal = signal_of((uint8_t)c);
    if (signal) {
        if (!(tty.termios.c_lflag & NOFLSH))
            tty.tail = tty.head, tty.nr_delimiters = 0;
        echo((uint8_t)c);
    } else if (tty.termios.c_lflag & ICANON) {
        edit((uint8_t)c);
    } else if (room()) {
        echo((uint8_t)c);
        ring_put((uint16_t)c);
    }
    return signal;
}

void console_input(int c)
{
    uint64_t flags = spin_lock(&tty.lock);
    int signal = 0, group = tty_foreground();

    if (c == CONSOLE_EOF)
        tty.input_ended = true;
    else
        signal = receive((uint8_t)c);
    spin_unlock(&tty.lock, flags);
    if (signal && group)
        tty_signal(group, signal);
    wait_queue_wake(&tty.readers);
}

size_t console_input_room(void)
{
    /* A line without end must not keep its own erase characters out. */
    if (tty.termios.c_lflag & ICANON && !tty.nr_delimiters)
        return 1;
    return room();
}

/* Whether there is a line, or so many bytes in raw mode. */
static bool has_input(size_t nr_bytes)
{
    if (tty.input_ended)
        return true;
    if (tty.termios.c_lflag & ICANON)
        return tty.nr_delimiters > 0;
    return tty.head - tty.tail >= nr_bytes;
}

/* Sleep until a read of len bytes has something to give: termios(3), VMIN and VTIME. False: a signal came. */
static bool wait_for_input(size_t len)
{
    size_t wanted = MIN(tty.termios.c_cc[VMIN], len), n;
    uint64_t patience = tty.termios.c_cc[VTIME] * NS_PER_TENTH, deadline;

    if (tty.termios.c_lflag & ICANON || !patience)
        return wait_until_interruptible(&tty.readers, has_input(wanted));
    if (wanted == 0) {
        deadline = timer_now_ns() + patience;
        return wait_until_deadline(&tty.readers, has_input(1), deadline) ||
               timer_now_ns() >= deadline;
    }
    if (!wait_until_interruptible(&tty.readers, has_input(1)))
        return false;
    /* The time is that between two bytes. */
    do {
        n = tty.head - tty.tail;
        deadline = timer_now_ns() + patience;
    } while (!has_input(wanted) && wait_until_deadline(&tty.readers, has_input(n + 1), deadline));
    return true;
}

/*
 * Move at most len readable bytes to `to`; a line at most in canonical mode. *end: nothing may
 * follow.
 */
static size_t take(char *to, size_t len, bool *end)
{
    size_t n = 0;
    bool canonical = tty.termios.c_lflag & ICANON;

    while (n < len && tty.head != tty.tail) {
        uint16_t c = tty.ring[tty.tail++ % RING_SIZE];
        tty.nr_delimiters -= c > UINT8_MAX;
        *end = canonical && c > UINT8_MAX;
        if (!(c & END_MARK))
            to[n++] = (char)c;
        if (*end)
            return n;
    }
    /* An END_MARK right behind what fills the buffer belongs to this read. */
    if (canonical && n == len && n && tty.head != tty.tail &&
        tty.ring[tty.tail % RING_SIZE] & END_MARK) {
        tty.tail++;
        tty.nr_delimiters--;
        *end = true;
    }
    *end = *end || tty.head == tty.tail;
    return n;
}

static ssize_t tty_read(struct file *file, vaddr_t to, size_t len, uint64_t offset)
{
    char piece[PIECE];
    size_t done = 0;
    bool end = false;

    (void)offset;
    if (len == 0)
        return 0;
    serial_poll_input();
    int error = tty_check_foreground(SIGTTIN);
    if (error)
        return error;
    if (file->flags & O_NONBLOCK && !has_input(1))
        return -EAGAIN;
    if (!wait_for_input(len))
        return -ERESTARTSYS;
    while (!end && done < len) {
        uint64_t flags = spin_lock(&tty.lock);
        size_t n = take(piece, MIN(len - done, PIECE), &end);
        spin_unlock(&tty.lock, flags);
        serial_poll_input();
        if (copy_to_user(to + done, piece, n) < 0)
            return -EFAULT;
        done += n;
    }
    return (ssize_t)done;
}

static ssize_t tty_write(struct file *file, vaddr_t from, size_t len, uint64_t offset)
{
    char piece[PIECE];
    int error = tty.termios.c_lflag & TOSTOP ? tty_check_foreground(SIGTTOU) : 0;

    (void)file, (void)offset;
    if (error)
        return error;
    for (size_t done = 0; done < len;) {
        size_t n = MIN(len - done, PIECE);
        size_t left = copy_from_user_partial(piece, from + done, n);
        emit_processed(piece, n - left);
        done += n - left;
        if (left)
            return done ? (ssize_t)done : -EFAULT;
        if (thread_pause_point())
            return (ssize_t)done;
    }
    return (ssize_t)len;
}

static struct wait_queue *tty_poll(struct file *file, unsigned *events)
{
    size_t wanted = tty.termios.c_cc[VTIME] ? 1 : MAX(tty.termios.c_cc[VMIN], 1);

    (void)file;
    serial_poll_input();
    *events = POLLOUT | POLLWRNORM | (has_input(wanted) ? POLLIN | POLLRDNORM : 0);
    return &tty.readers;
}

/* TCSETS, TCSETSW, which is the same as output is never queued, or TCSETSF. */
static int64_t set_termios(unsigned command, vaddr_t argument)
{
    struct termios wanted;
    int error = tty_check_foreground(SIGTTOU);

    if (error)
        return error;
    if (copy_from_user(&wanted, argument, sizeof(wanted)) < 0)
        return -EFAULT;
    uint64_t flags = spin_lock(&tty.lock);
    bool was_canonical = tty.termios.c_lflag & ICANON;
    tty.termios = wanted;
    if (command == TCSETSF) {
        tty.tail = tty.head;
        tty.nr_delimiters = 0;
    } else if (!was_canonical && wanted.c_lflag & ICANON && tty.head != tty.tail &&
               tty.ring[(tty.head - 1) % RING_SIZE] <= UINT8_MAX) {
        ring_put(END_MARK); /* what was typed in raw mode is a line by itself */
    }
    spin_unlock(&tty.lock, flags);
    serial_poll_input();
    wait_queue_wake(&tty.readers);
    return 0;
}

static int64_t set_winsize(vaddr_t argument)
{
    struct winsize wanted;

    if (copy_from_user(&wanted, argument, sizeof(wanted)) < 0)
        return -EFAULT;
    uint64_t flags = spin_lock(&tty.lock);
    bool changed = memcmp(&tty.winsize, &wanted, sizeof(wanted)) != 0;
    tty.winsize = wanted;
    spin_unlock(&tty.lock, flags);
    int group = tty_foreground();
    if (changed && group)
        tty_signal(group, SIGWINCH);
    return 0;
}

/* TCFLSH: forget what was typed; output never waits. */
static int64_t flush(uint64_t which)
{
    int error = which <= TCIOFLUSH ? tty_check_foreground(SIGTTOU) : -EINVAL;

    if (error || which == TCOFLUSH)
        return error;
    uint64_t flags = spin_lock(&tty.lock);
    tty.tail = tty.head;
    tty.nr_delimiters = 0;
    spin_unlock(&tty.lock, flags);
    serial_poll_input();
    return 0;
}

/* FIONREAD: what a read would get; in canonical mode all lines there are, as on Linux. */
static int64_t count_input(vaddr_t argument)
{
    uint64_t flags = spin_lock(&tty.lock);
    size_t n = 0, nr_bytes = 0;

    for (size_t at = tty.tail; at != tty.head; at++) {
        uint16_t c = tty.ring[at % RING_SIZE];
        nr_bytes += !(c & END_MARK);
        if (!(tty.termios.c_lflag & ICANON) || c > UINT8_MAX)
            n = nr_bytes;
    }
    spin_unlock(&tty.lock, flags);
    const int32_t count = (int32_t)n;
    return copy_to_user(argument, &count, sizeof(count));
}

static int64_t get_int(vaddr_t argument, int value)
{
    return copy_to_user(argument, &value, sizeof(value));
}

static int64_t tty_ioctl(struct file *file, unsigned command, vaddr_t argument)
{
    (void)file;
    switch (command) {
    case TIOCSWINSZ:
        return set_winsize(argument);
    case TCFLSH:
        return flush(argument);
    case TCSBRK:
    case TCSBRKP:
        return 0; /* all output is out; there is no line to send a break on */
    case FIONREAD:
        return count_input(argument);
    case TIOCOUTQ:
        return get_int(argument, 0);
    case TCGETS:
        return copy_to_user(argument, &tty.termios, sizeof(tty.termios));
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return set_termios(command, argument);
    case TIOCGWINSZ:
        return copy_to_user(argument, &tty.winsize, sizeof(tty.winsize));
    default:
        return tty_control_jobs(command, argument);
    }
}

const struct file_ops tty_ops = {
    .open = tty_open, .read = tty_read, .write = tty_write, .ioctl = tty_ioctl, .poll = tty_poll};
