// BS::thread_pool, by its quickest call, `detach_task`. No Debian package has it: it is measured where its header is
// on the compiler's path (CPLUS_INCLUDE_PATH, say).

#include "outcomes.hpp"
#include "roundtrip.hpp"

#if __has_include(<BS_thread_pool.hpp>)

#include <BS_thread_pool.hpp>

extern "C" bool has_bs_thread_pool() { return true; }

namespace {

class Pool {
public:
    Pool(std::size_t workers, std::size_t) : pool(workers) {}

    void submit(std::uint64_t job) {
        pool.detach_task([this, job] { outcomes.push(tiny(job)); });
    }

    bool try_submit(std::uint64_t job) {
        submit(job);
        return true;
    }

    std::uint64_t recv() { return outcomes.pop(); }

    bool try_recv(std::uint64_t& outcome) { return outcomes.try_pop(outcome); }

    void close() {}

private:
    Outcomes outcomes;
    BS::thread_pool<> pool;
};

}  // namespace

ROUNDTRIP(roundtrip_bs, Pool)

#else

extern "C" bool has_bs_thread_pool() { return false; }

extern "C" double roundtrip_bs(bool, std::size_t, std::uint64_t*, std::uint64_t*) { return -1; }

#endif
