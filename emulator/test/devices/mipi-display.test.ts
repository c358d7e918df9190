import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Ili9341 } from '../../src/devices/ili9341.js';
import type { MipiDisplay } from '../../src/devices/mipi-display.js';
import { St7735 } from '../../src/devices/st7735.js';
import { boot } from '../support/compile.js';

const MILLI = 1e6;
const ST_UPRIGHT = 0xc0;
const ILI_UPRIGHT = 0x48;
const RED = [0xf8, 0x00] as const;
const GREEN = [0x07, 0xe0] as const;
const BLUE = [0x00, 0x1f] as const;

/** A host of a display, which keeps to the data sheet unless it is told otherwise. */
class Host<Display extends MipiDisplay> {
  readonly board = { nanos: 0 };

  constructor(readonly display: Display) {
    display.connect(this.board);
  }

  send(command: number, ...data: readonly number[]): this {
    this.board.nanos += 1000;
    this.display.transfer(command, false);
    for (const byte of data) {
      this.board.nanos += 1000;
      this.display.transfer(byte, true);
    }
    return this;
  }

  wait(millis: number): this {
    this.board.nanos += millis * MILLI;
    return this;
  }

  /** Switches it on, with 16 bits for a pixel. */
  on(madctl: number): this {
    return this.send(0x11).wait(120).send(0x3a, 0x55).send(0x36, madctl).send(0x29);
  }

  window(left: number, right: number, top: number, bottom: number): this {
    return this.send(0x2a, left >> 8, left & 0xff, right >> 8, right & 0xff).send(0x2b, top >> 8, top & 0xff, bottom >> 8, bottom & 0xff);
  }

  get faults(): string[] {
    return this.display.faults.map(({ text }) => text);
  }

  /** The pixels that are not black, as `x,y colour`. */
  get lit(): string[] {
    const { pixels, width } = this.display;
    return Array.from({ length: pixels.length / 3 }, (_, at) => at).flatMap((at) => {
      const colour = [...pixels.subarray(3 * at, 3 * at + 3)];
      return colour.some(Boolean) ? [`${at % width},${Math.floor(at / width)} ${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`] : [];
    });
  }
}

const st7735 = (): Host<St7735> => new Host(new St7735());
const ili9341 = (): Host<Ili9341> => new Host(new Ili9341());

