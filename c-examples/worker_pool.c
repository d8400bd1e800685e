// The worker pool of Go's tutorials: one thread feeds jobs in, workers run them, the main thread collects the results.
//
//     worker_pool [--jobs N] [--workers N] [--work-ms N] [--capacity N]
//
// However many jobs there are, at most `capacity` of them are between submit and receive: once that many are, the feeder
// waits in jobring_pool_submit until the main thread receives one.

#define _POSIX_C_SOURCE 200809L

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "jobring.h"

struct options {
    unsigned long jobs, workers, work_ms, capacity;
};

// Jobs and results travel as bytes: any struct that may be copied will do.
struct job {
    uint32_t number;
};

struct result {
    uint64_t square;
};

// Which worker ran which job.
struct record {
    uint32_t worker;
    uint32_t number;
};

struct feeder {
    jobring_pool *pool;
    unsigned long jobs;
    jobring_status status;
};

static void sleep_ms(unsigned long ms)
{
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "worker_pool: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static void check(jobring_status status, const char *what)
{
    if (status != JOBRING_OK) {
        fail(what, jobring_status_str(status));
    }
}

// Runs one job. All workers are in here at once, each with a job and a result of its own.
static int32_t work(const jobring_worker *worker, void *user, const void *job, void *result)
{
    const struct options *options = user;
    const struct job *in = job;
    struct result *out = result;
    (void)worker;

    sleep_ms(options->work_ms);
    out->square = (uint64_t)in->number * in->number;
    return 0;
}

static void *feed(void *argument)
{
    struct feeder *feeder = argument;
    feeder->status = JOBRING_OK;
    for (unsigned long number = 0; number < feeder->jobs && feeder->status == JOBRING_OK; number++) {
        struct job job = {.number = (uint32_t)number};
        feeder->status = jobring_pool_submit(feeder->pool, &job, NULL);
    }
    // No more jobs: after the last outcome jobring_pool_recv answers JOBRING_CLOSED.
    jobring_status closed = jobring_pool_close(feeder->pool);
    if (feeder->status == JOBRING_OK) {
        feeder->status = closed;
    }
    return NULL;
}

// Receives outcomes until the pool is closed and empty. Returns how many there were.
static size_t collect(jobring_pool *pool, struct record *records)
{
    for (size_t count = 0;; count++) {
        jobring_outcome outcome;
        struct result result;
        struct job job;
        jobring_status status = jobring_pool_recv(pool, &outcome, &result, &job);
        if (status == JOBRING_CLOSED) {
            return count;
        }
        check(status, "receiving an outcome");
        if (outcome.kind != JOBRING_DONE || result.square != (uint64_t)job.number * job.number) {
            fail("a job", "wrong outcome");
        }
        records[count] = (struct record){.worker = outcome.worker, .number = job.number};
    }
}

static void print(const struct options *options, const struct record *records, size_t count)
{
    for (unsigned long worker = 0; worker < options->workers; worker++) {
        const char *separator = "";
        printf("Worker %lu processed jobs: [", worker);
        for (size_t i = 0; i < count; i++) {
            if (records[i].worker == worker) {
                printf("%s%lu", separator, (unsigned long)records[i].number);
                separator = ", ";
            }
        }
        printf("]\n");
    }
    printf("Total: %zu jobs by %lu workers\n", count, options->workers);
}

static void usage(FILE *out)
{
    fprintf(out, "usage: worker_pool [--jobs N] [--workers N] [--work-ms N] [--capacity N]\n");
}

static struct options parse(int argc, char **argv)
{
    struct options options = {.jobs = 100, .workers = 10, .work_ms = 50, .capacity = 20};
    const struct {
        const char *name;
        unsigned long *value, least, most;
    } known[] = {
        {"--jobs", &options.jobs, 0, 10000000},
        {"--workers", &options.workers, 1, 32768},
        {"--work-ms", &options.work_ms, 0, 3600000},
        {"--capacity", &options.capacity, 1, 16777216},
    };
    enum { KNOWN = sizeof known / sizeof known[0] };

    for (int i = 1; i < argc; i += 2) {
        if (strcmp(argv[i], "--help") == 0) {
            usage(stdout);
            exit(EXIT_SUCCESS);
        }
        size_t k = 0;
        while (k < KNOWN && strcmp(argv[i], known[k].name) != 0) {
            k++;
        }
        if (k == KNOWN) {
            fprintf(stderr, "worker_pool: unknown option '%s'\n", argv[i]);
            usage(stderr);
            exit(2);
        }
        // strtoul would take a sign, and turn -1 into a large number.
        const char *text = i + 1 < argc ? argv[i + 1] : "";
        char *end = NULL;
        errno = 0;
        unsigned long value = strtoul(text, &end, 10);
        if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 || value < known[k].least ||
            value > known[k].most) {
            fprintf(stderr, "worker_pool: %s takes a number from %lu to %lu\n", known[k].name, known[k].least,
                    known[k].most);
            usage(stderr);
            exit(2);
        }
        *known[k].value = value;
    }
    return options;
}

int main(int argc, char **argv)
{
    struct options options = parse(argc, argv);

    struct record *records = calloc(options.jobs + 1, sizeof *records);
    if (records == NULL) {
        fail("the list of jobs", strerror(errno));
    }

    jobring_config config = {
        .size = sizeof config,
        .workers = options.workers,
        .capacity = options.capacity,
        .job_size = sizeof(struct job),
        .result_size = sizeof(struct result),
        .run = work,
        .user = &options,
    };
    jobring_pool *pool = NULL;
    check(jobring_pool_create(&config, &pool), "creating the pool");

    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);

    struct feeder feeder = {.pool = pool, .jobs = options.jobs};
    pthread_t thread;
    int error = pthread_create(&thread, NULL, feed, &feeder);
    if (error != 0) {
        fail("starting the feeder", strerror(error));
    }
    size_t count = collect(pool, records);
    double wall = seconds_since(&start);

    error = pthread_join(thread, NULL);
    if (error != 0) {
        fail("joining the feeder", strerror(error));
    }
    check(feeder.status, "feeding the pool");
    check(jobring_pool_destroy(pool), "destroying the pool");

    print(&options, records, count);
    free(records);

    // No more workers are busy at once than jobs may be in flight.
    unsigned long busy = options.workers < options.capacity ? options.workers : options.capacity;
    unsigned long rounds = (options.jobs + busy - 1) / busy;
    printf("Wall time: %.2f s, ideal %.2f s\n", wall, (double)rounds * (double)options.work_ms / 1000);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fail("writing", strerror(errno));
    }
    return count == options.jobs ? EXIT_SUCCESS : EXIT_FAILURE;
}
