import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

const text = (characters: string): Uint8Array => new TextEncoder().encode(characters);

describe('the receiver of a UART', () => {
  const UART = `
    #define UART 0x40034000
    static void uart_init(int fifo) { REG(UART + 0x24) = 67; REG(UART + 0x28) = 52; REG(UART + 0x2c) = 3 << 5 | fifo << 4; REG(UART + 0x30) = 0x301; }
    static volatile int count;
  `;
  const CHARACTER_NANOS = 10e9 / 115_200;

  it('hears each byte when its last bit has arrived', () => {
    const bench = boot(`${UART} int main(void) { REG(0x40014014) = 5; REG(0xd0000024) = 4; uart_init(1); for (;;) if (!(REG(UART + 0x18) & 16)) { put(REG(UART)); REG(0xd000001c) = 4; } }`);
    bench.run(100_000);
    bench.pico.uart(0).receive(text('abc'));
    bench.run(1e6);
    assert.equal(bench.trace, 'abc');
    const [first = 0, second = 0, third = 0] = bench.edgesOf(2);
    assert.ok(Math.abs(first - 100_000 - CHARACTER_NANOS) < 1000, `${first}`);
    assert.ok(Math.abs(second - first - CHARACTER_NANOS) < 500 && Math.abs(third - second - CHARACTER_NANOS) < 500);
  });

  it('interrupts at the level that is set, and for what waits below it', () => {
    const bench = boot(`${UART}
      void irq20(void) { uint32_t why = REG(UART + 0x40); put(why & 16 ? 'L' : why & 64 ? 'T' : '?'); while (!(REG(UART + 0x18) & 16)) { (void)REG(UART); count++; } REG(UART + 0x44) = why; hex(count); put(' '); }
      int main(void) { uart_init(1); REG(UART + 0x34) = 1 << 3; REG(UART + 0x38) = 16 | 64; REG(0xe000e100) = 1 << 20; for (;;) __asm__ volatile("wfi"); }`);
    bench.pico.awaitsInput = true;
    bench.run(10_000);
    bench.pico.uart(0).receive(text('123456789ab'));
    const timeout = 11 * CHARACTER_NANOS + (32 * CHARACTER_NANOS) / 10 + 10_000;
    bench.run(timeout - 2000);
    assert.equal(bench.trace, 'L00000008 ');
    bench.run(timeout + 10_000);
    assert.equal(bench.trace, 'L00000008 T0000000b ');
  });

  it('flags what was lost: 32 bytes are kept, or one without the FIFO', () => {
    for (const [fifo, kept] of [[1, 32], [0, 1]] as const) {
      const bench = boot(`${UART}
        int main(void) {
          uart_init(${fifo});
          uint32_t from = REG(0x40054028); while (REG(0x40054028) - from < 4000) {}
          put(REG(UART + 0x3c) & 1 << 10 ? 'o' : '-'); put(REG(UART + 4) & 8 ? 'o' : '-');
          while (!(REG(UART + 0x18) & 16)) { if (REG(UART) & 1 << 11) put('!'); count++; }
          hex(count); REG(UART + 0x44) = 1 << 10; put(REG(UART + 0x3c) & 1 << 10 ? 'o' : '-');
          while (REG(UART + 0x18) & 16) {}
          put(REG(UART) & 1 << 11 ? '!' : '-');
          done();
        }`);
      bench.run(10_000);
      bench.pico.uart(0).receive(new Uint8Array(36));
      bench.run(6e6);
      bench.pico.uart(0).receive(text('x'));
      assert.equal(bench.run().trace, `oo${kept.toString(16).padStart(8, '0')}-!`);
    }
  });

  it('is deaf while it is disabled', () => {
    const bench = boot(`${UART} int main(void) { uint32_t from = REG(0x40054028); while (REG(0x40054028) - from < 500) {} uart_init(1); hex(REG(UART + 0x18) & 16); done(); }`);
    bench.pico.uart(0).receive(text('x'));
    assert.equal(bench.run().trace, '00000010');
  });

  it('keeps a firmware that waits for what is being sent from being taken for dead', () => {
    const bench = boot(`${UART} void irq20(void) { put(REG(UART)); } int main(void) { uart_init(0); REG(UART + 0x38) = 16; REG(0xe000e100) = 1 << 20; for (;;) __asm__ volatile("wfi"); }`);
    bench.pico.uart(0).receive(text('hello'));
    assert.equal(bench.run().ending, 'asleep');
    assert.match(bench.trace, /ello$/); // the first may come before it listens
  });
});
