// jobring: a bounded worker pool on a lock-free ring.
//
// Generated from the library's sources; do not edit.
//
//     jobring_pool_submit ------> N worker threads call `run` ------> jobring_pool_recv
//         copies the job in         for one job each at a time           copies the result out
//
// Every job that submit accepted gives exactly one outcome: done, failed with its own error, cancelled, or (a callback
// written in Rust) panicked. At most `capacity` jobs are in flight between submit and receive. After jobring_pool_create
// the library allocates nothing, except for the message of such a panic. (A thread's first call registers what is to be done
// when the thread ends, for which the C library may allocate.)
//
// jobring_pool needs an operating system. jobring_ring and jobring_static_pool do not: they lie in the caller's memory, and
// are for bare metal and interrupts too. A library built without std has only these two.
//
// For C99, C++11 and all later versions. (In C++ `jobring_config config = {};` sets all fields to zero, in C `= {0}`.)
//
// Conventions
//
// - A function that can fail returns a jobring_status; JOBRING_OK is 0. Outputs are written only with JOBRING_OK, except
//   that a batch also reports what it did before it ended with another status. (Each such function may also return
//   JOBRING_ERR_INTERNAL, which says that the library has a defect: see there. No Rust panic crosses into C.)
// - The object comes first, then inputs, then outputs. Where outcomes are received in batches, the number of elements
//   follows the arrays that it counts.
// - Pointers that must not be NULL are checked: JOBRING_ERR_NULL. A pointer that is neither NULL nor valid is undefined
//   behaviour, as everywhere in C.
// - Bytes of jobs and results are copied in and out. The library keeps none of the caller's pointers except the callback
//   and its user pointer.
// - Structs that may grow begin with their own size.
// - Enumerations are integers of 32 bits. A number in this header never changes its meaning.
// - Any number of threads may call any functions on one pool at once, except jobring_pool_destroy: all other calls must have
//   returned before it.
// - Functions that block say so. A thread that is suspended inside a function holds up no other thread. It keeps the slots
//   that it has in its hands:
//     on a jobring_pool, a single submit or receive: one;
//     a batch: up to 32, in larger pools up to an eighth of the capacity, 128 at most;
//     a worker, or a call of cancel: the jobs that it took at once, at most as many as a batch;
//     a submit or receive that takes more for the thread's next calls, until it has kept them: up to an eighth of the
//       capacity, 64 at most;
//     on a jobring_ring or a jobring_static_pool: one, and a cancel at most as many as a batch.
//   A wake-up that it was given and has not acted on passes to the next waiter with the next job, outcome or free slot,
//   whichever they wait for. What it has published or given back and told nobody of yet, threads that are awake find;
//   sleepers are told with the next one.
// - Only the end of a jobring_pool waits for suspended threads: JOBRING_CLOSED, join and destroy wait for workers and for
//   calls of cancel, and JOBRING_CLOSED also for calls that receive.
// - On systems other than Linux the threads of a jobring_pool fall asleep under a mutex: a thread that is suspended while it
//   holds the mutex delays threads that would wake it or others, until it goes on.
// - A thread that waits on a jobring_pool, even a worker, stays awake for some 100 microseconds (longer where threads wait for
//   a core) and lets others run, and then sleeps. Mostly it sleeps sooner where again and again nothing came in that time.
//   Where there are more workers than cores, the workers for which there is no core beside a submitter also rest for a
//   millisecond now and then, if threads wait for a core and there is little work.
// - Calls may change errno. Do not cancel a thread inside a call (pthread_cancel), and make no call in a signal handler,
//   except those of a jobring_ring and a jobring_static_pool.
// - After fork the child has no worker threads: pools made before run nothing there and must not be used, not even
//   destroyed. New pools work.
// - Do not forbid membarrier (by seccomp) to a process that has made a pool: the process could not wait safely, and aborts.
// - A program that loads this as a shared library by dlopen again and again should link it with -z nodelete, or load it with
//   RTLD_NODELETE: each unloading leaves one of the process's few keys of thread-specific data behind.


#ifndef JOBRING_H
#define JOBRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The version of this header; compare it with jobring_version().
#define JOBRING_VERSION "0.1.0"

