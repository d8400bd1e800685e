// GLib's GThreadPool, with a GAsyncQueue for outcomes. A null pointer is no item for either, so all are one more.

#include <glib.h>

#include "roundtrip.hpp"

namespace {

gpointer item(std::uint64_t value) { return reinterpret_cast<gpointer>(value + 1); }

std::uint64_t value(gpointer item) { return reinterpret_cast<std::uint64_t>(item) - 1; }

class Pool {
public:
    Pool(std::size_t workers, std::size_t)
        : outcomes(g_async_queue_new()), pool(g_thread_pool_new(work, outcomes, static_cast<gint>(workers), TRUE, NULL)) {}

    void submit(std::uint64_t job) { g_thread_pool_push(pool, item(job), NULL); }

    bool try_submit(std::uint64_t job) { return g_thread_pool_push(pool, item(job), NULL); }

    std::uint64_t recv() { return value(g_async_queue_pop(outcomes)); }

    bool try_recv(std::uint64_t& outcome) {
        gpointer popped = g_async_queue_try_pop(outcomes);
        if (popped == NULL) return false;
        outcome = value(popped);
        return true;
    }

    void close() {}

    ~Pool() {
        g_thread_pool_free(pool, FALSE, TRUE);
        g_async_queue_unref(outcomes);
    }

private:
    static void work(gpointer job, gpointer outcomes) {
        g_async_queue_push(static_cast<GAsyncQueue*>(outcomes), item(tiny(value(job))));
    }

    GAsyncQueue* outcomes;
    GThreadPool* pool;
};

}  // namespace

ROUNDTRIP(roundtrip_glib, Pool)
