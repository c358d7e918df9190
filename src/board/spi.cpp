#include <uasync/board/spi.hpp>

namespace uasync {
namespace {

/// The objects that the interrupts belong to.
constinit Spi* spi_of_bus[2] = {};

}  // namespace

namespace detail {

bool SpiAwaiter::await_suspend(Frame self) noexcept {
    Spi& bus = *who_->bus_;
    error_ = bus.error_;
    const bool is_exchange = frames_.at_once && frames_.out_count != 0 && frames_.in_count != 0;
    if (is_exchange && frames_.out_count != frames_.in_count) error_ = Error::misuse;
    if (error_ != Error::none || (!only_selects() && frames_.out_count + frames_.in_count == 0)) return false;
    loop_ = &current_loop();
    const LocalSection section;
    SpiAwaiter** end = &bus.first_;
    while (*end != nullptr) end = &(*end)->next_;
    *end = this;
    listed_ = true;
    loop_->wait_in_shared(waiter_, self, only_selects() ? "Spi::select" : "Spi::transfer");
    bus.start_next();
    return true;
}

Result<void> SpiAwaiter::await_resume() noexcept {
    if (loop_ != nullptr) loop_->current().list = nullptr;  // which is in this frame. The bus may be gone by now
    if (handed_) {
        handed_ = false;
        who_->bus_->handed_ = nullptr;
    }
    if (error_ != Error::none) return std::unexpected{error_};
    return {};
}

/// The task is being unwound.
void SpiAwaiter::leave() noexcept {
    const LocalSection section;
    if (!listed_ && !handed_) return;  // the interrupt was faster
    Spi& bus = *who_->bus_;
    if (handed_) {
        bus.handed_ = nullptr;
        bus.let_go();
        return;
    }
    if (bus.busy_ == this) {
        bus.stop();
        bus.start_next();
        return;
    }
    SpiAwaiter** link = &bus.first_;
    while (*link != this) link = &(*link)->next_;
    *link = next_;
}

void spi_interrupt(unsigned bus, bool failed) noexcept {
    if (spi_of_bus[bus] != nullptr) spi_of_bus[bus]->interrupt(failed);
}

}  // namespace detail

using detail::SpiAwaiter;

Spi::Spi(Options options, unsigned bus) noexcept
    : SpiTransfers{*this, options.freq, options.mode, no_pin},
      lines_{static_cast<std::uint8_t>(bus),
             static_cast<std::uint8_t>(options.sck),
             static_cast<std::uint8_t>(options.mosi),
             static_cast<std::uint8_t>(options.miso),
             detail::no_dma_channel,
             detail::no_dma_channel},
      error_{bus < 2 && spi_of_bus[bus] == nullptr ? port::spi_open(lines_) : Error::misuse} {
    if (error_ == Error::none) spi_of_bus[bus] = this;
}

Spi::~Spi() {
    if (error_ != Error::none) return;
    const LocalSection section;
    drop(nullptr);
    port::spi_close(lines_);
    spi_of_bus[lines_.bus] = nullptr;
}

/// The bus is this device's alone.
void Spi::hold(SpiTransfers& who) noexcept {
    holder_ = &who;
    port::spi_prepare(lines_, who.format_);
    port::spi_select(who.cs_, true);
}

void Spi::let_go() noexcept {
    const SpiTransfers& who = *holder_;
    holder_ = nullptr;
    if (busy_ != nullptr && busy_->who_ == &who) return;  // of another task: its end deselects
    port::spi_select(who.cs_, false);
    start_next();
}

/// Begins the next transaction, if the bus is free.
void Spi::start_next() noexcept {
    if (busy_ != nullptr) return;
    SpiAwaiter** link = &first_;
    if (holder_ != nullptr) {
        while (*link != nullptr && ((*link)->who_ != holder_ || (*link)->only_selects())) link = &(*link)->next_;
    }
    SpiAwaiter* const next = *link;
    if (next == nullptr) return;
    *link = next->next_;
    busy_ = next;
    if (next->only_selects()) {
        hold(*next->who_);
        next->handed_ = true;
        handed_ = next;
        finish(Error::none);
        return;
    }
    if (holder_ == nullptr) {
        port::spi_prepare(lines_, next->who_->format_);
        port::spi_select(next->who_->cs_, true);
    }
    start_frames();
}

/// Starts both directions, or the one that is next.
void Spi::start_frames() noexcept {
    auto& frames = busy_->frames_;
    const bool is_out = frames.out_count != 0, is_in = frames.in_count != 0 && (frames.at_once || !is_out);
    const port::SpiTransfer transfer{.out = is_out ? frames.out : &frames.fill,
                                     .in = is_in ? frames.in : nullptr,
                                     .count = is_out ? frames.out_count : frames.in_count,
                                     .size = frames.size,
                                     .out_moves = is_out};
    if (is_out) frames.out_count = 0;
    if (is_in) frames.in_count = 0;
    port::spi_start(lines_, busy_->who_->format_, transfer);
}

/// Ends what is on the bus before its time.
void Spi::stop() noexcept {
    const SpiTransfers& who = *busy_->who_;
    // First, so that the device does not take the end of the clock for a bit.
    if (holder_ == nullptr) port::spi_select(who.cs_, false);
    port::spi_abort(lines_, who.format_);
    busy_->listed_ = false;
    busy_ = nullptr;
}

/// Wakes the task of what was on the bus.
void Spi::finish(Error error) noexcept {
    SpiAwaiter& awaiter = *busy_;
    busy_ = nullptr;
    awaiter.listed_ = false;
    awaiter.error_ = error;
    WaitNode* const task = awaiter.waiter_.front();
    if (task == nullptr) return;  // cancelled, but its task has not had its turn
    awaiter.waiter_ = WaitList{};
    awaiter.loop_->post(*task);
}

void Spi::interrupt(bool failed) noexcept {
    const LocalSection section;
    if (busy_ == nullptr) return;
    if (!failed && busy_->frames_.in_count != 0) return start_frames();
    if (holder_ == nullptr) port::spi_select(busy_->who_->cs_, false);
    if (failed) port::spi_abort(lines_, busy_->who_->format_);
    finish(failed ? Error::bus_error : Error::none);
    start_next();
}

/// Ends the transactions of a device that is being destroyed, or all of them.
void Spi::drop(const SpiTransfers* who) noexcept {
    const auto fail = [](SpiAwaiter& awaiter) {
        awaiter.listed_ = false;
        if (WaitNode* task = awaiter.waiter_.front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*task));
    };
    const auto is_meant = [who](const SpiTransfers* other) { return who == nullptr || who == other; };
    if (busy_ != nullptr && is_meant(busy_->who_)) {
        SpiAwaiter& awaiter = *busy_;
        stop();
        fail(awaiter);
    }
    for (SpiAwaiter** link = &first_; SpiAwaiter* awaiter = *link;) {
        if (!is_meant(awaiter->who_)) {
            link = &awaiter->next_;
            continue;
        }
        *link = awaiter->next_;
        fail(*awaiter);
    }
    if (holder_ == nullptr || !is_meant(holder_)) return;
    if (handed_ != nullptr) {
        handed_->handed_ = false;
        handed_->error_ = Error::destroyed;
        handed_ = nullptr;
    }
    port::spi_select(holder_->cs_, false);
    holder_ = nullptr;
}

SpiDevice::SpiDevice(Spi& bus, Options options) noexcept : SpiTransfers{bus, options.freq, options.mode, options.cs} {
    port::spi_open_select(options.cs);
}

SpiDevice::~SpiDevice() {
    const LocalSection section;
    bus_->drop(this);
    bus_->start_next();
}

SpiSelection::~SpiSelection() {
    if (who_ == nullptr) return;
    const LocalSection section;
    Spi& bus = *who_->bus_;
    if (bus.holder_ == who_) bus.let_go();
}

}  // namespace uasync
