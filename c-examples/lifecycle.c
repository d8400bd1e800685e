// The rest of the interface: calls that do not wait, or not for long; a job's own error; close, cancel, counts; and how
// mistakes are answered. Prints each call with its answer and what holds after it. Anything that is not as
// jobring.h says is marked with a "!", and makes the exit status 1.

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobring.h"

#define MS UINT64_C(1000000) // in nanoseconds

static int surprises;

// Shows a call with the answer that it must have, and what must hold after it.
#define EXPECT(answer, call) show((call) == (answer), #call, #answer)
#define HOLDS(condition) show((condition), #condition, "")

static void show(bool as_expected, const char *what, const char *answer)
{
    int width = answer[0] == '\0' ? 0 : 78;
    printf("%c %-*s%s\n", as_expected ? ' ' : '!', width, what, answer);
    surprises += !as_expected;
}

// What jobs can be told to do.
enum task { DOUBLE, FAIL, WAIT, JOIN, DESTROY };

struct job {
    enum task task;
    int32_t number;
};

// What all jobs share: `user` of the configuration.
struct shared {
    jobring_pool *pool;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool waiting;  // a job of the kind WAIT has begun
    bool released; // and may end
};

static void set(struct shared *shared, bool *flag, bool value)
{
    pthread_mutex_lock(&shared->mutex);
    *flag = value;
    pthread_cond_broadcast(&shared->changed);
    pthread_mutex_unlock(&shared->mutex);
}

static void await(struct shared *shared, const bool *flag)
{
    pthread_mutex_lock(&shared->mutex);
    while (!*flag) {
        pthread_cond_wait(&shared->changed, &shared->mutex);
    }
    pthread_mutex_unlock(&shared->mutex);
}

static int32_t run(const jobring_worker *worker, void *user, const void *argument, void *result)
{
    struct shared *shared = user;
    const struct job *job = argument;
    switch (job->task) {
    case DOUBLE:
        *(int32_t *)result = job->number * 2;
        return 0;
    case FAIL:
        return job->number;
    case WAIT:
        set(shared, &shared->waiting, true);
        await(shared, &shared->released);
        *(int32_t *)result = jobring_worker_is_cancelled(worker);
        return 0;
    case JOIN:
        return jobring_pool_join(shared->pool);
    case DESTROY:
        return jobring_pool_destroy(shared->pool);
    }
    return -1;
}

static jobring_config configuration(struct shared *shared)
{
    jobring_config config = {
        .size = sizeof config,
        .workers = 1,
        .capacity = 3,
        .job_size = sizeof(struct job),
        .result_size = sizeof(int32_t),
        .run = run,
        .user = shared,
        .name = "lifecycle",
    };
    return config;
}

// A new pool of one worker, which is busy with a job of the kind WAIT.
static jobring_pool *busy_pool(struct shared *shared)
{
    struct job wait = {.task = WAIT};
    jobring_config config = configuration(shared);
    set(shared, &shared->waiting, false);
    set(shared, &shared->released, false);
    if (jobring_pool_create(&config, &shared->pool) != JOBRING_OK ||
        jobring_pool_submit(shared->pool, &wait, NULL) != JOBRING_OK) {
        fprintf(stderr, "lifecycle: no pool\n");
        exit(EXIT_FAILURE);
    }
    await(shared, &shared->waiting);
    return shared->pool;
}

static void mistakes(struct shared *shared)
{
    printf("\nMistakes have answers, and nothing is left behind:\n");
    jobring_pool *pool = NULL;
    jobring_config good = configuration(shared), bad;
    EXPECT(JOBRING_ERR_NULL, jobring_pool_create(NULL, &pool));
    EXPECT(JOBRING_ERR_NULL, jobring_pool_create(&good, NULL));
#define CREATE_WITH(field, value) (bad = good, bad.field = (value), jobring_pool_create(&bad, &pool))
    EXPECT(JOBRING_ERR_NULL, CREATE_WITH(run, NULL));
    EXPECT(JOBRING_ERR_STRUCT_SIZE, CREATE_WITH(size, 0));
    EXPECT(JOBRING_ERR_WORKERS, CREATE_WITH(workers, 0));
    EXPECT(JOBRING_ERR_CAPACITY, CREATE_WITH(capacity, 0));
    EXPECT(JOBRING_ERR_JOB_SIZE, CREATE_WITH(job_size, 0));
    EXPECT(JOBRING_ERR_NO_MEMORY, CREATE_WITH(job_size, SIZE_MAX / 2));
    HOLDS(pool == NULL);
    EXPECT(JOBRING_ERR_NULL, jobring_pool_submit(NULL, &good, NULL));
    EXPECT(JOBRING_ERR_NULL, jobring_pool_submit_batch(NULL, &good, 1, NULL, NULL));
    EXPECT(JOBRING_ERR_NULL, jobring_pool_close(NULL));
    EXPECT(JOBRING_OK, jobring_pool_destroy(NULL));
}

