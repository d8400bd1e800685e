// Two of moodycamel's BlockingConcurrentQueue, by its bulk calls and with tokens, which are its quickest way.

#include <concurrentqueue/blockingconcurrentqueue.h>

#include <array>
#include <numeric>

#include "roundtrip.hpp"

namespace {

using Queue = moodycamel::BlockingConcurrentQueue<std::uint64_t>;

// What the thread with the pool submits or collects at once.
using Many = std::array<std::uint64_t, in_flight>;

// What a worker takes at once, so that several share.
using Some = std::array<std::uint64_t, 128>;

class Pool {
public:
    Pool(std::size_t workers, std::size_t capacity)
        : jobs(capacity), outcomes(capacity), producer(jobs), consumer(outcomes), threads(workers, [this] { work(); }) {}

    void submit(std::uint64_t from, std::uint64_t to) {
        Many many;
        while (from < to) {
            const std::size_t count = std::min<std::uint64_t>(many.size(), to - from);
            std::iota(many.begin(), many.begin() + count, from);
            jobs.enqueue_bulk(producer, many.begin(), count);
            from += count;
        }
    }

    std::uint64_t recv(std::uint64_t& sum) {
        Many many;
        const std::size_t count = outcomes.wait_dequeue_bulk(consumer, many.begin(), many.size());
        sum = std::accumulate(many.begin(), many.begin() + count, sum);
        return count;
    }

    // One word for all workers: the first that receives it has all jobs before it taken, and each hands it on.
    void close() { jobs.enqueue(producer, no_more); }

private:
    void work() {
        moodycamel::ConsumerToken from(jobs);
        moodycamel::ProducerToken to(outcomes);
        Some some;
        for (;;) {
            std::size_t count = jobs.wait_dequeue_bulk(from, some.begin(), some.size());
            const bool last = some[count - 1] == no_more;
            if (last) --count;
            std::transform(some.begin(), some.begin() + count, some.begin(), tiny);
            if (count > 0) outcomes.enqueue_bulk(to, some.begin(), count);
            if (last) {
                jobs.enqueue(no_more);
                return;
            }
        }
    }

    Queue jobs, outcomes;
    moodycamel::ProducerToken producer;
    moodycamel::ConsumerToken consumer;
    Threads threads;
};

}  // namespace

ROUNDTRIP_BATCH(roundtrip_moodycamel_batch, Pool)
