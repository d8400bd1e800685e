// Two of moodycamel's BlockingConcurrentQueue, one by one, with tokens. Its quickest way are bulk calls: see
// moodycamel_batch.cpp.

#include <concurrentqueue/blockingconcurrentqueue.h>

#include "roundtrip.hpp"

namespace {

using Queue = moodycamel::BlockingConcurrentQueue<std::uint64_t>;

class Pool {
public:
    Pool(std::size_t workers, std::size_t capacity)
        : jobs(capacity), outcomes(capacity), producer(jobs), consumer(outcomes), threads(workers, [this] { work(); }) {}

    void submit(std::uint64_t job) { jobs.enqueue(producer, job); }

    bool try_submit(std::uint64_t job) { return jobs.enqueue(producer, job); }

    std::uint64_t recv() {
        std::uint64_t outcome = 0;
        outcomes.wait_dequeue(consumer, outcome);
        return outcome;
    }

    bool try_recv(std::uint64_t& outcome) { return outcomes.try_dequeue(consumer, outcome); }

    void close() {
        for (std::size_t n = threads.count(); n > 0; --n) submit(no_more);
    }

private:
    void work() {
        moodycamel::ConsumerToken from(jobs);
        moodycamel::ProducerToken to(outcomes);
        for (;;) {
            std::uint64_t job = no_more;
            jobs.wait_dequeue(from, job);
            if (job == no_more) return;
            outcomes.enqueue(to, tiny(job));
        }
    }

    Queue jobs, outcomes;
    moodycamel::ProducerToken producer;
    moodycamel::ConsumerToken consumer;
    Threads threads;
};

}  // namespace

ROUNDTRIP(roundtrip_moodycamel, Pool)
