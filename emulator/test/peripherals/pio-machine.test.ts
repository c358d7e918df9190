import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';
import type { Bench } from '../support/program.js';

/** Instructions, put together as the datasheet's table in 3.4 shows them. */
const jmp = (condition: number, target: number): number => (condition << 5) | target;
const wait = (polarity: number, source: number, index: number): number => 0x2000 | (polarity << 7) | (source << 5) | index;
const inBits = (source: number, bits: number): number => 0x4000 | (source << 5) | (bits & 31);
const out = (destination: number, bits: number): number => 0x6000 | (destination << 5) | (bits & 31);
const push = 0x8020;
const pushNoBlock = 0x8000;
const pull = 0x80a0;
const pullNoBlock = 0x8080;
const mov = (destination: number, source: number, operation = 0): number => 0xa000 | (destination << 5) | (operation << 3) | source;
const irqSet = (flag: number): number => 0xc000 | flag;
const irqWait = (flag: number): number => 0xc020 | flag;
const irqClear = (flag: number): number => 0xc040 | flag;
const set = (destination: number, value: number): number => 0xe000 | (destination << 5) | value;
const after = (instruction: number, cycles: number): number => instruction | (cycles << 8);
const [PINS, X, Y, ISR, OSR] = [0, 1, 2, 6, 7];
const nop = mov(Y, Y);

const PIO = `
  #define PIO 0x50200000
  #define CTRL REG(PIO)
  #define FSTAT REG(PIO + 4)
  #define FDEBUG REG(PIO + 8)
  #define FLEVEL REG(PIO + 0xc)
  #define TXF(n) REG(PIO + 0x10 + 4 * (n))
  #define RXF(n) REG(PIO + 0x20 + 4 * (n))
  #define FLAGS REG(PIO + 0x30)
  #define SM(n, offset) REG(PIO + 0xc8 + 0x18 * (n) + (offset))
  #define CLKDIV(n) SM(n, 0)
  #define EXECCTRL(n) SM(n, 4)
  #define SHIFTCTRL(n) SM(n, 8)
  #define ADDR(n) SM(n, 12)
  #define INSTR(n) SM(n, 16)
  #define PINCTRL(n) SM(n, 20)
  static void load(int at, const uint16_t *code, int count) { for (int i = 0; i < count; i++) REG(PIO + 0x48 + 4 * (at + i)) = code[i]; }
  static void pause(int cycles) { for (volatile int i = 0; i < cycles / 8; i++) {} }
`;

/** A board whose PIO0 has a program from instruction 0 on, GP2 and GP3 as outputs of it, and a processor that does the rest. */
const board = (program: readonly number[], body: string, setup = ''): Bench =>
  boot(`${PIO}
    static const uint16_t code[] = {${program.join(', ')}};
    int main(void) {
      REG(0x40014014) = 6; REG(0x4001401c) = 6;
      load(0, code, ${program.length});
      PINCTRL(0) = 2 << 26 | 2 << 5 | 2 << 20 | 2; INSTR(0) = ${set(4, 3)};
      ${setup}
      ${body} done(); }`);
const words = (bench: Bench): number[] => (bench.run(50e6).trace.match(/.{8}/g) ?? []).map((text) => parseInt(text, 16));
const run = (program: readonly number[], body: string, setup = ''): number[] => words(board(program, body, setup));
const pulses = (bench: Bench, pin = 2): number[] => {
  const edges = bench.run(50e6).edgesOf(pin);
  return edges.slice(1).map((nanos, index) => (nanos - (edges[index] ?? 0)) / 8);
};

