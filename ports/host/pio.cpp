// State machines whose programs are objects. Words move as time passes.

#include <algorithm>
#include <deque>

#include <uasync/board/pio_port.hpp>
#include <uasync/kernel/loop_timer.hpp>
#include <uasync/sim/state_machine.hpp>

#include "dma_requests.hpp"

namespace uasync {
namespace sim {
namespace {
StateMachine* newest_state_machine = nullptr;
}  // namespace

StateMachine::StateMachine(unsigned pin) : next_{newest_state_machine}, pin_{pin} { newest_state_machine = this; }
StateMachine::~StateMachine() {
    StateMachine** link = &newest_state_machine;
    while (*link != this) link = &(*link)->next_;
    *link = next_;
}
Duration StateMachine::pull(std::uint32_t word) {
    received.push_back(word);
    return Duration{1};
}
StateMachine* first_state_machine() noexcept { return newest_state_machine; }

}  // namespace sim

namespace port {
namespace {

constexpr std::uint32_t pio_clock = 125'000'000;  // as on the chip

/// A machine, and the timer that stands for its program.
struct SimulatedMachine : LoopTimer {
    SimulatedMachine() noexcept : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<SimulatedMachine&>(timer).pull(); }} {}

    unsigned number() const noexcept;
    DmaRequest request(DmaRequest first) const noexcept {
        return static_cast<DmaRequest>(static_cast<unsigned>(first) + number() / pio_machines * 8 + number() % pio_machines);
    }
    bool has_pin(unsigned pin) const noexcept {
        return is_open &&
               (pin == options.out_base || pin == options.set_base || pin == options.in_base || pin == options.sideset_base);
    }
    sim::StateMachine* player() const noexcept {
        sim::StateMachine* found = sim::first_state_machine();
        while (found != nullptr && !has_pin(pin_of_state_machine(*found))) found = next_state_machine(*found);
        return found;
    }
    /// The program goes on when it is not busy.
    void look() noexcept {
        if (is_active && !tx.empty() && !running()) start(std::max(busy_until, now()));
    }
    void pull() noexcept {
        const std::uint32_t word = tx.front();
        tx.pop_front();
        sim::StateMachine* const program = player();
        const sim::Duration duration = program != nullptr ? program->pull(word) : sim::Duration{1};
        busy_until = now() + static_cast<Time>(duration.count());
        dma_requested(request(DmaRequest::pio0_tx));
        look();
        settle();
    }
    void settle() const noexcept;

    PioOptions options{};
    std::deque<std::uint32_t> tx, rx;
    Time busy_until = 0;
    std::uint32_t divider = 256;
    bool is_open = false;
    bool is_active = false;

    std::size_t tx_depth() const noexcept {
        return options.fifo_join == PioJoin::rx ? 0 : options.fifo_join == PioJoin::tx ? 8 : 4;
    }
    std::size_t rx_depth() const noexcept {
        return options.fifo_join == PioJoin::tx ? 0 : options.fifo_join == PioJoin::rx ? 8 : 4;
    }
};

/// A block, and the timer that stands for its interrupt.
struct SimulatedBlock : LoopTimer {
    SimulatedBlock() noexcept : LoopTimer{[](LoopCallback& timer) noexcept { static_cast<SimulatedBlock&>(timer).fired(); }} {}

    std::uint32_t raw() const noexcept {
        std::uint32_t result = (flags & 15U) << pio_flag;
        for (unsigned i = 0; i < pio_machines; ++i) {
            if (!machines[i].rx.empty()) result |= 1U << (pio_has_word + i);
            if (machines[i].tx.size() < machines[i].tx_depth()) result |= 1U << (pio_has_room + i);
        }
        return result;
    }
    void settle() noexcept {
        if ((raw() & armed) != 0 && !running()) start(now());
    }
    void fired() noexcept;

    SimulatedMachine machines[pio_machines];
    std::uint32_t armed = 0;
    std::uint32_t flags = 0;
};
SimulatedBlock simulated_pio[pio_blocks];
volatile std::uint32_t simulated_fifo = 0;  ///< stands for the registers, which nobody reads or writes here

unsigned SimulatedMachine::number() const noexcept {
    const unsigned block = this >= simulated_pio[1].machines ? 1 : 0;
    return block * pio_machines + static_cast<unsigned>(this - simulated_pio[block].machines);
}
void SimulatedMachine::settle() const noexcept { simulated_pio[number() / pio_machines].settle(); }
void SimulatedBlock::fired() noexcept {
    if ((raw() & armed) != 0) detail::pio_interrupt(static_cast<unsigned>(this - simulated_pio));
}

SimulatedMachine& simulated(const PioPlace& place) noexcept { return simulated_pio[place.block].machines[place.machine]; }
SimulatedMachine& simulated(DmaRequest request) noexcept {
    const auto number = static_cast<unsigned>(request);
    return simulated_pio[number / 8].machines[number % 4];
}
constexpr bool is_sent(DmaRequest request) noexcept { return static_cast<unsigned>(request) % 8 < 4; }

SimulatedMachine* simulated_with(unsigned pin) noexcept {
    for (SimulatedBlock& block : simulated_pio) {
        for (SimulatedMachine& machine : block.machines) {
            if (machine.has_pin(pin)) return &machine;
        }
    }
    return nullptr;
}

}  // namespace

