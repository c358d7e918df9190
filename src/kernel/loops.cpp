// Which loops there are, for what concerns the tasks of all loops of a thread.

#include <uasync/kernel/loop.hpp>

#if UASYNC_LOOPS

#if UASYNC_THREADS
#include <mutex>
#endif

namespace uasync::detail {
namespace {

constinit Loop* newest = nullptr;

#if UASYNC_THREADS
constinit std::mutex mutex;
#else
struct NoMutex {
    void lock() noexcept {}
    void unlock() noexcept {}
};
constinit NoMutex mutex;
#endif

/// Holds the mutex for the life of the object.
class Locked {
public:
    Locked() noexcept { mutex.lock(); }
    ~Locked() { mutex.unlock(); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;
};

}  // namespace

void Loops::add(Loop& loop) noexcept {
    const Locked locked;
    loop.older_ = newest;
    if (newest != nullptr) newest->newer_ = &loop;
    newest = &loop;
}

void Loops::remove(Loop& loop) noexcept {
    const Locked locked;
    (loop.newer_ != nullptr ? loop.newer_->older_ : newest) = loop.older_;
    if (loop.older_ != nullptr) loop.older_->newer_ = loop.newer_;
}

Loop* Loops::next(const Loop* newer) noexcept {
    const Locked locked;
    Loop* loop = newer == nullptr ? newest : newer->older_;
#if UASYNC_THREADS
    while (loop != nullptr && !loop->is_of_this_thread()) loop = loop->older_;
#endif
    return loop;
}

}  // namespace uasync::detail

#endif
