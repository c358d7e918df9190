#pragma once
// Waiters: the list of a primitive's waiting tasks. A WaitList that ends its tasks with Error::destroyed if it is destroyed while
// they wait, so that no primitive has to think of it. For authors of primitives.

#include <uasync/kernel/loop.hpp>

namespace uasync {

class Waiters : public WaitList {
public:
    Waiters() noexcept = default;
    Waiters(const Waiters&) = delete;
    Waiters& operator=(const Waiters&) = delete;
    ~Waiters() {
        if (!empty()) [[unlikely]]
            release();
    }

    // A task that is woken with something in its hands (a lock, a message) takes it when its turn comes, and until then `task.list`
    // says whose it is: so an awaiter that is destroyed instead knows what to give back, and a primitive that is destroyed knows
    // who must no longer touch it. A task that was cancelled while it waited has no list.

    /// To be called when the woken task runs on: what it was handed is its own.
    void taken() const noexcept { running_loop().current().list = nullptr; }
    /// Whether the running task, which is being unwound, was woken from this list. It is asked once: what the task had is given
    /// back.
    bool handed_to_current() const noexcept {
        TaskState& task = running_loop().current();
        if (task.list != this) return false;
        task.list = nullptr;
        return true;
    }
    /// The primitive is being destroyed: tasks that wait, or were woken but have not run yet, end with Error::destroyed. O(tasks).
    void release() noexcept;
};

}  // namespace uasync
