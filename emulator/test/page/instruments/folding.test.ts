import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { cover, fold, type Spans, runsOf } from '../../../page/src/instruments/folding.js';

describe('folding', () => {
  const spansOf = (...list: readonly [number, number][]): Spans => ({
    length: list.length,
    start: (index) => (list[index] as [number, number])[0],
    end: (index) => (list[index] as [number, number])[1],
    firstEndingFrom: (nanos) => list.filter(([, end]) => end < nanos).length,
  });
  const folded = (spans: Spans, start: number, end: number, columns = 10): number[] => {
    const result = new Float32Array(columns);
    fold(spans, { start, end }, result);
    return [...result].map((share) => Math.round(share * 1000) / 1000);
  };

  it('finds the share of each column that is covered', () => {
    assert.deepEqual(folded(spansOf([10, 25], [30, 31], [99, 200]), 0, 100), [0, 1, 0.5, 0.1, 0, 0, 0, 0, 0, 0.1]);
    assert.deepEqual(folded(spansOf([0, 1000]), 500, 600), Array(10).fill(1));
    assert.deepEqual(folded(spansOf([0, 10], [90, 100]), 20, 80), Array(10).fill(0));
    assert.deepEqual(folded(spansOf([NaN, 50]), 0, 100), Array(10).fill(0));
  });

  it('loses nothing, however narrow', () => {
    const columns = new Float32Array(10);
    fold(spansOf([55e9, 55e9 + 8]), { start: 0, end: 100e9 }, columns);
    assert.ok((columns[5] as number) > 0);
    assert.deepEqual(runsOf(columns), [{ start: 5, end: 6, level: 1 }]);
  });

  it('puts columns that look the same together, however many spans there were', () => {
    const list = Array.from({ length: 50_000 }, (_, index): [number, number] => [index * 2, index * 2 + 1]);
    const columns = new Float32Array(1000);
    fold(spansOf(...list), { start: 0, end: 100_000 }, columns);
    const runs = runsOf(columns);
    assert.ok(runs.length < 10, `${runs.length} runs`);
    assert.ok(runs.every(({ level }) => level >= 4 && level <= 5));
    assert.deepEqual([runs[0]?.start, runs.at(-1)?.end], [0, 1000]);
  });

  it('stays within the columns', () => {
    const columns = new Float32Array(4);
    cover(columns, -5, -1);
    cover(columns, 4, 9);
    assert.deepEqual([...columns], [0, 0, 0, 0]);
    cover(columns, -5, 9);
    assert.deepEqual([...columns], [1, 1, 1, 1]);
  });
});
