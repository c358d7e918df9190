import { BasePeripheral, type RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import type { FlashChip } from './flash-chip.js';
import { ENHANCED_READS, QUAD_READ, SERIAL_BYTES, SERIAL_READ, SsiFormat, TransferMode } from './ssi-format.js';

const CTRLR0 = 0x00;
const CTRLR1 = 0x04;
const SSIENR = 0x08;
const SER = 0x10;
const BAUDR = 0x14;
const TXFLR = 0x20;
const RXFLR = 0x24;
const SR = 0x28;
const ISR = 0x30;
const RISR = 0x34;
const DMACR = 0x4c;
const DMATDLR = 0x50;
const DMARDLR = 0x54;
const IDR = 0x58;
const VERSION = 0x5c;
const DR0 = 0x60;
const LAST_DR = 0xec;
const SPI_CTRLR0 = 0xf4;
/** Registers that are kept and have no effect here: MWCR, thresholds, masks, sample delay, drive edge. */
const KEPT = new Set([0x0c, 0x18, 0x1c, 0x2c, 0xf0, 0xf8]);
/** Registers whose load clears an interrupt, none of which comes here. */
const CLEARING = new Set([0x38, 0x3c, 0x40, 0x44, 0x48]);

const FIFO_DEPTH = 16;
const STATUS = { busy: 1, sendNotFull: 2, sendEmpty: 4, receivedNotEmpty: 8, receivedFull: 16 } as const;
const RECEIVE_DMA = 1;
const SEND_DMA = 2;
const SEND_REQUEST = 38;
const RECEIVE_REQUEST = 39;
const IDENTITY = 0x51535049;
const COMPONENT_VERSION = 0x3430312a;
/** The divider that the boot ROM sets: RP2040 datasheet 2.8.3.1.3. */
const ROM_DIVIDER = 6;
const QUAD_DIVIDER = 2;
/** Mode bits that keep the flash chip in continuous read: W25Q16JV datasheet 8.2.9. */
const CONTINUOUS = 0x20;
const CONTINUOUS_MASK = 0x30;

/** The address of a read that the flash chip does not understand: it gives ones. */
const NOWHERE = -1;

/** What happens once the time of a frame is over. */
type Action = () => void;

/**
 * The serial controller between the chip and its flash: RP2040 datasheet 4.10. Programs send commands with it; while they do not, it makes reads of
 * every access to the flash as memory. Its interrupt is missing, and it does not look at which slave is selected (SER).
 *
 * Where a read of several frames finds the FIFO full, it waits for room.
 */
export class Ssi extends BasePeripheral {
  private readonly registers = new Map<number, number>();
  private readonly toSend: number[] = [];
  private readonly received: number[] = [];
  private isEnabled = true;
  private isActive = false;
  private isStalled = false;
  private framesToRead = 0;
  /** Where the next frame of a read in dual or quad mode comes from; undefined during others. */
  private enhancedAddress: number | undefined;
  private next: Action = () => {};
  private readonly alarm: { schedule(deltaNanos: number): void; cancel(): void };

  /** @param onChange called when it begins or ends to use the bus, or its settings change */
  constructor(
    chip: RP2040,
    clock: CycleClock,
    private readonly flash: FlashChip,
    private readonly onChange: () => void,
  ) {
    super(chip, 'XIP_SSI');
    this.alarm = clock.createAlarm(() => this.next());
    this.registers.set(SER, 1);
    this.configure(SERIAL_READ.ctrlr0, SERIAL_READ.spiCtrlr0);
  }

  /** It sends or receives. */
  get isBusy(): boolean {
    return this.isActive;
  }

  /** An access to the flash as memory would give what is there, as far as the controller is concerned. */
  get readsMemory(): boolean {
    return this.isEnabled && !this.isActive && this.format.readsMemory(this.flash.isContinuous, this.flash.hasQuad);
  }

  /** It exchanges single bytes with the flash chip when a program writes to its FIFO. */
  get exchangesBytes(): boolean {
    const { transferMode, frameBits, isEnhanced } = this.format;
    return this.isEnabled && transferMode === TransferMode.both && frameBits === 8 && !isEnhanced;
  }

  /** How long a read of a word as memory takes. */
  get wordNanos(): number {
    return this.nanosOf(this.format.clocksOfWord);
  }

  /** For the boot ROM: makes it exchange bytes. */
  setUpForCommands(): void {
    this.configure(SERIAL_BYTES, 0);
  }

  /** For the boot ROM: makes it read memory in the slowest way, which each flash chip has. */
  setUpForReading(): void {
    this.configure(SERIAL_READ.ctrlr0, SERIAL_READ.spiCtrlr0);
  }

  /** As the second stage for the Pico's flash chip does: reads in quad mode, of a chip that expects no command. */
  setUpForQuadReading(): void {
    this.configure(QUAD_READ.ctrlr0, QUAD_READ.spiCtrlr0, QUAD_DIVIDER);
  }

  override readUint32(offset: number): number {
    if (offset >= DR0 && offset <= LAST_DR) return this.take();
    switch (offset) {
      case SSIENR:
        return this.isEnabled ? 1 : 0;
      case TXFLR:
        return this.toSend.length;
      case RXFLR:
        return this.received.length;
      case SR:
        return this.status;
      case ISR:
      case RISR:
        return 0;
      case IDR:
        return IDENTITY;
      case VERSION:
        return COMPONENT_VERSION;
      default:
        if (CLEARING.has(offset)) return 0;
        return isKept(offset) ? this.register(offset) >>> 0 : super.readUint32(offset);
    }
  }

  override writeUint32(offset: number, value: number): void {
    if (offset >= DR0 && offset <= LAST_DR) this.put(value);
    else if (offset === SSIENR) this.enable((value & 1) !== 0);
    else if (isKept(offset)) this.registers.set(offset, value);
    else super.writeUint32(offset, value);
    this.request();
    this.onChange();
  }

  private configure(ctrlr0: number, spiCtrlr0: number, divider = ROM_DIVIDER): void {
    this.enable(false);
    this.registers.set(CTRLR0, ctrlr0).set(CTRLR1, 0).set(SPI_CTRLR0, spiCtrlr0).set(BAUDR, divider);
    this.enable(true);
  }

  /** Without being enabled it has nothing in its FIFOs, and its settings may change. */
  private enable(isEnabled: boolean): void {
    this.isEnabled = isEnabled;
    if (isEnabled) return;
    this.alarm.cancel();
    this.toSend.length = this.received.length = this.framesToRead = 0;
    this.isActive = this.isStalled = false;
    this.enhancedAddress = undefined;
  }

  private put(word: number): void {
    if (!this.isEnabled || this.toSend.length === FIFO_DEPTH) return;
    this.toSend.push(word);
    if (!this.isActive) this.begin();
  }

  private take(): number {
    const word = this.received.shift() ?? 0;
    if (this.isStalled) {
      this.isStalled = false;
      this.receive(0);
    }
    this.request();
    return word >>> 0;
  }

  private begin(): void {
    const { format } = this;
    if (format.isEnhanced) {
      if (this.toSend.length < (format.hasInstruction ? 2 : 1)) return;
      this.open();
      this.beginEnhancedRead(format);
    } else if (format.transferMode === TransferMode.receiveOnly) {
      this.open();
      this.toSend.shift();
      this.framesToRead = this.frames;
      this.receive(0);
    } else {
      this.open();
      this.send();
    }
  }

  private open(): void {
    this.isActive = true;
    this.onChange();
  }

  private close(): void {
    this.isActive = false;
    this.onChange();
    this.request();
    if (this.toSend.length > 0) this.begin();
  }

  /** Sends the next frame of a serial transfer, or ends it. */
  private send(): void {
    const { format } = this;
    const frame = this.toSend.shift();
    this.request();
    if (frame === undefined) return this.close();
    this.after(format.frameBits, () => {
      const answer = this.exchange(frame, format.frameBits);
      if (format.transferMode === TransferMode.both && this.received.length < FIFO_DEPTH) this.received.push(answer);
      if (format.transferMode === TransferMode.eepromRead && this.toSend.length === 0) {
        this.framesToRead = this.frames;
        this.receive(0);
      } else {
        this.send();
      }
      this.request();
    });
  }

  /** Receives what is left of a read, beginning at an address where it is an enhanced one. */
  private receive(clocks: number, enhanced = this.enhancedAddress): void {
    const { format } = this;
    if (this.framesToRead === 0) {
      this.enhancedAddress = undefined;
      this.close();
      return;
    }
    if (this.received.length === FIFO_DEPTH) {
      this.isStalled = true;
      return;
    }
    this.after(clocks + format.frameBits / format.lanes, () => {
      this.framesToRead--;
      this.received.push(enhanced === undefined ? this.exchange(0, format.frameBits) : this.readFrame(enhanced, format.frameBits));
      if (enhanced !== undefined && enhanced !== NOWHERE) this.enhancedAddress = enhanced + format.frameBits / 8;
      this.request();
      this.receive(0);
    });
  }

  private beginEnhancedRead(format: SsiFormat): void {
    const { flash } = this;
    const instruction = format.hasInstruction ? (this.toSend.shift() as number) & 0xff : undefined;
    const word = this.toSend.shift() as number;
    const hasModeBits = format.addressBits === 32;
    // The flash chip takes the first bits for what its mode makes of them; a read that does not fit gives ones.
    const fits = flash.isContinuous ? instruction === undefined : instruction !== undefined && ENHANCED_READS.has(instruction);
    this.enhancedAddress = fits ? (hasModeBits ? word >>> 8 : word & 0xffffff) : NOWHERE;
    if (fits && hasModeBits && !flash.isBusy) flash.isContinuous = (word & CONTINUOUS_MASK) === CONTINUOUS;
    this.framesToRead = this.frames;
    this.receive(format.clocksBeforeData);
  }

  private readFrame(address: number, bits: number): number {
    let frame = 0;
    for (let index = 0; index < bits / 8; index++) frame = (frame << 8) | (address === NOWHERE ? 0xff : this.flash.byteAt(address + index));
    return frame >>> 0;
  }

  /** The bytes of a frame, the highest first. */
  private exchange(frame: number, bits: number): number {
    let answer = 0;
    for (let shift = bits - 8; shift >= 0; shift -= 8) answer = (answer << 8) | this.flash.exchange((frame >>> shift) & 0xff);
    return answer >>> 0;
  }

  private after(clocks: number, action: Action): void {
    this.next = action;
    this.alarm.schedule(this.nanosOf(clocks));
  }

  private nanosOf(clocks: number): number {
    return (clocks * Math.max(2, this.register(BAUDR) & ~1) * 1e9) / this.rp2040.clkSys;
  }

  private request(): void {
    const { dma } = this.rp2040;
    const control = this.register(DMACR);
    if (control & SEND_DMA && this.isEnabled && this.toSend.length <= this.register(DMATDLR)) dma.setDREQ(SEND_REQUEST);
    else dma.clearDREQ(SEND_REQUEST);
    if (control & RECEIVE_DMA && this.received.length > this.register(DMARDLR)) dma.setDREQ(RECEIVE_REQUEST);
    else dma.clearDREQ(RECEIVE_REQUEST);
  }

  private get status(): number {
    return (
      (this.isActive ? STATUS.busy : 0) |
      (this.toSend.length < FIFO_DEPTH ? STATUS.sendNotFull : 0) |
      (this.toSend.length === 0 ? STATUS.sendEmpty : 0) |
      (this.received.length > 0 ? STATUS.receivedNotEmpty : 0) |
      (this.received.length === FIFO_DEPTH ? STATUS.receivedFull : 0)
    );
  }

  private get format(): SsiFormat {
    return new SsiFormat(this.register(CTRLR0), this.register(SPI_CTRLR0));
  }

  /** How many frames a read has. */
  private get frames(): number {
    return (this.register(CTRLR1) & 0xffff) + 1;
  }

  private register(offset: number): number {
    return this.registers.get(offset) ?? 0;
  }
}

function isKept(offset: number): boolean {
  return KEPT.has(offset) || [CTRLR0, CTRLR1, SER, BAUDR, DMACR, DMATDLR, DMARDLR, SPI_CTRLR0].includes(offset);
}
