import type { DevicePin, PinDevice } from './device.js';
import { micros, noteFault, type WireFault } from './wire-fault.js';

/** Times of the host in nanoseconds (data sheet of the AM2302, "Single-bus signal characteristics"). */
const LEAST_START = 0.8e6;
const MOST_START = 20e6;
/** The sensor's: from the end of the start signal to its answer, both halves of the answer, and of a bit the low part, and the high one of a 0 and of a 1. */
const ANSWER_AFTER = 30_000;
const ANSWER = 80_000;
const BIT_LOW = 50_000;
const BIT_HIGH = [26_000, 70_000] as const;
/** "Power and pins": no start signal within a second of power-on, in which it measures for the first time. */
const POWER_ON = 1e9;
/** "Reading the sensor": the least time from one reading to the next. */
const INTERVAL = 2e9;
/** "Technical data". */
const LEAST_CELSIUS = -40;
const MOST_CELSIUS = 80;
const MOST_HUMIDITY = 99.9;
const NEGATIVE = 0x8000;

/** What is around the sensor. */
export interface Climate {
  /** -40 to 80. */
  readonly celsius: number;
  /** 0 to 99.9. */
  readonly humidityPercent: number;
}

/**
 * A sensor for temperature and humidity, DHT22 or AM2302, on a wire with a pull-up of its own. The host pulls the wire low, at least 0.8 ms, and lets go
 * of it; the sensor answers with 40 bits. It sends its last measurement, which it made 2 s after the reading before. So who reads earlier gets the old values
 * once more, which is a fault, and who has not read for long has to read twice.
 */
export class Dht22 implements PinDevice {
  /** The first things that the host did which the data sheet does not allow, up to a hundred. */
  readonly faults: WireFault[] = [];
  /** How often it has been read. */
  readings = 0;

  private board: DevicePin | undefined;
  private around: Climate = { celsius: 20, humidityPercent: 50 };
  private measured: Climate = this.around;
  /** When it measures next; undefined once it has, until it is read. */
  private measuresAt: number | undefined;
  private level = 0;
  private fellAt: number | undefined;
  private poweredAt = 0;
  private readAt = -Infinity;
  private isConnected = true;
  private isPulling = false;
  private isSending = false;
  /** Counts how often it has lost its supply: what was to come then does not. */
  private supply = 0;

  get climate(): Climate {
    return this.around;
  }

  set climate(climate: Climate) {
    this.measure();
    this.around = climate;
  }

  /** Whether it is there. One that is plugged in again has been without supply. Its pull-up stays. */
  get isPlugged(): boolean {
    return this.isConnected;
  }

  set isPlugged(plugged: boolean) {
    if (plugged === this.isConnected) return;
    this.isConnected = plugged;
    this.supply++;
    this.isPulling = false;
    this.isSending = false;
    this.fellAt = undefined;
    this.board?.drive(1);
    if (plugged) this.powerOn();
  }

  connect(board: DevicePin): void {
    this.board = board;
    this.level = board.level;
    board.drive(1);
    this.powerOn();
  }

  edge(level: number, nanos: number): void {
    if (level === this.level) return;
    this.level = level;
    if (!this.isConnected) return;
    if (this.isPulling) {
      if (level === 1) this.note('driven high while the sensor pulls it low');
      return;
    }
    if (this.isSending) {
      if (level === 0) this.note('pulled low while the sensor sends');
      return;
    }
    if (level === 0) this.fellAt = nanos;
    else if (this.fellAt !== undefined) this.start(nanos - this.fellAt);
  }

  private powerOn(): void {
    this.poweredAt = this.nanos;
    this.measuresAt = this.nanos + POWER_ON;
    this.readAt = -Infinity;
  }

  /** The start signal has ended. */
  private start(low: number): void {
    this.fellAt = undefined;
    const sincePower = this.nanos - this.poweredAt;
    if (low < LEAST_START) return this.note(`start signal for ${micros(low)}, not at least ${micros(LEAST_START)}`);
    if (low > MOST_START) this.note(`start signal for ${micros(low)}, not at most ${micros(MOST_START)}`);
    if (sincePower < POWER_ON) return this.note(`start signal ${micros(sincePower)} after power-on, not at least ${micros(POWER_ON)}`);
    const interval = this.nanos - this.readAt;
    if (interval < INTERVAL) this.note(`read after ${micros(interval)}, not at least ${micros(INTERVAL)}`);
    this.measure();
    this.send();
  }

  /** Makes a measurement whose time has come. */
  private measure(): void {
    if (this.measuresAt === undefined || this.nanos < this.measuresAt) return;
    this.measured = this.around;
    this.measuresAt = undefined;
  }

  private send(): void {
    this.readings++;
    this.measuresAt ??= this.nanos + INTERVAL;
    this.readAt = this.nanos;
    this.isSending = true;
    const bits = this.bytes.flatMap((byte) => Array.from({ length: 8 }, (_, index) => (byte >> (7 - index)) & 1));
    const pulses: readonly (readonly [low: number, high: number])[] = [[ANSWER, ANSWER], ...bits.map((bit) => [BIT_LOW, BIT_HIGH[bit as 0 | 1]] as const), [BIT_LOW, 0]];
    const pulse = (at: number): void => {
      const [low, high] = pulses[at] as readonly [number, number];
      this.pull(true);
      this.later(low, () => {
        if (at + 1 === pulses.length) this.isSending = false;
        this.pull(false);
        if (at + 1 < pulses.length) this.later(high, () => pulse(at + 1));
      });
    };
    this.later(ANSWER_AFTER, () => pulse(0));
  }

  /** Humidity and temperature in tenths, the sign apart, and their sum. */
  private get bytes(): readonly number[] {
    const tenths = (value: number, least: number, most: number): number => Math.round(Math.min(Math.max(value, least), most) * 10);
    const humidity = tenths(this.measured.humidityPercent, 0, MOST_HUMIDITY);
    const celsius = tenths(this.measured.celsius, LEAST_CELSIUS, MOST_CELSIUS);
    const temperature = celsius < 0 ? NEGATIVE | -celsius : celsius;
    const bytes = [humidity >> 8, humidity & 0xff, temperature >> 8, temperature & 0xff];
    return [...bytes, bytes.reduce((sum, byte) => sum + byte) & 0xff];
  }

  private pull(isLow: boolean): void {
    this.isPulling = isLow;
    this.board?.drive(isLow ? 0 : 1);
    if (isLow && this.level === 1) this.note('driven high while the sensor pulls it low');
  }

  private later(nanos: number, callback: () => void): void {
    const { supply } = this;
    this.board?.at(this.nanos + nanos, () => {
      if (supply === this.supply) callback();
    });
  }

  private get nanos(): number {
    return this.board?.nanos ?? 0;
  }

  private note(text: string): void {
    noteFault(this.faults, this.nanos, text);
  }
}
