import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { FLASH_BYTES, programmed } from '../../src/board/flash-contents.js';
import { SymbolTable } from '../../src/firmware/symbols.js';

const image = (...segments: { address: number; bytes: Uint8Array }[]) => ({
  segments, symbols: new SymbolTable([]), objects: new SymbolTable([]), words: new Uint8Array(), debug: undefined,
});

describe('an image that is written to the flash', () => {
  it('erases the sectors that it needs, and leaves the others', () => {
    const before = new Uint8Array(20_000).fill(0x55);
    const after = programmed(before, image({ address: 0x10000000, bytes: Uint8Array.of(1, 2) }, { address: 0x10001ffe, bytes: Uint8Array.of(3, 4, 5) }, { address: 0x20000000, bytes: Uint8Array.of(6) }));
    assert.equal(after.length, FLASH_BYTES);
    assert.deepEqual([...after.subarray(0, 3), after[0x0fff], after[0x1000], after[0x1ffd]], [1, 2, 0xff, 0xff, 0xff, 0xff]);
    assert.deepEqual([...after.subarray(0x1ffe, 0x2002), after[0x2fff], after[0x3000]], [3, 4, 5, 0xff, 0xff, 0x55]);
    assert.deepEqual([after[19_999], after[20_000], after[FLASH_BYTES - 1]], [0x55, 0xff, 0xff]);
  });

  it('may share a sector with another piece of it', () => {
    const after = programmed(new Uint8Array(), image({ address: 0x10000010, bytes: Uint8Array.of(1) }, { address: 0x10000000, bytes: Uint8Array.of(2) }));
    assert.deepEqual([after[0], after[1], after[0x10]], [2, 0xff, 1]);
  });
});
