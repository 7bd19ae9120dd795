/*
 * tests/host/area_random.c - random operations on areas against a sorted array
 *
 * After each step every area, its neighbours and the tree's summaries are compared; then some
 * addresses are looked up and some gaps searched, the answer being the highest place that a search
 * page by page finds. argv[1]: seed.
 */
#include "area_model.h"

#define NR_STEPS 20000

static void run(const char *name, vaddr_t base)
{
    model_init(base);
    for (int i = 0; i < NR_STEPS; i++) {
        model_step();
        model_check();
        for (int k = 0; k < 3; k++) {
            model_check_find(page(pick(NR_PAGES)) + pick(PAGE_SIZE));
            model_check_gap();
        }
        if (pick(2000) == 0)
            model_drain();
    }
    model_drain();
    test_ok(true, "%s: %d random steps agree with the model", name, NR_STEPS);
}

int main(int argc, char **argv)
{
    unit_seed(argc, argv);
    run("at the start of user space", PAGE_SIZE);
    run("across 4 GiB", GIB(4) - 80 * PAGE_SIZE);
    run("at the end of user space", 0x7ffffffff000 - NR_PAGES * PAGE_SIZE);
    return test_end();
}
