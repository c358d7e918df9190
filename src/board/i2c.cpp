#include <uasync/board/i2c.hpp>

namespace uasync {
namespace {

/// The objects that the interrupts belong to.
constinit I2c* of_bus[2] = {};

/// How often the timer looks whether a transaction moves, in microseconds.
constexpr Time stuck_limit = 50'000;

}  // namespace

namespace detail {

bool I2cAwaiter::await_suspend(Frame self) noexcept {
    I2c& bus = *bus_;
    const bool is_empty = transfer_.prefix_left == 0 && transfer_.out_left == 0 && transfer_.in_left == 0;
    if (!bus.usable_ || is_empty) {
        error_ = Error::misuse;
        return false;
    }
    if (!bus.busy_ && !port::i2c_is_free(bus.lines_) && !port::i2c_recover(bus.lines_)) {
        error_ = Error::bus_stuck;
        return false;
    }
    if (!bus.running()) bus.start(port::now() + stuck_limit);
    loop_ = &current_loop();
    next_ = nullptr;
    suspended_ = true;
    const LocalSection section;
    I2cAwaiter** end = &bus.first_;
    while (*end != nullptr) end = &(*end)->next_;
    *end = this;
    listed_ = true;
    loop_->wait_in_shared(waiter_, self, "I2c::transfer");
    if (!bus.busy_) bus.start_next();
    return true;
}

Result<void> I2cAwaiter::await_resume() noexcept {
    if (suspended_) loop_->current().list = nullptr;  // which is in this frame. The bus may be gone by now
    if (error_ != Error::none) return std::unexpected{error_};
    return {};
}

/// The task is being unwound. The controller takes nothing from this frame any more, and puts nothing there, as that is up to the interrupt.
void I2cAwaiter::leave() noexcept {
    I2c& bus = *bus_;
    const LocalSection section;
    if (!listed_) return;  // the interrupt was faster
    if (bus.first_ == this && bus.busy_ && !bus.cancelling_) {
        bus.cancelling_ = true;
        port::i2c_abort(bus.lines_);
    }
    I2cAwaiter** link = &bus.first_;
    while (*link != this) link = &(*link)->next_;
    *link = next_;
}

void i2c_interrupt(unsigned bus) noexcept {
    if (of_bus[bus] != nullptr) of_bus[bus]->interrupt();
}

}  // namespace detail

using detail::I2cAwaiter;

I2c::I2c(unsigned bus, Options options) noexcept
    : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<I2c&>(timer).watch(); }},
      lines_{static_cast<std::uint8_t>(bus), static_cast<std::uint8_t>(options.scl), static_cast<std::uint8_t>(options.sda),
             options.freq},
      usable_{bus < 2 && of_bus[bus] == nullptr && port::i2c_open(lines_)} {
    if (usable_) of_bus[bus] = this;
}

I2c::~I2c() {
    stop();
    if (!usable_) return;
    const LocalSection section;
    port::i2c_close(lines_);
    of_bus[lines_.bus] = nullptr;
    while (I2cAwaiter* awaiter = first_) {
        first_ = awaiter->next_;
        awaiter->listed_ = false;
        if (WaitNode* task = awaiter->waiter_.front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*task));
    }
}

I2cAwaiter I2c::transaction(std::uint8_t address, std::uint16_t memory, unsigned bits, std::span<const std::uint8_t> out,
                            std::span<std::uint8_t> into) noexcept {
    port::I2cTransfer transfer;
    transfer.address = address;
    transfer.prefix_left = static_cast<std::uint8_t>(bits / 8);
    transfer.prefix[0] = static_cast<std::uint8_t>(memory);
    transfer.prefix[1] = static_cast<std::uint8_t>(memory >> 8U);
    transfer.out = out.data();
    transfer.out_left = out.size();
    transfer.in = into.data();
    transfer.in_left = into.size();
    transfer.in_to_ask_for = into.size();
    transfer.is_reading = false;
    return {*this, transfer};
}

void I2c::start_next() noexcept {
    cancelling_ = false;
    busy_ = first_ != nullptr;
    ++moves_;
    if (busy_) port::i2c_start(lines_, first_->transfer_);
}

/// Takes out the first transaction, and wakes its task.
void I2c::finish_first(Error error) noexcept {
    I2cAwaiter& awaiter = *first_;
    first_ = awaiter.next_;
    awaiter.listed_ = false;
    awaiter.error_ = error;
    WaitNode* task = awaiter.waiter_.front();
    if (task == nullptr) return;  // cancelled, but its task has not had its turn
    awaiter.waiter_ = WaitList{};
    awaiter.loop_->post(*task);
}

void I2c::interrupt() noexcept {
    const LocalSection section;
    ++moves_;
    const bool has_transfer = busy_ && !cancelling_;
    const port::I2cEvent event = port::i2c_service(lines_, has_transfer ? &first_->transfer_ : nullptr);
    if (event == port::I2cEvent::none) return;
    if (has_transfer) finish_first(event == port::I2cEvent::failed ? Error::no_acknowledgement : Error::none);
    start_next();
}

/// The timer's function: a transaction that has not moved since it last looked never will.
void I2c::watch() noexcept {
    if (busy_ && moves_ == seen_moves_) give_up();
    seen_moves_ = moves_;
    if (busy_) start(port::now() + stuck_limit);
}

void I2c::give_up() noexcept {
    const bool is_free = port::i2c_recover(lines_);  // and the controller does not interrupt until it is started
    const LocalSection section;
    if (!cancelling_) finish_first(Error::bus_stuck);
    while (!is_free && first_ != nullptr) finish_first(Error::bus_stuck);
    start_next();
}

Coro<Result<std::bitset<128>>> I2c::scan() {
    std::bitset<128> found;
    std::uint8_t byte[1];
    for (std::uint8_t address = 0x08; address < 0x78; ++address) {
        const Result<void> result = co_await read(address, byte);
        if (result) {
            found[address] = true;
        } else if (result.error() != Error::no_acknowledgement) {
            co_return std::unexpected{result.error()};
        }
    }
    co_return found;
}

}  // namespace uasync
