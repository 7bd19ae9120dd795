/*
 * fs/node_test.h - a tree of files of a test's own
 */
#ifndef FS_NODE_TEST_H
#define FS_NODE_TEST_H

#include "fs/node.h"

/* From here on fs_root is a new, empty directory; afterwards it is the old one, and the new tree is
 * freed. */
void node_test_begin(void);
void node_test_end(void);

/* A directory, regular file (empty) or symbolic link in directory parent. */
struct node *node_test_directory(struct node *parent, const char *name);
struct node *node_test_file(struct node *parent, const char *name);
struct node *node_test_link(struct node *parent, const char *name, const char *target);

#endif
