import { crc8, OneWireDevice } from './onewire-device.js';

const FAMILY = 0x28;

/** Function commands (data sheet, "DS18B20 Function Commands"). */
const CONVERT = 0x44;
const COPY_SCRATCHPAD = 0x48;
const WRITE_SCRATCHPAD = 0x4e;
const READ_POWER_SUPPLY = 0xb4;
const RECALL = 0xb8;
const READ_SCRATCHPAD = 0xbe;

/** "AC Electrical Characteristics": the longest conversion with 12 bits (half of it with each bit less), and the longest write to the EEPROM. */
const CONVERSION_MILLIS = 750;
const COPY_NANOS = 10e6;
/** What is shown after power-on ("Operation—Measuring Temperature"). */
const POWER_ON_SIXTEENTHS = 85 * 16;
/** "Memory": alarms and configuration as they come from the factory. */
const FACTORY = [0x4b, 0x46, 0x7f] as const;
const WRITABLE_BYTES = 3;
/** "Configuration Register": where the resolution is, 9 bits and one more for each step, and what reads as 1. */
const RESOLUTION_SHIFT = 5;
const CONFIGURATION_ONES = 0x1f;
const CONFIGURATION_MASK = 0x7f;
const MOST_BITS = 12;
const LEAST_CELSIUS = -55;
const MOST_CELSIUS = 125;

/**
 * A thermometer on a 1-Wire bus, with a supply of its own. It measures for as long as the data sheet says, and forgets its settings without
 * supply, but for what has been copied to its EEPROM. The bits below the resolution are undefined: here they are those that 12 bits would have.
 */
export class Ds18b20 extends OneWireDevice {
  /** The temperature around it, of which it shows -55 to 125 degrees. */
  celsius = 20;

  private sixteenths = POWER_ON_SIXTEENTHS;
  private writable: number[] = [...FACTORY];
  private stored: readonly number[] = FACTORY;
  /** When what it does is done. */
  private doneAt = -Infinity;
  /** What the conversion that goes on will show. */
  private converted: number | undefined;
  private isAlarmed = false;
  /** What it answers, bit by bit, and where it is in there. */
  private sent: readonly number[] | undefined;
  private sentBits = 0;
  private isAskedForState = false;
  /** How many bytes of its memory it has been sent, while it is being written. */
  private written: number | undefined;

  /**
   * @param serial its own number, of up to 48 bits
   * @param conversionMillis how long it takes with 12 bits
   */
  constructor(
    serial = 1,
    private readonly conversionMillis = CONVERSION_MILLIS,
  ) {
    super(FAMILY, serial);
  }

  /** 9 to 12 bits. */
  get resolution(): number {
    return 9 + (((this.writable[2] as number) >> RESOLUTION_SHIFT) & 3);
  }

  override reset(): void {
    if (this.written !== undefined && this.written < WRITABLE_BYTES) this.line?.note(`a reset after ${this.written} of the ${WRITABLE_BYTES} bytes of its memory`);
    this.listen();
    super.reset();
  }

  protected powerOn(): void {
    this.sixteenths = POWER_ON_SIXTEENTHS;
    this.writable = [...this.stored];
    this.converted = undefined;
    this.isAlarmed = false;
    this.doneAt = -Infinity;
    this.listen();
  }

  protected selected(): void {
    this.listen();
  }

  protected answerSelected(): 0 | 1 | undefined {
    if (this.isAskedForState) return this.nanos >= this.doneAt ? 1 : 0;
    if (this.sent === undefined) return undefined;
    const at = this.sentBits++;
    return at < 8 * this.sent.length ? ((((this.sent[at >> 3] as number) >> (at & 7)) & 1) as 0 | 1) : 1;
  }

  protected takeSelected(byte: number): void {
    if (this.written !== undefined && this.written < WRITABLE_BYTES) {
      const isConfiguration = this.written === WRITABLE_BYTES - 1;
      this.writable[this.written++] = isConfiguration ? (byte & CONFIGURATION_MASK) | CONFIGURATION_ONES : byte;
      return;
    }
    this.finish();
    switch (byte) {
      case CONVERT:
        this.converted = Math.round(Math.min(Math.max(this.celsius, LEAST_CELSIUS), MOST_CELSIUS) * 16);
        this.keepBusy((this.conversionMillis * 1e6) / (1 << (MOST_BITS - this.resolution)));
        break;
      case COPY_SCRATCHPAD:
        this.stored = [...this.writable];
        this.keepBusy(COPY_NANOS);
        break;
      case WRITE_SCRATCHPAD:
        this.written = 0;
        break;
      case READ_POWER_SUPPLY:
        this.sent = [0xff];
        break;
      case RECALL:
        this.writable = [...this.stored];
        this.keepBusy(0);
        break;
      case READ_SCRATCHPAD:
        this.sent = this.scratchpad;
        break;
      default:
        this.line?.note(`0x${byte.toString(16)} is no command of a DS18B20`);
        this.ignore();
    }
  }

  protected get hasAlarm(): boolean {
    this.finish();
    return this.isAlarmed;
  }

  private get nanos(): number {
    return this.line?.board.nanos ?? 0;
  }

  /** "DS18B20 Memory": temperature, alarms, configuration, three reserved bytes, and the CRC. */
  private get scratchpad(): readonly number[] {
    const bytes = [this.sixteenths & 0xff, (this.sixteenths >> 8) & 0xff, ...this.writable, 0xff, 0x0c, 0x10];
    return [...bytes, crc8(bytes)];
  }

  private listen(): void {
    this.sent = undefined;
    this.sentBits = 0;
    this.isAskedForState = false;
    this.written = undefined;
  }

  /** It does something for some time: whoever reads sees 0 until it is done. */
  private keepBusy(nanos: number): void {
    this.doneAt = this.nanos + nanos;
    this.isAskedForState = true;
  }

  /** Finishes a conversion whose time has passed. */
  private finish(): void {
    if (this.converted === undefined || this.nanos < this.doneAt) return;
    this.sixteenths = this.converted;
    this.converted = undefined;
    // "Operation—Alarm Signaling": whole degrees are compared.
    const [high = 0, low = 0] = this.writable.map((byte) => (byte << 24) >> 24);
    this.isAlarmed = this.sixteenths >> 4 >= high || this.sixteenths >> 4 <= low;
  }
}
