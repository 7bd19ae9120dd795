/*
 * programs/edit.h - a line editor for a terminal, and strings that grow
 *
 * It draws on one screen line and scrolls sideways where the text is longer, so that it needs
 * nothing of a terminal but to go left and to erase to the end of the line. The cursor moves by
 * whole UTF-8 characters, each taken to be one column wide. Keys: left, right, home, end,
 * backspace, delete; up and down fetch older lines; ^A ^E ^B ^F ^P ^N ^D ^U ^K ^W ^L as in other
 * editors; ^C drops the line; ^D on an empty one ends the input.
 *
 * Out of memory ends the program with a message.
 */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define EDIT_NR_HISTORY      100
#define EDIT_DEFAULT_COLUMNS 80

/* A key that sends an escape sequence is read as the control character of the same meaning. */
#define CONTROL(letter) ((letter)&0x1f)
#define KEY_BACKSPACE   0x7f
#define KEY_DELETE      CONTROL('_') /* ^D would end the shell on an empty line */
#define KEY_NONE        CONTROL('@')
#define END_OF_INPUT    (-1)

/* A string that grows. Invariant: len < size and bytes[len] is NUL, or all is zero. */
struct text {
    char *bytes;
    size_t len;
    size_t size;
};

struct editor {
    const char *prompt;
    const struct termios *usual; /* the terminal's settings outside of the editor */
    struct text line;
    struct text fresh; /* the new line while older ones are looked at */
    size_t cursor;     /* index into line.bytes */
    size_t left;       /* index of the first byte on the screen */
    size_t drawn;      /* columns on the screen from left to the cursor */
    size_t columns;    /* of the screen, for the text: without prompt and the last column */
    size_t browsed;    /* index into history of the line shown; nr_history: the new one */
    char *history[EDIT_NR_HISTORY];
    size_t nr_history;
};

static void *must(void *memory)
{
    if (!memory) {
        fprintf(stderr, "%s\n", strerror(ENOMEM));
        exit(1);
    }
    return memory;
}

static void text_insert(struct text *text, size_t at, const char *bytes, size_t len)
{
    if (text->len + len >= text->size) {
        text->size = 2 * (text->len + len) + 64;
        text->bytes = must(realloc(text->bytes, text->size));
    }
    memmove(text->bytes + at + len, text->bytes + at, text->len - at);
    memcpy(text->bytes + at, bytes, len);
    text->len += len;
    text->bytes[text->len] = '\0';
}

static inline void text_remove(struct text *text, size_t start, size_t end)
{
    memmove(text->bytes + start, text->bytes + end, text->len - end);
    text->len -= end - start;
    text->bytes[text->len] = '\0';
}

static inline void text_set(struct text *text, const char *string)
{
    text->len = 0;
    text_insert(text, 0, string, strlen(string));
}

/* Remember a line that is neither empty nor a repetition. */
static inline void history_add(struct editor *editor, const char *line)
{
    size_t nr = editor->nr_history;

    if (!line[strspn(line, " \t")] || (nr > 0 && strcmp(editor->history[nr - 1], line) == 0))
        return;
    if (nr == EDIT_NR_HISTORY) {
        free(editor->history[0]);
        memmove(editor->history, editor->history + 1, (nr - 1) * sizeof(editor->history[0]));
        editor->nr_history = --nr;
    }
    editor->history[nr] = must(strdup(line));
    editor->nr_history++;
}

/* Returns the next byte, or END_OF_INPUT. Never takes input that a program we start shall have. */
static int read_byte(void)
{
    unsigned char byte;
    ssize_t n;

    do
        n = read(STDIN_FILENO, &byte, 1);
    while (n < 0 && errno == EINTR);
    return n == 1 ? byte : END_OF_INPUT;
}

/* Read the rest of an escape sequence: [ or O, parameters, a final byte (ECMA-48, 5.4). */
static int read_sequence(void)
{
    static const char finals[] = "ABCDHF", meanings[] = "PNFBAE";
    static const char parameters[] = "14783", parameter_meanings[] = "AEAE_"; /* ESC [ n ~ */
    int byte = read_byte(), parameter = 0, nr_parameters = 0;
    const char *found;

    if (byte != '[' && byte != 'O')
        return byte == END_OF_INPUT ? byte : KEY_NONE;
    while ((byte = read_byte()) >= 0x20 && byte < 0x40) {
        parameter = byte;
        nr_parameters++;
    }
    if (byte == END_OF_INPUT)
        return byte;
    if (byte == '~' && nr_parameters == 1 && (found = strchr(parameters, parameter)))
        return CONTROL(parameter_meanings[found - parameters]);
    if (byte != '~' && (found = strchr(finals, byte)))
        return CONTROL(meanings[found - finals]);
    return KEY_NONE;
}

static int read_key(void)
{
    int byte = read_byte();

    return byte == 0x1b ? read_sequence() : byte;
}

static int is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t step_left(const struct text *line, size_t at)
{
    while (at > 0 && is_continuation(line->bytes[--at]))
        continue;
    return at;
}

static size_t step_right(const struct text *line, size_t at)
{
    if (at < line->len)
        at++;
    while (at < line->len && is_continuation(line->bytes[at]))
        at++;
    return at;
}

static size_t columns_between(const struct text *line, size_t start, size_t end)
{
    size_t columns = 0;

    for (; start < end; start = step_right(line, start))
        columns++;
    return columns;
}

