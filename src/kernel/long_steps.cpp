// Steps that take too long. A program that does not ask for them links neither this file nor instrumented_loop.cpp.

#include <uasync/kernel/long_steps.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>

#include <uasync/kernel/task.hpp>
#include <uasync/report.hpp>

#include "instrumented_loop.hpp"

namespace uasync {
namespace detail {
namespace {

// The timer and the steps. It is set once and then left alone: when it fires, it looks whether the step of that moment is long, and is
// set again for the rest of that step's time. So a short step costs two looks at the clock, and no timer.
//
//   [ rests ] -- a step begins: set for the limit --> [ set ] -- the loop is about to sleep --> [ rests ]
//       ^                                              |   ^
//       |                            it fires          v   | for what is left of the limit
//       +-- no step runs, or it is reported --------- ( ) -+ a step runs that is not long yet
//
// The interrupt comes between any two instructions of the loop, so `running` is false while the loop writes the rest.
struct Watch {
    Time limit = 0;  ///< 0: off
    LongStepHandler handler = nullptr;
    Time start = 0;
    const char* name = nullptr;      ///< as given to create_task
    const char* function = nullptr;  ///< the signature of the task's outermost coroutine
    std::atomic<bool> running = false;
    bool reported = false;  ///< while it ran
    bool is_set = false;
};

constinit UASYNC_THREAD_LOCAL Watch watch;

void fence() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

#if UASYNC_NAMES
std::string_view name_of_step() noexcept {
    if (watch.name != nullptr) return watch.name;
    return watch.function != nullptr ? function_name(watch.function) : "call_soon_threadsafe";
}
#else
std::string_view name_of_step() noexcept { return "?"; }
#endif

void tell(Time now, const void* address) noexcept {
    const std::chrono::microseconds ran{static_cast<std::chrono::microseconds::rep>(now - watch.start)};
    const LongStep step{name_of_step(), ran, address};
    (watch.handler != nullptr ? watch.handler : print_long_step)(step);
}

void set_timer([[maybe_unused]] Time us) noexcept {
#if UASYNC_STEP_TIMER
    port::set_step_timer(us);
#endif
}

void begin(const WaitNode* node) noexcept {
    watch.name = watch.function = nullptr;
#if UASYNC_NAMES
    if (node != nullptr && node->state() != WaitState::callback) {
        const auto& task = static_cast<const TaskState&>(*node);
        watch.name = task.name;
        watch.function = task.function;
    }
#else
    (void)node;
#endif
    watch.reported = false;
    watch.start = port::now();
    fence();
    watch.running.store(true, std::memory_order_relaxed);
    fence();
    if (watch.is_set) return;
    watch.is_set = true;
    fence();
    set_timer(watch.limit);
}

}  // namespace

void step_begins(const WaitNode* node) noexcept {
    if (watch.limit != 0) begin(node);
}

void step_ends() noexcept {
    if (!watch.running.load(std::memory_order_relaxed)) return;
    watch.running.store(false, std::memory_order_relaxed);
    fence();
    const Time now = port::now();
    if (watch.limit != 0 && now - watch.start >= watch.limit) tell(now, nullptr);
}

void steps_rest() noexcept {
    if (!watch.is_set) return;
    set_timer(0);
    fence();
    watch.is_set = false;
}

void step_timer_fired(const void* address) noexcept {
    if (!watch.running.load(std::memory_order_relaxed) || watch.reported || watch.limit == 0) {
        watch.is_set = false;
        return;
    }
    const Time now = port::now();
    const Time ran = now - watch.start;
    if (ran < watch.limit) {
        set_timer(watch.limit - ran);
        return;
    }
    watch.reported = true;
    watch.is_set = false;
    tell(now, address);
}

void watch_steps(Time limit, LongStepHandler handler) noexcept {
    watch.running.store(false, std::memory_order_relaxed);
    fence();
    steps_rest();
    watch.limit = limit;
    watch.handler = handler;
    link_instrumented_loop();
    if (const TaskLoop* loop = this_loop(); limit != 0 && loop != nullptr && loop->in_step()) begin(&loop->current());
}

}  // namespace detail

namespace {

/// Text of limited length, for an interrupt.
class Line {
public:
    void add(std::string_view text) noexcept {
        for (const char c : text) {
            if (size_ < text_.size()) text_[size_++] = c;
        }
    }
    void add(std::uintmax_t value, unsigned base) noexcept {
        std::array<char, 20> digits;
        std::size_t first = digits.size();
        do {
            digits[--first] = "0123456789abcdef"[value % base];
            value /= base;
        } while (value != 0);
        add({&digits[first], digits.size() - first});
    }
    void write() const noexcept {
#if UASYNC_STEP_TIMER
        port::write_in_step_timer(text_.data(), size_);
#else
        port::write(text_.data(), size_);
#endif
    }

private:
    std::array<char, 160> text_;
    std::size_t size_ = 0;
};

}  // namespace

void print_long_step(const LongStep& step) noexcept {
    Line line;
    line.add("uasync: task '");
    line.add(step.task.size() > 64 ? std::string_view{step.task.begin(), step.task.begin() + 64} : step.task);
    line.add(step.address != nullptr ? "' has run for " : "' ran for ");
    const auto us = static_cast<std::uint32_t>(std::min<std::chrono::microseconds::rep>(step.ran.count(), 0xffffffff));
    const bool in_ms = us >= 1000;
    line.add(in_ms ? us / 1000 : us, 10);
    line.add(in_ms ? " ms without an await" : " us without an await");
    if (step.address != nullptr) {
        line.add(", at 0x");
        line.add(reinterpret_cast<std::uintptr_t>(step.address), 16);
    }
    line.add("\n");
    line.write();
}

}  // namespace uasync
