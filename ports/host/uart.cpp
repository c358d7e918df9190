// Serial lines with a test at the other end. Bytes take the time that they would take on the wire.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include <uasync/board/uart_port.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/sim/uart.hpp>

namespace uasync {
namespace port {
namespace {

constexpr std::size_t fifo_depth = 32, many_received = 8, few_to_send = 4;

struct Line;

/// What a line does later.
struct Alarm : LoopTimer {
    Alarm(Line& line_of, void (*function)(LoopCallback&) noexcept) noexcept : LoopTimer{function}, line{line_of} {}
    Line& line;
};

struct Line {
    explicit Line(unsigned number_of) noexcept : number{number_of} {}

    Time character() const noexcept { return (std::uint64_t{10} * 1'000'000 + settings->baudrate - 1) / settings->baudrate; }
    std::size_t to_send() const noexcept {
        const Time time = now();
        return sent_until <= time ? 0 : static_cast<std::size_t>((sent_until - time + character() - 1) / character());
    }
    void byte_comes() noexcept {
        const bool is_overrun = received.size() == fifo_depth;
        if (!is_overrun) {
            const unsigned flag = lost ? unsigned{uart_overrun} : 0U;
            received.push_back(static_cast<std::uint16_t>(coming.front() | flag));
        }
        lost = is_overrun;
        coming.pop_front();
        if (!coming.empty()) receiving.start(now() + character());
        raise();
    }
    void raise() const noexcept {
        const bool has_enough = received.size() >= many_received || (!received.empty() && coming.empty());
        if ((listens && has_enough) || (waits_for_room && to_send() <= few_to_send)) detail::uart_interrupt(number);
    }

    unsigned number;
    const UartLine* settings = nullptr;
    std::deque<std::uint8_t> coming;     ///< from the other end
    std::deque<std::uint16_t> received;  ///< in the FIFO
    std::string output;
    Time sent_until = 0;
    bool lost = false;
    bool listens = false;
    bool waits_for_room = false;
    Alarm receiving{*this, [](LoopCallback& timer) noexcept { static_cast<Alarm&>(timer).line.byte_comes(); }};
    Alarm sending{*this, [](LoopCallback& timer) noexcept { static_cast<Alarm&>(timer).line.raise(); }};
};

Line lines[2] = {Line{0}, Line{1}};

bool can_be(unsigned pin, unsigned role, unsigned number) noexcept {
    return pin == UartLine::no_pin || (pin < 30 && pin % 4 == role && (pin + 4) / 8 % 2 == number);
}

}  // namespace

bool uart_open(const UartLine& line) noexcept {
    const unsigned number = line.number;
    if (!can_be(line.tx, 0, number) || !can_be(line.rx, 1, number) || !can_be(line.cts, 2, number) ||
        !can_be(line.rts, 3, number) || line.bits < 5 || line.bits > 8 || line.baudrate < 300 || line.baudrate > 7'812'500) {
        return false;
    }
    Line& opened = lines[number];
    opened.settings = &line;
    opened.received.clear();
    opened.sent_until = 0;
    opened.lost = false;
    return true;
}
void uart_close(const UartLine& line) noexcept {
    Line& closed = lines[line.number];
    closed.settings = nullptr;
    closed.receiving.stop();
    closed.sending.stop();
    closed.coming.clear();
}

int uart_get(unsigned number) noexcept {
    Line& line = lines[number];
    if (line.received.empty()) return -1;
    const int byte = line.received.front();
    line.received.pop_front();
    return byte;
}

bool uart_put(unsigned number, std::uint8_t byte) noexcept {
    Line& line = lines[number];
    if (line.to_send() > fifo_depth) return false;  // one more is on the wire
    line.output += static_cast<char>(byte);
    line.sent_until = std::max(line.sent_until, now()) + line.character();
    return true;
}

bool uart_is_sending(unsigned number) noexcept { return lines[number].to_send() != 0; }

void uart_listen(unsigned number, bool receive, bool send) noexcept {
    Line& line = lines[number];
    line.listens = receive;
    line.waits_for_room = send;
    line.sending.stop();
    if (send) line.sending.start(line.sent_until - few_to_send * line.character());
}

}  // namespace port

void sim::uart_input(unsigned number, std::string_view bytes) {
    port::Line& line = port::lines[number];
    if (line.settings == nullptr || bytes.empty()) return;
    if (line.coming.empty()) line.receiving.start(port::now() + line.character());
    line.coming.insert(line.coming.end(), bytes.begin(), bytes.end());
}

std::string sim::uart_output(unsigned number) { return std::exchange(port::lines[number].output, {}); }

}  // namespace uasync
