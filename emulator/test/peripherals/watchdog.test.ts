import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bench, HARD_FAULT } from '../support/program.js';
import { output, pad, PAD_INPUT, PAD_PULL_UP, toggle } from '../support/registers.js';
import { bkpt, cmp, type Code, forever, ldr, print, set, store, wfi, when } from '../support/thumb.js';

const WATCHDOG = 0x40058000;

describe('the watchdog', () => {
  const SCRATCH0 = WATCHDOG + 0x0c;
  const REASON = WATCHDOG + 0x08; // 1: the timer
  const boot = (before: Code): Code => [
    set(0, SCRATCH0), ldr(1, 0), cmp(1, 0), when('ne', [set(0, REASON), ldr(1, 0), cmp(1, 1), when('eq', print('B')), bkpt]),
    store(SCRATCH0, 1), print('A'), output(2), toggle(2), before,
  ];
  const arm = [store(WATCHDOG + 4, 2000), store(WATCHDOG, 1 << 30)];

  it('resets the chip when it expires, and keeps the reason and its scratch registers', () => {
    const bench = new Bench(boot([arm, forever])).run();
    assert.equal(bench.trace, 'AB');
    assert.equal(bench.ending, 'breakpoint');
  });

  it('resets a chip that sleeps, or that hangs in its HardFault handler', () => {
    assert.equal(new Bench(boot([arm, wfi])).run().trace, 'AB');
    assert.equal(new Bench(boot([arm, store(0xdead0000, 0)]), { [HARD_FAULT]: forever }).run().trace, 'AB');
  });

  it('resets the pins', () => {
    const levels = new Bench(boot([arm, forever])).run().edges.filter(({ pin }) => pin === 2).map(({ level }) => level);
    assert.deepEqual(levels, [1, 0]);
  });

  it('leaves scheduled presses alone', () => {
    const pullUp = store(pad(15), PAD_INPUT | PAD_PULL_UP);
    const bench = new Bench([pullUp, set(0, SCRATCH0), ldr(1, 0), cmp(1, 0), when('eq', [store(SCRATCH0, 1), arm]), forever]);
    bench.pico.schedulePress(15, 2e6, 1e6);
    const afterReset = bench.run(4e6).edgesOf(15).filter((nanos) => nanos > 1.1e6);
    assert.deepEqual(afterReset, [2e6, 3e6]);
  });
});
