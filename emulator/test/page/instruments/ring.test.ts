import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Ring } from '../../../page/src/instruments/ring.js';

describe('a ring', () => {
  it('keeps the newest rows, in order', () => {
    const ring = new Ring(2, 100);
    for (let value = 0; value < 250; value++) ring.push(value, -value);
    assert.equal(ring.length, 100);
    assert.equal(ring.dropped, 150);
    assert.deepEqual([ring.at(0, 0), ring.at(0, 1), ring.at(99, 0)], [150, -150, 249]);
    assert.deepEqual([ring.firstFrom(0, 0), ring.firstFrom(0, 199.5), ring.firstFrom(0, 250)], [0, 50, 100]);
  });
});
