// I2C as controller, by FIFO and interrupt (datasheet 4.3). The controller is Synopsys' DW_apb_i2c.

#include <algorithm>

#include <uasync/board/i2c_port.hpp>
#include <uasync/kernel/port.hpp>

#include "rp2040.hpp"

namespace uasync::port {

using namespace rp2040;

namespace {

// 4.3.17
struct Controller {
    Word con, tar, sar, reserved_0c, data_cmd, ss_scl_hcnt, ss_scl_lcnt, fs_scl_hcnt, fs_scl_lcnt, reserved_24[2];
    Word intr_stat, intr_mask, raw_intr_stat, rx_tl, tx_tl, clr_intr, clr_rx_under, clr_rx_over, clr_tx_over, clr_rd_req;
    Word clr_tx_abrt, clr_rx_done, clr_activity, clr_stop_det, clr_start_det, clr_gen_call, enable, status, txflr, rxflr;
    Word sda_hold, tx_abrt_source, slv_data_nack_only, dma_cr, dma_tdlr, dma_rdlr, sda_setup, ack_general_call, enable_status;
    Word fs_spklen;
    enum : std::uint32_t {
        con_controller = 1u << 0,
        con_fast = 2u << 1,
        con_restart_on = 1u << 5,
        con_target_off = 1u << 6,
        con_hold_when_full = 1u << 9,
        data_read = 1u << 8,
        data_stop = 1u << 9,
        data_restart = 1u << 10,
        intr_rx_full = 1u << 2,
        intr_tx_empty = 1u << 4,
        intr_tx_abort = 1u << 6,
        intr_stop = 1u << 9,
        enable_on = 1u << 0,
        enable_abort = 1u << 1,
        status_active = 1u << 5,
        source_arbitration_lost = 1u << 12
    };
};
static_assert(offsetof(Controller, intr_stat) == 0x2c && offsetof(Controller, clr_tx_abrt) == 0x54 &&
              offsetof(Controller, enable) == 0x6c && offsetof(Controller, fs_spklen) == 0xa0);

constexpr std::uint32_t fifo_depth = 16, enough_to_send = 4, enough_received = 8;

/// Times of the bus specification, in cycles: pulses of up to 50 ns are spikes, and SDA is held for 300 ns after SCL has fallen, or for
/// 120 ns above 400 kHz.
constexpr std::uint32_t cycles_in(std::uint32_t ns) noexcept { return system_hz / 1'000'000 * ns / 1000; }

Controller& controller(const I2cLines& lines) noexcept { return registers<Controller>(0x4004'4000 + 0x4000u * lines.bus); }

bool level(unsigned pin) noexcept { return (sio().gpio_in >> pin & 1u) != 0; }

/// An open-drain output by hand: low, or let go of. The output's level is low.
void drive_low(unsigned pin, bool is_low) noexcept { (is_low ? sio().gpio_oe_set : sio().gpio_oe_clr) = 1u << pin; }

void wait_us(unsigned us) noexcept {
    const std::uint32_t start = timer().raw_low;
    while (timer().raw_low - start <= us) {
    }
}

/// Lets go of SCL, and waits up to 50 us for a device that holds it.
void let_clock_rise(const I2cLines& lines) noexcept {
    drive_low(lines.scl, false);
    for (unsigned tries = 10; tries != 0 && !level(lines.scl); --tries) wait_us(5);
    wait_us(5);
}

/// Takes the controller out of reset and sets it up, disabled.
void set_up(const I2cLines& lines) noexcept {
    const std::uint32_t block = std::uint32_t{Resets::i2c0} << lines.bus;
    resets_set().reset = block;
    resets_clear().reset = block;
    while ((resets().reset_done & block) == 0) {
    }
    Controller& i2c = controller(lines);
    i2c.intr_mask = 0;
    i2c.con = Controller::con_controller | Controller::con_fast | Controller::con_restart_on | Controller::con_target_off |
              Controller::con_hold_when_full;
    i2c.tx_tl = enough_to_send;
    i2c.rx_tl = enough_received - 1;
    // 4.3.14.1: SCL is low for LCNT + 1 cycles and high for HCNT + SPKLEN + 7. Three fifths low suit all three speeds.
    const std::uint32_t period = system_hz / lines.freq, low = period * 3 / 5;
    const std::uint32_t spike = cycles_in(50);
    i2c.fs_spklen = spike;
    i2c.fs_scl_lcnt = low - 1;
    i2c.fs_scl_hcnt = period - low - spike - 7;
    i2c.sda_hold = lines.freq > 400'000 ? cycles_in(120) : cycles_in(300);
}

/// Tells the controller what to write and how much to read, as far as it has room.
void feed(Controller& i2c, I2cTransfer& transfer) noexcept {
    std::uint32_t room = fifo_depth - i2c.txflr;
    while (room != 0 && transfer.prefix_left + transfer.out_left != 0) {
        --room;
        std::uint32_t command = 0;
        if (transfer.prefix_left != 0) {
            command = transfer.prefix[--transfer.prefix_left];
        } else {
            command = *transfer.out++;
            --transfer.out_left;
        }
        const bool is_last = transfer.prefix_left + transfer.out_left + transfer.in_left == 0;
        i2c.data_cmd = is_last ? command | Controller::data_stop : command;
        if (is_last) return;
    }
    if (transfer.prefix_left + transfer.out_left != 0) return;
    // No more is asked for than the receiving FIFO can take.
    const std::size_t on_its_way = transfer.in_left - transfer.in_to_ask_for;
    room = std::min<std::uint32_t>(room, fifo_depth - static_cast<std::uint32_t>(on_its_way));
    for (; room != 0 && transfer.in_to_ask_for != 0; --room) {
        std::uint32_t command = Controller::data_read;
        if (!transfer.is_reading) command |= Controller::data_restart;  // the first command of all begins with a START anyway
        transfer.is_reading = true;
        if (--transfer.in_to_ask_for == 0) command |= Controller::data_stop;
        i2c.data_cmd = command;
    }
}

void take_received(Controller& i2c, I2cTransfer& transfer) noexcept {
    for (std::uint32_t count = i2c.rxflr; count != 0 && transfer.in_left != 0; --count) {
        *transfer.in++ = static_cast<std::uint8_t>(i2c.data_cmd);
        --transfer.in_left;
    }
}

/// Which interrupts the transaction needs: its end always, and room or bytes while there is more to tell the controller.
std::uint32_t interrupts_for(const I2cTransfer& transfer) noexcept {
    std::uint32_t mask = Controller::intr_tx_abort | Controller::intr_stop;
    if (transfer.prefix_left + transfer.out_left != 0) return mask | Controller::intr_tx_empty;
    if (transfer.in_to_ask_for == 0) return mask;
    const std::size_t on_its_way = transfer.in_left - transfer.in_to_ask_for;
    return mask | (on_its_way >= enough_received ? Controller::intr_rx_full : Controller::intr_tx_empty);
}

bool i2c_can_be(unsigned pin, unsigned line, unsigned bus) noexcept { return pin < 30 && pin % 2 == line && pin / 2 % 2 == bus; }

void connect_pin(unsigned pin) noexcept {
    pads_bank0().gpio[pin] = PadsBank0::input | PadsBank0::schmitt | PadsBank0::drive_4ma | PadsBank0::pull_up;
    io_bank0().gpio[pin].ctrl = IoBank0::function_i2c;
}

}  // namespace

bool i2c_open(const I2cLines& lines) noexcept {
    asm volatile(".reloc ., R_ARM_NONE, uasync_vectors_i2c");  // makes the linker keep the handlers; costs no byte
    if (!i2c_can_be(lines.sda, 0, lines.bus) || !i2c_can_be(lines.scl, 1, lines.bus)) return false;
    if (lines.freq < 10'000 || lines.freq > 1'000'000) return false;
    set_up(lines);
    connect_pin(lines.scl);
    connect_pin(lines.sda);
    nvic_iser() = irq_i2c0 << lines.bus;
    return true;
}

void i2c_close(const I2cLines& lines) noexcept {
    nvic_icer() = irq_i2c0 << lines.bus;
    resets_set().reset = std::uint32_t{Resets::i2c0} << lines.bus;
}

void i2c_start(const I2cLines& lines, I2cTransfer& transfer) noexcept {
    Controller& i2c = controller(lines);
    i2c.enable = 0;  // the address can only be written now (4.3.17, IC_TAR); empties the FIFOs
    i2c.tar = transfer.address;
    i2c.enable = Controller::enable_on;
    (void)i2c.clr_intr;
    feed(i2c, transfer);
    i2c.intr_mask = interrupts_for(transfer);
}

void i2c_abort(const I2cLines& lines) noexcept {
    Controller& i2c = controller(lines);
    i2c.intr_mask = Controller::intr_tx_abort | Controller::intr_stop;
    if ((i2c.raw_intr_stat & Controller::intr_stop) == 0) i2c.enable = Controller::enable_on | Controller::enable_abort;
}

I2cEvent i2c_service(const I2cLines& lines, I2cTransfer* transfer) noexcept {
    Controller& i2c = controller(lines);
    const std::uint32_t raw = i2c.raw_intr_stat;
    if ((raw & Controller::intr_tx_abort) != 0) {
        i2c.intr_mask = Controller::intr_stop;  // its reason stays where it is, so that the end knows of the failure
        // 4.3.10: a STOP follows, unless the bus is another controller's.
        if ((i2c.tx_abrt_source & Controller::source_arbitration_lost) == 0 && (raw & Controller::intr_stop) == 0)
            return I2cEvent::none;
    }
    if (transfer != nullptr) take_received(i2c, *transfer);
    if ((raw & (Controller::intr_stop | Controller::intr_tx_abort)) != 0) {
        i2c.intr_mask = 0;
        return (raw & Controller::intr_tx_abort) != 0 ? I2cEvent::failed : I2cEvent::done;
    }
    if (transfer != nullptr) {
        feed(i2c, *transfer);
        i2c.intr_mask = interrupts_for(*transfer);
    }
    return I2cEvent::none;
}

bool i2c_is_free(const I2cLines& lines) noexcept { return level(lines.scl) && level(lines.sda); }

bool i2c_recover(const I2cLines& lines) noexcept {
    // A device that was in the middle of sending a byte when the chip was reset lets go of SDA after at most nine clocks (UM10204, 3.1.16).
    const std::uint32_t both = 1u << lines.scl | 1u << lines.sda;
    sio().gpio_out_clr = both;
    sio().gpio_oe_clr = both;
    io_bank0().gpio[lines.scl].ctrl = IoBank0::function_sio;
    io_bank0().gpio[lines.sda].ctrl = IoBank0::function_sio;
    set_up(lines);
    let_clock_rise(lines);
    for (unsigned clocks = 9; clocks != 0 && !level(lines.sda); --clocks) {
        drive_low(lines.scl, true);
        wait_us(5);
        let_clock_rise(lines);
    }
    // START and STOP, so that every device knows that it is over.
    drive_low(lines.sda, true);
    wait_us(5);
    drive_low(lines.sda, false);
    wait_us(5);
    const bool is_free = i2c_is_free(lines);
    io_bank0().gpio[lines.scl].ctrl = IoBank0::function_i2c;
    io_bank0().gpio[lines.sda].ctrl = IoBank0::function_i2c;
    return is_free;
}

}  // namespace uasync::port
