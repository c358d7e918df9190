#include <uasync/board/uart.hpp>

#include <uasync/time/sleep.hpp>

namespace uasync {
namespace {

/// The objects that the interrupts belong to.
constinit Uart* of_number[2] = {};

void wake(WaitList& waiter, TaskLoop& loop) noexcept {
    WaitNode* task = waiter.front();
    if (task == nullptr) return;  // cancelled, but its task has not had its turn
    waiter = WaitList{};
    loop.post(*task);
}

}  // namespace

namespace detail {

bool UartReadAwaiter::await_suspend(Frame self) noexcept {
    Uart& uart = *uart_;
    if (!uart.usable_ || size_ == 0 || uart.reader_ != nullptr) {
        error_ = Error::misuse;
        return false;
    }
    uart.move_to(*this);
    if (count_ >= enough_) {
        uart.make_room();
        return false;
    }
    loop_ = &current_loop();
    const LocalSection section;
    uart.receive();  // what the UART has kept, so that a read does not wait for its interrupt
    uart.move_to(*this);
    if (count_ >= enough_) {
        uart.listen();
        return false;
    }
    unread_ = true;
    uart.reader_ = this;
    loop_->wait_in_shared(waiter_, self, is_line_ ? "Uart::readline" : "Uart::read");
    uart.listen();
    return true;
}

Result<std::size_t> UartReadAwaiter::await_resume() noexcept {
    if (unread_) {
        unread_ = false;
        const LocalSection section;
        uart_->reader_ = nullptr;
    }
    if (loop_ != nullptr) loop_->current().list = nullptr;  // which may be in this frame
    if (error_ != Error::none) return std::unexpected{error_};
    return count_;
}

/// The task is being unwound: what it has not seen goes back, oldest last.
void UartReadAwaiter::leave() noexcept {
    Uart& uart = *uart_;
    const LocalSection section;
    uart.reader_ = nullptr;
    std::size_t first = uart.first_.load(std::memory_order_relaxed);
    const std::size_t last = uart.last_.load(std::memory_order_relaxed);
    std::size_t room = (first > last ? first - last : uart.size_ - last + first) - 1;
    if (count_ > room) {
        count_ = room;
        ++uart.counts_.overruns;
    }
    for (; count_ != 0; --count_) {
        first = (first == 0 ? uart.size_ : first) - 1;
        uart.ring_[first] = into_[count_ - 1];
    }
    uart.first_.store(first, std::memory_order_relaxed);
}

bool UartWriteAwaiter::await_suspend(Frame self) noexcept {
    Uart& uart = *uart_;
    if (!uart.usable_) {
        error_ = Error::misuse;
        return false;
    }
    const LocalSection section;
    UartWriteAwaiter** end = &uart.writer_;
    while (*end != nullptr) end = &(*end)->next_;
    *end = this;
    listed_ = true;
    if (uart.writer_ == this) uart.send();
    if (!listed_) return false;  // all of it had room
    loop_ = &current_loop();
    loop_->wait_in_shared(waiter_, self, "Uart::write");
    uart.listen();
    return true;
}

Result<void> UartWriteAwaiter::await_resume() noexcept {
    if (loop_ != nullptr) loop_->current().list = nullptr;  // which is in this frame
    if (error_ != Error::none) return std::unexpected{error_};
    return {};
}

void UartWriteAwaiter::leave() noexcept {
    const LocalSection section;
    if (!listed_) return;  // the interrupt was faster
    UartWriteAwaiter** link = &uart_->writer_;
    while (*link != this) link = &(*link)->next_;
    *link = next_;
}

void uart_interrupt(unsigned number) noexcept {
    if (of_number[number] != nullptr) of_number[number]->interrupt();
}

}  // namespace detail

using detail::UartReadAwaiter;
using detail::UartWriteAwaiter;

Uart::Uart(unsigned number, Options options) noexcept
    : ring_{options.rxbuf.data()},
      size_{options.rxbuf.size()},
      line_{static_cast<std::uint8_t>(number),
            static_cast<std::uint8_t>(options.tx),
            static_cast<std::uint8_t>(options.rx),
            static_cast<std::uint8_t>(options.rts),
            static_cast<std::uint8_t>(options.cts),
            static_cast<std::uint8_t>(options.bits),
            options.parity,
            static_cast<std::uint8_t>(options.stop),
            options.baudrate},
      usable_{number < 2 && of_number[number] == nullptr && size_ != 1 && port::uart_open(line_)} {
    if (size_ == 0) {
        ring_ = own_ring_.data();
        size_ = own_ring_.size();
    }
    if (!usable_) return;
    of_number[number] = this;
    const LocalSection section;
    listen();
}

Uart::~Uart() {
    if (!usable_) return;
    const LocalSection section;
    port::uart_close(line_);
    of_number[line_.number] = nullptr;
    while (UartWriteAwaiter* writer = writer_) {
        writer_ = writer->next_;
        writer->listed_ = false;
        if (WaitNode* task = writer->waiter_.front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*task));
    }
    if (reader_ == nullptr) return;
    reader_->unread_ = false;
    if (WaitNode* task = reader_->waiter_.front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*task));
}

