import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';
import { Bench, irq } from '../support/program.js';
import { alarmIn, clearTimer, output, toggle } from '../support/registers.js';
import { bkpt, bxLr, nop, wfi } from '../support/thumb.js';

describe('the timer', () => {
  it('fires an alarm when its microsecond begins, not before', () => {
    for (let shift = 0; shift < 130; shift += 10) {
      const bench = new Bench([output(2), Array<number>(shift).fill(nop), alarmIn(5), wfi, bkpt], { [irq(0)]: [toggle(2), clearTimer, bxLr] }).run();
      const [edge = 0] = bench.edgesOf(2);
      const cyclesToToggle = 14; // two constants, then the store
      assert.equal((edge - cyclesToToggle * 8) % 1000, 0);
    }
  });

  const run = (body: string, rest = ''): number[] => {
    const bench = boot(`
      #define TIMER 0x40054000
      #define TIME REG(TIMER + 0x28)
      static void spin(int rounds) { for (volatile int i = 0; i < rounds; i++) {} }
      ${rest} int main(void) { ${body} done(); }`);
    return (bench.run(1e9).trace.match(/.{8}/g) ?? []).map((text) => parseInt(text, 16));
  };

  it('stands while it is paused, and its alarms with it', () => {
    const found = run(`
      REG(TIMER + 0x10) = TIME + 50; REG(TIMER + 0x30) = 1; uint32_t from = TIME; spin(5000); hex(TIME - from); hex(REG(TIMER + 0x20)); hex(REG(TIMER + 0x30));
      REG(TIMER + 0x30) = 0; spin(10); hex(TIME - from < 20); while (REG(TIMER + 0x20)) {} hex(TIME - from >= 49 && TIME - from <= 52); hex(REG(TIMER + 0x34));`);
    assert.deepEqual(found, [0, 1, 1, 1, 1, 1]);
  });

  it('can be set, and keeps its upper half for the read of the lower', () => {
    const found = run(`
      REG(TIMER + 0x30) = 1; REG(TIMER + 4) = 0xfffffff0; REG(TIMER) = 5; hex(REG(TIMER + 0x0c)); hex(REG(TIMER + 8)); hex(REG(TIMER + 0x24));
      REG(TIMER + 0x10) = 3; REG(TIMER + 0x30) = 0; while (REG(TIMER + 0x20)) {} hex(REG(TIMER + 8)); hex(REG(TIMER + 0x0c) <= 5); hex(REG(TIMER + 8));`);
    assert.deepEqual(found, [0xfffffff0, 5, 5, 5, 1, 6]);
  });

  it('disarms alarms, and forces interrupts', () => {
    const found = run(
      `REG(TIMER + 0x14) = TIME + 100; REG(TIMER + 0x18) = TIME + 100; hex(REG(TIMER + 0x20)); REG(TIMER + 0x20) = 2; hex(REG(TIMER + 0x20));
       REG(0xe000e100) = 8; REG(TIMER + 0x3c) = 8; hex(seen); hex(REG(TIMER + 0x40)); hex(REG(TIMER + 0x2c));`,
      'static volatile uint32_t seen; void irq3(void) { seen = REG(TIMER + 0x40); REG(TIMER + 0x3c) = 0; }',
    );
    assert.deepEqual(found, [6, 4, 8, 0, 6]);
  });
});
