import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { HeadlessRun, runHeadless } from '../../src/board/headless.js';
import { boot, compile } from '../support/compile.js';
import { Bench, irq, program } from '../support/program.js';
import { bkpt, bxLr, type Code, forever, loop, nop, print, set, store, str, wfi } from '../support/thumb.js';

const GPIO_OUT_XOR = 0xd000001c;
const output: Code = [store(0x40014004 + 8 * 25, 5), store(0xd0000024, 1 << 25)];
const periods = (edges: number[]): number[] => edges.slice(1).map((edge, index) => edge - (edges[index] as number));

/** Toggles GP25 with a single store, its address in r2 and its value in r3. */
const prepare = [output, set(2, GPIO_OUT_XOR), set(3, 1 << 25)];
const toggle = str(3, 2);

describe('the time of an edge', () => {
  it('is the cycle at which the store executes', () => {
    for (const distance of [0, 1, 2, 7, 50]) {
      const bench = new Bench([prepare, toggle, Array<number>(distance).fill(nop), toggle, bkpt]).run();
      // A store to SIO takes one cycle, and so does a nop: 8 ns each at 125 MHz.
      assert.deepEqual(periods(bench.edgesOf(25)), [(1 + distance) * 8]);
    }
  });

  it('counts what other instructions cost', () => {
    const cases: [string, Code, number][] = [
      ['a load from SRAM', [0x9900 /* ldr r1, [sp] */], 2],
      ['a branch that is taken', [0xe7ff /* b .+2 */], 2],
      ['a load from a peripheral', [0x6801 /* ldr r1, [r0] */], 4],
      ['a multiplication', [0x4341 /* muls r1, r0 */], 1],
    ];
    for (const [name, code, cycles] of cases) {
      const bench = new Bench([0xb082 /* sub sp, #8 */, prepare, set(0, 0x40014000), toggle, code, toggle, bkpt]).run();
      assert.deepEqual(periods(bench.edgesOf(25)), [(1 + cycles) * 8], name);
    }
  });

  it('follows the frequency of the processor', () => {
    const PLL = 0x40028000;
    const CLK_SYS_CTRL = 0x4000803c;
    /** clk_sys from PLL_SYS: 12 MHz * feedback / 6 / divider. */
    const pll = (feedback: number, divider: number): Code => [store(PLL + 8, feedback), store(PLL + 4, 0), store(PLL + 0xc, (6 << 16) | (divider << 12)), store(CLK_SYS_CTRL, 1)];

    const at50 = new Bench([pll(100, 4), prepare, toggle, nop, toggle, bkpt]).run();
    assert.equal(at50.pico.frequency, 50e6);
    assert.deepEqual(periods(at50.edgesOf(25)).map(Math.round), [40]);

    const at125 = new Bench([pll(100, 7), pll(125, 2), prepare, toggle, nop, toggle, bkpt]).run();
    assert.equal(at125.pico.frequency, 125e6);
    assert.ok(at125.edgesOf(25).every((nanos) => nanos % 8 === 0));
  });

  it('is the next whole cycle after what ended a sleep', () => {
    const interruptOnFall = [store(0x4001c004 + 4 * 15, 0x48), store(0x40014104, 4 << 28), store(0xe000e100, 1 << 13)];
    const bench = new Bench([interruptOnFall, prepare, loop(wfi)], { [irq(13)]: [toggle, store(0x400140f4, 0xc << 28), bxLr] });
    bench.pico.schedulePress(15, 1_000_003, 1000);
    assert.deepEqual(bench.run().edgesOf(25), [1_000_008]);
  });

  it('is the time at which somebody pressed a button between two runs, though the core slept', () => {
    const interruptOnFall = [store(0x4001c004 + 4 * 15, 0x48), store(0x40014104, 4 << 28), store(0xe000e100, 1 << 13)];
    const bench = new Bench([interruptOnFall, prepare, loop(wfi)], { [irq(13)]: [toggle, store(0x400140f4, 0xc << 28), bxLr] });
    bench.pico.awaitsInput = true;
    bench.run(1_000_000);
    bench.pico.setButton(15, true);
    bench.run(20_000_000);
    assert.equal(bench.edgesOf(25).length, 1);
    assert.ok((bench.edgesOf(25)[0] as number) < 1_001_000, `${bench.edgesOf(25)}`);
  });
});