std::size_t Uart::any() const noexcept {
    const std::size_t first = first_.load(std::memory_order_relaxed), last = last_.load(std::memory_order_relaxed);
    return last >= first ? last - first : size_ - first + last;
}

Uart::Counts Uart::counts() const noexcept {
    const LocalSection section;
    return counts_;
}

/// Moves bytes from the ring to a reader, as many as it wants.
void Uart::move_to(UartReadAwaiter& reader) noexcept {
    const std::size_t last = last_.load(std::memory_order_relaxed);
    std::size_t first = first_.load(std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_acquire);  // the bytes were there before `last`
    while (first != last && reader.count_ != reader.size_) {
        const std::uint8_t byte = ring_[first];
        reader.into_[reader.count_++] = byte;
        first = after(first);
        if (!reader.is_line_ || byte != '\n') continue;
        reader.enough_ = reader.count_;
        break;
    }
    std::atomic_signal_fence(std::memory_order_release);  // they have been read before their places are free
    first_.store(first, std::memory_order_relaxed);
}

/// After a read that did not wait: receives what there was no room for.
void Uart::make_room() noexcept {
    if (!is_paused_.load(std::memory_order_relaxed)) return;
    const LocalSection section;
    receive();
    listen();
}

/// Moves bytes from the UART to the ring. Interrupts masked, as for those that follow.
void Uart::receive() noexcept {
    std::size_t last = last_.load(std::memory_order_relaxed);
    while (true) {
        const std::size_t next = after(last);
        if (next == first_.load(std::memory_order_relaxed)) {
            is_paused_.store(true, std::memory_order_relaxed);
            return;
        }
        const int received = port::uart_get(line_.number);
        if (received < 0) break;
        const auto bits = static_cast<unsigned>(received);
        if ((bits & port::uart_overrun) != 0) ++counts_.overruns;
        if ((bits & port::uart_break) != 0) {
            ++counts_.breaks;
        } else if ((bits & port::uart_framing) != 0) {
            ++counts_.framing;
        } else if ((bits & port::uart_parity) != 0) {
            ++counts_.parity;
        } else {
            ring_[last] = static_cast<std::uint8_t>(bits);
            last = next;
            last_.store(last, std::memory_order_relaxed);
        }
    }
    is_paused_.store(false, std::memory_order_relaxed);
}

void Uart::send() noexcept {
    while (UartWriteAwaiter* writer = writer_) {
        while (writer->left_ != 0) {
            if (!port::uart_put(line_.number, *writer->bytes_)) return;
            ++writer->bytes_;
            --writer->left_;
        }
        writer_ = writer->next_;
        writer->listed_ = false;
        if (writer->loop_ != nullptr) wake(writer->waiter_, *writer->loop_);
    }
}

void Uart::listen() noexcept { port::uart_listen(line_.number, !is_paused_.load(std::memory_order_relaxed), writer_ != nullptr); }

void Uart::interrupt() noexcept {
    const LocalSection section;
    receive();
    UartReadAwaiter* const reader = reader_;
    if (reader != nullptr && !reader->satisfied_) {
        move_to(*reader);
        while (is_paused_.load(std::memory_order_relaxed) && reader->count_ < reader->enough_) {
            receive();  // as there is room now
            move_to(*reader);
        }
        if (reader->count_ >= reader->enough_) {
            reader->satisfied_ = true;
            wake(reader->waiter_, *reader->loop_);
        }
        if (is_paused_.load(std::memory_order_relaxed)) receive();
    }
    send();
    listen();
}

Coro<> Uart::drain() {
    const std::uint32_t character_us = 12'000'000 / line_.baudrate + 1;
    while (usable_ && (writer_ != nullptr || port::uart_is_sending(line_.number))) {
        co_await sleep(std::chrono::microseconds{character_us});
    }
}

}  // namespace uasync
