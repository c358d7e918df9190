import type { DeviceBoard, SpiDevice } from './device.js';
import { DisplayWindow, type Span } from './display-window.js';
import { type PixelFormat, PixelReader } from './pixel-reader.js';
import { micros, noteFault, type WireFault } from './wire-fault.js';

/** Bits of MADCTL: the order in which the memory is written, and that of the colours. */
const ROWS_MIRRORED = 1 << 7;
const COLUMNS_MIRRORED = 1 << 6;
const EXCHANGED = 1 << 5;
const BGR = 1 << 3;

const COLMOD_18_BITS = 6;
const COLMOD_MASK = 7;
/** Of the commands that have an effect here. */
const MOST_PARAMETERS = 4;

/** What differs from one controller to the other. */
export interface MipiPanel {
  readonly width: number;
  readonly height: number;
  /** The value of MADCTL with which a module shows its picture upright, in the right colours. */
  readonly upright: number;
  /** The formats of a pixel that it takes, as COLMOD names them. */
  readonly formats: readonly PixelFormat[];
  /** The least time of a bit. */
  readonly bitNanos: number;
  /** How long no command may come after SWRESET, or the end of a reset, and after SLPIN and SLPOUT. */
  readonly resetNanos: number;
  readonly sleepNanos: number;
  /** The least time from SLPIN to SLPOUT, and the other way round. */
  readonly turnNanos: number;
  /** The shortest reset by its pin. */
  readonly leastResetNanos: number;
}

/**
 * The part of the MIPI Display Command Set that small displays on SPI have in common: a memory of 18 bits for each pixel, written into a window, turned and
 * mirrored on the way in. It does not scroll, has no partial or idle mode, and cannot be read. Commands that set up voltages and curves are taken and
 * have no effect.
 *
 * A time that is not that of the data sheet is noted in {@link faults}; the command is obeyed all the same.
 */
export abstract class MipiDisplay implements SpiDevice {
  /** Called after each pixel and each command that may change what it shows. */
  onChange: (() => void) | undefined;
  /** The first things that the host did which the data sheet does not allow, up to a hundred. */
  readonly faults: WireFault[] = [];

  private board: DeviceBoard | undefined;
  /** Three bytes for each pixel of the memory, row by row. */
  private readonly memory: Uint8Array;
  private isOn = false;
  private isAsleep = true;
  private isInverted = false;
  private madctl = 0;
  private format: PixelFormat = COLMOD_18_BITS;
  private window: DisplayWindow;
  private command = 0;
  private parameters: number[] = [];
  private readonly reader = new PixelReader();
  private byteAt = -Infinity;
  /** Since when it is held in reset. */
  private heldAt = 0;
  private isHeld = false;
  /** What it was told last that takes time, when that was, and until when it takes. */
  private busy = { why: '', since: 0, until: -Infinity };
  /** What had it go to sleep or wake, and when. */
  private turned = { why: '', at: -Infinity };

  constructor(private readonly panel: MipiPanel) {
    this.memory = new Uint8Array(3 * panel.width * panel.height);
    this.window = wholeOf(panel);
  }

  get width(): number {
    return this.panel.width;
  }

  get height(): number {
    return this.panel.height;
  }

  /** Whether it is switched on, and awake. */
  get isDisplayOn(): boolean {
    return this.isOn && !this.isAsleep && !this.isHeld;
  }

  /** What can be seen: red, green and blue of each pixel, a byte each, row by row. All are 0 while the display is off. */
  get pixels(): Uint8Array {
    const pixels = new Uint8Array(this.memory.length);
    if (!this.isDisplayOn) return pixels;
    const isExchanged = ((this.madctl ^ this.panel.upright) & BGR) !== 0;
    const flip = this.isInverted ? 0xff : 0;
    for (let at = 0; at < pixels.length; at += 3) {
      for (let colour = 0; colour < 3; colour++) pixels[at + (isExchanged ? 2 - colour : colour)] = (this.memory[at + colour] as number) ^ flip;
    }
    return pixels;
  }

  connect(board: DeviceBoard): void {
    this.board = board;
  }

  setReset(isHeld: boolean): void {
    this.isHeld = isHeld;
    if (isHeld) {
      this.heldAt = this.nanos;
    } else {
      const held = this.nanos - this.heldAt;
      if (held < this.panel.leastResetNanos) this.note(`reset for ${micros(held)}, not at least ${micros(this.panel.leastResetNanos)}`);
      this.restart('the reset');
    }
    this.onChange?.();
  }

  transfer(byte: number, isData: boolean): number {
    this.checkSpeed();
    if (!isData) this.begin(byte);
    else if (this.command === Command.RAMWR || this.command === Command.RAMWRC) this.store(byte);
    else this.take(byte);
    return 0;
  }

  private reset(): void {
    this.isOn = false;
    this.isAsleep = true;
    this.isInverted = false;
    this.madctl = 0;
    this.format = COLMOD_18_BITS;
    this.window = wholeOf(this.panel);
    this.command = Command.NOP;
  }

  /** It starts anew; what it has in its memory stays. */
  private restart(why: string): void {
    if (!this.isAsleep) this.turned = { why, at: this.nanos };
    this.reset();
    this.keepBusy(why, this.panel.resetNanos);
  }

