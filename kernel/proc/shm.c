/*
 * proc/shm.c - shared memory of System V: segments that are found by a key or a number
 *
 * A segment is a file without a place in the tree, as memfd.c makes them, in a list by index. An attachment
 * is an area that maps its object, so that all that forks, splits or ends areas counts attachments,
 * too. A segment that was removed stays in the list until its object is gone with the last of them.
 */
#include "proc/shm.h"

#include <asm/errno.h>
#include <asm/mman.h>
#include <linux/stat.h>
#include <stdio.h>

#include "dev/clock.h"
#include "fs/node.h"
#include "fs/tmpfs.h"
#include "mm/kheap.h"
#include "proc/process.h"

#define INDEX_BITS 15 /* of a number; above them is which segment it is that has the index */
#define INDEX_MASK ((1 << INDEX_BITS) - 1)
#define NR_TURNS   (1U << (31 - INDEX_BITS))
#define NS_PER_S   1000000000UL

struct segment {
    struct list node; /* in segments, by index */
    int id;           /* Constant */
    int32_t key;      /* IPC_PRIVATE once it was removed */
    /* Mode and owner; a reference until it was removed, with the object till its end. */
    struct node *file;
    uint64_t size;                     /* Constant: bytes, as they were asked for */
    unsigned flags;                    /* SHM_DEST: it was removed; SHM_LOCKED */
    uint32_t creator_uid, creator_gid; /* Constant */
    int creator, last;                 /* pids: of who made it, who attached or detached last */
    int64_t attach_time, detach_time, change_time; /* seconds since 1970; 0: never */
    void (*file_released)(void *node);             /* of file's object */
};

static struct list segments;
static size_t nr_segments;
static uint64_t nr_pages; /* of all, by size */
static unsigned nr_made;

static int64_t now(void)
{
    return (int64_t)(clock_realtime_ns() / NS_PER_S);
}

static int index_of(const struct segment *segment)
{
    return segment->id & INDEX_MASK;
}

static uint64_t pages_of(uint64_t size)
{
    return align_up(size, PAGE_SIZE) >> PAGE_SHIFT;
}

static struct list *all(void)
{
    if (!segments.next)
        list_init(&segments);
    return &segments;
}

static struct segment *find_id(int id)
{
    list_for_each (node, all()) {
        struct segment *segment = container_of(node, struct segment, node);
        if (segment->id == id)
            return segment;
    }
    return NULL;
}

static struct segment *find_index(int index)
{
    list_for_each (node, all()) {
        struct segment *segment = container_of(node, struct segment, node);
        if (index_of(segment) == index)
            return segment;
    }
    return NULL;
}

static struct segment *find_key(int32_t key)
{
    list_for_each (node, all()) {
        struct segment *segment = container_of(node, struct segment, node);
        if (segment->key == key && key != IPC_PRIVATE)
            return segment;
    }
    return NULL;
}

/* How many areas map it: each holds a reference, and the file does until it is removed. */
static unsigned nr_attached(const struct segment *segment)
{
    return segment->file->object->refs - (segment->flags & SHM_DEST ? 0 : 1);
}

/* wanted: bits of rwx. 0 or -EACCES. */
static int check_access(const struct segment *segment, unsigned wanted)
{
    const struct credentials *c = &process_current()->credentials;
    const struct node *file = segment->file;
    unsigned mode = file->mode;

    if (c->euid == file->uid || c->euid == segment->creator_uid)
        mode >>= 6;
    else if (credentials_have_group(c, file->gid) ||
             credentials_have_group(c, segment->creator_gid))
        mode >>= 3;
    return c->euid == 0 || !(wanted & ~mode & S_IRWXO) ? 0 : -EACCES;
}

/* Whether the running process may change it. 0 or -EPERM. */
static int check_owner(const struct segment *segment)
{
    uint32_t euid = process_current()->credentials.euid;

    return euid == 0 || euid == segment->file->uid || euid == segment->creator_uid ? 0 : -EPERM;
}

/* ---- how long it lives ------------------------------------------------------------------------ */

/* Its object is gone. */
static void released(void *owner)
{
    list_for_each (node, all()) {
        struct segment *segment = container_of(node, struct segment, node);
        if (segment->file != owner)
            continue;
        list_remove(&segment->node);
        nr_segments--;
        nr_pages -= pages_of(segment->size);
        void (*file_released)(void *) = segment->file_released;
        kfree(segment);
        file_released(owner);
        return;
    }
}

/* A file of that size that is all hole, or NULL. */
static struct node *make_file(int32_t key, uint64_t size, unsigned flags)
{
    bool promised = !(flags & SHM_NORESERVE) || commit_policy == OVERCOMMIT_NEVER;

