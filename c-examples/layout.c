// Layout and numbers of the C interface, as Rust has them; checked when a C or C++ compiler reads this.
//
// Generated; do not edit. `BLESS=1 cargo test --features capi --test c_api layout` rewrites it.

#include <assert.h>

#include "jobring.h"

static_assert(JOBRING_OK == 0, "");
static_assert(JOBRING_FULL == 1, "");
static_assert(JOBRING_EMPTY == 2, "");
static_assert(JOBRING_CLOSED == 3, "");
static_assert(JOBRING_TIMEOUT == 4, "");
static_assert(JOBRING_ERR_NULL == 16, "");
static_assert(JOBRING_ERR_STRUCT_SIZE == 17, "");
static_assert(JOBRING_ERR_WORKERS == 18, "");
static_assert(JOBRING_ERR_CAPACITY == 19, "");
static_assert(JOBRING_ERR_JOB_SIZE == 20, "");
static_assert(JOBRING_ERR_NO_MEMORY == 21, "");
static_assert(JOBRING_ERR_THREAD == 22, "");
static_assert(JOBRING_ERR_DEADLOCK == 23, "");
static_assert(JOBRING_ERR_WORKER == 24, "");
static_assert(JOBRING_ERR_INTERNAL == 25, "");
static_assert(JOBRING_ERR_MEMORY_SIZE == 26, "");
static_assert(JOBRING_DONE == 0, "");
static_assert(JOBRING_FAILED == 1, "");
static_assert(JOBRING_PANICKED == 2, "");
static_assert(JOBRING_CANCELLED == 3, "");
static_assert(JOBRING_NO_WORKER == 4294967295, "");
static_assert(JOBRING_ABI_VERSION == 1, "");
static_assert(JOBRING_MAX_WORKERS == 32768, "");
static_assert(JOBRING_MAX_CAPACITY == 16777216, "");

static_assert(sizeof(jobring_status) == 4, "");
static_assert(sizeof(jobring_outcome_kind) == 4, "");

#if SIZE_MAX == UINT64_MAX

static_assert(sizeof(jobring_config) == 72, "");
static_assert(offsetof(jobring_config, size) == 0, "");
static_assert(sizeof(((jobring_config *)0)->size) == 8, "");
static_assert(offsetof(jobring_config, workers) == 8, "");
static_assert(sizeof(((jobring_config *)0)->workers) == 8, "");
static_assert(offsetof(jobring_config, capacity) == 16, "");
static_assert(sizeof(((jobring_config *)0)->capacity) == 8, "");
static_assert(offsetof(jobring_config, job_size) == 24, "");
static_assert(sizeof(((jobring_config *)0)->job_size) == 8, "");
static_assert(offsetof(jobring_config, result_size) == 32, "");
static_assert(sizeof(((jobring_config *)0)->result_size) == 8, "");
static_assert(offsetof(jobring_config, run) == 40, "");
static_assert(sizeof(((jobring_config *)0)->run) == 8, "");
static_assert(offsetof(jobring_config, user) == 48, "");
static_assert(sizeof(((jobring_config *)0)->user) == 8, "");
static_assert(offsetof(jobring_config, name) == 56, "");
static_assert(sizeof(((jobring_config *)0)->name) == 8, "");
static_assert(offsetof(jobring_config, stack_size) == 64, "");
static_assert(sizeof(((jobring_config *)0)->stack_size) == 8, "");

static_assert(sizeof(jobring_outcome) == 24, "");
static_assert(offsetof(jobring_outcome, job) == 0, "");
static_assert(sizeof(((jobring_outcome *)0)->job) == 8, "");
static_assert(offsetof(jobring_outcome, worker) == 8, "");
static_assert(sizeof(((jobring_outcome *)0)->worker) == 4, "");
static_assert(offsetof(jobring_outcome, kind) == 12, "");
static_assert(sizeof(((jobring_outcome *)0)->kind) == 4, "");
static_assert(offsetof(jobring_outcome, error) == 16, "");
static_assert(sizeof(((jobring_outcome *)0)->error) == 4, "");
static_assert(offsetof(jobring_outcome, reserved) == 20, "");
static_assert(sizeof(((jobring_outcome *)0)->reserved) == 4, "");

