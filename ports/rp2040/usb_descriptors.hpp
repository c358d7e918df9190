#pragma once
// What the console over USB tells the host of itself: a device with one serial port, of class CDC ACM (USB CDC 1.2, PSTN 1.2).

#include <cstdint>

namespace uasync::rp2040 {

// Of Raspberry Pi: its Pico with a serial port, by which tools such as `./uasync flash` find the board. A product needs a number of its own:
// target_compile_definitions(uasync_port_rp2040 PRIVATE UASYNC_USB_VENDOR=... UASYNC_USB_PRODUCT=...).
#ifndef UASYNC_USB_VENDOR
#define UASYNC_USB_VENDOR 0x2e8a
#endif
#ifndef UASYNC_USB_PRODUCT
#define UASYNC_USB_PRODUCT 0x000a
#endif

inline constexpr std::uint8_t usb_packet = 64;  // of the full speed's control and bulk endpoints, the largest

#define UASYNC_USB_WORD(value) ((value) & 0xff), ((value) >> 8 & 0xff)

// clang-format off
inline constexpr std::uint8_t usb_device_descriptor[] = {
    18, 1,                                // its length, and that it is a device's
    0x00, 0x02,                           // USB 2.0
    2, 0, 0,                              // class: communications, as told by the interfaces
    usb_packet,                           // of endpoint 0
    UASYNC_USB_WORD(UASYNC_USB_VENDOR),
    UASYNC_USB_WORD(UASYNC_USB_PRODUCT),
    0x00, 0x01,                           // version 1.0
    0, 1, 0,                              // strings: no manufacturer, product, no serial number
    1,                                    // one configuration
};
// clang-format on
static_assert(sizeof usb_device_descriptor == 18);

inline constexpr std::uint8_t usb_configuration_descriptor[] = {
    9, 2, 67, 0, 2, 1, 0, 0x80, 250,  // 67 bytes in all, two interfaces, powered by the bus with up to 500 mA
    // Interface 0: an abstract control model, with an endpoint for notifications that it never sends.
    9, 4, 0, 0, 1, 2, 2, 0, 0,        //
    5, 0x24, 0, 0x20, 0x01,           // CDC 1.2
    5, 0x24, 1, 0, 1,                 // no call management; data in interface 1
    4, 0x24, 2, 6,                    // line coding, control line state and break
    5, 0x24, 6, 0, 1,                 // interfaces 0 and 1 are one function
    7, 5, 0x81, 3, 8, 0, 255,         // endpoint 1 in: interrupt, 8 bytes, each 255 ms
    9, 4, 1, 0, 2, 0x0a, 0, 0, 0,     // Interface 1: data
    7, 5, 0x02, 2, usb_packet, 0, 0,  // endpoint 2 out: bulk
    7, 5, 0x82, 2, usb_packet, 0, 0,  // endpoint 2 in: bulk
};
static_assert(sizeof usb_configuration_descriptor == 67);

inline constexpr std::uint8_t usb_language_descriptor[] = {4, 3, 0x09, 0x04};  // English

inline constexpr std::uint8_t usb_product_descriptor[] = {
    30,  3, 'u', 0, 'a', 0, 's', 0, 'y', 0, 'n', 0, 'c', 0, ' ', 0,  //
    'c', 0, 'o', 0, 'n', 0, 's', 0, 'o', 0, 'l', 0, 'e', 0,
};
static_assert(sizeof usb_product_descriptor == 30);

}  // namespace uasync::rp2040
