import { RP2040 } from 'rp2040js';
import { ImageError } from '../firmware/image.js';
import type { SymbolTable } from '../firmware/symbols.js';
import { FlashMemory } from '../flash/flash-memory.js';
import { hex } from '../hex.js';
import { FLASH_START } from '../memory-map.js';
import { BootRom, type RomVersion } from '../rom/boot-rom.js';
import { flashFunctions } from '../rom/flash-functions.js';
import { findVectorTable, hasSecondStage, isStack, type Start } from './boot.js';
import { Core, type CoreSurroundings } from './core.js';
import { Cores } from './cores.js';
import { correctChip, type CorrectedChip, type CoreTools } from './corrections.js';
import { SecondCore } from './second-core.js';
import { guardPlainStores } from './store-guards.js';

/** What a chip reports while it runs. */
export interface ChipEvents {
  onLevel(pin: number, level: number): void;
  onUartByte(uart: number, byte: number): void;
}

/** What a chip, or the flash beside it, can differ in. */
export interface ChipOptions {
  readonly romVersion: RomVersion;
  readonly flashBytes: number;
}

/** `rp2040js`'s chip, which erases 16 MB of flash in its constructor: most of the time that a chip takes to make. */
class UnerasedChip extends RP2040 {
  override reset(): void {
    this.core.reset();
    this.pwm.reset();
  }
}

/** That of the pins of the flash, of which each core has its own. */
const QSPI_INTERRUPT = 14;

/** An RP2040 that has just been powered on or reset: its peripherals as they are on silicon, and both of its cores. */
export class Chip {
  readonly rp2040: RP2040;
  readonly corrected: CorrectedChip;
  readonly cores: Cores;
  /** The watchdog has expired, and the chip is to be reset once the instruction that runs now is done. */
  isExpired = false;

  private readonly secondCore: SecondCore;
  private readonly flash: FlashMemory;

  constructor(tools: CoreTools, symbols: SymbolTable, { romVersion, flashBytes }: ChipOptions, events: ChipEvents) {
    const { clock } = tools;
    const rp2040 = new UnerasedChip(clock);
    rp2040.flash.fill(0xff, 0, flashBytes);
    const { guards } = tools.inspector;
    guards.forgetCode();
    guardPlainStores(rp2040, guards);
    this.rp2040 = rp2040;
    this.corrected = correctChip(rp2040, clock, {
      onLevel: (pin, level) => events.onLevel(pin, level),
      onWatchdog: () => (this.isExpired = true),
    });
    const { timer, watchdog } = this.corrected;
    this.flash = new FlashMemory(rp2040, clock, flashBytes, () => guards.codeChanged(), (core, isAsserted) => {
      if (core === 0) rp2040.core.setInterrupt(QSPI_INTERRUPT, isAsserted);
      else this.secondCore.setInterrupt(QSPI_INTERRUPT, isAsserted);
    });
    const rom = new BootRom(romVersion, { flash: flashFunctions(this.flash) });
    rp2040.bootrom.set(rom.words);
    const around: CoreSurroundings = {
      ...tools, symbols, timer, watchdog, rom, window: this.flash.window,
      onSendEvent: () => this.sendEvent(), onWaitForVector: () => this.secondCore.waitForVector(),
    };
    const first = new Core(0, rp2040, around);
    this.secondCore = new SecondCore(rp2040, around, first, () => this.cores.startSecond());
    this.cores = new Cores(clock, first, this.secondCore);
    this.secondCore.powerOn();
    rp2040.uart.forEach((uart, index) => {
      uart.onByte = (byte) => events.onUartByte(index, byte);
    });
  }

  /** The chip as one of its cores sees it; for core 1 only while that is on. */
  view(core: number): RP2040 {
    return core === 0 ? this.rp2040 : this.secondCore.view;
  }

  /**
   * Has core 0 start where the boot ROM would, which is in flash if nothing else is given.
   *
   * @throws ImageError if the flash has no usable vector table
   */
  start(elsewhere?: Start): void {
    if (hasSecondStage(this.rp2040.flash)) this.flash.enterQuadReading();
    if (elsewhere !== undefined) {
      this.cores.first.start(elsewhere.vectorTable, elsewhere.stack, elsewhere.entry);
      return;
    }
    const vectorTable = findVectorTable(this.rp2040.flash);
    const stack = this.rp2040.readUint32(vectorTable);
    const entry = this.rp2040.readUint32(vectorTable + 4);
    if (!isStack(stack) || !(entry & 1)) {
      const found = `stack ${hex(stack)}, entry ${hex(entry)}`;
      const hint = vectorTable === FLASH_START ? ', nor a second-stage boot loader with its checksum' : '';
      throw new ImageError(`no vector table at ${hex(vectorTable)} (${found})${hint}`);
    }
    this.cores.first.start(vectorTable, stack, entry);
  }

  private sendEvent(): void {
    this.cores.first.signalEvent();
    this.secondCore.signalEvent();
  }
}