static_assert(sizeof(jobring_stats) == 72, "");
static_assert(offsetof(jobring_stats, size) == 0, "");
static_assert(sizeof(((jobring_stats *)0)->size) == 8, "");
static_assert(offsetof(jobring_stats, accepted) == 8, "");
static_assert(sizeof(((jobring_stats *)0)->accepted) == 8, "");
static_assert(offsetof(jobring_stats, done) == 16, "");
static_assert(sizeof(((jobring_stats *)0)->done) == 8, "");
static_assert(offsetof(jobring_stats, failed) == 24, "");
static_assert(sizeof(((jobring_stats *)0)->failed) == 8, "");
static_assert(offsetof(jobring_stats, panicked) == 32, "");
static_assert(sizeof(((jobring_stats *)0)->panicked) == 8, "");
static_assert(offsetof(jobring_stats, cancelled) == 40, "");
static_assert(sizeof(((jobring_stats *)0)->cancelled) == 8, "");
static_assert(offsetof(jobring_stats, in_flight) == 48, "");
static_assert(sizeof(((jobring_stats *)0)->in_flight) == 8, "");
static_assert(offsetof(jobring_stats, capacity) == 56, "");
static_assert(sizeof(((jobring_stats *)0)->capacity) == 8, "");
static_assert(offsetof(jobring_stats, workers) == 64, "");
static_assert(sizeof(((jobring_stats *)0)->workers) == 8, "");

static_assert(sizeof(jobring_worker_stats) == 32, "");
static_assert(offsetof(jobring_worker_stats, size) == 0, "");
static_assert(sizeof(((jobring_worker_stats *)0)->size) == 8, "");
static_assert(offsetof(jobring_worker_stats, done) == 8, "");
static_assert(sizeof(((jobring_worker_stats *)0)->done) == 8, "");
static_assert(offsetof(jobring_worker_stats, failed) == 16, "");
static_assert(sizeof(((jobring_worker_stats *)0)->failed) == 8, "");
static_assert(offsetof(jobring_worker_stats, panicked) == 24, "");
static_assert(sizeof(((jobring_worker_stats *)0)->panicked) == 8, "");

static_assert(sizeof(jobring_ring) == 32, "");
static_assert(offsetof(jobring_ring, memory) == 0, "");
static_assert(sizeof(((jobring_ring *)0)->memory) == 8, "");
static_assert(offsetof(jobring_ring, memory_size) == 8, "");
static_assert(sizeof(((jobring_ring *)0)->memory_size) == 8, "");
static_assert(offsetof(jobring_ring, capacity) == 16, "");
static_assert(sizeof(((jobring_ring *)0)->capacity) == 8, "");
static_assert(offsetof(jobring_ring, element_size) == 24, "");
static_assert(sizeof(((jobring_ring *)0)->element_size) == 8, "");

static_assert(sizeof(jobring_static_pool) == 40, "");
static_assert(offsetof(jobring_static_pool, memory) == 0, "");
static_assert(sizeof(((jobring_static_pool *)0)->memory) == 8, "");
static_assert(offsetof(jobring_static_pool, memory_size) == 8, "");
static_assert(sizeof(((jobring_static_pool *)0)->memory_size) == 8, "");
static_assert(offsetof(jobring_static_pool, capacity) == 16, "");
static_assert(sizeof(((jobring_static_pool *)0)->capacity) == 8, "");
static_assert(offsetof(jobring_static_pool, job_size) == 24, "");
static_assert(sizeof(((jobring_static_pool *)0)->job_size) == 8, "");
static_assert(offsetof(jobring_static_pool, result_size) == 32, "");
static_assert(sizeof(((jobring_static_pool *)0)->result_size) == 8, "");

static_assert(sizeof(jobring_static_stats) == 24, "");
static_assert(offsetof(jobring_static_stats, accepted) == 0, "");
static_assert(sizeof(((jobring_static_stats *)0)->accepted) == 8, "");
static_assert(offsetof(jobring_static_stats, in_flight) == 8, "");
static_assert(sizeof(((jobring_static_stats *)0)->in_flight) == 8, "");
static_assert(offsetof(jobring_static_stats, finished) == 16, "");
static_assert(sizeof(((jobring_static_stats *)0)->finished) == 8, "");

#endif