    /* It may stay when all processes have ended, as files do. */
    if (promised && pages_of(size) > commit_left_to_files())
        return NULL;
    struct node *file = node_new(S_IFREG | (flags & (S_IRWXU | S_IRWXG | S_IRWXO)), 0);
    char *name = kmalloc(sizeof("SYSV01234567"));
    struct object *object =
        file && name ? object_create_empty(size, promised ? OBJECT_PROMISED : 0) : NULL;

    if (!object) {
        kfree(name);
        node_put(file);
        return NULL;
    }
    snprintf(name, sizeof("SYSV01234567"), "SYSV%08x", (uint32_t)key);
    node_set_name(fs_root, file, name);
    node_set_object(file, object);
    return file;
}

/* Give a new segment the lowest index that is free, and its number. */
static void enter(struct segment *segment)
{
    struct list *place = all()->next;
    int index = 0;

    for (; place != &segments; place = place->next, index++) {
        if (index_of(container_of(place, struct segment, node)) != index)
            break;
    }
    segment->id = (int)(nr_made++ % NR_TURNS) << INDEX_BITS | index;
    segment->file->inode = (uint64_t)segment->id;
    list_append(place, &segment->node);
    nr_segments++;
    nr_pages += pages_of(segment->size);
}

static int make(int32_t key, uint64_t size, unsigned flags)
{
    if (size < 1 || size > SHM_SIZE_MAX || size > FILE_SIZE_MAX)
        return -EINVAL;
    if (nr_segments >= SHM_NR_MAX)
        return -ENOSPC;
    struct segment *segment = kzalloc(sizeof(*segment));
    struct node *file = segment ? make_file(key, size, flags) : NULL;
    if (!file) {
        kfree(segment);
        return -ENOMEM;
    }
    segment->key = key;
    segment->file = file;
    segment->size = size;
    segment->creator_uid = file->uid;
    segment->creator_gid = file->gid;
    segment->creator = process_current()->pid;
    segment->change_time = now();
    segment->file_released = file->object->released;
    file->object->released = released;
    enter(segment);
    return segment->id;
}

int shm_find(int32_t key, uint64_t size, unsigned flags)
{
    const struct segment *segment = find_key(key);

    if (!segment)
        return key == IPC_PRIVATE || flags & IPC_CREAT ? make(key, size, flags) : -ENOENT;
    if (flags & IPC_CREAT && flags & IPC_EXCL)
        return -EEXIST;
    if (size > segment->size)
        return -EINVAL;
    int error = check_access(segment, flags >> 6 | flags >> 3 | flags);
    return error ? error : segment->id;
}

/* The file's reference goes; with the last attachment the object does, and then the segment. */
static void remove_segment(struct segment *segment)
{
    if (segment->flags & SHM_DEST)
        return;
    segment->key = IPC_PRIVATE;
    segment->flags |= SHM_DEST;
    node_put(segment->file);
}

int shm_remove(int id)
{
    struct segment *segment = find_id(id);
    int error = segment ? check_owner(segment) : -EINVAL;

    if (!error)
        remove_segment(segment);
    return error;
}

void shm_remove_all(void)
{
    list_for_each_safe(node, all()) remove_segment(container_of(node, struct segment, node));
}

/* ---- attachments ------------------------------------------------------------------------------ */

int64_t shm_attach(int id, vaddr_t address, unsigned flags)
{
    struct segment *segment = find_id(id);
    bool read_only = flags & SHM_RDONLY, placed = address;
    unsigned prot = PROT_READ | (read_only ? 0 : PROT_WRITE) | (flags & SHM_EXEC ? PROT_EXEC : 0);

    if (flags & SHM_RND)
        address = align_down(address, PAGE_SIZE);
    if (!segment || address % PAGE_SIZE || (!address && flags & SHM_REMAP))
        return -EINVAL;
    int error = check_access(segment, S_IROTH | (read_only ? 0 : S_IWOTH) |
                                          (flags & SHM_EXEC ? S_IXOTH : 0));
    if (error)
        return error;
    struct backing backing = {.object = segment->file->object,
                              .flags = read_only ? AREA_NOWRITE : 0};
    unsigned fixed = !placed ? 0U : flags & SHM_REMAP ? MAP_FIXED : MAP_FIXED_NOREPLACE;
    object_get(backing.object); /* and with it the segment stays while this sleeps */
    int64_t result = space_mmap(process_current()->space, address, segment->size, prot,
                                MAP_SHARED | fixed, &backing);
    if (result >= 0) {
        segment->attach_time = now();
        segment->last = process_current()->pid;
    }
    object_put(backing.object);
    return result == -EEXIST ? -EINVAL : result;
}

static bool is_segment(const struct object *object)
{
    return object->released == released;
}

