#pragma once

#include <uasync/config.hpp>

#if UASYNC_THREADS

#include <atomic>

#include <uasync/kernel/wait_list.hpp>

namespace uasync {

namespace port {
/// Ends the sleep of the loop that has a mailbox. Any thread and signal handlers call it.
///
/// The loop may have woken by itself or have gone by then: in that case some loop wakes for nothing.
/// @param mailbox the loop's mailbox
void wake(Mailbox& mailbox) noexcept;
}  // namespace port

/// A node that another thread posts to a loop. The loop calls its function when its turn comes among the ready tasks.
struct PostedCallback : LoopCallback {
    /// A callback that has not been posted.
    /// @param function the loop calls it
    /// @param when_dropped called instead, if the loop ends before
    PostedCallback(void (*function)(LoopCallback&) noexcept, void (*when_dropped)(PostedCallback&) noexcept) noexcept
        : LoopCallback{function}, dropped{when_dropped} {}
    /// Called instead of the function, if the loop ends before.
    void (*dropped)(PostedCallback&) noexcept;
};

// The nodes form a stack. The loop takes all of it and turns it round, so that the oldest comes first. The poster that finds
// the stack empty rings, and the others know that somebody does.
//
//     poster                                     loop, before it sleeps
//     P1  head: null -> node  (the first)        L1  sleeping = true
//     P2  signalled = true                       L2  head not null, or signalled: do not sleep
//     P3  sleeping: wake it by the port          L3  sleep until woken
//                                                L4  sleeping = false
//
// P1, P3, L1 and L2 are sequentially consistent: if P3 comes before L1, P1 comes before L2, and the loop sees the node. A busy
// loop looks at `signalled` between steps. A late poster, which is between P1 and P3 while the loop has taken the node, wakes a
// loop for nothing. It may be so late that the loop has gone. So a mailbox is used again and never freed, and neither is what
// the port keeps for it (a file descriptor): what a late poster touches always exists. Spin visits all orders of this in
// tests/model/inbox.pml.

/// The lock-free inbox of a loop on a host with threads, with a bell. For authors of ports.
///
/// Other threads and signal handlers put there what the loop is to do.
class Mailbox {
public:
    /// An empty mailbox.
    Mailbox() noexcept = default;
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;
    ~Mailbox() = delete;

    // Any thread ---------------------------------------------------------------------------------------------------------------

    /// Puts a node behind all that were posted before. Lock free; any thread and signal handlers.
    /// @param node belongs to the loop from here on, and the loop may end before this returns
    void post(WaitNode& node) noexcept {
        WaitNode* first = head_.load(std::memory_order_relaxed);
        do {
            node.next = first;
        } while (!head_.compare_exchange_weak(first, &node, std::memory_order_seq_cst, std::memory_order_relaxed));
        if (first != nullptr) return;
        signalled.store(true, std::memory_order_relaxed);
        if (sleeping_.load(std::memory_order_seq_cst)) wake_loop();
    }

    /// Makes the loop look around before its next step, and ends its sleep. Any thread and signal handlers.
    void ring() noexcept {
        signalled.store(true, std::memory_order_seq_cst);
        if (sleeping_.load(std::memory_order_seq_cst)) wake_loop();
    }

    // The loop and its port ----------------------------------------------------------------------------------------------------

    /// Whether there is no node. @return true if none was posted since take()
    bool empty() const noexcept { return head_.load(std::memory_order_relaxed) == nullptr; }

    /// Takes all nodes, the oldest first, linked by `next`.
    /// @param end set to the place of the last node's null, if there is a node
    /// @return the oldest node, or null
    WaitNode* take(WaitNode**& end) noexcept {
        WaitNode* newest = head_.exchange(nullptr, std::memory_order_acquire);
        WaitNode* oldest = nullptr;
        if (newest != nullptr) end = &newest->next;
        while (newest != nullptr) {
            WaitNode* earlier = newest->next;
            newest->next = oldest;
            oldest = newest;
            newest = earlier;
        }
        return oldest;
    }

    /// Announces that the loop is about to sleep. @return false if there is something to do, so that it must not sleep
    bool fall_asleep() noexcept {
        sleeping_.store(true, std::memory_order_seq_cst);
        if (head_.load(std::memory_order_seq_cst) == nullptr && !signalled.load(std::memory_order_seq_cst)) return true;
        wake_up();
        return false;
    }
    /// The loop sleeps no longer.
    void wake_up() noexcept { sleeping_.store(false, std::memory_order_relaxed); }

    /// Sets the function that ends the sleep of a loop that somebody else's main loop runs (`EventLoop::set_wake_hook`).
    /// @param hook called by any thread; null: none
    /// @param argument what `hook` gets
    void set_hook(void (*hook)(void*), void* argument) noexcept {
        hook_argument_.store(argument, std::memory_order_relaxed);
        hook_.store(hook, std::memory_order_release);
    }

    /// A mailbox that no loop has, or a new one. @return null if there is no memory
    static Mailbox* acquire() noexcept;
    /// Gives the mailbox back. What is still in it is forgotten.
    void release() noexcept;

    void* port_state = nullptr;  ///< what the port keeps for the mailbox, forever

private:
    void wake_loop() noexcept {
        if (auto* const hook = hook_.load(std::memory_order_acquire)) hook(hook_argument_.load(std::memory_order_relaxed));
        port::wake(*this);
    }

    // Apart from what the loop reads before each step.
    alignas(64) std::atomic<WaitNode*> head_{nullptr};

public:
    alignas(64) std::atomic<bool> signalled{false};  ///< whether the loop has something to do

private:
    std::atomic<bool> sleeping_{false};
    std::atomic<void (*)(void*)> hook_{nullptr};
    std::atomic<void*> hook_argument_{nullptr};
    Mailbox* next_free_ = nullptr;
};

}  // namespace uasync

#endif
