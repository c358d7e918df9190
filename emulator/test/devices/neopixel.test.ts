import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { NeoPixel, type PixelOrder } from '../../src/devices/neopixel.js';
import { boot } from '../support/compile.js';

/** A wire whose time a test sets. */
class Wire {
  nanos = 1_000;
  readonly strip: NeoPixel;
  private readonly board: { nanos: number } = { nanos: 0 };

  constructor(pixels: number, order?: PixelOrder) {
    this.strip = new NeoPixel(pixels, order);
    this.strip.connect(this.board);
  }

  low(nanos: number): void {
    this.nanos += nanos;
    this.board.nanos = this.nanos;
  }

  pulse(high: number, low: number): void {
    this.strip.edge(1, this.nanos);
    this.nanos += high;
    this.strip.edge(0, this.nanos);
    this.low(low);
  }

  send(...bytes: readonly number[]): void {
    for (const byte of bytes) {
      for (let bit = 7; bit >= 0; bit--) {
        if ((byte >> bit) & 1) this.pulse(800, 450);
        else this.pulse(400, 850);
      }
    }
  }
}

const pixel = (red: number, green: number, blue: number, white = 0) => ({ red, green, blue, white });

describe('a strip of WS2812', () => {
  it('shows the colours after 50 us, each pixel its own', () => {
    const wire = new Wire(2);
    wire.send(1, 2, 3, 0x80, 0xff, 0);
    assert.deepEqual(wire.strip.colours, [pixel(0, 0, 0), pixel(0, 0, 0)]);
    wire.low(49_000);
    assert.equal(wire.strip.frames, 0);
    wire.low(1_000);
    assert.deepEqual(wire.strip.colours, [pixel(2, 1, 3), pixel(0xff, 0x80, 0)]);
    assert.equal(wire.strip.frames, 1);
    assert.deepEqual(wire.strip.faults, []);
  });

  it('keeps the colours of the pixels that got nothing, and passes on what is left over', () => {
    const wire = new Wire(2);
    wire.send(1, 2, 3, 4, 5, 6, 7, 8, 9);
    wire.low(60_000);
    assert.deepEqual(wire.strip.colours, [pixel(2, 1, 3), pixel(5, 4, 6)]);
    wire.send(10, 11, 12);
    wire.low(60_000);
    assert.deepEqual(wire.strip.colours, [pixel(11, 10, 12), pixel(5, 4, 6)]);
    let changes = 0;
    wire.strip.onChange = () => changes++;
    wire.send(0, 0, 0);
    wire.low(60_000);
    wire.send(0);
    assert.equal(changes, 1);
  });

  it('takes other orders of lamps', () => {
    const rgb = new Wire(1, 'rgb');
    rgb.send(1, 2, 3);
    rgb.low(60_000);
    assert.deepEqual(rgb.strip.colours, [pixel(1, 2, 3)]);
    const rgbw = new Wire(1, 'grbw');
    rgbw.send(1, 2, 3, 0xf0);
    rgbw.low(60_000);
    assert.deepEqual(rgbw.strip.colours, [pixel(2, 1, 3, 0xf0)]);
  });

  it('notes times that are not those of the data sheet', () => {
    for (const [high, low, faults] of [
      [250, 1000, 0], [550, 700, 0], [650, 600, 0], [950, 300, 0],
      [249, 850, 1], [551, 850, 1], [951, 450, 1], [649, 450, 1], [400, 1001, 1], [400, 699, 1], [800, 601, 1], [800, 299, 1],
    ] as const) {
      const wire = new Wire(1);
      wire.pulse(high, low);
      for (let bit = 1; bit < 24; bit++) wire.pulse(400, 850);
      wire.low(60_000);
      assert.equal(wire.strip.colours.length, 1);
      assert.equal(wire.strip.faults.length, faults, `${high} ${low}`);
    }
    const cut = new Wire(1);
    cut.send(1);
    cut.low(60_000);
    assert.deepEqual(cut.strip.colours, [pixel(0, 0, 0)]);
    assert.match(cut.strip.faults[0]?.text ?? '', /a reset after 8 bits/);
  });

  it('is connected to a pin', () => {
    const strip = new NeoPixel(1);
    // 50 and 100 cycles of 8 ns, more or less: 24 times a 1.
    const bench = boot(`
      static void wait(int turns) { while (turns-- > 0) __asm volatile("nop"); }
      int main(void) {
        REG(0x40014004 + 8 * 4) = 5; REG(0xd0000024) = 16;
        for (int bit = 0; bit < 24; bit++) { REG(0xd0000014) = 16; wait(100); REG(0xd0000018) = 16; wait(10); }
        wait(100000); done(); }`);
    bench.pico.pin(4).attach(strip);
    bench.run();
    assert.deepEqual(strip.colours, [pixel(255, 255, 255)]);
    assert.ok(strip.faults.length > 0);
  });
});
