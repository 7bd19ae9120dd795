/*
 * tests/host/buddy_random.c - random operations on the buddy allocator against a plain model
 *
 * Frames are added in ragged pieces while others are out; every refusal is checked against the
 * model, so that a block that could have been joined and was not is found at once. argv[1]: seed.
 */
#include "buddy_model.h"

#define NR_STEPS 12000

static void run(const char *name, size_t nr_frames, unsigned nr_adds)
{
    model_init(nr_frames);
    if (nr_adds == 0)
        model_add(nr_frames > 1, nr_frames);
    for (int i = 0; i < NR_STEPS; i++) {
        model_step(nr_adds);
        if (i % 8 == 0 || nr_frames < 100)
            model_check();
    }
    test_ok(true, "%s: %d random steps agree with the model", name, NR_STEPS);
    model_put_all();
    model_check();
    test_ok(m.buddy.nr_free == m.buddy.nr_managed, "%s: all put, all free", name);
    test_ok(model_lists_agree(), "%s: all put, all joined again", name);
}

int main(int argc, char **argv)
{
    unit_seed(argc, argv);
    run("all frames at once", MAX_FRAMES, 0);
    run("frames added in pieces", MAX_FRAMES, 5);
    run("a whole number of blocks", 4096, 0);
    run("few frames", 37, 2);
    return test_end();
}
