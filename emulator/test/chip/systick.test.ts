import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bench, SYSTICK } from '../support/program.js';
import { output, toggle } from '../support/registers.js';
import { bkpt, bxLr, type Code, ldr, loop, print, set, store, tst, wfi, when } from '../support/thumb.js';

const SYST_CSR = 0xe000e010;
const SYST_RVR = 0xe000e014;
const SYST_CVR = 0xe000e018;

describe('SysTick', () => {
  const start = (reload: number): Code => [store(SYST_RVR, reload), store(SYST_CVR, 0), store(SYST_CSR, 7)];

  it('wakes wfi', () => {
    const bench = new Bench([start(1000), wfi, print('w'), bkpt], { [SYSTICK]: [print('h'), bxLr] }).run();
    assert.equal(bench.trace, 'hw');
  });

  it('fires reload + 1 cycles after it was started, and again every reload + 1 cycles', () => {
    const bench = new Bench([output(2), toggle(2), start(9999), loop(wfi)], { [SYSTICK]: [toggle(2), bxLr] }).run(500_000);
    const [, first = 0, second = 0, third = 0] = bench.edgesOf(2);
    assert.equal(second - first, 10_000 * 8);
    assert.equal(third - second, 10_000 * 8);
    assert.ok(first - (bench.edgesOf(2)[0] ?? 0) > 10_000 * 8, 'not at once');
  });

  it('counts down', () => {
    // A counter of 4999 after start, read some cycles later, is above 4096 and below 4999: bit 12 is set.
    const bench = new Bench([start(4999), set(0, SYST_CVR), ldr(1, 0), set(2, 1 << 12), tst(1, 2), when('ne', print('y')), bkpt]).run();
    assert.equal(bench.trace, 'y');
  });
});
