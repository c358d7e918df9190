#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include <uasync/device/ir.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/sim/state_machine.hpp>

namespace uasync::sim {

/// A remote control in front of a `uasync::IrReceiver`, from its construction to its destruction.
///
/// @par Use it for
/// Tests of programs with an IrReceiver.
/// @par Instead use
/// The emulator for the times on the wire.
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// #include <uasync/device/ir.hpp>
/// #include <uasync/sim/ir_device.hpp>
///
/// using namespace uasync;
/// using namespace std::chrono_literals;
///
/// Coro<> async_main() {
///     sim::IrRemote remote{16};
///     IrReceiver receiver{16};
///     remote.press({.address = 0x1234, .command = 1}, 50ms);
///     const auto code = co_await receiver.next();
///     if (code) print("{}\n", code->address);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 4660
/// @endcode
class IrRemote : public StateMachine {
public:
    /// Points it at a demodulator. @param pin that of the demodulator's output
    explicit IrRemote(unsigned pin) : StateMachine{pin}, timer_{*this} {}
    IrRemote(const IrRemote&) = delete;
    IrRemote& operator=(const IrRemote&) = delete;
    ~IrRemote() override { timer_.stop(); }

    /// Presses a key while a program runs. Keys are pressed in the order of the calls.
    /// @param code the key @param start when its frame begins, from time zero on @param held how long; it repeats each 108 ms
    void press(const IrCode& code, Duration start, Duration held = Duration::zero()) {
        const std::uint32_t address = code.address > 0xffU ? code.address : code.address | (~code.address & 0xffU) << 8U;
        const std::uint32_t command = code.command;
        sends(address | command << 16U | (command ^ 0xffU) << 24U, start + Duration{67'500});
        for (Duration at{108'000}; at <= held; at += Duration{108'000}) sends(repeat_in_time, start + at + Duration{11'800});
    }
    /// Sends a frame that is damaged, or one whose bits say what they should not. @param start when it begins @param word its bits; by default there are too few
    void disturb(Duration start, std::uint32_t word = 7) { sends(word, start + Duration{67'500}); }
    /// Sends a repeat alone. @param start when it begins @param is_late whether the frame before is 150 ms ago
    void repeat(Duration start, bool is_late = false) { sends(is_late ? 0 : repeat_in_time, start + Duration{11'800}); }

private:
    static constexpr std::uint32_t repeat_in_time = 2'250;

    struct Timer : LoopTimer {
        explicit Timer(IrRemote& remote) noexcept
            : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<Timer&>(timer).remote_->fired(); }}, remote_{&remote} {}
        IrRemote* remote_;
    };
    struct Word {
        Duration at;
        std::uint32_t word;
    };
    void sends(std::uint32_t word, Duration at) {
        words_.push_back({at, word});
        if (!timer_.running()) timer_.start(static_cast<Time>(words_.front().at.count()));
    }
    void fired() noexcept {
        const Word sent = words_.front();
        words_.pop_front();
        push(sent.word);
        if (!words_.empty()) timer_.start(static_cast<Time>(words_.front().at.count()));
    }

    Timer timer_;
    std::deque<Word> words_;
};

/// What an LED of a `uasync::IrSender` shines on, from its construction to its destruction: it notes the codes.
///
/// @par Use it for
/// Tests of programs with an IrSender.
/// @par Instead use
/// The emulator for the carrier and the times.
class IrListener : public StateMachine {
public:
    /// @param pin that of the LED
    explicit IrListener(unsigned pin) : StateMachine{pin} {}

    std::vector<IrCode> codes;     ///< what it has seen, at the beginning of each frame
    std::vector<Duration> starts;  ///< when each began
    std::vector<bool> units;       ///< whether the carrier was on, in each unit of 562.5 us of the last frame

    /// @param word 32 units, the lowest bit first @return how long they take
    Duration pull(std::uint32_t word) override {
        const Duration now{static_cast<Duration::rep>(port::now())};
        if (now != end_) {
            units.clear();
            starts.push_back(now);
        }
        for (unsigned i = 0; i < 32; ++i) units.push_back((word >> i & 1U) != 0);
        end_ = now + Duration{18'000};
        if (units.size() == 32 && units[20]) codes.push_back(repeated());
        if (units.size() == 160) codes.push_back(decoded());
        return Duration{18'000};
    }

private:
    IrCode repeated() const {
        IrCode code = codes.empty() ? IrCode{} : codes.back();
        code.is_repeat = true;
        return code;
    }
    IrCode decoded() const {
        std::uint32_t bits = 0;
        std::size_t unit = 24;
        for (unsigned i = 0; i < 32; ++i) {
            const bool is_one = !units[unit + 2];
            if (is_one) bits |= 1U << i;
            unit += is_one ? 4 : 2;
        }
        const std::uint32_t low = bits & 0xffU, high = bits >> 8U & 0xffU;
        return {.address = static_cast<std::uint16_t>((low ^ high) == 0xffU ? low : bits & 0xffffU),
                .command = static_cast<std::uint8_t>(bits >> 16U)};
    }

    Duration end_{-1};
};

}  // namespace uasync::sim
