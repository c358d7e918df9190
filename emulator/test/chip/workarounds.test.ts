import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { CycleClock } from '../../src/clock.js';
import { Bench, HARD_FAULT, irq, SYSTICK } from '../support/program.js';
import {
  adcs, addRegister, bkpt, bxLr, cmp, type Code, cpsid, cpsie, forever, ldr, loop, movs, nop, print, sbcs, set, sev, store, str, tst, wfe, wfi, when,
} from '../support/thumb.js';

const TIMER = 0x40054000;
const ALARM0 = TIMER + 0x10;
const TIMERAWL = TIMER + 0x28;
const TIMER_INTR = TIMER + 0x34;
const TIMER_INTE = TIMER + 0x38;
const TIMER_INTF = TIMER + 0x3c;
const ISER = 0xe000e100;
const ISPR = 0xe000e200;
const ICPR = 0xe000e280;
const SCR = 0xe000ed10;
const SYST_CSR = 0xe000e010;
const SYST_RVR = 0xe000e014;
const SYST_CVR = 0xe000e018;
const SIO = 0xd0000000;
const GPIO_IN = SIO + 0x04;
const GPIO_OUT_XOR = SIO + 0x1c;
const GPIO_OUT_SET = SIO + 0x14;
const GPIO_OE_SET = SIO + 0x24;
const WATCHDOG = 0x40058000;
const SPARE_IRQ = 26;

const gpioControl = (pin: number): number => 0x40014004 + 8 * pin;
const pad = (pin: number): number => 0x4001c004 + 4 * pin;
const PAD_INPUT = 1 << 6;
const PAD_PULL_UP = 1 << 3;
const PAD_PULL_DOWN = 1 << 2;
const SIO_FUNCTION = 5;

/** Makes a pin an output. */
const output = (pin: number): Code => [store(gpioControl(pin), SIO_FUNCTION), store(GPIO_OE_SET, 1 << pin)];
/** Toggles an output. */
const toggle = (pin: number): Code => store(GPIO_OUT_XOR, 1 << pin);
/** Enables edge or level interrupts of pin 15: 1 low, 2 high, 4 falling, 8 rising. */
const enablePin15 = (events: number): Code => [store(0x40014104, events << 28), store(ISER, 1 << 13)];
/** Clears the edges of pin 15. */
const clearPin15: Code = store(0x400140f4, 0xc << 28);
/** Has alarm 0 interrupt some microseconds from now. */
const alarmIn = (micros: number): Code => [
  store(TIMER_INTE, 1), store(ISER, 1), set(0, TIMERAWL), ldr(1, 0), set(2, micros), addRegister(1, 1, 2), set(0, ALARM0), str(1, 0),
];
const clearTimer = store(TIMER_INTR, 1);

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

describe('PIO', () => {
  const PIO0 = 0x50200000;
  /** Toggles GP2 from state machine 0 with two instructions. */
  const square = (divider: number, setHigh: number, setLow: number): Code => [
    store(gpioControl(2), 6),
    store(PIO0 + 0xc8, divider << 8),
    store(PIO0 + 0xdc, (1 << 26) | (2 << 5)), // PINCTRL: set one pin, GP2
    store(PIO0 + 0xd8, 0xe081), // set pindirs, 1
    store(PIO0 + 0x48, setHigh),
    store(PIO0 + 0x4c, setLow),
    store(PIO0 + 0xcc, 1 << 12), // EXECCTRL: wrap after the second instruction
    store(PIO0, 1),
    forever,
  ];
  const periods = (main: Code): number[] => {
    const edges = new Bench(main).run(50_000).edgesOf(2);
    return [...new Set(edges.slice(1).map((edge, index) => edge - (edges[index] as number)))];
  };

  it('takes one instruction a cycle of simulated time', () => {
    assert.deepEqual(periods(square(0x100, 0xe001, 0xe000)), [8]); // set pins, 1; set pins, 0
  });

  it('runs as slowly as its divider says', () => {
    assert.deepEqual(periods(square(0x280, 0xe001, 0xe000)).sort(), [16, 24]); // 2.5 cycles
  });

  it('keeps the delays of its instructions', () => {
    assert.deepEqual(periods(square(0x100, 0xe301, 0xe300)), [32]); // set pins, 1 [3]; set pins, 0 [3]
  });
});

describe('the clock', () => {
  it('fires alarms with equal deadlines in the order in which they were set', () => {
    const clock = new CycleClock();
    const fired: string[] = [];
    for (const name of ['a', 'b', 'c']) clock.createAlarm(() => fired.push(name)).schedule(100);
    clock.runUntil(100);
    assert.deepEqual(fired, ['a', 'b', 'c']);
  });

  it('lets time pass though an alarm sets itself again at once', () => {
    const clock = new CycleClock();
    let count = 0;
    const alarm = clock.createAlarm(() => {
      count++;
      alarm.schedule(0);
    });
    alarm.schedule(0);
    clock.runCycles(10);
    assert.equal(count, 10);
  });

  it('goes on at a whole cycle after a sleep', () => {
    const clock = new CycleClock();
    clock.runCycles(1);
    clock.runUntil(1001);
    assert.equal(clock.nanos, 1008);
    assert.equal(clock.cycles, 126);
  });
});
