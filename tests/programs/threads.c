/*
 * tests/programs/threads.c - 64 threads that take turns, with what pthreads have: mutexes, condition
 * variables, barriers, locks for readers and writers, data of each thread, cancellation, signals
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NR_THREADS 64
#define NR_ROUNDS  10

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t places;
static __thread int own;
static int turn, nr_once, nr_destroyed, written, nr_inside, most_inside;

static void count_once(void)
{
    nr_once++;
}

static void destroy(void *data)
{
    __atomic_fetch_add(&nr_destroyed, 1, __ATOMIC_SEQ_CST);
    free(data);
}

static void take_turns(int id)
{
    for (int round = 0; round < NR_ROUNDS; round++) {
        pthread_mutex_lock(&mutex);
        while (turn % NR_THREADS != id)
            pthread_cond_wait(&changed, &mutex);
        turn++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
        char *block = malloc(1000 + (size_t)id);
        memset(block, id, 1000);
        free(block);
    }
}

static void read_and_write(void)
{
    pthread_rwlock_rdlock(&rwlock);
    int seen = written;
    pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_wrlock(&rwlock);
    written += seen >= 0;
    pthread_rwlock_unlock(&rwlock);
}

/* No more than eight at a time. */
static void go_inside(void)
{
    sem_wait(&places);
    int n = __atomic_add_fetch(&nr_inside, 1, __ATOMIC_SEQ_CST);
    sched_yield();
    pthread_mutex_lock(&mutex);
    if (n > most_inside)
        most_inside = n;
    pthread_mutex_unlock(&mutex);
    __atomic_sub_fetch(&nr_inside, 1, __ATOMIC_SEQ_CST);
    sem_post(&places);
}

static void *run(void *argument)
{
    int *data = malloc(sizeof(*data));

    own = *data = (int)(long)argument;
    pthread_setspecific(key, data);
    pthread_once(&once, count_once);
    take_turns(own);
    pthread_barrier_wait(&barrier);
    read_and_write();
    go_inside();
    return (void *)(long)(own + *(int *)pthread_getspecific(key));
}

static void *sleep_for_ever(void *argument)
{
    (void)argument;
    for (;;)
        pause();
    return NULL;
}

static volatile sig_atomic_t nr_signals;

static void note(int signal)
{
    (void)signal;
    nr_signals++;
}

static void *wait_for_signal(void *argument)
{
    (void)argument;
    while (!nr_signals)
        usleep(1000);
    return NULL;
}

int main(void)
{
    static pthread_t threads[NR_THREADS];
    pthread_t one;
    long sum = 0;
    void *result;
    int status;

    pthread_key_create(&key, destroy);
    pthread_barrier_init(&barrier, NULL, NR_THREADS);
    sem_init(&places, 0, 8);
    for (long i = 0; i < NR_THREADS; i++) {
        if (pthread_create(&threads[i], NULL, run, (void *)i) != 0)
            return 1;
    }
    for (int i = 0; i < NR_THREADS; i++) {
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    printf("%d turns, sum %ld, once %d, destroyed %d, written %d\n", turn, sum, nr_once,
           nr_destroyed, written);
    printf("inside at most eight: %s\n", most_inside >= 1 && most_inside <= 8 ? "yes" : "no");

    pthread_create(&one, NULL, sleep_for_ever, NULL);
    pthread_cancel(one);
    pthread_join(one, &result);
    printf("cancelled: %s\n", result == PTHREAD_CANCELED ? "yes" : "no");

    signal(SIGUSR1, note);
    pthread_create(&one, NULL, wait_for_signal, NULL);
    pthread_kill(one, SIGUSR1);
    pthread_join(one, NULL);
    printf("signals: %d\n", (int)nr_signals);

    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        pthread_create(&one, NULL, wait_for_signal, NULL);
        pthread_join(one, NULL);
        printf("a child has threads of its own\n");
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, &status, 0);
    printf("status %d\n", status);

    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    pthread_mutex_lock(&mutex);
    time.tv_nsec += 5000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    int error = pthread_cond_timedwait(&changed, &mutex, &time);
    pthread_mutex_unlock(&mutex);
    printf("timed out: %s\n", error == ETIMEDOUT ? "yes" : "no");
    return 0;
}
