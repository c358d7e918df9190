import type { DeviceBoard } from './device.js';

const READ_ROM = 0x33;
const MATCH_ROM = 0x55;
const SKIP_ROM = 0xcc;
const ALARM_SEARCH = 0xec;
const SEARCH_ROM = 0xf0;
const ROM_BITS = 64;
/** Of a search in which a bit is sent, then its complement, and the host writes the one with which it goes on. */
const SEARCH_STEPS = 3;

/** The line of a bus, for a device on it. */
export interface OneWireLine {
  readonly board: DeviceBoard;
  /** Notes that the host does what the device's data sheet does not allow. */
  note(text: string): void;
}

enum State {
  /** It waits for the next reset. */
  Idle,
  RomCommand,
  ReadRom,
  MatchRom,
  SearchRom,
  /** It has been addressed. */
  Selected,
}

/** The cyclic redundancy check of 1-Wire (application note 27): 0 over bytes with their CRC at the end. */
export function crc8(bytes: Iterable<number>): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return crc;
}

/**
 * A device on a 1-Wire bus: it has a number of 64 bits, and listens to the ROM commands (data sheet of the DS18B20, "ROM Commands"), by which the
 * host finds and addresses it. What the device does once it is addressed is what its class adds.
 */
export abstract class OneWireDevice {
  /** Its number: family, serial number with the lowest byte first, CRC. */
  readonly rom: Uint8Array;

  protected line: OneWireLine | undefined;
  private isConnected = true;
  private state = State.Idle;
  /** Bits since the state was entered. */
  private count = 0;
  private byte = 0;

  /** @param serial up to 48 bits */
  constructor(family: number, serial: number) {
    const bytes = [family, ...Array.from({ length: 6 }, (_, index) => Math.floor(serial / 2 ** (8 * index)) & 0xff)];
    this.rom = Uint8Array.of(...bytes, crc8(bytes));
  }

  /** Whether it is on the bus. One that is plugged in again has been without supply. */
  get isPlugged(): boolean {
    return this.isConnected;
  }

  set isPlugged(plugged: boolean) {
    if (plugged === this.isConnected) return;
    this.isConnected = plugged;
    this.state = State.Idle;
    if (plugged) this.powerOn();
  }

  connect(line: OneWireLine): void {
    this.line = line;
  }

  /** The host has reset the bus. */
  reset(): void {
    this.enter(State.RomCommand);
  }

  /** A slot begins: the bit that the device sends in it; undefined if it listens. */
  answer(): 0 | 1 | undefined {
    if (this.state === State.Selected) return this.answerSelected();
    if (this.state === State.ReadRom) return this.count < ROM_BITS ? this.romBit(this.count++) : 1;
    const step = this.count % SEARCH_STEPS;
    if (this.state !== State.SearchRom || step === SEARCH_STEPS - 1) return undefined;
    const bit = this.romBit(Math.floor(this.count++ / SEARCH_STEPS));
    return step === 0 ? bit : bit === 0 ? 1 : 0;
  }

  /** A slot in which it listened has ended: the bit that the host has written. */
  take(bit: 0 | 1): void {
    switch (this.state) {
      case State.SearchRom: {
        const at = Math.floor(this.count++ / SEARCH_STEPS);
        if (bit !== this.romBit(at)) this.enter(State.Idle);
        else if (at === ROM_BITS - 1) this.select();
        break;
      }
      case State.MatchRom: {
        const at = this.count++;
        if (bit !== this.romBit(at)) this.enter(State.Idle);
        else if (at === ROM_BITS - 1) this.select();
        break;
      }
      case State.RomCommand:
      case State.Selected:
        this.byte |= bit << this.count++ % 8;
        if (this.count % 8 === 0) this.takeByte();
        break;
    }
  }

  /** It has been without supply, and forgets what it does not keep. */
  protected abstract powerOn(): void;
  /** It has been addressed: function commands come. */
  protected abstract selected(): void;
  /** What it sends in the slot that begins, once it is addressed; undefined if it listens. */
  protected abstract answerSelected(): 0 | 1 | undefined;
  /** Takes a byte that the host has written, once it is addressed. */
  protected abstract takeSelected(byte: number): void;
  /** Whether it takes part in a search for alarms. */
  protected abstract get hasAlarm(): boolean;

  /** It waits for the next reset. */
  protected ignore(): void {
    this.enter(State.Idle);
  }

  private takeByte(): void {
    const { byte } = this;
    this.byte = 0;
    if (this.state === State.Selected) return this.takeSelected(byte);
    this.enter(State.Idle);
    if (byte === READ_ROM) this.enter(State.ReadRom);
    else if (byte === MATCH_ROM) this.enter(State.MatchRom);
    else if (byte === SKIP_ROM) this.select();
    else if (byte === SEARCH_ROM || (byte === ALARM_SEARCH && this.hasAlarm)) this.enter(State.SearchRom);
    else if (byte !== ALARM_SEARCH) this.line?.note(`0x${byte.toString(16)} is no ROM command`);
  }

  private select(): void {
    this.enter(State.Selected);
    this.selected();
  }

  private enter(state: State): void {
    this.state = state;
    this.count = 0;
    this.byte = 0;
  }

  private romBit(index: number): 0 | 1 {
    return (((this.rom[index >> 3] as number) >> (index & 7)) & 1) as 0 | 1;
  }
}
