// The thread_pool of Robert Vaser, which is what Debian's libthread-pool-dev holds. Its outcomes are futures, which
// are waited for in the order of their jobs.

#include <thread_pool/thread_pool.hpp>

#include <deque>

#include "roundtrip.hpp"

namespace {

class Pool {
public:
    Pool(std::size_t workers, std::size_t) : pool(workers) {}

    void submit(std::uint64_t job) { futures.push_back(pool.Submit(tiny, job)); }

    bool try_submit(std::uint64_t job) {
        submit(job);
        return true;
    }

    std::uint64_t recv() {
        std::uint64_t outcome = futures.front().get();
        futures.pop_front();
        return outcome;
    }

    bool try_recv(std::uint64_t& outcome) {
        if (futures.empty() || futures.front().wait_for(Clock::duration::zero()) != std::future_status::ready) {
            return false;
        }
        outcome = recv();
        return true;
    }

    void close() {}

private:
    std::deque<std::future<std::uint64_t>> futures;
    thread_pool::ThreadPool pool;
};

}  // namespace

ROUNDTRIP(roundtrip_rvaser, Pool)
