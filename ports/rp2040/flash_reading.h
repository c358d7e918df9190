#pragma once
// Shared by boot2.S, which sets the flash interface up so that flash can be read as memory, and flash.S, which does so again (RP2040 datasheet
// 4.10.13).

#define UASYNC_SSI 0x18000000
#define UASYNC_SSI_CTRLR0 0x00
#define UASYNC_SSI_CTRLR1 0x04
#define UASYNC_SSI_SSIENR 0x08
#define UASYNC_SSI_BAUDR 0x14
#define UASYNC_SSI_SR 0x28
#define UASYNC_SSI_DR0 0x60
#define UASYNC_SPI_CTRLR0 0xf4

#define UASYNC_SSI_DIVISOR 4                                          // 125 MHz / 4 = 31.25 MHz; it must be even
#define UASYNC_READ_CTRLR0 ((31 << 16) | (3 << 8))                    // data frames of 32 bits; "EEPROM read": send the command, then receive
#define UASYNC_READ_SPI_CTRLR0 ((0x03 << 24) | (2 << 8) | (6 << 2))   // command 03h, of 8 bits; address of 6 x 4 bits; one wire for all
