import type { DevicePin, PinDevice } from './device.js';
import type { OneWireDevice } from './onewire-device.js';
import { micros, noteFault, type WireFault } from './wire-fault.js';

/** Times of the wire in nanoseconds (data sheet of the DS18B20, "AC Electrical Characteristics" and "1-Wire Signaling"). */
const RESET_LOW = { least: 480_000, most: 960_000 };
const RESET_HIGH = { least: 480_000, most: Infinity };
const RECOVERY = { least: 1_000, most: Infinity };
const SLOT = { least: 61_000, most: Infinity }; // of 60 us at least, and the recovery
const ONE_LOW = { least: 1_000, most: 15_000 };
const ZERO_LOW = { least: 60_000, most: 120_000 };
/** A low level is taken for what it is nearest to. */
const LONGEST_ONE = (ONE_LOW.most + ZERO_LOW.least) / 2;
const LONGEST_ZERO = (ZERO_LOW.most + RESET_LOW.least) / 2;

/** How the devices use the times that the data sheet leaves to them, in microseconds. */
export interface OneWireTiming {
  /** From the end of a reset to their answer: 15 to 60. */
  readonly presenceAfter: number;
  /** Their answer: 60 to 240. */
  readonly presence: number;
  /** How long a device that sends a 0 holds the wire low, from the start of the slot: 15 to 60. */
  readonly zero: number;
  /** When the wire is high at last in a slot in which all devices send a 1, from its start: before 15, when the host looks at the latest. */
  readonly one: number;
}

const TYPICAL: OneWireTiming = { presenceAfter: 30, presence: 120, zero: 30, one: 0 };

/** The times that are checked. */
export type OneWireTime = 'reset' | 'after reset' | 'recovery' | 'slot' | 'one' | 'zero';

/**
 * A 1-Wire bus with its pull-up and the devices on it, to attach to a pin. Each device pulls the wire low or lets go of it. What the host does with
 * the wire is checked against the data sheet; a time that is none of it is noted in {@link faults}, and taken for what it is nearest to.
 */
export class OneWireBus implements PinDevice {
  /** The first things that the host did wrong, up to a hundred. */
  readonly faults: WireFault[] = [];
  /** Called with each time of the host that is checked. */
  onTime: ((time: OneWireTime, nanos: number) => void) | undefined;

  private board: DevicePin | undefined;
  private level = 0;
  private wireFellAt = 0;
  /** When the host's own low level began, and when the last one ended. */
  private fellAt: number | undefined;
  private roseAt: number | undefined;
  private wasReset = false;
  private isPulled = false;
  private releasedAt: number | undefined;
  private turn = 0;
  /** The devices that listen in the slot that has begun. */
  private listening: readonly OneWireDevice[] | undefined;

  private readonly devices: OneWireDevice[] = [];

  /** @param timings which the devices use in turn: one for each answer to a reset, and for each bit that they send */
  constructor(
    devices: readonly OneWireDevice[] = [],
    private readonly timings: readonly OneWireTiming[] = [TYPICAL],
  ) {
    for (const device of devices) this.attach(device);
  }

  /** Adds a device to the wire. */
  attach(device: OneWireDevice): void {
    this.devices.push(device);
    if (this.board !== undefined) this.introduce(device, this.board);
  }

  connect(board: DevicePin): void {
    this.board = board;
    this.level = board.level;
    if (this.level === 1) this.roseAt = board.nanos;
    board.drive(1);
    for (const device of this.devices) this.introduce(device, board);
  }

  edge(level: number, nanos: number): void {
    if (level === this.level) return;
    this.level = level;
    if (level === 0) this.wireFellAt = nanos;
    if (level === 1) this.rise(nanos);
    else if (!this.isPulled) this.fall(nanos);
  }

  private introduce(device: OneWireDevice, board: DevicePin): void {
    device.connect({ board, note: (text) => this.note(text) });
  }

  /** The host pulls the wire low. */
  private fall(nanos: number): void {
    if (this.roseAt === undefined) return; // the wire has not been high yet
    if (this.wasReset) this.check('after reset', nanos - this.roseAt, RESET_HIGH);
    else this.check('recovery', nanos - this.roseAt, RECOVERY);
    if (this.fellAt !== undefined && !this.wasReset) this.check('slot', nanos - this.fellAt, SLOT);
    this.fellAt = nanos;
    const answers = this.present.map((device) => ({ device, bit: device.answer() }));
    const bits = answers.map(({ bit }) => bit);
    const answer = bits.includes(0) ? 0 : bits.includes(1) ? 1 : undefined;
    this.listening = answers.filter(({ bit }) => bit === undefined).map(({ device }) => device);
    if (answer === undefined) return;
    const { zero, one } = this.nextTiming();
    this.pull(0, (answer === 0 ? zero : one) * 1000);
  }

  private rise(nanos: number): void {
    if (this.isPulled) return this.fight();
    if (this.fellAt === undefined || this.listening === undefined) {
      this.roseAt ??= nanos; // the pull-up at the start, or the end of the devices' answer to a reset
      return;
    }
    const { listening } = this;
    const low = nanos - this.fellAt;
    this.listening = undefined;
    this.roseAt = nanos;
    this.wasReset = low > LONGEST_ZERO;
    if (this.wasReset) return this.reset(low);
    const bit = low > LONGEST_ONE ? 0 : 1;
    if (nanos !== this.releasedAt) this.check(bit === 1 ? 'one' : 'zero', low, bit === 1 ? ONE_LOW : ZERO_LOW);
    for (const device of listening) device.take(bit);
  }

  private reset(low: number): void {
    this.check('reset', low, RESET_LOW);
    const { present } = this;
    for (const device of present) device.reset();
    if (present.length === 0) return;
    const { presenceAfter, presence } = this.nextTiming();
    this.pull(presenceAfter * 1000, presence * 1000);
  }

  private get present(): readonly OneWireDevice[] {
    return this.devices.filter(({ isPlugged }) => isPlugged);
  }

  private nextTiming(): OneWireTiming {
    return this.timings[this.turn++ % this.timings.length] as OneWireTiming;
  }

  /** Devices pull the wire low in a while, for some time. */
  private pull(delay: number, nanos: number): void {
    if (nanos === 0) return;
    if (delay === 0) this.pullNow(nanos);
    else this.board?.at(this.board.nanos + delay, () => this.pullNow(nanos));
  }

  private pullNow(nanos: number): void {
    const { board } = this;
    if (board === undefined) return;
    this.isPulled = true;
    board.drive(0);
    board.at(board.nanos + nanos, () => this.release());
    if (this.level === 1) this.fight();
  }

  private release(): void {
    const { board } = this;
    if (board === undefined) return;
    this.isPulled = false;
    this.releasedAt = board.nanos;
    board.drive(1);
    // The host pulls it, too. Nobody sees since when, so it is as if it had done so all the time.
    if (this.level === 0 && this.listening === undefined) this.fall(this.wireFellAt);
  }

  private fight(): void {
    this.note('driven high while a device pulls it low');
  }

  private check(time: OneWireTime, took: number, { least, most }: { readonly least: number; readonly most: number }): void {
    this.onTime?.(time, took);
    if (took >= least && took <= most) return;
    this.note(`${time} for ${micros(took)}, not ${took < least ? 'at least' : 'at most'} ${micros(took < least ? least : most)}`);
  }

  /** All devices on the bus notice the same. */
  private note(text: string): void {
    const nanos = this.board?.nanos ?? 0;
    const last = this.faults.at(-1);
    if (last?.nanos !== nanos || last.text !== text) noteFault(this.faults, nanos, text);
  }
}
