import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { endingAtBreakpoint } from '../../src/chip/ending.js';
import { SymbolTable } from '../../src/firmware/symbols.js';

const symbols = new SymbolTable(
  ['uasync_reset', 'uasync_stop', 'main', '_exit'].map((name, index) => ({ name, address: 0x10000100 + 0x40 * index, size: 0x40 })),
);
const [reset, stop, main, exit] = ['uasync_reset', 'uasync_stop', 'main', '_exit'].map((name) => symbols.addressOf(name) as number) as [number, number, number, number];
const ending = (pc: number, lr: number): string => {
  const { kind, text } = endingAtBreakpoint('at some place', pc, lr | 1, symbols);
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
});
