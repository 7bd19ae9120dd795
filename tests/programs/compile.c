struct node {
    struct node *next;
    int value;
};

static int table[64];

int sum(const struct node *node)
{
    int total = 0;

    for (; node; node = node->next)
        total += node->value > 0 ? node->value : -node->value;
    return total;
}

double mean(const double *values, unsigned n)
{
    double total = 0;

    for (unsigned i = 0; i < n; i++)
        total += values[i];
    return n ? total / n : 0;
}

int *place(unsigned i)
{
    return &table[i % 64];
}
