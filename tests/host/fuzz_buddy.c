/*
 * tests/host/fuzz_buddy.c - libFuzzer target for the buddy allocator
 *
 * The input chooses the number of frames and then one operation after the other; the model and
 * buddy_check() see every state.
 */
#include "buddy_model.h"

/* runs: 6000 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    unit_input.data = data;
    unit_input.len = len;
    model_init(1 + pick(200));
    while (unit_input.len) {
        model_step(10);
        model_check();
    }
    model_put_all();
    model_check();
    return 0;
}
