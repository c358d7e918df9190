import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { NewestEdges } from '../../../page/src/worker/newest-edges.js';

describe('the edges that are handed over', () => {
  it('are the newest of each pin, so that a fast one does not push out a press', () => {
    const edges = new NewestEdges(10);
    edges.push({ pin: 15, nanos: 5, level: 0 });
    for (let index = 0; index < 1000; index++) edges.push({ pin: 25, nanos: 10 + index, level: index % 2 });
    const { items, dropped } = edges.take();
    assert.deepEqual(items.map(({ pin, nanos }) => [pin, nanos]), [[15, 5], ...Array.from({ length: 10 }, (_, index) => [25, 1000 + index])]);
    assert.deepEqual([dropped[15], dropped[25], dropped.length], [0, 990, 30]);
    assert.deepEqual([edges.take().items, edges.take().dropped[25]], [[], 0]);
  });
});
