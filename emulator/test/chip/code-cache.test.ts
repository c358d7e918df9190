import assert from 'node:assert/strict';
import { describe, it, vi } from 'vitest';
import type { Pico } from '../../src/board/pico.js';
import { Core } from '../../src/chip/core.js';
import { TimerBlock } from '../../src/peripherals/timer.js';
import { Bench, FLASH, irq } from '../support/program.js';
import { alarmIn, clearTimer, output, toggle } from '../support/registers.js';
import { addRegister, adds, bx, bxLr, cmp, type Code, flatten, ldr, loop, lsls, movs, set, sev, store, str, strh, when } from '../support/thumb.js';

const RAM = 0x20001000;
const MAILBOX = 0xd0000054;
const DMA_CHANNEL = 0x50000000;
const TIMER = 0x40054000;
const RESETS_CLEAR = 0x4000f000;
const FROM_MEMORY = 20;
const TIMEOUT = 1_000_000;

/** Everything that a run leaves behind. */
function contents(pico: Pico): unknown {
  return { cycles: pico.cycles, registers: pico.inspect.cores.map((core) => [...core.registers()]), ram: Buffer.from(pico.inspect.bytes(RAM, 0x3000) ?? []).toString('hex') };
}

/** The same program in translated code, and in single steps: a breakpoint, which is never reached, sees to that. */
function both(main: Code, handlers: Record<number, Code> = {}): [Bench, Bench] {
  const [translated, stepped] = [new Bench(main, handlers), new Bench(main, handlers)];
  stepped.pico.inspect.breakpoints.add(2);
  return [translated, stepped];
}

