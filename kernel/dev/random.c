/*
 * dev/random.c - random bytes: ChaCha20 keyed by the processor's generator and its clock
 *
 * With every request the key is replaced by output nobody saw, half of a block whose other half is
 * the first that is handed out, so that a later look at the key does not tell what was handed out
 * before.
 *
 * Source  RFC 8439 (ChaCha20); Bernstein, "Fast-key-erasure random-number generators", 2017.
 */
#include "dev/random.h"

#include <string.h>

#include "arch/cpu.h"
#include "arch/spinlock.h"

#define KEY_WORDS   8
#define BLOCK_WORDS 16
#define BLOCK_SIZE  (BLOCK_WORDS * sizeof(uint32_t))

static struct spinlock lock;
static uint32_t key[KEY_WORDS]; /* guarded by lock */

static ALWAYS_INLINE uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static ALWAYS_INLINE void quarter_round(uint32_t *x, int a, int b, int c, int d)
{
    x[a] += x[b], x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d], x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b], x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d], x[b] = rotate(x[b] ^ x[c], 7);
}

static void chacha_block(uint64_t counter, uint32_t out[BLOCK_WORDS])
{
    uint32_t in[BLOCK_WORDS] = {0x61707865, 0x3320646e, 0x79622d32,
                                0x6b206574}; /* "expand 32-byte k" */

    memcpy(in + 4, key, sizeof(key));
    in[12] = (uint32_t)counter;
    in[13] = (uint32_t)(counter >> 32);
    memcpy(out, in, BLOCK_SIZE);
    for (int i = 0; i < 10; i++) {
        quarter_round(out, 0, 4, 8, 12);
        quarter_round(out, 1, 5, 9, 13);
        quarter_round(out, 2, 6, 10, 14);
        quarter_round(out, 3, 7, 11, 15);
        quarter_round(out, 0, 5, 10, 15);
        quarter_round(out, 1, 6, 11, 12);
        quarter_round(out, 2, 7, 8, 13);
        quarter_round(out, 3, 4, 9, 14);
    }
    for (int i = 0; i < BLOCK_WORDS; i++)
        out[i] += in[i];
}

INIT_ONCE void random_init(void)
{
    for (size_t i = 0; i < KEY_WORDS; i += 2) {
        uint64_t word = 0;
        if (cpu_features.rdrand && !rdrand(&word))
            word = 0;
        word ^= rdtsc() * 0x9e3779b97f4a7c15UL;
        memcpy(&key[i], &word, sizeof(word));
    }
}

void random_fill(void *to, size_t len)
{
    uint64_t flags = spin_lock(&lock);
    uint32_t first[BLOCK_WORDS], block[BLOCK_WORDS];
    size_t done = MIN(len, BLOCK_SIZE - sizeof(key));

    key[0] ^= (uint32_t)rdtsc();
    chacha_block(0, first);
    memcpy(to, first + KEY_WORDS, done);
    for (uint64_t counter = 1; done < len; counter++) {
        size_t n = MIN(len - done, BLOCK_SIZE);
        chacha_block(counter, block);
        memcpy((char *)to + done, block, n);
        done += n;
    }
    memcpy(key, first, sizeof(key));
    spin_unlock(&lock, flags);
}
