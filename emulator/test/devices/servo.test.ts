import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Servo } from '../../src/devices/servo.js';

/** Where a servo is after pulses of these widths in microseconds. */
function after(widths: readonly number[], periodMicros = 20_000, servo = new Servo()): number {
  widths.forEach((width, index) => {
    const start = 1e9 + index * periodMicros * 1e3;
    servo.edge(1, start);
    servo.edge(0, start + width * 1e3);
  });
  return servo.degrees;
}

describe('a servo', () => {
  it('goes where the width of a pulse says', () => {
    for (const [width, degrees] of [[500, 0], [1000, 45], [1500, 90], [2000, 135], [2500, 180]] as const) assert.equal(after([width]), degrees);
    assert.equal(after([2500, 1500, 550]), 4.5);
  });

  it('has ends', () => {
    assert.deepEqual([after([1500, 400]), after([1500, 2600])], [0, 180]);
  });

  it('stays where it is without pulses that are for a servo', () => {
    for (const width of [1, 100, 399, 2601, 15_000]) assert.equal(after([1500, width]), 90, `${width} us`);
  });

  it('takes pulses as often as a digital servo does, and not those of a dimmed lamp', () => {
    assert.equal(after([500, 1000, 2500], 3_000), 180);
    assert.equal(after([1500, 500, 500, 500], 2_999), 90);
  });

  it('does nothing of a fall that no rise was before', () => {
    const servo = new Servo();
    servo.edge(0, 1.5e6);
    assert.equal(servo.degrees, 0);
    servo.edge(1, 30e6); // it was high before a reset, and its fall was missed
    servo.edge(1, 60e6);
    servo.edge(0, 61.5e6);
    assert.equal(servo.degrees, 90);
  });
});
