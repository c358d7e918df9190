import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Input } from '../../../page/src/compare/inputs.js';
import { isInput } from '../../../page/src/compare/inputs.js';
import { type Line, Lockstep, type Step } from '../../../page/src/compare/lockstep.js';

/** Both ends of a line that delivers at once. */
function lines(): { ends: [Line, Line]; sent: Step[]; closed: () => number } {
  const listeners: ((event: { readonly data: Step }) => void)[] = [];
  const sent: Step[] = [];
  let closed = 0;
  const end = (own: number): Line => ({
    addEventListener: (_, listener) => (listeners[own] = listener),
    start: () => undefined,
    postMessage: (data) => {
      sent.push(data);
      listeners[1 - own]?.({ data });
    },
    close: () => closed++,
  });
  return { ends: [end(0), end(1)], sent, closed: () => closed };
}

const press = (pin: number): Input => ({ kind: 'ground', pin, grounded: true });

describe('two emulators in step', () => {
  it('wait for each other', () => {
    const { ends, sent, closed } = lines();
    const [leader, follower] = [new Lockstep(ends[0], 100), new Lockstep(ends[1], 0)];
    assert.deepEqual([leader.limit, follower.limit], [100, 0]);
    leader.tell(60);
    leader.tell(60);
    assert.deepEqual([leader.limit, follower.limit, sent], [100, 60, [{ nanos: 60 }]]);
    follower.tell(50);
    assert.deepEqual([leader.limit, follower.limit], [150, 60]);
    follower.tell(Infinity);
    leader.tell(Infinity);
    assert.deepEqual([leader.limit, follower.limit], [Infinity, Infinity]);
    leader.close();
    assert.equal(closed(), 1);
  });

  it('have the same done to them at the same time', () => {
    const { ends } = lines();
    const [leader, follower] = [new Lockstep(ends[0], 100), new Lockstep(ends[1], 0)];
    leader.pass(press(1), 30);
    leader.pass(press(2), 30);
    leader.pass(press(3), 45);
    leader.tell(60);
    assert.equal(follower.limit, 30);
    assert.deepEqual(follower.takeDue(29), []);
    assert.deepEqual(follower.takeDue(30), [press(1), press(2)]);
    assert.equal(follower.limit, 45);
    assert.deepEqual(follower.takeDue(50), [press(3)]);
    assert.deepEqual([follower.limit, follower.takeDue(1000)], [60, []]);
    assert.equal(leader.limit, 100);
  });

  it('pass on what is done to a board, and nothing else', () => {
    assert.equal(isInput(press(3)), true);
    assert.equal(isInput({ kind: 'type', bytes: new Uint8Array(), port: 'both' }), true);
    for (const kind of ['run', 'pause', 'reset', 'step', 'snapshot'] as const) assert.equal(isInput({ kind }), false, kind);
    assert.equal(isInput({ kind: 'devices', devices: [] }), false);
  });
});
