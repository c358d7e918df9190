/** Where things are in the RP2040's address space. Each end is the first address after it. */

export const ROM_END = 0x4000;
/** The flash as the processor sees it, with as much of it as the chip can address. */
export const FLASH_START = 0x10000000;
export const FLASH_END = 0x11000000;
/** The flash is there again three times, past the cache and without allocation in it. */
export const FLASH_ALIASES_END = 0x14000000;
export const SRAM_START = 0x20000000;
export const SRAM_END = 0x20042000;
/** On the APB and AHB. */
export const PERIPHERALS_START = 0x40000000;
export const PERIPHERALS_END = 0x50400000;
/** The second port of the flash's stream. */
export const XIP_AUX_START = 0x50400000;
export const XIP_AUX_END = 0x50400004;
/** The single-cycle IO. */
export const SIO_START = 0xd0000000;
export const SIO_END = 0xd0000180;
/** The processor's own. */
export const PPB_START = 0xe0000000;
export const PPB_END = 0xe0100000;
