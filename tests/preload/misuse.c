/*
 * tests/preload/misuse.c CASE - misuse of libloammalloc: prints what must be said about it, then does it
 *
 * Without a case the number of cases is printed.
 */
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect(const char *text, const void *address)
{
    printf("malloc: %s 0x%lx\n", text, (unsigned long)(uintptr_t)address);
    fflush(stdout);
}

/* The compiler is not to see where a pointer comes from. */
static char *hide(void *block)
{
    __asm__ volatile("" : "+r"(block));
    return block;
}

static void *free_it(void *block)
{
    free(block);
    return NULL;
}

static void free_in_thread(void *block)
{
    pthread_t thread;

    pthread_create(&thread, NULL, free_it, block);
    pthread_join(thread, NULL);
}

static void twice(size_t size)
{
    char *block = hide(malloc(size));

    free(block);
    expect("double free of", block);
    free(hide(block));
}

static void other_thread_first(void)
{
    char *block = hide(malloc(100));

    free_in_thread(block);
    expect("double free of", block);
    free(hide(block));
}

static void other_thread_second(void)
{
    char *block = hide(malloc(100));

    free(block);
    expect("double free of", block);
    free_in_thread(hide(block));
}

static void interior(void)
{
    char *block = hide(malloc(100));

    expect("free of a pointer malloc never gave:", block + 16);
    free(hide(block + 16));
}

static void on_stack(void)
{
    char local[64];

    expect("free of a pointer malloc never gave:", local);
    free(hide(local));
}

static void freed_resized(void)
{
    char *block = hide(malloc(100));

    free(block);
    expect("realloc of a freed block:", block);
    block = realloc(hide(block), 200);
}

static void overflow(void)
{
    char *block = hide(malloc(100));

    block[100] = 0;
    expect("write outside of", block);
    free(hide(block));
}

static void overflow_checked(void)
{
    char *block = hide(malloc(2000));

    block[2000] = 0;
    expect("write outside of", block);
    block = realloc(hide(block), 3000);
}

int main(int argc, char **argv)
{
    enum { NR_CASES = 12 };

    if (argc < 2) {
        printf("%d\n", NR_CASES);
        return 0;
    }
    switch (atoi(argv[1])) {
    case 0:
        twice(1);
        break;
    case 1:
        twice(64);
        break;
    case 2:
        twice(5000);
        break;
    case 3:
        twice(100000);
        break;
    case 4:
        twice(4 << 20);
        break;
    case 5:
        other_thread_first();
        break;
    case 6:
        other_thread_second();
        break;
    case 7:
        interior();
        break;
    case 8:
        on_stack();
        break;
    case 9:
        freed_resized();
        break;
    case 10:
        overflow();
        break;
    default:
        overflow_checked();
        break;
    }
    return 0;
}
