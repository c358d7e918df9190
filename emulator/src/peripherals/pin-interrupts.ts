import type { RP2040 } from 'rp2040js';

const IO_BANK0 = 0x40014;
const IO_BANK0_INTERRUPT = 13;
const PROC1_INTE = 0x130;
const PROC1_INTF = 0x140;
const PROC1_INTS = 0x150;
const REGISTERS_END = 0x160;
const PINS_PER_REGISTER = 8;

/** Gives core 1 its own mask of the pins' interrupts, which `rp2040js` does not have. */
export class PinInterrupts {
  private readonly enabled: Uint8Array;
  private readonly forced: Uint8Array;
  private isUsed = false;

  /** @param interruptSecond sets a line of core 1's interrupt controller */
  constructor(
    private readonly chip: RP2040,
    private readonly interruptSecond: (irq: number, asserted: boolean) => void,
  ) {
    const { gpio } = chip;
    this.enabled = new Uint8Array(gpio.length);
    this.forced = new Uint8Array(gpio.length);

    const updateFirst = chip.updateIOInterrupt.bind(chip);
    chip.updateIOInterrupt = () => {
      updateFirst();
      this.updateSecond();
    };
    for (const pin of gpio) {
      const latch = pin.setInputValue.bind(pin);
      pin.setInputValue = (value) => {
        latch(value);
        this.updateSecond(); // which the pin asks for only on behalf of core 0
      };
    }
    this.installRegisters();
  }

  updateSecond(): void {
    if (this.isUsed) this.interruptSecond(IO_BANK0_INTERRUPT, this.chip.gpio.some((_, pin) => this.status(pin) !== 0));
  }

  private status(pin: number): number {
    return ((this.chip.gpio[pin]?.irqStatus ?? 0) & (this.enabled[pin] ?? 0)) | (this.forced[pin] ?? 0);
  }

  private installRegisters(): void {
    const pins = this.chip.peripherals[IO_BANK0] as RP2040['peripherals'][number];
    const has = (offset: number): boolean => offset >= PROC1_INTE && offset < REGISTERS_END;
    const read = pins.readUint32.bind(pins);
    pins.readUint32 = (offset) => (has(offset) ? this.read(offset) : read(offset));
    const write = pins.writeUint32.bind(pins);
    pins.writeUint32 = (offset, value) => {
      if (has(offset)) this.write(offset, value);
      else write(offset, value);
    };
  }

  private read(offset: number): number {
    const register = offset & ~0xf;
    const field = (pin: number): number => {
      if (register === PROC1_INTS) return this.status(pin);
      return (register === PROC1_INTE ? this.enabled : this.forced)[pin] ?? 0;
    };
    let value = 0;
    for (let index = 0; index < PINS_PER_REGISTER; index++) value |= field(firstPin(offset) + index) << (4 * index);
    return value;
  }

  private write(offset: number, value: number): void {
    if (offset >= PROC1_INTS) return;
    const masks = offset < PROC1_INTF ? this.enabled : this.forced;
    for (let index = 0; index < PINS_PER_REGISTER; index++) {
      const pin = firstPin(offset) + index;
      if (pin < masks.length) masks[pin] = (value >>> (4 * index)) & 0xf;
    }
    this.isUsed = true;
    this.updateSecond();
  }
}

/** The pin in the lowest bits of a register: four registers hold eight pins each. */
function firstPin(offset: number): number {
  return (offset & 0xf) * 2;
}
