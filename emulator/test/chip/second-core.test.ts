import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot, compile } from '../support/compile.js';
import { Bench } from '../support/program.js';
import { bkpt, cmp, ldr, movs, print, set, store, when } from '../support/thumb.js';

const FIFO_ST = 0xd0000050;

/** What a program needs to start core 1 and talk with it. */
const MULTICORE = `
#define FIFO_ST REG(0xd0000050)
#define FIFO_WR REG(0xd0000054)
#define FIFO_RD REG(0xd0000058)
#define CPUID REG(0xd0000000)
static inline void sev(void) { __asm__ volatile("sev" ::: "memory"); }
static inline void wfe(void) { __asm__ volatile("wfe" ::: "memory"); }
static void push(uint32_t word) { while (!(FIFO_ST & 2)) {} FIFO_WR = word; sev(); }
static uint32_t pop(void) { while (!(FIFO_ST & 1)) wfe(); return FIFO_RD; }
static void drain(void) { while (FIFO_ST & 1) (void)FIFO_RD; }
static void launch(void (*entry)(void)) {
  const uint32_t words[] = {0, 0, 1, (uint32_t)vectors, 0x20042000, (uint32_t)entry};
  for (unsigned index = 0; index < 6;) {
    if (words[index] == 0) { drain(); sev(); }
    push(words[index]);
    index = pop() == words[index] ? index + 1 : 0;
  }
}
`;

function run(source: string, untilNanos = 1e9): Bench {
  return boot(MULTICORE + source).run(untilNanos);
}

