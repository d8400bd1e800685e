// What a ring and a pool cost in C: `NOTHING` is the program that the others are compared with.
#include "board.h"
#include "jobring.h"

void on_timer(void) {}

#ifdef RING
JOBRING_RING(ring, uint32_t, 16);
#endif

#ifdef POOL
JOBRING_STATIC_POOL(pool, uint32_t, uint32_t, 16);

static int32_t work(uint32_t worker, void *user, const void *job, void *result) {
    (void)user;
    *(uint32_t *)result = *(const uint32_t *)job + worker;
    return 0;
}
#endif

int main(void) {
    volatile uint32_t sum = 0;
    uint32_t value = sum;
#ifdef RING
    sum += (uint32_t)jobring_ring_push(&ring, &value);
    sum += (uint32_t)jobring_ring_pop(&ring, &value);
#endif
#ifdef POOL
    jobring_outcome outcome;
    sum += (uint32_t)jobring_static_pool_submit(&pool, &value, 0);
    sum += (uint32_t)jobring_static_pool_run_one(&pool, 0, work, 0);
    sum += (uint32_t)jobring_static_pool_collect(&pool, &outcome, &value, 0);
#endif
    return (int)(sum + value);
}
