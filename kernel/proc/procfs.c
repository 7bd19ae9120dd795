/*
 * proc/procfs.c - the tree of /proc
 *
 * What is the system's are nodes like others, made at boot. What is a process's is made up when
 * somebody looks: a node for /proc/PID and what is in it lives as long as it is used, and knows its
 * process by serial number, so that it finds none where that process is gone and another has its pid.
 *
 * Source  proc(5)
 */
#include "proc/procfs.h"

#include <asm/errno.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>

#include "fs/file.h"
#include "fs/mount.h"
#include "lib/version.h"
#include "mm/kheap.h"
#include "proc/fail_nth.h"
#include "proc/maps.h"
#include "proc/process.h"
#include "proc/shm.h"
#include "proc/status.h"
#include "proc/system.h"

#define SERIAL_SHIFT 24         /* an inode number: process, and which of its files */
#define FD_INODES    (1U << 21) /* of links in fd, from here on */
#define NUMBER_LEN   12         /* of a decimal int, with sign and NUL */

/* One file of a directory. */
struct entry {
    const char *name;
    uint32_t mode;
    const struct file_ops *ops;     /* NULL: those of its type */
    const struct node_hooks *hooks; /* of directories and links */
    struct text_kind text;          /* with text_ops */
};

static const struct node_hooks process_hooks, fd_hooks, fd_link_hooks, exe_hooks, cwd_hooks,
    root_hooks;

#define TEXT(name_, mode_, ...)                                                                    \
    {                                                                                              \
        .name = (name_), .mode = S_IFREG | (mode_), .ops = &text_ops, .text = { __VA_ARGS__ }      \
    }

static const struct entry process_files[] = {
    TEXT("cmdline", 0444, .show = cmdline_show),
    TEXT("comm", 0644, .show = comm_show, .store = comm_store),
    {.name = "cwd", .mode = S_IFLNK | 0777, .hooks = &cwd_hooks},
    TEXT("environ", 0400, .show = environ_show, .flags = TEXT_TRACED),
    {.name = "exe", .mode = S_IFLNK | 0777, .hooks = &exe_hooks},
    {.name = "fail-nth", .mode = S_IFREG | 0644, .ops = &fail_nth_ops},
    {.name = "fd", .mode = S_IFDIR | 0500, .hooks = &fd_hooks},
    TEXT("limits", 0444, .show = limits_show),
    TEXT("maps", 0444, .show = maps_show, .flags = TEXT_TRACED),
    TEXT("mountinfo", 0444, .show = mountinfo_show),
    TEXT("mounts", 0444, .show = mounts_show),
    TEXT("oom_score_adj", 0644, .show = oom_score_adj_show, .store = oom_score_adj_store),
    {.name = "pagemap", .mode = S_IFREG | 0400, .ops = &pagemap_ops},
    {.name = "root", .mode = S_IFLNK | 0777, .hooks = &root_hooks},
    TEXT("smaps", 0444, .show = smaps_show, .flags = TEXT_TRACED),
    TEXT("smaps_rollup", 0444, .show = smaps_rollup_show, .flags = TEXT_TRACED),
    TEXT("stat", 0444, .show = stat_show),
    TEXT("statm", 0444, .show = statm_show),
    TEXT("status", 0444, .show = status_show),
};

/* A regular file whose mode says so can be written. */
static unsigned flags_of(const struct entry *entry)
{
    return (entry->mode & S_IFMT) == S_IFREG && entry->mode & S_IWUSR ? NODE_WRITABLE : 0;
}

/* ---- nodes that are made up ------------------------------------------------------------------ */

/* A child of a directory. number: which it is among its process's files, 0 for their directory. */
static int make_up(struct node *parent, const struct entry *entry, const char *name,
                   uint64_t serial, unsigned number, struct node **made)
{
    char *copy = node_copy_name(name, strlen(name));
    struct node *node = copy ? node_new(entry->mode, 0) : NULL;

    *made = node;
    if (!node) {
        kfree(copy);
        return -ENOMEM;
    }
    (void)!mount_enter(parent->mount, node); /* which has no limit */
    const struct process *process = process_find_serial(serial);
    node->uid = process ? process->credentials.euid : 0;
    node->gid = process ? process->credentials.egid : 0;
    node->inode = serial << SERIAL_SHIFT | number;
    node->flags = NODE_NAMED | flags_of(entry);
    node->ops = entry->ops ? entry->ops : node->ops;
    node->hooks = entry->hooks;
    node->kind = &entry->text;
    node->subject = serial;
    node_set_name(parent, node, copy);
    return 0;
}

