/*
 * proc/system.h - the system's state as files: generators for struct text_kind
 */
#ifndef PROC_SYSTEM_H
#define PROC_SYSTEM_H

#include "proc/text.h"

/* memory.c */
int meminfo_show(struct text *text, uint64_t subject, uint64_t at);
int vmstat_show(struct text *text, uint64_t subject, uint64_t at);
int buddyinfo_show(struct text *text, uint64_t subject, uint64_t at);
int iomem_show(struct text *text, uint64_t subject, uint64_t at);

/* system.c */
int uptime_show(struct text *text, uint64_t subject, uint64_t at);
int loadavg_show(struct text *text, uint64_t subject, uint64_t at);
int system_stat_show(struct text *text, uint64_t subject, uint64_t at);

/* mounts.c */
int mounts_show(struct text *text, uint64_t subject, uint64_t at);
int mountinfo_show(struct text *text, uint64_t subject, uint64_t at);
int filesystems_show(struct text *text, uint64_t subject, uint64_t at);

/* cpuinfo.c */
int cpuinfo_show(struct text *text, uint64_t subject, uint64_t at);

/* setting.c: /proc/sys */
int overcommit_memory_show(struct text *text, uint64_t subject, uint64_t at);
ssize_t overcommit_memory_store(uint64_t subject, const char *input, size_t len, uint64_t offset);
int max_map_count_show(struct text *text, uint64_t subject, uint64_t at);
ssize_t max_map_count_store(uint64_t subject, const char *input, size_t len, uint64_t offset);
int shmmax_show(struct text *text, uint64_t subject, uint64_t at);
int mmap_min_addr_show(struct text *text, uint64_t subject, uint64_t at);

#endif