static void full_and_empty(struct shared *shared)
{
    printf("\nA full pool, with 3 slots; close:\n");
    jobring_pool *pool = busy_pool(shared);
    struct job twice = {.task = DOUBLE, .number = 21}, fails = {.task = FAIL, .number = 42}, back;
    jobring_outcome outcome;
    int32_t result;
    uint64_t id;

    EXPECT(JOBRING_OK, jobring_pool_try_submit(pool, &twice, &id));
    EXPECT(JOBRING_OK, jobring_pool_try_submit(pool, &fails, NULL));
    EXPECT(JOBRING_FULL, jobring_pool_try_submit(pool, &twice, NULL));
    EXPECT(JOBRING_TIMEOUT, jobring_pool_submit_timeout(pool, &twice, 5 * MS, NULL));
    EXPECT(JOBRING_EMPTY, jobring_pool_try_recv(pool, &outcome, &result, NULL));
    EXPECT(JOBRING_TIMEOUT, jobring_pool_recv_timeout(pool, 5 * MS, &outcome, &result, NULL));

    EXPECT(JOBRING_OK, jobring_pool_close(pool));
    EXPECT(JOBRING_CLOSED, jobring_pool_try_submit(pool, &twice, NULL));
    set(shared, &shared->released, true);
    EXPECT(JOBRING_OK, jobring_pool_recv(pool, &outcome, &result, NULL));
    HOLDS(outcome.kind == JOBRING_DONE && outcome.worker == 0 && result == false);
    EXPECT(JOBRING_OK, jobring_pool_recv_timeout(pool, UINT64_MAX, &outcome, &result, &back));
    HOLDS(outcome.kind == JOBRING_DONE && outcome.job == id && result == 42 && back.number == 21);
    EXPECT(JOBRING_OK, jobring_pool_recv(pool, &outcome, NULL, NULL));
    HOLDS(outcome.kind == JOBRING_FAILED && outcome.error == 42);
    EXPECT(JOBRING_CLOSED, jobring_pool_recv(pool, &outcome, &result, NULL));
    EXPECT(JOBRING_OK, jobring_pool_destroy(pool));
}

static void cancelled(struct shared *shared)
{
    printf("\nCancel gives back the jobs that wait; the one that runs can see it:\n");
    jobring_pool *pool = busy_pool(shared);
    struct job twice = {.task = DOUBLE, .number = 7}, back = {.task = FAIL};
    jobring_outcome outcome;
    jobring_stats stats = {.size = sizeof stats};
    jobring_worker_stats worker_stats = {.size = sizeof worker_stats};
    int32_t result = -1;

    EXPECT(JOBRING_OK, jobring_pool_submit(pool, &twice, NULL));
    EXPECT(JOBRING_OK, jobring_pool_cancel(pool));
    EXPECT(JOBRING_CLOSED, jobring_pool_submit(pool, &twice, NULL));
    EXPECT(JOBRING_OK, jobring_pool_recv(pool, &outcome, &result, &back));
    HOLDS(outcome.kind == JOBRING_CANCELLED && outcome.worker == JOBRING_NO_WORKER);
    HOLDS(back.task == DOUBLE && back.number == 7 && result == -1);

    set(shared, &shared->released, true);
    EXPECT(JOBRING_OK, jobring_pool_join(pool));
    EXPECT(JOBRING_OK, jobring_pool_stats(pool, &stats));
    HOLDS(stats.accepted == 2 && stats.done == 1 && stats.cancelled == 1 && stats.in_flight == 1);
    EXPECT(JOBRING_OK, jobring_pool_worker_stats(pool, 0, &worker_stats));
    HOLDS(worker_stats.done == 1 && worker_stats.failed == 0);
    EXPECT(JOBRING_ERR_WORKER, jobring_pool_worker_stats(pool, 1, &worker_stats));
    EXPECT(JOBRING_OK, jobring_pool_try_recv(pool, &outcome, &result, NULL));
    HOLDS(outcome.kind == JOBRING_DONE && result == true);
    EXPECT(JOBRING_OK, jobring_pool_destroy(pool));
}