/* The number that a name is, as it would be printed; -1 if it is none. */
static int number_of(const char *name, size_t len)
{
    int number = 0;

    if (len == 0 || len >= NUMBER_LEN - 1 || (name[0] == '0' && len > 1))
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (name[i] < '0' || name[i] > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, name[i] - '0', &number))
            return -1;
    }
    return number;
}

/* ---- /proc/PID ------------------------------------------------------------------------------- */

static int process_lookup(struct node *directory, const char *name, size_t len, struct node **child)
{
    *child = NULL;
    if (!process_find_serial(directory->subject))
        return -ESRCH;
    for (unsigned i = 0; i < ARRAY_SIZE(process_files); i++) {
        const struct entry *entry = &process_files[i];
        if (strlen(entry->name) == len && memcmp(entry->name, name, len) == 0)
            return make_up(directory, entry, entry->name, directory->subject, i + 1, child);
    }
    return 0;
}

static bool process_list(const struct node *directory, uint64_t *at, struct node_entry *entry)
{
    if (*at >= ARRAY_SIZE(process_files) || !process_find_serial(directory->subject))
        return false;
    entry->inode = directory->subject << SERIAL_SHIFT | (*at + 1);
    entry->mode = process_files[*at].mode;
    strcpy(entry->name, process_files[*at].name);
    return true;
}

static const struct node_hooks process_hooks = {.lookup = process_lookup, .list = process_list};

static const struct entry process_directory = {.mode = S_IFDIR | 0555, .hooks = &process_hooks};

/* ---- links to files -------------------------------------------------------------------------- */

/* The process of a link that the running one may follow; NULL and *error. */
static struct process *traced(const struct node *link, int *error)
{
    *error = process_check_trace(link->subject);
    if (*error == -ESRCH)
        *error = -ENOENT;
    return *error ? NULL : process_find_serial(link->subject);
}

/* Lead to a node, which may be NULL: there is none. */
static int lead_to(struct node *node, struct node **target)
{
    if (!node)
        return -ENOENT;
    node_get(node);
    *target = node;
    return 0;
}

static int exe_follow(struct node *link, struct node **target)
{
    int error;
    const struct process *process = traced(link, &error);

    return process ? lead_to(process->program.file, target) : error;
}

static int cwd_follow(struct node *link, struct node **target)
{
    int error;
    const struct process *process = traced(link, &error);

    if (!process)
        return error;
    return lead_to(process->space ? fd_table_directory(&process->files) : NULL, target);
}

static int root_follow(struct node *link, struct node **target)
{
    int error;
    const struct process *process = traced(link, &error);

    return process ? lead_to(process->space ? fs_root : NULL, target) : error;
}

static int fd_follow(struct node *link, struct node **target)
{
    int error;
    const struct process *process = traced(link, &error);

    if (!process)
        return error;
    const struct file *file = fd_peek(&process->files, number_of(link->name, strlen(link->name)));
    return lead_to(file ? file->node : NULL, target);
}

/* What the link leads to, by its path. */
static ssize_t read_target(struct node *link, char *to, size_t size)
{
    struct node *target;

    mutex_lock(&fs_lock);
    ssize_t result = link->hooks->follow(link, &target);
    mutex_unlock(&fs_lock);
    if (result)
        return result;
    result = node_path(target, to, size);
    node_put(target);
    return result;
}

static const struct node_hooks exe_hooks = {.follow = exe_follow, .read_link = read_target};
static const struct node_hooks cwd_hooks = {.follow = cwd_follow, .read_link = read_target};
static const struct node_hooks root_hooks = {.follow = root_follow, .read_link = read_target};
static const struct node_hooks fd_link_hooks = {.follow = fd_follow, .read_link = read_target};

