import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';
import { Bench, irq } from '../support/program.js';
import { alarmIn, clearTimer, ISER, output, pad, PAD_INPUT, PAD_PULL_UP, SIO } from '../support/registers.js';
import { bkpt, bxLr, cmp, type Code, ldr, loop, print, set, store, tst, wfi, when } from '../support/thumb.js';

const GPIO_IN = SIO + 0x04;
const GPIO_OUT_SET = SIO + 0x14;
const PAD_PULL_DOWN = 1 << 2;
/** Enables edge or level interrupts of pin 15: 1 low, 2 high, 4 falling, 8 rising. */
const enablePin15 = (events: number): Code => [store(0x40014104, events << 28), store(ISER, 1 << 13)];
/** Clears the edges of pin 15. */
const clearPin15: Code = store(0x400140f4, 0xc << 28);

describe('pins', () => {
  const pullUp15 = store(pad(15), PAD_INPUT | PAD_PULL_UP);
  const printLevel = (pin: number): Code => [
    set(0, GPIO_IN), ldr(1, 0), set(2, 1 << pin), tst(1, 2), when('eq', [print('0')]), set(0, GPIO_IN), ldr(1, 0), set(2, 1 << pin), tst(1, 2), when('ne', [print('1')]),
  ];

  it('follow their pulls, and a button to ground', () => {
    const bench = new Bench([pullUp15, printLevel(15), alarmIn(100), wfi, printLevel(15), bkpt], { [irq(0)]: [clearTimer, bxLr] });
    bench.pico.schedulePress(15, 50_000, 1e6);
    assert.equal(bench.run().trace, '10');
    assert.equal(new Bench([store(pad(15), PAD_INPUT | PAD_PULL_DOWN), printLevel(15), bkpt]).run().trace, '0');
    assert.equal(new Bench([store(pad(15), PAD_INPUT), printLevel(15), bkpt]).run().trace, '0');
  });

  it('keep their level as a bus keeper', () => {
    const keep = store(pad(15), PAD_INPUT | PAD_PULL_UP | PAD_PULL_DOWN);
    assert.equal(new Bench([pullUp15, keep, printLevel(15), bkpt]).run().trace, '1');
    assert.equal(new Bench([keep, printLevel(15), bkpt]).run().trace, '0');
  });

  it('can be read back as outputs', () => {
    assert.equal(new Bench([output(3), printLevel(3), store(GPIO_OUT_SET, 1 << 3), printLevel(3), bkpt]).run().trace, '01');
  });

  it('have their input enabled out of reset', () => {
    assert.equal(new Bench([set(0, pad(3)), ldr(1, 0), cmp(1, 0x56), when('eq', print('y')), bkpt]).run().trace, 'y');
  });

  it('do not drive where the pad has its output disabled', () => {
    assert.equal(new Bench([output(3), store(GPIO_OUT_SET, 1 << 3), store(pad(3), PAD_INPUT | 0x80), printLevel(3), bkpt]).run().trace, '0');
  });

  it('have one level where they are wired', () => {
    const bench = new Bench([pullUp15, output(3), output(5), printLevel(15), store(GPIO_OUT_SET, 1 << 3), printLevel(15), bkpt]);
    bench.pico.wire(15, 3);
    assert.equal(bench.run().trace, '01');
    assert.deepEqual([3, 15, 5].map((pin) => bench.pico.level(pin)), [1, 1, 0]);
    bench.pico.wire(5, 15); // two outputs that disagree
    assert.deepEqual([3, 15, 5].map((pin) => bench.pico.level(pin)), [1, 1, 1]);
    bench.pico.setButton(15, true);
    assert.deepEqual([3, 15, 5].map((pin) => bench.pico.level(pin)), [0, 0, 0]);
  });

  it('follow pulls and what drives them over a wire, also after a reset', () => {
    const { pico } = new Bench([pullUp15, store(pad(16), PAD_INPUT), wfi]);
    pico.wire(15, 16);
    pico.run(1e3);
    assert.equal(pico.level(16), 1);
    pico.drive(16, 0);
    assert.equal(pico.level(15), 0);
    pico.reset();
    pico.run(pico.nanos + 1e3);
    assert.equal(pico.level(15), 0);
    pico.drive(16, undefined);
    assert.deepEqual([pico.level(15), pico.level(16)], [1, 1]);
  });

  it('have a level of their own again where a wire is taken away', () => {
    const { pico } = new Bench([pullUp15, store(pad(16), PAD_INPUT | PAD_PULL_UP), output(3), store(pad(5), PAD_INPUT), wfi]);
    pico.run(1e3);
    const levels = (): string => [3, 5, 15, 16].map((pin) => pico.level(pin)).join('');
    for (const [pin, other] of [[15, 3], [16, 15], [5, 16], [15, 16]] as const) pico.wire(pin, other);
    assert.equal(levels(), '0000');
    pico.wire(16, 15, false); // the other of the two is left
    assert.equal(levels(), '0000');
    pico.wire(15, 16, false);
    assert.equal(levels(), '0101');
    pico.reset();
    pico.run(pico.nanos + 1e3);
    assert.equal(levels(), '0101');
    pico.wire(3, 15, false);
    assert.equal(levels(), '0111');
    pico.wire(3, 16, false); // where none is
    assert.equal(levels(), '0111');
    pico.wire(16, 5, false);
    assert.equal(levels(), '0011');
  });

  it('interrupt at an edge, once', () => {
    const bench = new Bench([pullUp15, clearPin15, enablePin15(4), loop(wfi)], { [irq(13)]: [print('e'), clearPin15, bxLr] });
    bench.pico.schedulePress(15, 100_000, 100_000);
    bench.pico.schedulePress(15, 300_000, 100_000);
    assert.equal(bench.run(1e6).trace, 'ee');
  });

  it('do not interrupt where nothing changed', () => {
    const disableAndEnable = [store(pad(15), 0), store(pad(15), PAD_INPUT)];
    const bench = new Bench([enablePin15(0xc), disableAndEnable, print('m'), bkpt], { [irq(13)]: [print('e'), clearPin15, bxLr] });
    assert.equal(bench.run().trace, 'm');
  });

  it('interrupt at a low level from reset on', () => {
    const bench = new Bench([enablePin15(1), print('m'), bkpt], { [irq(13)]: [print('l'), store(0x40014104, 0), bxLr] });
    assert.equal(bench.run().trace, 'lm');
  });

  it('interrupt at an edge of their own output', () => {
    const bench = new Bench([output(15), enablePin15(8), store(GPIO_OUT_SET, 1 << 15), print('m'), bkpt], { [irq(13)]: [print('e'), clearPin15, bxLr] });
    assert.equal(bench.run().trace, 'em');
  });
});

describe('a pin driven from outside', () => {
  it('has that level until it is let go, unless the chip drives it or it is grounded', () => {
    const bench = boot('int main(void) { REG(0x4001c004 + 4 * 15) = 0x48; for (;;) __asm__ volatile("wfe"); }');
    bench.pico.awaitsInput = true;
    bench.run(1000);
    const { pico } = bench;
    pico.drive(15, 0);
    assert.equal(pico.level(15), 0);
    pico.drive(15, 1);
    assert.equal(pico.level(15), 1);
    pico.setButton(15, true);
    assert.equal(pico.level(15), 0);
    pico.setButton(15, false);
    pico.drive(15, 0);
    pico.drive(15, undefined);
    assert.equal(pico.level(15), 1);
    const output = boot('int main(void) { REG(0x40014014) = 5; REG(0xd0000024) = 4; for (;;) __asm__ volatile("wfe"); }').run(1000);
    output.pico.drive(2, 1);
    assert.equal(output.pico.level(2), 0);
  });
});
