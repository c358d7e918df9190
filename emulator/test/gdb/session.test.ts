import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { HeadlessRun } from '../../src/board/headless.js';
import type { Image } from '../../src/firmware/image.js';
import { Debugger } from '../../src/gdb/debugger.js';
import { packet, PacketReader, toBytes, toHex } from '../../src/gdb/packets.js';
import { Session } from '../../src/gdb/session.js';
import { compile } from '../support/compile.js';
import { HARD_FAULT, MAIN, program, STACK_TOP, SYSTICK } from '../support/program.js';
import { adds, bkpt, bxLr, type Code, flatten, forever, ldr, loop, movs, nop, set, store, str, udf, wfi } from '../support/thumb.js';

const COUNTER = 0x20000100;
/** Adds one to the word at COUNTER. Uses r0 and r1. */
const count: Code = [set(0, COUNTER), ldr(1, 0), adds(1, 1), str(1, 0)];
const lengthOf = (code: Code): number => 2 * flatten(code).length;

/** A gdb at work, without a line to it. */
class Gdb {
  readonly target: Debugger;
  readonly session: Session;
  private sent = '';

  constructor(main: Code | Image, handlers: Record<number, Code> = {}, untilNanos = 1e9) {
    const image = typeof main === 'object' && 'segments' in main ? main : program(main, handlers);
    this.target = new Debugger(new HeadlessRun({ image, untilNanos }));
    this.session = new Session(this.target, (text) => (this.sent += text));
  }

  /** Sends a packet, and runs the firmware if that is what it asks for; gives all that was answered, joined with a blank. */
  ask(payload: string, budget = 1000): string {
    this.session.receive(packet(payload));
    for (let slices = 0; this.session.state === 'running' && slices < 100_000; slices++) {
      const stop = this.target.advance(budget);
      if (stop !== undefined) this.session.stopped(stop);
    }
    return this.answers();
  }

  /** What was answered since this was asked last. */
  answers(): string {
    const text = this.sent.replace(/^\+/, '');
    this.sent = '';
    return new PacketReader().read(text).map((one) => (one.kind === 'packet' ? readable(one.payload) : one.kind)).join(' ');
  }

  monitor(command: string): string {
    return new TextDecoder().decode(Uint8Array.from(Buffer.from(this.ask(`qRcmd,${toHex(toBytes(command))}`), 'hex')));
  }

  get pc(): number {
    return this.target.pico.inspect.programCounter;
  }

  get counter(): number {
    return this.target.pico.inspect.word(COUNTER) ?? NaN;
  }
}

/** Console output in words. */
function readable(payload: string): string {
  return /^O([0-9a-f]{2})+$/.test(payload) ? `[${Buffer.from(payload.slice(1), 'hex').toString().trim()}]` : payload;
}

