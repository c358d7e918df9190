// The console over USB: a serial port of class CDC ACM. usb_console.hpp has its states.
//
// The text waits in blocks of a packet each, from which the controller sends it without a copy. `tail` is the block that is sent next, or
// `busy` now; `head` the one that is being filled. Those between them are full. Interrupts are masked while any of this changes.

#include <uasync/kernel/port.hpp>

#include "usb.hpp"
#include "usb_console.hpp"
#include "usb_descriptors.hpp"

using namespace uasync::rp2040;
using uasync::CriticalSection;

extern "C" [[gnu::weak]] void uasync_console_received(const char*, std::size_t) noexcept {}

namespace {

constexpr std::uint8_t block_count = sizeof(UsbMemory::blocks) / usb_packet;
constexpr std::uint32_t touch_baud = 1200;  // at which a board goes to its boot loader, by a convention of Arduino's

/// What the control transfer under way does once endpoint 0 is done with its packet.
enum class Control : std::uint8_t { status, send, line_coding };

struct Console {
    std::uint32_t dropped;
    const std::uint8_t* data;  // what is still to be sent of an answer
    std::uint16_t left;
    std::uint8_t head, fill, tail;
    std::uint8_t begun;  // how much of the tail is sent, if that has begun: not all of it, if it was closed before it was full
    bool busy, open, touched;
    std::uint8_t address;  // to take once the host has had its answer
    Control control;
    std::uint8_t pid_0, pid_in, pid_out;  // the next packets' DATA0 or DATA1
};
constinit Console console{};

// The other bits before AVAILABLE, and at least a cycle of the USB's 48 MHz between them (4.1.2.5.1).
[[gnu::noinline]] void arm(Word& control, std::uint32_t bits, std::uint8_t& pid) noexcept {
    if (pid != 0) bits |= UsbMemory::data1;
    pid ^= 1;
    control = bits;
    asm volatile("b 1f\n1: b 2f\n2: b 3f\n3:");
    control = bits | UsbMemory::available;
}

void send_text() noexcept {
    Console& c = console;
    if (c.busy || !c.open) return;
    std::uint8_t length = c.begun != 0 ? c.begun : usb_packet;
    if (c.tail == c.head) {  // it is closed, and the next one is filled
        length = c.fill;
        if (length == 0) return;
        c.head = static_cast<std::uint8_t>(c.head + 1 == block_count ? 0 : c.head + 1);
        c.fill = 0;
    }
    c.begun = length;
    c.busy = true;
    UsbMemory& memory = usb_memory();
    memory.endpoint_control[1].in = UsbMemory::endpoint_on | UsbMemory::bulk | (offsetof(UsbMemory, blocks) + c.tail * usb_packet);
    arm(memory.buffer_control[2].in, UsbMemory::full | length, c.pid_in);
}

void text_sent() noexcept {
    console.tail = static_cast<std::uint8_t>(console.tail + 1 == block_count ? 0 : console.tail + 1);
    console.begun = 0;
    console.busy = false;
    send_text();
}

void receive() noexcept { arm(usb_memory().buffer_control[2].out, usb_packet, console.pid_out); }

void received() noexcept {
    const auto* bytes = reinterpret_cast<const char*>(const_cast<const std::uint8_t*>(usb_memory().received));
    uasync_console_received(bytes, usb_memory().buffer_control[2].out & UsbMemory::length);
    receive();
}

/// Sends the next packet of an answer; an empty one without any data, which is how a request ends.
void answer() noexcept {
    const std::uint32_t length = console.left < usb_packet ? console.left : usb_packet;
    for (std::uint32_t i = 0; i < length; ++i) usb_memory().control_buffer[i] = *console.data++;
    console.left = static_cast<std::uint16_t>(console.left - length);
    arm(usb_memory().buffer_control[0].in, UsbMemory::full | length, console.pid_0);
}

void answer_with(const std::uint8_t* data, std::uint32_t size, std::uint32_t wanted) noexcept {
    console.control = Control::send;
    console.data = data;
    console.left = static_cast<std::uint16_t>(size < wanted ? size : wanted);
    answer();
}

void refuse() noexcept {
    usb().ep_stall_arm = Usb::stall_arm_ep0;
    usb_memory().buffer_control[0].in = UsbMemory::stall;
    usb_memory().buffer_control[0].out = UsbMemory::stall;
}

// The data of an endpoint begins anew. A block that was under way is sent again.
void restart_in() noexcept {
    usb_memory().buffer_control[2].in = 0;
    console.pid_in = 0;
    console.busy = false;
}
void restart_out() noexcept {
    console.pid_out = 0;
    receive();
}

void configure() noexcept {
    UsbMemory& memory = usb_memory();
    memory.endpoint_control[0].in = UsbMemory::endpoint_on | UsbMemory::interrupt | offsetof(UsbMemory, reserved);
    memory.endpoint_control[1].in = UsbMemory::endpoint_on | UsbMemory::bulk | offsetof(UsbMemory, blocks);
    memory.endpoint_control[1].out = UsbMemory::endpoint_on | UsbMemory::bulk | offsetof(UsbMemory, received);
    restart_in();
    restart_out();
}

void describe(std::uint32_t which, std::uint32_t wanted) noexcept {
    if (which == 0x0100) return answer_with(usb_device_descriptor, sizeof usb_device_descriptor, wanted);
    if (which == 0x0200) return answer_with(usb_configuration_descriptor, sizeof usb_configuration_descriptor, wanted);
    if (which == 0x0300) return answer_with(usb_language_descriptor, sizeof usb_language_descriptor, wanted);
    if (which == 0x0301) return answer_with(usb_product_descriptor, sizeof usb_product_descriptor, wanted);
    refuse();
}

void set_up() noexcept {
    static constexpr std::uint8_t zeros[2] = {};
    UsbMemory& memory = usb_memory();
    const std::uint32_t first = memory.setup[0], value = first >> 16, wanted = memory.setup[1] >> 16;
    memory.buffer_control[0].in = 0;  // of a request that the host has given up
    memory.buffer_control[0].out = 0;
    console.pid_0 = 1;
    console.control = Control::status;
    console.left = 0;
    switch (first & 0xffff) {  // the request's number, and below it its type
        case 0x0680: return describe(value, wanted);
        case 0x0080:
        case 0x0081:
        case 0x0082: return answer_with(zeros, 2, wanted);  // GET_STATUS
        case 0x0a81: return answer_with(zeros, 1, wanted);  // GET_INTERFACE
        case 0x21a1: return answer_with(const_cast<const std::uint8_t*>(memory.line_coding), 7, wanted);
        case 0x2021: console.control = Control::line_coding; return arm(memory.buffer_control[0].out, usb_packet, console.pid_0);
        case 0x0500: console.address = static_cast<std::uint8_t>(value); break;
        case 0x0900: configure(); break;
        case 0x0102: memory.setup[1] & 0x80 ? restart_in() : restart_out(); break;  // CLEAR_FEATURE of an endpoint
        case 0x0b01: break;                                                         // SET_INTERFACE
        case 0x2221: console.open = value & 1; break;
        case 0x2321: break;  // SEND_BREAK
        default: return refuse();
    }
    answer();
    send_text();
}

/// What the boot ROM calls `reset_to_usb_boot` (2.8.3.1.7). It does not return.
void start_boot_loader() noexcept {
    using LookUp = void (*(*)(const std::uint16_t*, std::uint32_t))(std::uint32_t, std::uint32_t);
    const auto* rom = &registers<const volatile std::uint16_t>(0x14);
    const auto look_up = reinterpret_cast<LookUp>(static_cast<std::uintptr_t>(rom[2]));
    const auto* table = reinterpret_cast<const std::uint16_t*>(static_cast<std::uintptr_t>(rom[0]));
    look_up(table, 'U' | 'B' << 8)(0, 0);
}

void answer_sent() noexcept {
    Console& c = console;
    if (c.control == Control::send) {
        if (c.left != 0) return answer();
        c.control = Control::status;
        c.pid_0 = 1;
        return arm(usb_memory().buffer_control[0].out, 0, c.pid_0);
    }
    if (c.address != 0) usb().addr_endp = c.address;
    c.address = 0;
    if (c.touched) start_boot_loader();
}

void control_received() noexcept {
    if (console.control != Control::line_coding) return;  // the host has had its answer
    console.control = Control::status;
    UsbMemory& memory = usb_memory();
    for (int i = 0; i < 7; ++i) memory.line_coding[i] = memory.control_buffer[i];
    console.touched = *reinterpret_cast<Word*>(&memory.line_coding) == touch_baud;
    console.pid_0 = 1;
    answer();
}

void reset_by_bus() noexcept {
    usb().addr_endp = 0;
    for (int i = 0; i < 3; ++i) {
        usb_memory().buffer_control[i].in = 0;
        usb_memory().buffer_control[i].out = 0;
    }
    console.busy = console.open = false;
    console.address = 0;
}

}  // namespace

