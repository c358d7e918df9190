import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { endingAtBreakpoint } from '../../src/chip/ending.js';
import { SymbolTable } from '../../src/firmware/symbols.js';

const symbols = new SymbolTable(
  ['uasync_reset', 'uasync_stop', 'main', '_exit'].map((name, index) => ({ name, address: 0x10000100 + 0x40 * index, size: 0x40 })),
);
const [reset, stop, main, exit] = ['uasync_reset', 'uasync_stop', 'main', '_exit'].map((name) => symbols.addressOf(name) as number) as [number, number, number, number];
const ending = (pc: number, lr: number, names = symbols, halfwords: Readonly<Record<number, number>> = {}): string => {
  const code = { resetHandler: reset | 1, readUint16: (address: number) => halfwords[address] ?? 0 };
  const { kind, text } = endingAtBreakpoint('at some place', pc, lr | 1, names, code);
  return `${kind}: ${text}`;
};

describe('a breakpoint', () => {
  it('is the end of the program where the start-up code has it', () => {
    assert.equal(ending(stop + 8, reset + 0x30), 'returned: main() returned');
    assert.equal(ending(stop + 8, stop), 'returned: main() returned'); // called by the last instruction before it
    assert.equal(ending(exit + 2, main), 'returned: main() returned, or exit() was called');
  });

  it('is one anywhere else', () => {
    assert.equal(ending(stop + 8, main), 'breakpoint: breakpoint at some place'); // a fatal error
    assert.equal(ending(main + 8, reset + 0x30), 'breakpoint: breakpoint at some place');
    assert.equal(ending(0x20000000, 0), 'breakpoint: breakpoint at some place');
  });

  describe('without names', () => {
    const nameless = new SymbolTable([]);
    const call = (from: number, to: number): Record<number, number> => {
      const distance = to - from - 4;
      return { [from]: 0xf000 | ((distance >> 12) & 0x7ff), [from + 2]: 0xf800 | ((distance >> 1) & 0x7ff) };
    };
    const start = { ...call(reset + 0x30, main), ...call(reset + 0x34, stop) };

    it('is the end of the program where the start-up code stops after another call', () => {
      assert.equal(ending(stop + 8, reset + 0x38, nameless, start), 'returned: main() returned');
    });

    /** The Pico SDK's way: three calls through r1, whose addresses follow at `reset + 0x40`. */
    const callsOf = (at: number, ...targets: number[]): Record<number, number> =>
      Object.fromEntries(targets.flatMap((target, index) => {
        const [load, literal] = [at + 4 * index, reset + 0x40 + 4 * index];
        const words = (literal - ((load + 4) & ~3)) / 4;
        return [[load, 0x4900 | words], [load + 2, 0x4788], [literal, (target | 1) & 0xffff], [literal + 2, target >>> 16]];
      }));
    const sdk = callsOf(reset + 0x10, stop, main, exit);

    it('is the end of the program where exit() stops, which the start-up code calls after main()', () => {
      assert.equal(ending(0x10002000, exit + 0x24, nameless, sdk), 'returned: main() returned, or exit() was called');
    });

    it('is one anywhere else', () => {
      assert.equal(ending(0x10002000, main + 0x24, nameless, sdk), 'breakpoint: breakpoint at some place');
      assert.equal(ending(0x10002000, exit + 0x24, nameless, callsOf(reset + 0x10, main, exit)), 'breakpoint: breakpoint at some place');
      for (const [pc, lr, code] of [
        [stop + 8, main + 0x38, start], // called by main
        [main + 8, reset + 0x34, start], // in main, which is a leaf
        [main + 8, reset + 0x38, start], // not in what was called
        [stop + 8, reset + 0x38, call(reset + 0x34, stop)], // nothing called before it
      ] as const) {
        assert.equal(ending(pc, lr, nameless, code), 'breakpoint: breakpoint at some place');
      }
    });
  });
});
