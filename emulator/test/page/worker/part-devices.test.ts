import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { SimulatedPart } from '../../../page/src/board/kinds/index.js';
import { BoardRun } from '../../../page/src/worker/board-run.js';
import { Devices } from '../../../page/src/worker/part-devices.js';
import { compileElf } from '../../support/compile.js';
import { DISPLAY_PROGRAM, WEATHER_PROGRAM } from '../../support/fixtures.js';

const LOOK = { label: '', color: '#000000' };
const SCREEN: SimulatedPart = { type: 'ssd1306', id: 'screen', ...LOOK, sda: 4, scl: 5, address: 0x3c };
const AIR: SimulatedPart = { type: 'bme280', id: 'air', ...LOOK, sda: 4, scl: 5, address: 0x76 };

/** A board that is powered on with these devices. */
function powerOn(file: Uint8Array, devices: Devices): { run(seconds: number): string; board: BoardRun } {
  const board = new BoardRun(file);
  devices.connect(board.pico);
  return {
    board,
    run(seconds) {
      board.advance(board.pico.nanos + seconds * 1e9, () => true);
      return new TextDecoder().decode(board.take().console);
    },
  };
}

describe('the devices of the page', () => {
  it('are displays that tell what they show, once for each change', () => {
    const devices = new Devices();
    devices.handle({ kind: 'devices', devices: [SCREEN] });
    const { run, board } = powerOn(compileElf(DISPLAY_PROGRAM), devices);
    const [dark] = devices.takeChanged();
    assert.equal(dark?.pixels.some(Boolean), false);
    assert.equal(run(0.2), 'shown\n');
    const [shown, ...others] = devices.takeChanged();
    assert.deepEqual(others, []);
    assert.ok(shown !== undefined);
    const { id, width, height, pixels } = shown;
    assert.deepEqual([id, width, height, pixels.length], ['screen', 128, 64, 128 * 64]);
    for (const [x, y, value] of [[0, 0, 255], [127, 63, 255], [64, 0, 255], [4, 4, 0], [12, 4, 255], [4, 12, 255], [12, 12, 0]] as const) {
      assert.equal(pixels[y * width + x], value, `${x},${y}`);
    }
    run(0.1);
    assert.deepEqual(devices.takeChanged(), []);
    board.ground(15, true);
    run(0.1);
    assert.deepEqual(devices.takeChanged()[0]?.pixels, pixels.map((value) => 255 - value));
  });

  it('are sensors that measure the weather that is set, before and after a reset', () => {
    const devices = new Devices();
    devices.handle({ kind: 'devices', devices: [AIR] });
    const file = compileElf(WEATHER_PROGRAM);
    const first = powerOn(file, devices);
    assert.match(first.run(0.6), /^(21\.00 C 1013\.2\d hPa 50\.0 %\n){2}$/);
    devices.handle({ kind: 'sense', id: 'air', values: { celsius: -3.5, hectopascal: 990, humidityPercent: 81 } });
    assert.match(first.run(0.5), /^-3\.50 C 990\.0\d hPa 81\.0 %\n$/);
    assert.match(powerOn(file, devices).run(0.1), /^-3\.50 C 990\.0\d hPa 81\.0 %\n$/);
    devices.handle({ kind: 'devices', devices: [] });
    assert.equal(powerOn(file, devices).run(0.1), 'no BME280\n');
  });

  it('are strips of pixels that tell what they show, once for each change', () => {
    const devices = new Devices();
    devices.handle({ kind: 'devices', devices: [{ type: 'neopixel', id: 'strip', ...LOOK, din: 4, pixels: 2, order: 'grbw' }] });
    // Two pixels: all lamps of one, and the lowest bits of the green and the white one of the other.
    const { run } = powerOn(
      compileElf(`
        static void wait(int turns) { while (turns-- > 0) __asm volatile("nop"); }
        static void bit(int is) { REG(0xd0000014) = 16; wait(is ? 20 : 5); REG(0xd0000018) = 16; wait(5); }
        int main(void) { REG(0x40014004 + 8 * 4) = 5; REG(0xd0000024) = 16; wait(2000);
          for (int i = 0; i < 64; i++) bit(i < 32 || i == 39 || i == 63);
          for (;;) __asm volatile("wfi"); }`),
      devices,
    );
    assert.deepEqual(devices.takeChanged(), [{ id: 'strip', width: 2, height: 1, pixels: new Uint8Array(6) }]);
    assert.deepEqual(devices.takeChanged(), []);
    run(0.002);
    assert.deepEqual(devices.takeChanged(), [{ id: 'strip', width: 2, height: 1, pixels: Uint8Array.of(255, 255, 255, 1, 2, 1) }]);
    assert.deepEqual(devices.takeChanged(), []);
  });

  it('are found at their own pins only', () => {
    const devices = new Devices();
    devices.handle({ kind: 'devices', devices: [{ ...AIR, sda: 20, scl: 21 }] });
    assert.equal(powerOn(compileElf(WEATHER_PROGRAM), devices).run(0.1), 'no BME280\n');
  });

  it('keep voltages and levels from one board to the next', () => {
    const file = compileElf(`int main(void) {
      REG(0x4001c004 + 4 * 15) = 1 << 6;
      REG(0x4004c000) = 1 << 12 | 1 << 2 | 1; while (!(REG(0x4004c000) & 1 << 8)) {}
      hex(REG(0x4004c004)); put(REG(0xd0000004) & 1 << 15 ? '1' : '0'); put('\\n'); for (;;) __asm__ volatile("wfe"); }`);
    const devices = new Devices();
    devices.handle({ kind: 'analog', pin: 27, value: 0.5 });
    devices.handle({ kind: 'devices', devices: [{ type: 'slide_switch', id: 'mode', ...LOOK, pin: 15, value: 0 }] });
    devices.handle({ kind: 'sense', id: 'mode', values: { level: 1 } });
    assert.equal(powerOn(file, devices).run(0.01), '000008001\n');
    assert.equal(powerOn(file, devices).run(0.01), '000008001\n');
    devices.handle({ kind: 'analog', pin: 27, value: 0 });
    devices.handle({ kind: 'sense', id: 'mode', values: { level: 0 } });
    assert.equal(powerOn(file, devices).run(0.01), '000000000\n');
  });
});
