import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bench } from '../support/program.js';
import { adcs, bkpt, cmp, movs, print, sbcs, set, when } from '../support/thumb.js';

describe('arithmetic', () => {
  it('sbcs with a borrow from 0x7fffffff leaves the overflow flag right', () => {
    // 0 - 0x7fffffff - 1 is the smallest number: less than, without overflow.
    const bench = new Bench([movs(0, 0), set(1, 0x7fffffff), movs(2, 0), cmp(2, 1), sbcs(0, 1), when('lt', print('l')), bkpt]).run();
    assert.equal(bench.trace, 'l');
    // -1 - 0x7fffffff - 1 overflows, and is still less than.
    const overflowing = new Bench([set(0, 0xffffffff), set(1, 0x7fffffff), movs(2, 0), cmp(2, 1), sbcs(0, 1), when('vs', print('v')), bkpt]).run();
    assert.equal(overflowing.trace, 'v');
  });

  it('sbcs without a borrow from 0x80000000 is left alone', () => {
    // 0 - 0x80000000 overflows.
    const bench = new Bench([movs(0, 0), set(1, 0x80000000), movs(2, 1), cmp(2, 1), sbcs(0, 1), when('vs', print('v')), bkpt]).run();
    assert.equal(bench.trace, 'v');
  });

  it('adcs with a carry into 0x7fffffff overflows', () => {
    const bench = new Bench([movs(0, 0), set(1, 0x7fffffff), movs(2, 1), cmp(2, 1), adcs(1, 0), when('vs', print('v')), bkpt]).run();
    assert.equal(bench.trace, 'v');
  });
});
