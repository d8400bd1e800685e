// The roundtrip workload for pools in C++: the same loops as on the Rust side, compiled here so that nothing of a
// peer is paid for crossing a language.
//
// A pool has: Pool(workers, capacity), submit(job), try_submit(job), recv(), try_recv(outcome), close(), and a
// destructor that joins its threads. What it collects is counted, so that a pool need not say when it is drained.
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

// Submits until the pool is full, waits for an outcome, takes what else there is.
template <class Pool>
std::uint64_t feed(Pool& pool, std::uint64_t jobs) {
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

// Who is slow gets fewer jobs; `jobs` then says how many.
template <class Pool>
double bounded(std::size_t workers, std::uint64_t& jobs, std::uint64_t& sum) {
    Pool pool(workers, in_flight);
    const std::uint64_t first = jobs / 20;
    auto start = Clock::now();
    feed(pool, first);
    double affordable = first * budget / nanos(Clock::now() - start);
    if (affordable < jobs) jobs = std::max(first, static_cast<std::uint64_t>(affordable));
    start = Clock::now();
    sum = feed(pool, jobs);
    double took = nanos(Clock::now() - start);
    pool.close();
    return took / jobs;
}

// Room for all jobs: submit all, close, collect all. Gives the sum of one of the pools; all must have the same.
template <class Pool>
double seed(std::size_t workers, std::uint64_t jobs, std::uint64_t& sum) {
    double took = 0;
    std::uint64_t n = 0;
    for (; n < pools && took < budget; ++n) {
        Pool pool(workers, jobs);
        auto start = Clock::now();
        for (std::uint64_t job = 0; job < jobs; ++job) pool.submit(job);
        pool.close();
        std::uint64_t one = 0;
        for (std::uint64_t job = 0; job < jobs; ++job) one += pool.recv();
        took += nanos(Clock::now() - start);
        if (n > 0 && one != sum) return -1;
        sum = one;
    }
    return took / (jobs * n);
}

// A function for the Rust side. In the shape `seed`, `jobs` is what each of the pools gets.
#define ROUNDTRIP(name, Pool)                                                                             \
    extern "C" double name(bool is_seed, std::size_t workers, std::uint64_t* jobs, std::uint64_t* sum) {  \
        return is_seed ? seed<Pool>(workers, *jobs, *sum) : bounded<Pool>(workers, *jobs, *sum);          \
    }

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
