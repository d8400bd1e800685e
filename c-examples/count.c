// Counts the lines, words and bytes of files in parallel, as `wc` does; prints them in the order of the arguments.
//
//     count [-j WORKERS] FILE...
//
// Memory stays the same however many and however large the files are: a job is the number of an argument, and no job
// is submitted before its outcome is sure to have a place in a window of fixed size. So one thread can both submit
// and receive: at most WINDOW jobs are in flight, the pool has as many slots, and submitting never has to wait.

#define _POSIX_C_SOURCE 200809L

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jobring.h"

enum { WINDOW = 64 };

struct counts {
    uint64_t lines, words, bytes;
};

// What came back for one file, until its turn to be printed.
struct answer {
    bool here;
    int32_t error;
    struct counts counts;
};

static void check(jobring_status status, const char *what)
{
    if (status != JOBRING_OK) {
        fprintf(stderr, "count: %s: %s\n", what, jobring_status_str(status));
        exit(EXIT_FAILURE);
    }
}

// Counts one open file. Returns 0 or an errno.
static int count_descriptor(int file, struct counts *counts)
{
    unsigned char buffer[64 * 1024];
    bool in_word = false;
    *counts = (struct counts){0};
    for (;;) {
        ssize_t got = read(file, buffer, sizeof buffer);
        if (got == 0) {
            return 0;
        }
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errno;
        }
        for (ssize_t i = 0; i < got; i++) {
            bool space = isspace(buffer[i]) != 0;
            counts->lines += buffer[i] == '\n';
            counts->words += !space && !in_word;
            in_word = !space;
        }
        counts->bytes += (uint64_t)got;
    }
}

// Runs one job. Its error, if it has one, is an errno.
static int32_t run(const jobring_worker *worker, void *user, const void *job, void *result)
{
    char **paths = user;
    const size_t *index = job;
    (void)worker;

    int file = open(paths[*index], O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return errno;
    }
    int error = count_descriptor(file, result);
    close(file);
    return error;
}

static void print(const struct counts *counts, const char *name)
{
    printf("%7" PRIu64 " %7" PRIu64 " %7" PRIu64 " %s\n", counts->lines, counts->words, counts->bytes, name);
}

// Counts all files and prints them. Returns whether all could be read.
static bool count_all(jobring_pool *pool, char **paths, size_t files)
{
    struct answer window[WINDOW] = {{.here = false}};
    struct counts total = {0};
    bool all_read = true;
    size_t submitted = 0;

    for (size_t printed = 0; printed < files; printed++) {
        struct answer *next = &window[printed % WINDOW];
        for (; submitted < files && submitted - printed < WINDOW; submitted++) {
            check(jobring_pool_submit(pool, &submitted, NULL), "submitting a job");
        }
        // Outcomes come in the order in which jobs end.
        while (!next->here) {
            jobring_outcome outcome;
            struct counts counts;
            size_t index;
            check(jobring_pool_recv(pool, &outcome, &counts, &index), "receiving an outcome");
            window[index % WINDOW] = (struct answer){.here = true, .error = outcome.error, .counts = counts};
        }
        next->here = false;
        if (next->error != 0) {
            fprintf(stderr, "count: %s: %s\n", paths[printed], strerror(next->error));
            all_read = false;
            continue;
        }
        print(&next->counts, paths[printed]);
        total.lines += next->counts.lines;
        total.words += next->counts.words;
        total.bytes += next->counts.bytes;
    }
    if (files > 1) {
        print(&total, "total");
    }
    return all_read;
}

static void usage(void)
{
    fprintf(stderr, "usage: count [-j WORKERS] FILE...\n");
    exit(2);
}

int main(int argc, char **argv)
{
    unsigned long workers = 4;
    for (int option; (option = getopt(argc, argv, "j:")) != -1;) {
        char *end = NULL;
        if (option != 'j' || !isdigit((unsigned char)optarg[0])) {
            usage();
        }
        errno = 0;
        workers = strtoul(optarg, &end, 10);
        if (*end != '\0' || errno != 0 || workers < 1 || workers > 32768) {
            usage();
        }
    }
    if (optind == argc) {
        usage();
    }
    char **paths = argv + optind;

    jobring_config config = {
        .size = sizeof config,
        .workers = workers,
        .capacity = WINDOW,
        .job_size = sizeof(size_t),
        .result_size = sizeof(struct counts),
        .run = run,
        .user = paths,
        .name = "count",
    };
    jobring_pool *pool = NULL;
    check(jobring_pool_create(&config, &pool), "creating the pool");
    bool all_read = count_all(pool, paths, (size_t)(argc - optind));
    check(jobring_pool_destroy(pool), "destroying the pool");

    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "count: writing: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    return all_read ? EXIT_SUCCESS : EXIT_FAILURE;
}