describe('a press', () => {
  const pulledUp = store(0x4001c004 + 4 * 15, 0x48);

  it('pulls the pin down when it was said to, and for as long', () => {
    const { edges } = runHeadless({ image: program([pulledUp, loop(wfi)]), presses: [{ pin: 15, startNanos: 1e9, durationNanos: 100e6 }], untilNanos: 2e9 });
    assert.deepEqual(edges.slice(1), [{ pin: 15, t_us: 1e6, level: 0 }, { pin: 15, t_us: 1.1e6, level: 1 }]);
  });

  it('keeps a sleeping firmware from being taken for dead', () => {
    const image = program([pulledUp, store(0x40014104, 4 << 28), store(0xe000e100, 1 << 13), loop(wfi)], {
      [irq(13)]: [store(0x400140f4, 0xc << 28), print('p'), bxLr],
    });
    const report = runHeadless({ image, presses: [{ pin: 15, startNanos: 5e9, durationNanos: 1e6 }] });
    assert.deepEqual(report.console.map(({ text }) => text), ['p']);
    assert.equal(report.exit, 'asleep for ever');
    assert.equal(report.end_us, 5.001e6);
  });

  it('can be made and released at any time', () => {
    const bench = new Bench([pulledUp, loop(wfi)]);
    bench.pico.awaitsInput = true;
    bench.run(1e6);
    bench.pico.setButton(15, true);
    assert.equal(bench.pico.level(15), 0);
    bench.run(2e6);
    bench.pico.setButton(15, false);
    assert.deepEqual(bench.edgesOf(15).slice(1), [1e6, 2e6]);
  });
});

describe('a report', () => {
  it('has the console with the times of its line feeds, and a last line without one', () => {
    const report = runHeadless({ image: program([print('one\r\ntwo\n\nthree'), bkpt]) });
    assert.deepEqual(report.console.map(({ text }) => text), ['one', 'two', '', 'three']);
    // Two constants of 7 cycles, then 2 instructions a character, of which the store takes 5 cycles.
    const sent = (index: number): number => (14 - 7 + 6 * index + 1) * 0.008;
    assert.deepEqual(report.console.map(({ t_us }) => t_us), [4, 8, 9, 14].map((index) => Math.round(sent(index) * 1e6) / 1e6));
    assert.equal(report.exit, 'breakpoint');
  });

  it('keeps the UARTs apart', () => {
    const interleaved = [print('a'), store(0x40038000, 'b'.charCodeAt(0)), print('c\n'), store(0x40038000, 10), bkpt];
    const lines = runHeadless({ image: program(interleaved) }).console;
    assert.deepEqual(lines.map(({ uart, text }) => [uart, text]), [[0, 'ac'], [1, 'b']]);
  });

  it('has the newest 10,000 edges and counts them all', () => {
    const report = runHeadless({ image: program([prepare, loop(toggle)]), untilNanos: 1e6 });
    const period = 24; // the store and the branch
    assert.equal(report.edges.length, 10_000);
    const last = report.edges.at(-1)?.t_us ?? 0;
    assert.ok(1000 - last <= period / 1000);
    const [first] = new Bench([prepare, loop(toggle)]).run(2000).edgesOf(25);
    assert.equal(report.edge_count['25'], Math.round((last * 1000 - (first as number)) / period) + 1);
  });

  it('has the share of time asleep', () => {
    const busy = runHeadless({ image: program(forever), untilNanos: 1e6 });
    assert.equal(busy.asleep, 0);
    assert.equal(busy.cycles, 125_000);
    const asleep = runHeadless({ image: program([store(0xe000e010, 0), wfi]), presses: [{ pin: 1, startNanos: 1e6, durationNanos: 1e6 }] });
    assert.ok(asleep.asleep > 0.9999 && asleep.asleep < 1);
    assert.equal(asleep.cycles - asleep.cycles_asleep, 7 + 7 + 2 + 2);
  });

  it('is the same every time', () => {
    const run = (): string =>
      JSON.stringify(runHeadless({ image: program([prepare, print('x\n'), loop(toggle)]), presses: [{ pin: 3, startNanos: 777, durationNanos: 888 }], untilNanos: 50_000 }));
    assert.equal(run(), run());
  });

  it('is the same however the run is cut into pieces', () => {
    const options = { image: program([prepare, print('x\n'), loop(toggle)]), presses: [{ pin: 3, startNanos: 777, durationNanos: 888 }], untilNanos: 50_000 };
    const run = new HeadlessRun(options);
    let outcome;
    for (let nanos = 0; outcome === undefined; nanos += 333) outcome = run.advance(17, nanos);
    assert.deepEqual(run.report(outcome), runHeadless(options));
  });
});

