/*
 * tests/guest/max_map_count.c - /proc/sys/vm/max_map_count: how many areas a process may have, and
 * what each call says where there are no more
 *
 * The limit is set to what the process has and some more ("room"). Linux refuses a new mapping
 * when there are already more than the limit, a split when there are as many, and mremap some
 * before that.
 */
#include "memory.h"

#define NAME    "/proc/sys/vm/max_map_count"
#define DEFAULT 65530

static long set_limit(const char *text)
{
    int fd = open(NAME, O_WRONLY);
    long result = fd < 0 ? -errno : raw(SYS_write, fd, text, strlen(text));

    close(fd);
    return result;
}

static long get_limit(void)
{
    return strtol(proc_text(NAME), NULL, 10);
}

/* Areas of this process; [vsyscall] is none. */
static long count_areas(void)
{
    long nr = 0;
    char *text = proc_text("/proc/self/maps");

    for (char *at = text; (at = strchr(at, '\n')); at++)
        nr++;
    return nr - (strstr(text, "[vsyscall]") != NULL);
}

static void set_room(long room)
{
    char text[32];

    snprintf(text, sizeof(text), "%ld", count_areas() + room);
    if (set_limit(text) != (long)strlen(text))
        bail_out("%s cannot be written", NAME);
}

static void lift(void)
{
    set_limit("65530");
}

static void check_file(void)
{
    is_str(proc_text(NAME), "65530\n", "the default");
    is_long(set_limit("70000\n"), 6, "it can be written");
    is_str(proc_text(NAME), "70000\n", "... and read");
    is_long(set_limit("123"), 3, "... without a newline");
    is_long(get_limit(), 123, "... too");
    is_long(set_limit("-1"), -EINVAL, "not with a negative number");
    is_long(set_limit("abc"), -EINVAL, "nor with a word");
    is_long(set_limit("99999999999999999999"), -EINVAL, "nor with a number too large");
    is_long(get_limit(), 123, "... it stays");
    lift();
    is_long(get_limit(), DEFAULT, "the default again");
}

