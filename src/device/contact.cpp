#include <uasync/board/level_awaiter.hpp>
#include <uasync/device/contact.hpp>
#include <uasync/time/sleep.hpp>

namespace uasync::detail {

void Contact::start(const char* name) noexcept {
    if (started()) return;
    bouncing_ = false;
    task_ = create_task(watch(*this), name);
    if (task_.done()) task_ = TaskHandle{};  // there is no memory, which is reported now and not at the end
}

Coro<> Contact::watch(Contact& contact) {
    while (true) {
        const bool level = contact.closed_ == contact.closed_level_;
        co_await LevelAwaiter{contact.pin_, level};
        const Time edge = port::now();
        contact.bouncing_ = true;
        co_await SleepAwaiter{contact.settle_us_};
        contact.bouncing_ = false;
        const bool changed = (contact.pin_.value() != 0) != level;
        if (changed) {
            contact.closed_ = !contact.closed_;
        } else {
            ++contact.glitches_;
        }
        contact.settled_(contact, changed, edge);
    }
}

void Contact::Awaiter::await_suspend(Frame self) const noexcept {
    if (contact_->started()) {
        queue_->suspend(self, what_);
    } else {
        detail::current_loop().fail(self, Error::misuse);
    }
}

}  // namespace uasync::detail
