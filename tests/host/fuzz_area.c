/*
 * tests/host/fuzz_area.c - libFuzzer target for areas
 *
 * The input chooses one operation after the other; after each the model, a lookup and the search
 * for a gap must agree.
 */
#include "area_model.h"

/* runs: 20000 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    unit_input.data = data;
    unit_input.len = len;
    model_init(PAGE_SIZE);
    while (unit_input.len) {
        model_step();
        model_check();
        model_check_find(page(pick(NR_PAGES)) + pick(PAGE_SIZE));
        model_check_gap();
    }
    model_drain();
    return 0;
}