// What is done comes before what is asked for next.
extern "C" void uasync_irq_usbctrl() noexcept {
    Usb& registers = usb();
    const std::uint32_t done = registers.buff_status;
    registers.buff_status = done;
    if (done & 1u << 0) answer_sent();
    if (done & 1u << 1) control_received();
    if (done & 1u << 4) text_sent();
    if (done & 1u << 5) received();
    const std::uint32_t status = registers.sie_status;
    registers.sie_status = status & (Usb::status_bus_reset | Usb::status_setup);
    if (status & Usb::status_bus_reset) reset_by_bus();
    if (status & Usb::status_setup) set_up();
}

// Before all other constructors, which may print.
[[gnu::constructor(101), gnu::used]] static void start() noexcept {
    // 48 MHz: 12 MHz x 100 = 1200 MHz, / 5 / 5 (2.18.2).
    resets_clear().reset = Resets::pll_usb | Resets::usbctrl;
    while (~resets().reset_done & (Resets::pll_usb | Resets::usbctrl)) {
    }
    pll_usb().fbdiv_int = 100;
    pll_usb().pwr = Pll::post_dividers_down;
    while (!(pll_usb().cs & Pll::locked)) {
    }
    pll_usb().prim = 5 << 16 | 5 << 12;
    pll_usb().pwr = 0;
    clocks().usb.ctrl = Clocks::usb_on_from_pll;

    for (Word* word = usb_memory().setup; word != usb_memory().setup + sizeof(UsbMemory) / 4; ++word) *word = 0;
    usb().muxing = Usb::muxing_to_phy | Usb::muxing_softcon;
    usb().pwr = Usb::pwr_vbus_detected;
    usb().main_ctrl = Usb::main_on;
    usb().inte = Usb::int_buffer | Usb::int_bus_reset | Usb::int_setup;
    usb().sie_ctrl = Usb::sie_ep0_interrupt | Usb::sie_pull_up;
    nvic_iser() = irq_usbctrl;
}

/// Puts a byte of text into the block that is being filled.
extern "C" void uasync_usb_put(std::uint32_t byte) noexcept {
    const CriticalSection section;
    Console& c = console;
    if (c.fill == usb_packet) {
        const auto next = static_cast<std::uint8_t>(c.head + 1 == block_count ? 0 : c.head + 1);
        if (next == c.tail) {
            ++c.dropped;
            return;
        }
        c.head = next;
        c.fill = 0;
    }
    usb_memory().blocks[c.head][c.fill++] = static_cast<std::uint8_t>(byte);
}

extern "C" void uasync_usb_send() noexcept {
    const CriticalSection section;
    send_text();
}

// A program that ends, in whatever state it is: its last lines are brought to a host that reads, for up to half a second.
extern "C" void uasync_usb_finish() noexcept {
    const CriticalSection section;
    const std::uint32_t start_us = timer().raw_low;
    send_text();
    while (console.busy && timer().raw_low - start_us < 500'000) uasync_irq_usbctrl();
}

std::uint32_t uasync::rp2040::console_dropped() noexcept { return console.dropped; }
