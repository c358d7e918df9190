import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Newest } from '../../../page/src/worker/newest.js';
import { Pacer, RatioMeter } from '../../../page/src/worker/pacing.js';

describe('the pace of simulated time', () => {
  it('is that of real time', () => {
    const pacer = new Pacer();
    pacer.start(1000, 5e9);
    assert.equal(pacer.target(1000, 5e9), 5e9);
    assert.equal(pacer.target(1015, 5e9), 5.015e9);
    assert.equal(pacer.target(1030, 5.015e9), 5.03e9);
  });

  it('is a multiple of it, from when that was chosen', () => {
    const pacer = new Pacer();
    pacer.start(0, 0);
    pacer.setSpeed(0.1, 2000, 2e9);
    assert.equal(pacer.target(2100, 2e9), 2.01e9);
    pacer.setSpeed(10, 2100, 2.01e9);
    assert.equal(pacer.target(2110, 2.01e9), 2.11e9);
    pacer.setSpeed(Infinity, 2110, 2.11e9);
    assert.equal(pacer.target(2111, 2.11e9), Infinity);
  });

  it('makes up for a tenth of a second and forgives the rest', () => {
    const pacer = new Pacer();
    pacer.start(0, 0);
    assert.equal(pacer.target(100, 0), 0.1e9);
    assert.equal(pacer.target(3000, 0), 0.1e9);
    assert.equal(pacer.target(3010, 0.1e9), 0.11e9);
  });
});

describe('the ratio of simulated to real time', () => {
  it('is that of the last second', () => {
    const meter = new RatioMeter();
    assert.equal(meter.ratio, undefined);
    meter.add(0, 0);
    assert.equal(meter.ratio, undefined);
    for (let millis = 100; millis <= 1000; millis += 100) meter.add(millis, millis * 0.5e6);
    assert.equal(meter.ratio, 0.5);
    for (let millis = 1100; millis <= 2000; millis += 100) meter.add(millis, 500e6 + (millis - 1000) * 1e6);
    assert.equal(meter.ratio, 1);
    meter.restart();
    assert.equal(meter.ratio, undefined);
  });
});

describe('the newest of many', () => {
  it('are handed over once, in order', () => {
    const newest = new Newest<number>(3);
    [1, 2, 3].forEach((item) => newest.push(item));
    assert.deepEqual(newest.take(), { items: [1, 2, 3], dropped: 0 });
    assert.deepEqual(newest.take(), { items: [], dropped: 0 });
  });

  it('push out the others, which are counted', () => {
    const newest = new Newest<number>(3);
    for (let item = 1; item <= 20; item++) newest.push(item);
    assert.deepEqual(newest.take(), { items: [18, 19, 20], dropped: 17 });
    newest.push(21);
    assert.deepEqual(newest.take(), { items: [21], dropped: 0 });
  });
});
