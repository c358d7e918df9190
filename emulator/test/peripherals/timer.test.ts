import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
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
});
