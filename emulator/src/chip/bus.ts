import type { RP2040 } from 'rp2040js';
import { hex } from '../hex.js';
import {
  FLASH_END, FLASH_START, PERIPHERALS_END, PERIPHERALS_START, PPB_END, PPB_START, ROM_END, SIO_END, SIO_START, SRAM_END, SRAM_START,
} from '../memory-map.js';
import { CpuFault, MissingBootRom } from './fault.js';
import type { Inspector } from './inspector.js';
import { processorOf } from './processor.js';
import type { UnknownRegisters } from './unknown-registers.js';

/** Where the boot ROM keeps the addresses of its tables (two halfwords) and of its look-up function (one). */
const ROM_TABLES = 0x14;
const ROM_LOOKUP = 0x18;
/** An address in the ROM, with the Thumb bit, so that a call of the look-up function is known for what it is. */
export const ROM_CALL = 0x0101;
/** What the look-up function finds by the code `UB`: `reset_to_usb_boot`. It finds nothing else. */
export const ROM_USB_BOOT = 0x0111;
/** Where core 1 goes when the function that it was started with returns: the ROM has it sleep for ever. */
export const ROM_DEAD = 0x180;
const ROM_DEAD_CODE = 0xe7fdbf30; // wfi, and a branch to it
/** The flash is there again three times, past the cache and without allocation in it; then come the cache's registers. */
const XIP_ALIASES_END = 0x14000000;
const XIP_CONTROL_END = 0x1c000000;

/**
 * Gives the core the bus of the silicon: an access that is not aligned, or that no device answers, faults.
 *
 * `rp2040js` logs such an access, returns all ones and goes on, so that a firmware that follows a wild pointer would seem to
 * work, or run off for ever. Only the core's accesses are checked; DMA keeps the plain ones. Stores to the boot ROM and to
 * flash fault too: `rp2040js` would change the ROM or the program, which no board does.
 *
 * @param chip the chip as the core sees it
 * @param index which core that is
 */
export function installBus(chip: RP2040, index: number, inspector: Inspector, registers: UnknownRegisters): void {
  const { sramView, sram, flash16, bootrom } = chip;
  const core = processorOf(chip);
  bootrom[ROM_TABLES / 4] = (ROM_CALL << 16) | ROM_CALL;
  bootrom[ROM_LOOKUP / 4] = ROM_CALL;
  bootrom[ROM_DEAD / 4] = ROM_DEAD_CODE;

  core.readUint16 = (address) => {
    if ((address & 1) === 0) {
      if (address >= FLASH_START && address < FLASH_END) return flash16[(address - FLASH_START) >> 1] as number;
      if (address >= SRAM_START && address < SRAM_END) return sramView.getUint16(address - SRAM_START, true);
    }
    const checked = checkRead(address, 1);
    if (checked < ROM_END && isFetch(checked) && (checked & ~3) !== ROM_DEAD) throw new MissingBootRom(checked);
    if (checked < PERIPHERALS_START) return chip.readUint16(checked);
    registers.begin(checked, false, core.PC - 2);
    const value = chip.readUint16(checked);
    registers.end();
    return value;
  };
  core.readUint32 = (address) => {
    if ((address & 3) === 0 && address >= SRAM_START && address < SRAM_END) return sramView.getUint32(address - SRAM_START, true);
    const checked = checkRead(address, 3);
    if (checked < PERIPHERALS_START) return chip.readUint32(checked);
    registers.begin(checked, false, core.PC - 2);
    const value = chip.readUint32(checked);
    registers.end();
    return value;
  };
  core.readUint8 = (address) => {
    if (address >= SRAM_START && address < SRAM_END) return sram[address - SRAM_START] as number;
    const checked = checkRead(address, 0);
    if (checked < PERIPHERALS_START) return chip.readUint8(checked);
    registers.begin(checked, false, core.PC - 2);
    const value = chip.readUint8(checked);
    registers.end();
    return value;
  };
  core.writeUint32 = (address, value) => {
    if ((address & 3) === 0 && address >= SRAM_START && address < SRAM_END) {
      sramView.setUint32(address - SRAM_START, value, true);
      inspector.stored(address - SRAM_START, 4, index);
    } else {
      const checked = checkWrite(address, 3);
      registers.begin(checked, true, core.PC - 2);
      chip.writeUint32(checked, value);
      registers.end();
    }
  };
  core.writeUint16 = (address, value) => {
    const checked = checkWrite(address, 1);
    registers.begin(checked, true, core.PC - 2);
    chip.writeUint16(checked, value);
    registers.end();
    if (checked >= SRAM_START && checked < SRAM_END) inspector.stored(checked - SRAM_START, 2, index);
  };
  core.writeUint8 = (address, value) => {
    const checked = checkWrite(address, 0);
    registers.begin(checked, true, core.PC - 2);
    chip.writeUint8(checked, value);
    registers.end();
    if (checked >= SRAM_START && checked < SRAM_END) inspector.stored(checked - SRAM_START, 1, index);
  };

  /** The core fetches before it moves its program counter on; a load of data happens after that. */
  function isFetch(address: number): boolean {
    return (core.PC & ~1) >>> 0 === address;
  }

  function checkRead(address: number, alignment: number): number {
    const wrapped = address >>> 0; // base + offset may exceed 32 bits
    if (isMapped(wrapped) && (wrapped & alignment) === 0) return wrapped;
    if (isFetch(wrapped)) throw new CpuFault(`jump to ${hex(wrapped)}, where there is no code`);
    throw new CpuFault(describe('load from', wrapped, alignment));
  }

  function checkWrite(address: number, alignment: number): number {
    const wrapped = address >>> 0;
    if (!isMapped(wrapped) || (wrapped & alignment) !== 0) throw new CpuFault(describe('store to', wrapped, alignment));
    if (wrapped < ROM_END) throw new CpuFault(`store to ${hex(wrapped)}, in the boot ROM (a null pointer?)`);
    if (wrapped >= FLASH_START && wrapped < XIP_ALIASES_END) throw new CpuFault(`store to ${hex(wrapped)}, in flash`);
    return wrapped;
  }
}

function describe(access: string, address: number, alignment: number): string {
  return isMapped(address)
    ? `unaligned ${access} ${hex(address)} (${alignment + 1} bytes)`
    : `${access} ${hex(address)}, where there is no memory`;
}

function isMapped(address: number): boolean {
  return (
    (address >= SRAM_START && address < SRAM_END) ||
    (address >= FLASH_START && address < XIP_CONTROL_END) ||
    (address >= PERIPHERALS_START && address < PERIPHERALS_END) ||
    (address >= SIO_START && address < SIO_END) ||
    (address >= PPB_START && address < PPB_END) ||
    address < ROM_END
  );
}
