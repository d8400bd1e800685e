/* What bench/instructions.sh counts, through the C interface: the loops of examples/instructions.rs.
 *
 * Arguments: JOBS single | batch. */

#include <jobring.h>

#include <stdlib.h>
#include <string.h>

enum { IN_FLIGHT = 1024 };

static int32_t run(const jobring_worker *worker, void *user, const void *job, void *result) {
    (void)worker;
    (void)user;
    *(uint64_t *)result = *(const uint64_t *)job + 1;
    return 0;
}

static void must(int good) {
    if (!good) exit(EXIT_FAILURE);
}

static uint64_t batches(jobring_pool *pool, uint64_t jobs, uint64_t *sent) {
    static uint64_t batch[IN_FLIGHT], results[IN_FLIGHT];
    static jobring_outcome outcomes[IN_FLIGHT];
    size_t want = jobs - *sent < IN_FLIGHT ? (size_t)(jobs - *sent) : IN_FLIGHT, accepted, received;
    for (size_t at = 0; at < want; ++at) batch[at] = *sent + at;
    jobring_status status = jobring_pool_submit_batch(pool, batch, want, NULL, &accepted);
    must(status == JOBRING_OK || status == JOBRING_FULL);
    *sent += accepted;
    must(jobring_pool_recv_batch(pool, outcomes, results, NULL, IN_FLIGHT, &received) == JOBRING_OK);
    for (size_t at = 0; at < received; ++at) must(outcomes[at].kind == JOBRING_DONE);
    return received;
}

static uint64_t singles(jobring_pool *pool, uint64_t jobs, uint64_t *sent) {
    jobring_outcome outcome;
    uint64_t result, got = 1;
    while (*sent < jobs && jobring_pool_try_submit(pool, sent, NULL) == JOBRING_OK) ++*sent;
    must(jobring_pool_recv(pool, &outcome, &result, NULL) == JOBRING_OK && outcome.kind == JOBRING_DONE);
    for (; jobring_pool_try_recv(pool, &outcome, &result, NULL) == JOBRING_OK; ++got) must(outcome.kind == JOBRING_DONE);
    return got;
}

int main(int argc, char **argv) {
    must(argc == 3);
    uint64_t jobs = strtoull(argv[1], NULL, 10), sent = 0, got = 0;
    jobring_config config = {
        .size = sizeof config,
        .workers = 1,
        .capacity = IN_FLIGHT,
        .job_size = sizeof(uint64_t),
        .result_size = sizeof(uint64_t),
        .run = run,
    };
    jobring_pool *pool;
    must(jobring_pool_create(&config, &pool) == JOBRING_OK);
    while (got < jobs) got += strcmp(argv[2], "batch") == 0 ? batches(pool, jobs, &sent) : singles(pool, jobs, &sent);
    must(jobring_pool_destroy(pool) == JOBRING_OK);
    return EXIT_SUCCESS;
}
