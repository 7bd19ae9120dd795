/*
 * tests/sequences/maps.c - /proc/self/maps against the model, and the space around the windows
 *
 * Normal form: neighbours with equal rights, sharing, flags and backing are one line. Linux may keep
 * them apart, for the sake of its anon_vma or because nobody tried to merge them; that is its own affair.
 */
#include "maps.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model.h"
#include "raw.h"
#include "report.h"

#define LOWEST          PAGE
#define BELOW_STACK     (64 * PAGE) /* stays free; nothing is put there, within the stack's guard gap */
#define RESERVE_FLAGS   (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE)
#define MIN_MAP_ADDRESS 0x10000UL /* where /proc/sys/vm/mmap_min_addr is on both kernels */

struct map map[NR_MAPS];

static char text[1 << 20];

/* ---- reading ----------------------------------------------------------------------------------- */

static size_t read_all(const char *name)
{
    long fd = raw(SYS_open, name, O_RDONLY);
    size_t len = 0;

    if (fd < 0)
        report_die(name);
    for (long n; (n = raw(SYS_read, fd, text + len, sizeof(text) - 1 - len)) != 0; len += (size_t)n)
        if (n < 0)
            report_die(name);
    raw(SYS_close, fd);
    text[len] = 0;
    return len;
}

static uint64_t number(const char **s, unsigned base)
{
    uint64_t value = 0;

    for (;; (*s)++) {
        unsigned c = (unsigned char)**s;
        unsigned digit = c - '0' < 10 ? c - '0' : (c | 32) - 'a' < 6 ? (c | 32) - 'a' + 10 : 99;

        if (digit >= base)
            return value;
        value = value * base + digit;
    }
}

/* start-end rwxp offset major:minor inode path */
static void parse_map(struct map *m, const char *s)
{
    m->start = number(&s, 16);
    s++;
    m->end = number(&s, 16);
    s++;
    m->prot = (s[0] == 'r' ? PROT_READ : 0) | (s[1] == 'w' ? PROT_WRITE : 0) |
              (s[2] == 'x' ? PROT_EXEC : 0);
    m->shared = s[3] == 's';
    s += 5;
    m->offset = number(&s, 16) / PAGE;
    s++;
    uint64_t device = number(&s, 16) << 8;
    s++;
    device |= number(&s, 16);
    s++;
    m->inode = number(&s, 10) | device << 32;
    m->flags = 0;
    if (!m->inode)
        m->offset = 0;
}

static const char *line_end(const char *s)
{
    const char *end = strchr(s, '\n');

    return end ? end + 1 : s + strlen(s);
}

int maps_read(void)
{
    int nr = 0;

    read_all("/proc/self/maps");
    for (const char *s = text; *s && nr < NR_MAPS; s = line_end(s))
        parse_map(&map[nr++], s);
    return nr;
}

static unsigned parse_flags(const char *s)
{
    static const struct {
        char word[3];
        unsigned flag;
    } words[] = {{"lo", FLAG_LOCKED},     {"gd", FLAG_GROWSDOWN}, {"dc", FLAG_DONTFORK},
                 {"wf", FLAG_WIPEONFORK}, {"dd", FLAG_DONTDUMP},  {"sr", FLAG_SEQUENTIAL},
                 {"rr", FLAG_RANDOM}};
    unsigned flags = 0;

    for (; s[0] == ' ' && s[1] > ' '; s += 3)
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            if (s[1] == words[i].word[0] && s[2] == words[i].word[1])
                flags |= words[i].flag;
    return flags;
}

int smaps_read(void)
{
    int nr = 0;

    read_all("/proc/self/smaps");
    for (const char *s = text; *s && nr < NR_MAPS; s = line_end(s))
        if ((*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'f'))
            parse_map(&map[nr++], s);
        else if (nr > 0 && memcmp(s, "VmFlags:", 8) == 0)
            map[nr - 1].flags = parse_flags(s + 8);
    return nr;
}

size_t maps_total_pages(void)
{
    const char *s = text;

    read_all("/proc/self/statm");
    return number(&s, 10);
}

size_t maps_data_pages(void)
{
    read_all("/proc/self/status");
    const char *s = strstr(text, "VmData:");

    if (!s)
        report_die("/proc/self/status has no VmData");
    for (s += 7; *s == ' ' || *s == '\t'; s++)
        ;
    return number(&s, 10) * 1024 / PAGE;
}

/* ---- the space around the windows ---------------------------------------------------------------- */

static void reserve(uintptr_t start, uintptr_t end)
{
    if (start >= end)
        return;
    long r = raw(SYS_mmap, start, end - start, PROT_NONE, RESERVE_FLAGS, -1, 0);

    if (r != (long)start && start >= MIN_MAP_ADDRESS)
        report_die("the space around the windows cannot be reserved");
}