describe('translated code', () => {
  it('changes with the code in RAM that it is made of', () => {
    // Calls a function in RAM again and again; every 64th time its first instruction changes to add another constant.
    const change = [set(1, RAM), set(2, 0x3300), lsls(3, 4, 24), [0x0e1b], addRegister(2, 2, 3), strh(2, 1)];
    const main = [
      set(0, RAM), store(RAM, 0x47703300), movs(4, 0), movs(5, 0), movs(3, 0), set(6, RAM | 1),
      loop([movs(3, 0), 0x47b0, [0x18ed], adds(4, 1), lsls(0, 4, 26), cmp(0, 0), when('eq', change)]),
    ];
    const [translated, stepped] = both(main);
    for (const bench of [translated, stepped]) bench.pico.run(TIMEOUT);
    assert.deepEqual(contents(translated.pico), contents(stepped.pico));
    assert.ok((translated.pico.inspect.registers()[5] as number) > 1000);
  });

  it('changes with the code that DMA writes, and that a debugger writes', () => {
    const pair = both([
      store(RESETS_CLEAR, 1 << 2), store(RAM, 0x47703301), store(RAM + 0x100, 0x47703302), movs(3, 0), set(6, RAM | 1), movs(4, 0), set(7, 1000),
      [loopUntil(4, 7, [0x47b0])],
      store(DMA_CHANNEL, RAM + 0x100), store(DMA_CHANNEL + 4, RAM), store(DMA_CHANNEL + 8, 1), store(DMA_CHANNEL + 12, 1 | (2 << 2) | (0x3f << 15)),
      movs(3, 0), movs(5, 0), loop([0x47b0, adds(5, 1)]),
    ]);
    const counts = pair.map(({ pico }) => {
      pico.run(TIMEOUT);
      const before = pico.inspect.registers();
      pico.inspect.write(RAM, Uint8Array.of(9, 0x33));
      pico.run(2 * TIMEOUT);
      return [...before, ...pico.inspect.registers()];
    });
    assert.deepEqual(counts[0], counts[1]);
    const [before3, before5, after3, after5] = [3, 5, 17 + 3, 17 + 5].map((index) => counts[0]?.[index]) as [number, number, number, number];
    assert.ok(Math.abs(before3 - 2 * before5) <= 2 && before5 > 1000);
    assert.ok(Math.abs(after3 - before3 - 9 * (after5 - before5)) <= 9);
  });

  it('leaves stores that are watched to the interpreter, with the clock at their cycle', () => {
    const times = both([set(0, RAM), movs(1, 0), loop([adds(1, 1), str(1, 0)])]).map(({ pico }) => {
      const seen: number[] = [];
      pico.run(100_000);
      pico.inspect.watch(RAM);
      pico.inspect.onStore = () => seen.push(pico.nanos);
      pico.run(200_000);
      return seen;
    });
    assert.ok((times[0]?.length ?? 0) > 1000);
    assert.deepEqual(times[0], times[1]);
  });

  it('has interrupts and edges at the same cycle', () => {
    const handler = { [irq(0)]: [clearTimer, toggle(3), alarmIn(7), bxLr] };
    const [translated, stepped] = both([output(3), alarmIn(10), movs(4, 0), loop([adds(4, 1), lsls(5, 4, 3)])], handler);
    for (const bench of [translated, stepped]) bench.pico.run(TIMEOUT);
    assert.ok(translated.edgesOf(3).length > 50);
    assert.deepEqual(translated.edges, stepped.edges);
    assert.deepEqual(contents(translated.pico), contents(stepped.pico));
  });

  it('reads the timer at the cycle of each load, and leaves its other registers to the interpreter', () => {
    // Sums up what it reads, so that a single other value shows; the loads are in the middle of a block and of other lengths each round.
    const reading = [set(6, TIMER), movs(4, 0), movs(5, 0), movs(3, 0)];
    const round = [ldr(1, 6, 0x28), addRegister(4, 4, 1), adds(3, 1), lsls(2, 3, 30), when('eq', [ldr(1, 6, 0x24), addRegister(5, 5, 1)]), ldr(1, 6, 0x28), addRegister(4, 4, 1)];
    const handler = { [irq(0)]: [clearTimer, toggle(3), alarmIn(7), bxLr] };
    const setTo = (upper: number, lower: number): Code => [store(TIMER + 4, lower), store(TIMER, upper)];
    const programs: [string, Code, Record<number, Code>][] = [
      ['alone', [reading, loop(round)], {}],
      ['with alarms', [output(3), alarmIn(10), reading, loop(round)], handler],
      ['while the lower half runs over', [setTo(6, 0xffffff00), reading, loop(round)], {}],
      ['while it stands still', [setTo(1, 77), store(TIMER + 0x30, 1), reading, loop(round)], {}],
      ['beside a register that is another', [reading, loop([round, ldr(1, 6, 0x20), addRegister(4, 4, 1)])], handler],
    ];
    for (const [name, main, handlers] of programs) {
      const [translated, stepped] = both(main, handlers);
      const loads = vi.spyOn(TimerBlock.prototype, 'readUint32');
      for (let end = 100_000; end <= TIMEOUT; end += 100_000) translated.pico.run(end);
      const missed = loads.mock.calls.filter(([offset]) => ((offset as number) & 0xfff) >= 0x24).length;
      loads.mockRestore();
      stepped.pico.run(TIMEOUT);
      assert.deepEqual(translated.edges, stepped.edges, name);
      assert.deepEqual(contents(translated.pico), contents(stepped.pico), name);
      const rounds = translated.pico.inspect.registers()[3] as number;
      assert.ok(rounds > 1000 && missed < rounds / 4, `${name}: ${missed} of the loads in ${rounds} rounds are the interpreter's`);
    }
  });

  it('waits in a branch to itself for each interrupt, to the cycle, and at once', () => {
    const handler = { [irq(0)]: [clearTimer, toggle(3), alarmIn(7), bxLr] };
    for (const main of [[output(3), alarmIn(10), loop([])], [output(3), alarmIn(10), set(0, RAM), set(1, 0xe7fe), str(1, 0), adds(0, 1), bx(0)]]) {
      const [translated, stepped] = both(main, handler);
      const steps = vi.spyOn(Core.prototype, 'step');
      translated.pico.run(TIMEOUT);
      const interpreted = steps.mock.calls.length;
      steps.mockRestore();
      stepped.pico.run(TIMEOUT);
      assert.ok(translated.edgesOf(3).length > 50);
      assert.deepEqual(translated.edges, stepped.edges);
      assert.deepEqual(contents(translated.pico), contents(stepped.pico));
      assert.ok(interpreted < translated.edgesOf(3).length * 100, `${interpreted} instructions`);
    }
  });

  it('ends in a branch to itself once no interrupt may come', () => {
    // It has been translated by the time the handler masks the interrupts.
    const bench = new Bench([alarmIn(100), loop([])], { [irq(0)]: [clearTimer, 0xb672 /* cpsid i */, bxLr] });
    bench.run(1e6);
    assert.match(bench.pico.ending?.text ?? '', /^endless loop with interrupts disabled/);
  });

  it('is the same however the run is cut into pieces', () => {
    const main = [set(0, RAM), movs(1, 0), loop([adds(1, 1), str(1, 0), ldr(2, 0)])];
    const [whole, cut] = [new Bench(main), new Bench(main)];
    whole.pico.run(TIMEOUT);
    while (cut.pico.run(TIMEOUT, 7 + (cut.pico.cycles % 900)) === 'budget');
    assert.deepEqual(contents(whole.pico), contents(cut.pico));
  });

  it('takes turns where both cores are awake, even if each overwrites what the other counts', () => {
    const launch = [0, 0, 1, FLASH, 0x20020000].map((word) => [store(MAILBOX, word), sev]);
    const count = (step: number): Code => loop([ldr(1, 0), adds(1, step), str(1, 0), lsls(2, 1, step), str(2, 0, 4), ldr(3, 0, 4), adds(5, 1)]);
    const entry = [set(0, FLASH + 4 * FROM_MEMORY), ldr(1, 0), set(0, MAILBOX), str(1, 0), sev];
    const [translated, stepped] = both([launch, entry, set(0, RAM), movs(5, 0), count(3)], { [FROM_MEMORY]: [set(0, RAM), movs(5, 0), count(1)] });
    for (const bench of [translated, stepped]) bench.pico.run(TIMEOUT);
    assert.equal(translated.pico.inspect.running, 2);
    assert.deepEqual(contents(translated.pico), contents(stepped.pico));
    assert.ok(translated.pico.inspect.cores.every((core) => (core.registers()[5] as number) > 1000));
  });

  it('is interpreted where functions cannot be made of text', () => {
    const original = globalThis.Function;
    globalThis.Function = function forbidden() {
      throw new EvalError('Content-Security-Policy');
    } as unknown as FunctionConstructor;
    try {
      const bench = new Bench([movs(4, 0), loop([adds(4, 1)])]);
      bench.pico.run(TIMEOUT);
      assert.ok((bench.pico.inspect.registers()[4] as number) > 1000);
    } finally {
      globalThis.Function = original;
    }
  });
});

/** Repeats some code until a register has counted up to another. */
function loopUntil(register: number, limit: number, code: Code): Code {
  const body = flatten([code, adds(register, 1), 0x4280 | (limit << 3) | register]);
  return [body, 0xd100 | (-(body.length + 2) & 0xff)];
}
