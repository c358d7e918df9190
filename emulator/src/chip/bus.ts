import type { RP2040 } from 'rp2040js';
import type { FlashWindow } from '../flash/flash-window.js';
import { hex } from '../hex.js';
import {
  FLASH_ALIASES_END, FLASH_START, PERIPHERALS_END, PERIPHERALS_START, PPB_END, PPB_START, ROM_END, SIO_END, SIO_START, SRAM_END, SRAM_START, XIP_AUX_END,
  XIP_AUX_START,
} from '../memory-map.js';
import { isRomCode } from '../rom/boot-rom.js';
import { CpuFault, MissingBootRom } from './fault.js';
import type { Inspector } from './inspector.js';
import { processorOf } from './processor.js';
import type { UnknownRegisters } from './unknown-registers.js';

/** The cache's registers, its memory, and those of the controller behind it. */
const XIP_CONTROL_END = 0x1c000000;

/**
 * Gives the core the bus of the silicon: an access that is not aligned, or that no device answers, faults.
 *
 * `rp2040js` logs such an access, returns all ones and goes on, so that a firmware that follows a wild pointer would seem to
 * work, or run off for ever. Only the core's accesses are checked; DMA keeps the plain ones. A store to the boot ROM does nothing, and one to
 * flash faults: `rp2040js` would change the ROM or the program, which no board does. A read of the flash faults while that takes commands or is busy;
 * on silicon it gives what the cache has, or nothing that makes sense.
 *
 * @param chip the chip as the core sees it
 * @param index which core that is
 */
export function installBus(chip: RP2040, index: number, inspector: Inspector, registers: UnknownRegisters, window: FlashWindow): void {
  const { sramView, sram, flash16 } = chip;
  const core = processorOf(chip);

  core.readUint16 = (address) => {
    if ((address & 1) === 0) {
      if (address >= FLASH_START && address < window.end) return flash16[(address - FLASH_START) >> 1] as number;
      if (address >= SRAM_START && address < SRAM_END) return sramView.getUint16(address - SRAM_START, true);
    }
    const checked = checkRead(address, 1);
    if (checked < ROM_END && isFetch(checked) && !isRomCode(checked)) throw new MissingBootRom(checked);
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
      if (checked < ROM_END) return registers.noteIgnoredStore(checked, core.PC - 2);
      registers.begin(checked, true, core.PC - 2);
      chip.writeUint32(checked, value);
      registers.end();
    }
  };
  core.writeUint16 = (address, value) => {
    const checked = checkWrite(address, 1);
    if (checked < ROM_END) return registers.noteIgnoredStore(checked, core.PC - 2);
    registers.begin(checked, true, core.PC - 2);
    chip.writeUint16(checked, value);
    registers.end();
    if (checked >= SRAM_START && checked < SRAM_END) inspector.stored(checked - SRAM_START, 2, index);
  };
  core.writeUint8 = (address, value) => {
    const checked = checkWrite(address, 0);
    if (checked < ROM_END) return registers.noteIgnoredStore(checked, core.PC - 2);
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
    if (isMapped(wrapped) && (wrapped & alignment) === 0) {
      if (wrapped >= FLASH_START && wrapped < FLASH_ALIASES_END && window.end === FLASH_START && !window.update()) throw unreadable(wrapped);
      return wrapped;
    }
    if (isFetch(wrapped)) throw new CpuFault(`jump to ${hex(wrapped)}, where there is no code`);
    throw new CpuFault(describe('load from', wrapped, alignment));
  }

  function unreadable(address: number): CpuFault {
    return new CpuFault(`${isFetch(address) ? 'jump to' : 'load from'} ${hex(address)} in flash, which takes commands now and cannot be read`);
  }

  function checkWrite(address: number, alignment: number): number {
    const wrapped = address >>> 0;
    if (!isMapped(wrapped) || (wrapped & alignment) !== 0) throw new CpuFault(describe('store to', wrapped, alignment));
    if (wrapped >= FLASH_START && wrapped < FLASH_ALIASES_END) throw new CpuFault(`store to ${hex(wrapped)}, in flash`);
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
    (address >= XIP_AUX_START && address < XIP_AUX_END) ||
    address < ROM_END
  );
}
