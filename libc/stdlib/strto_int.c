/*
 * stdlib/strto_int.c - text to integers
 */
#include <stdint.h>
#define CHAR     char
#define FUNCTION __strto_int
#include "internal/strto_int_body.h"
