/* The roundtrip workload through the C interface: the same loops as on the Rust side.
 *
 * Arguments: [--batch] WORKLOAD SHAPE WORKERS JOBS SPINS. Prints a blank and nanoseconds a job. */

#define _POSIX_C_SOURCE 200809L

#include <jobring.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    IN_FLIGHT = 1024,
    POOLS = 10,
    /* The most outcomes that are taken at once. */
    SPACE = IN_FLIGHT,
    /* A sample that takes longer hangs. */
    SECONDS = 60,
};

/* Nanoseconds that one sample should not exceed by much. */
static const double BUDGET = 2e8;

static uint64_t tiny(uint64_t v) {
    return v * v + 1;
}

static int32_t run(const jobring_worker *worker, void *user, const void *job, void *result) {
    (void)worker;
    (void)user;
    *(uint64_t *)result = tiny(*(const uint64_t *)job);
    return 0;
}

static void must(jobring_status status) {
    if (status != JOBRING_OK) {
        fprintf(stderr, "%s\n", jobring_status_str(status));
        exit(EXIT_FAILURE);
    }
}

static void check(uint64_t sum, uint64_t jobs) {
    for (uint64_t job = 0; job < jobs; ++job) sum -= tiny(job);
    if (sum != 0) {
        fputs("the sum of the outcomes\n", stderr);
        exit(EXIT_FAILURE);
    }
}

static double nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static jobring_pool *start(size_t workers, size_t capacity) {
    jobring_config config = {
        .size = sizeof config,
        .workers = workers,
        .capacity = capacity,
        .job_size = sizeof(uint64_t),
        .result_size = sizeof(uint64_t),
        .run = run,
    };
    jobring_pool *pool;
    must(jobring_pool_create(&config, &pool));
    return pool;
}

/* Waits for an outcome. */
static uint64_t receive(jobring_pool *pool) {
    jobring_outcome outcome;
    uint64_t result;
    must(jobring_pool_recv(pool, &outcome, &result, NULL));
    if (outcome.kind != JOBRING_DONE) exit(EXIT_FAILURE);
    return result;
}

/* Waits for outcomes, takes up to SPACE of them, adds their number and gives their sum. */
static uint64_t receive_batch(jobring_pool *pool, uint64_t *got) {
    jobring_outcome outcomes[SPACE];
    uint64_t results[SPACE], sum = 0;
    size_t received;
    must(jobring_pool_recv_batch(pool, outcomes, results, NULL, SPACE, &received));
    for (size_t at = 0; at < received; ++at) {
        if (outcomes[at].kind != JOBRING_DONE) exit(EXIT_FAILURE);
        sum += results[at];
    }
    *got += received;
    return sum;
}

/* Submits until the pool is full, waits for an outcome, takes what else there is. */
static uint64_t feed(jobring_pool *pool, uint64_t jobs) {
    uint64_t sent = 0, got = 0, sum = 0, result;
    jobring_outcome outcome;
    while (got < jobs) {
        while (sent < jobs && sent - got < IN_FLIGHT && jobring_pool_try_submit(pool, &sent, NULL) == JOBRING_OK) ++sent;
        if (got == sent) continue;
        sum += receive(pool);
        ++got;
        while (jobring_pool_try_recv(pool, &outcome, &result, NULL) == JOBRING_OK) {
            if (outcome.kind != JOBRING_DONE) exit(EXIT_FAILURE);
            sum += result;
            ++got;
        }
    }
    return sum;
}

/* The same by batches: submits what fits, waits for outcomes. */
static uint64_t feed_batches(jobring_pool *pool, uint64_t jobs) {
    uint64_t sent = 0, got = 0, sum = 0, batch[IN_FLIGHT];
    while (got < jobs) {
        uint64_t want = jobs - sent < IN_FLIGHT - (sent - got) ? jobs - sent : IN_FLIGHT - (sent - got);
        for (uint64_t at = 0; at < want; ++at) batch[at] = sent + at;
        size_t accepted;
        jobring_status status = jobring_pool_submit_batch(pool, batch, want, NULL, &accepted);
        if (status != JOBRING_FULL) must(status);
        sent += accepted;
        if (got == sent) continue;
        sum += receive_batch(pool, &got);
    }
    return sum;
}

static double bounded(size_t workers, uint64_t jobs, uint64_t (*feed)(jobring_pool *, uint64_t)) {
    jobring_pool *pool = start(workers, IN_FLIGHT);
    uint64_t first = jobs / 20;
    double begin = nanos();
    feed(pool, first);
    uint64_t affordable = (uint64_t)((double)first * BUDGET / (nanos() - begin));
    if (affordable < jobs) jobs = affordable > first ? affordable : first;
    begin = nanos();
    uint64_t sum = feed(pool, jobs);
    double took = nanos() - begin;
    must(jobring_pool_destroy(pool));
    check(sum, jobs);
    return took / (double)jobs;
}

static double seed(size_t workers, uint64_t jobs) {
    double took = 0;
    uint64_t pools = 0;
    for (; pools < POOLS && took < BUDGET; ++pools) {
        jobring_pool *pool = start(workers, jobs);
        double begin = nanos();
        for (uint64_t job = 0; job < jobs; ++job) must(jobring_pool_submit(pool, &job, NULL));
        must(jobring_pool_close(pool));
        uint64_t sum = 0;
        for (uint64_t job = 0; job < jobs; ++job) sum += receive(pool);
        took += nanos() - begin;
        must(jobring_pool_destroy(pool));
        check(sum, jobs);
    }
    return took / (double)(jobs * pools);
}

static double seed_batches(size_t workers, uint64_t jobs) {
    uint64_t *batch = malloc(jobs * sizeof *batch);
    if (batch == NULL) exit(EXIT_FAILURE);
    for (uint64_t job = 0; job < jobs; ++job) batch[job] = job;
    double took = 0;
    uint64_t pools = 0;
    for (; pools < POOLS && took < BUDGET; ++pools) {
        jobring_pool *pool = start(workers, jobs);
        size_t accepted;
        double begin = nanos();
        must(jobring_pool_submit_batch(pool, batch, jobs, NULL, &accepted));
        if (accepted != jobs) exit(EXIT_FAILURE);
        must(jobring_pool_close(pool));
        uint64_t got = 0, sum = 0;
        while (got < jobs) sum += receive_batch(pool, &got);
        took += nanos() - begin;
        must(jobring_pool_destroy(pool));
        check(sum, jobs);
    }
    free(batch);
    return took / (double)(jobs * pools);
}

int main(int argc, char **argv) {
    bool batches = argc > 1 && strcmp(argv[1], "--batch") == 0;
    argc -= batches;
    argv += batches;
    if (argc != 6) return 2;
    alarm(SECONDS);
    size_t workers = strtoul(argv[3], NULL, 10);
    uint64_t jobs = strtoull(argv[4], NULL, 10);
    if (strcmp(argv[2], "bounded") == 0) {
        printf(" %f\n", bounded(workers, jobs, batches ? feed_batches : feed));
    } else if (strcmp(argv[2], "seed") == 0) {
        printf(" %f\n", (batches ? seed_batches : seed)(workers, jobs / POOLS));
    } else {
        return 2;
    }
    return EXIT_SUCCESS;
}
