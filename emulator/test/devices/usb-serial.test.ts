import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import type { ConsoleLine } from '../../src/board/console-line.js';
import { Pico } from '../../src/board/pico.js';
import { Recording } from '../../src/board/report.js';
import type { Image } from '../../src/firmware/image.js';
import { compile } from '../support/compile.js';
import { Bench } from '../support/program.js';

const ECHO = readFileSync(fileURLToPath(new URL('../support/fixtures/usb_echo.c', import.meta.url)), 'utf8');
const INTERRUPT_PIN = 2;
/** By then the host has opened the port: after 120 ms and some packets. */
const OPEN_NANOS = 122e6;

const echo = compile(ECHO);
const text = (characters: string): Uint8Array => new TextEncoder().encode(characters);

/** A program with something in it replaced. */
function changed(source: string, ...changes: [string | RegExp, string][]): string {
  return changes.reduce((before, [what, instead]) => {
    const after = before.replace(what, () => instead);
    assert.notEqual(after, before, `${what}`);
    return after;
  }, source);
}

function boot(image: Image = echo): Bench {
  const bench = new Bench(image);
  bench.pico.awaitsInput = true;
  return bench;
}

describe('the host at the USB port', () => {
  it('opens the serial port of a device and hears what it prints', () => {
    const bench = boot();
    bench.run(119e6);
    assert.equal(bench.pico.usb.isOpen, false);
    bench.run(OPEN_NANOS);
    assert.equal(bench.pico.usb.isOpen, true);
    assert.equal(bench.trace, 'hello over USB\n');
    assert.deepEqual(bench.pico.unknownRegisters.map(({ text: words }) => words), []);
  });

  it('starts a frame each millisecond, which only a firmware hears that enables it', () => {
    const hears = changed(ECHO, ['INTE = 1 << 16', 'INTE = 1 << 17 | 1 << 16'], ['  if (!(why & 1 << 4)) return;', `
      static uint32_t frames;
      if (why & 1 << 17) {
        uint32_t number = REG(USB + 0x48);
        REG(0xd000001c) = 1 << 3;
        if (INTS & 1 << 17) print("still pending");
        if (++frames == 30) { hex(number); INTE = 1 << 16 | 1 << 12 | 1 << 4; }
        return;
      }
      if (!(why & 1 << 4)) return;`], ['REG(0xd0000024) = 4;', 'REG(0xd0000024) = 4 | 8; REG(0x4001401c) = 5;']);
    const bench = boot(compile(hears));
    bench.run(200e6);
    assert.equal(bench.trace, 'hello over USB\n0000001e');
    const edges = bench.edgesOf(3);
    assert.equal(edges.length, 30);
    edges.forEach((nanos, index) => assert.ok(Math.abs(nanos - (edges[0] as number) - index * 1e6) < 500, `frame ${index}`));
  });

  it('counts its frames for a firmware that only asks for the number', () => {
    const bench = boot(compile(changed(ECHO, ['if (done & 1 << (2 * OUT + 1)) {', 'if (done & 1 << (2 * OUT + 1)) { hex(REG(USB + 0x48));'])));
    bench.run(129.5e6); // the reset is over at 120 ms
    bench.pico.usb.receive(text('a'));
    bench.run(140e6);
    assert.match(bench.trace, /00000009/);
  });

  it('tells lines from USB from those of a UART', () => {
    const lines: ConsoleLine[] = [];
    const recording = new Recording(false);
    const onConsoleLine = (line: ConsoleLine): void => {
      lines.push(line);
      recording.events.onConsoleLine(line);
    };
    const pico = new Pico(compile(changed(ECHO, ['int main(void) {', 'int main(void) { print("uart\\n");'])), { onConsoleLine });
    pico.run(OPEN_NANOS);
    assert.deepEqual(lines.map(({ uart }) => uart), [0, null]);
    const { console } = recording.report(pico, '');
    assert.deepEqual(console.map((line) => [line.text, line.uart]), [['uart', 0], ['hello over USB', null]]);
    assert.ok(console[1] && console[1].t_us > 120_000 && console[1].t_us < 122_000);
  });

  it('sends what is typed, in packets, and gets the echo', () => {
    const bench = boot();
    bench.run(OPEN_NANOS);
    const long = 'x'.repeat(63) + 'y'.repeat(64) + 'z'.repeat(22) + '\n';
    bench.pico.usb.receive(text('a\n'));
    bench.run(OPEN_NANOS + 1e6);
    assert.equal(bench.trace, 'hello over USB\na\n');
    const before = bench.edgesOf(INTERRUPT_PIN).length;
    bench.pico.usb.receive(text(long));
    bench.run(OPEN_NANOS + 2e6);
    assert.equal(bench.trace, `hello over USB\na\n${long}`);
    // Three packets there and three back.
    assert.equal(bench.edgesOf(INTERRUPT_PIN).length - before, 6);
  });

  it('takes as long as a bus of 12 Mbit/s', () => {
    const bench = boot();
    bench.run(OPEN_NANOS);
    const before = bench.edgesOf(INTERRUPT_PIN).length;
    bench.pico.usb.receive(text('x'.repeat(64)));
    bench.run(OPEN_NANOS + 1e6);
    const [received = 0, sent = 0] = bench.edgesOf(INTERRUPT_PIN).slice(before);
    const packet = ((64 + 13) * 8e9) / 12e6;
    assert.ok(Math.abs(received - OPEN_NANOS - packet) < 1000, `${received - OPEN_NANOS}`);
    assert.ok(sent - received > packet && sent - received < packet + 20_000, `${sent - received}`);
  });

  it('leaves a device alone that has nothing to say, and lets it sleep for ever', () => {
    const bench = boot();
    bench.run(OPEN_NANOS);
    const before = bench.edgesOf(INTERRUPT_PIN).length;
    // Reset, six requests with what belongs to them, a line.
    assert.ok(before > 10 && before < 30, `${before}`);
    const asleep = bench.pico.asleepCycles;
    const { cycles } = bench.pico;
    bench.run(10e9);
    assert.equal(bench.edgesOf(INTERRUPT_PIN).length, before);
    assert.equal(bench.pico.cycles - cycles, bench.pico.asleepCycles - asleep);
    const left = new Bench(echo).run(10e9);
    assert.equal(left.ending, 'asleep');
    assert.ok(left.pico.nanos < OPEN_NANOS, `${left.pico.nanos}`);
    assert.equal(left.trace, 'hello over USB\n');
  });

  it('does the same every time, to the cycle', () => {
    const runs = [0, 1].map(() => {
      const bench = boot();
      bench.run(OPEN_NANOS);
      bench.pico.usb.receive(text('again\n'));
      bench.run(OPEN_NANOS + 1e6);
      return { edges: bench.edges, trace: bench.trace, cycles: bench.pico.cycles };
    });
    assert.deepEqual(runs[0], runs[1]);
  });

  it('begins anew when the chip is reset', () => {
    const bench = boot();
    bench.run(OPEN_NANOS);
    bench.pico.reset();
    assert.equal(bench.pico.usb.isOpen, false);
    bench.pico.usb.receive(text('lost'));
    bench.run(2 * OPEN_NANOS);
    assert.equal(bench.pico.usb.isOpen, true);
    assert.equal(bench.trace, 'hello over USB\nhello over USB\n');
  });

  it('goes when the device disconnects its pull-up', () => {
    const image = compile(changed(ECHO, ['for (;;) __asm__', 'while (REG(0x40054028) < 130000) {} REG(SIE_CTRL + CLEARS) = 1 << 16; for (;;) __asm__']));
    const bench = boot(image);
    bench.run(OPEN_NANOS);
    assert.equal(bench.pico.usb.isOpen, true);
    bench.run(140e6);
    assert.equal(bench.pico.usb.isOpen, false);
  });

  it('asks for nothing while the program does not read, and for all of it afterwards', () => {
    const bench = boot();
    bench.run(100e6);
    bench.pico.usb.isReading = false;
    bench.run(OPEN_NANOS);
    assert.equal(bench.trace, '');
    bench.pico.usb.isReading = true;
    bench.run(OPEN_NANOS + 1e6);
    assert.equal(bench.trace, 'hello over USB\n');
  });

  it('sets another speed, and stays open', () => {
    const bench = boot(compile(changed(ECHO, ['== 7) reply_more();', '== 7) hex(*(volatile uint32_t *)EP0_BUFFER), put(10), reply_more();'])));
    bench.pico.usb.setSpeed(300); // nobody hears it
    bench.run(OPEN_NANOS);
    bench.pico.usb.setSpeed(1200);
    assert.equal(bench.pico.usb.isOpen, true);
    bench.run(OPEN_NANOS + 1e6);
    bench.pico.usb.receive(text('still\n'));
    bench.run(OPEN_NANOS + 2e6);
    assert.equal(bench.trace, '0001c200\nhello over USB\n000004b0\nstill\n');
  });

  it('opens the port anew when it is plugged in again', () => {
    const bench = boot();
    bench.run(OPEN_NANOS);
    bench.pico.usb.replug();
    assert.equal(bench.pico.usb.isOpen, false);
    bench.run(2 * OPEN_NANOS);
    assert.equal(bench.pico.usb.isOpen, true);
    assert.equal(bench.trace, 'hello over USB\nhello over USB\n');
  });

  it('is not there for a firmware that does not touch USB', () => {
    const bench = new Bench(compile('int main(void) { for (;;) __asm__ volatile("wfi"); }'));
    bench.pico.usb.receive(text('lost'));
    bench.run();
    assert.equal(bench.ending, 'asleep');
    assert.ok(bench.pico.nanos < 10_000, `${bench.pico.nanos}`);
    assert.equal(bench.pico.usb.isOpen, false);
  });

  it('keeps what is sent until the device takes it, though that refused its settings', () => {
    const lazy = changed(ECHO, ['if (value & 1) greet', 'hex(EP_STALL_ARM), put(10); if (value & 1) greet']);
    const bench = boot(compile(`#define LAZY\n${lazy}`));
    bench.run(OPEN_NANOS);
    bench.pico.usb.receive(text('patience\n'));
    bench.run(200e6);
    // The next request has taken back that the one before was refused.
    assert.equal(bench.trace, '00000000\nhello over USB\n');
    bench.pico.uart(0).receive(text('x'));
    bench.run(201e6);
    assert.equal(bench.trace, '00000000\nhello over USB\npatience\n');
  });

  it('sends though the device has always something to say, in turns', () => {
    const again = `
      if (done & 1 << (2 * IN)) for (int half = 0; half < 2; half++) {
        volatile uint16_t *control = (volatile uint16_t *)&BUFFER_CONTROL(IN, 0) + half;
        if (!(*control & AVAILABLE)) *control = put_in(IN_BUFFER + 64 * half, "more\\n", 5, &in_pid) | AVAILABLE;
      }
    `;
    const flooding = changed(
      `#define TWO_BUFFERS\n${ECHO}`,
      ['1 << 30 | 1 << 28', '1 << 30 | 1 << 29'],
      [/arm\(IN, 0, put_in\(IN_BUFFER, \(const char.*/, "put('!');"],
      ['  if (done & 2 &&', `${again}  if (done & 2 &&`],
    );
    const bench = boot(compile(flooding));
    bench.run(OPEN_NANOS);
    const before = bench.trace;
    bench.pico.usb.receive(text('x'.repeat(3 * 64)));
    bench.run(OPEN_NANOS + 300_000);
    const after = bench.trace.slice(before.length);
    assert.ok(before.split('more').length > 50, before);
    assert.equal(after.split('!').length - 1, 3);
    assert.ok(after.split('more').length > 4, after);
  });

  it('hands a buffer back as its side of the controller does', () => {
    const tell = `
      if (done & 1 << (2 * IN)) hex(BUFFER_CONTROL(IN, 0)), put('i');
      if (done & 1 << (2 * OUT + 1)) hex(BUFFER_CONTROL(OUT, 1)), put('o');
    `;
    const told = changed(ECHO, ['  if (done & 2 &&', `${tell}  if (done & 2 &&`]);
    const bench = boot(compile(told));
    bench.run(OPEN_NANOS);
    bench.pico.usb.receive(text('abc\n'));
    bench.run(OPEN_NANOS + 1e6);
    // Length and DATA1 stay; "available" goes; "full" goes with what was sent and comes with what was received.
    assert.match(bench.trace, /0000000fi00008004o00002004i/);
  });

  it.each<[string, string, string]>([
    ['takes no notice of a reset', 'INTE = 1 << 16 | 1 << 12', 'INTE = 1 << 16'],
    ['does not take its address', 'DEVICE_ADDRESS = new_address', '(void)0'],
    ['does not hand its buffers over', 'BUFFER_CONTROL(endpoint, out) = bits | AVAILABLE', '(void)0'],
  ])('waits for a device that %s', (_, what, instead) => {
    const bench = boot(compile(changed(ECHO, [what, instead])));
    bench.run(1e9);
    assert.equal(bench.pico.usb.isOpen, false);
    assert.equal(bench.trace, '');
  });

  it('takes two buffers in their order, with one interrupt', () => {
    const bench = boot(compile(`#define TWO_BUFFERS\n${ECHO}`));
    bench.run(OPEN_NANOS);
    assert.equal(bench.trace, 'first line\nsecond line\n');
    const one = boot();
    one.run(OPEN_NANOS);
    assert.equal(bench.edgesOf(INTERRUPT_PIN).length, one.edgesOf(INTERRUPT_PIN).length);
  });
});
