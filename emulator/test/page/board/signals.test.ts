import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { lampsInWords, litShare, Signals, stateOf } from '../../../page/src/board/signals.js';
import type { FrameReply } from '../../../page/src/protocol.js';

const PIN = 16;

/** A frame as far as signals look at it. */
function frame(nanos: number, level: number, share: number, edges: number): FrameReply {
  const levels = new Uint8Array(30).fill(level, PIN, PIN + 1);
  const duty = new Float32Array(30).fill(share, PIN, PIN + 1);
  return { nanos, levels, duty, edges: Array.from({ length: edges }, (_, index) => ({ pin: PIN, nanos: index, level: index % 2 })) } as unknown as FrameReply;
}

describe('what a pin looks like', () => {
  it('is its level when it was switched, whenever in the frame that was', () => {
    const signals = new Signals();
    signals.update(frame(1, 1, 0.2, 1));
    assert.equal(signals.share(PIN), 1);
    signals.update(frame(2, 0, 0.7, 2));
    assert.equal(signals.share(PIN), 0);
  });

  it('is its share of time when it is modulated, and stays that while time stands still', () => {
    const signals = new Signals();
    signals.update(frame(1, 1, 0.25, 40));
    assert.equal(signals.share(PIN), 0.25);
    signals.update(frame(1, 1, 1, 0));
    assert.equal(signals.share(PIN), 0.25);
    signals.update(frame(2, 1, 1, 0));
    assert.equal(signals.share(PIN), 1);
  });

  it('follows an input that is changed while time stands still', () => {
    const signals = new Signals();
    signals.update(frame(1, 1, 1, 0));
    signals.update(frame(1, 0, 0, 0));
    assert.equal(signals.share(PIN), 0);
  });

  it('has words', () => {
    assert.deepEqual([0, 0.01, 0.3, 1].map(stateOf), ['off', 'on, 10 %', 'on, 30 %', 'on']);
  });

  it('lights a lamp while it is high, or while it is low', () => {
    assert.deepEqual([litShare(0.25, 'cathode'), litShare(0.25, 'anode')], [0.25, 0.75]);
  });

  it('has words for several lamps in one', () => {
    const words = (...shares: number[]): string => lampsInWords(['red', 'green', 'blue'], shares);
    assert.deepEqual([words(0, 0, 0), words(1, 0, 0), words(1, 0.3, 0.01)], ['off', 'red', 'red, green 30 %, blue 10 %']);
  });
});
