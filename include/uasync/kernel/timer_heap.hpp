#pragma once
// Implementation detail of TimerQueue.

#include <uasync/kernel/wait_list.hpp>

namespace uasync {

/// An intrusive pairing heap over 64-bit deadlines: the timer queue of a board, and the slots of a host's TimerWheel.
///
/// insert() is O(1), remove() O(log n) amortised as measured (docs/design/timers.md). Nothing allocates.
///
/// Equal deadlines leave in the order in which they were inserted, without a sequence number. The children of a node are kept in
/// order of age, the youngest first; a merge joins only neighbours in age, and the older side wins a tie. docs/design/timers.md has
/// the proof.
class TimerHeap {
public:
    /// The earliest timer, or null.
    WaitNode* first() const noexcept { return root_; }
    bool is_first(const WaitNode& node) const noexcept { return &node == root_; }

    /// Inserts a timer. Returns true if it is now the first.
    bool insert(WaitNode& node) noexcept;
    void remove(WaitNode& node) noexcept {
        if (&node == root_) {
            remove_first();
        } else {
            remove_inner(node);
        }
    }

    /// Takes out the earliest timer, if it is due at `now`; otherwise returns null.
    WaitNode* take_due(Time now) noexcept {
        WaitNode* due = root_;
        if (due == nullptr || due->deadline() > now) return nullptr;
        remove_first();
        return due;
    }

    // For the wheel -----------------------------------------------------------------------------------------------------------

    void remove_first() noexcept;
    /// Removes a timer that is not the first of its heap, whichever heap that is.
    static void remove_inner(WaitNode& node) noexcept;
    static bool is_root(const WaitNode& node) noexcept { return node.prev == nullptr; }

    /// insert() into an empty heap.
    void start(WaitNode& node) noexcept {
        node.child = nullptr;
        set_root(&node);
    }

    /// remove_first() of a heap that only ever had timers of one deadline, and so has no grandchildren. O(1).
    void remove_first_of_equals() noexcept;

    /// Takes out all timers and gives each to `take`: equal deadlines in the order of insertion, the first before all others. O(n).
    template <class Take>
    void drain(Take take) noexcept {
        WaitNode* node = root_;
        root_ = nullptr;
        while (node != nullptr) {
            // A node comes before its children, the oldest child first. Where to continue after them is kept in the youngest
            // child's prev, which no longer has to lead to the oldest. After the root comes null.
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
