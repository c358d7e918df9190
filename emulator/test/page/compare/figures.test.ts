import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { FigureMeter } from '../../../page/src/compare/figures.js';
import { sizeOf } from '../../../page/src/compare/image-size.js';
import { BoardRun } from '../../../page/src/worker/board-run.js';
import { parseImage } from '../../../src/firmware/load.js';
import { compileElf } from '../../support/compile.js';
import { elf as elfOf, uf2 } from '../../support/files.js';
import { flashBytes } from '../../support/program.js';
import { forever } from '../../support/thumb.js';

const LED = 25;

/** A clock by which a meter reads. */
function clock() {
  return {
    nanos: 0,
    asleepNanos: 0,
    longestAwakeNanos: 0,
    forgotten: 0,
    forgetAwake() {
      this.forgotten++;
    },
  };
}

describe('the figures of a program', () => {
  it('count from power-on', () => {
    const meter = new FigureMeter();
    for (const [pin, nanos] of [[LED, 1], [LED, 2], [3, 5]] as const) meter.edge({ pin, nanos, level: 1 });
    const { edges, ...rest } = meter.read({ nanos: 10, asleepNanos: 4, longestAwakeNanos: 3 });
    assert.deepEqual([rest, [edges[LED], edges[3], edges[4]]], [{ nanos: 10, asleepNanos: 4, longestBusyNanos: 3, reaction: undefined }, [2, 1, 0]]);
  });

  it('count from the start of the program, if that is later', () => {
    const [meter, now] = [new FigureMeter(), clock()];
    meter.edge({ pin: LED, nanos: 1, level: 1 });
    meter.press(2);
    meter.edge({ pin: LED, nanos: 9, level: 0 });
    meter.press(10);
    Object.assign(now, { nanos: 100, asleepNanos: 70 });
    meter.start(now);
    assert.equal(now.forgotten, 1);
    meter.edge({ pin: LED, nanos: 120, level: 1 });
    const { nanos, asleepNanos, edges, reaction } = meter.read({ nanos: 150, asleepNanos: 90, longestAwakeNanos: 0 });
    assert.deepEqual([nanos, asleepNanos, edges[LED], reaction], [50, 20, 1, undefined]);
  });

  it('have the time from each press to the next edge of the LED', () => {
    const meter = new FigureMeter();
    const reaction = () => meter.read(clock()).reaction;
    meter.edge({ pin: LED, nanos: 5, level: 1 });
    meter.press(10);
    meter.edge({ pin: 3, nanos: 11, level: 1 });
    assert.equal(reaction(), undefined);
    meter.edge({ pin: LED, nanos: 40, level: 0 });
    meter.edge({ pin: LED, nanos: 90, level: 1 });
    assert.deepEqual(reaction(), { latestNanos: 30, worstNanos: 30 });
    meter.press(100);
    meter.press(115); // before the LED has followed the first
    meter.edge({ pin: LED, nanos: 120, level: 0 });
    assert.deepEqual(reaction(), { latestNanos: 5, worstNanos: 30 });
    meter.press(200);
    meter.press(210);
    meter.edge({ pin: LED, nanos: 250, level: 0 });
    assert.deepEqual(reaction(), { latestNanos: 40, worstNanos: 50 });
  });

  it('are copies that do not change any more', () => {
    const meter = new FigureMeter();
    const { edges } = meter.read(clock());
    meter.edge({ pin: LED, nanos: 5, level: 1 });
    assert.equal(edges[LED], 0);
  });

  it('are those of the board that a program runs on', () => {
    // Works for some 8 us, sleeps to 500 us, works for 100 us, toggles the LED, and sleeps for good.
    const board = new BoardRun(
      compileElf(`
        static void until(uint32_t micros) { while (REG(0x40054028) < micros) {} }
        int main(void) {
          REG(0x40014004 + 8 * 25) = 5; REG(0xd0000024) = 1 << 25; REG(0x4001c004 + 4 * 15) = 1 << 6 | 1 << 3;
          __asm volatile("cpsid i"); REG(0x40054038) = 1; REG(0xe000e100) = 1; REG(0x40054010) = 500; until(8);
          __asm volatile("wfi"); until(600); REG(0xd000001c) = 1 << 25;
          REG(0x40054034) = 1; REG(0xe000e280) = 1; for (;;) __asm volatile("wfi");
        }`),
    );
    board.advance(400e3, () => true);
    board.ground(15, true);
    board.advance(1e6, () => true);
    const { nanos, asleepNanos, longestBusyNanos, edges, reaction } = board.figures;
    assert.deepEqual([nanos, edges[LED], edges[15]], [1e6, 1, 2]);
    const isNear = (value: number | undefined, wanted: number): void => assert.ok(value !== undefined && Math.abs(value - wanted) < 2000, `${value} is not ${wanted}`);
    isNear(asleepNanos, 492e3 + 400e3);
    isNear(longestBusyNanos, 100e3);
    isNear(reaction?.latestNanos, 200e3);
  });
});

describe('the size of an image', () => {
  it('is what it writes to flash, and the RAM that an ELF file tells of', () => {
    const elf = compileElf('static int table[100]; int main(void) { for (;;) table[REG(0x40054028) & 63]++; }');
    const { flash, ram } = sizeOf(parseImage(elf));
    assert.ok(flash > 200 && flash < 400, `${flash}`);
    assert.equal(ram, 400);
    const bytes = flashBytes(forever);
    for (const [address, isRam] of [[0x20000000, true], [0x20041ffc, true], [0x1ffffffc, false], [0x20042000, false], [0x50100000, false]] as const) {
      const file = elfOf(bytes);
      new DataView(file.buffer).setUint32(52 + 8, address, true);
      assert.equal(sizeOf(parseImage(file)).ram, isRam ? bytes.length : 0, address.toString(16));
    }
    assert.deepEqual(sizeOf(parseImage(uf2(flashBytes(forever)))), { flash: 256, ram: undefined });
  });
});
