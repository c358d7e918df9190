#pragma once
// Implementation detail of Switch and Pushbutton: a contact that bounces, and the task that watches it.

#include <chrono>
#include <cstdint>

#include <uasync/board/pin.hpp>
#include <uasync/kernel/task.hpp>
#include <uasync/kernel/wait_queue.hpp>

namespace uasync::detail {

//                   edge: the interrupt stays off            the settle time is over, other level
//     [ settled ] ---------------------------> [ bouncing ] -----------------------------------> [ settled ], changed
//         ^                                         |
//         +------------ the same level: a glitch ---+

/// A contact between a pin and ground, or another level, without its bounces.
///
/// The first edge wakes the task, which sleeps for the settle time with the interrupt off, and then reads the level.
/// When the contact is destroyed, the task's frame may live on until the task's next turn. Nothing in it refers to the contact by then.
class Contact {
public:
    Contact(const Contact&) = delete;
    Contact& operator=(const Contact&) = delete;
    ~Contact() { task_.cancel(); }

    UASYNC_DRIVER void start(const char* name) noexcept;
    bool started() const noexcept { return !task_.done(); }
    bool closed() const noexcept { return closed_; }
    std::uint32_t glitches() const noexcept { return glitches_; }

    /// Waits in a queue of the device, for as long as its task runs.
    class Awaiter {
    public:
        Awaiter(const Contact& contact, WaitQueue& queue, const char* what) noexcept
            : contact_{&contact}, queue_{&queue}, what_{what} {}
        Awaiter(Awaiter&&) noexcept = default;
        Awaiter& operator=(Awaiter&&) = delete;
        ~Awaiter() = default;
        bool await_ready() const noexcept { return false; }
        void await_suspend(Frame self) const noexcept;
        void await_resume() const noexcept {}

    private:
        const Contact* contact_;
        WaitQueue* queue_;
        const char* what_;
    };

protected:
    /// What the device does when the contact has settled, first seen to move at a time.
    using Settled = void (*)(Contact&, bool changed, Time edge) noexcept;

    Contact(Pin pin, std::chrono::microseconds settle, int closed_level, Settled settled) noexcept
        : settled_{settled},
          settle_us_{settle.count()},
          pin_{pin},
          closed_level_{closed_level != 0},
          closed_{(pin.value() != 0) == closed_level_} {}

    bool bouncing() const noexcept { return bouncing_; }

private:
    static Coro<> watch(Contact& contact);

    TaskHandle task_;
    Settled settled_;
    std::int64_t settle_us_;
    std::uint32_t glitches_ = 0;
    Pin pin_;
    bool closed_level_;
    bool closed_;
    bool bouncing_ = false;
};

UASYNC_WAITS_FOR(Contact::Awaiter, "Contact*::wait");

}  // namespace uasync::detail
