import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { bottomOf, layOut, rowAt, rowBeside, shorten } from '../../../page/src/instruments/lanes.js';

describe('the rows', () => {
  it('are below each other, and found by where they are', () => {
    const rows = layOut(['a', 'b'], 20, (lane) => (lane === 'a' ? 10 : 30));
    assert.deepEqual(rows.map(({ top }) => top), [20, 30]);
    assert.deepEqual([19, 20, 29, 30, 59, 60].map((y) => rowAt(rows, y)?.lane), [undefined, 'a', 'a', 'b', 'b', undefined]);
    assert.equal(bottomOf(rows, 20), 60);
    assert.equal(bottomOf([], 20), 20);
  });

  it('are chosen from one to the next, from either end, and no further than the edge', () => {
    const rows = layOut(['a', 'b', 'c'], 0, () => 10);
    assert.deepEqual([rowBeside(rows, undefined, 1), rowBeside(rows, undefined, -1)].map((row) => row?.lane), ['a', 'c']);
    assert.deepEqual(['a', 'b', 'c'].map((lane) => rowBeside(rows, lane, 1)?.lane), ['b', 'c', 'c']);
    assert.deepEqual(['a', 'b', 'c'].map((lane) => rowBeside(rows, lane, -1)?.lane), ['a', 'a', 'b']);
    assert.equal(rowBeside([], 'a', 1), undefined);
  });

  it('have names that fit', () => {
    const measure = (text: string): number => text.length;
    assert.deepEqual([9, 8, 4, 1, 0].map((width) => shorten('async_main', width + 1, measure)), ['async_main', 'async_ma…', 'asyn…', 'a…', '']);
  });
});