describe('the second core', () => {
  it('is started through the boot ROM, and knows that it is core 1', () => {
    const bench = run(`
      static void second(void) { push(100 + CPUID); for (;;) wfe(); }
      int main(void) { launch(second); hex(pop()); hex(CPUID); done(); }
    `);
    assert.equal(bench.trace, '0000006500000000');
    assert.equal(bench.ending, 'breakpoint');
  });

  it('begins with a process stack pointer that is not 0, as core 0 does', () => {
    const bench = run(`
      static uint32_t psp(void) { uint32_t value; __asm__ volatile("mrs %0, psp" : "=r"(value)); return value; }
      static void second(void) { push(psp()); for (;;) wfe(); }
      int main(void) { launch(second); hex(pop()); hex(psp()); done(); }
    `);
    assert.equal(bench.trace, 'a5a5a5a4a5a5a5a4');
  });

  it('answers a thousand words through the mailbox', () => {
    const bench = run(`
      static void second(void) { for (;;) push(pop() * 3 + 1); }
      int main(void) {
        launch(second);
        for (uint32_t i = 0; i < 1000; i++) { push(i); if (pop() != i * 3 + 1) { print("wrong"); done(); } }
        print("ok"); done();
      }
    `);
    assert.equal(bench.trace, 'ok');
  });

  it('counts together with core 0 under a spinlock, and loses counts without', () => {
    const counting = (lock: string, unlock: string): string => `
      static volatile uint32_t count;
      static void work(void) { for (int i = 0; i < 2000; i++) { ${lock} count++; ${unlock} } }
      static void second(void) { work(); push(1); for (;;) wfe(); }
      int main(void) { launch(second); work(); pop(); hex(count); done(); }
    `;
    assert.equal(run(counting('while (!REG(0xd0000100)) {}', 'REG(0xd0000100) = 1;')).trace, '00000fa0');
    assert.notEqual(run(counting('', '')).trace, '00000fa0');
  });

  it('is woken from wfe by sev, and wakes core 0', () => {
    const bench = run(`
      static volatile uint32_t turn;
      static void second(void) { for (uint32_t i = 0; i < 50; i++) { while (turn != 2 * i + 1) wfe(); turn++; sev(); } for (;;) wfe(); }
      int main(void) {
        launch(second);
        for (uint32_t i = 0; i < 50; i++) { turn++; sev(); while (turn != 2 * i + 2) wfe(); }
        hex(turn);
        for (;;) wfe();
      }
    `);
    assert.equal(bench.trace, '00000064');
    assert.equal(bench.ending, 'asleep');
  });

  it('has interrupts of its own: the timer, the mailbox, the pins', () => {
    const bench = run(`
      static volatile uint32_t seen;
      void irq1(void) { REG(0x40054034) = 2; seen |= CPUID == 1 ? 1 : 0x100; sev(); }
      void irq16(void) { drain(); seen |= CPUID == 1 ? 2 : 0x100; sev(); }
      void irq13(void) { REG(0x400140f0) = 0xf << 8; seen |= CPUID == 1 ? 4 : 0x100; sev(); }
      static void second(void) {
        REG(0xd0000058); REG(0xd0000050) = 0;
        REG(0xe000e100) = 1 << 1 | 1 << 13 | 1 << 16;
        REG(0x40014130) = 8 << 8;
        REG(0x40054038) = 2; REG(0x40054014) = REG(0x40054028) + 100;
        push(1);
        for (;;) wfe();
      }
      int main(void) {
        launch(second);
        pop();
        REG(0x40014014) = 5; REG(0xd0000024) = 1 << 2; REG(0xd0000014) = 1 << 2;
        while (!(seen & 4)) wfe();
        push(5);
        while (!(seen & 2)) wfe();
        while (!(seen & 1)) wfe();
        hex(seen); hex(REG(0xe000e100)); done();
      }
    `);
    assert.equal(bench.trace, '0000000700000000');
  });

  it('divides on its own divider', () => {
    const bench = run(`
      static volatile uint32_t wrong, stop;
      static void divide(uint32_t dividend) {
        for (int i = 0; i < 500; i++) {
          REG(0xd0000060) = dividend; REG(0xd0000064) = 7;
          if (REG(0xd0000074) != dividend % 7 || REG(0xd0000070) != dividend / 7) wrong = 1;
        }
      }
      static void second(void) { divide(123456); push(1); for (;;) wfe(); }
      int main(void) { launch(second); divide(77777); pop(); hex(wrong); done(); }
    `);
    assert.equal(bench.trace, '00000000');
  });

  it('can be reset and started again', () => {
    const bench = run(`
      static void second(void) { push(7); for (;;) {} }
      int main(void) {
        for (int i = 0; i < 2; i++) {
          launch(second);
          hex(pop());
          REG(0x40010004 + 0x2000) = 1 << 16; while (!(REG(0x40010004) & 1 << 16)) {}
          REG(0x40010004 + 0x3000) = 1 << 16;
          hex(pop());
        }
        done();
      }
    `);
    assert.equal(bench.trace, '00000007000000000000000700000000');
  });

  it('can switch core 0 off, which then stands still', () => {
    const bench = run(`
      static volatile uint32_t count;
      static void second(void) {
        hex(pop());
        REG(0x40012004) = 1 << 15;
        const uint32_t before = count;
        for (volatile int i = 0; i < 1000; i++) {}
        hex(count - before); hex(before > 0); done();
      }
      int main(void) { launch(second); push(7); for (;;) count++; }
    `);
    assert.equal(bench.trace, '000000070000000000000001');
  });

  it('says by name that core 0 is not started again', () => {
    const bench = run(`
      static void second(void) { REG(0x40010004) = 1 << 15; REG(0x40010004) = 0; done(); }
      int main(void) { launch(second); for (;;) {} }
    `);
    assert.deepEqual(bench.pico.unknownRegisters.map(({ text }) => text.replace(/ in .*| at .*/, '')), ['wrote to PSM+0x4 (0x40010004), which is not emulated,']);
  });

  it('is reset by the watchdog, and can be started again after that', () => {
    const bench = run(`
      static void second(void) { REG(0x40058004) = 2000; REG(0x40058000) = 1 << 30; for (;;) {} }
      int main(void) {
        if (REG(0x40058008)) { hex(FIFO_ST); done(); }
        put('a'); launch(second); for (;;) {}
      }
    `);
    assert.equal(bench.trace, 'a00000003'); // its boot ROM has sent a 0 again
    assert.equal(bench.pico.inspect.running, 1);
  });

  it('sleeps for ever once its function has returned', () => {
    assert.equal(run('static void second(void) { put(120); }\nint main(void) { launch(second); for (;;) wfe(); }').ending, 'asleep');
  });

  it('ends a run when it crashes, which tells that it was core 1', () => {
    const bench = run('static void second(void) { REG(0x30000000) = 1; }\nint main(void) { launch(second); for (;;) wfe(); }');
    assert.equal(bench.ending, 'crashed');
    assert.match(bench.pico.ending?.text ?? '', /store to 0x30000000, where there is no memory, at PC 0x\w+ \(second\+0x\w+\), .*on core 1/);
  });

  it('runs at the same time as core 0, whatever that does', () => {
    // Each toggles its pin; neither slows the other down.
    const bench = run(`
      static void toggle(uint32_t pin) { for (int i = 0; i < 100; i++) REG(0xd000001c) = pin; }
      static void second(void) { toggle(1 << 3); push(1); for (;;) wfe(); }
      int main(void) {
        REG(0x40014014) = 5; REG(0x4001401c) = 5; REG(0xd0000024) = 3 << 2;
        launch(second); toggle(1 << 2); pop(); done();
      }
    `);
    const periods = (pin: number): number[] => [...new Set(bench.edgesOf(pin).map((edge, index, all) => edge - (all[index - 1] ?? edge)))].slice(1);
    assert.deepEqual(periods(2), periods(3));
    assert.equal(periods(2).length, 1);
    const [from, to] = [bench.edgesOf(3)[0] as number, bench.edgesOf(3).at(-1) as number];
    assert.ok(bench.edgesOf(2).some((nanos) => nanos > from && nanos < to), 'they overlap');
    assert.deepEqual(bench.edges.map(({ nanos }) => nanos), bench.edges.map(({ nanos }) => nanos).sort((a, b) => a - b));
  });

  it('goes on at the cycle at which an interrupt wakes it, however busy core 0 is', () => {
    const bench = run(`
      void irq0(void) { REG(0x40054034) = 1; REG(0xd000001c) = 1 << 2; }
      static void second(void) { REG(0xe000e100) = 1; REG(0x40054038) = 1; REG(0x40054010) = 500; for (;;) __asm__ volatile("wfi"); }
      int main(void) { REG(0x40014014) = 5; REG(0xd0000024) = 1 << 2; launch(second); for (;;) REG(0x40054028); }
    `, 1e6);
    const alone = run(`
      void irq0(void) { REG(0x40054034) = 1; REG(0xd000001c) = 1 << 2; }
      int main(void) { REG(0x40014014) = 5; REG(0xd0000024) = 1 << 2; REG(0xe000e100) = 1; REG(0x40054038) = 1; REG(0x40054010) = 500; for (;;) __asm__ volatile("wfi"); }
    `, 1e6);
    assert.deepEqual(bench.edgesOf(2), alone.edgesOf(2));
  });

  it('is the same every time, and however the run is cut into pieces', () => {
    const image = compile(`${MULTICORE}
      static volatile uint32_t count;
      static void second(void) { for (int i = 0;; i++) { count++; if ((i & 63) == 0) push(count); } }
      int main(void) { launch(second); for (;;) { count += 3; if (FIFO_ST & 1) hex(FIFO_RD); } }
    `);
    const whole = new Bench(image).run(300_000);
    const cut = new Bench(image);
    for (let nanos = 0; nanos < 300_000; nanos += 77) while (cut.pico.run(nanos, 3) === 'budget');
    cut.run(300_000);
    assert.equal(cut.trace, whole.trace);
    assert.ok(whole.trace.length > 100);
  });
});

