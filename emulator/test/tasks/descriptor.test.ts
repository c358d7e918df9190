import { describe, expect, it } from 'vitest';
import type { Image } from '../../src/firmware/image.js';
import { SymbolTable } from '../../src/firmware/symbols.js';
import { findDescriptor, findLevels } from '../../src/tasks/descriptor.js';

function image(...bytes: number[]): Image {
  const none = new SymbolTable([]);
  return { segments: [{ address: 0x10000000, bytes: Uint8Array.from(bytes) }], symbols: none, objects: none, words: new Uint8Array(), debug: undefined };
}

const MAGIC = [...'uasync\n'].map((character) => character.charCodeAt(0));
const LOOP = [0x78, 0x56, 0x34, 0x12];
const OFFSETS = Array.from({ length: 19 }, (_, index) => index + 1);

describe('the descriptor of the tasks', () => {
  it('is found by its first bytes, at a whole word', () => {
    const found = findDescriptor(image(0x75, 0, 0, 0, ...MAGIC, 1, ...LOOP, ...OFFSETS, 0, 0));
    expect(found?.loop).toBe(0x12345678);
    expect([found?.loopCurrent, found?.taskSize, found?.framePromise, found?.joinedTask, found?.lockOwner]).toEqual([1, 4, 15, 18, 19]);
    expect(findDescriptor(image(0, ...MAGIC, 1, ...LOOP, ...OFFSETS, 0, 0))).toBeUndefined();
  });

  it('leads to the levels in a firmware that has them', () => {
    const levels = [...'uasync\v'].map((character) => character.charCodeAt(0));
    expect(findLevels(image(0, 0, 0, 0, ...levels, 1, ...LOOP))).toBe(0x12345678);
    expect(findLevels(image(...levels, 2, ...LOOP))).toBeUndefined();
    expect(findLevels(image(...MAGIC, 1, ...LOOP, ...OFFSETS))).toBeUndefined();
  });

  it('is absent from other firmware, and from one that ends in the middle of it', () => {
    expect(findDescriptor(image(...MAGIC))).toBeUndefined();
    expect(findDescriptor(image(...MAGIC, 1, ...LOOP, ...OFFSETS.slice(1)))).toBeUndefined();
    expect(findDescriptor(image())).toBeUndefined();
  });

  it('of another version is refused, with both numbers', () => {
    expect(() => findDescriptor(image(...MAGIC, 7, ...LOOP, ...OFFSETS))).toThrow('layout 7, and this tool knows 1');
  });
});
