import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bench, irq } from '../support/program.js';
import { alarmIn, clearTimer, ISER, ISPR } from '../support/registers.js';
import { bkpt, bxLr, cpsid, cpsie, nop, print, sev, store, wfe, wfi } from '../support/thumb.js';

const SCR = 0xe000ed10;
const SPARE_IRQ = 26;

describe('wfi', () => {
  it('ends under PRIMASK when an interrupt is pending already, and its handler runs after cpsie', () => {
    const bench = new Bench(
      [store(ISER, 1 << SPARE_IRQ), cpsid, store(ISPR, 1 << SPARE_IRQ), wfi, print('w'), cpsie, print('m'), bkpt],
      { [irq(SPARE_IRQ)]: [print('h'), bxLr] },
    ).run();
    assert.equal(bench.trace, 'whm');
  });

  it('ends under PRIMASK when an interrupt becomes pending, and its handler runs after cpsie', () => {
    const bench = new Bench([cpsid, alarmIn(100), wfi, print('w'), cpsie, print('m'), bkpt], { [irq(0)]: [clearTimer, print('h'), bxLr] }).run();
    assert.equal(bench.trace, 'whm');
  });

  it('runs the handler first where interrupts are enabled', () => {
    const bench = new Bench([alarmIn(100), wfi, print('w'), bkpt], { [irq(0)]: [clearTimer, print('h'), bxLr] }).run();
    assert.equal(bench.trace, 'hw');
  });

  it('is not ended by an interrupt that is not enabled', () => {
    const bench = new Bench([cpsid, store(ISPR, 1 << SPARE_IRQ), wfi, print('w'), bkpt]).run();
    assert.equal(bench.trace, '');
    assert.equal(bench.ending, 'asleep');
  });
});

describe('wfe and sev', () => {
  it('sev sets the event register, which the next wfe takes', () => {
    const bench = new Bench([sev, wfe, print('1'), wfe, print('2'), bkpt]).run();
    assert.equal(bench.trace, '1');
    assert.equal(bench.ending, 'asleep');
  });

  it('an exception sets the event register', () => {
    const bench = new Bench(
      [store(ISER, 1 << SPARE_IRQ), store(ISPR, 1 << SPARE_IRQ), nop, wfe, print('1'), wfe, print('2'), bkpt],
      { [irq(SPARE_IRQ)]: [print('h'), bxLr] },
    ).run();
    assert.equal(bench.trace, 'h1');
    assert.equal(bench.ending, 'asleep');
  });

  it('a pending interrupt that is masked ends wfe only with SEVONPEND', () => {
    const masked = [cpsid, alarmIn(100), wfe, print('w'), bkpt];
    const handler = { [irq(0)]: [clearTimer, bxLr] };
    assert.equal(new Bench(masked, handler).run().trace, '');
    assert.equal(new Bench([store(SCR, 1 << 4), masked], handler).run().trace, 'w');
  });

  it('an event that ends a sleep is used up by that', () => {
    const bench = new Bench([store(SCR, 1 << 4), cpsid, alarmIn(100), wfe, print('1'), wfe, print('2'), bkpt], { [irq(0)]: [clearTimer, bxLr] }).run();
    assert.equal(bench.trace, '1');
    assert.equal(bench.ending, 'asleep');
  });

  it('SLEEPONEXIT goes to sleep again after a handler', () => {
    const bench = new Bench([store(SCR, 1 << 1), alarmIn(100), wfi, print('w'), bkpt], { [irq(0)]: [clearTimer, print('h'), bxLr] }).run();
    assert.equal(bench.trace, 'h');
    assert.equal(bench.ending, 'asleep');
  });
});
