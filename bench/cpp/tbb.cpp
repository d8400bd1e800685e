// Two of oneTBB's concurrent_bounded_queue, with threads of our own: its queue, not its scheduler.

#include <tbb/concurrent_queue.h>

#include "roundtrip.hpp"

namespace {

struct Queue : tbb::concurrent_bounded_queue<std::uint64_t> {
    explicit Queue(std::size_t capacity) { set_capacity(static_cast<std::ptrdiff_t>(capacity)); }
};

class Pool {
public:
    // Room for the words that end the workers, too.
    Pool(std::size_t workers, std::size_t capacity)
        : jobs(capacity + workers), outcomes(capacity), threads(workers, [this] { work(); }) {}

    void submit(std::uint64_t job) { jobs.push(job); }

    bool try_submit(std::uint64_t job) { return jobs.try_push(job); }

    std::uint64_t recv() {
        std::uint64_t outcome = 0;
        outcomes.pop(outcome);
        return outcome;
    }

    bool try_recv(std::uint64_t& outcome) { return outcomes.try_pop(outcome); }

    void close() {
        for (std::size_t n = threads.count(); n > 0; --n) submit(no_more);
    }

private:
    void work() {
        for (;;) {
            std::uint64_t job = no_more;
            jobs.pop(job);
            if (job == no_more) return;
            outcomes.push(tiny(job));
        }
    }

    Queue jobs, outcomes;
    Threads threads;
};

}  // namespace

ROUNDTRIP(roundtrip_tbb, Pool)
