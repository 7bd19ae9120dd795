/*
 * tests/sequences/mapping.c - the steps that change what is mapped where: mmap, munmap, mprotect, mremap,
 * brk, and the limits they keep to
 */
#include "steps.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "draw.h"
#include "maps.h"
#include "model.h"
#include "raw.h"
#include "report.h"

#define PROT_ALL     (PROT_READ | PROT_WRITE | PROT_EXEC)
#define HEAP_RIGHTS  (PROT_READ | PROT_WRITE)
#define NO_SUCH_FLAG 0x10000000UL /* of mmap, ignored but with MAP_SHARED_VALIDATE */
#define MAX_OFFSET   12           /* pages */

static int is_error(long result)
{
    return result < 0 && result > -4096;
}

/* Both as pages of the windows; what lies elsewhere must not come from the kernel. */
static int index_of_result(const char *call, long result)
{
    int index = page_index((uintptr_t)result);

    if (index < 0) {
        report_failure("%s gave an address outside the windows: %lx", call, result);
        report_die("the address space is not what it was");
    }
    return index;
}

/* ---- mmap --------------------------------------------------------------------------------------- */

struct mmap_call {
    uintptr_t address;
    size_t len;
    unsigned prot;
    unsigned long flags;
    int fd;
    uint64_t offset;
    int object; /* NO_OBJECT: anonymous */
    int maywrite;
};

static void draw_backing(struct mmap_call *call)
{
    enum { ANON, SHARED_ANON, PRIVATE_FILE, SHARED_FILE };
    static const struct choice backings[] = {
        {ANON, 50}, {SHARED_ANON, 10}, {PRIVATE_FILE, 20}, {SHARED_FILE, 20}};
    static const struct choice files[] = {
        {FD_FILE, 38}, {FD_FILE_READ, 8}, {FD_FILE_WRITE, 3}, {FD_MEMFD, 38}, {FD_PROGRAM, 13}};
    long backing = DRAW_CHOICE(backings);

    if (backing == SHARED_ANON && !object_fits(call->len / PAGE + 1))
        backing = ANON;
    call->fd = -1;
    call->object = NO_OBJECT;
    call->flags |= backing == ANON || backing == PRIVATE_FILE ? MAP_PRIVATE
                   : draw_chance(90)                          ? MAP_SHARED
                                                              : MAP_SHARED_VALIDATE;
    if (backing == ANON || backing == SHARED_ANON) {
        call->flags |= MAP_ANONYMOUS;
        call->maywrite = 1;
        return;
    }
    const struct descriptor *d = &descriptor[DRAW_CHOICE(files)];
    call->fd = d->fd;
    call->object = d->object;
    call->maywrite = d == &descriptor[FD_FILE] || d == &descriptor[FD_MEMFD];
    call->offset = draw_below(MAX_OFFSET) * PAGE;
}

static void draw_flags(struct mmap_call *call)
{
    static const struct {
        unsigned long flag;
        unsigned percent;
    } extra[] = {{MAP_NORESERVE, 6}, {MAP_POPULATE, 8},  {MAP_NONBLOCK, 2},
                 {MAP_STACK, 2},     {MAP_GROWSDOWN, 4}, {MAP_LOCKED, 3},
                 {MAP_32BIT, 4},     {MAP_DENYWRITE, 1}, {NO_SUCH_FLAG, 1}};

    for (size_t i = 0; i < sizeof(extra) / sizeof(extra[0]); i++)
        if (draw_chance(extra[i].percent))
            call->flags |= extra[i].flag;
}

/*
 * Linux 6.1 looks for room below the guard gap of an area that grows down, but only if the first gap it
 * comes to is right below that area; so where an address is chosen by the kernel is not determined by
 * any rule while there is one.
 */
static void draw_placement(struct mmap_call *call)
{
    static const struct choice placements[] = {
        {MAP_FIXED, 50}, {MAP_FIXED_NOREPLACE, 10}, {0, 25}, {-1, 15}};
    long placement = DRAW_CHOICE(placements);

    if (placement <= 0 && model_has_growsdown())
        placement = MAP_FIXED_NOREPLACE;
    if (placement == -1)
        call->address = 0;
    else
        call->flags |= (unsigned long)placement;
}

