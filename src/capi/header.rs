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
// at the thread's end, for which the C library may allocate.)
//
// jobring_pool needs an operating system. jobring_ring and jobring_static_pool need nothing: they lie in memory of the
// caller's, and are for bare metal and interrupts too. A library built without std has these two alone.
//
// For C99 and C++11 and all later ones. (In C++ `jobring_config config = {};` sets all to zero, in C `= {0}`.)
//
// Conventions
//
// - A function that can fail returns a jobring_status; JOBRING_OK is 0. Outputs are written only with JOBRING_OK; what a
//   batch did before it ended is told with the other answers too. (Each such function may also return
//   JOBRING_ERR_INTERNAL, which says that the library has a defect: see there. No Rust panic crosses into C.)
// - The object comes first, then inputs, then outputs. Where outcomes are received in batches, the number of elements
//   follows the arrays that it counts.
// - Pointers that must not be NULL are checked: JOBRING_ERR_NULL. One that is neither NULL nor valid is undefined
//   behaviour, as everywhere in C.
// - Bytes of jobs and results are copied in and out. The library keeps no pointer of the caller's except the callback and
//   its user pointer.
// - Structs that may grow begin with their own size.
// - Enumerations are integers of 32 bits. A number that is in this header never changes its meaning.
// - All functions may be called by any number of threads at once on one pool, except jobring_pool_destroy: all other calls
//   must have returned before it.
// - Functions that block say so. A thread that is suspended inside of a function holds up no other. It keeps the slots that
//   it has in its hands:
//     on a jobring_pool, a single submit or receive: one;
//     a batch: up to 32, in larger pools up to an eighth of the capacity, 128 at most;
//     a worker, or whoever cancels: the jobs that it took at once, as many as a batch;
//     in the moment between taking some and keeping them for its next calls: up to an eighth of the capacity, 64 at most;
//     on a jobring_ring and a jobring_static_pool: one, and with cancel as many as a batch.
//   A wake-up that it was given and has not acted on passes to the next one who waits with the next job or outcome. What it
//   has published and not yet told of, those who are awake find, and those who sleep are told of with the next job or outcome.
// - Only the end of a jobring_pool waits: JOBRING_CLOSED, join and destroy for workers and for calls of cancel, and
//   JOBRING_CLOSED also for calls that receive.
// - On other systems than Linux the threads of a jobring_pool fall asleep under a mutex: one that is suspended while it holds
//   that delays those who would wake it or others, until it goes on.
// - Who waits on a jobring_pool, a worker too, stays awake for some 100 microseconds (longer where threads wait for a core) and
//   lets others run, and then sleeps; mostly sooner, where nothing came in that time again and again. Where there are more
//   workers than cores, those for whom there is none beside a submitter also rest for a millisecond now and then, if threads
//   wait for a core and little work is there.
// - Calls may change errno. Do not cancel a thread inside of one (pthread_cancel), nor call any in a signal handler, except
//   those of a jobring_ring and a jobring_static_pool.
// - A process that forks: threads stay behind, so in the child the pools of before run nothing and must not be used, not even
//   be destroyed; new ones work.
// - Do not forbid membarrier (by seccomp) to a process that has made a pool: it could not wait safely, and aborts.
// - Whoever loads a shared library of it by dlopen again and again should link it with -z nodelete, or load it with
//   RTLD_NODELETE: each unloading leaves one of the process's few keys of thread-specific data behind.
";

const MACROS: &str = "
// What the memory of rings and static pools is made of, in bytes, at most: jobring_ring_size and
// jobring_static_pool_size say it exactly. Processors with 64-bit atomics have words of 64 bits.
// Processors without them have words of 32; where there is no operating system the compiler's macros tell which it is.
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

// One bit of half a word for each place says whether it is free.
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

// A static jobring_ring of this name for `capacity` elements of `type`, in zeroed static memory.
#define JOBRING_RING(name, type, capacity) \\
  static uint64_t name##_memory[(JOBRING_RING_SIZE(capacity, sizeof(type)) + 7) / 8]; \\
  static const jobring_ring name = {name##_memory, sizeof name##_memory, capacity, sizeof(type)}

// A static jobring_static_pool of this name for `capacity` jobs of type `job` with results of type `result`.
#define JOBRING_STATIC_POOL(name, job, result, capacity) \\
  static uint64_t name##_memory[(JOBRING_STATIC_POOL_SIZE(capacity, sizeof(job), sizeof(result)) + 7) / 8]; \\
  static const jobring_static_pool name = { \\
    name##_memory, sizeof name##_memory, capacity, sizeof(job), sizeof(result)}";
