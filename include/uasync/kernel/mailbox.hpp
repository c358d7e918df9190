#pragma once
// Mailbox: a part of a loop on hosts with threads. Other threads, and signal handlers, put there what the loop is to do. For authors of ports.

#include <uasync/config.hpp>

#if UASYNC_THREADS

#include <atomic>

#include <uasync/kernel/wait_list.hpp>

namespace uasync {

namespace port {
/// Ends the sleep of the loop that has this mailbox. Called by any thread and by signal handlers, possibly when that loop has woken by
/// itself or is gone: then some loop wakes for nothing.
void wake(Mailbox& mailbox) noexcept;
}  // namespace port

/// A node that other threads post to a loop, which then calls its function in turn with the tasks that are ready.
struct PostedCallback : LoopCallback {
    PostedCallback(void (*function)(LoopCallback&) noexcept, void (*when_dropped)(PostedCallback&) noexcept) noexcept
        : LoopCallback{function}, dropped{when_dropped} {}
    /// Called instead if the loop ends before.
    void (*dropped)(PostedCallback&) noexcept;
};

/// A lock-free inbox with a bell.
///
/// The nodes form a stack, which the loop takes as a whole and turns round, so that the oldest comes first. The poster that finds the
/// stack at rest rings; all others know that somebody does, or that the loop watches.
///
///     poster                                     loop, before it sleeps
///     P1  head: at rest -> node  (the first)     L1  sleeping = true
///     P2  signalled = true                       L2  head at rest, or back to rest; and not signalled
///     P3  sleeping: wake it by the port          L3  sleep until woken
///                                                L4  sleeping = false
///
/// P1, P3, L1 and L2 are sequentially consistent: if P3 comes before L1, P1 comes before L2, and the loop sees the node. A busy loop looks at
/// `signalled` between steps, and at the stack every UASYNC_STEPS_PER_POLL steps.
///
///                  post: rings              take: nodes               take: nothing, or fall_asleep
///     at rest (null) --------> nodes on null ---------> watched (empty) --------------------------> at rest
///                                   nodes on watched <---- post: silent
///                                         `-- take: nodes --> watched
///
/// So a busy loop calls a single post before its next step, and of many in a row the second and all later ones at its next look. Else poster and
/// loop would pull the same cache line back and forth for each post. (Network drivers do the same: an interrupt for the
/// first packet, then polling until there is none.) What the loop's own thread posts rings even then, so that it comes in turn, as in
/// asyncio, unless another thread's post that waits for the look comes before it.
///
/// A poster that is late (between P1 and P3 while the loop has taken the node) wakes a loop for nothing.
/// It may be so late that the loop is gone. So mailboxes are used again and never freed, nor what the port keeps for them (a file
/// descriptor): what a late poster touches is always there. tests/model/inbox.pml has Spin visit all orders of this.
class Mailbox {
public:
    Mailbox() noexcept = default;
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;
    ~Mailbox() = delete;

    // Any thread ---------------------------------------------------------------------------------------------------------------

    /// Puts a node behind all that were posted before. The node is the loop's from here on, which may end before this returns. Lock free.
    void post(WaitNode& node) noexcept {
        WaitNode* first = head_.load(std::memory_order_relaxed);
        do {
            node.next = first;
        } while (!head_.compare_exchange_weak(first, &node, std::memory_order_seq_cst, std::memory_order_relaxed));
        if (first == watched()) return ring_if_own();
        if (first != nullptr) return;
        signalled.store(true, std::memory_order_relaxed);
        if (sleeping_.load(std::memory_order_seq_cst)) wake_loop();
    }

    /// Has the loop look around before its next step, and ends its sleep.
    void ring() noexcept {
        signalled.store(true, std::memory_order_seq_cst);
        if (sleeping_.load(std::memory_order_seq_cst)) wake_loop();
    }

    // The loop, and its port ---------------------------------------------------------------------------------------------------

    /// Whether `take` would find nothing and change nothing.
    bool at_rest() const noexcept { return head_.load(std::memory_order_relaxed) == nullptr; }

    /// All nodes, the oldest first, linked by `next`; `*end` is the place of the last one's null. Null if there are none.
    WaitNode* take(WaitNode**& end) noexcept {
        if (ends_watch(head_.load(std::memory_order_relaxed))) return nullptr;
        WaitNode* newest = head_.exchange(watched(), std::memory_order_acquire);
        WaitNode* oldest = nullptr;
        end = &newest->next;
        while (newest != bottom_) {
            WaitNode* earlier = newest->next;
            newest->next = oldest;
            oldest = newest;
            newest = earlier;
        }
        bottom_ = watched();
        return oldest;
    }

    /// Announces that the loop is about to sleep. False, and it must not, if there is something to do.
    bool fall_asleep() noexcept {
        sleeping_.store(true, std::memory_order_seq_cst);
        if (ends_watch(head_.load(std::memory_order_seq_cst)) && !signalled.load(std::memory_order_seq_cst)) return true;
        wake_up();
        return false;
    }
    void wake_up() noexcept { sleeping_.store(false, std::memory_order_relaxed); }

    /// What ends the sleep of a loop that somebody else's main loop runs (`EventLoop::set_wake_hook`).
    void set_hook(void (*hook)(void*), void* argument) noexcept {
        hook_argument_.store(argument, std::memory_order_relaxed);
        hook_.store(hook, std::memory_order_release);
    }

    /// One that no loop has, or a new one. Null if there is no memory.
    static Mailbox* acquire() noexcept;
    /// Gives it back. What is still in it is forgotten.
    void release() noexcept;

    void* port_state = nullptr;  ///< whatever the port keeps for it, for good

private:
    /// What lies below all nodes while the loop watches: an address that no node has.
    WaitNode* watched() noexcept { return reinterpret_cast<WaitNode*>(this); }

    /// Rings if this thread runs the loop. For other threads it is soon enough that the loop watches.
    void ring_if_own() noexcept;

    void wake_loop() noexcept {
        if (auto* const hook = hook_.load(std::memory_order_acquire)) hook(hook_argument_.load(std::memory_order_relaxed));
        port::wake(*this);
    }

    /// Goes to rest if there are no nodes, which `head` tells.
    bool ends_watch(WaitNode* head) noexcept {
        if (head != bottom_) return false;
        if (head == nullptr) return true;
        if (!head_.compare_exchange_strong(head, nullptr, std::memory_order_seq_cst)) return false;
        bottom_ = nullptr;
        return true;
    }

    // Apart from what the loop reads before each step.
    alignas(64) std::atomic<WaitNode*> head_{nullptr};

public:
    alignas(64) std::atomic<bool> signalled{false};  ///< the loop has something to do

private:
    std::atomic<bool> sleeping_{false};
    std::atomic<void (*)(void*)> hook_{nullptr};
    std::atomic<void*> hook_argument_{nullptr};
    Mailbox* next_free_ = nullptr;
    WaitNode* bottom_ = nullptr;  ///< what the loop has left in `head_`, below all nodes: null, or watched(); the loop's alone
};

}  // namespace uasync

#endif
