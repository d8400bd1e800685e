// Makes the header for C. Not a module of the library: the build script and the header's test include it.

use std::path::Path;

/// What the header is made from, relative to the package.
pub(crate) const INPUTS: [&str; 13] = [
    "cbindgen.toml",
    "src/capi/header.rs",
    "src/capi/version.rs",
    "src/capi/limits.rs",
    "src/capi/status.rs",
    "src/capi/config.rs",
    "src/capi/outcome.rs",
    "src/capi/stats.rs",
    "src/capi/pool.rs",
    "src/capi/single.rs",
    "src/capi/batch.rs",
    "src/capi/ring.rs",
    "src/capi/static_pool.rs",
];

/// The header's text.
pub(crate) fn generate(package: &Path) -> String {
    let mut config = cbindgen::Config::from_file(package.join(INPUTS[0])).expect("cbindgen.toml is right");
    config.header = Some(HEAD.to_owned());
    config.after_includes = Some(format!(
        "\n// The version of this header; compare it with jobring_version().\n#define JOBRING_VERSION \"{}\"\n{MACROS}",
        env!("CARGO_PKG_VERSION")
    ));
    let mut builder = cbindgen::Builder::new().with_config(config);
    for input in &INPUTS[2..] {
        builder = builder.with_src(package.join(input));
    }
    let mut text = Vec::new();
    builder.generate().expect("the C functions can be declared").write(&mut text);
    without_safety_sections(&String::from_utf8(text).expect("sources are UTF-8"))
}

/// Rust's documentation has a section on safety at the end of each unsafe function's; to a C programmer it says nothing new.
fn without_safety_sections(header: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut in_section = false;
    for line in header.lines() {
        if line == "// # Safety" {
            in_section = true;
            lines.pop();
        }
        in_section &= line.starts_with("//");
        if !in_section {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

const HEAD: &str = "\
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
";

const MACROS: &str = "
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
#define JOBRING_FREE_SIZE(capacity) \\
  ((JOBRING_SIZE(capacity) + 4 * JOBRING_WORD_SIZE - 1) / (4 * JOBRING_WORD_SIZE) * JOBRING_WORD_SIZE)

// Bytes of memory for a ring, of type size_t.
#define JOBRING_RING_SIZE(capacity, element_size) \\
  (JOBRING_HEAD_SIZE + JOBRING_FREE_SIZE(capacity) \\
    + JOBRING_SIZE(capacity) * (JOBRING_WORD_SIZE + JOBRING_SIZE(element_size)))

// Bytes of memory for a static pool, of type size_t.
#define JOBRING_STATIC_POOL_SIZE(capacity, job_size, result_size) \\
  (JOBRING_HEAD_SIZE + JOBRING_FREE_SIZE(capacity) \\
    + JOBRING_SIZE(capacity) * (2 * JOBRING_WORD_SIZE + JOBRING_SLOT_SIZE \\
    + (JOBRING_SIZE(job_size) + JOBRING_ALIGN - 1) / JOBRING_ALIGN * JOBRING_ALIGN \\
    + (JOBRING_SIZE(result_size) + JOBRING_ALIGN - 1) / JOBRING_ALIGN * JOBRING_ALIGN))

// Defines a static jobring_ring of this name for `capacity` elements of `type`, in zeroed static memory.
#define JOBRING_RING(name, type, capacity) \\
  static uint64_t name##_memory[(JOBRING_RING_SIZE(capacity, sizeof(type)) + 7) / 8]; \\
  static const jobring_ring name = {name##_memory, sizeof name##_memory, capacity, sizeof(type)}

// Defines a static jobring_static_pool of this name for `capacity` jobs of type `job` with results of type `result`.
#define JOBRING_STATIC_POOL(name, job, result, capacity) \\
  static uint64_t name##_memory[(JOBRING_STATIC_POOL_SIZE(capacity, sizeof(job), sizeof(result)) + 7) / 8]; \\
  static const jobring_static_pool name = { \\
    name##_memory, sizeof name##_memory, capacity, sizeof(job), sizeof(result)}";