describe('a run', () => {
  it('ends at the time it was given', () => {
    const report = runHeadless({ image: program([store(0xe000e010, 7), loop(wfi)], { 15: bxLr }), untilNanos: 123_456 });
    assert.equal(report.exit, 'until');
    assert.equal(report.end_us, 123.456);
  });

  it('ends when nothing can wake the firmware', () => {
    assert.equal(runHeadless({ image: program(wfi) }).exit, 'asleep for ever');
  });

  it('ends though peripherals go on that wake nobody', () => {
    const PWM = 0x40050000;
    const pwm = [store(0x40014004 + 8 * 25, 4), store(PWM + 0xa0 + 0x10, 1000), store(PWM + 0xa0 + 0xc, 500 << 16), store(PWM + 0xa0, 1)];
    const enableTimerAndPins = store(0xe000e100, (1 << 13) | 1);
    const alarmWithoutInterrupt = store(0x40054010, 500_000);
    const bench = new Bench([pwm, enableTimerAndPins, alarmWithoutInterrupt, wfi]).run(1e9);
    assert.equal(bench.ending, 'asleep');
    assert.ok(bench.pico.nanos < 10_000);
  });

  it('goes on while the edges of a pin that PWM drives can wake the firmware', () => {
    const PWM = 0x40050000;
    const pwm = [store(0x40014004 + 8 * 25, 4), store(PWM + 0x50 + 0x10, 1000), store(PWM + 0x50 + 0xc, 500 << 16), store(PWM + 0x50, 1)];
    const interruptOnEdges = [store(0x4001410c, 0xc << 4), store(0xe000e100, 1 << 13)];
    const bench = new Bench([pwm, interruptOnEdges, wfi, print('w'), bkpt], { [irq(13)]: [store(0x400140fc, 0xc << 4), bxLr] }).run();
    assert.equal(bench.trace, 'w');
  });

  it('spends next to no time on sleep', () => {
    const started = process.hrtime.bigint();
    const image = program([store(0xe000e014, 0xffffff), store(0xe000e018, 0), store(0xe000e010, 7), loop(wfi)], { 15: bxLr });
    const report = runHeadless({ image, untilNanos: 600e9 });
    assert.ok(report.asleep > 0.99999);
    assert.ok(process.hrtime.bigint() - started < 5_000_000_000n, 'ten minutes in less than five seconds');
  });
});

describe('time', () => {
  it('never becomes infinite, whoever is waited for', () => {
    const { pico } = new Bench([loop(wfi)]);
    pico.awaitsInput = true;
    assert.equal(pico.run(1e6), 'time');
    assert.equal(pico.run(Infinity), 'ended');
    assert.equal(pico.ending?.kind, 'asleep');
    assert.ok(pico.nanos < 1.1e6);
  });
});

describe('a reset', () => {
  it('of a firmware that has lost its vector table ends it', () => {
    const { pico } = new Bench([loop(nop)]);
    pico.run(1e3);
    pico.inspect.write(0x10000000, new Uint8Array(8));
    pico.reset();
    assert.deepEqual(pico.ending, { kind: 'boot rom', text: 'crashed: it was reset, and there is no vector table at 0x10000000 (stack 0x00000000, entry 0x00000000), nor a second-stage boot loader with its checksum' });
    pico.revive(); // as a debugger that lets it go on: it fails again, somehow
    pico.run(1e6, 10_000);
  });
});

