#pragma once
// What waits, and where: the nodes that the ready queue, the timer queue and every primitive's list of waiters are made of.
//
// For authors of primitives (a lock, a queue, a driver); a program never names these. A task waits in one place at a time, so its
// control block is the only node it needs: waiting, sleeping and waking allocate nothing. The life cycle, numbered, and the
// function behind each arrow:
//
//                     +---------------- 5 wake ------------------+
//                     v                                          |
//   1 create --> [ ready ] -- 2 the loop runs it --> (running) --+-- 3 wait_in ---> [ waiting / shared ]
//                  ^   ^                              |    |     +-- 4 sleep ------> [ sleeping ]
//                  |   +------------ 6 yield ---------+    |     +-- 7 join -------> [ forwarding ]
//                  |                                       |
//                  +-- 8 cancel: unlinked, [ failing ] ----+--> 9 finish --> [ done ] --> freed with the last handle
//
// [failing] is ready with an error to deliver: when its turn comes the loop unwinds the task instead of resuming it. A cancellation
// takes the place of the error that a wait has ended with, as it does that of a value. It follows an error that is the task's own
// doing (`fail`), and, at the end of `run`, any: the task learns what the end of main destroyed. [forwarding]
// may be in the ready queue too (`wake_noting`): until its turn, cancellations go to its hook.

#include <atomic>
#include <bit>
#include <coroutine>
#include <cstdint>

#include <uasync/config.hpp>
#include <uasync/error.hpp>
#include <uasync/kernel/assumptions.hpp>
#include <uasync/kernel/port.hpp>

#if UASYNC_NAMES
#include <source_location>
#endif

namespace uasync {

class TaskLoop;
class WaitList;
struct CancelHook;

/// What a node is doing. The upper half of a `failing` or `done` state is its Error.
enum class WaitState : std::uint8_t {
    ready = 0,       ///< In the ready queue, or running.
    waiting = 1,     ///< In a WaitList that only its own loop touches.
    shared = 2,      ///< In a WaitList that interrupts or other threads touch too.
    sleeping = 3,    ///< In the timer queue.
    forwarding = 4,  ///< Waits for other tasks; a cancellation goes to them (`CancelHook`).
    callback = 5,    ///< No task: a LoopCallback.
    failing = 6,     ///< Ready, to be unwound with an error.
    done = 7,        ///< Finished; the error says how.
    guarded = 8,     ///< As `shared`, in a SharedWaitQueue with a lock of its own (hosts with threads).
};

/// A place in a queue. 20 bytes on a 32-bit board with one loop.
struct WaitNode {
    WaitNode* next = nullptr;
    WaitNode* prev = nullptr;
    union {
        WaitNode* child = nullptr;  ///< sleeping: the first of the heap's children; done: not null while a report is due
        WaitList* list;             ///< waiting, shared; still set after a wake, null after a cancellation
        CancelHook* hook;           ///< forwarding
    };
    std::uint32_t deadline_low = 0;
    std::uint32_t deadline_high : 19 = 0;
    std::uint32_t handles : 4 = 0;  ///< how many Task handles there are; of more than 15, those not in the table (task.cpp)
    std::uint32_t cancel_requested : 1 = 0;  ///< by cancel(), not by a timeout; when done: an error that nobody has seen
    /// A byte of its own, in the last quarter of the word before: an interrupt that wakes a `shared` task writes it. 0 is `ready`.
    std::atomic<std::uint8_t> state_byte = 0;
#if UASYNC_LOOPS
    TaskLoop* own_loop = nullptr;  ///< whose task, or timer, it is
#endif