/* ---- /proc/PID/fd ---------------------------------------------------------------------------- */

static int fd_lookup(struct node *directory, const char *name, size_t len, struct node **child)
{
    struct entry link = {.mode = S_IFLNK, .hooks = &fd_link_hooks};
    int fd = number_of(name, len), error;
    const struct process *process = traced(directory, &error);
    const struct file *file = process ? fd_peek(&process->files, fd) : NULL;
    char number[NUMBER_LEN];

    *child = NULL;
    if (!file)
        return error == -EACCES ? error : 0;
    link.mode |= file_readable(file) ? S_IRUSR | S_IXUSR : 0U;
    link.mode |= file_writable(file) ? S_IWUSR | S_IXUSR : 0U;
    snprintf(number, sizeof(number), "%d", fd);
    error = make_up(directory, &link, number, directory->subject, FD_INODES + (unsigned)fd, child);
    if (!error)
        (*child)->kind = NULL; /* the entry is gone soon, and has no text */
    return error;
}

static bool fd_list(const struct node *directory, uint64_t *at, struct node_entry *entry)
{
    int error;
    const struct process *process = traced(directory, &error);

    for (; process && *at < process->files.nr_slots; ++*at) {
        if (!fd_peek(&process->files, (int64_t)*at))
            continue;
        entry->inode = directory->subject << SERIAL_SHIFT | (FD_INODES + *at);
        entry->mode = S_IFLNK;
        snprintf(entry->name, sizeof(entry->name), "%lu", *at);
        return true;
    }
    return false;
}

static const struct node_hooks fd_hooks = {.lookup = fd_lookup, .list = fd_list};

/* ---- /proc ----------------------------------------------------------------------------------- */

static int make_process(struct node *proc, const struct process *process, struct node **made)
{
    char number[NUMBER_LEN];

    snprintf(number, sizeof(number), "%d", process->pid);
    return make_up(proc, &process_directory, number, process->serial, 0, made);
}

static int proc_lookup(struct node *proc, const char *name, size_t len, struct node **child)
{
    int pid = number_of(name, len);
    const struct process *process = pid > 0 ? process_find(pid) : NULL;

    *child = NULL;
    return process ? make_process(proc, process, child) : 0;
}

static bool proc_list(const struct node *proc, uint64_t *at, struct node_entry *entry)
{
    const struct process *process = *at <= PID_MAX ? process_find_from((int)*at) : NULL;

    (void)proc;
    if (!process)
        return false;
    *at = (uint64_t)process->pid;
    entry->inode = process->serial << SERIAL_SHIFT;
    entry->mode = process_directory.mode;
    snprintf(entry->name, sizeof(entry->name), "%d", process->pid);
    return true;
}

static int self_follow(struct node *link, struct node **target)
{
    return make_process(link->parent, process_current(), target);
}

static ssize_t self_read(struct node *link, char *to, size_t size)
{
    (void)link;
    return snprintf(to, size, "%d", process_current()->pid);
}

static const struct node_hooks proc_hooks = {.lookup = proc_lookup, .list = proc_list};
static const struct node_hooks self_hooks = {.follow = self_follow, .read_link = self_read};

static const struct entry system_files[] = {
    TEXT("buddyinfo", 0444, .show = buddyinfo_show),
    TEXT("cpuinfo", 0444, .show = cpuinfo_show),
    TEXT("filesystems", 0444, .show = filesystems_show),
    TEXT("iomem", 0444, .show = iomem_show),
    TEXT("loadavg", 0444, .show = loadavg_show),
    TEXT("meminfo", 0444, .show = meminfo_show),
    {.name = "self", .mode = S_IFLNK | 0777, .hooks = &self_hooks},
    TEXT("stat", 0444, .show = system_stat_show),
    TEXT("uptime", 0444, .show = uptime_show),
    TEXT("version", 0444,
         .fixed = SYSTEM_NAME " version " SYSTEM_RELEASE " (compiler " __VERSION__
                              ") " SYSTEM_VERSION "\n"),
    TEXT("vmstat", 0444, .show = vmstat_show),
};

