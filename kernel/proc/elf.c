/*
 * proc/elf.c - map a program's segments
 *
 * A segment is a private mapping of the file, and anonymous memory where it is longer than its
 * part of the file. Nothing is read but headers: the pages come when they are touched. The file
 * may say anything; every number in it is checked before it is used.
 */
#include "proc/elf.h"

#include <asm/errno.h>
#include <asm/mman.h>
#include <linux/elf.h>
#include <linux/resource.h>
#include <string.h>

#include "fs/node.h"
#include "mm/kheap.h"

#define PIE_BASE         0x555555554000UL
#define PROGRAM_END      (USER_END - _STK_LIM - STACK_GUARD_GAP)
#define MAX_HEADERS_SIZE 65536UL

/* The program headers, in memory of their own. */
struct headers {
    Elf64_Ehdr file;
    Elf64_Phdr *program; /* [file.e_phnum] */
};

static bool header_is_valid(const Elf64_Ehdr *h)
{
    return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 && h->e_ident[EI_CLASS] == ELFCLASS64 &&
           h->e_ident[EI_DATA] == ELFDATA2LSB && h->e_machine == EM_X86_64 &&
           (h->e_type == ET_EXEC || h->e_type == ET_DYN) && h->e_phentsize == sizeof(Elf64_Phdr) &&
           h->e_phnum > 0 && h->e_phnum * sizeof(Elf64_Phdr) <= MAX_HEADERS_SIZE;
}

static int read_headers(const struct object *file, struct headers *headers)
{
    Elf64_Ehdr *h = &headers->file;

    if (file->size < sizeof(*h))
        return -ENOEXEC;
    object_read(file, 0, h, sizeof(*h));
    if (!header_is_valid(h))
        return -ENOEXEC;
    size_t size = h->e_phnum * sizeof(Elf64_Phdr);
    if (h->e_phoff > file->size || size > file->size - h->e_phoff)
        return -ENOEXEC;
    headers->program = kmalloc(size);
    if (!headers->program)
        return -ENOMEM;
    object_read(file, h->e_phoff, headers->program, size);
    return 0;
}

/* Whether the segment's numbers make sense by themselves. */
static bool segment_is_valid(const Elf64_Phdr *p, const struct object *file)
{
    return p->p_filesz <= p->p_memsz && p->p_offset <= file->size &&
           p->p_filesz <= file->size - p->p_offset &&
           p->p_offset % PAGE_SIZE == p->p_vaddr % PAGE_SIZE;
}

/* Check all segments before the first is mapped: ascending, disjoint, below the stack. */
static int check_segments(const struct headers *headers, const struct object *file, vaddr_t base)
{
    vaddr_t end = 0; /* of the segment before */
    bool any = false;

    for (size_t i = 0; i < headers->file.e_phnum; i++) {
        const Elf64_Phdr *p = &headers->program[i];
        if (p->p_type != PT_LOAD || p->p_memsz == 0)
            continue;
        if (!segment_is_valid(p, file))
            return -ENOEXEC;
        if (p->p_vaddr > PROGRAM_END - base || p->p_memsz > PROGRAM_END - base - p->p_vaddr)
            return -ENOMEM;
        vaddr_t start = base + p->p_vaddr;
        if (any && start < end)
            return -ENOEXEC;
        if (start < USER_START)
            return -ENOEXEC;
        end = start + p->p_memsz;
        any = true;
    }
    return any ? 0 : -ENOEXEC;
}

/* An interpreter is a dynamic linker: none is supported, and normally none is there. */
static int check_interpreter(const struct headers *headers, const struct object *file)
{
    for (size_t i = 0; i < headers->file.e_phnum; i++) {
        const Elf64_Phdr *p = &headers->program[i];
        char path[NAME_LEN_MAX + 1] = "";
        struct node *node;
        if (p->p_type != PT_INTERP)
            continue;
        if (!p->p_filesz || p->p_filesz >= sizeof(path) || p->p_offset > file->size ||
            p->p_filesz > file->size - p->p_offset)
            return -ENOEXEC;
        object_read(file, p->p_offset, path, p->p_filesz);
        if (path_lookup(fs_root, path, 0, &node) < 0)
            return -ENOENT;
        node_put(node);
        return -ENOEXEC;
    }
    return 0;
}

static unsigned prot_of(const Elf64_Phdr *p)
{
    return (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) |
           (p->p_flags & PF_X ? PROT_EXEC : 0);
}

static int map_segment(struct space *space, struct object *file, const Elf64_Phdr *p, vaddr_t base)
{
    vaddr_t start = base + p->p_vaddr, file_end = start + p->p_filesz;
    vaddr_t first = align_down(start, PAGE_SIZE), end = align_up(start + p->p_memsz, PAGE_SIZE);
    vaddr_t middle = p->p_filesz ? align_up(file_end, PAGE_SIZE) : first;
    unsigned prot = prot_of(p);
    int error = 0;

    if (middle > first)
        error =
            space_replace(space, first, middle, prot, 0, file, align_down(p->p_offset, PAGE_SIZE));
    if (!error && end > middle)
        error = space_replace(space, middle, end, prot, 0, NULL, 0);
    return error;
}

/* The part of the last page of the file that belongs to bss. */
static int clear_tail(struct space *space, const Elf64_Phdr *p, vaddr_t base)
{
    vaddr_t file_end = base + p->p_vaddr + p->p_filesz;
    size_t len = MIN(-file_end % PAGE_SIZE, p->p_memsz - p->p_filesz);

    if (!len || !p->p_filesz || !(p->p_flags & PF_W))
        return 0;
    return space_write(space, file_end, frame_address(zero_frame), len) < 0 ? -ENOMEM : 0;
}

/* Segments ascend. Linux, fs/binfmt_elf.c, for what counts as code and as data. */
static void note_segment(struct elf_image *image, const Elf64_Phdr *p, vaddr_t base)
{
    vaddr_t start = base + p->p_vaddr;

    if (p->p_flags & PF_X) {
        image->code_start = image->code_end ? image->code_start : start;
        image->code_end = start + p->p_filesz;
    }
    image->data_start = start;
    image->data_end = start + p->p_filesz;
    image->end = align_up(start + p->p_memsz, PAGE_SIZE);
}

static int map_all(struct space *space, struct object *file, const struct headers *headers,
                   vaddr_t base, struct elf_image *image)
{
    const Elf64_Ehdr *h = &headers->file;
    int error = 0;

    *image = (struct elf_image){.entry = base + h->e_entry, .nr_headers = h->e_phnum};
    for (size_t i = 0; i < h->e_phnum && !error; i++) {
        const Elf64_Phdr *p = &headers->program[i];
        if (p->p_type != PT_LOAD || p->p_memsz == 0)
            continue;
        mutex_lock(&space->lock);
        error = map_segment(space, file, p, base);
        mutex_unlock(&space->lock);
        if (!error)
            error = clear_tail(space, p, base);
        note_segment(image, p, base);
        if (h->e_phoff >= p->p_offset && h->e_phoff < p->p_offset + p->p_filesz)
            image->headers = base + p->p_vaddr + (h->e_phoff - p->p_offset);
    }
    return error;
}

int elf_load(struct space *space, struct object *file, struct elf_image *image)
{
    struct headers headers;
    int error = read_headers(file, &headers);
    if (error)
        return error;

    vaddr_t base = headers.file.e_type == ET_DYN ? PIE_BASE : 0;
    error = check_interpreter(&headers, file);
    if (!error)
        error = check_segments(&headers, file, base);
    if (!error)
        error = map_all(space, file, &headers, base, image);
    kfree(headers.program);
    return error;
}