describe('the mailbox between the cores', () => {
  it('holds the 0 that the boot ROM of core 1 sends', () => {
    const bench = new Bench([set(0, FIFO_ST), ldr(1, 0), cmp(1, 3), when('eq', print('y')), ldr(1, 0), bkpt]).run();
    assert.equal(bench.trace, 'y');
  });

  it('tells of words that were lost or not there, in its status and by its interrupt', () => {
    const bench = boot(`${MULTICORE}
      static volatile uint32_t interrupts;
      void irq15(void) { interrupts++; FIFO_ST = 0xff; }
      int main(void) {
        drain();
        REG(0xe000e280) = 1 << 15; // pending since the boot ROM of core 1 sent its 0
        REG(0xe000e100) = 1 << 15;
        hex(FIFO_ST); (void)FIFO_RD; hex(interrupts); hex(FIFO_ST);
        REG(0xe000e180) = 1 << 15;
        for (int i = 0; i < 9; i++) { hex(FIFO_ST); FIFO_WR = 5; }
        hex(FIFO_ST);
        done();
      }
    `).run();
    const ready = '00000002';
    assert.equal(bench.trace, ready + '00000001' + ready + ready.repeat(8) + '00000000' + '00000004');
  });

  it('needs an event before core 1 looks at it in the boot ROM', () => {
    const drain = [set(0, FIFO_ST), ldr(1, 0, 8), movs(1, 0)];
    const bench = new Bench([drain, store(FIFO_ST + 4, 1), set(0, FIFO_ST), ldr(1, 0), movs(2, 1), 0x4211 /* tst r1, r2 */, when('eq', print('silent')), bkpt]).run();
    assert.equal(bench.trace, 'silent');
  });
});