static const struct entry vm_files[] = {
    TEXT("max_map_count", 0644, .show = max_map_count_show, .store = max_map_count_store,
         .flags = TEXT_WHOLE),
    TEXT("mmap_min_addr", 0444, .show = mmap_min_addr_show, .flags = TEXT_WHOLE),
    TEXT("overcommit_memory", 0644, .show = overcommit_memory_show,
         .store = overcommit_memory_store, .flags = TEXT_WHOLE),
};

static const struct entry ipc_files[] = {
    TEXT("shm", 0444, .show = shm_show),
};

#define STRING(n)  STRING_(n)
#define STRING_(n) #n

/* All that is fixed here. */
static const struct entry kernel_files[] = {
    TEXT("hostname", 0444, .fixed = SYSTEM_NODE "\n"),
    TEXT("osrelease", 0444, .fixed = SYSTEM_RELEASE "\n"),
    TEXT("ostype", 0444, .fixed = SYSTEM_NAME "\n"),
    TEXT("pid_max", 0444, .fixed = STRING(PID_MAX) "\n", .flags = TEXT_WHOLE),
    TEXT("randomize_va_space", 0444, .fixed = "0\n", .flags = TEXT_WHOLE),
    TEXT("shmall", 0444, .show = shmmax_show, .flags = TEXT_WHOLE),
    TEXT("shmmax", 0444, .show = shmmax_show, .flags = TEXT_WHOLE),
    TEXT("shmmni", 0444, .fixed = STRING(SHM_NR_MAX) "\n", .flags = TEXT_WHOLE),
    TEXT("version", 0444, .fixed = SYSTEM_VERSION "\n"),
};

static struct node *make_directory(struct node *parent, const char *name)
{
    return parent ? node_create(parent, name, strlen(name), S_IFDIR | 0555, 0) : NULL;
}

/* Make files that stay. False: out of memory. */
static bool make_files(struct node *parent, const struct entry *entries, size_t nr)
{
    for (size_t i = 0; parent && i < nr; i++) {
        const struct entry *entry = &entries[i];
        struct node *node = node_create(parent, entry->name, strlen(entry->name), entry->mode, 0);
        if (!node)
            return false;
        node->flags |= flags_of(entry);
        node->ops = entry->ops;
        node->hooks = entry->hooks;
        node->kind = &entry->text;
    }
    return parent;
}

static bool make_link(struct node *parent, const char *name, const char *target)
{
    struct node *link = node_create(parent, name, strlen(name), S_IFLNK | 0777, 0);

    if (link)
        link->link = node_copy_name(target, strlen(target));
    return link && link->link;
}

static bool make_all(struct node *root)
{
    struct node *sys = make_directory(root, "sys");

    return sys && make_files(root, system_files, ARRAY_SIZE(system_files)) &&
           make_link(root, "mounts", "self/mounts") &&
           make_files(make_directory(root, "sysvipc"), ipc_files, ARRAY_SIZE(ipc_files)) &&
           make_files(make_directory(sys, "vm"), vm_files, ARRAY_SIZE(vm_files)) &&
           make_files(make_directory(sys, "kernel"), kernel_files, ARRAY_SIZE(kernel_files));
}

/* What there is to hide from whom (hidepid, gid) is not here. */
static int procfs_make(struct mount *mount, char *options)
{
    struct node *root = options && *options ? NULL : node_new(S_IFDIR | 0555, 0);

    if (!root)
        return options && *options ? -EINVAL : -ENOMEM;
    root->uid = root->gid = 0;
    root->hooks = &proc_hooks;
    (void)!mount_enter(mount, root); /* which has no limit */
    if (make_all(root)) {
        mount->root = root;
        return 0;
    }
    node_remove_below(root);
    node_put(root);
    return -ENOMEM;
}

static const struct file_system procfs_type = {
    .name = "proc", .magic = PROC_SUPER_MAGIC, .make = procfs_make};

INIT_ONCE int procfs_init(void)
{
    struct node *directory = make_directory(fs_root, "proc");

    mount_add_type(&procfs_type);
    if (!directory)
        return -ENOMEM;
    node_get(directory);
    int error = mount_add("proc", "proc", directory, MS_KERNMOUNT | MS_RELATIME, NULL);
    node_put(directory);
    return error;
}
