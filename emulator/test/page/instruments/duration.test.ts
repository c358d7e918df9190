import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { formatDuration, formatMoment } from '../../../page/src/instruments/duration.js';

describe('a duration', () => {
  it('has three digits and the unit that suits it', () => {
    const said = [0, 8, 999, 1040, 12_345, 999_499, 999_500, 1.2e9, 59.99e9, 200e9, 3600e9].map(formatDuration);
    assert.deepEqual(said, ['0 ns', '8 ns', '999 ns', '1.04 µs', '12.3 µs', '999 µs', '1.00 ms', '1.20 s', '60.0 s', '3 min 20 s', '60 min 00 s']);
    assert.equal(formatDuration(-5), '-5 ns');
  });

  it('never has a fourth digit when it is rounded up', () => {
    assert.deepEqual([9994, 9996, 99_960, 999_600, 999.6].map(formatDuration), ['9.99 µs', '10.0 µs', '100 µs', '1.00 ms', '1.00 µs']);
  });
});

describe('a moment', () => {
  it('is as exact as it has to be', () => {
    assert.deepEqual([1e9, 1e8, 1e3, 1].map((resolution) => formatMoment(1_234_567_891, resolution)), ['1 s', '1.2 s', '1.234\u2009568 s', '1.234\u2009567\u2009891 s']);
  });
});