static void go_left(size_t columns)
{
    if (columns > 0)
        printf("\x1b[%zuD", columns);
}

/* Draw the part of the line around the cursor, and leave the cursor there. */
static void draw(struct editor *editor)
{
    const struct text *line = &editor->line;
    size_t end;

    go_left(editor->drawn);
    if (editor->cursor < editor->left)
        editor->left = editor->cursor;
    while (columns_between(line, editor->left, editor->cursor) > editor->columns)
        editor->left = step_right(line, editor->left);
    end = editor->left;
    for (size_t i = 0; i < editor->columns && end < line->len; i++)
        end = step_right(line, end);
    printf("%.*s\x1b[K", (int)(end - editor->left), line->bytes + editor->left);
    go_left(columns_between(line, editor->cursor, end));
    editor->drawn = columns_between(line, editor->left, editor->cursor);
    fflush(stdout);
}

/* Add a byte at the end, where the rest of the screen line need not be drawn again. */
static void append(struct editor *editor, char byte)
{
    text_insert(&editor->line, editor->line.len, &byte, 1);
    editor->cursor++;
    editor->drawn += !is_continuation(byte);
    putchar(byte);
    fflush(stdout);
}

static void browse(struct editor *editor, size_t to)
{
    if (to > editor->nr_history)
        return;
    if (editor->browsed == editor->nr_history)
        text_set(&editor->fresh, editor->line.bytes);
    editor->browsed = to;
    text_set(&editor->line, to == editor->nr_history ? editor->fresh.bytes : editor->history[to]);
    editor->cursor = editor->line.len;
}

static size_t word_left(const struct text *line, size_t at)
{
    while (at > 0 && line->bytes[at - 1] == ' ')
        at--;
    while (at > 0 && line->bytes[at - 1] != ' ')
        at--;
    return at;
}

static void erase(struct editor *editor, size_t start, size_t end)
{
    text_remove(&editor->line, start, end);
    editor->cursor = start;
}

static void edit(struct editor *editor, int key)
{
    const struct text *line = &editor->line;
    size_t at = editor->cursor;
    char byte = (char)key;

    switch (key) {
    case CONTROL('B'):
        editor->cursor = step_left(line, at);
        break;
    case CONTROL('F'):
        editor->cursor = step_right(line, at);
        break;
    case CONTROL('A'):
        editor->cursor = 0;
        break;
    case CONTROL('E'):
        editor->cursor = line->len;
        break;
    case CONTROL('P'):
        browse(editor, editor->browsed - 1); /* wraps at the oldest, which browse refuses */
        break;
    case CONTROL('N'):
        browse(editor, editor->browsed + 1);
        break;
    case CONTROL('H'):
    case KEY_BACKSPACE:
        erase(editor, step_left(line, at), at);
        break;
    case CONTROL('D'):
    case KEY_DELETE:
        erase(editor, at, step_right(line, at));
        break;
    case CONTROL('U'):
        erase(editor, 0, at);
        break;
    case CONTROL('K'):
        erase(editor, at, line->len);
        break;
    case CONTROL('W'):
        erase(editor, word_left(line, at), at);
        break;
    case CONTROL('L'):
        printf("\x1b[H\x1b[2J%s", editor->prompt);
        editor->drawn = 0;
        break;
    default:
        if (key < ' ')
            break;
        text_insert(&editor->line, at, &byte, 1);
        editor->cursor++;
    }
}

static size_t screen_columns(void)
{
    struct winsize window;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        return window.ws_col;
    return EDIT_DEFAULT_COLUMNS;
}

static void begin(struct editor *editor)
{
    size_t taken = strlen(editor->prompt) + 1, columns = screen_columns();

    text_set(&editor->line, "");
    editor->cursor = editor->left = editor->drawn = 0;
    editor->columns = columns > 2 * taken ? columns - taken : taken;
    editor->browsed = editor->nr_history;
    printf("%s", editor->prompt);
    fflush(stdout);
}

/* Returns the key that ended the line: CONTROL('M'), CONTROL('C') or END_OF_INPUT. */
static int edit_line(struct editor *editor)
{
    for (;;) {
        int key = read_key();

        if (key == CONTROL('D') && editor->line.len == 0)
            return END_OF_INPUT;
        if (key == CONTROL('M') || key == CONTROL('C') || key == END_OF_INPUT)
            return key;
        if (key == CONTROL('J'))
            return CONTROL('M');
        if (key >= ' ' && key != KEY_BACKSPACE && editor->cursor == editor->line.len &&
            editor->drawn < editor->columns) {
            append(editor, (char)key);
        } else {
            edit(editor, key);
            draw(editor);
        }
    }
}

/*
 * Let the user enter a line; the terminal is in raw mode for so long.
 *
 * editor   zero but for prompt and usual before the first call
 * Returns  the line, valid until the next call, empty if it was dropped by ^C; NULL at the end of
 * input
 */
__attribute__((unused)) static inline const char *editor_read(struct editor *editor)
{
    struct termios raw = *editor->usual;
    int key;

    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    begin(editor);
    key = edit_line(editor);
    if (key == CONTROL('C'))
        text_set(&editor->line, "");
    printf(key == CONTROL('C') ? "^C\n" : "\n");
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSADRAIN, editor->usual);
    history_add(editor, editor->line.bytes);
    return key == END_OF_INPUT ? NULL : editor->line.bytes;
}