unsigned pio_line() noexcept { return 0; }

void pio_open(const PioPlace& place, const PioProgram&, const PioOptions& options, bool) noexcept {
    SimulatedMachine& machine = simulated(place);
    machine.options = options;
    machine.tx.clear();
    machine.rx.clear();
    machine.busy_until = 0;
    machine.is_open = true;
    machine.is_active = false;
    machine.divider = pio_divider(pio_clock, options.freq);
}
void pio_close(const PioPlace& place, std::uint32_t) noexcept {
    simulated(place).stop();
    simulated(place).is_open = false;
}

void pio_set_freq(const PioPlace& place, std::uint32_t freq) noexcept { simulated(place).divider = pio_divider(pio_clock, freq); }
std::uint32_t pio_freq(const PioPlace& place) noexcept { return pio_divided(pio_clock, simulated(place).divider); }
void pio_set_active(const PioPlace& place, bool is_active) noexcept {
    simulated(place).is_active = is_active;
    if (!is_active) simulated(place).stop();
    simulated(place).look();
}
bool pio_active(const PioPlace& place) noexcept { return simulated(place).is_active; }
void pio_restart(const PioPlace& place) noexcept {
    simulated(place).stop();
    simulated(place).busy_until = 0;
    simulated(place).look();
}
void pio_exec(const PioPlace& place, std::uint16_t instruction) noexcept {
    if (sim::StateMachine* program = simulated(place).player()) program->executed.push_back(instruction);
}
void pio_clear_fifos(const PioPlace& place) noexcept {
    SimulatedMachine& machine = simulated(place);
    machine.tx.clear();
    machine.rx.clear();
    machine.stop();
    dma_requested(machine.request(DmaRequest::pio0_tx));
    machine.settle();
}
unsigned pio_tx_fifo(const PioPlace& place) noexcept { return static_cast<unsigned>(simulated(place).tx.size()); }
unsigned pio_rx_fifo(const PioPlace& place) noexcept { return static_cast<unsigned>(simulated(place).rx.size()); }

void pio_put(const PioPlace& place, std::uint32_t word) noexcept {
    simulated(place).tx.push_back(word);
    simulated(place).look();
}
std::uint32_t pio_get(const PioPlace& place) noexcept {
    auto& rx = simulated(place).rx;
    const std::uint32_t word = rx.front();
    rx.pop_front();
    return word;
}
volatile std::uint32_t& pio_tx_register(const PioPlace&) noexcept { return simulated_fifo; }
volatile std::uint32_t& pio_rx_register(const PioPlace&) noexcept { return simulated_fifo; }

bool pio_ready(unsigned block, unsigned source) noexcept { return (simulated_pio[block].raw() >> source & 1U) != 0; }
void pio_clear_flags(unsigned block, std::uint32_t flags) noexcept { simulated_pio[block].flags &= ~flags; }
void pio_arm(unsigned block, std::uint32_t sources) noexcept {
    simulated_pio[block].armed = sources;
    if (sources == 0) simulated_pio[block].stop();
    simulated_pio[block].settle();
}

bool pio_requests(DmaRequest request) noexcept {
    const SimulatedMachine& machine = simulated(request);
    return is_sent(request) ? machine.tx.size() < machine.tx_depth() : !machine.rx.empty();
}
void pio_move_word(DmaRequest request, std::uint32_t& word) noexcept {
    SimulatedMachine& machine = simulated(request);
    if (is_sent(request)) {
        machine.tx.push_back(word);
        return machine.look();
    }
    word = machine.rx.front();
    machine.rx.pop_front();
}

}  // namespace port

namespace sim {
// NOLINTNEXTLINE(readability-make-member-function-const): it changes the machine
bool StateMachine::push(std::uint32_t word) {
    port::SimulatedMachine* const machine = port::simulated_with(pin_);
    if (machine == nullptr || machine->rx.size() == machine->rx_depth()) return false;
    machine->rx.push_back(word);
    port::dma_requested(machine->request(DmaRequest::pio0_rx));
    machine->settle();
    return true;
}
// NOLINTNEXTLINE(readability-make-member-function-const): likewise
void StateMachine::irq(unsigned flag) {
    port::SimulatedMachine* const machine = port::simulated_with(pin_);
    if (machine == nullptr) return;
    port::simulated_pio[machine->number() / port::pio_machines].flags |= 1U << flag;
    machine->settle();
}
bool StateMachine::irq_is_set(unsigned flag) const {
    const port::SimulatedMachine* const machine = port::simulated_with(pin_);
    return machine != nullptr && (port::simulated_pio[machine->number() / port::pio_machines].flags >> flag & 1U) != 0;
}

}  // namespace sim
}  // namespace uasync
