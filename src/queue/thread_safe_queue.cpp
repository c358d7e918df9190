#include <uasync/queue/thread_safe_queue.hpp>

namespace uasync::detail {

void ThreadSafeQueueBase::close() noexcept {
    const SharedSection section{lock_};
    if (closed_) return;
    closed_ = true;
    while (!getters_.waiters.empty()) getters_.waiters.hand_one();
    while (!putters_.waiters.empty()) putters_.waiters.hand_one();
    getters_.kept = 0;
    putters_.kept = 0;
    note_change();
}

ThreadSafeQueueBase::~ThreadSafeQueueBase() {
#if UASYNC_THREADS
    {
        const SharedSection whoever_used_it_has_left{lock_};
    }
#endif
    getters_.waiters.release();
    putters_.waiters.release();
}

void ThreadSafeQueueBase::abandon(SharedSide& side) noexcept {
    if (!side.waiters.handed_to_current()) return;  // it has nothing, or the queue is gone
    const SharedSection section{lock_};
    if (closed_) return;
    --side.kept;
    side.offer();
    note_change();
}

}  // namespace uasync::detail
