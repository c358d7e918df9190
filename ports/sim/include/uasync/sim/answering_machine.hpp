#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <uasync/kernel/loop_timer.hpp>
#include <uasync/kernel/port.hpp>
#include <uasync/sim/state_machine.hpp>

namespace uasync::sim {

/// Plays a program that answers each word some time after it: the base of a simulated device. What is not answered when the Pio has it execute an
/// instruction, as a driver does that stops it, is forgotten.
///
/// @par Use it for
/// A device of your own that has a program of its own.
/// @par Instead use
/// OneWireBus, UltrasonicDevice; StateMachine for a program that gives no answers.
class AnsweringMachine : public StateMachine {
public:
    /// Plays the programs of machines with a pin. @param pin the first one of `out`, `set`, `in` or the side-set
    explicit AnsweringMachine(unsigned pin) : StateMachine{pin}, timer_{*this} {}
    AnsweringMachine(const AnsweringMachine&) = delete;
    AnsweringMachine& operator=(const AnsweringMachine&) = delete;
    ~AnsweringMachine() override { timer_.stop(); }

    /// The program's next word. @param word what was put @return how long it is busy
    Duration pull(std::uint32_t word) final {
        timer_.stop();
        executed_ = executed.size();
        answers_.clear();
        const Duration duration = answer(word, answers_);
        timer_.start(port::now() + static_cast<Time>(duration.count()));
        return duration;
    }

protected:
    /// What it does with a word. @param word what was put @param answers where its answers go, if any @return how long that takes
    virtual Duration answer(std::uint32_t word, std::vector<std::uint32_t>& answers) = 0;

private:
    struct Timer : LoopTimer {
        explicit Timer(AnsweringMachine& machine) noexcept
            : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<Timer&>(timer).machine_->fired(); }}, machine_{&machine} {}
        AnsweringMachine* machine_;
    };
    void fired() noexcept {
        if (executed.size() != executed_) return;  // the machine was stopped since
        for (const std::uint32_t word : answers_) push(word);
    }

    Timer timer_;
    std::vector<std::uint32_t> answers_;
    std::size_t executed_ = 0;
};

}  // namespace uasync::sim
