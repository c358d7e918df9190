import type { I2cDevice, SpiDevice } from './device.js';

const WIDTH = 128;
/** Rows of its memory; a panel may have fewer. */
const LINES = 64;
const PAGES = LINES / 8;
const LIT = 255;

/** Bits of the setting of the rows' outputs. */
const ALTERNATING = 1 << 4;
const SWAPPED = 1 << 5;
const CHARGE_PUMP = 1 << 2;

/** Bits of the control byte that precedes commands or data over I2C. */
const CONTINUATION = 1 << 7;
const IS_DATA = 1 << 6;

enum Addressing {
  Horizontal = 0,
  Vertical = 1,
  Page = 2,
}

/** How many bytes follow a command, where any do. */
const ARGUMENTS: Readonly<Record<number, number>> = {
  0x20: 1, 0x21: 2, 0x22: 2, 0x26: 6, 0x27: 6, 0x29: 5, 0x2a: 5, 0x81: 1, 0x8d: 1, 0xa3: 2, 0xa8: 1, 0xd3: 1, 0xd5: 1, 0xd9: 1, 0xda: 1, 0xdb: 1,
};

/**
 * A display of 128 by 64 or 32 pixels with an SSD1306, over I2C or SPI, as modules have it mounted: with segments and scan direction both
 * remapped (0xa1, 0xc8) the first byte of its memory is at the top left. Its panel is supplied by the charge pump, and stays dark
 * without. The setting of the outputs (0xda) has to be 0x12 for 64 rows and 0x02 for 32, or the rows are mixed up. It does not
 * scroll by itself.
 */
export class Ssd1306 implements I2cDevice, SpiDevice {
  readonly width = WIDTH;
  /** Called after each byte that may change what it shows. */
  onChange: (() => void) | undefined;

  /** By page and segment; the lowest bit is the uppermost row. */
  private readonly memory = new Uint8Array(WIDTH * PAGES);
  private addressing = Addressing.Page;
  private column = 0;
  private page = 0;
  private columns = { start: 0, end: WIDTH - 1 };
  private pages = { start: 0, end: PAGES - 1 };
  private startLine = 0;
  private offset = 0;
  private rows = LINES;
  private outputs = ALTERNATING;
  private isPumping = false;
  private brightness = 0x7f;
  private isOn = false;
  private isInverted = false;
  private isAllLit = false;
  private isRemapped = false;
  private isScannedBackwards = false;
  private command: number[] = [];
  private control: number | undefined;

  constructor(readonly height: 32 | 64 = 64) {}

  /** Whether it is switched on, and supplied. */
  get isDisplayOn(): boolean {
    return this.isOn && this.isPumping;
  }

  /** 0 to 255. */
  get contrast(): number {
    return this.brightness;
  }

  /** What can be seen: a byte a pixel, row by row, 0 for dark and 255 for lit. */
  get pixels(): Uint8Array {
    const pixels = new Uint8Array(WIDTH * this.height);
    if (!this.isDisplayOn) return pixels;
    for (let row = 0; row < this.rows; row++) {
      const y = this.screenRow(row);
      if (y === undefined) continue;
      const line = (row + this.startLine) % LINES;
      for (let segment = 0; segment < WIDTH; segment++) {
        const stored = ((this.memory[(line >> 3) * WIDTH + segment] as number) >> (line & 7)) & 1;
        const isLit = (this.isAllLit ? 1 : stored) !== (this.isInverted ? 1 : 0);
        if (isLit) pixels[y * WIDTH + (WIDTH - 1 - segment)] = LIT;
      }
    }
    return pixels;
  }

  start(): void {
    this.control = undefined;
  }

  write(byte: number): boolean {
    if (this.control === undefined) {
      this.control = byte;
      return true;
    }
    const { control } = this;
    if (control & CONTINUATION) this.control = undefined; // the next byte is another control byte
    this.transfer(byte, (control & IS_DATA) !== 0);
    return true;
  }

  /** Its status: whether it is off. */
  read(): number {
    return this.isOn ? 0 : 1 << 6;
  }