    [[gnu::always_inline]] WaitState state() const noexcept {
        return static_cast<WaitState>(state_byte.load(std::memory_order_relaxed) & 15U);
    }
    // The same of a node that nobody else writes to just now, with an error of none, in fewer instructions.
    bool is_ready() const noexcept { return plain_state() == static_cast<std::uint8_t>(WaitState::ready); }
    bool waits_for_others() const noexcept { return plain_state() == static_cast<std::uint8_t>(WaitState::forwarding); }
    [[gnu::always_inline]] Error error() const noexcept {
        return static_cast<Error>(state_byte.load(std::memory_order_relaxed) >> 4U);
    }
    [[gnu::always_inline]] void set_state(WaitState state, Error error = Error::none) noexcept {
        state_byte.store(static_cast<std::uint8_t>(static_cast<unsigned>(state) | static_cast<unsigned>(error) << 4U),
                         std::memory_order_relaxed);
    }
    // The handles are counted in their byte as a whole, as compilers take bit-fields apart. There is room for one more, or one to remove.
    void add_handle() noexcept { byte_of_handles() = static_cast<std::uint8_t>(byte_of_handles() + one_handle); }
    /// Whether there is one left.
    bool remove_handle() noexcept {
        byte_of_handles() = static_cast<std::uint8_t>(byte_of_handles() - one_handle);
        return (byte_of_handles() & 15U * one_handle) != 0;
    }
    // On a 64-bit host the deadline is loaded and stored with the word that it shares, as one. Of a node that only its loop touches: the
    // state goes back as it was read.
    Time deadline() const noexcept {
        if constexpr (one_word) {
            return word() & never;
        } else {
            return Time{deadline_high} << 32U | deadline_low;
        }
    }
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
    static constexpr unsigned one_handle = 8;  ///< behind the three uppermost bits of the deadline
    std::uint8_t& byte_of_handles() noexcept { return reinterpret_cast<std::uint8_t*>(&state_byte)[-1]; }
    static constexpr bool one_word = sizeof(void*) == 8 && std::endian::native == std::endian::little;
    Time word() const noexcept {
        Time word = 0;
        __builtin_memcpy(&word, reinterpret_cast<const unsigned char*>(this) + 3 * sizeof(void*), sizeof word);
        return word;
    }
};

static_assert(sizeof(WaitNode) == (UASYNC_LOOPS + 4) * sizeof(void*) + (sizeof(void*) == 4 ? 4 : 0));

/// A node that calls a function when its deadline comes, the task whose end it awaits has ended, or another thread has posted it. The
/// function runs in the loop, between steps.
struct LoopCallback : WaitNode {
    explicit LoopCallback(void (*function)(LoopCallback&) noexcept) noexcept : fire{function} { set_state(WaitState::callback); }
    void (*fire)(LoopCallback&) noexcept;
};

/// A task's control block: its place in a queue, the coroutine to resume, and its place among all tasks.
struct TaskState : WaitNode {
    std::coroutine_handle<> leaf;  ///< the innermost suspended coroutine; when done, the outermost
    TaskState* all_next = nullptr;
    TaskState* all_prev = nullptr;
#if UASYNC_NAMES
    const char* name = nullptr;      ///< as given to create_task, or null
    const char* function = nullptr;  ///< the signature of its outermost coroutine
    const char* waits_for = "its first turn";
    std::source_location created;
#endif
};

/// How a cancellation reaches what a task waits for, where that is other tasks.
struct CancelHook {
    struct Functions {
        void (*cancel)(CancelHook&) noexcept;
        void (*unlink)(CancelHook&, TaskState&) noexcept;  ///< takes the waiter out, as its frame is about to be destroyed
    };
    const Functions* functions;
};

/// First in, first out: who waits for a primitive. One pointer; every operation O(1). Not ISR-safe by itself: a primitive that
/// interrupts may touch wraps each call in a CriticalSection.
class WaitList {
public:
    bool empty() const noexcept { return first_ == nullptr; }
    WaitNode* front() const noexcept { return first_; }
    /// The one who waits; null if nobody does, or several.
    WaitNode* only() const noexcept { return first_ != nullptr && first_->next == first_ ? first_ : nullptr; }

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

    void remove(WaitNode& node) noexcept {
        if (node.next == &node) {
            first_ = nullptr;
            return;
        }
        node.prev->next = node.next;
        node.next->prev = node.prev;
        if (first_ == &node) first_ = node.next;
    }

    /// The longest waiter, taken out; null if there is none.
    WaitNode* pop_front() noexcept { return first_ == nullptr ? nullptr : take_front(); }

    /// The same where there is one.
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
