import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bme280 } from '../../src/devices/bme280.js';
import type { SpiDevice } from '../../src/devices/device.js';
import { Ssd1306 } from '../../src/devices/ssd1306.js';
import { compile } from '../support/compile.js';
import { Bench } from '../support/program.js';

const boot = (source: string): Bench => Bench.of(compile(source));
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

describe('the converter', () => {
  const ADC = `
    #define ADC 0x4004c000
    static uint32_t sample(int channel) { REG(ADC) = channel << 12 | 1 << 2 | 2 | 1; while (!(REG(ADC) & 1 << 8)) {} return REG(ADC + 4); }
  `;

  it('reads the voltage at a pin, and the temperature of the chip', () => {
    const bench = boot(`${ADC} int main(void) { for (int i = 0; i < 5; i++) hex(sample(i)); done(); }`);
    bench.pico.setAnalog(0, 1.65);
    bench.pico.setAnalog(1, 3.3);
    bench.pico.setAnalog(2, 5);
    bench.pico.setAnalog(3, -1);
    assert.equal(bench.run().trace, ['00000800', '00000fff', '00000fff', '00000000', '0000036c'].join(''));
    assert.throws(() => bench.pico.setAnalog(5, 1), /no channel 5/);
  });

  it('samples round and round, and its interrupt goes when the FIFO is read', () => {
    const bench = boot(`${ADC}
      static volatile uint32_t n, interrupts;
      void irq22(void) { interrupts++; while (!(REG(ADC + 8) & 1 << 8)) { uint32_t v = REG(ADC + 12); if (n++ < 6) { hex(v); put(' '); } } }
      int main(void) {
        REG(ADC + 8) = 3 << 24 | 1; REG(ADC + 0x18) = 1; REG(0xe000e100) = 1 << 22;
        REG(ADC) = 0b101 << 16 | 1 << 3 | 1;
        while (n < 6) {}
        REG(ADC) = 0; hex(interrupts); done();
      }`);
    bench.pico.setAnalog(0, 0.33);
    bench.pico.setAnalog(1, 3);
    bench.pico.setAnalog(2, 0.66);
    assert.equal(bench.run().trace, '0000019a 00000333 0000019a 00000333 0000019a 00000333 00000002');
  });
});