  transfer(byte: number, isData: boolean): number {
    if (isData) this.store(byte);
    else this.take(byte);
    this.onChange?.();
    return 0;
  }

  /**
   * Where a row of the scan is on the panel, whose rows are counted from the bottom; undefined where nothing is connected.
   *
   * The outputs are on two sides of the chip. Panels of 64 rows are connected to both in turn, panels of 32 to the first alone.
   */
  private screenRow(row: number): number | undefined {
    const { rows, offset, outputs, height } = this;
    const output = (this.isScannedBackwards ? rows - 1 - row + offset : row - offset + LINES) % LINES;
    const isAlternating = (outputs & ALTERNATING) !== 0;
    const isSecond = (isAlternating ? (output & 1) !== 0 : output >= LINES / 2) !== ((outputs & SWAPPED) !== 0);
    const place = isAlternating ? output >> 1 : output % (LINES / 2);
    if (height === LINES) return height - 1 - (2 * place + (isSecond ? 1 : 0));
    return isSecond ? undefined : height - 1 - place;
  }

  private store(byte: number): void {
    const segment = this.isRemapped ? WIDTH - 1 - this.column : this.column;
    this.memory[this.page * WIDTH + segment] = byte;
    if (this.addressing === Addressing.Page) {
      this.column = (this.column + 1) % WIDTH;
    } else if (this.addressing === Addressing.Horizontal) {
      if (this.stepColumn()) this.stepPage();
    } else if (this.stepPage()) {
      this.stepColumn();
    }
  }

  /** True if it has come to the end and begun again. */
  private stepColumn(): boolean {
    const wraps = this.column === this.columns.end;
    this.column = wraps ? this.columns.start : (this.column + 1) % WIDTH;
    return wraps;
  }

  private stepPage(): boolean {
    const wraps = this.page === this.pages.end;
    this.page = wraps ? this.pages.start : (this.page + 1) % PAGES;
    return wraps;
  }

  /** Takes a byte of a command, and carries it out once it is complete. */
  private take(byte: number): void {
    this.command.push(byte);
    const [code = 0, first = 0, second = 0] = this.command;
    if (this.command.length <= (ARGUMENTS[code] ?? 0)) return;
    this.command = [];
    if (code <= 0x0f) this.column = (this.column & 0x70) | code;
    else if (code <= 0x1f) this.column = (this.column & 0x0f) | ((code & 0x07) << 4);
    else if (code >= 0x40 && code <= 0x7f) this.startLine = code & 0x3f;
    else if (code >= 0xb0 && code <= 0xb7) this.page = code & 0x07;
    else this.set(code, first, second);
  }

  private set(code: number, first: number, second: number): void {
    switch (code) {
      case 0x20:
        this.addressing = Math.min(first & 3, Addressing.Page);
        break;
      case 0x21:
        this.columns = { start: first & 0x7f, end: second & 0x7f };
        this.column = this.columns.start;
        break;
      case 0x22:
        this.pages = { start: first & 7, end: second & 7 };
        this.page = this.pages.start;
        break;
      case 0x81:
        this.brightness = first;
        break;
      case 0x8d:
        this.isPumping = (first & CHARGE_PUMP) !== 0;
        break;
      case 0xa0:
      case 0xa1:
        this.isRemapped = code === 0xa1; // for what is stored from now on
        break;
      case 0xa4:
      case 0xa5:
        this.isAllLit = code === 0xa5;
        break;
      case 0xa6:
      case 0xa7:
        this.isInverted = code === 0xa7;
        break;
      case 0xa8:
        if ((first & 0x3f) >= 15) this.rows = (first & 0x3f) + 1;
        break;
      case 0xae:
      case 0xaf:
        this.isOn = code === 0xaf;
        break;
      case 0xc0:
      case 0xc8:
        this.isScannedBackwards = code === 0xc8;
        break;
      case 0xd3:
        this.offset = first & 0x3f;
        break;
      case 0xda:
        this.outputs = first;
        break;
    }
  }
}
