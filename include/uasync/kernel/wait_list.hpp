#pragma once

#include <atomic>
#include <bit>
#include <coroutine>
#include <cstdint>

#include <uasync/config.hpp>
#include <uasync/error.hpp>
#include <uasync/kernel/assumptions.hpp>
#include <uasync/kernel/port.hpp>
#include <uasync/kernel/words.hpp>

#if UASYNC_NAMES
#include <source_location>
#endif

namespace uasync {

class TaskLoop;
class WaitList;
struct CancelHook;

/// What a node is doing: the lower half of its state byte. The upper half of a `failing` or `done` state is its Error.
enum class WaitState : std::uint8_t {
    ready = 0,       ///< In the ready queue, or running.
    waiting = 1,     ///< In a WaitList that only its own loop touches.
    shared = 2,      ///< In a WaitList that interrupts or other threads touch too.
    sleeping = 3,    ///< In the timer queue.
    forwarding = 4,  ///< Waits for other tasks; a cancellation goes to them (CancelHook).
    callback = 5,    ///< Not a task: a LoopCallback.
    failing = 6,     ///< Ready, to be unwound with an error.
    done = 7,        ///< Finished; the error says how.
    guarded = 8,     ///< Like `shared`, in a SharedWaitQueue with a lock of its own (hosts with threads).
    acquiring = 9,   ///< Like `waiting`, in an OwnedWaitQueue. Readers outside that know three bits see `waiting`.
};

/// A place in a queue: of a task, or of a callback. 20 bytes on a 32-bit board with one loop.
///
/// A task waits in one place at a time, so its control block is the only node that it needs, and waiting, sleeping and
/// waking allocate nothing.
struct WaitNode {
    /// The next node of the list that it is in.
    WaitNode* next = nullptr;
    /// The node before it.
    WaitNode* prev = nullptr;
    union {
        WaitNode* child = nullptr;  ///< sleeping: the first of the heap's children; done: not null while a report is due
        WaitList* list;             ///< waiting, shared: where; still set after a wake, null after a cancellation
        CancelHook* hook;           ///< forwarding: who is told of a cancellation
    };
    /// The lower 32 bits of the deadline.
    std::uint32_t deadline_low = 0;
    /// The upper 19 bits of the deadline.
    std::uint32_t deadline_high : 19 = 0;
    std::uint32_t handles : 4 = 0;           ///< Task handles; beyond 15, those that are not in the table (task.cpp)
    std::uint32_t cancel_requested : 1 = 0;  ///< by cancel(), not by a timeout; when done: nobody has seen the error
    /// The state and the error. A byte of its own, in the last quarter of the word before, because an interrupt that wakes a
    /// `shared` task writes it. 0 is `ready`.
    std::atomic<std::uint8_t> state_byte = 0;
#if UASYNC_LOOPS
    TaskLoop* own_loop = nullptr;  ///< the loop that the task or timer belongs to
#endif

    /// What the node is doing. @return its state
    [[gnu::always_inline]] WaitState state() const noexcept {
        return static_cast<WaitState>(state_byte.load(std::memory_order_relaxed) & 15U);
    }
    /// state() == ready, in fewer instructions. Nobody else may be writing to the node. @return false if it has an error
    bool is_ready() const noexcept { return plain_state() == static_cast<std::uint8_t>(WaitState::ready); }
    /// state() == forwarding, in fewer instructions. Nobody else may be writing to the node. @return false if it has an error
    bool waits_for_others() const noexcept { return plain_state() == static_cast<std::uint8_t>(WaitState::forwarding); }
    /// What the node will be, or was, ended with. @return Error::none if it is neither failing nor done
    [[gnu::always_inline]] Error error() const noexcept {
        return static_cast<Error>(state_byte.load(std::memory_order_relaxed) >> 4U);
    }
    /// Sets the state and the error.
    /// @param state what it is doing
    /// @param error of a node that is failing or done
    [[gnu::always_inline]] void set_state(WaitState state, Error error = Error::none) noexcept {
        state_byte.store(static_cast<std::uint8_t>(static_cast<unsigned>(state) | static_cast<unsigned>(error) << 4U),
                         std::memory_order_relaxed);
    }
    // The handles are counted in their byte as a whole, because compilers take bit-fields apart.

    /// Counts one handle more, for which there must be room.
    void add_handle() noexcept { byte_of_handles() = static_cast<std::uint8_t>(byte_of_handles() + one_handle); }
    /// Counts one handle less. There must be one. @return whether there is one left
    bool remove_handle() noexcept {
        byte_of_handles() = static_cast<std::uint8_t>(byte_of_handles() - one_handle);
        return (byte_of_handles() & 15U * one_handle) != 0;
    }

    // On a 64-bit host the deadline is loaded and stored together with the rest of its word. Only the loop may be touching the
    // node, because the state is written back as it was read.

