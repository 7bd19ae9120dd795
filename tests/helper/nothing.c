/*
 * tests/helper/nothing.c - a test program that tests nothing, for tests/harness.t
 */
int main(void)
{
    return 0;
}
