import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bench, HARD_FAULT, irq, MAIN } from '../support/program.js';
import { bkpt, blx, bx, bxLr, type Code, cpsid, forever, ldr, ldrh, loop, movs, nop, print, set, store, str, strh, udf, undefinedInstruction, wfi } from '../support/thumb.js';

const handlers = { [HARD_FAULT]: [print('fault\n'), forever] };

/** Runs code that must fault, and gives the report. The handler's message must come before the end. */
function crash(main: Code): string {
  const bench = new Bench([main, print('went on')], handlers).run();
  assert.equal(bench.ending, 'crashed');
  assert.equal(bench.trace, 'fault\n');
  return bench.pico.ending?.text ?? '';
}

describe('a fault enters the HardFault handler', () => {
  const cases: [string, Code, RegExp][] = [
    ['a load where there is no memory', [set(0, 0x30000000), ldr(1, 0)], /load from 0x30000000, where there is no memory/],
    ['a load past the end of SRAM', [set(0, 0x20042000), ldr(1, 0)], /load from 0x20042000, where there is no memory/],
    ['a store where there is no memory', store(0xdeadbee0, 1), /store to 0xdeadbee0, where there is no memory/],
    ['a store to flash', store(0x10000800, 1), /store to 0x10000800, in flash/],
    ['an unaligned word load', [set(0, 0x20000002), ldr(1, 0)], /unaligned load from 0x20000002 \(4 bytes\)/],
    ['an unaligned word store', [set(0, 0x20000001), str(1, 0)], /unaligned store to 0x20000001 \(4 bytes\)/],
    ['an unaligned halfword load', [set(0, 0x20000001), ldrh(1, 0)], /unaligned load from 0x20000001 \(2 bytes\)/],
    ['an unaligned halfword store', [set(0, 0x20000003), strh(1, 0)], /unaligned store to 0x20000003 \(2 bytes\)/],
    ['udf', udf, /undefined instruction 0xde00/],
    ['an instruction of another processor', undefinedInstruction, /undefined instruction 0xb100/],
    ['a jump to nowhere', [set(0, 0x40000001 | 0x20000000), bx(0)], /jump to 0x60000000, where there is no code/],
    ['a branch without the Thumb bit', [set(0, MAIN), bx(0)], /jump to 0x100000c0, an address without the Thumb bit/],
    ['a call of a null function pointer', [movs(0, 0), blx(0)], /jump to 0x00000000, an address without the Thumb bit \(a null function pointer\?\)/],
  ];
  for (const [name, code, message] of cases) {
    it(`at ${name}`, () => assert.match(crash(code), message));
  }

  it('which gets the address of the instruction, and may return behind it', () => {
    // The stacked program counter is at SP + 0x18; the handler moves it on by one instruction.
    const skip = [0x9806 /* ldr r0, [sp, #24] */, 0x3002 /* adds r0, #2 */, 0x9006 /* str r0, [sp, #24] */, bxLr];
    const bench = new Bench([nop, udf, print('went on'), bkpt], { [HARD_FAULT]: skip }).run();
    assert.equal(bench.trace, 'went on');
    assert.equal(bench.ending, 'breakpoint');
  });

  it('from within another handler', () => {
    const bench = new Bench([store(0xe000e100, 1 << 26), store(0xe000e200, 1 << 26), nop, bkpt], { ...handlers, [irq(26)]: udf }).run();
    assert.equal(bench.ending, 'crashed');
    assert.equal(bench.trace, 'fault\n');
  });
});

describe('the report of a crash', () => {
  it('has the place of the fault, not of the handler', () => {
    assert.match(crash([nop, nop, udf]), /^crashed: HardFault: undefined instruction 0xde00, at PC 0x100000c4, LR 0x/);
  });

  it('comes at a breakpoint or a sleep in the handler as well', () => {
    for (const end of [bkpt, wfi, loop(wfi)]) {
      const bench = new Bench(udf, { [HARD_FAULT]: [print('fault\n'), end] }).run();
      assert.equal(bench.ending, 'crashed');
      assert.equal(bench.trace, 'fault\n');
    }
  });
});

describe('a lockup', () => {
  it('is a fault in the HardFault handler', () => {
    const bench = new Bench(udf, { [HARD_FAULT]: store(0x30000000, 1) }).run();
    assert.equal(bench.ending, 'lockup');
    assert.match(bench.pico.ending?.text ?? '', /lockup: store to 0x30000000.*in the handler of: undefined instruction 0xde00, at PC 0x100000c0/);
  });

  it('is a fault without a handler', () => {
    const bench = new Bench(udf).run();
    assert.equal(bench.ending, 'lockup');
    assert.match(bench.pico.ending?.text ?? '', /undefined instruction 0xde00, at PC.*exception 3 has no handler/);
  });

  it('is a fault with the stack where there is no memory', () => {
    const bench = new Bench([set(0, 0x30000000), 0x4685 /* mov sp, r0 */, udf], handlers).run();
    assert.equal(bench.ending, 'lockup');
  });
});

describe('an endless loop', () => {
  it('with interrupts disabled is the end', () => {
    const bench = new Bench([cpsid, forever]).run();
    assert.equal(bench.ending, 'stuck');
    assert.match(bench.pico.ending?.text ?? '', /^endless loop with interrupts disabled at PC 0x100000c2/);
  });

  it('in a handler that nothing can preempt is the end', () => {
    const bench = new Bench([store(0xe000e100, 1 << 26), store(0xe000e200, 1 << 26), forever], { [irq(26)]: forever }).run();
    assert.equal(bench.ending, 'stuck');
    assert.match(bench.pico.ending?.text ?? '', /^endless loop in the handler of exception 42/);
  });

  it('with interrupts enabled waits for one', () => {
    assert.equal(new Bench(forever).run(1e6).ending, 'time');
  });
});

describe('the way to the USB boot loader', () => {
  // As the datasheet says: the table's address is at 0x14, the look-up's at 0x18, and the function has the code UB.
  const lookUp = (code: number) => [movs(3, 0x14), ldrh(0, 3), movs(3, 0x18), ldrh(2, 3), set(1, code), blx(2)];

  it('is an end of its own', () => {
    const bench = new Bench([...lookUp(0x4255), movs(1, 0), blx(0)], handlers).run();
    assert.equal(bench.ending, 'bootsel');
    assert.equal(bench.pico.ending?.text, 'went to the USB boot loader (BOOTSEL)');
  });

  it('is not gone by who only looks it up', () => {
    assert.equal(new Bench([...lookUp(0x4255), bkpt], handlers).run().ending, 'breakpoint');
  });

  it('is not there by other letters', () => {
    const bench = new Bench([...lookUp(0x4256), blx(0)], handlers).run();
    assert.match(bench.pico.ending?.text ?? '', /a null function pointer/);
  });
});

describe('an interrupt without a handler', () => {
  it('faults', () => {
    const bench = new Bench([store(0xe000e100, 1 << 26), store(0xe000e200, 1 << 26), nop, bkpt], handlers).run();
    assert.equal(bench.ending, 'crashed');
    assert.match(bench.pico.ending?.text ?? '', /exception 42 has no handler \(its vector is 0x00000000\)/);
  });
});