describe('a state machine of PIO', () => {
  it('keeps the delay of an instruction that was stalled', () => {
    // GP2 goes high when the stall ends, which its side-set has shown before, and low five cycles later.
    const ends = [
      { stalled: pull, end: 'TXF(0) = 1;' },
      { stalled: wait(1, 2, 4), end: 'REG(PIO + 0x34) = 1 << 4;' },
      { stalled: irqWait(4), end: 'FLAGS = 1 << 4;' },
      { stalled: wait(1, 0, 5), end: 'REG(0xd0000014) = 1 << 5;', setup: 'REG(0x4001402c) = 5; REG(0xd0000024) = 1 << 5;' },
    ];
    for (const { stalled, end, setup = '' } of ends) {
      const bench = board([after(stalled, 7), set(PINS, 1), set(PINS, 0), jmp(0, 3)], `CTRL = 1; pause(80); REG(0x400140cc) = 5; REG(0xd0000024) |= 1 << 25; REG(0xd0000014) = 1 << 25; ${end} pause(160);`, setup);
      bench.run(1e6);
      const [begin = 0] = bench.edgesOf(25);
      const [high = 0, low = 0] = bench.edgesOf(2);
      const cycles = (high - begin) / 8;
      assert.ok(cycles >= 10 && cycles <= 14, `${cycles} cycles after ${stalled.toString(16)}`);
      assert.equal((low - high) / 8, 1);
    }
  });

  it('keeps the delay of a push that was stalled, and of an autopull', () => {
    const pushed = board([set(PINS, 1), after(push, 3), set(PINS, 0), jmp(0, 0)], 'CTRL = 1; pause(100); for (int i = 0; i < 3; i++) { (void)RXF(0); pause(200); }', '');
    assert.deepEqual(pulses(pushed).slice(0, 8), [5, 2, 5, 2, 5, 2, 5, 2]);
    const pulled = board([after(out(PINS, 1), 4), jmp(0, 0)], 'SHIFTCTRL(0) = 1 << 17 | 1 << 19 | 2 << 25; CTRL = 1; pause(50); TXF(0) = 1; pause(200); TXF(0) = 1; pause(200);');
    assert.deepEqual(pulses(pulled).filter((cycles) => cycles < 50), [6, 6]);
  });

  it('waits for a pin, and costs nothing meanwhile', () => {
    const bench = board([wait(1, 0, 9), set(PINS, 1), wait(0, 0, 9), set(PINS, 0)], 'EXECCTRL(0) = 3 << 12; CTRL = 1; for (;;) {}');
    for (const start of [100_000, 200_000]) {
      bench.pico.scheduleDrive(9, 1, start);
      bench.pico.scheduleDrive(9, 0, start + 50_000);
    }
    bench.run(400_000);
    assert.deepEqual(bench.edgesOf(2), [100_016, 150_016, 200_016, 250_016]);
  });

  it('sees a pin that another machine changes in the cycle in which it begins to wait', () => {
    // Machine 0 drives GP2, and machine 1 shows on GP3 what it sees of it: with each delay it looks for the fall one cycle later.
    for (const delay of [5, 6, 7, 8, 9]) {
      const bench = board([after(set(PINS, 1), 9), after(set(PINS, 0), 9), wait(1, 0, 2), after(set(PINS, 1), delay), wait(0, 0, 2), set(PINS, 0)], `
        PINCTRL(0) = 1 << 26 | 2 << 5; EXECCTRL(0) = 1 << 12; PINCTRL(1) = 1 << 26 | 3 << 5; EXECCTRL(1) = 5 << 12 | 2 << 7; INSTR(1) = ${jmp(0, 2)}; CTRL = 3; for (;;) {}`);
      bench.run(20_000);
      const late = (index: number): number => (index % 2 === 0 ? 2 : Math.max(2, delay - 6));
      assert.deepEqual(bench.edgesOf(3).slice(0, 20), bench.edgesOf(2).slice(0, 20).map((nanos, index) => nanos + 8 * late(index)), `delay ${delay}`);
    }
  });

  it('keeps its pace while the core sleeps, however long', () => {
    const bench = board([set(PINS, 1), set(PINS, 0)], 'EXECCTRL(0) = 1 << 12; CTRL = 1; for (;;) __asm__ volatile("wfi");');
    bench.pico.awaitsInput = true;
    const edges = bench.run(50_000).edgesOf(2);
    assert.deepEqual([...new Set(edges.slice(1).map((nanos, index) => nanos - (edges[index] as number)))], [8]);
    assert.ok(edges.length > 5000);
  });

  it('joins its FIFOs to one of eight words', () => {
    const [level, full, over, both] = run([jmp(0, 0)], `
      SHIFTCTRL(0) = 1 << 30 | 3 << 18; for (int i = 0; i < 8; i++) TXF(0) = i; hex(FLEVEL); hex(FSTAT & 0x01010101); TXF(0) = 9; hex(FDEBUG); hex(REG(PIO + 0x128) & 0x11);`);
    assert.deepEqual([level, full, over, both], [8, 0x00010101, 1 << 16, 0]);
    assert.deepEqual(run([push, jmp(0, 0)], 'SHIFTCTRL(0) = 1u << 31 | 3 << 18; CTRL = 1; pause(100); hex(FLEVEL); hex(FSTAT & 0x01010101); TXF(0) = 1; hex(FDEBUG);'), [8 << 4, 0x01010001, (1 << 16) | 1]);
  });

  it('is told what is lost at its FIFOs, and where it has stalled', () => {
    assert.deepEqual(run([pull, jmp(0, 0)], '(void)RXF(0); hex(FDEBUG); FDEBUG = -1; CTRL = 1; pause(20); hex(FDEBUG); FDEBUG = -1; hex(FDEBUG); CTRL = 0; FDEBUG = -1; hex(FDEBUG);'), [1 << 8, 1 << 24, 1 << 24, 0]);
    assert.deepEqual(run([pushNoBlock, jmp(0, 0)], 'CTRL = 1; pause(50); hex(FDEBUG); hex(FLEVEL);'), [1, 4 << 4]);
    assert.deepEqual(run([pullNoBlock, mov(ISR, OSR), push, jmp(0, 0)], `INSTR(0) = ${set(X, 21)}; CTRL = 1; pause(30); CTRL = 0; hex(RXF(0)); hex(FDEBUG >> 24);`), [21, 0]);
  });

  it('has the side-set from the beginning of a stall on, against others', () => {
    // Machine 0 is stalled with GP2 high; machine 1 puts it low, and it is high again in the next cycle.
    const bench = board([0x1000 | pull, jmp(0, 1)], `
      PINCTRL(0) = 1 << 29 | 2 << 10; CTRL = 1; pause(20);
      PINCTRL(1) = 1 << 26 | 2 << 5; INSTR(1) = ${set(PINS, 0)}; pause(20);`);
    const [, low, ...more] = pulses(bench);
    assert.deepEqual([low, more], [1, []]);
    assert.equal(bench.pico.level(2), 1);
  });

  it('shifts both ways, and pushes and pulls by itself', () => {
    const echo = (shiftctrl: string, word: string, program: number[]): number[] => run(program, `SHIFTCTRL(0) = ${shiftctrl}; CTRL = 1; TXF(0) = ${word}; pause(100); hex(RXF(0)); hex(RXF(0)); hex(FLEVEL);`);
    // Eight bits at a time out to X, from the right or the left, and in again.
    const program = [out(X, 8), inBits(X, 8)];
    const both = (right: number): string => `1 << 16 | 1 << 17 | ${right ? 3 : 0} << 18 | 16 << 20 | 0 << 25`;
    assert.deepEqual(echo(both(1), '0x11223344', [...program, jmp(0, 0)]), [0x33440000, 0x11220000, 0]);
    assert.deepEqual(echo(both(0), '0x11223344', [...program, jmp(0, 0)]), [0x1122, 0x3344, 0]);
  });

  it('takes the next word in the background, as soon as the last is used up', () => {
    // Eight bits of the first word are all that is wanted of it; the second waits in the shift register then.
    assert.deepEqual(run([out(X, 8), jmp(0, 1)], 'SHIFTCTRL(0) = 1 << 17 | 8 << 25 | 3 << 18; CTRL = 1; TXF(0) = 1; TXF(0) = 2; TXF(0) = 3; pause(50); hex(FLEVEL);'), [1]);
    // A pull is no more than a barrier then.
    assert.deepEqual(run([pull, pull, pull, jmp(0, 3)], 'SHIFTCTRL(0) = 1 << 17 | 3 << 18; CTRL = 1; TXF(0) = 1; TXF(0) = 2; pause(50); hex(FLEVEL); hex(ADDR(0));'), [1, 3]);
  });

  it('sets, clears and awaits flags, counted from its own number where it is told to', () => {
    const relative = 0x10;
    assert.deepEqual(run([irqSet(relative | 5), jmp(0, 1)], 'CTRL = 1 << 2; pause(20); hex(FLAGS); CTRL = 1 << 3; pause(20); hex(FLAGS);'), [1 << 7, (1 << 7) | (1 << 4)]);
    assert.deepEqual(run([irqSet(3), irqClear(3), jmp(0, 2)], 'CTRL = 1; pause(20); hex(FLAGS);'), [0]);
    assert.deepEqual(run([wait(1, 2, 6), jmp(0, 1)], 'CTRL = 1; pause(20); hex(ADDR(0)); REG(PIO + 0x34) = 1 << 6; pause(20); hex(ADDR(0)); hex(FLAGS);'), [0, 1, 0]);
  });

  it('interrupts on either line, for flags and FIFOs', () => {
    const bench = boot(`${PIO}
      void irq7(void) { put('a'); hex(REG(PIO + 0x134)); FLAGS = -1; }
      void irq8(void) { put('b'); hex(REG(PIO + 0x140)); REG(PIO + 0x138) = 0; }
      int main(void) { REG(PIO + 0x12c) = 1 << 9; REG(PIO + 0x138) = 1 << 4; REG(0xe000e100) = 3 << 7; pause(20); INSTR(0) = ${irqSet(1)}; pause(20); put('.'); done(); }`);
    assert.equal(bench.run().trace, 'b00000010a00000200.');
  });

  it('executes what the bus, an `out exec` or a `mov exec` puts before its program', () => {
    assert.deepEqual(run([jmp(0, 0)], `INSTR(0) = ${set(X, 9)}; INSTR(0) = ${mov(ISR, X)}; INSTR(0) = ${push}; hex(RXF(0)); INSTR(0) = ${jmp(0, 17)}; hex(ADDR(0));`), [9, 17]);
    const waits = `INSTR(0) = ${pull}; hex(EXECCTRL(0) >> 31); TXF(0) = 5; pause(20); hex(EXECCTRL(0) >> 31); INSTR(0) = ${mov(ISR, OSR)}; INSTR(0) = ${push}; hex(RXF(0));`;
    assert.deepEqual(run([jmp(0, 0)], waits), [1, 0, 5]);
    assert.deepEqual(run([pull, out(7, 16), push, jmp(0, 3)], `CTRL = 1; TXF(0) = ${set(X, 3)}; pause(40); INSTR(0) = ${mov(ISR, X)}; INSTR(0) = ${push}; hex(RXF(0)); hex(RXF(0)); hex(ADDR(0));`), [0, 3, 3]);
    // An instruction from the bus in the middle of a stall leaves that alone.
    assert.deepEqual(run([pull, jmp(0, 1)], `CTRL = 1; pause(20); INSTR(0) = ${set(Y, 1)}; pause(20); hex(ADDR(0)); TXF(0) = 1; pause(20); hex(ADDR(0));`), [0, 1]);
  });

  it('has a bit of the data decide on an output, and looks at the level of a FIFO', () => {
    // Bit 1 enables GP2 to be bit 0.
    const bits = (value: number): string => `INSTR(0) = ${set(X, value)}; INSTR(0) = ${mov(PINS, X)}; hex(REG(PIO + 0x3c) >> 2 & 1);`;
    assert.deepEqual(run([jmp(0, 0)], `PINCTRL(0) = 1 << 20 | 2; EXECCTRL(0) = 1 << 18 | 1 << 19; ${bits(1)} ${bits(3)} ${bits(0)} ${bits(2)}`), [0, 1, 1, 0]);
    const level = (control: string): string => `EXECCTRL(0) = ${control}; INSTR(0) = ${mov(ISR, 5)}; INSTR(0) = ${push}; hex(RXF(0));`;
    assert.deepEqual(run([jmp(0, 0)], `TXF(0) = 1; ${level('1')} ${level('2')} ${level('0x10')} ${level('0x11')}`), [0, 0xffffffff, 0, 0xffffffff]);
  });

  it('lets the machine with the higher number win at a pin, and a sticky one come back', () => {
    const both = (sticky: string): Bench => board([set(PINS, 1), jmp(0, 1), set(PINS, 0), jmp(0, 3)], `
      PINCTRL(1) = 1 << 26 | 2 << 5; INSTR(1) = ${jmp(0, 2)}; ${sticky} CTRL = 3; pause(100);`);
    assert.equal(both('').run(1e6).pico.level(2), 0);
    assert.equal(both('EXECCTRL(0) |= 1 << 17; INSTR(1) = 0xe002;').run(1e6).pico.level(2), 0);
    const late = board([set(PINS, 1), jmp(0, 1), after(set(PINS, 0), 31), jmp(0, 3)], `
      PINCTRL(2) = 1 << 26 | 2 << 5; EXECCTRL(2) |= 1 << 17; INSTR(2) = ${jmp(0, 0)}; PINCTRL(1) = 1 << 26 | 2 << 5; INSTR(1) = ${jmp(0, 2)}; CTRL = 4; pause(50); CTRL = 6; pause(50);`);
    assert.equal(late.run(1e6).pico.level(2), 1);
  });

  it('counts down as many rounds as it is told to, skipped or not', () => {
    for (const divider of [0x10000, 0x28000]) {
      const bench = board([mov(X, Y), set(PINS, 1), after(jmp(2, 2), 2), mov(X, Y), set(PINS, 0), after(jmp(2, 5), 2)], `CLKDIV(0) = ${divider}; EXECCTRL(0) = 5 << 12; INSTR(0) = ${set(Y, 20)}; CTRL = 1; pause(4000);`);
      const [high = 0, low = 0, next = 0] = bench.run(1e6).edgesOf(2);
      const cycles = (2 + 3 * 21) * (divider / 0x10000);
      assert.ok(Math.abs((low - high) / 8 - cycles) < 1 && Math.abs((next - high) / 8 - 2 * cycles) < 1);
    }
    // What it has counted by then is there, in the middle of it.
    const found = run([jmp(2, 0), jmp(0, 1)], `INSTR(0) = ${mov(X, 3, 1)}; CTRL = 1; pause(400); CTRL = 0; INSTR(0) = ${mov(ISR, X)}; INSTR(0) = ${push}; hex(RXF(0)); hex(ADDR(0));`);
    assert.ok(0xffffffff - (found[0] as number) > 300 && 0xffffffff - (found[0] as number) < 1000);
    assert.equal(found[1], 0);
  });

  it('has its divider restarted with others, so that they run in step', () => {
    const bench = board([set(PINS, 1), set(PINS, 0)], `
      PINCTRL(0) = 1 << 26 | 2 << 5; PINCTRL(1) = 1 << 26 | 3 << 5; INSTR(0) = ${set(4, 1)}; INSTR(1) = ${set(4, 1)};
      EXECCTRL(0) = EXECCTRL(1) = 1 << 12; CLKDIV(0) = 7 << 16; pause(30); CLKDIV(1) = 7 << 16; CTRL = 3 | 3 << 8; pause(300);`).run(1e6);
    assert.deepEqual(bench.edgesOf(2), bench.edgesOf(3));
    assert.ok(bench.edgesOf(2).length > 20);
  });

  it('says what it is, and where it stands', () => {
    assert.deepEqual(run([nop, nop, jmp(0, 2)], 'hex(REG(PIO + 0x44)); CTRL = 1; pause(20); hex(ADDR(0)); hex(INSTR(0)); hex(EXECCTRL(1)); hex(SHIFTCTRL(1)); hex(PINCTRL(1)); hex(CLKDIV(1));'), [
      0x200404, 2, jmp(0, 2), 0x1f000, 0xc0000, 0x14000000, 0x10000,
    ]);
  });

  it('is at the instruction and has the values of the cycle in which somebody looks, though it runs ahead', () => {
    // X and Y change in each round of eight cycles: as often as anybody looks, and whether or not the core is busy.
    const program = [after(mov(Y, X, 1), 2), after(inBits(Y, 3), 1), mov(X, ISR), after(set(Y, 9), 1)];
    const look = (times: readonly number[], sleeps: boolean): unknown[] => {
      const bench = board(program, sleeps ? 'CTRL = 1; for (;;) __asm__ volatile("wfi");' : 'CTRL = 1; for (;;) {}', `EXECCTRL(0) = 3 << 12; CLKDIV(0) = 0x18000; INSTR(0) = ${set(X, 5)};`);
      bench.pico.awaitsInput = true;
      return times.map((nanos) => {
        bench.run(nanos);
        return bench.pico.inspect.peripheral(0x502000d4);
      });
    };
    const times = Array.from({ length: 40 }, (_, index) => 40_000 + 8 * (index + 7 * (index >> 2)));
    for (const sleeps of [true, false]) {
      const all = look(times, sleeps);
      assert.deepEqual(new Set(all), new Set([0, 1, 2, 3]));
      // A Pico that is looked at once has run ahead by as much as it can.
      for (const index of [5, 23]) assert.equal(look([times[index] as number], sleeps)[0], all[index], `at ${times[index]}`);
    }
  });

  it('interrupts a core that is busy, or wakes one that sleeps, in the cycle in which it raises the flag', () => {
    for (const idle of ['', '__asm__ volatile("wfi");']) {
      const bench = boot(`${PIO}
        static const uint16_t code[] = {${[after(set(PINS, 1), 31), irqSet(0), after(set(PINS, 0), 31), after(nop, 31)].join(', ')}};
        void irq7(void) { REG(0xd000001c) = 1 << 25; FLAGS = 1; }
        int main(void) {
          REG(0x40014014) = 6; REG(0x400140cc) = 5; REG(0xd0000024) = 1 << 25; load(0, code, 4);
          PINCTRL(0) = 1 << 26 | 2 << 5; INSTR(0) = ${set(4, 1)}; EXECCTRL(0) = 3 << 12; REG(PIO + 0x12c) = 1 << 8; REG(0xe000e100) = 1 << 7; CTRL = 1;
          for (;;) { ${idle} } }`);
      bench.pico.awaitsInput = true;
      bench.run(200_000);
      const falls = bench.edges.filter(({ pin, level }) => pin === 2 && level === 0).map(({ nanos }) => nanos);
      const delays = bench.edgesOf(25).slice(1, 100).map((nanos) => (nanos - (falls.filter((fall) => fall <= nanos).at(-1) as number)) / 8);
      assert.ok(delays.length > 50 && Math.max(...delays) - Math.min(...delays) <= 3 && Math.max(...delays) < 40, `${delays.join(' ')} with '${idle}'`);
    }
  });
});