/* Map single pages, none beside another, until there is an error; returns how many. */
static long map_until(long *error)
{
    long nr = 0;

    do {
        *error = map(FREE + (1000 + 2 * nr) * (long)PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
        nr += *error > 0;
    } while (*error > 0 && nr < 1000);
    raw(SYS_munmap, FREE + 1000 * PAGE, 2000 * PAGE);
    return nr;
}

static void check_mmap(void)
{
    char *p = fixed(FREE, 2, RW);
    long error;

    for (long room = 0; room < 12; room += 5) {
        set_room(room);
        is_long(map_until(&error), room + 1, "room for %ld: one more can be mapped", room);
        is_long(error, -ENOMEM, "... then ENOMEM");
    }
    set_room(-1);
    is_long(map(p + 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM,
            "over the limit even what would join its neighbour");
    is_long(map(p, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM, "... or replace it");
    is_long(map(NULL, PAGE, RW, SHARED, -1, 0), -ENOMEM, "... or shared memory");
    is_str(rights(p, 3), "ww-", "... nothing has changed");
    is_long(raw(SYS_munmap, p, 2 * PAGE), 0, "munmap of a whole area is possible");
    lift();
}

static void check_munmap(void)
{
    char *p = fixed(FREE, 8, RW);

    set_room(0);
    is_long(raw(SYS_munmap, p + 2 * PAGE, PAGE), -ENOMEM, "no room: munmap in the middle");
    is_str(rights(p, 8), "wwwwwwww", "... nothing has changed");
    is_long(raw(SYS_munmap, p + 7 * PAGE, PAGE), 0, "... at the end it is possible");
    is_long(raw(SYS_munmap, p, PAGE), 0, "... and at the start");
    is_str(rights(p, 8), "-wwwwww-", "... it is done");
    set_room(-1);
    is_long(raw(SYS_munmap, p + 6 * PAGE, PAGE), 0, "... also over the limit");
    set_room(1);
    is_long(raw(SYS_munmap, p + 2 * PAGE, PAGE), 0, "room for one: in the middle");
    is_str(rights(p, 8), "-w-www--", "... it is done");
    set_room(0);
    is_long(raw(SYS_munmap, p + PAGE, 3 * PAGE), 0, "no room: of one area and part of another");
    is_str(rights(p, 8), "----ww--", "... it is done");
    lift();
    fixed(p, 3, RW);
    fixed(p + 3 * PAGE, 3, PROT_READ);
    set_room(0);
    is_long(raw(SYS_munmap, p + PAGE, 4 * PAGE), 0, "no room: of parts of two areas");
    is_str(rights(p, 7), "w----r-", "... it is done");
    lift();
    fixed(p, 6, RW);
    set_room(0);
    is_long(map(p + 2 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0), -ENOMEM,
            "no room: MAP_FIXED in the middle");
    is_str(rights(p, 6), "wwwwww", "... nothing has changed");
    set_room(1);
    is_long(map(p + 2 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0), (long)(p + 2 * PAGE),
            "room for one: MAP_FIXED in the middle");
    is_str(rights(p, 6), "wwrwww", "... it is done");
    lift();
    unmap(p, 8);
}

/* Every call that splits an area in three: with room for none, for one and for both. */
static void check_split(const char *name, long (*call)(char *, unsigned long), long error,
                        const char *after)
{
    char *p = fixed(FREE, 6, RW);

    set_room(0);
    is_long(call(p + 2 * PAGE, 2 * PAGE), error, "no room: %s in the middle", name);
    is_str(areas(p, 6), "0-6 rw-p", "... nothing has changed");
    is_long(call(p + 4 * PAGE, 2 * PAGE), error, "... nor at the end");
    is_long(call(p, 2 * PAGE), error, "... nor at the start");
    is_str(rights(p, 6), "wwwwww", "... nothing has changed");
    is_long(call(p, 6 * PAGE), 0, "... but all of it is possible");
    lift();
    fixed(p, 6, RW);
    set_room(1);
    is_long(call(p + 2 * PAGE, 2 * PAGE), error, "room for one: %s in the middle", name);
    is_str(rights(p, 6), "wwwwww", "... nothing has changed");
    lift();
    fixed(p, 6, RW);
    set_room(1);
    is_long(call(p + 4 * PAGE, 2 * PAGE), 0, "... at the end it is possible");
    lift();
    fixed(p, 6, RW);
    set_room(2);
    is_long(call(p + 2 * PAGE, 2 * PAGE), 0, "room for two: %s in the middle", name);
    is_str(areas(p, 6), after, "... it is done");
    lift();
    unmap(p, 6);
}

static long do_mprotect(char *address, unsigned long len)
{
    return raw(SYS_mprotect, address, len, PROT_READ);
}

static long do_mlock(char *address, unsigned long len)
{
    return raw(SYS_mlock, address, len);
}

static long do_dontfork(char *address, unsigned long len)
{
    return raw(SYS_madvise, address, len, MADV_DONTFORK);
}

/* A range of which a part can be done and the rest cannot. */
static void check_partial(void)
{
    char *p = fixed(FREE, 2, PROT_NONE);

    fixed(p + 2 * PAGE, 4, RW);
    set_room(0);
    is_long(raw(SYS_mprotect, p, 4 * PAGE, PROT_READ), -ENOMEM,
            "no room: mprotect of an area and part of the next");
    is_str(rights(p, 6), "rrwwww", "... the first is done");
    is_long(raw(SYS_mprotect, p, 2 * PAGE, RW), 0, "... what joins its neighbours is possible");
    is_str(rights(p, 6), "wwwwww", "... and done");
    lift();
    unmap(p, 6);
}

/* MREMAP_MAYMOVE alone: the place is sought, what lies behind is in the way of growing. */
static long do_move(char *p)
{
    return raw(SYS_mremap, p, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE);
}

static long do_move_fixed(char *p)
{
    return raw(SYS_mremap, p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, FREE + 512 * PAGE);
}

static void check_move(const char *name, long (*call)(char *), long enough)
{
    char *p = FREE;
    long room, result = 0;

    for (room = 0; room < 20; room++) {
        fixed(p, 2, RW);
        fixed(p + 2 * PAGE, 1, PROT_READ);
        mark(p, 2, 'a');
        set_room(room);
        result = call(p);
        lift();
        if (result != -ENOMEM || strcmp(contents(p, 3), "ab0") != 0)
            break;
    }
    is_long(room, enough, "%s needs room for %ld, else nothing changes", name, enough);
    ok(result > 0, "... and then is possible");
    raw(SYS_munmap, FREE, 600 * PAGE);
    if (result > 0)
        raw(SYS_munmap, result, 3 * PAGE);
}

static void check_mremap_in_place(void)
{
    char *p = fixed(FREE, 4, RW);

    set_room(0);
    is_long(raw(SYS_mremap, p, 4 * PAGE, 2 * PAGE, 0), (long)p, "no room: mremap shrinks");
    is_long(raw(SYS_mremap, p, 2 * PAGE, 6 * PAGE, 0), (long)p, "... and grows in place");
    is_long(raw(SYS_mremap, p, 3 * PAGE, 2 * PAGE, 0), -ENOMEM, "... makes no hole");
    is_str(rights(p, 7), "wwwwww-", "... nothing has changed by that");
    lift();
    unmap(p, 6);
}

static void check_brk(void)
{
    char *old = sbrk(0);

    sbrk(16);
    set_room(0);
    is_long(raw(SYS_brk, old + 8 * PAGE), (long)(old + 8 * PAGE), "no room: the break grows");
    set_room(-1);
    is_long(raw(SYS_brk, old + 16 * PAGE), (long)(old + 8 * PAGE), "over the limit it does not");
    is_long(raw(SYS_brk, old), (long)old, "... but shrinks");
    is_long(in_child(0), EXITED(0), "... and there can be children");
    is_str(touch(launder((uintptr_t)&old - 64 * PAGE), PROT_WRITE), "ok",
           "... and the stack grows");
    lift();
}

int main(void)
{
    tap_flush();
    check_file();
    check_mmap();
    check_munmap();
    check_split("mprotect", do_mprotect, -ENOMEM, "0-2 rw-p, 2-4 r--p, 4-6 rw-p");
    check_split("mlock", do_mlock, -ENOMEM, "0-2 rw-p, 2-4 rw-p, 4-6 rw-p");
    check_split("MADV_DONTFORK", do_dontfork, -EAGAIN, "0-2 rw-p, 2-4 rw-p, 4-6 rw-p");
    check_partial();
    check_move("mremap to any place", do_move, 4);
    check_move("mremap to a place", do_move_fixed, 6);
    check_mremap_in_place();
    check_brk();
    return done_testing();
}
