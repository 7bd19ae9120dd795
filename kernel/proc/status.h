/*
 * proc/status.h - what is to be known of a process, as files: generators for struct text_kind
 */
#ifndef PROC_STATUS_H
#define PROC_STATUS_H

#include "proc/text.h"

/* status.c */
int status_show(struct text *text, uint64_t subject, uint64_t at);
int stat_show(struct text *text, uint64_t subject, uint64_t at);
int statm_show(struct text *text, uint64_t subject, uint64_t at);

/* strings.c */
int cmdline_show(struct text *text, uint64_t subject, uint64_t at);
int environ_show(struct text *text, uint64_t subject, uint64_t at);
int comm_show(struct text *text, uint64_t subject, uint64_t at);
ssize_t comm_store(uint64_t subject, const char *input, size_t len, uint64_t offset);
int limits_show(struct text *text, uint64_t subject, uint64_t at);
int oom_score_adj_show(struct text *text, uint64_t subject, uint64_t at);
ssize_t oom_score_adj_store(uint64_t subject, const char *input, size_t len, uint64_t offset);

#endif
