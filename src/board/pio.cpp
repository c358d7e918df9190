#include <algorithm>

#include <uasync/board/pio.hpp>

namespace uasync {
namespace {

/// Who has each machine. Changed in critical sections, as both cores take machines.
constinit Pio* pio_of_machine[port::pio_blocks * port::pio_machines] = {};
/// Those that wait for something of a block, oldest first: those of each core have their own interrupt line, and their own list.
constinit detail::PioAwaiter* waiting_for_pio[port::pio_blocks][2] = {};

constexpr unsigned last_pio = port::pio_blocks * port::pio_machines - 1, no_place = 0xff, most_words_a_pass = 8;

constexpr bool are_pins(unsigned base, unsigned count) noexcept {
    return base == PioOptions::no_pin || (base < 30 && count <= 30 - base);
}
bool fits(const PioProgram& program, const PioOptions& options) noexcept {
    const unsigned side = program.side_bits - (program.side_opt ? 1U : 0U);
    const bool has_side = side == 0 || options.sideset_base != PioOptions::no_pin;
    return program.length - 1U < port::pio_memory && program.wrap < program.length && has_side &&
           are_pins(options.out_base, options.out_count) && are_pins(options.set_base, options.set_count) &&
           options.set_count <= 5 && are_pins(options.sideset_base, side) && are_pins(options.in_base, 1) &&
           are_pins(options.jmp_pin, 1) && options.push_thresh - 1 < 32 && options.pull_thresh - 1 < 32;
}
constexpr std::uint32_t memory_of(const PioProgram& program, unsigned offset) noexcept {
    return ~std::uint32_t{0} >> (port::pio_memory - program.length) << offset;
}
/// The flags that a program raises (RP2040 datasheet 3.4.9). @param machine from whose number it may count them
std::uint32_t flags_of(const PioProgram& program, unsigned machine) noexcept {
    std::uint32_t flags = 0;
    for (unsigned i = 0; i < program.length; ++i) {
        const unsigned code = program.code[i];
        if ((code & 0xe0c0) != 0xc000) continue;
        flags |= 1U << ((code & 4U) | ((code + ((code & 0x10U) != 0 ? machine : 0U)) & 3U));
    }
    return flags;
}

}  // namespace

namespace detail {

PioAwaiter** PioAwaiter::list() const noexcept { return &waiting_for_pio[pio_->place_.block][port::pio_line()]; }

/// Does what can be done now. @return whether the wait is over
bool PioAwaiter::advance() noexcept {
    const port::PioPlace& place = pio_->place_;
    if (!is_put()) return port::pio_ready(place.block, source_);
    // Not all of them at once, as interrupts are masked and the program may be as fast as this.
    for (unsigned left = most_words_a_pass; left != 0 && count_ != 0 && port::pio_ready(place.block, source_); --left) {
        port::pio_put(place, words_ != nullptr ? *words_++ : word_);
        --count_;
    }
    return count_ == 0;
}

bool PioAwaiter::await_suspend(Frame self) noexcept {
    if (pio_->error_ != Error::none) error_ = pio_->error_;
    if (error_ != Error::none) return false;
    const LocalSection section;
    PioAwaiter** end = list();
    bool is_first = true;
    for (; *end != nullptr; end = &(*end)->next_) is_first = is_first && (*end)->source_ != source_;
    if (is_first && advance()) return false;
    loop_ = &current_loop();
    *end = this;
    listed_ = true;
    loop_->wait_in_shared(waiter_, self, is_put() ? "Pio::put" : source_ < port::pio_flag ? "Pio::get" : "Pio::wait_irq");
    serve(pio_->place_.block);
    return true;
}

Result<std::uint32_t> PioAwaiter::take() noexcept {
    if (loop_ != nullptr) loop_->current().list = nullptr;  // which is in this frame. The machine may be gone by now
    if (error_ != Error::none) return std::unexpected{error_};
    if (is_put()) return 0;
    const port::PioPlace& place = pio_->place_;
    const LocalSection section;
    Result<std::uint32_t> result{0};
    if (source_ >= port::pio_flag) {
        port::pio_clear_flags(place.block, 1U << (source_ - port::pio_flag));
    } else if (port::pio_ready(place.block, source_)) {
        result = port::pio_get(place);
    } else {
        result = std::unexpected{Error::unavailable};  // somebody else has taken the word, or has emptied the FIFO
    }
    if (listed_) leave();
    return result;
}

Result<void> PioAwaiter::end() noexcept {
    const Result<std::uint32_t> result = take();
    if (!result) return std::unexpected{result.error()};
    return {};
}

void PioAwaiter::remove() noexcept {
    PioAwaiter** link = list();
    while (*link != this) link = &(*link)->next_;
    *link = next_;
    listed_ = false;
}

/// Its task has what it was waiting for, or is being unwound.
void PioAwaiter::leave() noexcept {
    const LocalSection section;
    if (!listed_) return;  // the interrupt was faster
    remove();
    serve(pio_->place_.block);
}

/// Looks at the first one that waits for each FIFO and flag, and has the block interrupt for those that go on waiting.
void PioAwaiter::serve(unsigned block) noexcept {
    std::uint32_t seen = 0, armed = 0;
    for (PioAwaiter** link = &waiting_for_pio[block][port::pio_line()]; PioAwaiter* awaiter = *link;) {
        const std::uint32_t source = 1U << awaiter->source_;
        // Else its task was woken or cancelled, and has not had its turn.
        const bool waits = (seen & source) == 0 && awaiter->waiter_.front() != nullptr;
        const bool is_over = waits && awaiter->advance();
        if (is_over && awaiter->is_put()) {
            *link = awaiter->next_;
            awaiter->listed_ = false;
        } else {
            if (waits && !is_over) armed |= source;
            seen |= source;
            link = &awaiter->next_;
        }
        if (!is_over) continue;
        WaitNode& task = *awaiter->waiter_.front();
        awaiter->waiter_ = WaitList{};
        awaiter->loop_->post(task);
    }
    port::pio_arm(block, armed);
}

void pio_interrupt(unsigned block) noexcept {
    const LocalSection section;
    PioAwaiter::serve(block);
}

}  // namespace detail

using detail::PioAwaiter;

namespace {

/// Where in a block's memory a program is or can be. @param is_there is set if it is there
unsigned place_for(unsigned block, const PioProgram& program, bool& is_there, const PioProgram* const* programs,
                   const port::PioPlace* const* places) noexcept {
    std::uint32_t used = 0;
    is_there = false;
    for (unsigned i = 0; i < port::pio_machines; ++i) {
        const unsigned number = block * port::pio_machines + i;
        if (programs[number] == nullptr) continue;
        is_there = *programs[number] == program;
        if (is_there) return places[number]->offset;
        used |= memory_of(*programs[number], places[number]->offset);
    }
    const unsigned most = port::pio_memory - program.length;
    const auto is_free = [&](unsigned offset) { return offset <= most && (used & memory_of(program, offset)) == 0; };
    if (program.origin >= 0) {
        const unsigned origin = static_cast<std::uint8_t>(program.origin);
        return is_free(origin) ? origin : no_place;
    }
    // From the end, as programs with an origin mostly begin at 0.
    for (unsigned offset = most + 1; offset-- > 0;) {
        if (is_free(offset)) return offset;
    }
    return no_place;
}

}  // namespace

/// Takes one of some machines.
Error Pio::claim(const Options& options, unsigned first, unsigned last) noexcept {
    if (!fits(*program_, options) || last > last_pio) return Error::misuse;
    const CriticalSection section;
    const PioProgram* programs[last_pio + 1] = {};
    const port::PioPlace* places[last_pio + 1] = {};
    for (unsigned number = 0; number <= last_pio; ++number) {
        if (pio_of_machine[number] == nullptr) continue;
        programs[number] = pio_of_machine[number]->program_;
        places[number] = &pio_of_machine[number]->place_;
    }
    unsigned best = no_place;
    bool best_is_there = false;
    Error error = Error::unavailable;
    for (unsigned number = first; number <= last; ++number) {
        if (programs[number] != nullptr) continue;
        bool is_there = false;
        const unsigned block = number / port::pio_machines;
        const unsigned offset = place_for(block, *program_, is_there, programs, places);
        if (offset == no_place) error = Error::no_memory;
        if (offset == no_place || (best != no_place && (best_is_there || !is_there))) continue;
        best = number;
        best_is_there = is_there;
        place_ = {static_cast<std::uint8_t>(block), static_cast<std::uint8_t>(number % port::pio_machines),
                  static_cast<std::uint8_t>(offset)};
    }
    if (best == no_place) return error;
    pio_of_machine[best] = this;
    port::pio_open(place_, *program_, options, best_is_there);
    const PioProgram* const* const block = &programs[best - place_.machine];
    if (std::all_of(block, block + port::pio_machines, [](const PioProgram* other) { return other == nullptr; })) {
        port::pio_clear_flags(place_.block, 0xff);  // else a machine may stand at one
    }
    return Error::none;
}

Pio::Pio(const PioProgram& program, const Options& options) noexcept
    : program_{&program}, pins_{port::pio_driven_pins(program, options)}, error_{claim(options, 0, last_pio)} {}

Pio::Pio(unsigned number, const PioProgram& program, const Options& options) noexcept
    : program_{&program}, pins_{port::pio_driven_pins(program, options)}, error_{claim(options, number, number)} {}

Pio::~Pio() {
    if (error_ != Error::none) return;
    const LocalSection section;
    for (PioAwaiter** link = &waiting_for_pio[place_.block][port::pio_line()]; PioAwaiter* awaiter = *link;) {
        if (awaiter->pio_ != this) {
            link = &awaiter->next_;
            continue;
        }
        *link = awaiter->next_;
        awaiter->listed_ = false;
        awaiter->error_ = Error::destroyed;  // for one whose task was woken
        if (WaitNode* task = awaiter->waiter_.front()) WaitLoop::fail_waiting(static_cast<TaskState&>(*task));
    }
    PioAwaiter::serve(place_.block);
    const CriticalSection both_cores;
    pio_of_machine[number()] = nullptr;
    std::uint32_t pins = pins_, flags = flags_of(*program_, place_.machine);
    for (unsigned i = 0; i < port::pio_machines; ++i) {
        const Pio* const other = pio_of_machine[place_.block * port::pio_machines + i];
        if (other == nullptr) continue;
        pins &= ~other->pins_;
        flags &= ~flags_of(*other->program_, i);
    }
    port::pio_close(place_, pins);
    port::pio_clear_flags(place_.block, flags);
}

void Pio::active(bool is_active) noexcept {
    if (*this) port::pio_set_active(place_, is_active);
}
void Pio::freq(std::uint32_t hertz) noexcept {
    if (*this) port::pio_set_freq(place_, hertz);
}
void Pio::restart() noexcept {
    if (*this) port::pio_restart(place_);
}
void Pio::exec(std::uint16_t instruction) noexcept {
    if (*this) port::pio_exec(place_, instruction);
}
void Pio::clear_fifos() noexcept {
    if (*this) port::pio_clear_fifos(place_);
}

Result<void> Pio::put_nowait(std::uint32_t word) noexcept {
    if (error_ != Error::none) return std::unexpected{error_};
    const LocalSection section;
    if (!is_mine(port::pio_has_room)) return std::unexpected{Error::unavailable};
    port::pio_put(place_, word);
    return {};
}
Result<std::uint32_t> Pio::get_nowait() noexcept {
    if (error_ != Error::none) return std::unexpected{error_};
    const LocalSection section;
    if (!is_mine(port::pio_has_word)) return std::unexpected{Error::unavailable};
    return port::pio_get(place_);
}

/// Whether one of its FIFOs is ready, and no task waits for that.
bool Pio::is_mine(unsigned fifo) const noexcept {
    const unsigned source = fifo + place_.machine;
    for (const PioAwaiter* awaiter = waiting_for_pio[place_.block][port::pio_line()]; awaiter != nullptr;
         awaiter = awaiter->next_) {
        if (awaiter->source_ == source) return false;
    }
    return port::pio_ready(place_.block, source);
}

}  // namespace uasync