describe('a display with the MIPI command set', () => {
  it('has the size and the colours of its panel', () => {
    const small = st7735().on(ST_UPRIGHT).send(0x2c, ...RED, ...GREEN, ...BLUE);
    assert.deepEqual([small.display.width, small.display.height, small.display.pixels.length], [128, 160, 128 * 160 * 3]);
    assert.deepEqual(small.lit, ['0,0 ff0000', '1,0 00ff00', '2,0 0000ff']);
    const large = ili9341().on(ILI_UPRIGHT).send(0x2c, ...RED, ...GREEN, ...BLUE);
    assert.deepEqual([large.display.width, large.display.height], [240, 320]);
    assert.deepEqual(large.lit, ['0,0 ff0000', '1,0 00ff00', '2,0 0000ff']);
    assert.deepEqual([...small.faults, ...large.faults], []);
  });

  it('is dark until it is awake and switched on, and keeps its memory', () => {
    const host = st7735().send(0x36, ST_UPRIGHT).send(0x3a, 5).send(0x2c, ...RED);
    const isOn = (): boolean => host.display.isDisplayOn && host.lit.length === 1;
    assert.equal(isOn(), false);
    assert.equal(host.send(0x29) && isOn(), false);
    assert.equal(host.send(0x11) && isOn(), true);
    host.wait(120);
    assert.equal(host.send(0x28) && isOn(), false);
    assert.equal(host.send(0x29) && isOn(), true);
    assert.equal(host.send(0x10) && isOn(), false);
    host.wait(120).send(0x11).wait(120);
    assert.equal(isOn(), true);
    host.send(0x01).wait(120);
    assert.equal(isOn(), false);
    host.on(ST_UPRIGHT);
    assert.equal(isOn(), true);
    assert.deepEqual(host.faults, []);
  });

  it('takes 12, 16 and 18 bits for a pixel', () => {
    const shown = (host: Host<MipiDisplay>, format: number, ...data: readonly number[]): string[] => host.send(0x3a, format).send(0x2c, ...data).lit;
    assert.deepEqual(shown(st7735().on(ST_UPRIGHT), 0x03, 0x12, 0x3f, 0x84, 0x00), ['0,0 112233', '1,0 ff8844']);
    assert.deepEqual(shown(st7735().on(ST_UPRIGHT), 0x05, 0x12, 0x34, 0xff, 0xff, 0x80), ['0,0 1045a5', '1,0 ffffff']);
    assert.deepEqual(shown(st7735().on(ST_UPRIGHT), 0x06, 0x04, 0x80, 0xff, 0xfc), ['0,0 0482ff']);
    assert.deepEqual(shown(ili9341().on(ILI_UPRIGHT), 0x66, 0x04, 0x80, 0xff), ['0,0 0482ff']);
    const large = ili9341().on(ILI_UPRIGHT);
    assert.deepEqual(shown(large, 0x03, ...RED), ['0,0 ff0000']); // it has no 12 bits
    assert.deepEqual(large.faults, ['COLMOD 0x3']);
    // 18 bits are what it begins with; a command ends a pixel that is not whole.
    const fresh = ili9341().send(0x11).wait(5).send(0x36, ILI_UPRIGHT).send(0x29).send(0x2c, 0xfc, 0, 0).send(0x00).send(0x3c, 0xfc).send(0x3c, 0, 0xfc, 0);
    assert.deepEqual(fresh.lit, ['0,0 ff0000', '1,0 00ff00']);
    assert.deepEqual(fresh.faults, []);
  });

  it('fills a window, row by row, and begins again', () => {
    const host = st7735().on(ST_UPRIGHT).window(10, 11, 20, 21).send(0x2c, ...RED, ...GREEN, ...BLUE, ...RED, ...BLUE);
    assert.deepEqual(host.lit, ['10,20 0000ff', '11,20 00ff00', '10,21 0000ff', '11,21 ff0000']);
    host.send(0x3c, ...RED);
    assert.deepEqual(host.lit[1], '11,20 ff0000');
    host.send(0x2c, ...GREEN);
    assert.deepEqual(host.lit[0], '10,20 00ff00');
    // Bytes that are no pixel's go nowhere.
    host.send(0x29, ...BLUE);
    assert.equal(host.lit.length, 4);
    assert.deepEqual(host.faults, []);
  });

  it('notes a window that is not on the panel, and loses what lies beside it', () => {
    const host = st7735().on(ST_UPRIGHT).window(126, 129, 0, 0).send(0x2c, ...RED, ...RED, ...RED, ...RED, ...GREEN);
    assert.deepEqual(host.lit, ['126,0 00ff00', '127,0 ff0000']);
    host.window(5, 4, 200, 2);
    assert.deepEqual(host.faults, ['CASET from 126 to 129, of 128', 'CASET from 5 to 4, of 128', 'RASET from 200 to 2, of 160']);
    const turned = st7735().on(ST_UPRIGHT | 0x20).window(0, 159, 0, 127).window(0, 160, 0, 128);
    assert.deepEqual(turned.faults, ['CASET from 0 to 160, of 160', 'RASET from 0 to 128, of 128']);
  });

  it('turns and mirrors what is written, and the order of the colours of all that is there', () => {
    // The first pixel is red, the second in its row green, the first of the second row blue.
    const corner = (host: Host<MipiDisplay>, madctl: number): string[] => host.on(madctl).window(0, 1, 0, 1).send(0x2c, ...RED, ...GREEN, ...BLUE).lit;
    const [right, bottom] = [127, 159];
    assert.deepEqual(corner(st7735(), 0x00), [`${right},${bottom - 1} 0000ff`, `${right - 1},${bottom} 00ff00`, `${right},${bottom} ff0000`]);
    assert.deepEqual(corner(st7735(), 0x80), [`${right - 1},0 00ff00`, `${right},0 ff0000`, `${right},1 0000ff`]);
    assert.deepEqual(corner(st7735(), 0x40), [`0,${bottom - 1} 0000ff`, `0,${bottom} ff0000`, `1,${bottom} 00ff00`]);
    assert.deepEqual(corner(st7735(), 0xa0), [`${right - 1},0 0000ff`, `${right},0 ff0000`, `${right},1 00ff00`]); // a quarter turn clockwise
    assert.deepEqual(corner(st7735(), 0x60), [`0,${bottom - 1} 00ff00`, `0,${bottom} ff0000`, `1,${bottom} 0000ff`]); // and the other way
    assert.deepEqual(corner(ili9341(), 0x28), ['238,0 0000ff', '239,0 ff0000', '239,1 00ff00']);
    assert.deepEqual(corner(ili9341(), 0x88), ['239,318 0000ff', '238,319 00ff00', '239,319 ff0000']);
    const host = st7735().on(ST_UPRIGHT).send(0x2c, ...RED);
    assert.deepEqual(host.send(0x36, ST_UPRIGHT | 8).lit, ['0,0 0000ff']);
    assert.deepEqual(host.send(0x36, 0).lit, ['0,0 ff0000']);
    assert.deepEqual(ili9341().on(0x40).send(0x2c, ...RED).lit, ['0,0 0000ff']);
  });

  it('inverts', () => {
    const host = st7735().on(ST_UPRIGHT).send(0x2c, ...RED).send(0x21);
    assert.deepEqual(host.lit.slice(0, 2), ['0,0 00ffff', '1,0 ffffff']);
    assert.deepEqual(host.send(0x20).lit, ['0,0 ff0000']);
    host.send(0x21).send(0x01).wait(120).on(ST_UPRIGHT);
    assert.equal(host.lit.length, 1);
  });

  it('tells of each pixel and each command', () => {
    const host = st7735().on(ST_UPRIGHT);
    let changes = 0;
    host.display.onChange = () => changes++;
    host.send(0x2c, ...RED, ...RED, 0);
    assert.equal(changes, 3);
    host.send(0x36, 0);
    assert.equal(changes, 5);
    host.display.setReset(true);
    assert.equal(changes, 6);
  });

  it('notes commands that come too early after those that take time', () => {
    const early = (doTo: (host: Host<MipiDisplay>) => void, of: () => Host<MipiDisplay> = ili9341): string[] => {
      const host = of();
      doTo(host);
      return host.faults;
    };
    assert.deepEqual(early((host) => host.send(0x01).wait(4).send(0x11)), ['SLPOUT 4001 us after SWRESET, not at least 5000 us']);
    assert.deepEqual(early((host) => host.send(0x01).wait(4.999).send(0x11)), []);
    assert.deepEqual(early((host) => host.send(0x11).wait(4).send(0x29)), ['DISPON 4001 us after SLPOUT, not at least 5000 us']);
    assert.deepEqual(early((host) => host.send(0x11).wait(5).send(0x10)), ['SLPIN 5001 us after SLPOUT, not at least 120000 us']);
    assert.deepEqual(early((host) => host.send(0x11).wait(120).send(0x10).wait(119).send(0x11)), ['SLPOUT 119001 us after SLPIN, not at least 120000 us']);
    assert.deepEqual(early((host) => host.send(0x11).wait(120).send(0x01).wait(5).send(0x11)), ['SLPOUT 5001 us after SWRESET, not at least 120000 us']);
    assert.deepEqual(early((host) => host.send(0x11).wait(5).send(0x11).send(0x29)), []); // it is awake
    assert.deepEqual(early((host) => host.send(0x01).wait(119).send(0xb1), st7735), ['0xb1 119001 us after SWRESET, not at least 120000 us']);
    assert.deepEqual(early((host) => host.send(0x11).wait(119).send(0x29), st7735), ['DISPON 119001 us after SLPOUT, not at least 120000 us']);
  });

  it('is reset by its pin, which has to be low for 10 us', () => {
    const host = ili9341().on(ILI_UPRIGHT).send(0x2c, ...RED);
    const reset = (micros: number): void => {
      host.display.setReset(true);
      assert.equal(host.display.isDisplayOn, false);
      host.board.nanos += micros * 1000;
      host.display.setReset(false);
    };
    reset(10);
    assert.equal(host.display.isDisplayOn, false);
    host.wait(5).send(0x29).wait(115).on(ILI_UPRIGHT);
    assert.deepEqual(host.lit, ['0,0 ff0000']);
    assert.deepEqual(host.faults, []);
    reset(9);
    host.send(0x29);
    assert.deepEqual(host.faults, ['reset for 9 us, not at least 10 us', 'DISPON 1 us after the reset, not at least 5000 us']);
  });

  it('notes bits that are too fast', () => {
    const faults = (display: MipiDisplay, nanos: number): string[] => {
      const host = new Host(display);
      host.send(0x2c);
      for (let byte = 0; byte < 2; byte++) {
        host.board.nanos += nanos;
        display.transfer(0, true);
      }
      return host.faults;
    };
    assert.deepEqual(faults(new St7735(), 528), []);
    assert.deepEqual(faults(new St7735(), 520), Array(2).fill('a byte in 520 ns, not at least 528 ns'));
    assert.deepEqual(faults(new Ili9341(), 800), []);
    assert.deepEqual(faults(new Ili9341(), 792), Array(2).fill('a byte in 792 ns, not at least 800 ns'));
    // Both bytes of a frame of 16 bits come at its end.
    assert.deepEqual(faults(new Ili9341(), 0), []);
  });

  it('shows what a firmware sends, once it lets go of the reset', () => {
    const display = new St7735();
    const bench = boot(`
      #define SPI 0x4003c000
      #define SET(pin) (REG(0xd0000014) = 1 << (pin))
      #define CLEAR(pin) (REG(0xd0000018) = 1 << (pin))
      static void wait(uint32_t ms) { uint32_t from = REG(0x40054028); while (REG(0x40054028) - from < 1000 * ms) {} }
      static void send(uint8_t byte) { REG(SPI + 8) = byte; while (REG(SPI + 12) & 16) {} }
      static void command(uint8_t byte) { CLEAR(3); send(byte); SET(3); }
      int main(void) {
        REG(SPI + 0x10) = 2; REG(SPI) = 7 << 0 | 9 << 8; REG(SPI + 4) = 2;
        for (int pin = 2; pin < 5; pin++) REG(0x40014004 + 8 * pin) = 5;
        SET(2); SET(3); REG(0xd0000024) = 0x1c; CLEAR(2);
        wait(1); SET(4); wait(120);
        command(0x11); wait(120);
        command(0x3a); send(5); command(0x36); send(0xc0); command(0x29);
        command(0x2c); send(0xf8); send(0); SET(2); send(0xf8); done(); }`);
    bench.pico.spi(0).attach(display, { cs: 2, dc: 3, reset: 4 });
    bench.run(2e9);
    assert.equal(display.isDisplayOn, true);
    assert.deepEqual([...display.pixels.subarray(0, 6)], [255, 0, 0, 0, 0, 0]);
    assert.deepEqual(display.faults, []);
  });
});