/* What is wrong with few calls; what they would do if it were right must be harmless too. */
static void spoil(struct mmap_call *call)
{
    switch (draw_below(7)) {
    case 0:
        call->fd = CLOSED_FD;
        break;
    case 1:
        call->offset += 1 + draw_below(PAGE - 1);
        break;
    case 2:
        call->offset = (uint64_t)-PAGE;
        break;
    case 3:
        call->flags &= ~(unsigned long)MAP_TYPE;
        break;
    case 4:
        call->prot |= 0x40;
        break;
    case 5:
        call->offset = (1UL << 63) - PAGE;
        break;
    default:
        /* An address in the last page is an errno that Linux returns. */
        if (call->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) && call->address < -PAGE)
            call->address += 1 + draw_below(PAGE - 1);
    }
}

static void follow_mmap(const struct mmap_call *call, int first)
{
    int nr = (int)((call->len + PAGE - 1) / PAGE);
    struct page like = {.prot = call->prot & PROT_ALL,
                        .shared = (call->flags & MAP_TYPE) != MAP_PRIVATE,
                        .maywrite = (uint8_t)call->maywrite,
                        .growsdown = !!(call->flags & MAP_GROWSDOWN),
                        .object = (int16_t)call->object,
                        .offset = (uint32_t)(call->offset / PAGE)};

    if (call->flags & MAP_ANONYMOUS) {
        like.object = NO_OBJECT;
        like.offset = 0;
    }
    like.lock = (uint8_t)model_future_lock;
    if ((call->flags & MAP_LOCKED) && !like.lock)
        like.lock = LOCK_NOW;
    if ((call->flags & MAP_ANONYMOUS) && like.shared)
        like.object = (int16_t)(object_new((uint64_t)nr) - board->object);
    model_map(first, nr, &like);
    if (like.lock || (call->flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE)
        model_populate(first, nr, POPULATE_ANY);
}

void step_mmap(void)
{
    struct range range = draw_range(RANGE_VERY_LONG);
    struct mmap_call call = {.address = range.address, .len = range.len, .prot = draw_prot()};

    draw_placement(&call);
    draw_flags(&call);
    draw_backing(&call);
    if (draw_chance(4))
        spoil(&call);
    long r = raw(SYS_mmap, call.address, call.len, call.prot, call.flags, call.fd, call.offset);

    note("mmap %lx + %lx, prot %lx, flags %lx, object %ld, offset %lx = %lx", place(call.address),
         call.len, call.prot, call.flags, call.fd == CLOSED_FD ? CLOSED_FD : call.object,
         call.offset, place((uintptr_t)r));
    if (!is_error(r))
        follow_mmap(&call, index_of_result("mmap", r));
}

/* ---- munmap, mprotect --------------------------------------------------------------------------- */

void step_munmap(void)
{
    struct range range = draw_range(RANGE_VERY_LONG);
    long r = raw(SYS_munmap, range.address, range.len);

    note("munmap %lx + %lx = %ld", place(range.address), range.len, r);
    if (r == 0)
        model_unmap(range.first, range.nr);
}

/* Where an area begins, as everybody can see; -1 where only the kernel knows. */
static int known_area_start(int index)
{
    while (page[index - 1].mapped && page[index - 1].area == page[index].area)
        index--;
    return page_is_visibly_continued(index - 1) ? -1 : index;
}

static unsigned draw_new_prot(const struct range *range)
{
    unsigned prot = draw_prot();

    if (draw_chance(2))
        prot |= 0x40;
    if (draw_chance(1))
        prot |= PROT_GROWSUP;
    if (draw_chance(3) && range->nr > 0 && page[range->first].mapped &&
        known_area_start(range->first) >= 0)
        prot |= PROT_GROWSDOWN;
    return prot;
}

void step_mprotect(void)
{
    struct range range = draw_range(RANGE_WRAPS);
    unsigned prot = draw_new_prot(&range);
    long r = raw(SYS_mprotect, range.address, range.len, prot);

    note("mprotect %lx + %lx, prot %lx = %ld", place(range.address), range.len, prot, r);
    if (r == 0 && range.nr > 0) {
        if (prot & PROT_GROWSDOWN) {
            int start = known_area_start(range.first);

            range.nr += range.first - start;
            range.first = start;
        }
        model_split(range.first, range.nr);
        for (int i = range.first; i < range.first + range.nr; i++)
            model_protect(i, prot & PROT_ALL);
    } else if (r != 0)
        maps_follow();
}

/* ---- mremap -------------------------------------------------------------------------------------- */

struct mremap_call {
    uintptr_t old;
    size_t old_len, new_len;
    unsigned long flags;
    uintptr_t new; /* MREMAP_FIXED, MREMAP_DONTUNMAP */
    int first, nr;
};

static int is_locked(int first, int nr)
{
    for (int i = first; i < first + nr; i++)
        if (page[i].lock)
            return 1;
    return 0;
}

/*
 * Only Linux knows whether neighbours that could be one area are one: the range ends where
 * everybody can see that they are not, or before it gets there.
 */
static int known_nr_pages(int first, int nr)
{
    int known = page[first].mapped ? pages_surely_in_one_area(first, nr) : 1;

    return known < nr && !page_is_visibly_continued(first + known - 1) ? nr : known;
}

static void draw_new_place(struct mremap_call *call)
{
    int to = draw_page();
    int most = pages_to_window_end(to);

    call->new = page_address(to);
    if (call->new_len > (size_t)most * PAGE)
        call->new_len = (size_t)most * PAGE;
    if (draw_chance(5))
        call->new += 8;
}

static void draw_mremap_flags(struct mremap_call *call)
{
    static const struct choice flags[] = {{0, 20},
                                          {MREMAP_MAYMOVE, 45},
                                          {MREMAP_MAYMOVE | MREMAP_FIXED, 22},
                                          {MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 6},
                                          {MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, 4},
                                          {MREMAP_FIXED, 1},
                                          {MREMAP_DONTUNMAP, 1},
                                          {8, 1}};

    call->flags = (unsigned long)DRAW_CHOICE(flags);
    if ((call->flags & MREMAP_MAYMOVE) && model_has_growsdown())
        call->flags |= MREMAP_FIXED;
    /* Linux takes the lock off the whole area if only a part of it moves. */
    if ((call->flags & MREMAP_DONTUNMAP) && is_locked(call->first, call->nr))
        call->flags &= ~(unsigned long)MREMAP_DONTUNMAP;
    if ((call->flags & MREMAP_DONTUNMAP) && draw_chance(80))
        call->new_len = call->old_len;
    if (call->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
        draw_new_place(call);
}

static void draw_mremap(struct mremap_call *call)
{
    static const size_t hostile[] = {0, 1UL << 47, 1UL << 62, (size_t)-1, (size_t)-PAGE};

    call->first = draw_mapped_page();
    call->nr = known_nr_pages(call->first, draw_nr_pages(call->first));
    call->old = page_address(call->first);
    call->old_len = (size_t)call->nr * PAGE;
    call->new_len = (size_t)draw_nr_pages(call->first) * PAGE;
    if (draw_chance(8)) {
        call->nr = 0;
        call->old_len = 0;
    } else if (draw_chance(10))
        call->old_len -= draw_below(PAGE);
    if (draw_chance(3))
        call->old += 1 + draw_below(PAGE - 1);
    draw_mremap_flags(call);
    if (draw_chance(3))
        call->new_len = hostile[draw_below(5)];
    if (draw_chance(1)) {
        call->nr = 0;
        call->old_len = hostile[1 + draw_below(4)];
    }
}

static void follow_move(const struct mremap_call *call, int to, int nr_new)
{
    static struct page moved[NR_PAGES];
    int nr = call->nr < nr_new ? call->nr : nr_new;
    struct page like = page[call->first];

    for (int i = 0; i < nr; i++)
        moved[i] = page[call->first + i];
    if (call->nr > 0 && !(call->flags & MREMAP_DONTUNMAP))
        model_unmap(call->first, call->nr);
    for (int i = call->first; i < call->first + nr && (call->flags & MREMAP_DONTUNMAP); i++)
        page[i].own = page[i].lazy = page[i].vague = 0;
    model_map(to, nr_new, &like);
    for (int i = 0; i < nr; i++) {
        moved[i].area = page[to].area;
        page[to + i] = moved[i];
    }
    if (like.lock)
        model_populate(to + nr, nr_new - nr, POPULATE_ANY);
}

static void follow_resize(const struct mremap_call *call, int nr_new)
{
    int end = call->first + call->nr;

    if (nr_new < call->nr) {
        model_unmap(call->first + nr_new, call->nr - nr_new);
    } else if (nr_new > call->nr) {
        struct page like = page[end - 1];
        uint32_t area = like.area;

        like.offset++;
        model_map(end, nr_new - call->nr, &like);
        for (int i = end; i < call->first + nr_new; i++)
            page[i].area = area;
        if (like.lock)
            model_populate(end, nr_new - call->nr, POPULATE_ANY);
    }
}

void step_mremap(void)
{
    struct mremap_call call = {0};

    draw_mremap(&call);
    long r = raw(SYS_mremap, call.old, call.old_len, call.new_len, call.flags, call.new);

    note("mremap %lx + %lx to + %lx, flags %lx, %lx = %lx", place(call.old), call.old_len,
         call.new_len, call.flags, place(call.new), place((uintptr_t)r));
    if (is_error(r)) {
        maps_follow();
        return;
    }
    int to = index_of_result("mremap", r);
    int nr_new = (int)((call.new_len + PAGE - 1) / PAGE);
    /* What MREMAP_FIXED replaces is gone first. */
    if (to == call.first && call.nr > 0 && !(call.flags & MREMAP_FIXED))
        follow_resize(&call, nr_new);
    else
        follow_move(&call, to, nr_new);
}

/* ---- brk and limits ------------------------------------------------------------------------------ */

static uintptr_t draw_break(void)
{
    static const uintptr_t hostile[] = {0, 1, (uintptr_t)-1, 1UL << 46, 1UL << 47, 1UL << 63};
    uintptr_t base = window[WINDOW_HEAP].base;

    if (draw_chance(6))
        return hostile[draw_below(6)];
    if (draw_chance(3))
        return base - 1 - draw_below(2 * PAGE);
    /* A little more or less, or anywhere, also a little past the window. */
    if (draw_chance(60))
        return model_brk + draw_below(6 * PAGE) -
               (model_brk - base > 3 * PAGE ? 3 * PAGE : model_brk - base);
    return base + draw_below((unsigned)(window[WINDOW_HEAP].nr + 2) * PAGE);
}

void step_brk(void)
{
    uintptr_t wanted = draw_break();
    uintptr_t got = (uintptr_t)raw(SYS_brk, wanted);
    const struct window *heap = &window[WINDOW_HEAP];
    int old = (int)((model_brk - heap->base + PAGE - 1) / PAGE);
    int new = (int)((got - heap->base + PAGE - 1) / PAGE);
    struct page like = {.prot = HEAP_RIGHTS, .object = NO_OBJECT};

    note("brk %lx = %lx", place(wanted), place(got));
    if (got != wanted && got != model_brk)
        report_failure("brk: neither the new break nor the old");
    if (got - heap->base > (uintptr_t)heap->nr * PAGE)
        report_die("the break is outside its window");
    model_brk = got;
    like.lock = (uint8_t)model_future_lock;
    if (new < old)
        model_unmap(heap->first + new, old - new);
    if (new > old) {
        model_map(heap->first + old, new - old, &like);
        if (like.lock)
            model_populate(heap->first + old, new - old, POPULATE_ANY);
    }
}

/* How far from what is in use a limit is set says all; how much that is differs between kernels. */
void step_limit(void)
{
    unsigned resource = draw_chance(50) ? RLIMIT_AS : RLIMIT_DATA;
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    unsigned more = draw_below(40) * (unsigned)PAGE + draw_below(2) * draw_below(PAGE);
    int lift = draw_chance(50);

    if (!lift)
        limit.rlim_cur =
            (resource == RLIMIT_AS ? maps_total_pages() : maps_data_pages()) * PAGE + more;
    long r = raw(SYS_prlimit64, 0, resource, &limit, 0);

    note("limit %ld, lift %ld, + %lx = %ld", resource, lift, lift ? 0 : more, r);
}
