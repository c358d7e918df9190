#pragma once
// TimerHeap: an intrusive pairing heap over 64-bit deadlines. For the runtime: a board's timer queue, and the slots of a host's
// (timer_wheel.hpp).
//
// insert O(1), remove O(log n) amortised as measured (docs/design/timers.md), no allocation. Equal deadlines leave in the order in
// which they were inserted, without a sequence number: the children of a node are kept in order of age (youngest first), merges join
// only neighbours in age, and the older side wins a tie. docs/design/timers.md has the proof.

#include <uasync/kernel/wait_list.hpp>

namespace uasync {

class TimerHeap {
public:
    /// The earliest timer, or null.
    WaitNode* first() const noexcept { return root_; }
    bool is_first(const WaitNode& node) const noexcept { return &node == root_; }

    /// True if it is the first now.
    bool insert(WaitNode& node) noexcept;
    void remove(WaitNode& node) noexcept {
        if (&node == root_) {
            remove_first();
        } else {
            remove_inner(node);
        }
    }

    /// The earliest timer, taken out, if its deadline has come by `now`; else null.
    WaitNode* take_due(Time now) noexcept {
        WaitNode* due = root_;
        if (due == nullptr || due->deadline() > now) return nullptr;
        remove_first();
        return due;
    }

    // For the wheel -----------------------------------------------------------------------------------------------------------

    void remove_first() noexcept;
    /// One that is not the first of its heap, whichever heap that is.
    static void remove_inner(WaitNode& node) noexcept;
    static bool is_root(const WaitNode& node) noexcept { return node.prev == nullptr; }

    /// `insert` into an empty heap.
    void start(WaitNode& node) noexcept {
        node.child = nullptr;
        set_root(&node);
    }

    /// `remove_first` of a heap into which nothing was ever inserted but timers of one deadline: it has no grandchildren. O(1).
    void remove_first_of_equals() noexcept;

    /// Takes out all timers and gives each to `take`: equal deadlines in the order of insertion, the first before all others. O(n).
    template <class Take>
    void drain(Take take) noexcept {
        WaitNode* node = root_;
        root_ = nullptr;
        while (node != nullptr) {
            // A node before its children, the oldest child first. Where to go on behind them is kept in the youngest child's prev,
            // whose look back to the oldest is needed no more; behind the root comes null.
            WaitNode* then = node->prev;
            if (WaitNode* youngest = node->child) {
                WaitNode* oldest = youngest->prev;
                youngest->prev = then;
                then = oldest;
            }
            take(*node);
            node = then;
        }
    }

private:
    void set_root(WaitNode* node) noexcept {
        if (node != nullptr) node->prev = nullptr;
        root_ = node;
    }

    WaitNode* root_ = nullptr;
};

}  // namespace uasync
