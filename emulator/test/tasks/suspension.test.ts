import { describe, expect, it } from 'vitest';
import { findFirstByte, findStores as findAllStores } from '../../src/tasks/suspension.js';

/** Code of 16-bit instructions. */
function code(...halfwords: number[]): Uint8Array {
  return Uint8Array.from(halfwords.flatMap((halfword) => [halfword & 255, halfword >> 8]));
}

const findStores = (program: Uint8Array, offset: number, width: 1 | 2 | 4, value: number): readonly number[] => findAllStores(program, offset, width).get(value) ?? [];

const movs = (register: number, value: number): number => 0x2000 | (register << 8) | value;
const adds = (register: number, value: number): number => 0x3000 | (register << 8) | value;
const cmp = (register: number, value: number): number => 0x2800 | (register << 8) | value;
const mov = (to: number, from: number): number => 0x4600 | ((to & 8) << 4) | (from << 3) | (to & 7);
const strh = (value: number, base: number, offset: number): number => 0x8000 | ((offset >> 1) << 6) | (base << 3) | value;
const strb = (value: number, base: number, offset: number): number => 0x7000 | (offset << 6) | (base << 3) | value;
const ldrb = (value: number, base: number, offset: number): number => 0x7800 | (offset << 6) | (base << 3) | value;
const ldr = (value: number, base: number): number => 0x6800 | (base << 3) | value;
const beq = (halfwords: number): number => 0xd000 | (halfwords & 255);
const bne = (halfwords: number): number => 0xd100 | (halfwords & 255);
const POP = 0xbd10;
const BL = [0xf000, 0xf800];

describe('the store that tells at which await a coroutine suspends', () => {
  it('is found by its constant and its place in the frame', () => {
    const program = code(mov(4, 0), movs(3, 4), strh(3, 4, 22), movs(3, 6), strh(3, 4, 22), strh(3, 4, 24), POP);
    expect(findStores(program, 22, 2, 4)).toEqual([4]);
    expect(findStores(program, 22, 2, 6)).toEqual([8]);
    expect(findStores(program, 22, 2, 8)).toEqual([]);
    expect(findStores(program, 22, 1, 6)).toEqual([]);
  });

  it('may be far from the start of the frame', () => {
    expect(findStores(code(mov(4, 0), adds(4, 200), movs(3, 6), strh(3, 4, 22), POP), 222, 2, 6)).toEqual([6]);
  });

  it('is not taken for one elsewhere in memory', () => {
    expect(findStores(code(movs(1, 22), movs(3, 6), strh(3, 1, 0), POP), 22, 2, 6)).toEqual([]);
  });

  it('counts where the address is not known, unless there is a sure one', () => {
    expect(findStores(code(ldr(2, 7), movs(3, 6), strh(3, 2, 22), POP), 22, 2, 6)).toEqual([4]);
    expect(findStores(code(ldr(2, 7), movs(3, 6), strh(3, 2, 22), strh(3, 0, 22), POP), 22, 2, 6)).toEqual([6]);
  });

  it('may take its constant from a comparison', () => {
    // if (r2 == 0) store r2 + 4
    expect(findStores(code(cmp(2, 0), bne(0), adds(2, 4), strh(2, 0, 16), POP), 16, 2, 4)).toEqual([]); // two ways lead there
    expect(findStores(code(cmp(2, 0), bne(1), adds(2, 4), strh(2, 0, 16), POP), 16, 2, 4)).toEqual([6]);
    expect(findStores(code(cmp(2, 3), beq(0), POP, adds(2, 1), strh(2, 0, 16), POP), 16, 2, 4)).toEqual([8]);
  });

  it('is followed along branches, backwards too, and ends', () => {
    const loop = code(movs(3, 6), strh(3, 0, 16), movs(3, 4), strh(3, 0, 16), 0xe7fa); // b to the start
    expect(findStores(loop, 16, 2, 6)).toEqual([2]);
    expect(findStores(loop, 16, 2, 4)).toEqual([6]);
  });

  it('does not trust registers that a call may change', () => {
    expect(findStores(code(mov(4, 0), movs(3, 6), ...BL, strh(3, 4, 16), POP), 16, 2, 6)).toEqual([]);
    expect(findStores(code(mov(4, 0), movs(5, 6), ...BL, strh(5, 4, 16), POP), 16, 2, 6)).toEqual([8]);
  });

  it('is nowhere in what is no code', () => {
    for (let halfword = 0; halfword < 0x10000; halfword += 7) findStores(code(halfword, halfword ^ 0x5555, halfword), 2, 2, 6);
    expect(findStores(new Uint8Array(), 2, 2, 6)).toEqual([]);
  });
});

describe('the first byte of the frame that is looked at', () => {
  it('is found in what Clang makes', () => {
    expect(findFirstByte(code(0xb5d0, mov(4, 0), ldrb(0, 0, 28), cmp(0, 0), POP))).toBe(28);
    expect(findFirstByte(code(mov(4, 0), movs(0, 92), 0x5c20, POP))).toBe(92); // ldrb r0, [r4, r0]
  });

  it('is unknown where the code branches before', () => {
    expect(findFirstByte(code(cmp(1, 0), beq(0), ldrb(0, 0, 28), POP))).toBeUndefined();
    expect(findFirstByte(code(strb(1, 0, 4), POP))).toBeUndefined();
  });
});
