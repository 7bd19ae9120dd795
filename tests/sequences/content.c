/*
 * tests/sequences/content.c - the steps that read and write: touches, file calls, and file calls whose
 * buffer is a page of the windows
 */
#include "steps.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "draw.h"
#include "maps.h"
#include "model.h"
#include "raw.h"
#include "report.h"
#include "touch.h"

#define NR_WORDS       (PAGE / 8)
#define RETURN         0xc3 /* the instruction ret: the first byte of every word that is written */
#define MAX_SIZE_PAGES 24   /* of the files */

struct descriptor descriptor[NR_FDS];

static uint64_t words[3 * NR_WORDS]; /* what is read from files */

/* ---- contents ------------------------------------------------------------------------------------ */

static uint64_t draw_word(void)
{
    return draw() << 8 | RETURN;
}

static struct content content_of(const volatile uint64_t *word)
{
    struct content content = {0};

    for (size_t i = 0; i < NR_WORDS; i++)
        content.rest += word[i];
    for (int i = 0; i < NR_CELLS; i++) {
        content.cell[i] = word[cell_offset[i] / 8];
        content.rest -= content.cell[i];
    }
    return content;
}

static int is_equal(const struct content *a, const struct content *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* ---- touching ------------------------------------------------------------------------------------ */

/* The rights that a kind of touch needs: on x86 whoever may write or execute may read. */
static int is_allowed(const struct page *p, enum touch how)
{
    if (how == TOUCH_READ)
        return p->prot != PROT_NONE;
    return p->prot & (how == TOUCH_WRITE ? PROT_WRITE : PROT_EXEC);
}

/* Whether a touch of a mapped page must end in this signal; 0: in none. */
static int expected_signal(int index, enum touch how)
{
    if (!is_allowed(&page[index], how))
        return SIGSEGV;
    return page_content(index) ? 0 : SIGBUS;
}

/*
 * The page may be the file's last one, with words behind the file's end: what is written there
 * is nobody's, and whether it shows when the file grows is not specified. Then the first word is it.
 */
static int cell_within_file(int index, int cell)
{
    const struct page *p = &page[index];

    if (p->object == NO_OBJECT)
        return cell;
    return p->offset * PAGE + cell_offset[cell] + 8 <= board->object[p->object].size ? cell : 0;
}

static void check_read(int index, int cell, uint64_t value)
{
    const struct content *content = page_content(index);
    uint64_t want = content ? content->cell[cell] : 0;

    if (value != want && !(page[index].lazy && value == 0))
        report_failure("page %lx, word %d: %lx, not %lx", place(page_address(index)), cell, value,
                       want);
    if (!page[index].lazy)
        page[index].vague = 0;
}

/* A fault in a hole: the area above may have grown, be its rights what they may. */
static void follow_hole(int index, const struct touched *t)
{
    if (t->signal == SIGSEGV && t->code == SEGV_MAPERR)
        return;
    if (!model_grow_down(index))
        report_failure("page %lx is not mapped, and could be touched", place(page_address(index)));
}

static struct touched touch_page(int index, enum touch how, int cell, uint64_t value)
{
    struct touched t = touch(how, page_address(index) + cell_offset[cell], value);
    long zeros = (long)(TOUCH_ZEROS_FAULT - page_address(index) - cell_offset[cell]);
    int ran_zeros = how == TOUCH_EXEC && t.signal == SIGSEGV && t.distance == zeros;

    note("  touch %ld of %lx word %ld: signal %ld, code %ld, distance %ld, zeros %ld", how,
         place(page_address(index)), cell, t.signal, t.code, ran_zeros ? 0 : t.distance, ran_zeros);
    if (ran_zeros)
        t.signal = 0;
    if (!page[index].mapped)
        follow_hole(index, &t);
    if (page[index].mapped && t.signal != expected_signal(index, how))
        report_failure("page %lx, touch %d: signal %d, not %d", place(page_address(index)), how,
                       t.signal, expected_signal(index, how));
    return t;
}

static void touch_read(int index, int cell)
{
    struct touched t = touch_page(index, TOUCH_READ, cell, 0);

    if (!t.signal && page[index].mapped)
        check_read(index, cell, t.value);
}

static void touch_write(int index, int cell)
{
    uint64_t value = draw_word();
    struct touched t = touch_page(index, TOUCH_WRITE, cell, value);

    if (t.signal || !page[index].mapped)
        return;
    struct content *content = page_content_for_write(index);
    if (content)
        content->cell[cell] = value;
}

/* After MADV_FREE, all words are written anew, so that it matters no more whether the old ones are. */
static void settle(int index)
{
    for (int i = 0; i < NR_CELLS; i++)
        touch_write(index, i);
    page[index].lazy = 0;
}

/* A word of the page that is not zero, so that something runs; cell if there is none. */
static int written_cell(const struct content *content, int cell)
{
    for (int i = 0; i < NR_CELLS; i++)
        if (content->cell[i])
            return i;
    return cell;
}

static void touch_exec(int index, int cell)
{
    if (page[index].mapped) {
        const struct content *content = page_content(index);

        if (content && draw_chance(80))
            cell = written_cell(content, cell);
        /* Only words of our own are known to return, and zeros to fault. */
        uint64_t word = content ? content->cell[cell] : 0;
        if (page[index].lazy || (content && content->rest) || (word && (word & 0xff) != RETURN))
            return;
    }
    /*
     * Where the page is readable and not present, Linux reads it in before it finds that it must not be
     * executed (SIGBUS behind the end of the file); others need not.
     */
    if (page[index].mapped && page[index].prot != PROT_NONE) {
        touch_read(index, cell);
        if (!page_content(index))
            return;
    }
    struct touched t = touch_page(index, TOUCH_EXEC, cell, 0);
    if (!t.signal && page[index].mapped)
        page[index].vague = 0;
}

static void touch_one(int index, enum touch how)
{
    int cell = cell_within_file(index, (int)draw_below(NR_CELLS));

    if (how == TOUCH_EXEC)
        touch_exec(index, cell);
    else if (how == TOUCH_READ)
        touch_read(index, cell);
    else if (page[index].mapped && page[index].lazy && (page[index].prot & PROT_WRITE))
        settle(index);
    else
        touch_write(index, cell);
}

void step_touch(void)
{
    static const struct choice kinds[] = {{TOUCH_READ, 35}, {TOUCH_WRITE, 55}, {TOUCH_EXEC, 10}};
    int index = draw_chance(85) ? draw_mapped_page() : draw_page();
    int nr = draw_chance(30) ? draw_nr_pages(index) : 1;
    enum touch how = (enum touch)DRAW_CHOICE(kinds);

    note("touch %ld pages", nr);
    for (int i = index; i < index + nr && i < index + 8; i++)
        touch_one(i, how);
}

/* ---- files --------------------------------------------------------------------------------------- */

static const struct descriptor *draw_descriptor(void)
{
    static const struct choice choices[] = {
        {FD_FILE, 42}, {FD_MEMFD, 42}, {FD_FILE_READ, 5}, {FD_FILE_WRITE, 5}, {FD_PROGRAM, 6}};

    return &descriptor[DRAW_CHOICE(choices)];
}

static void step_truncate(const struct descriptor *d)
{
    uint64_t size = draw_below(MAX_SIZE_PAGES + 1) * PAGE;

    /* A size that ends inside a page leaves room for its first word. */
    if (draw_chance(40) && size < MAX_SIZE_PAGES * PAGE)
        size += 8 + draw_below(PAGE - 8);
    /* Of a page whose other words are not zero only their sum is known: it is not cut. */
    if (size / PAGE < object_nr_pages(d->object) && object_content(d->object, size / PAGE)->rest)
        size -= size % PAGE;
    if (draw_chance(2))
        size = (uint64_t)-1;
    long r = raw(SYS_ftruncate, d->fd, size);

    note("ftruncate object %ld to %lx = %ld", d->object, size, r);
    if (r == 0)
        object_resize(d->object, size);
}

/* The object has bytes up to end at least. */
static void extend(int object, uint64_t end)
{
    if (board->object[object].size < end)
        object_resize(object, end);
}

static void step_write(const struct descriptor *d)
{
    uint64_t at = draw_below(MAX_SIZE_PAGES);
    int cell = (int)draw_below(NR_CELLS);
    uint64_t value = draw_word();
    uint64_t offset = at * PAGE + cell_offset[cell];
    long r = raw(SYS_lseek, d->fd, offset, 0);

    if (draw_chance(50))
        r = raw(SYS_pwrite64, d->fd, &value, 8, offset);
    else
        r = raw(SYS_write, d->fd, &value, 8);
    note("write object %ld at %lx = %ld", d->object, offset, r);
    if (r != 8)
        return;
    extend(d->object, offset + 8);
    object_content(d->object, at)->cell[cell] = value;
}

static void step_read(const struct descriptor *d)
{
    uint64_t at = draw_below(MAX_SIZE_PAGES);
    uint64_t size = board->object[d->object].size;
    long want = size <= at * PAGE         ? 0
                : size - at * PAGE < PAGE ? (long)(size - at * PAGE)
                                          : (long)PAGE;

    memset(words, 0, PAGE);
    long r = raw(SYS_pread64, d->fd, words, PAGE, at * PAGE);
    note("read object %ld at %lx = %ld", d->object, at * PAGE, r);
    if (r < 0)
        return;
    struct content got = content_of(words);
    if (r != want)
        report_failure("read: %ld bytes, not %ld", r, want);
    else if (r > 0 && d->object != OBJECT_PROGRAM && !is_equal(&got, object_content(d->object, at)))
        report_failure("object %d, page %lu is not what was written", d->object, at);
}

void step_file(void)
{
    const struct descriptor *d = draw_descriptor();

    switch (draw_below(3)) {
    case 0:
        step_truncate(d);
        break;
    case 1:
        step_write(d);
        break;
    default:
        step_read(d);
    }
}

/* ---- files and pages ----------------------------------------------------------------------------- */

/* A copy that the kernel makes between a file and pages of a window. */
struct copy {
    const struct descriptor *d;
    int index, nr;   /* pages of the window */
    uint64_t at;     /* page of the file */
    unsigned offset; /* in both pages */
    size_t len;
};

/* Whether writing whole pages there would leave words behind a file's end, or copy a file to itself. */
static int must_be_small(const struct copy *copy)
{
    for (int i = copy->index; i < copy->index + copy->nr; i++) {
        const struct page *p = &page[i];

        if (!p->mapped)
            continue;
        const struct content *content = page_content(i);

        /* What is not a cell of such a page is known as a whole only. */
        if (content && content->rest)
            return 1;
        if (p->object != NO_OBJECT && (p->object == copy->d->object ||
                                       (p->offset + 1) * PAGE > board->object[p->object].size))
            return 1;
    }
    return 0;
}

static struct copy draw_copy(void)
{
    struct copy copy = {draw_descriptor(),
                        draw_chance(85) ? draw_mapped_page() : draw_page(),
                        1,
                        draw_below(MAX_SIZE_PAGES),
                        0,
                        8};
    int nr = draw_nr_pages(copy.index);
    uint64_t end = copy.d->object == OBJECT_PROGRAM ? board->object[OBJECT_PROGRAM].size / PAGE
                                                    : MAX_SIZE_PAGES;

    copy.nr = nr < 3 ? nr : 3;
    if (copy.at + 3 > end)
        copy.at = end - 3;
    if (!must_be_small(&copy) && draw_chance(70)) {
        copy.len = (size_t)copy.nr * PAGE;
    } else {
        copy.nr = 1;
        copy.offset = cell_offset[cell_within_file(copy.index, (int)draw_below(NR_CELLS))];
    }
    return copy;
}

/* Bytes of the copy's n-th page among the first done. */
static unsigned bytes_in_page(const struct copy *copy, int n, long done)
{
    long left = done - n * (long)PAGE;

    if (left <= 0)
        return 0;
    return left < (long)PAGE - copy->offset ? (unsigned)left : (unsigned)(PAGE - copy->offset);
}

/* The kernel got at the pages up to there; a hole among them is no hole any more. */
static void follow_access(const struct copy *copy, long done)
{
    for (int i = 0; i < copy->nr; i++)
        if (bytes_in_page(copy, i, done) && !page[copy->index + i].mapped &&
            !model_grow_down(copy->index + i))
            report_failure("page %lx is not mapped, and was copied",
                           place(page_address(copy->index + i)));
    if (done < (long)copy->len)
        maps_follow();
}

static void read_into_pages(const struct copy *copy)
{
    for (int i = copy->index; i < copy->index + copy->nr; i++)
        if (page[i].mapped && page[i].lazy && (page[i].prot & PROT_WRITE))
            settle(i);
    long r = raw(SYS_pread64, copy->d->fd, page_address(copy->index) + copy->offset, copy->len,
                 copy->at * PAGE + copy->offset);

    note("read object %ld at %lx into %lx + %lx = %ld", copy->d->object,
         copy->at * PAGE + copy->offset, place(page_address(copy->index)), copy->len, r);
    follow_access(copy, r);
    for (int i = 0; i < copy->nr; i++) {
        unsigned len = bytes_in_page(copy, i, r);
        struct content *to = len ? page_content_for_write(copy->index + i) : NULL;

        if (to)
            content_copy(to, object_content(copy->d->object, copy->at + (unsigned)i), copy->offset,
                         len);
    }
}

static void write_from_pages(const struct copy *copy)
{
    uint64_t offset = copy->at * PAGE + copy->offset;

    for (int i = copy->index; i < copy->index + copy->nr; i++) {
        const struct content *content = page[i].mapped ? page_content(i) : NULL;

        /* Files hold only what a model can cut anywhere. */
        if (content && (page[i].lazy || content->rest))
            return;
    }
    long r =
        raw(SYS_pwrite64, copy->d->fd, page_address(copy->index) + copy->offset, copy->len, offset);

    note("write object %ld at %lx from %lx + %lx = %ld", copy->d->object, offset,
         place(page_address(copy->index)), copy->len, r);
    follow_access(copy, r);
    if (r > 0)
        extend(copy->d->object, offset + (uint64_t)r);
    for (int i = 0; i < copy->nr; i++) {
        unsigned len = bytes_in_page(copy, i, r);
        const struct content *from = len ? page_content(copy->index + i) : NULL;

        if (from)
            content_copy(object_content(copy->d->object, copy->at + (unsigned)i), from,
                         copy->offset, len);
        if (from)
            page[copy->index + i].vague = 0;
    }
}

void step_copy(void)
{
    struct copy copy = draw_copy();

    if (draw_chance(50) || copy.d->object == OBJECT_PROGRAM)
        read_into_pages(&copy);
    else
        write_from_pages(&copy);
}

/* ---- once, and at the end ------------------------------------------------------------------------ */

static void open_as(int which, long fd, int object)
{
    if (fd < 0)
        report_die("a file cannot be made");
    descriptor[which] = (struct descriptor){(int)fd, object};
}

void content_init(void)
{
    const char *name = "/tmp/sequences";

    open_as(FD_FILE, raw(SYS_open, name, O_RDWR | O_CREAT | O_TRUNC, 0600), OBJECT_FILE);
    open_as(FD_FILE_READ, raw(SYS_open, name, O_RDONLY), OBJECT_FILE);
    open_as(FD_FILE_WRITE, raw(SYS_open, name, O_WRONLY), OBJECT_FILE);
    raw(SYS_unlink, name);
    open_as(FD_MEMFD, raw(SYS_memfd_create, "sequences", 0), OBJECT_MEMFD);
    open_as(FD_PROGRAM, raw(SYS_open, "/bin/init", O_RDONLY), OBJECT_PROGRAM);
    for (int i = 0; i < NR_FILES; i++)
        object_new(MAX_FILE_PAGES);

    uint64_t size = (uint64_t)raw(SYS_lseek, descriptor[FD_PROGRAM].fd, 0, 2);
    board->object[OBJECT_PROGRAM].size = size;
    for (uint64_t i = 0; i < MAX_FILE_PAGES; i++) {
        memset(words, 0, PAGE);
        raw(SYS_pread64, descriptor[FD_PROGRAM].fd, words, PAGE, i * PAGE);
        *object_content(OBJECT_PROGRAM, i) = content_of(words);
    }
}

static void check_page(int index)
{
    const struct content *want = page_content(index);
    struct content got = content_of((const volatile uint64_t *)page_address(index));

    if (page[index].lazy) {
        /* Every word is the old one or zero. */
        for (int i = 0; i < NR_CELLS; i++)
            if (got.cell[i] && got.cell[i] != want->cell[i])
                report_failure("page %lx, word %d: %lx, neither %lx nor 0",
                               place(page_address(index)), i, got.cell[i], want->cell[i]);
        return;
    }
    if (!is_equal(&got, want))
        report_failure("page %lx: %lx %lx %lx %lx, rest %lx, not %lx %lx %lx %lx, rest %lx",
                       place(page_address(index)), got.cell[0], got.cell[1], got.cell[2],
                       got.cell[3], got.rest, want->cell[0], want->cell[1], want->cell[2],
                       want->cell[3], want->rest);
    note("  content of %lx: %lx %lx %lx %lx, rest %lx", place(page_address(index)), got.cell[0],
         got.cell[1], got.cell[2], got.cell[3], got.rest);
}

void content_check(void)
{
    for (int i = 0; i < NR_PAGES; i++)
        if (page[i].mapped && expected_signal(i, TOUCH_READ) == 0) {
            struct touched t = touch(TOUCH_READ, page_address(i), 0);

            if (t.signal)
                report_failure("page %lx cannot be read: signal %d", place(page_address(i)),
                               t.signal);
            else
                check_page(i);
        }
}
