#pragma once
// The USB controller as a device (RP2040 datasheet 4.1).

#include "rp2040.hpp"

namespace uasync::rp2040 {

// 4.1.4
struct Usb {
    Word addr_endp, addr_endp_host[15], main_ctrl, sof_wr, sof_rd, sie_ctrl, sie_status, int_ep_ctrl, buff_status,
        buff_cpu_should_handle, ep_abort, ep_abort_done, ep_stall_arm, nak_poll, ep_status_stall_nak, muxing, pwr, phy_direct,
        phy_direct_override, phy_trim, reserved, intr, inte, intf, ints;
    enum : std::uint32_t {
        main_on = 1u << 0,
        sie_ep0_interrupt = 1u << 29,
        sie_pull_up = 1u << 16,
        status_bus_reset = 1u << 19,
        status_setup = 1u << 17,
        stall_arm_ep0 = 3,
        muxing_to_phy = 1u << 0,
        muxing_softcon = 1u << 3,
        pwr_vbus_detected = 1u << 2 | 1u << 3,  // the controller believes so: no pin of the Pico's chip sees it
        int_buffer = 1u << 4,
        int_bus_reset = 1u << 12,
        int_setup = 1u << 16
    };
};
[[gnu::always_inline]] inline Usb& usb() noexcept { return registers<Usb>(0x5011'0000); }
static_assert(offsetof(Usb, main_ctrl) == 0x40 && offsetof(Usb, sie_status) == 0x50 && offsetof(Usb, buff_status) == 0x58 &&
              offsetof(Usb, ep_stall_arm) == 0x68 && offsetof(Usb, muxing) == 0x74 && offsetof(Usb, inte) == 0x90);

// 4.1.2.5: the controller's 4 KB of memory. What follows endpoint 0's buffer is free to use; here the console keeps its text.
struct UsbMemory {
    using Byte = volatile std::uint8_t;
    struct Pair {
        Word in, out;
    };
    Word setup[2];
    Pair endpoint_control[15];  // of endpoints 1 to 15
    Pair buffer_control[16];
    Byte control_buffer[64], reserved[64];
    Byte line_coding[64], received[64], blocks[56][64];
    enum : std::uint32_t {
        endpoint_on = 1u << 31 | 1u << 29,  // with an interrupt for each buffer
        bulk = 2u << 26,
        interrupt = 3u << 26,
        full = 1u << 15,
        data1 = 1u << 13,
        stall = 1u << 11,
        available = 1u << 10,
        length = 0x3ff
    };
};
[[gnu::always_inline]] inline UsbMemory& usb_memory() noexcept { return registers<UsbMemory>(0x5010'0000); }
static_assert(offsetof(UsbMemory, buffer_control) == 0x80 && offsetof(UsbMemory, control_buffer) == 0x100 &&
              offsetof(UsbMemory, line_coding) == 0x180 && offsetof(UsbMemory, blocks) == 0x200 && sizeof(UsbMemory) == 0x1000);

}  // namespace uasync::rp2040