  private begin(command: number): void {
    const { busy, nanos } = this;
    if (nanos < busy.until) this.tooEarly(command, busy.why, busy.since, busy.until - busy.since);
    this.command = command;
    this.parameters = [];
    this.reader.clear();
    switch (command) {
      case Command.SWRESET:
        this.restart('SWRESET');
        break;
      case Command.SLPIN:
      case Command.SLPOUT:
        this.turn(command === Command.SLPIN);
        break;
      case Command.INVOFF:
      case Command.INVON:
        this.isInverted = command === Command.INVON;
        break;
      case Command.DISPOFF:
      case Command.DISPON:
        this.isOn = command === Command.DISPON;
        break;
      case Command.RAMWR:
        this.window.begin();
        break;
    }
    this.onChange?.();
  }

  /** It goes to sleep, or wakes. */
  private turn(toSleep: boolean): void {
    const { command, nanos, panel, turned } = this;
    if (toSleep === this.isAsleep) return;
    if (nanos < turned.at + panel.turnNanos) this.tooEarly(command, turned.why, turned.at, panel.turnNanos);
    this.isAsleep = toSleep;
    this.turned = { why: nameOf(command), at: nanos };
    this.keepBusy(nameOf(command), panel.sleepNanos);
  }

  private keepBusy(why: string, forNanos: number): void {
    this.busy = { why, since: this.nanos, until: this.nanos + forNanos };
  }

  private tooEarly(command: number, why: string, since: number, least: number): void {
    this.note(`${nameOf(command)} ${micros(this.nanos - since)} after ${why}, not at least ${micros(least)}`);
  }

  /** Takes a parameter of a command, and carries out the command once it has all that it needs. */
  private take(byte: number): void {
    if (this.parameters.length === MOST_PARAMETERS) return;
    this.parameters.push(byte);
    const { parameters, window } = this;
    const [first = 0, second = 0, third = 0, fourth = 0] = parameters;
    const span = { start: (first << 8) | second, end: (third << 8) | fourth };
    if (this.command === Command.CASET && parameters.length === 4) window.columns = this.checked(span, this.limits[0], window.columns);
    else if (this.command === Command.RASET && parameters.length === 4) window.rows = this.checked(span, this.limits[1], window.rows);
    else if (this.command === Command.MADCTL && parameters.length === 1) this.setMadctl(byte);
    else if (this.command === Command.COLMOD && parameters.length === 1) this.setFormat(byte);
  }

  /** How many columns and rows the host sees. */
  private get limits(): readonly [columns: number, rows: number] {
    const { width, height } = this.panel;
    return this.madctl & EXCHANGED ? [height, width] : [width, height];
  }

  private checked(span: Span, limit: number, before: Span): Span {
    if (span.start <= span.end && span.end < limit) return span;
    this.note(`${nameOf(this.command)} from ${span.start} to ${span.end}, of ${limit}`);
    return span.start <= span.end ? span : before;
  }

  private setMadctl(value: number): void {
    this.madctl = value;
    this.onChange?.();
  }

  private setFormat(value: number): void {
    const format = this.panel.formats.find((known) => known === (value & COLMOD_MASK));
    if (format !== undefined) this.format = format;
    else this.note(`COLMOD 0x${value.toString(16)}`);
  }

  private store(byte: number): void {
    const pixel = this.reader.take(byte, this.format);
    if (pixel === undefined) return;
    const place = this.place();
    this.window.step();
    if (place === undefined) return;
    this.memory.set(pixel, place);
    this.onChange?.();
  }

  /** Where the next pixel lies in the memory; undefined where there is none. */
  private place(): number | undefined {
    const { width, height, upright } = this.panel;
    const order = this.madctl ^ upright;
    const { window } = this;
    const [column, row] = this.madctl & EXCHANGED ? [window.row, window.column] : [window.column, window.row];
    if (column >= width || row >= height) return undefined;
    const x = order & COLUMNS_MIRRORED ? width - 1 - column : column;
    const y = order & ROWS_MIRRORED ? height - 1 - row : row;
    return 3 * (y * width + x);
  }

  /** Both bytes of a frame of 16 bits come at the same time. */
  private checkSpeed(): void {
    const { nanos } = this;
    const least = 8 * this.panel.bitNanos;
    const took = nanos - this.byteAt;
    this.byteAt = nanos;
    if (took > 0 && took < least) this.note(`a byte in ${Math.round(took)} ns, not at least ${least} ns`);
  }

  private get nanos(): number {
    return this.board?.nanos ?? 0;
  }

  private note(text: string): void {
    noteFault(this.faults, this.nanos, text);
  }
}

/** The commands that have an effect here. */
enum Command {
  NOP = 0x00,
  SWRESET = 0x01,
  SLPIN = 0x10,
  SLPOUT = 0x11,
  INVOFF = 0x20,
  INVON = 0x21,
  DISPOFF = 0x28,
  DISPON = 0x29,
  CASET = 0x2a,
  RASET = 0x2b,
  RAMWR = 0x2c,
  MADCTL = 0x36,
  COLMOD = 0x3a,
  /** RAMWR that goes on where it was. */
  RAMWRC = 0x3c,
}

function wholeOf({ width, height }: MipiPanel): DisplayWindow {
  return new DisplayWindow({ start: 0, end: width - 1 }, { start: 0, end: height - 1 });
}

function nameOf(command: number): string {
  return Command[command] ?? `0x${command.toString(16)}`;
}
