// Where the outcomes go of a pool that has no place for them: a queue under a mutex.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>

class Outcomes {
public:
    void push(std::uint64_t outcome) {
        {
            std::lock_guard<std::mutex> lock(mutex);
            items.push_back(outcome);
        }
        some.notify_one();
    }

    std::uint64_t pop() {
        std::unique_lock<std::mutex> lock(mutex);
        some.wait(lock, [this] { return !items.empty(); });
        return take();
    }

    bool try_pop(std::uint64_t& outcome) {
        std::lock_guard<std::mutex> lock(mutex);
        if (items.empty()) return false;
        outcome = take();
        return true;
    }

private:
    std::uint64_t take() {
        std::uint64_t outcome = items.front();
        items.pop_front();
        return outcome;
    }

    std::mutex mutex;
    std::condition_variable some;
    std::deque<std::uint64_t> items;
};
