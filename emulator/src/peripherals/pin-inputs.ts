import type { GPIOPin, RP2040 } from 'rp2040js';

const IO_BANK0 = 0x40014;
const CONTROLS_END = 0xf0;

/** What the peripherals see at all pins: one bit each, with the pads' input enables and the overrides of the pins. */
export class PinInputs {
  bits = 0;
  private readonly listeners: ((changed: number) => void)[] = [];
  private readonly functionListeners: ((pin: number) => void)[] = [];

  /** Of a chip whose pins are corrected already. */
  constructor(chip: RP2040) {
    for (const pin of chip.gpio) {
      const latch = pin.setInputValue.bind(pin);
      pin.setInputValue = (value) => {
        latch(value);
        this.follow(pin);
      };
    }
    const registers = chip.peripherals[IO_BANK0] as RP2040['peripherals'][number];
    const write = registers.writeUint32.bind(registers);
    registers.writeUint32 = (offset, value) => {
      write(offset, value);
      const pin = offset < CONTROLS_END ? chip.gpio[offset >> 3] : undefined;
      if (pin === undefined) return;
      this.follow(pin);
      for (const listener of this.functionListeners) listener(pin.index);
    };
  }

  /** Has a listener called with the bit of each pin that changes. */
  onChange(listener: (changed: number) => void): void {
    this.listeners.push(listener);
  }

  /** Has a listener called with each pin that may have got another function. */
  onFunction(listener: (pin: number) => void): void {
    this.functionListeners.push(listener);
  }

  private follow(pin: GPIOPin): void {
    const bit = 1 << pin.index;
    if (pin.inputValue === ((this.bits & bit) !== 0)) return;
    this.bits ^= bit;
    for (const listener of this.listeners) listener(bit);
  }
}
