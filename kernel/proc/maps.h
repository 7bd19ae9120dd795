/*
 * proc/maps.h - a process's memory as files: generators for struct text_kind, and a kind of file
 */
#ifndef PROC_MAPS_H
#define PROC_MAPS_H

#include "proc/process.h"
#include "proc/text.h"

int maps_show(struct text *text, uint64_t subject, uint64_t at);
int smaps_show(struct text *text, uint64_t subject, uint64_t at);
int smaps_rollup_show(struct text *text, uint64_t subject, uint64_t at);

extern const struct file_ops pagemap_ops;

#endif
