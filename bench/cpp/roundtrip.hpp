// The roundtrip workload for pools in C++: the same loops as on the Rust side, compiled here so that nothing of a
// peer is paid for crossing a language.
//
// A pool has: Pool(workers, capacity), submit(job), try_submit(job), recv(), try_recv(outcome), close(), and a
// destructor that joins its threads. What it collects is counted, so that a pool need not say when it is drained.
// One that takes and gives many by one call has, instead of the four in the middle: submit(from, to), which submits
// these jobs, and recv(sum), which waits for outcomes, takes those that are there, adds them and says how many.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

constexpr std::uint64_t in_flight = 1024;
constexpr std::uint64_t pools = 10;

// Nanoseconds that one sample should not exceed by much.
constexpr double budget = 2e8;

// No job has this name: a worker that receives it ends.
constexpr std::uint64_t no_more = UINT64_MAX;

inline std::uint64_t tiny(std::uint64_t v) { return v * v + 1; }

using Clock = std::chrono::steady_clock;

inline double nanos(Clock::duration time) { return std::chrono::duration<double, std::nano>(time).count(); }

struct Singles {
    // Submits until the pool is full, waits for an outcome, takes what else there is.
    template <class Pool>
    static std::uint64_t feed(Pool& pool, std::uint64_t jobs) {
        std::uint64_t sent = 0, got = 0, sum = 0, outcome = 0;
        while (got < jobs) {
            while (sent < jobs && sent - got < in_flight && pool.try_submit(sent)) ++sent;
            if (got == sent) continue;
            sum += pool.recv();
            ++got;
            while (pool.try_recv(outcome)) {
                sum += outcome;
                ++got;
            }
        }
        return sum;
    }

    template <class Pool>
    static void submit(Pool& pool, std::uint64_t jobs) {
        for (std::uint64_t job = 0; job < jobs; ++job) pool.submit(job);
    }

    template <class Pool>
    static std::uint64_t recv(Pool& pool, std::uint64_t jobs) {
        std::uint64_t sum = 0;
        for (std::uint64_t job = 0; job < jobs; ++job) sum += pool.recv();
        return sum;
    }
};

// The same by batches.
struct Batches {
    template <class Pool>
    static std::uint64_t feed(Pool& pool, std::uint64_t jobs) {
        std::uint64_t sent = 0, got = 0, sum = 0;
        while (got < jobs) {
            const std::uint64_t fit = std::min(jobs, got + in_flight);
            if (sent < fit) pool.submit(sent, fit);
            sent = fit;
            got += pool.recv(sum);
        }
        return sum;
    }

    template <class Pool>
    static void submit(Pool& pool, std::uint64_t jobs) {
        pool.submit(0, jobs);
    }

    template <class Pool>
    static std::uint64_t recv(Pool& pool, std::uint64_t jobs) {
        std::uint64_t got = 0, sum = 0;
        while (got < jobs) got += pool.recv(sum);
        return sum;
    }
};

// Who is slow gets fewer jobs; `jobs` then says how many.
template <class Way, class Pool>
double bounded(std::size_t workers, std::uint64_t& jobs, std::uint64_t& sum) {
    Pool pool(workers, in_flight);
    const std::uint64_t first = jobs / 20;
    auto start = Clock::now();
    Way::feed(pool, first);
    double affordable = first * budget / nanos(Clock::now() - start);
    if (affordable < jobs) jobs = std::max(first, static_cast<std::uint64_t>(affordable));
    start = Clock::now();
    sum = Way::feed(pool, jobs);
    double took = nanos(Clock::now() - start);
    pool.close();
    return took / jobs;
}

// Room for all jobs: submit all, close, collect all. Gives the sum of one of the pools; all must have the same.
template <class Way, class Pool>
double seed(std::size_t workers, std::uint64_t jobs, std::uint64_t& sum) {
    double took = 0;
    std::uint64_t n = 0;
    for (; n < pools && took < budget; ++n) {
        Pool pool(workers, jobs);
        auto start = Clock::now();
        Way::submit(pool, jobs);
        pool.close();
        const std::uint64_t one = Way::recv(pool, jobs);
        took += nanos(Clock::now() - start);
        if (n > 0 && one != sum) return -1;
        sum = one;
    }
    return took / (jobs * n);
}

// A function for the Rust side. In the shape `seed`, `jobs` is what each of the pools gets.
#define ROUNDTRIP_BY(Way, name, Pool)                                                                       \
    extern "C" double name(bool is_seed, std::size_t workers, std::uint64_t* jobs, std::uint64_t* sum) {    \
        return is_seed ? seed<Way, Pool>(workers, *jobs, *sum) : bounded<Way, Pool>(workers, *jobs, *sum);  \
    }
#define ROUNDTRIP(name, Pool) ROUNDTRIP_BY(Singles, name, Pool)
#define ROUNDTRIP_BATCH(name, Pool) ROUNDTRIP_BY(Batches, name, Pool)

// Threads that a pool of two queues needs.
class Threads {
public:
    template <class Body>
    Threads(std::size_t count, Body body) {
        for (std::size_t n = 0; n < count; ++n) threads.emplace_back(body);
    }

    std::size_t count() const { return threads.size(); }

    ~Threads() {
        for (auto& thread : threads) thread.join();
    }

private:
    std::vector<std::thread> threads;
};
