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
// the stack at rest rings. The others know that somebody does, or that the loop watches.
//
//     poster                                     loop, before it sleeps
//     P1  head: at rest -> node  (the first)     L1  sleeping = true
//     P2  signalled = true                       L2  head at rest, or back to rest, and not signalled; otherwise L4
//     P3  sleeping: wake it by the port          L3  sleep until woken
//                                                L4  sleeping = false
//
// P1, P3, L1 and L2 are sequentially consistent: if P3 comes before L1, P1 comes before L2, and the loop sees the node. A busy
// loop looks at `signalled` between steps, and at the stack every UASYNC_STEPS_PER_POLL steps.
//
//                  post: rings             take: nodes               take: nothing, or fall_asleep
//     at rest (null) -------> nodes on null ---------> watched (empty) --------------------------> at rest
//                                  nodes on watched <---- post: silent
//                                        `-- take: nodes --> watched
//
// So a busy loop calls a single post before its next step. Of many posts in a row, it calls the second and all later ones at its
// next look. If each post rang, poster and loop would pull the same cache line back and forth. Network drivers do the same: they
// take an interrupt for the first packet, and then poll until there is none. What the loop's own thread posts rings even then, so
// that it comes in turn, as in asyncio, unless a post that waits for the look is ahead of it.
//
// A late poster, which is between P1 and P3 while the loop has taken the node, wakes a loop for nothing. It may be so late that
// the loop has gone. So a mailbox is used again and never freed, and neither is what the port keeps for it (a file descriptor):
// what a late poster touches always exists. Spin visits all orders of this in tests/model/inbox.pml.

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
        if (first == watched()) return ring_if_own();
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

    /// Whether take() would find nothing and change nothing. @return true if nothing was posted since it found nothing
    bool at_rest() const noexcept { return head_.load(std::memory_order_relaxed) == nullptr; }

    /// Takes all nodes, the oldest first, linked by `next`.
    /// @param end set to the place of the last node's null, if there is a node
    /// @return the oldest node, or null
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

    /// Announces that the loop is about to sleep. @return false if there is something to do, so that it must not sleep
    bool fall_asleep() noexcept {
        sleeping_.store(true, std::memory_order_seq_cst);
        if (ends_watch(head_.load(std::memory_order_seq_cst)) && !signalled.load(std::memory_order_seq_cst)) return true;
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
    alignas(64) std::atomic<bool> signalled{false};  ///< whether the loop has something to do

private:
    std::atomic<bool> sleeping_{false};
    std::atomic<void (*)(void*)> hook_{nullptr};
    std::atomic<void*> hook_argument_{nullptr};
    Mailbox* next_free_ = nullptr;
    WaitNode* bottom_ = nullptr;  ///< what the loop has left in `head_`, below all nodes: null, or watched(); the loop's alone
};

}  // namespace uasync

#endif