static void batches(struct shared *shared)
{
    printf("\nMany jobs in one call, with room for 2 of them; many outcomes in one call:\n");
    jobring_pool *pool = busy_pool(shared);
    struct job jobs[4] = {{DOUBLE, 1}, {FAIL, 2}, {DOUBLE, 3}, {DOUBLE, 4}}, back[4];
    jobring_outcome outcomes[4];
    int32_t results[4];
    uint64_t ids[4];
    size_t count, first;

    EXPECT(JOBRING_OK, jobring_pool_submit_batch(pool, jobs, 4, ids, &count));
    HOLDS(count == 2);
    EXPECT(JOBRING_FULL, jobring_pool_submit_batch(pool, jobs + count, 4 - count, ids, &count));
    HOLDS(count == 0);
    EXPECT(JOBRING_EMPTY, jobring_pool_try_recv_batch(pool, outcomes, results, NULL, 4, &count));
    set(shared, &shared->released, true);
    EXPECT(JOBRING_OK, jobring_pool_recv(pool, &outcomes[0], NULL, NULL)); // the outcome of the job WAIT
    EXPECT(JOBRING_OK, jobring_pool_submit_all(pool, jobs + 2, 1, ids + 2, &count));
    EXPECT(JOBRING_OK, jobring_pool_join(pool));
    EXPECT(JOBRING_CLOSED, jobring_pool_submit_all(pool, jobs + 3, 1, ids + 3, &count));
    HOLDS(count == 0);
    EXPECT(JOBRING_OK, jobring_pool_recv_batch(pool, outcomes, results, back, 2, &first));
    HOLDS(first == 2);
    EXPECT(JOBRING_OK, jobring_pool_recv_batch(pool, outcomes + 2, results + 2, back + 2, 2, &count));
    HOLDS(count == 1);
    HOLDS(outcomes[0].kind == JOBRING_DONE && outcomes[0].job == ids[0] && results[0] == 2);
    HOLDS(outcomes[1].kind == JOBRING_FAILED && outcomes[1].job == ids[1] && outcomes[1].error == 2);
    HOLDS(outcomes[2].kind == JOBRING_DONE && outcomes[2].job == ids[2] && results[2] == 6);
    HOLDS(back[0].number == 1 && back[1].number == 2 && back[2].number == 3);
    EXPECT(JOBRING_CLOSED, jobring_pool_recv_batch(pool, outcomes, results, NULL, 4, &count));
    EXPECT(JOBRING_OK, jobring_pool_destroy(pool));
}

static void inside_a_job(struct shared *shared)
{
    printf("\nA job that would wait for itself is refused, and goes on:\n");
    jobring_config config = configuration(shared);
    EXPECT(JOBRING_OK, jobring_pool_create(&config, &shared->pool));
    struct job join = {.task = JOIN}, destroy = {.task = DESTROY};
    jobring_outcome outcome;
    EXPECT(JOBRING_OK, jobring_pool_submit(shared->pool, &join, NULL));
    EXPECT(JOBRING_OK, jobring_pool_recv(shared->pool, &outcome, NULL, NULL));
    HOLDS(outcome.kind == JOBRING_FAILED && outcome.error == JOBRING_ERR_DEADLOCK);
    EXPECT(JOBRING_OK, jobring_pool_submit(shared->pool, &destroy, NULL));
    EXPECT(JOBRING_OK, jobring_pool_recv(shared->pool, &outcome, NULL, NULL));
    HOLDS(outcome.kind == JOBRING_FAILED && outcome.error == JOBRING_ERR_DEADLOCK);
    EXPECT(JOBRING_OK, jobring_pool_destroy(shared->pool));
}

int main(void)
{
    printf("jobring %s, interface %u\n", jobring_version(), (unsigned)jobring_abi_version());
    HOLDS(strcmp(jobring_version(), JOBRING_VERSION) == 0);
    HOLDS(jobring_abi_version() == JOBRING_ABI_VERSION);
    HOLDS(strcmp(jobring_status_str(-1), "unknown status") == 0);

    struct shared shared = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    mistakes(&shared);
    full_and_empty(&shared);
    cancelled(&shared);
    batches(&shared);
    inside_a_job(&shared);

    printf("\n%d of them were not as expected\n", surprises);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "lifecycle: writing: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    return surprises == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
