/*
 * tests/host/fuzz_object.c - libFuzzer target for memory objects
 *
 * The input chooses one operation after the other, and which allocations fail; the model sees every
 * state.
 */
#include "object_model.h"

/* runs: 4000 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    unit_input.data = data;
    unit_input.len = len;
    model_init();
    while (unit_input.len) {
        model_step();
        model_check();
    }
    model_drain();
    return 0;
}