/* [start, end) is free: reserve it, but for the windows, which lie in ascending order of w[]. */
static void reserve_gap(uintptr_t start, uintptr_t end)
{
    static const enum window_name ascending[] = {WINDOW_HEAP, WINDOW_LOW, WINDOW_HIGH};

    if (start < MIN_MAP_ADDRESS && end > MIN_MAP_ADDRESS) {
        /* Root may map there on Linux, and kernel-chosen addresses lie there if all else is full. */
        reserve(start, MIN_MAP_ADDRESS);
        start = MIN_MAP_ADDRESS;
    }
    for (int i = 0; i < NR_WINDOWS; i++) {
        const struct window *w = &window[ascending[i]];
        uintptr_t window_end = w->base + (uintptr_t)w->nr * PAGE;

        if (w->base >= end || window_end <= start)
            continue;
        if (w->base < start || window_end > end)
            report_die("a window is not free");
        reserve(start, w->base);
        start = window_end;
    }
    reserve(start, end);
}

void maps_reserve(void)
{
    int nr = maps_read();
    uintptr_t free = LOWEST;
    uintptr_t stack = (uintptr_t)&nr;

    for (int i = 0; i < nr && map[i].start <= stack; i++) {
        reserve_gap(free, map[i].end > stack ? map[i].start - BELOW_STACK : map[i].start);
        free = map[i].end;
    }
}

/* ---- against the model --------------------------------------------------------------------------- */

static const struct map none;

/*
 * Call visit for every page of the windows with its line of the nr in map[], &none for a hole.
 */
static void for_each_page(int nr, void (*visit)(int index, const struct map *m))
{
    for (int w = 0; w < NR_WINDOWS; w++) {
        int at = 0;

        for (int i = 0; i < window[w].nr; i++) {
            uintptr_t address = window[w].base + (uintptr_t)i * PAGE;

            while (at < nr && map[at].end <= address)
                at++;
            visit(window[w].first + i, at < nr && map[at].start <= address ? &map[at] : &none);
        }
    }
}

static void follow_page(int index, const struct map *m)
{
    struct page *p = &page[index];

    if (!m->end && p->mapped)
        model_unmap(index, 1);
    else if (m->end && p->mapped && p->prot != m->prot) {
        model_split(index, 1);
        model_protect(index, m->prot);
    } else if (m->end && !p->mapped && !model_grow_down(index))
        report_failure("page %lx is mapped", place(page_address(index)));
}

void maps_follow(void)
{
    for_each_page(maps_read(), follow_page);
}

static int object_of_inode(uint64_t inode)
{
    for (int i = 0; i < board->nr_objects; i++)
        if (board->object[i].inode == inode)
            return i;
    return NO_OBJECT;
}

static int is_mapping_as_modelled(int index, const struct map *m)
{
    const struct page *p = &page[index];
    uint64_t skipped = (page_address(index) - m->start) / PAGE;

    if (!m->end || !p->mapped)
        return !m->end && !p->mapped;
    if (m->prot != p->prot || m->shared != p->shared || !m->inode != (p->object == NO_OBJECT))
        return 0;
    if (!m->inode)
        return 1;
    if (m->offset + skipped != p->offset)
        return 0;
    if (object_of_inode(m->inode) == NO_OBJECT && !board->object[p->object].inode)
        board->object[p->object].inode = m->inode;
    return board->object[p->object].inode == m->inode;
}

static int are_flags_as_modelled(int index, const struct map *m)
{
    const struct page *p = &page[index];

    return !(m->flags & FLAG_LOCKED) == !p->lock && !(m->flags & FLAG_GROWSDOWN) == !p->growsdown &&
           !(m->flags & FLAG_DONTFORK) == !p->dontfork &&
           !(m->flags & FLAG_WIPEONFORK) == !p->wipeonfork;
}

/* The line that is being put together from pages; nr 0: none. */
static struct {
    struct map map;
    int index, nr;
} line;

static void note_line(void)
{
    if (line.nr > 0)
        note("  map %lx + %ld: prot %ld, shared %ld, object %ld + %ld, flags %lx",
             place(page_address(line.index)), line.nr, line.map.prot, line.map.shared,
             page[line.index].object, page[line.index].offset, line.map.flags);
    line.nr = 0;
}

static void check_page(int index, const struct map *m)
{
    if (!is_mapping_as_modelled(index, m))
        report_failure(
            "page %lx: prot %d %c inode %lu offset %lu, not %d %d %c object %d offset %u",
            place(page_address(index)), m->prot, m->shared ? 's' : 'p', m->inode, m->offset,
            page[index].mapped, page[index].prot, page[index].shared ? 's' : 'p',
            page[index].object, page[index].offset);
    else if (m->end && !are_flags_as_modelled(index, m))
        report_failure("page %lx: flags %x, not lock %d, growsdown %d, dontfork %d, wipe %d",
                       place(page_address(index)), m->flags, page[index].lock,
                       page[index].growsdown, page[index].dontfork, page[index].wipeonfork);
    if (!m->end || line.nr == 0 || !page_is_visibly_continued(index - 1) ||
        line.map.flags != m->flags)
        note_line();
    if (!m->end)
        return;
    if (line.nr++ == 0) {
        line.map = *m;
        line.index = index;
    }
}

void maps_check(void)
{
    for_each_page(smaps_read(), check_page);
    note_line();
}