describe('the end of a program', () => {
  const EXIT = '__attribute__((noinline)) void _exit(void) { for (;;) __asm__ volatile("bkpt"); }';
  const PWM = 'REG(0x400140cc) = 4; REG(0x40050060) = 124; REG(0x4005005c) = 60 << 16; REG(0x40050050) = 1;';
  const CORE_1 = `
    static void push(uint32_t word) { while (!(REG(0xd0000050) & 2)) {} REG(0xd0000054) = word; __asm__ volatile("sev"); }
    static uint32_t pop(void) { while (!(REG(0xd0000050) & 1)) __asm__ volatile("wfe"); return REG(0xd0000058); }
    static void launch(void (*entry)(void)) {
      const uint32_t words[] = {0, 0, 1, (uint32_t)vectors, 0x20040000, (uint32_t)entry};
      for (unsigned index = 0; index < 6;) {
        if (words[index] == 0) { while (REG(0xd0000050) & 1) (void)REG(0xd0000058); __asm__ volatile("sev"); }
        push(words[index]);
        index = pop() == words[index] ? index + 1 : 0;
      }
    }`;

  it('is that of the run where nothing goes on', () => {
    const bench = boot(`${EXIT} int main(void) { _exit(); }`).run(1e6);
    assert.equal(bench.ending, 'returned');
    assert.equal(bench.pico.leftBehind, undefined);
  });

  it('leaves a peripheral that drives a pin', () => {
    const bench = boot(`${EXIT} int main(void) { ${PWM} _exit(); }`).run(1e6);
    assert.equal(bench.ending, 'time');
    assert.ok(bench.edgesOf(25).length > 1900);
    assert.equal(bench.pico.leftBehind?.kind, 'returned');
    assert.equal(bench.pico.asleepCycles, 0);
  });

  it('leaves a clock at its pin', () => {
    const clock = 'REG(0x400140ac) = 8; REG(0x40008004) = 100 << 8; REG(0x40008000) = 1 << 11 | 5 << 5;';
    const bench = boot(`${EXIT} int main(void) { ${clock} _exit(); }`).run(1e6);
    assert.equal(bench.ending, 'time');
    assert.ok(bench.edgesOf(21).at(-1)! > 0.99e6);
  });

  it('leaves core 1 as long as that has something to do', () => {
    const busy = boot(`${EXIT}${CORE_1} static void second(void) { for (;;) REG(0xd000001c) = 1 << 2; }
      int main(void) { REG(0x40014014) = 5; REG(0xd0000024) = 1 << 2; launch(second); _exit(); }`).run(1e6);
    assert.equal(busy.ending, 'time');
    assert.ok(busy.edgesOf(2).at(-1)! > 0.99e6);
    const done = boot(`${EXIT}${CORE_1} static void second(void) { for (int i = 0; i < 1000; i++) __asm__ volatile("nop"); print("done"); for (;;) __asm__ volatile("wfe"); }
      int main(void) { launch(second); _exit(); }`).run(1e6);
    assert.equal(done.trace, 'done');
    assert.equal(done.ending, 'returned');
  });

  it('may come on core 1 first', () => {
    const bench = boot(`${EXIT}${CORE_1} static void second(void) { _exit(); }
      int main(void) { launch(second); for (int i = 0; i < 1000; i++) __asm__ volatile("nop"); print("0"); done(); }`).run(1e6);
    assert.equal(bench.trace, '0');
    assert.equal(bench.ending, 'breakpoint');
  });

  it('is remarked upon where the run goes on', () => {
    const run = new HeadlessRun({ image: compile(`${EXIT} int main(void) { ${PWM} _exit(); }`), untilNanos: 1e6 });
    assert.equal(run.advance()?.exit, 'until');
    assert.deepEqual(run.remarks, ['the program ended: main() returned, or exit() was called; the other core or a peripheral went on']);
  });
});
