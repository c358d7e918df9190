import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bench, irq } from '../support/program.js';
import { ISER, ISPR, TIMER, TIMER_INTE } from '../support/registers.js';
import { bkpt, bxLr, cmp, cpsid, cpsie, movs, print, store, when } from '../support/thumb.js';

const TIMER_INTF = TIMER + 0x3c;
const ICPR = 0xe000e280;

describe('the interrupt controller', () => {
  it('remembers an interrupt whose line went down before its handler ran', () => {
    const bench = new Bench([store(ISER, 1), cpsid, store(TIMER_INTF, 1), store(TIMER_INTF, 0), cpsie, print('m'), bkpt], {
      [irq(0)]: [print('h'), bxLr],
    }).run();
    assert.equal(bench.trace, 'hm');
  });

  it('runs the handler again while the line is up', () => {
    // The handler counts in r4 and takes the line down the third time.
    const bench = new Bench([movs(4, 0), store(ISER, 1), store(TIMER_INTF, 1), print('m'), bkpt], {
      [irq(0)]: [print('h'), 0x3401 /* adds r4, #1 */, cmp(4, 3), when('eq', store(TIMER_INTF, 0)), bxLr],
    }).run();
    assert.equal(bench.trace, 'hhhm');
  });

  it('runs the handler once for a line that is up all the time while it runs', () => {
    // Writing INTE has the timer report its line, which is still up, again.
    const bench = new Bench([store(ISER, 1), store(TIMER_INTF, 1), print('m'), bkpt], {
      [irq(0)]: [print('h'), store(TIMER_INTE, 0), store(TIMER_INTF, 0), bxLr],
    }).run();
    assert.equal(bench.trace, 'hm');
  });

  it('runs the handler of an interrupt that software made pending once', () => {
    const bench = new Bench([store(ISER, 1 << 5), store(ISPR, 1 << 5), print('m'), bkpt], { [irq(5)]: [print('h'), bxLr] }).run();
    assert.equal(bench.trace, 'hm');
  });

  it('clears a pending interrupt through the clear-pending register', () => {
    const bench = new Bench([store(ISER, 1 << 5), cpsid, store(ISPR, 1 << 5), store(ICPR, 1 << 5), cpsie, print('m'), bkpt], {
      [irq(5)]: [print('h'), bxLr],
    }).run();
    assert.equal(bench.trace, 'm');
  });
});