describe('a firmware under gdb', () => {
  it('stands before its first instruction', () => {
    const gdb = new Gdb(forever);
    assert.equal(gdb.ask('?'), 'T05thread:1;');
    const registers = gdb.ask('g');
    assert.equal(registers.length, 21 * 8);
    assert.equal(registers.slice(13 * 8, 14 * 8), toHex(new Uint8Array(Uint32Array.of(STACK_TOP).buffer)));
    assert.equal(gdb.ask('pf'), toHex(new Uint8Array(Uint32Array.of(MAIN).buffer)));
    assert.equal(gdb.target.pico.cycles, 0);
  });

  it('stops at a breakpoint, steps, and goes on from it', () => {
    const gdb = new Gdb([nop, nop, loop([nop, nop])]);
    const second = MAIN + 4;
    assert.equal(gdb.ask(`Z0,${second.toString(16)},2`), 'OK');
    assert.equal(gdb.ask('c'), 'T05thread:1;');
    assert.equal(gdb.pc, second);
    assert.equal(gdb.ask('vCont;s:1;c'), 'T05thread:1;');
    assert.equal(gdb.pc, second + 2);
    assert.equal(gdb.ask('vCont;c'), 'T05thread:1;');
    assert.equal(gdb.pc, second);
    assert.equal(gdb.target.pico.cycles, 2 + 4); // two nops; then two and the branch back
  });

  it('stops at a breakpoint however often one looked at it before', () => {
    const gdb = new Gdb(Array.from({ length: 50 }, () => nop));
    gdb.ask(`Z1,${(MAIN + 40).toString(16)},2`);
    assert.equal(gdb.ask('c', 1), 'T05thread:1;');
    assert.equal(gdb.pc, MAIN + 40);
  });

  it('runs past a breakpoint that was taken away', () => {
    const gdb = new Gdb([nop, nop, nop, bkpt]);
    gdb.ask(`Z0,${(MAIN + 2).toString(16)},2`);
    gdb.ask(`z0,${(MAIN + 2).toString(16)},2`);
    assert.match(gdb.ask('c'), /^\[breakpoint at PC 0x100000c6.*\] T05thread:1;$/);
    assert.equal(gdb.pc, MAIN + 6);
  });

  it('goes on after bkpt from where gdb moved it to', () => {
    const gdb = new Gdb([bkpt, nop, bkpt]);
    gdb.ask('c');
    assert.equal(gdb.ask(`Pf=${toHex(new Uint8Array(Uint32Array.of(MAIN + 2).buffer))}`), 'OK');
    assert.match(gdb.ask('c'), /^\[breakpoint at PC 0x100000c4/);
  });

  it('can be stopped by Ctrl-C, and time stands still then', () => {
    const gdb = new Gdb(forever, {}, Infinity);
    gdb.session.receive(packet('c'));
    gdb.target.advance(1000);
    gdb.session.receive('\x03');
    assert.equal(gdb.answers(), 'T02thread:1;');
    const { cycles } = gdb.target.pico;
    assert.ok(cycles > 0);
    gdb.session.receive('\x03'); // says nothing to one that stands
    gdb.ask('g');
    assert.equal(gdb.target.pico.cycles, cycles);
  });

  it('is given commands only while it stands', () => {
    const gdb = new Gdb(forever, {}, Infinity);
    gdb.session.receive(packet('c') + packet('g'));
    assert.equal(gdb.answers(), '');
  });

  it('stops when the time given with --until is up', () => {
    assert.equal(new Gdb(forever, {}, 1e6).ask('c'), '[the time given with --until is up] T18thread:1;');
  });

  it('stops when it is asleep for ever', () => {
    assert.match(new Gdb(loop(wfi)).ask('c'), /^\[asleep for ever at PC .*\] T11thread:1;$/);
  });

  it('stops in the handler of a fault, and again at its end', () => {
    const gdb = new Gdb(udf, { [HARD_FAULT]: [nop, forever] });
    assert.match(gdb.ask('c'), /^\[HardFault: undefined instruction 0xde00, at PC 0x100000c0.*\] T0bthread:1;$/);
    assert.equal(gdb.pc, MAIN + 2);
    assert.match(gdb.ask('c'), /^\[crashed: HardFault: undefined instruction.*\] T0bthread:1;$/);
    assert.equal(gdb.pc, MAIN + 4);
  });
});

describe('watchpoints of gdb', () => {
  const main: Code = [nop, store(COUNTER + 4, 1), store(COUNTER, 7), nop, bkpt];

  it('stop after the store, and at no other', () => {
    const gdb = new Gdb(main);
    assert.equal(gdb.ask(`Z2,${COUNTER.toString(16)},4`), 'OK');
    assert.equal(gdb.ask('c'), `T05watch:${COUNTER.toString(16)};thread:1;`);
    assert.equal(gdb.counter, 7);
    assert.equal(gdb.pc, MAIN + lengthOf([nop, store(COUNTER + 4, 1), store(COUNTER, 7)]));
  });

  it('can be taken away, each by itself', () => {
    const gdb = new Gdb(main);
    gdb.ask(`Z2,${COUNTER.toString(16)},4`);
    gdb.ask(`Z2,${COUNTER.toString(16)},1`);
    gdb.ask(`z2,${COUNTER.toString(16)},4`);
    assert.match(gdb.ask('c'), /watch:20000100/);
    gdb.ask(`z2,${COUNTER.toString(16)},1`);
    assert.match(gdb.ask('c'), /^\[breakpoint/);
  });

  it('are for RAM and for stores only', () => {
    const gdb = new Gdb(main);
    assert.equal(gdb.ask('Z2,10000000,4'), 'E0e');
    assert.equal(gdb.ask('Z2,20041ffe,4'), 'E0e');
    assert.equal(gdb.ask(`Z3,${COUNTER.toString(16)},4`), '');
    assert.equal(gdb.ask(`Z4,${COUNTER.toString(16)},4`), '');
  });
});

describe('stepping in gdb', () => {
  const setUp: Code = [store(0xe000e014, 39), store(0xe000e018, 0), store(0xe000e010, 7)]; // SysTick every 40 cycles
  const start = MAIN + lengthOf(setUp);
  const ticking = (): Gdb => {
    const gdb = new Gdb([setUp, loop([nop, nop])], { [SYSTICK]: [count, bxLr] });
    gdb.ask(`Z0,${start.toString(16)},2`);
    gdb.ask('c');
    gdb.ask(`z0,${start.toString(16)},2`);
    return gdb;
  };

  it('stays in the function, though interrupts come', () => {
    const gdb = ticking();
    const before = gdb.counter;
    for (let step = 0; step < 90; step++) {
      assert.equal(gdb.pc, start + 2 * (step % 3));
      assert.equal(gdb.ask('s'), 'T05thread:1;');
    }
    assert.ok(gdb.counter > before, 'no interrupt came');
  });

  it('is stopped by a breakpoint in the interrupt handler, and steps on in there', () => {
    const gdb = ticking();
    const handler = start + 6;
    gdb.ask(`Z0,${handler.toString(16)},2`);
    for (let step = 0; step < 90 && gdb.pc !== handler; step++) gdb.ask('s');
    assert.equal(gdb.pc, handler);
    gdb.ask('s');
    assert.equal(gdb.pc, handler + 2);
  });

  it('steps out of an interrupt handler to where it came from', () => {
    const gdb = ticking();
    const last = start + 6 + lengthOf(count);
    gdb.ask(`Z0,${last.toString(16)},2`);
    gdb.ask('c');
    gdb.ask('s');
    assert.ok(gdb.pc >= start && gdb.pc < start + 6, gdb.pc.toString(16));
  });
});

describe('both cores in gdb', () => {
  /** Core 0 starts core 1 as the boot ROM wants it; both count for ever. */
  const image = compile(`
    volatile uint32_t counts[2];
    static void push(uint32_t word) { while (!(REG(0xd0000050) & 2)) {} REG(0xd0000054) = word; __asm__ volatile("sev"); }
    static uint32_t pop(void) { while (!(REG(0xd0000050) & 1)) __asm__ volatile("wfe"); return REG(0xd0000058); }
    __attribute__((noinline)) void first(void) { counts[0]++; }
    __attribute__((noinline)) void second(void) { counts[1]++; }
    static void core1(void) { for (;;) second(); }
    int main(void) {
      const uint32_t words[] = {0, 0, 1, (uint32_t)vectors, 0x20042000, (uint32_t)core1};
      for (unsigned index = 0; index < 6; index++) { push(words[index]); pop(); }
      for (;;) first();
    }
  `);
  const address = (name: string): number => image.symbols.addressOf(name) as number;
  const started = (): Gdb => {
    const gdb = new Gdb(image);
    gdb.ask(`Z0,${address('second').toString(16)},2`);
    assert.equal(gdb.ask('c'), 'T05thread:2;');
    gdb.ask(`z0,${address('second').toString(16)},2`);
    return gdb;
  };
  const pcOf = (gdb: Gdb, thread: number): number => {
    assert.equal(gdb.ask(`Hg${thread}`), 'OK');
    return Buffer.from(gdb.ask('pf'), 'hex').readUInt32LE();
  };

  it('are threads, with registers of their own', () => {
    const gdb = started();
    assert.equal(gdb.ask('qfThreadInfo'), 'm1,2');
    assert.equal(gdb.ask('qC'), 'QC2'); // the one that was stopped
    assert.equal(pcOf(gdb, 2), address('second'));
    assert.notEqual(pcOf(gdb, 1), address('second'));
  });

  it('step each by itself, while the other runs on', () => {
    const gdb = started();
    const before = pcOf(gdb, 2);
    assert.equal(gdb.ask('vCont;s:2;c'), 'T05thread:2;');
    assert.equal(pcOf(gdb, 2), before + 2);
    for (let step = 0; step < 60; step++) assert.equal(gdb.ask('vCont;s:1;c'), 'T05thread:1;');
    assert.ok(Math.abs(pcOf(gdb, 1) - address('main')) < 0x100);
    assert.notEqual(pcOf(gdb, 2), before + 2);
  });

  it('stop both at a breakpoint of one', () => {
    const gdb = started();
    gdb.ask(`Z0,${address('first').toString(16)},2`);
    assert.equal(gdb.ask('c'), 'T05thread:1;');
    const other = pcOf(gdb, 2);
    assert.equal(pcOf(gdb, 2), other);
    assert.equal(pcOf(gdb, 1), address('first'));
  });

  it('are told apart at a watchpoint', () => {
    const gdb = started();
    const counts = image.objects.addressOf('counts') as number;
    gdb.ask(`Z2,${(counts + 4).toString(16)},4`);
    assert.equal(gdb.ask('c'), `T05watch:${(counts + 4).toString(16)};thread:2;`);
    gdb.ask(`z2,${(counts + 4).toString(16)},4`);
    gdb.ask(`Z2,${counts.toString(16)},4`);
    assert.equal(gdb.ask('c'), `T05watch:${counts.toString(16)};thread:1;`);
  });
});

describe('memory and registers in gdb', () => {
  it('can be read and written', () => {
    const gdb = new Gdb([movs(0, 1), forever]);
    assert.equal(gdb.ask('M20000010,3:beef01'), 'OK');
    assert.equal(gdb.ask('m20000010,4'), 'beef0100');
    assert.equal(gdb.ask('X20000010,2:}#'), 'OK'); // they are escaped on the line
    assert.equal(gdb.ask('m20000010,2'), '7d23');
    assert.equal(gdb.ask(`m${MAIN.toString(16)},2`), '0120');
    assert.equal(gdb.ask('P0=78563412'), 'OK');
    assert.equal(gdb.ask('p0'), '78563412');
    const registers = gdb.ask('g');
    assert.equal(gdb.ask(`G${registers}`), 'OK');
    assert.equal(gdb.ask('g'), registers);
  });

  it('are left out where there are none', () => {
    const gdb = new Gdb(forever);
    assert.equal(gdb.ask('m30000000,4'), 'E0e');
    assert.equal(gdb.ask('m20041ffe,4'), '0000');
    assert.equal(gdb.ask('M30000000,1:00'), 'E0e');
    assert.equal(gdb.ask('p15'), 'E16');
    assert.equal(gdb.ask('P15=00000000'), 'E16');
  });

  it('include the registers of peripherals', () => {
    const gdb = new Gdb(forever, {}, 5e6);
    gdb.ask('c');
    assert.equal(gdb.ask('m40054028,4'), '88130000'); // the timer: 5000 microseconds
  });

  it('include those of the processor that only it can read', () => {
    const gdb = new Gdb([0xb672, bkpt]); // cpsid
    assert.equal(gdb.ask('p13'), '00000000');
    gdb.ask('c');
    assert.equal(gdb.ask('p13'), '01000000');
    assert.equal(gdb.ask('p11'), gdb.ask('pd')); // msp is sp
  });
});

describe('the rest of the protocol', () => {
  it('says what it can, and describes the processor in pieces', () => {
    const gdb = new Gdb(forever);
    assert.match(gdb.ask('qSupported:multiprocess+'), /PacketSize=4000;.*qXfer:features:read\+/);
    let [xml, last] = ['', ''];
    while (last !== 'l') {
      const piece = gdb.ask(`qXfer:features:read:target.xml:${xml.length.toString(16)},40`);
      [last, xml] = [piece.charAt(0), xml + piece.slice(1)];
    }
    assert.match(xml, /^<\?xml[^]*org\.gnu\.gdb\.arm\.m-profile[^]*<\/target>\n$/);
    assert.equal(gdb.ask('qXfer:features:read:other.xml:0,40'), 'E16');
  });

  it('has a thread for each core that is on', () => {
    const gdb = new Gdb(forever);
    assert.equal(gdb.ask('qfThreadInfo'), 'm1');
    assert.equal(gdb.ask('qsThreadInfo'), 'l');
    assert.equal(gdb.ask('T1'), 'OK');
    assert.equal(gdb.ask('T2'), 'E16');
    assert.equal(gdb.ask('Hg0'), 'OK');
    assert.equal(gdb.ask('Hg2'), 'E16');
  });

  it('leaves unanswered what it does not know, and survives nonsense', () => {
    const gdb = new Gdb(forever);
    for (const unknown of ['vMustReplyEmpty', 'qTStatus', 'B', '!', 'qXfer:auxv:read::0,10']) assert.equal(gdb.ask(unknown), '', unknown);
    for (const nonsense of ['m', 'mxyz', 'M20000000,4:zz', 'X', 'Z0', 'Z0,,', 'P', 'p', 'G00', 'Hg', 'T', 'qRcmd,x']) {
      assert.match(gdb.ask(nonsense), /^(|OK|E\d\w)$/, nonsense);
    }
    assert.equal(gdb.ask('?'), 'T05thread:1;');
  });

  it('acknowledges packets until gdb does without', () => {
    const sent: string[] = [];
    const session = new Session(new Debugger(new HeadlessRun({ image: program(forever) })), (text) => sent.push(text));
    session.receive('$qC#00');
    session.receive(packet('qC'));
    session.receive('-');
    session.receive(packet('QStartNoAckMode'));
    session.receive(`$qC#00${packet('qC')}`);
    assert.deepEqual(sent, ['-', '+', packet('QC1'), packet('QC1'), '+', packet('OK'), packet('QC1')]);
  });

  it('tells the time, presses buttons and resets the chip on request', () => {
    const gdb = new Gdb([count, loop(nop)], {}, 1e6);
    gdb.ask('c');
    assert.match(gdb.monitor('time'), /^0\.00100000\d s, 12500\d cycles\n$/);
    assert.match(gdb.monitor('reset'), /is reset/);
    assert.equal(gdb.pc, MAIN);
    assert.equal(gdb.counter, 1);
    assert.match(gdb.monitor('help'), /monitor press PIN TIME/);
    assert.equal(gdb.monitor('press GP15'), `'monitor press GP15' cannot be understood; see monitor help\n`);
    assert.equal(gdb.monitor('press GP99 1ms'), `'GP99' is not a pin; the pins are GP0 to GP29\n`);
    assert.equal(gdb.monitor('dance'), `'monitor dance' is unknown; see monitor help\n`);
    assert.equal(gdb.monitor('\x1b[2J'), `'monitor \\u001b[2J' is unknown; see monitor help\n`);
  });

  it('presses a button from where the firmware stands', () => {
    const inputs = [store(0x4001c004 + 4 * 15, 0x4a), store(0x40014004 + 8 * 15, 5), set(2, 0xd0000004)];
    const gdb = new Gdb([inputs, loop([ldr(3, 2)])], {}, 1e6);
    gdb.ask(`Z0,${(MAIN + lengthOf(inputs)).toString(16)},2`);
    gdb.ask('c');
    gdb.ask('c');
    assert.equal(gdb.ask('p3'), '00800000');
    assert.equal(gdb.ask(`qRcmd,${toHex(toBytes('press GP15 100us'))}`), 'OK');
    gdb.ask('c');
    gdb.ask('c');
    assert.equal(gdb.ask('p3'), '00000000');
  });
});

describe('a reset by gdb', () => {
  it('of a firmware without a vector table is told, and gdb stays', () => {
    const gdb = new Gdb(forever);
    assert.equal(gdb.ask('M10000000,8:0000000000000000'), 'OK');
    assert.match(gdb.monitor('reset'), /^The firmware crashed: it was reset, and there is no vector table at 0x10000000 .*\n$/);
    assert.match(gdb.ask('c'), /T\w\wthread:1;$/);
    assert.equal(gdb.ask('M10000000,4:00200420'), 'OK');
    assert.equal(gdb.ask(`M10000004,4:${toHex(Uint8Array.of((MAIN & 0xff) | 1, (MAIN >> 8) & 0xff, 0, 0x10))}`), 'OK');
    assert.match(gdb.monitor('reset'), /^The chip is reset and stands/);
  });
});

describe('a watchpoint', () => {
  it('may be set twice, and has a length that is none', () => {
    const gdb = new Gdb([count, bkpt]);
    for (let times = 0; times < 70_000; times++) gdb.session.receive(packet(`Z2,${COUNTER.toString(16)},4`));
    gdb.answers();
    assert.equal(gdb.ask('Z2,20000000,-4'), 'E0e');
    assert.match(gdb.ask('c'), /^T05watch:20000100;/);
    assert.equal(gdb.ask(`z2,${COUNTER.toString(16)},4`), 'OK');
    assert.match(gdb.ask('c'), /T05thread:1;$/);
  });
});