int shm_detach(vaddr_t address)
{
    struct space *space = process_current()->space;

    if (address % PAGE_SIZE)
        return -EINVAL;
    struct object *object = space_find_attached(space, address, is_segment);
    if (!object)
        return -EINVAL;
    const struct node *file = object->owner;
    struct segment *segment = find_id((int)file->inode);
    segment->detach_time = now();
    segment->last = process_current()->pid;
    space_unmap_object(space, address, object);
    object_put(object);
    return 0;
}

/* ---- what is known of it ---------------------------------------------------------------------- */

static void describe(const struct segment *segment, struct shmid64_ds *status)
{
    const struct node *file = segment->file;

    *status = (struct shmid64_ds){
        .shm_perm = {.key = segment->key,
                     .uid = file->uid,
                     .gid = file->gid,
                     .cuid = segment->creator_uid,
                     .cgid = segment->creator_gid,
                     .mode = (file->mode & ~(uint32_t)S_IFMT) | segment->flags,
                     .seq = (unsigned short)(segment->id >> INDEX_BITS)},
        .shm_segsz = segment->size,
        .shm_atime = segment->attach_time,
        .shm_dtime = segment->detach_time,
        .shm_ctime = segment->change_time,
        .shm_cpid = segment->creator,
        .shm_lpid = segment->last,
        .shm_nattch = nr_attached(segment),
    };
}

int shm_status(int id, struct shmid64_ds *status)
{
    const struct segment *segment = find_id(id);
    int error = segment ? check_access(segment, S_IROTH) : -EINVAL;

    if (!error)
        describe(segment, status);
    return error;
}

int shm_status_at(int index, bool any, struct shmid64_ds *status)
{
    const struct segment *segment = find_index(index);
    int error = !segment ? -EINVAL : any ? 0 : check_access(segment, S_IROTH);

    if (error)
        return error;
    describe(segment, status);
    return segment->id;
}

int shm_change(int id, const struct ipc64_perm *wanted)
{
    struct segment *segment = find_id(id);
    int error = segment ? check_owner(segment) : -EINVAL;

    if (!error && (wanted->uid == UINT32_MAX || wanted->gid == UINT32_MAX))
        error = -EINVAL;
    if (error)
        return error;
    const uint32_t bits = S_IRWXU | S_IRWXG | S_IRWXO;
    segment->file->uid = wanted->uid;
    segment->file->gid = wanted->gid;
    segment->file->mode = (segment->file->mode & ~bits) | (wanted->mode & bits);
    segment->change_time = now();
    return 0;
}

int shm_lock(int id, bool locked)
{
    const struct process *self = process_current();
    struct segment *segment = find_id(id);
    int error = segment ? check_owner(segment) : -EINVAL;
    uint64_t most = self->limits[RLIMIT_MEMLOCK].soft;

    if (error)
        return error;
    if (self->credentials.euid != 0 && locked && segment->size > most)
        return most ? -ENOMEM : -EPERM;
    segment->flags = (segment->flags & ~(unsigned)SHM_LOCKED) | (locked ? SHM_LOCKED : 0);
    return 0;
}

int shm_info(struct shm_info *info)
{
    int highest = 0;

    *info = (struct shm_info){.used_ids = (int)nr_segments, .shm_tot = nr_pages};
    list_for_each (node, all()) {
        const struct segment *segment = container_of(node, struct segment, node);
        info->shm_rss += segment->file->object->nr_pages;
        highest = index_of(segment);
    }
    return highest;
}

/* A record is a segment, by its index; the heading goes with the first. */
int shm_show(struct text *text, uint64_t subject, uint64_t at)
{
    struct shmid64_ds status;
    const struct ipc64_perm *perm = &status.shm_perm;

    (void)subject;
    if (at == 0)
        text_print(text,
                   "       key      shmid perms                  size  cpid  lpid nattch   uid"
                   "   gid  cuid  cgid      atime      dtime      ctime                   rss"
                   "                  swap\n");
    list_for_each (node, all()) {
        const struct segment *segment = container_of(node, struct segment, node);
        if ((uint64_t)index_of(segment) < at)
            continue;
        describe(segment, &status);
        text_print(text, "%10d %10d  %4o %21lu %5u %5u  %5lu %5u %5u %5u %5u %10lu %10lu %10lu",
                   perm->key, segment->id, perm->mode, status.shm_segsz, status.shm_cpid,
                   status.shm_lpid, status.shm_nattch, perm->uid, perm->gid, perm->cuid, perm->cgid,
                   (uint64_t)status.shm_atime, (uint64_t)status.shm_dtime,
                   (uint64_t)status.shm_ctime);
        text_print(text, " %21lu %21lu\n", segment->file->object->nr_pages << PAGE_SHIFT, 0UL);
        text->next = (uint64_t)index_of(segment) + 1;
        break;
    }
    return 0;
}