// The parts of the memory of rings and static pools, in bytes, at most: jobring_ring_size and jobring_static_pool_size give
// the exact sums. Words have 64 bits on processors with 64-bit atomics, and 32 bits on others. Where there is no operating
// system the compiler's macros tell which kind the processor is.
#if UINTPTR_MAX > 0xffffffffu || defined(__GCC_HAVE_SYNC_COMPARE_AND_SWAP_8) || defined(__unix__) || defined(_WIN32)
#if defined(__s390x__)
#define JOBRING_HEAD_SIZE 3072
#else
#define JOBRING_HEAD_SIZE 1536
#endif
#define JOBRING_WORD_SIZE 8
#define JOBRING_SLOT_SIZE 16
#else
#define JOBRING_HEAD_SIZE 96
#define JOBRING_WORD_SIZE 4
#define JOBRING_SLOT_SIZE 12
#endif

// How jobs and results of static pools are aligned.
#if UINTPTR_MAX > 0xffffffffu
#define JOBRING_ALIGN 16
#else
#define JOBRING_ALIGN 8
#endif

// A number as a size_t.
#ifdef __cplusplus
#define JOBRING_SIZE(number) static_cast<size_t>(number)
#else
#define JOBRING_SIZE(number) ((size_t)(number))
#endif

// One bit for each place says whether it is free; half of each word is such bits.
#define JOBRING_FREE_SIZE(capacity) \
  ((JOBRING_SIZE(capacity) + 4 * JOBRING_WORD_SIZE - 1) / (4 * JOBRING_WORD_SIZE) * JOBRING_WORD_SIZE)

// Bytes of memory for a ring, of type size_t.
#define JOBRING_RING_SIZE(capacity, element_size) \
  (JOBRING_HEAD_SIZE + JOBRING_FREE_SIZE(capacity) \
    + JOBRING_SIZE(capacity) * (JOBRING_WORD_SIZE + JOBRING_SIZE(element_size)))

// Bytes of memory for a static pool, of type size_t.
#define JOBRING_STATIC_POOL_SIZE(capacity, job_size, result_size) \
  (JOBRING_HEAD_SIZE + JOBRING_FREE_SIZE(capacity) \
    + JOBRING_SIZE(capacity) * (2 * JOBRING_WORD_SIZE + JOBRING_SLOT_SIZE \
    + (JOBRING_SIZE(job_size) + JOBRING_ALIGN - 1) / JOBRING_ALIGN * JOBRING_ALIGN \
    + (JOBRING_SIZE(result_size) + JOBRING_ALIGN - 1) / JOBRING_ALIGN * JOBRING_ALIGN))

