import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Ssd1306 } from '../../src/devices/ssd1306.js';
import { boot } from '../support/compile.js';
import { I2C_DRIVER } from '../support/i2c-driver.js';

/** Supplied, switched on, and turned as modules are mounted. */
const ON = [0x8d, 0x14, 0xaf, 0xa1, 0xc8];

/** Sends it commands as a driver does, control byte first, and then data. */
function show(commands: readonly number[], data: readonly number[] = [], display = new Ssd1306()): Ssd1306 {
  const send = (control: number, bytes: readonly number[]): void => {
    display.start();
    for (const byte of [control, ...bytes]) display.write(byte);
  };
  send(0x00, commands);
  if (data.length > 0) send(0x40, data);
  return display;
}

/** The lit pixels, as x,y. */
function lit({ pixels, width }: Ssd1306): string[] {
  return [...pixels].flatMap((value, at) => (value === 0 ? [] : [`${at % width},${Math.floor(at / width)}`]));
}

/** The rows in which the first column is lit. */
function litRows({ pixels, width, height }: Ssd1306): number[] {
  return Array.from({ length: height }, (_, y) => y).filter((y) => pixels[y * width]);
}

describe('an SSD1306', () => {
  it('shows what a firmware stores over I2C, and tells of each change', () => {
    const display = new Ssd1306();
    let changes = 0;
    display.onChange = () => changes++;
    const bench = boot(`${I2C_DRIVER} int main(void) {
      i2c_init();
      static const uint8_t on[] = {${ON.join()}};
      for (int i = 0; i < ${ON.length}; i++) i2c_write(0x3c, (uint8_t[]){0x80, on[i]}, 2, 0);
      i2c_write(0x3c, (uint8_t[]){0x40, 0x01, 0x80}, 3, 0);
      i2c_write(0x3c, (uint8_t[]){0x80, 0xb2, 0x40, 0x03}, 4, 0); done(); }`);
    bench.pico.i2c(0).attach(0x3c, display);
    bench.run();
    assert.deepEqual(lit(display), ['0,0', '1,7', '2,16', '2,17']);
    assert.equal(changes, ON.length + 2 + 2);
  });

  it('is dark until it is supplied and switched on, and keeps its memory', () => {
    assert.deepEqual(lit(show([0xa1, 0xc8, 0xaf], [1])), []);
    assert.deepEqual(lit(show([0xa1, 0xc8, 0x8d, 0x14], [1])), []);
    const display = show(ON, [1]);
    assert.deepEqual(lit(display), ['0,0']);
    assert.deepEqual(lit(show([0xae], [], display)), []);
    assert.deepEqual(lit(show([0xaf], [], display)), ['0,0']);
    assert.equal(display.isDisplayOn, true);
  });

  it('stores by page, and in a window in horizontal and vertical order', () => {
    assert.deepEqual(lit(show([...ON, 0xb3, 0x0f, 0x17], [1, 2])), ['127,24', '0,25']);
    const window = [0x21, 10, 11, 0x22, 2, 3];
    assert.deepEqual(lit(show([...ON, 0x20, 0, ...window], [1, 2, 4, 8])), ['10,16', '11,17', '10,26', '11,27']);
    assert.deepEqual(lit(show([...ON, 0x20, 1, ...window], [1, 2, 4, 8])), ['10,16', '11,18', '10,25', '11,27']);
    assert.deepEqual(lit(show([...ON, 0x20, 0, ...window], [1, 0, 0, 0, 2])), ['10,17']); // begins again
  });

  it('takes a command in pieces', () => {
    const display = show([...ON, 0x81]);
    assert.equal(show([200], [], display).contrast, 200);
    assert.deepEqual(lit(show([0xb0, 0x05, 0x10], [1], display)), ['5,0']);
  });

  it('inverts, lights everything, and turns the picture', () => {
    const up = [0x8d, 0x14, 0xaf, 0x03];
    assert.deepEqual(lit(show([...up, 0xa1, 0xc8], [1])), ['3,0']);
    assert.deepEqual(lit(show([...up, 0xa0, 0xc0], [1])), ['124,63']);
    assert.deepEqual(lit(show([...up, 0xa0, 0xc8], [1])), ['124,0']);
    assert.deepEqual(lit(show([...up, 0xa1, 0xc0], [1])), ['3,63']);
    assert.equal(lit(show([...ON, 0xa7], [1])).length, 128 * 64 - 1);
    assert.equal(lit(show([...ON, 0xa5])).length, 128 * 64);
    assert.equal(lit(show([...ON, 0xa5, 0xa4], [1])).length, 1);
    assert.deepEqual(lit(show([0xa1], [1], show(ON, [1]))), ['0,0', '1,0']); // turning the segments leaves alone what is stored
    assert.deepEqual(lit(show([0xa0], [1], show(ON, [1]))), ['0,0', '126,0']);
  });

  it('shifts the picture up by its start line and by its offset, either way round', () => {
    for (const shift of [[0x40 + 8], [0xd3, 8]]) {
      assert.deepEqual(litRows(show([...ON, ...shift, 0xb1], [1])), [0]);
      assert.deepEqual(litRows(show([...ON, ...shift], [1])), [56]);
      assert.deepEqual(litRows(show([...ON, 0xc0, ...shift, 0xb1], [1])), [63]);
      assert.deepEqual(litRows(show([...ON, 0xc0, ...shift], [1])), [7]);
    }
  });

  it('scans fewer rows: those that are left over are dark', () => {
    assert.deepEqual(litRows(show([...ON, 0xa8, 47, 0xa5])), Array.from({ length: 48 }, (_, row) => 16 + row));
    assert.deepEqual(litRows(show([...ON, 0xa8, 47, 0xa5, 0xd3, 8])), Array.from({ length: 48 }, (_, row) => 8 + row));
    assert.deepEqual(litRows(show([...ON, 0xa8, 3, 0xa5])).length, 64); // too few to be taken
  });

  it('has 32 rows, too, for which the outputs have to be set', () => {
    const small = (...commands: number[]): Ssd1306 => show([...ON, ...commands], [1, 2, 4, 8], new Ssd1306(32));
    assert.equal(small(0xa8, 31, 0xda, 0x02).pixels.length, 128 * 32);
    assert.deepEqual(lit(small(0xa8, 31, 0xda, 0x02)), ['0,0', '1,1', '2,2', '3,3']);
    assert.deepEqual(lit(small(0xa8, 31, 0xda, 0x02, 0xc0, 0xa0, 0xb0, 0x0c, 0x17)), ['0,28', '1,29', '2,30', '3,31']);
    // Every other row goes to the side to which nothing is connected.
    assert.deepEqual(litRows(small(0xa8, 31, 0xda, 0x12, 0xa5)), Array.from({ length: 16 }, (_, row) => 16 + row));
    assert.deepEqual(litRows(small(0xa8, 31, 0xda, 0x22, 0xa5)), []);
    assert.deepEqual(litRows(show([...ON, 0xda, 0x02, 0xa8, 31, 0xa5])), Array.from({ length: 32 }, (_, row) => 1 + 2 * row));
  });
});