    /// When a sleeping task or a running timer is due. @return the time
    Time deadline() const noexcept {
        if constexpr (one_word) {
            return word() & never;
        } else {
            return Time{deadline_high} << 32U | deadline_low;
        }
    }
    /// Sets when it is due. @param time up to `never`
    void set_deadline(Time time) noexcept {
        if constexpr (one_word) {
            const Time changed = (word() & ~never) | (time & never);
            __builtin_memcpy(reinterpret_cast<unsigned char*>(this) + 3 * sizeof(void*), &changed, sizeof changed);
        } else {
            deadline_low = static_cast<std::uint32_t>(time);
            deadline_high = static_cast<std::uint32_t>(time >> 32U) & 0x7ffffU;
        }
    }

private:
    const std::uint8_t& plain_state() const noexcept { return reinterpret_cast<const std::uint8_t&>(state_byte); }
    static constexpr unsigned one_handle = 8;  // behind the three uppermost bits of the deadline
    std::uint8_t& byte_of_handles() noexcept { return reinterpret_cast<std::uint8_t*>(&state_byte)[-1]; }
    static constexpr bool one_word = sizeof(void*) == 8 && std::endian::native == std::endian::little;
    Time word() const noexcept {
        Time word = 0;
        __builtin_memcpy(&word, reinterpret_cast<const unsigned char*>(this) + 3 * sizeof(void*), sizeof word);
        return word;
    }
};

static_assert(sizeof(WaitNode) == (UASYNC_LOOPS + 4) * sizeof(void*) + (sizeof(void*) == 4 ? 4 : 0));

/// A node that calls a function: when its deadline comes, when the task that it watches has ended, or when another thread has
/// posted it. The function runs in the loop, between steps.
struct LoopCallback : WaitNode {
    /// A callback that waits for nothing yet. @param function called with this callback
    explicit LoopCallback(void (*function)(LoopCallback&) noexcept) noexcept : fire{function} { set_state(WaitState::callback); }
    /// The function.
    void (*fire)(LoopCallback&) noexcept;
};

// The life cycle of a task, and the function behind each arrow:
//
//                     +---------------- 5 wake ------------------+
//                     v                                          |
//   1 create --> [ ready ] -- 2 the loop runs it --> (running) --+-- 3 wait_in ---> [ waiting / shared / acquiring ]
//                  ^   ^                              |    |     +-- 4 sleep ------> [ sleeping ]
//                  |   +------------ 6 yield ---------+    |     +-- 7 join -------> [ forwarding ]
//                  |                                       |
//                  +-- 8 cancel: unlinked, [ failing ] ----+--> 9 finish --> [ done ] --> freed with the last handle
//
// [failing] is ready with an error to deliver: on the task's next turn the loop unwinds it instead of resuming it. A cancellation
// replaces the error, or the value, that a wait has ended with. If the error is the task's own doing (`fail`), and for any error at
// the end of `run`, the cancellation comes after it: the task learns what the end of main destroyed. A [forwarding] task may be in
// the ready queue too (`wake_noting`): until its turn, cancellations go to its hook.

/// A task's control block: its place in a queue, the coroutine to resume, and its place among all tasks.
struct TaskState : WaitNode {
    std::coroutine_handle<> leaf;   ///< the innermost suspended coroutine; when done, the outermost
    TaskState* all_next = nullptr;  ///< among the unfinished tasks of the loop
    TaskState* all_prev = nullptr;  ///< among the unfinished tasks of the loop
#if UASYNC_NAMES
    const char* name = nullptr;                ///< as given to create_task, or null
    const char* function = nullptr;            ///< the signature of its outermost coroutine
    const char* waits_for = "its first turn";  ///< what it waits for, in words
    std::source_location created;              ///< where create_task was called
#endif
};

/// How a cancellation reaches what a task waits for, if that is other tasks.
struct CancelHook {
    /// What is called.
    struct Functions {
        /// The waiting task is cancelled.
        void (*cancel)(CancelHook&) noexcept;

        void (*unlink)(CancelHook&, TaskState&) noexcept;  ///< takes the waiter out, as its frame is about to be destroyed
    };
    /// What is called.
    const Functions* functions;
};

/// The tasks or callbacks that wait for something, first in, first out.
///
/// @par Instead use
/// WaitQueue, which suspends and wakes tasks as well.
/// @par Cost
/// One pointer; every operation is O(1).
/// @par From an interrupt
/// Only inside a CriticalSection, which tasks must hold as well.
class WaitList {
public:
    /// Whether nobody waits. @return true if the list is empty
    bool empty() const noexcept { return first_ == nullptr; }
    /// The node that has waited longest, which stays in the list. @return null if there is none
    WaitNode* front() const noexcept { return first_; }
    /// The only node. @return null if there is none, or several
    WaitNode* only() const noexcept { return first_ != nullptr && first_->next == first_ ? first_ : nullptr; }

    /// Puts a node at the end. @param node is in no list
    void push_back(WaitNode& node) noexcept {
        if (first_ == nullptr) {
            node.next = node.prev = &node;
            first_ = &node;
        } else {
            node.next = first_;
            node.prev = first_->prev;
            first_->prev->next = &node;
            first_->prev = &node;
        }
    }

    /// Takes a node out. @param node is in this list
    void remove(WaitNode& node) noexcept {
        if (node.next == &node) {
            first_ = nullptr;
            return;
        }
        node.prev->next = node.next;
        node.next->prev = node.prev;
        if (first_ == &node) first_ = node.next;
    }

    /// Takes out the node that has waited longest. @return null if there is none
    WaitNode* pop_front() noexcept { return first_ == nullptr ? nullptr : take_front(); }

    /// pop_front() where there is a node. @return the node

    WaitNode* take_front() noexcept {
        WaitNode* node = first_;
        WaitNode* second = node->next;
        if (second == node) {
            first_ = nullptr;
        } else {
            WaitNode* last = node->prev;
            first_ = second;
            second->prev = last;
            last->next = second;
        }
        return node;
    }

private:
    WaitNode* first_ = nullptr;
};

}  // namespace uasync