describe('the pulse-width modulator', () => {
  it('can be read back', () => {
    const PWM = 'REG(0x40050014 + 0x04) = 125 << 4; REG(0x40050014 + 0x10) = 999; REG(0x40050014 + 0x0c) = 250 << 16 | 1500; REG(0x40014014) = 4; REG(0x4001401c) = 4;';
    const bench = boot(`int main(void) { ${PWM} put('a'); REG(0x40050014) = 1; put('b'); REG(0x40050014) = 1 | 2 | 8; for (;;) __asm__ volatile("wfe"); }`);
    bench.run(2000);
    assert.deepEqual(bench.pico.pwm(3), { frequency: 500, duty: 0.75 });
    assert.deepEqual(bench.pico.pwm(2), { frequency: 500, duty: 1 });
    assert.equal(bench.pico.pwm(4), undefined);
    const still = boot(`int main(void) { ${PWM} for (;;) __asm__ volatile("wfe"); }`).run(2000);
    assert.equal(still.pico.pwm(3), undefined);
    const plain = boot(`int main(void) { ${PWM} REG(0x40050014) = 1; for (;;) __asm__ volatile("wfe"); }`).run(2000);
    assert.deepEqual(plain.pico.pwm(3), { frequency: 1000, duty: 0.25 });
  });

  it('has the duty that its edges have', () => {
    const bench = boot('int main(void) { REG(0x40050014 + 0x10) = 999; REG(0x40050014 + 0x0c) = 250 << 16; REG(0x4001401c) = 4; REG(0x40050014) = 1; for (;;) {} }').run(100_000);
    const edges = bench.edges.filter(({ pin }) => pin === 3).slice(-5);
    const start = edges.findIndex(({ level }) => level === 1);
    const [up, down, next] = edges.slice(start, start + 3).map(({ nanos }) => nanos) as [number, number, number];
    const pwm = bench.pico.pwm(3);
    assert.equal(Math.round(1e9 / (next - up)), pwm?.frequency);
    assert.equal((down - up) / (next - up), pwm?.duty);
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

describe('an SPI bus', () => {
  const SPI = `
    #define SPI 0x4003c000
    static void spi_init(void) { REG(SPI + 0x10) = 2; REG(SPI) = 7 << 0 | 9 << 8; REG(SPI + 4) = 2; for (int pin = 2; pin < 4; pin++) REG(0x40014004 + 8 * pin) = 5; REG(0xd0000014) = 0xc; REG(0xd0000024) = 0xc; }
    static uint8_t transfer(uint8_t byte) { REG(SPI + 8) = byte; while (REG(SPI + 12) & 16) {} return REG(SPI + 8); }
    static void cs(int level) { REG(level ? 0xd0000014 : 0xd0000018) = 4; }
    static void dc(int level) { REG(level ? 0xd0000014 : 0xd0000018) = 8; }
  `;

  it('speaks to the device whose chip select is low, at the speed that is set', () => {
    const notes: string[] = [];
    const device: SpiDevice = {
      select: () => notes.push('select'),
      deselect: () => notes.push('deselect'),
      transfer(byte, isData) {
        notes.push(`${isData ? 'data' : 'command'} ${byte}`);
        return byte + 0x10;
      },
    };
    const bench = boot(`${SPI} int main(void) { spi_init(); hex(transfer(1)); cs(0); dc(0); hex(transfer(2)); dc(1); hex(transfer(3)); cs(1); done(); }`);
    bench.pico.spi(0).attach(device, { cs: 2, dc: 3 });
    bench.run();
    assert.equal(bench.trace, '000000000000001200000013');
    assert.deepEqual(notes.slice(-4), ['select', 'command 2', 'data 3', 'deselect']);
  });

  it('takes eight bits of its clock for a byte', () => {
    const bench = boot(`${SPI} int main(void) { spi_init(); cs(0); transfer(1); transfer(1); cs(1); done(); }`);
    const [, low = 0, high = 0] = bench.run().edgesOf(2);
    const bits = 16 * 20 * 8; // 125 MHz / 2 / 10
    assert.ok(high - low >= bits && high - low < bits + 500, `${high - low} ns`);
  });

  it('carries a display and a sensor', () => {
    const display = new Ssd1306();
    const sensor = new Bme280();
    const bench = boot(`${SPI} int main(void) {
      REG(0x40014004 + 8 * 4) = 5; REG(0xd0000014) = 16; REG(0xd0000024) = 16;
      spi_init(); dc(0); cs(0); transfer(0x8d); transfer(0x14); transfer(0xaf); transfer(0xa1); transfer(0xc8); dc(1); transfer(0x01); cs(1); dc(0);
      REG(0xd0000018) = 16; transfer(0xd0); hex(transfer(0)); REG(0xd0000014) = 16;
      REG(0xd0000018) = 16; transfer(0x75); transfer(0xa0); transfer(0x72); transfer(5); REG(0xd0000014) = 16;
      REG(0xd0000018) = 16; transfer(0xf2); hex(transfer(0)); transfer(0); transfer(0); hex(transfer(0)); REG(0xd0000014) = 16; done(); }`);
    bench.pico.spi(0).attach(display, { cs: 2, dc: 3 });
    bench.pico.spi(0).attach(sensor, { cs: 4 });
    assert.equal(bench.run().trace, '00000060' + '00000005' + '000000a0');
    assert.equal(display.pixels[0], 255);
    assert.equal(display.pixels.filter(Boolean).length, 1);
  });
});
