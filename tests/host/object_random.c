/*
 * tests/host/object_random.c - random operations on memory objects against arrays of bytes
 *
 * Pages are made, written, cut off, punched out, held and read, with allocations that fail; after
 * each step sizes, contents, references and promises are compared. argv[1]: seed.
 */
#include "object_model.h"

#define NR_ROUNDS 200
#define NR_STEPS  150

int main(int argc, char **argv)
{
    unit_seed(argc, argv);
    model_init();
    for (int round = 0; round < NR_ROUNDS; round++) {
        for (int i = 0; i < NR_STEPS; i++) {
            model_step();
            model_check();
        }
        model_drain();
    }
    test_ok(m.nr_owned > NR_ROUNDS / 10, "%d random steps agree with the model",
            NR_ROUNDS * NR_STEPS);
    return test_end();
}
