// Rings and pools in static memory, as firmware uses them: nothing is allocated, initialised or freed, and there are no
// threads. Plays an interrupt that samples, and a main loop that works on the samples.
//
//     bare
#include <stdio.h>

#include "jobring.h"

JOBRING_RING(samples, uint16_t, 16);
JOBRING_STATIC_POOL(pool, uint16_t, uint32_t, 4);

// Static memory of every shape is as large as the library needs.
static int sizes_are_right(void) {
    for (size_t capacity = 1; capacity <= 70; capacity++) {
        for (size_t size = 1; size <= 70; size++) {
            if (jobring_ring_size(capacity, size) > JOBRING_RING_SIZE(capacity, size)) return 0;
            if (jobring_static_pool_size(capacity, size, 70 - size) >
                JOBRING_STATIC_POOL_SIZE(capacity, size, 70 - size)) return 0;
        }
    }
    return 1;
}

// "In the interrupt": every call may be made there.
static jobring_status sample(uint16_t value) {
    return jobring_ring_push(&samples, &value);
}

static int32_t square(uint32_t worker, void *user, const void *job, void *result) {
    (void)worker;
    uint16_t value = *(const uint16_t *)job;
    *(uint32_t *)result = (uint32_t)value * value;
    ++*(int *)user;
    return value == 13 ? 13 : 0;
}

int main(void) {
    if (!sizes_are_right()) return 1;
    if (jobring_ring_check(&samples) != JOBRING_OK || jobring_static_pool_check(&pool) != JOBRING_OK) return 2;

    uint16_t next = 0, value;
    uint32_t sum = 0, result;
    int ran = 0, failed = 0, refused = 0;
    jobring_outcome outcome;
    while (next < 100) {
        for (int burst = 0; burst < 20; burst++) {
            if (sample(next) == JOBRING_OK) next++;
            else refused++;
        }
        while (jobring_ring_pop(&samples, &value) == JOBRING_OK) {
            if (jobring_static_pool_submit(&pool, &value, NULL) != JOBRING_OK) return 3;
            if (jobring_static_pool_run_one(&pool, 0, square, &ran) != JOBRING_OK) return 4;
            if (jobring_static_pool_collect(&pool, &outcome, &result, NULL) != JOBRING_OK) return 5;
            if (outcome.kind == JOBRING_DONE) sum += result;
            else failed += outcome.error;
        }
    }
    jobring_static_pool_close(&pool);
    if (jobring_static_pool_collect(&pool, &outcome, &result, NULL) != JOBRING_CLOSED) return 6;

    jobring_static_stats stats;
    jobring_static_pool_get_stats(&pool, &stats);
    printf("%u samples, %u refused by a full ring, %d jobs, sum of squares %u, error %d\n", (unsigned)stats.accepted,
           (unsigned)refused, ran, (unsigned)sum, failed);
    return 0;
}
