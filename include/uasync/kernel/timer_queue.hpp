#pragma once
// The loop's timers: an intrusive pairing heap over 64-bit deadlines. For the runtime; tasks use `sleep` and `wait_for`.
//
// insert O(1), remove O(log n) amortised as measured (docs/design/timers.md), no allocation, no masking of interrupts (only the
// loop touches it). Equal deadlines leave in the order in which they were inserted, without a sequence number: the children of a
// node are kept in order of age (youngest first), merges join only neighbours in age, and the older side wins a tie.
// docs/design/timers.md has the proof.

#include <uasync/kernel/wait_list.hpp>

namespace uasync {

class TimerQueue {
public:
    /// The earliest timer, or null.
    WaitNode* first() const noexcept { return root_; }

    void insert(WaitNode& node) noexcept;
    void remove(WaitNode& node) noexcept;

private:
    void set_root(WaitNode* node) noexcept {
        if (node != nullptr) node->prev = nullptr;
        root_ = node;
    }

    WaitNode* root_ = nullptr;
};

}  // namespace uasync