// Defines a static jobring_ring of this name for `capacity` elements of `type`, in zeroed static memory.
#define JOBRING_RING(name, type, capacity) \
  static uint64_t name##_memory[(JOBRING_RING_SIZE(capacity, sizeof(type)) + 7) / 8]; \
  static const jobring_ring name = {name##_memory, sizeof name##_memory, capacity, sizeof(type)}

// Defines a static jobring_static_pool of this name for `capacity` jobs of type `job` with results of type `result`.
#define JOBRING_STATIC_POOL(name, job, result, capacity) \
  static uint64_t name##_memory[(JOBRING_STATIC_POOL_SIZE(capacity, sizeof(job), sizeof(result)) + 7) / 8]; \
  static const jobring_static_pool name = { \
    name##_memory, sizeof name##_memory, capacity, sizeof(job), sizeof(result)}

// The version of the C interface in this header. Additions do not change it: a program works with any library that is not
// older than the program's header and whose `jobring_abi_version` returns the same number, and with no library that returns
// another number. (A library without std has all but the functions of `jobring_pool` and `jobring_worker`.)
#define JOBRING_ABI_VERSION 1

// The most workers of a pool.
#define JOBRING_MAX_WORKERS 32768

// The largest capacity of a pool, of a static pool and of a ring.
#define JOBRING_MAX_CAPACITY 16777216

// In place of a worker's number: no worker ran the job.
#define JOBRING_NO_WORKER UINT32_MAX

// What a function did, or why it did nothing.
//
// Values from 1 to 15 are normal answers, values from 16 on are mistakes or trouble. With any of these values but
// `JOBRING_ERR_INTERNAL` nothing was done; only a batch of jobs that ends with `JOBRING_CLOSED` may have had its first jobs
// accepted, and says how many.
enum jobring_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // It is done.
  JOBRING_OK = 0,
  // Not submitted: each slot of the pool is in flight, or in the hands of a call that has not returned. Receiving an
  // outcome makes room. Not pushed: the same is true of the places of the ring.
  JOBRING_FULL = 1,
  // Not received: no outcome is there now, or all are in the hands of other calls. Not run: no job waits now. Not popped:
  // no element is in the ring now.
  JOBRING_EMPTY = 2,
  // Submitting: the pool is closed for good. Receiving: it is closed, and all outcomes have been received. The same for
  // pushing to a ring and popping from it.
  JOBRING_CLOSED = 3,
  // The time was up before anything could be done.
  JOBRING_TIMEOUT = 4,
  // A pointer that must not be NULL was NULL.
  JOBRING_ERR_NULL = 16,
  // A struct's `size` is not one that this library accepts, or a field after those that it knows is not zero.
  JOBRING_ERR_STRUCT_SIZE = 17,
  // `workers` is 0 or more than `JOBRING_MAX_WORKERS`.
  JOBRING_ERR_WORKERS = 18,
  // `capacity` is 0 or more than `JOBRING_MAX_CAPACITY`.
  JOBRING_ERR_CAPACITY = 19,
  // `job_size` or `element_size` is 0.
  JOBRING_ERR_JOB_SIZE = 20,
  // There is not enough memory for that many slots of that size, or they are more bytes than an address can count. (Where
  // there are not even the few hundred bytes for what goes with them, thread names and the like, the process aborts.)
  JOBRING_ERR_NO_MEMORY = 21,
  // The operating system did not start a thread. The threads started before it were stopped and joined.
  JOBRING_ERR_THREAD = 22,
  // A job called a function that would wait for that job itself.
  JOBRING_ERR_DEADLOCK = 23,
  // `worker` is not below the pool's number of workers.
  JOBRING_ERR_WORKER = 24,
  // The library has a defect. What the call had done before stays done: a job may be accepted, an outcome may be taken
  // and lost, outputs may be written. (A worker thread, which has nobody to tell, ends the process.)
  JOBRING_ERR_INTERNAL = 25,
  // The memory is smaller than the ring or the static pool needs.
  JOBRING_ERR_MEMORY_SIZE = 26,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum jobring_status jobring_status;
#else
typedef int32_t jobring_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What became of a job.
enum jobring_outcome_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // It returned 0.
  JOBRING_DONE = 0,
  // It returned its own error, another number.
  JOBRING_FAILED = 1,
  // It panicked: only a callback written in Rust can.
  JOBRING_PANICKED = 2,
  // The pool was cancelled before the job began.
  JOBRING_CANCELLED = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum jobring_outcome_kind jobring_outcome_kind;
#else
typedef int32_t jobring_outcome_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A bounded pool of worker threads. Opaque; made by `jobring_pool_create`, freed by `jobring_pool_destroy`. Not for signal
// handlers, which may use a `jobring_ring` or a `jobring_static_pool`.
typedef struct jobring_pool jobring_pool;

// The worker that runs a job, as the job sees it; valid only during the call that it is passed to, and in that thread.
typedef struct jobring_worker jobring_worker;

// What a pool has done so far. Set `size` to `sizeof(jobring_stats)` before the call.
//
// `accepted` = outcomes received + `in_flight`; and once all jobs have run, `done + failed + panicked + cancelled`.
// Exact while nothing moves, for example after `jobring_pool_join`.
typedef struct jobring_stats {
  // `sizeof(jobring_stats)`.
  size_t size;
  // Jobs accepted.
  uint64_t accepted;
  // Jobs that returned 0.
  uint64_t done;
  // Jobs that returned their own error.
  uint64_t failed;
  // Jobs that panicked.
  uint64_t panicked;
  // Jobs cancelled before they began.
  uint64_t cancelled;
  // Jobs accepted whose outcome has not been received.
  uint64_t in_flight;
  // The pool's slots.
  uint64_t capacity;
  // The pool's workers.
  uint64_t workers;
} jobring_stats;

// What one worker has done so far. Set `size` to `sizeof(jobring_worker_stats)` before the call.
typedef struct jobring_worker_stats {
  // `sizeof(jobring_worker_stats)`.
  size_t size;
  // Jobs that returned 0.
  uint64_t done;
  // Jobs that returned their own error.
  uint64_t failed;
  // Jobs that panicked.
  uint64_t panicked;
} jobring_worker_stats;

// Runs one job.
//
// `job` points to the `job_size` bytes that were submitted, `result` to `result_size` bytes to be filled; each is
// aligned for any type of that size that needs an alignment of 16 bytes at most, so not for vectors of 32 bytes and other
// over-aligned types. The job may be read and the result written until this returns. Do not change the job, since the
// receiver of its outcome may ask for it. With a `result_size` of 0 `result` is NULL. Bytes of the result that are left
// unwritten are unspecified.
//
// Return 0 if the job succeeded; any other number is the job's own error and comes out as `error`.
//
// Several threads call it at once, each with a job of its own. It must return: it must not leave by `longjmp` or a C++
// exception, nor end its thread.
//
// It should not wait for another job of the pool, or until the outcome of that job has been received: a worker takes several
// short jobs at once, runs them one after the other and publishes their outcomes together, and that job may be among them.
// And it should submit and receive with the calls that do not block: those that block could wait for ever.
typedef int32_t (*jobring_run)(const struct jobring_worker *worker, void *user, const void *job, void *result);

// What `jobring_pool_create` needs to know. Set all of it to zero, then `size` to `sizeof(jobring_config)`, then the rest.
typedef struct jobring_config {
  // `sizeof(jobring_config)`.
  size_t size;
  // Worker threads, 1 to `JOBRING_MAX_WORKERS`.
  size_t workers;
  // Jobs that may be in flight, from submit to receive: 1 to `JOBRING_MAX_CAPACITY`.
  size_t capacity;
  // Bytes of a job, at least 1. Jobs and results may be as large as memory allows: each slot has room for both from the
  // start, and all of that room is touched then. Jobs and results of up to 8 bytes are the fastest.
  size_t job_size;
  // Bytes of a result; 0 if jobs have none.
  size_t result_size;
  // Runs a job. Must not be NULL.
  jobring_run run;
  // Passed to `run`; may be NULL. All workers use what it points to at once, until the pool is destroyed.
  void *user;
  // The threads are called `name-0`, `name-1` and so on; NULL for "jobring". Copied; bytes that are not UTF-8 are
  // replaced. Linux keeps the first 15 bytes of each.
  const char *name;
  // Bytes of each worker's stack; 0 for 2 MiB, or what the environment variable `RUST_MIN_STACK` says. (Not the 8 MiB
  // that threads in C mostly have.)
  size_t stack_size;
} jobring_config;

// Which job, and what became of it.
typedef struct jobring_outcome {
  // The name that the job got when it was submitted. Its low 32 bits are the job's slot, below the pool's capacity.
  uint64_t job;
  // The number of the worker that ran it, or `JOBRING_NO_WORKER`.
  uint32_t worker;
  // What became of it.
  jobring_outcome_kind kind;
  // What `run` returned; 0 unless the kind is `JOBRING_FAILED`.
  int32_t error;
  // Zero in this version; a later one may give it a meaning. So a later library can say more in the same struct, and a
  // program that knows nothing of it reads what it always did.
  uint32_t reserved;
} jobring_outcome;

// A ring of elements of one size in the caller's memory, for any number of threads and interrupts that push and pop.
//
// This struct says where the ring is, and does not change; the ring itself is in the memory. Memory that is all zeros is an
// empty ring: a static ring needs no initialisation, and an interrupt may use it before anything else has. The macro
// `JOBRING_RING` defines both. There is nothing to destroy: once no call is under way the memory may be freed, or filled
// with zeros and used anew.
typedef struct jobring_ring {
  // Zeros before the first call, then touched by nothing but these functions. Any alignment. Everything that uses the ring
  // sees it at this address.
  void *memory;
  // Bytes of the memory: at least `JOBRING_RING_SIZE(capacity, element_size)`, or what `jobring_ring_size` says.
  size_t memory_size;
  // Elements that fit into the ring: 1 to `JOBRING_MAX_CAPACITY`.
  size_t capacity;
  // Bytes of an element, at least 1, and no more than the memory has room for.
  size_t element_size;
} jobring_ring;

// A pool without threads in the caller's memory: whatever calls `jobring_static_pool_run_one` is a worker, be it a thread,
// a task, the main loop or an interrupt.
//
// This struct says where the pool is, and does not change; the pool itself is in the memory. Memory that is all zeros is an
// empty pool: a static pool needs no initialisation, and an interrupt may use it before anything else has. The macro
// `JOBRING_STATIC_POOL` defines both. There is nothing to destroy: once no call is under way the memory may be freed, or
// filled with zeros and used anew.
typedef struct jobring_static_pool {
  // Zeros before the first call, then touched by nothing but these functions. Any alignment. Everything that uses the pool
  // sees it at this address.
  void *memory;
  // Bytes of the memory: at least `JOBRING_STATIC_POOL_SIZE(capacity, job_size, result_size)`, or what
  // `jobring_static_pool_size` says.
  size_t memory_size;
  // Jobs that may be in flight, from submit to collect: 1 to `JOBRING_MAX_CAPACITY`.
  size_t capacity;
  // Bytes of a job, at least 1. Jobs and results may be as large as the memory has room for.
  size_t job_size;
  // Bytes of a result; 0 if jobs have none.
  size_t result_size;
} jobring_static_pool;

// Runs one job of a static pool.
//
// `worker` is the number that `jobring_static_pool_run_one` was given. `job` points to the `job_size` bytes that were
// submitted, `result` to `result_size` bytes to be filled; both are aligned for types that need an alignment of
// `JOBRING_ALIGN` bytes at most. The job may be read and the result written until this returns. Do not change the job, since
// the collector of its outcome may ask for it. With a `result_size` of 0 `result` is NULL. Bytes of the result that are left
// unwritten are unspecified.
//
// Return 0 if the job succeeded; any other number is the job's own error and comes out as `error`. It must return: it must
// not leave by `longjmp` or a C++ exception, nor end its thread.
typedef int32_t (*jobring_static_run)(uint32_t worker, void *user, const void *job, void *result);

// What a static pool has done so far: exact while nothing moves.
typedef struct jobring_static_stats {
  // Jobs accepted, modulo 2^29 for each slot.
  uint64_t accepted;
  // Jobs accepted whose outcome has not been collected.
  size_t in_flight;
  // Jobs whose outcome waits to be collected.
  size_t finished;
} jobring_static_stats;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The library's version, such as "0.1.0", for logs; `JOBRING_VERSION` is the header's. Static, never NULL. Any thread.
const char *jobring_version(void);

// The library's version of the C interface: refuse to run if it is not `JOBRING_ABI_VERSION`, the header's. Any thread.
uint32_t jobring_abi_version(void);

// A short English text for a status, for logs; "unknown status" for a number that is not a status. Never NULL; the text
// is static and must not be freed. Any thread.
const char *jobring_status_str(int32_t status);

// Counts of the whole pool. Looks at every slot. Does not block. Any thread.
//
// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`, `JOBRING_ERR_STRUCT_SIZE`.
jobring_status jobring_pool_stats(const struct jobring_pool *pool, struct jobring_stats *stats);

// Counts of one worker, by its number. Does not block. Any thread.
//
// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`, `JOBRING_ERR_STRUCT_SIZE`, `JOBRING_ERR_WORKER`.
jobring_status jobring_pool_worker_stats(const struct jobring_pool *pool,
                                         uint32_t worker,
                                         struct jobring_worker_stats *stats);

// Makes a pool and starts its workers.
//
// On success `*pool` is a pool that the caller must destroy. The configuration is copied; `config->user` must stay
// valid until the pool is destroyed. Blocks while threads start. Any thread: the workers inherit its signal mask.
//
// Returns `JOBRING_OK`, `JOBRING_ERR_NULL` (`config`, `config->run` or `pool`), `JOBRING_ERR_STRUCT_SIZE`,
// `JOBRING_ERR_WORKERS`, `JOBRING_ERR_CAPACITY`, `JOBRING_ERR_JOB_SIZE`, `JOBRING_ERR_NO_MEMORY`, `JOBRING_ERR_THREAD`.
// With an error nothing is left behind: no thread, no memory.
jobring_status jobring_pool_create(const struct jobring_config *config, struct jobring_pool **pool);

// Refuses jobs from now on; jobs accepted before are run and give their outcomes. Submits that wait are refused.
// Calling it again has no effect. Does not block. Any thread.
//
// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`.
jobring_status jobring_pool_close(struct jobring_pool *pool);

// Closes the pool, and gives back waiting jobs as outcomes of kind `JOBRING_CANCELLED`. Running jobs go on; they can see
// the cancellation by `jobring_worker_is_cancelled`. Does not block. Any thread.
//
// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`.
jobring_status jobring_pool_cancel(struct jobring_pool *pool);

// Closes the pool, and blocks until every accepted job has its outcome and the workers are done. Outcomes can still be
// received afterwards. Any thread but a worker of this pool.
//
// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`, `JOBRING_ERR_DEADLOCK` if a job of the pool calls it.
jobring_status jobring_pool_join(struct jobring_pool *pool);

// Closes the pool, waits as `jobring_pool_join` does, and frees the pool. Outcomes that nobody received are lost. NULL has
// no effect.
//
// All other calls on the pool must have returned before, and none may follow. That an outcome has been received, or that a
// receive has returned `JOBRING_CLOSED`, does not prove it: the submit of that job, or the close or cancel, may not have
// returned yet. So join the threads that make such calls, or hear from them, before this. Not for a worker of this pool.
//
// Returns `JOBRING_OK`; `JOBRING_ERR_DEADLOCK` if a job of the pool calls it: then nothing is freed.
jobring_status jobring_pool_destroy(struct jobring_pool *pool);

// The worker's number, below the pool's number of workers; `JOBRING_NO_WORKER` for NULL. Only during the job.
uint32_t jobring_worker_id(const struct jobring_worker *worker);

// The name of the job that is running; `UINT64_MAX` for NULL. Only during the job.
uint64_t jobring_worker_job(const struct jobring_worker *worker);

// Whether the pool has been cancelled: a long job that asks now and then can end early. False for NULL. Only during
// the job.
bool jobring_worker_is_cancelled(const struct jobring_worker *worker);

// Submits a job; blocks while all slots are in flight.
//
// Copies `job_size` bytes from `job`, which stays the caller's. Writes the job's name to `*id`, unless `id` is NULL. By then
// another thread may have received the outcome: to match the two, put a key of your own into the job.
//
// A slot is free again once its outcome has been received. So one thread that submits more than `capacity` jobs before it
// receives any waits for ever, unless another thread receives meanwhile.
//
// Any thread; a job that submits to its own pool should use `jobring_pool_try_submit`, since this could wait for ever.
//
// Returns `JOBRING_OK`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`.
jobring_status jobring_pool_submit(struct jobring_pool *pool,
                                   const void *job,
                                   uint64_t *id);

// Submits a job if a slot is free. Does not block; otherwise as `jobring_pool_submit`.
//
// Returns `JOBRING_OK`, `JOBRING_FULL`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`.
jobring_status jobring_pool_try_submit(struct jobring_pool *pool, const void *job, uint64_t *id);

// Submits a job; blocks up to `timeout_ns` nanoseconds of monotonic time while all slots are in flight, for ever with
// `UINT64_MAX`. With 0 it looks, lets other threads run once, and looks again. Otherwise as `jobring_pool_submit`.
//
// Returns `JOBRING_OK`, `JOBRING_TIMEOUT`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`.
jobring_status jobring_pool_submit_timeout(struct jobring_pool *pool,
                                           const void *job,
                                           uint64_t timeout_ns,
                                           uint64_t *id);

// Receives an outcome; blocks while there is none.
//
// Writes what became of the job to `*outcome`; copies `result_size` bytes to `result`, unless that is NULL or the
// job never returned (`JOBRING_CANCELLED`, `JOBRING_PANICKED`); and copies the job's own `job_size` bytes back to `job`,
// unless that is NULL. Every accepted job's outcome is received exactly once, by one caller.
//
// If only one thread receives, it gets outcomes in the order in which workers published them. Where several threads
// receive, each takes some outcomes at once for its next calls (up to an eighth of the capacity, 64 at most); those that it
// does not come back for go to the other threads once nothing else is there.
//
// Any thread; a job that receives from its own pool should use `jobring_pool_try_recv`, since this could wait for ever:
// neither the job's own outcome nor `JOBRING_CLOSED` can come before the job returns.
//
// Returns `JOBRING_OK`, `JOBRING_CLOSED` once the pool is closed and all outcomes have been received,
// `JOBRING_ERR_NULL`.
jobring_status jobring_pool_recv(struct jobring_pool *pool,
                                 struct jobring_outcome *outcome,
                                 void *result,
                                 void *job);

// Receives an outcome, if there is one. Does not block; otherwise as `jobring_pool_recv`.
//
// Returns `JOBRING_OK`, `JOBRING_EMPTY`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`.
jobring_status jobring_pool_try_recv(struct jobring_pool *pool,
                                     struct jobring_outcome *outcome,
                                     void *result,
                                     void *job);

// Receives an outcome; blocks up to `timeout_ns` nanoseconds for one, as `jobring_pool_submit_timeout` does. Otherwise as
// `jobring_pool_recv`.
//
// Returns `JOBRING_OK`, `JOBRING_TIMEOUT`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`.
jobring_status jobring_pool_recv_timeout(struct jobring_pool *pool,
                                         uint64_t timeout_ns,
                                         struct jobring_outcome *outcome,
                                         void *result,
                                         void *job);

// Submits up to `count` jobs, as many as there are free slots. Does not block.
//
// `jobs` is an array of `count` jobs, one after the other, each of `job_size` bytes; they are copied. `*accepted` says
// how many of them were accepted: always the first ones, so go on with the job at index `*accepted`. `ids`, unless it is
// NULL, is an array of `count` names: the names of accepted jobs are filled in, the other elements are unspecified.
//
// With a `count` of 0 it does nothing, and `jobs` may be NULL. Any thread.
//
// Returns `JOBRING_OK` if it accepted at least one job (or was given none), `JOBRING_FULL` if it accepted none,
// `JOBRING_CLOSED` if the pool was closed before all were accepted, `JOBRING_ERR_NULL` (`pool`, `jobs`, `accepted`).
// `*accepted` is written in all cases but the last.
jobring_status jobring_pool_submit_batch(struct jobring_pool *pool,
                                         const void *jobs,
                                         size_t count,
                                         uint64_t *ids,
                                         size_t *accepted);

// Submits `count` jobs; blocks while all slots are in flight. Otherwise as `jobring_pool_submit_batch`.
//
// If there are more jobs than free slots another thread must receive, or this waits for ever. A job that submits to its own
// pool should use `jobring_pool_submit_batch`.
//
// Returns `JOBRING_OK` if it accepted all jobs, `JOBRING_CLOSED` if the pool was closed before that (`*accepted` says how
// many it accepted), `JOBRING_ERR_NULL` (`pool`, `jobs`, `accepted`).
jobring_status jobring_pool_submit_all(struct jobring_pool *pool,
                                       const void *jobs,
                                       size_t count,
                                       uint64_t *ids,
                                       size_t *accepted);

// Receives up to `count` outcomes; blocks while there is none, but never for more than the first.
//
// `outcomes` is an array of `count` elements, and so are `results` (each of `result_size` bytes) and `jobs` (each of
// `job_size` bytes), one element after the other, unless they are NULL. `*received` says how many outcomes were
// written, from the beginning on; after them the arrays are as they were. What is written for each is what
// `jobring_pool_recv` writes, so the element of `results` stays as it was where the job never returned.
//
// With a `count` of 0 it does nothing, and `outcomes` may be NULL. Any thread.
//
// Returns `JOBRING_OK` if it received at least one outcome (or was asked for none), `JOBRING_CLOSED` once the pool is
// closed and all outcomes have been received, `JOBRING_ERR_NULL` (`pool`, `outcomes`, `received`). `*received` is
// written in all cases but the last.
jobring_status jobring_pool_recv_batch(struct jobring_pool *pool,
                                       struct jobring_outcome *outcomes,
                                       void *results,
                                       void *jobs,
                                       size_t count,
                                       size_t *received);

// Receives up to `count` outcomes, as many as there are. Does not block; otherwise as `jobring_pool_recv_batch`.
//
// Returns `JOBRING_OK` if it received at least one outcome (or was asked for none), `JOBRING_EMPTY`, `JOBRING_CLOSED`,
// `JOBRING_ERR_NULL`.
jobring_status jobring_pool_try_recv_batch(struct jobring_pool *pool,
                                           struct jobring_outcome *outcomes,
                                           void *results,
                                           void *jobs,
                                           size_t count,
                                           size_t *received);

// Says whether a ring is usable. The other functions return the same errors, but firmware should know when it starts.
//
// Returns `JOBRING_OK`, `JOBRING_ERR_NULL` (`ring` or its memory), `JOBRING_ERR_CAPACITY`, `JOBRING_ERR_JOB_SIZE`,
// `JOBRING_ERR_MEMORY_SIZE`.
jobring_status jobring_ring_check(const struct jobring_ring *ring);

// Bytes of memory for a ring, wherever the memory begins; 0 if there can be no such ring.
size_t jobring_ring_size(size_t capacity, size_t element_size);

// Appends an element: copies `element_size` bytes from `element`. Does not block; bounded steps in an interrupt that
// nothing interrupts. Any thread, any interrupt.
//
// Returns `JOBRING_OK`, `JOBRING_FULL`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`, and what `jobring_ring_check` does.
jobring_status jobring_ring_push(const struct jobring_ring *ring, const void *element);

// Takes the oldest element: copies its bytes to `element`. Does not block; bounded steps in an interrupt that nothing
// interrupts. Any thread, any interrupt.
//
// Returns `JOBRING_OK`, `JOBRING_EMPTY`, `JOBRING_CLOSED` (and drained), `JOBRING_ERR_NULL`, and what
// `jobring_ring_check` does.
jobring_status jobring_ring_pop(const struct jobring_ring *ring, void *element);

// Refuses elements from now on; those pushed before can still be popped. May be called again. Any thread, any interrupt.
//
// Returns `JOBRING_OK`, and what `jobring_ring_check` does.
jobring_status jobring_ring_close(const struct jobring_ring *ring);

// Writes the number of elements in the ring to `*len`: exact while nobody pushes or pops. Any thread, any interrupt.
//
// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`, and what `jobring_ring_check` does.
jobring_status jobring_ring_len(const struct jobring_ring *ring, size_t *len);

// Says whether a pool is usable. The other functions return the same errors, but firmware should know when it starts.
//
// Returns `JOBRING_OK`, `JOBRING_ERR_NULL` (`pool` or its memory), `JOBRING_ERR_CAPACITY`, `JOBRING_ERR_JOB_SIZE`,
// `JOBRING_ERR_MEMORY_SIZE`.
jobring_status jobring_static_pool_check(const struct jobring_static_pool *pool);

// Bytes of memory for a pool, wherever the memory begins; 0 if there can be no such pool.
size_t jobring_static_pool_size(size_t capacity, size_t job_size, size_t result_size);

// Accepts a job: copies `job_size` bytes from `job`. Writes the job's name to `*id`, unless `id` is NULL. Does not block;
// bounded steps in an interrupt that nothing interrupts. Any thread, any interrupt.
//
// Returns `JOBRING_OK`, `JOBRING_FULL`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`, and what `jobring_static_pool_check` does.
jobring_status jobring_static_pool_submit(const struct jobring_static_pool *pool,
                                          const void *job,
                                          uint64_t *id);

// Runs the oldest job, if there is one: calls `run`, and keeps its outcome for `jobring_static_pool_collect`. `user` is
// passed on and may be NULL. Blocks as long as the job runs. Any thread, any interrupt; calls at once run one job each.
//
// Returns `JOBRING_OK` (a job was run, whatever it returned), `JOBRING_EMPTY`, `JOBRING_CLOSED` (and no job is left),
// `JOBRING_ERR_NULL` (`pool`, `run`), and what `jobring_static_pool_check` does.
jobring_status jobring_static_pool_run_one(const struct jobring_static_pool *pool,
                                           uint32_t worker,
                                           jobring_static_run run,
                                           void *user);

// Takes the oldest outcome, if there is one: fills `*outcome`, and copies `result_size` bytes to `result`, unless it is NULL;
// the result of a job that did not return 0 is unspecified. Copies the job back to `job` as it was submitted, unless that is
// NULL: so what a cancelled job owns is not lost. Does not block; bounded steps in an interrupt that nothing interrupts. Any
// thread, any interrupt.
//
// It does not return `JOBRING_CLOSED` while a call of `jobring_static_pool_run_one` or `jobring_static_pool_cancel` has not
// returned, even one that found no job. So an interrupt must not call this again and again until it returns `JOBRING_CLOSED`:
// the interrupt may have come in the middle of such a call.
//
// Returns `JOBRING_OK`, `JOBRING_EMPTY`, `JOBRING_CLOSED` (all outcomes have been collected, and none will come),
// `JOBRING_ERR_NULL` (`pool`, `outcome`), and what `jobring_static_pool_check` does.
jobring_status jobring_static_pool_collect(const struct jobring_static_pool *pool,
                                           struct jobring_outcome *outcome,
                                           void *result,
                                           void *job);

// Refuses jobs from now on; jobs accepted before can still be run and collected. May be called again. Any thread, any
// interrupt.
//
// Returns `JOBRING_OK`, and what `jobring_static_pool_check` does.
jobring_status jobring_static_pool_close(const struct jobring_static_pool *pool);

// Closes the pool, and turns waiting jobs into outcomes of kind `JOBRING_CANCELLED`. Takes as many steps as there are such
// jobs. Any thread, any interrupt.
//
// Returns `JOBRING_OK`, and what `jobring_static_pool_check` does.
jobring_status jobring_static_pool_cancel(const struct jobring_static_pool *pool);

// Counts, read from the slots. Takes as many steps as the pool has slots. Any thread, any interrupt.
//
// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`, and what `jobring_static_pool_check` does.
jobring_status jobring_static_pool_get_stats(const struct jobring_static_pool *pool,
                                             struct jobring_static_stats *stats);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* JOBRING_H */
